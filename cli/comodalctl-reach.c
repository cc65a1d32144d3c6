// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/consent-call.h"
#include "cli/hand-over.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/people.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "daemon/agenda/document.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

static JsonNode *
read_document(GVariant *handle, GUnixFDList *descriptors, GError **error)
{
	g_autoptr(GBytes) bytes = cm_client_read_document(handle, descriptors, error);

	return bytes != NULL ? cm_client_parse_document(bytes, error) : NULL;
}

static JsonArray *
get_people(JsonNode *document)
{
	return cm_json_get_array(json_node_get_object(document), "people");
}

static JsonNode *
fetch_person(const CmPeople *desk, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_reach_call_get_sync(desk->reach, desk->kind, desk->number, NULL, &handle,
					 &descriptors, NULL, error))
		return NULL;
	return read_document(handle, descriptors, error);
}

/* ---- words */

static const gchar *
get_kind_words(const gchar *kind)
{
	static const gchar *const words[][2] = {{"contact", N_("contact")},
						{"professional", N_("professional")},
						{"student", N_("student")},
						{"account", N_("account")}};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_strcmp0(words[i][0], kind) == 0)
			return _(words[i][1]);
	}
	return "";
}

static gchar *
format_email(JsonObject *person)
{
	const gchar *email = cm_json_get_string(person, "email");

	if (email == NULL || *email == '\0')
		return g_strdup(_("none"));
	if (g_strcmp0(cm_json_get_string(person, "state"), "bounced") == 0)
		return cm_report_format(N_("{0} (mail came back)"), email, NULL);
	return g_strdup(email);
}

static gchar *
format_delivery(JsonObject *person)
{
	const gchar *delivery = cm_json_get_string(person, "delivery");

	if (g_strcmp0(delivery, "digest") == 0)
		return cm_report_format(N_("together, once a day, at {0}"),
					cm_json_get_string(person, "digest"), NULL);
	return g_strdup(g_strcmp0(delivery, "none") == 0 ? _("no mail")
							 : _("each change by itself"));
}

static gchar *
format_quiet(JsonObject *person)
{
	JsonObject *quiet = cm_json_get_object(person, "quiet");
	const gchar *from = quiet != NULL ? cm_json_get_string(quiet, "from") : NULL;
	const gchar *to = quiet != NULL ? cm_json_get_string(quiet, "to") : NULL;

	if (from == NULL || to == NULL || g_str_equal(from, to))
		return g_strdup(_("none"));
	return cm_report_format(N_("{0} to {1}"), from, to, NULL);
}

static gchar *
format_reminder(JsonObject *person)
{
	g_autofree gchar *hours =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(person, "remind_hours"));

	if (cm_json_get_int(person, "remind_hours") == 0)
		return g_strdup(_("none"));
	return cm_report_format(N_("{0} h before"), hours, NULL);
}

#define LABEL_COLUMNS 18

static void
add_line(GString *out, const gchar *label, const gchar *value)
{
	g_autofree gchar *clean =
	    cm_terminal_clean(value != NULL && *value != '\0' ? value : _("none"));

	cm_terminal_append_cell(out, label, LABEL_COLUMNS);
	g_string_append_printf(out, "%s\n", clean);
}

static void
print_person(const CmComodalctl *cli, const CmPeople *desk, JsonObject *person)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree gchar *name = cm_people_dup_name(desk, desk->kind, (gint64)desk->number);
	g_autofree gchar *email = format_email(person);
	g_autofree gchar *delivery = format_delivery(person);
	g_autofree gchar *quiet = format_quiet(person);
	g_autofree gchar *reminder = format_reminder(person);
	gboolean french = g_strcmp0(cm_json_get_string(person, "language"), "fr") == 0;

	add_line(out, get_kind_words(desk->kind), name);
	add_line(out, _("e-mail"), email);
	add_line(out, _("telephone"), cm_json_get_string(person, "phone"));
	add_line(out, _("language"), french ? _("French") : _("English"));
	add_line(out, _("mail"), delivery);
	add_line(out, _("quiet hours"), quiet);
	add_line(out, _("reminder"), reminder);
	add_line(out, _("time zone"), cm_json_get_string(person, "zone"));
	cm_terminal_print(out->str);
	if (cm_json_get_int(person, "version") == 0)
		cm_report_note(N_("Nothing is on record: this is what holds until it is said."),
			       NULL);
}

/* ---- verbs */

