// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/find.h"
#include "cli/instants.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/who.h"
#include "daemon/agenda/document.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define WEEK_DAYS 7

/* One run. */
typedef struct {
	GDBusConnection *bus;
	CmDBusOutbox *outbox;
	GHashTable
	    *things; /* kind → JsonNode: those of the roster, once somebody of them has no name */
} Desk;

static void
desk_clear(Desk *desk)
{
	g_clear_object(&desk->bus);
	g_clear_object(&desk->outbox);
	g_clear_pointer(&desk->things, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static void
free_things(gpointer things)
{
	if (things != NULL)
		json_node_unref(things);
}

static gboolean
desk_open(Desk *desk, const CmComodalctl *cli, GError **error)
{
	desk->things = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_things);
	desk->bus = cm_client_connect(cli, error);
	if (desk->bus != NULL)
		desk->outbox = cm_client_get_outbox(desk->bus, error);
	return desk->outbox != NULL;
}

/* what the roster calls somebody; NULL: it is not told, or they are gone */
static const gchar *
desk_find_title(Desk *desk, const gchar *kind, gint64 number)
{
	JsonNode *things = g_hash_table_lookup(desk->things, kind);
	JsonObject *thing = NULL;

	if (!g_hash_table_contains(desk->things, kind)) {
		g_autoptr(CmDBusRoster) roster = cm_client_get_roster(desk->bus, NULL);

		if (roster != NULL)
			things = cm_who_list(roster, kind, NULL);
		g_hash_table_insert(desk->things, g_strdup(kind), things);
	}
	if (things != NULL)
		thing = cm_find_by_number(things, number);
	return thing != NULL ? cm_find_get_title(thing) : NULL;
}

/* ---- lists */

/* what a code means to a person: of a program's table, so that each is translated */
typedef struct {
	const gchar *code;
	const gchar *text;
} Word;

static const gchar *
find_word(const Word *words, const gchar *code)
{
	for (; words->code != NULL; words++) {
		if (g_strcmp0(words->code, code) == 0)
			return _(words->text);
	}
	return code != NULL ? code : "";
}

static const gchar *
get_kind_word(const gchar *kind)
{
	static const Word words[] = {
	    {"invitation", N_("invitation")},
	    {"update", N_("a change")},
	    {"cancellation", N_("a cancellation")},
	    {"counter-declined", N_("another time declined")},
	    {"reminder", N_("a reminder")},
	    {"first-video", N_("getting ready for video")},
	    {"digest", N_("news together")},
	    {"page-link", N_("a link to their page")},
	    {NULL, NULL},
	};

	return find_word(words, kind);
}

static const gchar *
get_cause_word(const gchar *cause)
{
	static const Word words[] = {
	    {"network", N_("the mail server can't be reached")},
	    {"tls", N_("the mail server's certificate is not right")},
	    {"login", N_("the mail server refuses our name or password")},
	    {"temporary", N_("the mail server says to try later")},
	    {"permanent", N_("the mail server refuses it")},
	    {"bounced", N_("it came back")},
	    {"given-up", N_("it was tried for days")},
	    {NULL, NULL},
	};

	return find_word(words, cause);
}

static gchar *
format_state(JsonObject *document, JsonObject *entry)
{
	const gchar *state = cm_json_get_string(entry, "state");
	gint64 until = cm_json_get_int(entry, "until");
	const gchar *cause = get_cause_word(cm_json_get_string(entry, "cause"));
	g_autofree gchar *when = cm_instants_format(
	    document, g_strcmp0(state, "sent") == 0 ? cm_json_get_int(entry, "sent_at") : until);

	if (g_strcmp0(state, "leased") == 0)
		return g_strdup(_("on its way"));
	if (g_strcmp0(state, "sent") == 0)
		return cm_report_format(_("sent {0}"), when, NULL);
	if (g_strcmp0(state, "dead") == 0)
		return cm_report_format(_("not delivered: {0}"), cause, NULL);
	if (g_strcmp0(state, "unreachable") == 0)
		return g_strdup(_("no address that takes mail"));
	if (*cause != '\0')
		return cm_report_format(_("again {0}: {1}"), when, cause, NULL);
	if (until == 0)
		return g_strdup(_("waits for its hour"));
	return cm_report_format(_("waits until {0}"), when, NULL);
}

static gchar *
format_person(Desk *desk, JsonObject *recipient)
{
	static const Word words[] = {
	    {"professional", N_("professional")},
	    {"student", N_("student")},
	    {"contact", N_("contact")},
	    {"account", N_("account")},
	    {NULL, NULL},
	};
	const gchar *name = cm_json_get_string(recipient, "name");
	const gchar *kind = cm_json_get_string(recipient, "kind");

	if (name == NULL && g_strcmp0(kind, "account") != 0)
		name = desk_find_title(desk, kind, cm_json_get_int(recipient, "number"));
	if (name != NULL)
		return cm_terminal_clean(name);
	return g_strdup_printf("%s %" G_GINT64_FORMAT, find_word(words, kind),
			       cm_json_get_int(recipient, "number"));
}

/* what retry and drop are given */
static gchar *
format_handle(JsonObject *entry)
{
	JsonObject *recipient = cm_json_get_object(entry, "recipient");
	gint64 letter = cm_json_get_int(entry, "letter");

	if (letter != 0)
		return g_strdup_printf("%" G_GINT64_FORMAT, letter);
	return g_strdup_printf("%s %" G_GINT64_FORMAT, cm_json_get_string(recipient, "kind"),
			       cm_json_get_int(recipient, "number"));
}

static void
print_entries(const CmComodalctl *cli, Desk *desk, JsonNode *document, const gchar *none)
{
	static const gchar *const heads[] = {N_("!NUMBER"), N_("TO"),     N_("WHAT"),
					     N_(">THINGS"), N_("~STATE"), NULL};
	JsonArray *entries = cm_json_get_array(json_node_get_object(document), "letters");
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;

	if (cli->json) {
		cm_json_print_node(document);
		return;
	}
	for (guint i = 0; i < cm_json_get_length(entries); i++) {
		JsonObject *entry = cm_json_get_element(entries, i);
		JsonObject *recipient = cm_json_get_object(entry, "recipient");
		g_autofree gchar *handle = format_handle(entry);
		g_autofree gchar *person = format_person(desk, recipient);
		g_autofree gchar *things =
		    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(entry, "things"));
		g_autofree gchar *state = format_state(json_node_get_object(document), entry);
		const gchar *kind = get_kind_word(cm_json_get_string(entry, "kind"));

		cm_terminal_add_row(table, handle, person, kind, things, state, NULL);
	}
	if (cm_json_get_length(entries) == 0)
		text = g_strconcat(none, "\n", NULL);
	else
		text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

static CmExit
show(CmComodalctl *cli, const gchar *which, const gchar *none)
{
	g_autoptr(GError) error = NULL;
	g_auto(Desk) desk = {0};
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(JsonNode) document = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	if (desk_open(&desk, cli, &error) &&
	    cm_dbus_outbox_call_list_sync(desk.outbox, which, NULL, &handle, &descriptors, NULL,
					  &error))
		bytes = cm_client_read_document(handle, descriptors, &error);
	if (bytes != NULL)
		document = cm_client_parse_document(bytes, &error);
	if (document == NULL)
		return cm_report_error(error);
	print_entries(cli, &desk, document, none);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_outbox_run_list(CmComodalctl *cli)
{
	return show(cli, "waiting", _("Nothing waits to be sent."));
}

CmExit
cm_comodalctl_outbox_run_dead(CmComodalctl *cli)
{
	return show(cli, "dead", _("Every letter has arrived or is on its way."));
}

CmExit
cm_comodalctl_outbox_run_unreachable(CmComodalctl *cli)
{
	return show(cli, "unreachable", _("Everybody can be reached."));
}

CmExit
cm_comodalctl_outbox_run_sent(CmComodalctl *cli)
{
	return show(cli, "sent", _("Nothing was sent yet."));
}

/* ---- retry, drop */

/* "4711", or "contact 12" */
static gboolean
parse_handle(const CmComodalctl *cli,
	     gchar **arguments,
	     const gchar **out_kind,
	     guint64 *out_number)
{
	static const gchar *const kinds[] = {"professional", "student", "contact", "account", NULL};
	gboolean letter = arguments[1] == NULL;

	*out_kind = letter ? "letter" : arguments[0];
	if (!letter && !cm_values_check_choice(cli, _("WHO"), arguments[0], kinds))
		return FALSE;
	return cm_values_parse_number(cli, _("NUMBER"), arguments[letter ? 0 : 1], letter ? 1 : 0,
				      G_MAXINT64, out_number);
}

typedef gboolean (*OutboxCall)(CmDBusOutbox *proxy,
			       const gchar *kind,
			       guint64 number,
			       GCancellable *cancellable,
			       GError **error);

static CmExit
decide(CmComodalctl *cli, OutboxCall call, const gchar *done)
{
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(Desk) desk = {0};
	const gchar *kind = NULL;
	guint64 number = 0;
	g_autofree gchar *line = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 1, 2, &arguments))
		return cli->exit_status;
	if (!parse_handle(cli, arguments, &kind, &number))
		return CM_EXIT_USAGE;
	if (!desk_open(&desk, cli, &error) || !call(desk.outbox, kind, number, NULL, &error))
		return cm_report_error(error);
	line = g_strconcat(done, "\n", NULL);
	if (!cli->json)
		cm_terminal_print(line);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_outbox_run_retry(CmComodalctl *cli)
{
	return decide(cli, cm_dbus_outbox_call_retry_sync, _("It is tried again."));
}

CmExit
cm_comodalctl_outbox_run_drop(CmComodalctl *cli)
{
	return decide(cli, cm_dbus_outbox_call_drop_sync,
		      _("It is given up: tell them some other way."));
}

/* ---- counts */

static guint
get_figure(GVariant *figures, const gchar *name)
{
	guint value = 0;

	(void)g_variant_lookup(figures, name, "u", &value);
	return value;
}

static void
print_counts_json(GVariant *figures)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	GVariantIter iter;
	const gchar *name = NULL;
	GVariant *value = NULL;

	json_builder_begin_object(builder);
	g_variant_iter_init(&iter, figures);
	while (g_variant_iter_loop(&iter, "{&sv}", &name, &value))
		cm_document_add_int(builder, name, g_variant_get_uint32(value));
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static void
print_counts(GVariant *figures)
{
	static const Word lines[] = {
	    {"waiting", N_("letters that wait or are on their way")},
	    {"gathering", N_("people for whom something waits for its hour")},
	    {"dead", N_("letters that were not delivered")},
	    {"unreachable", N_("people who can't be reached by mail")},
	    {"sent", N_("letters sent in the last 7 days")},
	    {"people", N_("people who were sent some")},
	    {"most", N_("the most that one person was sent")},
	    {"families", N_("families who were sent some")},
	    {"most_family", N_("the most that one family was sent")},
	};
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
		g_string_append_printf(out, "%7u  %s\n", get_figure(figures, lines[i].code),
				       _(lines[i].text));
	cm_terminal_print(out->str);
}

CmExit
cm_comodalctl_outbox_run_counts(CmComodalctl *cli)
{
	g_autoptr(GError) error = NULL;
	g_auto(Desk) desk = {0};
	g_autoptr(GVariant) figures = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	if (!desk_open(&desk, cli, &error) ||
	    !cm_dbus_outbox_call_count_sync(desk.outbox, WEEK_DAYS, &figures, NULL, &error))
		return cm_report_error(error);
	if (cli->json)
		print_counts_json(figures);
	else
		print_counts(figures);
	return CM_EXIT_OK;
}