CmExit
cm_comodalctl_reach_run_show(CmComodalctl *cli)
{
	g_autofree gchar *kind = NULL;
	const GOptionEntry entries[] = {{"kind", 0, 0, G_OPTION_ARG_STRING, &kind,
					 N_("contact, professional, student or account"),
					 N_("KIND")},
					G_OPTION_ENTRY_NULL};
	g_auto(CmPeople) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, "--kind", kind, cm_people_get_kinds()))
		return CM_EXIT_USAGE;
	if (!cm_people_open(&desk, cli, &error) ||
	    !cm_people_find(&desk, kind, arguments[0], &error))
		return cm_report_error(error);
	document = fetch_person(&desk, &error);
	if (document == NULL)
		return cm_report_error(error);
	if (cli->json)
		cm_json_print_node(document);
	else
		print_person(cli, &desk, cm_json_get_element(get_people(document), 0));
	return CM_EXIT_OK;
}

typedef struct {
	gchar *kind;
	gboolean email;
	gboolean phone;
	gboolean no_email;
	gboolean no_phone;
	gboolean works;
	gchar *language;
	gchar *delivery;
	gchar *digest;
	gchar *quiet;
	gchar *remind;
	gchar *zone;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->kind);
	g_free(options->language);
	g_free(options->delivery);
	g_free(options->digest);
	g_free(options->quiet);
	g_free(options->remind);
	g_free(options->zone);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* what is asked for: nothing typed, it stays */
static void
add_asked(JsonBuilder *builder, const gchar *name, const gchar *question)
{
	g_autofree gchar *line = cm_consent_call_read_line(question);

	if (*g_strstrip(line) != '\0')
		cm_document_add_string(builder, name, line);
}

static void
add_texts(JsonBuilder *builder, const Options *options)
{
	const struct {
		const gchar *name;
		const gchar *value;
	} texts[] = {{"email", options->no_email ? "" : NULL},
		     {"phone", options->no_phone ? "" : NULL},
		     {"language", options->language},
		     {"delivery", options->delivery},
		     {"digest", options->digest},
		     {"quiet", options->quiet},
		     {"zone", options->zone}};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (texts[i].value != NULL)
			cm_document_add_string(builder, texts[i].name, texts[i].value);
	}
}

static JsonBuilder *
make_change(const Options *options, guint64 hours)
{
	JsonBuilder *builder = json_builder_new();

	json_builder_begin_object(builder);
	add_texts(builder, options);
	if (options->email)
		add_asked(builder, "email", _("E-mail address:"));
	if (options->phone)
		add_asked(builder, "phone", _("Telephone:"));
	if (options->remind != NULL)
		cm_document_add_int(builder, "remind_hours", (gint64)hours);
	if (options->works)
		cm_document_add_boolean(builder, "works", TRUE);
	json_builder_end_object(builder);
	return builder;
}

static gboolean
check_options(const CmComodalctl *cli, const Options *options, guint64 *out_hours)
{
	static const gchar *const languages[] = {"fr", "en", NULL};
	static const gchar *const deliveries[] = {"invitations", "digest", "none", NULL};

	if (!cm_values_check_choice(cli, "--kind", options->kind, cm_people_get_kinds()) ||
	    !cm_values_check_choice(cli, "--language", options->language, languages) ||
	    !cm_values_check_choice(cli, "--delivery", options->delivery, deliveries) ||
	    !cm_values_parse_number(cli, "--remind", options->remind, 0, 168, out_hours))
		return FALSE;
	if ((options->email && options->no_email) || (options->phone && options->no_phone)) {
		cm_report_usage(
		    cli, N_("--email and --no-email, or --phone and --no-phone: one of them."),
		    NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
send_change(const CmPeople *desk, JsonBuilder *change, GError **error)
{
	g_autoptr(JsonNode) before = fetch_person(desk, error);
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	GVariant *handle = NULL;
	gint64 version = 0;

	if (before == NULL)
		return FALSE;
	version = cm_json_get_int(cm_json_get_element(get_people(before), 0), "version");
	bytes = cm_document_to_bytes(change);
	descriptors = cm_hand_over_bytes(bytes, &handle, error);
	return descriptors != NULL &&
	       cm_dbus_reach_call_set_sync(desk->reach, desk->kind, desk->number, (guint64)version,
					   handle, descriptors, NULL, NULL, NULL, error);
}

CmExit
cm_comodalctl_reach_run_set(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {
	    {"kind", 0, 0, G_OPTION_ARG_STRING, &options.kind,
	     N_("contact, professional, student or account"), N_("KIND")},
	    {"email", 0, 0, G_OPTION_ARG_NONE, &options.email,
	     N_("Another address, which is asked for or read from standard input"), NULL},
	    {"no-email", 0, 0, G_OPTION_ARG_NONE, &options.no_email, N_("Forget the address"),
	     NULL},
	    {"phone", 0, 0, G_OPTION_ARG_NONE, &options.phone,
	     N_("Another telephone number, asked for after the address"), NULL},
	    {"no-phone", 0, 0, G_OPTION_ARG_NONE, &options.no_phone, N_("Forget the number"), NULL},
	    {"works", 0, 0, G_OPTION_ARG_NONE, &options.works,
	     N_("The address from which mail came back works again"), NULL},
	    {"language", 0, 0, G_OPTION_ARG_STRING, &options.language,
	     N_("Write to them in French or English"), "fr|en"},
	    {"delivery", 0, 0, G_OPTION_ARG_STRING, &options.delivery,
	     N_("invitations (each by itself), digest (once a day) or none"), N_("HOW")},
	    {"digest", 0, 0, G_OPTION_ARG_STRING, &options.digest, N_("When the digest comes"),
	     "HH:MM"},
	    {"quiet", 0, 0, G_OPTION_ARG_STRING, &options.quiet,
	     N_("When no mail is sent; twice the same time: always"), "HH:MM-HH:MM"},
	    {"remind", 0, 0, G_OPTION_ARG_STRING, &options.remind,
	     N_("Hours before a session; 0: no reminder"), N_("HOURS")},
	    {"zone", 0, 0, G_OPTION_ARG_STRING, &options.zone,
	     N_("Time zone, as America/Halifax; \"\": the service centre’s"), N_("ZONE")},
	    G_OPTION_ENTRY_NULL};
	g_auto(CmPeople) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(JsonBuilder) change = NULL;
	g_autoptr(GError) error = NULL;
	guint64 hours = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!check_options(cli, &options, &hours))
		return CM_EXIT_USAGE;
	if (!cm_people_open(&desk, cli, &error) ||
	    !cm_people_find(&desk, options.kind, arguments[0], &error))
		return cm_report_error(error);
	change = make_change(&options, hours);
	if (!send_change(&desk, change, &error))
		return cm_report_error(error);
	return CM_EXIT_OK;
}

static void
print_list(const CmComodalctl *cli, const CmPeople *desk, JsonArray *people)
{
	static const gchar *const heads[] = {N_("who"),       N_("kind"), N_("e-mail"),
					     N_("telephone"), N_("mail"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;

	for (guint i = 0; i < cm_json_get_length(people); i++) {
		JsonObject *person = cm_json_get_element(people, i);
		const gchar *kind = cm_json_get_string(person, "kind");
		g_autofree gchar *name =
		    cm_people_dup_name(desk, kind, cm_json_get_int(person, "number"));
		g_autofree gchar *email = format_email(person);
		g_autofree gchar *delivery = format_delivery(person);

		cm_terminal_add_row(table, name, get_kind_words(kind), email,
				    cm_json_get_string(person, "phone"), delivery, NULL);
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

CmExit
cm_comodalctl_reach_run_list(CmComodalctl *cli)
{
	gboolean missing = FALSE;
	const GOptionEntry entries[] = {{"missing", 0, 0, G_OPTION_ARG_NONE, &missing,
					 N_("Only those who should be reached and can’t be"), NULL},
					G_OPTION_ENTRY_NULL};
	g_auto(CmPeople) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, &arguments))
		return cli->exit_status;
	if (missing)
		g_variant_dict_insert(&options, "missing", "b", TRUE);
	if (!cm_people_open(&desk, cli, &error) ||
	    !cm_dbus_reach_call_list_sync(desk.reach, g_variant_dict_end(&options), NULL, &handle,
					  &descriptors, NULL, &error))
		return cm_report_error(error);
	document = read_document(handle, descriptors, &error);
	if (document == NULL)
		return cm_report_error(error);
	if (cli->json)
		cm_json_print_node(document);
	else
		print_list(cli, &desk, get_people(document));
	return CM_EXIT_OK;
}

/* what it comes to for them: nothing is seen of it here */
static void
note_links(const CmPeople *people, gboolean renew, gboolean feed)
{
	g_autofree gchar *name = cm_people_dup_name(people, people->kind, (gint64)people->number);

	if (renew)
		cm_report_note(
		    N_("The links that {0} has open nothing any more. The next letter has "
		       "another one; “comodalctl link show” shows it."),
		    name, NULL);
	else if (feed)
		cm_report_note(N_("The calendar’s address that {0} has shows nothing any more."),
			       name, NULL);
	else
		cm_report_note(N_("The links that {0} has open nothing any more, and none follows "
				  "before “comodalctl link renew”."),
			       name, NULL);
}

/* what a family holds is dead at once: their letter, their calendar's links, the sheet on the fridge */
static gboolean
confirm_links(const CmPeople *people, gboolean renew, gboolean feed, gboolean yes)
{
	g_autofree gchar *name = cm_people_dup_name(people, people->kind, (gint64)people->number);
	g_autofree gchar *question = NULL;

	if (feed)
		question = cm_report_format(N_("The calendar’s address that {0} has will show "
					       "nothing any more. Revoke it?"),
					    name, NULL);
	else if (renew)
		question = cm_report_format(
		    N_("Every link that {0} has, in letters, in calendars and on paper, will open "
		       "nothing any more, and only the next letter says the new one. Renew it?"),
		    name, NULL);
	else
		question = cm_report_format(
		    N_("Every link that {0} has, in letters, in calendars and on paper, will open "
		       "nothing any more, and none follows. Revoke it?"),
		    name, NULL);
	return cm_report_confirm(yes, question);
}

CmExit
cm_comodalctl_reach_run_links(CmComodalctl *cli)
{
	/* “link renew” and “link revoke” are the same */
	gboolean renew = strstr(cli->verb->name, " renew") != NULL;
	g_autofree gchar *kind = NULL;
	gboolean feed = FALSE;
	gboolean yes = FALSE;
	const GOptionEntry entries[] = {
	    {"kind", 0, 0, G_OPTION_ARG_STRING, &kind,
	     N_("contact, professional, student or account"), N_("KIND")},
	    {"feed", 0, renew ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_NONE, &feed,
	     N_("Their calendar, not their page"), NULL},
	    {"yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_("Do it without asking"), NULL},
	    G_OPTION_ENTRY_NULL};
	g_auto(CmPeople) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	gboolean ok = FALSE;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, "--kind", kind, cm_people_get_kinds()))
		return CM_EXIT_USAGE;
	if (renew && feed)
		return cm_report_usage(cli, N_("There is no option {0} here."), "--feed", NULL);
	if (!cm_people_open(&desk, cli, &error) ||
	    !cm_people_find(&desk, kind, arguments[0], &error))
		return cm_report_error(error);
	if (!confirm_links(&desk, renew, feed, yes))
		return CM_EXIT_REFUSED;
	if (renew)
		ok = cm_dbus_reach_call_renew_links_sync(desk.reach, desk.kind, desk.number, NULL,
							 &error);
	else
		ok = cm_dbus_reach_call_revoke_links_sync(desk.reach, desk.kind, desk.number,
							  feed ? "feed" : "guest", NULL, &error);
	if (!ok)
		return cm_report_error(error);
	note_links(&desk, renew, feed);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_reach_run_feed(CmComodalctl *cli)
{
	g_autofree gchar *kind = NULL;
	g_autofree gchar *output = NULL;
	/* an account has nothing of its own: its professional has */
	static const gchar *const with_calendar[] = {"professional", "student", "contact", NULL};
	const GOptionEntry entries[] = {
	    {"kind", 0, 0, G_OPTION_ARG_STRING, &kind, N_("contact, professional or student"),
	     N_("KIND")},
	    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
	     N_("The file, which only you may read; default standard output"), N_("FILE")},
	    G_OPTION_ENTRY_NULL};
	g_auto(CmPeople) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, "--kind", kind, with_calendar))
		return CM_EXIT_USAGE;
	if (!cm_people_open(&desk, cli, &error) ||
	    !cm_people_find(&desk, kind, arguments[0], &error) ||
	    !cm_dbus_reach_call_get_feed_sync(desk.reach, desk.kind, desk.number, NULL, &handle,
					      &descriptors, NULL, &error))
		return cm_report_error(error);
	bytes = cm_client_read_document(handle, descriptors, &error);
	if (bytes == NULL || !cm_output_write_bytes(output, bytes, &error))
		return cm_report_error(error);
	return CM_EXIT_OK;
}
