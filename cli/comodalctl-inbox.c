// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/bookings.h"
#include "cli/find.h"
#include "cli/instants.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "daemon/agenda/document.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

/* inbox: mails that came back, and what a person has to decide of them */

#define INDENT 7

typedef struct {
	CmBookings bookings;
	CmDBusInbox *inbox;
} Desk;

static void
desk_clear(Desk *desk)
{
	cm_bookings_clear(&desk->bookings);
	g_clear_object(&desk->inbox);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static gboolean
desk_open(Desk *desk, const CmComodalctl *cli, GError **error)
{
	if (!cm_bookings_open(&desk->bookings, cli, error))
		return FALSE;
	desk->inbox = cm_client_get_inbox(desk->bookings.bus, error);
	return desk->inbox != NULL;
}

/* ---- what is shown */

static const gchar *
get_kind(JsonObject *mail)
{
	static const struct {
		const gchar *kind;
		const gchar *words;
	} kinds[] = {
	    {"reply", N_("answer")},
	    {"counter", N_("asks for another time")},
	    {"refresh", N_("asks what stands")},
	    {"bounce", N_("not delivered")},
	    {"automatic", N_("automatic answer")},
	    {"loop", N_("our own")},
	    {"refused", N_("not read")},
	};
	const gchar *kind = cm_json_get_string(mail, "kind");

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (g_strcmp0(kind, kinds[i].kind) == 0)
			return _(kinds[i].words);
	return _("mail");
}

/* what it says, of an answer */
static const gchar *
get_partstat(JsonObject *mail)
{
	const gchar *partstat = cm_json_get_string(mail, "partstat");

	if (g_strcmp0(cm_json_get_string(mail, "kind"), "reply") != 0)
		return NULL;
	if (g_strcmp0(partstat, "ACCEPTED") == 0)
		return _("yes");
	if (g_strcmp0(partstat, "DECLINED") == 0)
		return _("no");
	return g_strcmp0(partstat, "TENTATIVE") == 0 ? _("perhaps") : NULL;
}

static const gchar *
get_state(JsonObject *mail)
{
	const gchar *state = cm_json_get_string(mail, "state");

	if (g_strcmp0(state, "review") == 0)
		return _("to be decided");
	if (g_strcmp0(state, "applied") == 0)
		return _("done");
	return g_strcmp0(state, "decided") == 0 ? _("decided") : _("noted");
}

/* who was invited, by name */
static gchar *
dup_invited(const CmBookings *bookings, JsonObject *mail)
{
	JsonObject *invited = cm_json_get_object(mail, "invited");
	const gchar *kind = invited != NULL ? cm_json_get_string(invited, "kind") : NULL;
	JsonNode *things = bookings->contacts;
	JsonObject *thing = NULL;

	if (invited == NULL)
		return NULL;
	if (g_strcmp0(kind, "student") == 0)
		things = bookings->students;
	else if (g_strcmp0(kind, "professional") == 0)
		things = bookings->professionals;
	thing = cm_find_by_number(things, cm_json_get_int(invited, "number"));
	return thing != NULL ? cm_terminal_clean(cm_find_get_title(thing)) : NULL;
}

static void
append_line(GString *out, const CmComodalctl *cli, CmStyle style, const gchar *text)
{
	g_autofree gchar *clean = text != NULL ? cm_terminal_clean(text) : NULL;

	if (clean == NULL || *clean == '\0')
		return;
	g_string_append_printf(out, "%*s", INDENT, "");
	cm_terminal_append_styled(out, cli->color, style, clean);
	g_string_append_c(out, '\n');
}

static void
append_wrapped(GString *out, const gchar *text)
{
	g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_autofree gchar *clean = cm_terminal_clean(lines[i]);

		if (*clean == '\0')
			continue;
		g_string_append_printf(out, "%*s", INDENT, "");
		cm_terminal_append_wrapped(out, clean, INDENT, INDENT, cm_terminal_get_width());
	}
}

/* "  412  2026-11-22 10:30  answer: yes  Marie Tremblay  to be decided" */
static void
append_mail(GString *out, const CmBookings *bookings, JsonObject *document, JsonObject *mail)
{
	const CmComodalctl *cli = bookings->cli;
	g_autofree gchar *when = cm_instants_format(document, cm_json_get_int(mail, "received_at"));
	g_autofree gchar *invited = dup_invited(bookings, mail);
	g_autofree gchar *from = cm_terminal_clean(
	    cm_json_get_string(mail, "from") != NULL ? cm_json_get_string(mail, "from") : "?");
	g_autofree gchar *reason = cm_message_localize(cm_json_get_string(mail, "reason"));
	JsonObject *booking = cm_json_get_object(mail, "booking");
	g_autofree gchar *what = booking != NULL ? cm_bookings_describe(bookings, booking) : NULL;
	gboolean open = g_strcmp0(cm_json_get_string(mail, "state"), "review") == 0;
	const gchar *partstat = get_partstat(mail);
	g_autofree gchar *said =
	    partstat != NULL ? cm_report_format(_("{0}: {1}"), get_kind(mail), partstat, NULL)
			     : NULL;

	g_string_append_printf(out, "%5" G_GINT64_FORMAT "  ", cm_json_get_int(mail, "number"));
	cm_terminal_append_styled(out, cli->color, CM_STYLE_BOLD, invited != NULL ? invited : from);
	g_string_append_printf(out, "  %s", said != NULL ? said : get_kind(mail));
	g_string_append_printf(out, "  %s  ", when);
	cm_terminal_append_styled(out, cli->color, open ? CM_STYLE_WARNING : CM_STYLE_DIM,
				  get_state(mail));
	g_string_append_c(out, '\n');
	append_line(out, cli, CM_STYLE_DIM, what);
	if (invited != NULL)
		append_line(out, cli, CM_STYLE_DIM, from);
	append_wrapped(out, reason);
}

/* messages as they cross the bus are for programs of ours */
static void
localize(JsonObject *mail)
{
	g_autofree gchar *reason = cm_message_localize(cm_json_get_string(mail, "reason"));

	json_object_set_string_member(mail, "reason", reason);
}

/* whoever sees that nothing came wants to know whether anything can */
static void
append_last(GString *out, const CmComodalctl *cli, JsonObject *document)
{
	gint64 last = cm_json_get_int(document, "last");
	g_autofree gchar *when = cm_instants_format(document, last);
	g_autofree gchar *text =
	    last != 0 ? cm_report_format(_("The last mail came in on {0}."), when, NULL) : NULL;

	if (text == NULL)
		return;
	cm_terminal_append_styled(out, cli->color, CM_STYLE_DIM, text);
	g_string_append_c(out, '\n');
}

/* ---- inbox list */

CmExit
cm_comodalctl_inbox_list_run(CmComodalctl *cli)
{
	gboolean all = FALSE;
	const GOptionEntry entries[] = {
	    {"all", 'a', 0, G_OPTION_ARG_NONE, &all, N_("What was done, noted and decided too"),
	     NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(Desk) desk = {0};
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	JsonArray *mails = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	g_variant_dict_insert(&options, "all", "b", all);
	if (desk_open(&desk, cli, &error) &&
	    cm_dbus_inbox_call_list_sync(desk.inbox, g_variant_dict_end(&options), NULL, &handle,
					 &descriptors, NULL, &error))
		document = cm_client_read_json(handle, descriptors, &error);
	if (document == NULL)
		return cm_report_error(error);
	mails = cm_json_get_array(json_node_get_object(document), "mails");
	for (guint i = 0; i < cm_json_get_length(mails); i++) {
		append_mail(out, &desk.bookings, json_node_get_object(document),
			    cm_json_get_element(mails, i));
		localize(cm_json_get_element(mails, i));
	}
	if (cli->json) {
		cm_json_print_node(document);
		return CM_EXIT_OK;
	}
	if (out->len == 0)
		g_string_append_printf(
		    out, "%s\n", all ? _("No mail has come.") : _("Nothing is to be decided."));
	else if (!all)
		g_string_append_printf(out,
				       "  → comodalctl inbox show %s, inbox decide %s accepted\n",
				       _("NUMBER"), _("NUMBER"));
	append_last(out, cli, json_node_get_object(document));
	cm_terminal_print(out->str);
	return CM_EXIT_OK;
}

/* ---- inbox show */

static JsonNode *
fetch_one(Desk *desk, guint64 number, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_inbox_call_get_sync(desk->inbox, number, NULL, &handle, &descriptors, NULL,
					 error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static void
append_labelled(GString *out, const CmComodalctl *cli, const gchar *format, const gchar *value)
{
	g_autofree gchar *line = value != NULL ? cm_report_format(format, value, NULL) : NULL;

	append_line(out, cli, CM_STYLE_DIM, line);
}

static void
append_content(GString *out, const CmComodalctl *cli, JsonObject *mail)
{
	JsonArray *notes = cm_json_get_array(mail, "notes");
	const gchar *problem = cm_json_get_string(mail, "calendar_problem");

	append_labelled(out, cli, _("Title: {0}"), cm_json_get_string(mail, "title"));
	append_labelled(out, cli, _("In the name of: {0}"), cm_json_get_string(mail, "attendee"));
	append_labelled(out, cli, _("Comment: {0}"), cm_json_get_string(mail, "comment"));
	if (problem != NULL) {
		g_autofree gchar *text = cm_message_localize(problem);

		append_wrapped(out, text);
	}
	for (guint i = 0; notes != NULL && i < json_array_get_length(notes); i++) {
		g_autofree gchar *text =
		    cm_message_localize(json_array_get_string_element(notes, i));

		append_wrapped(out, text);
	}
	if (cm_json_get_string(mail, "text") != NULL)
		g_string_append_c(out, '\n');
	append_wrapped(out, cm_json_get_string(mail, "text"));
}

CmExit
cm_comodalctl_inbox_show_run(CmComodalctl *cli)
{
	g_auto(GStrv) arguments = NULL;
	g_auto(Desk) desk = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	guint64 number = 0;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, _("NUMBER"), arguments[0], 1, G_MAXINT64, &number))
		return CM_EXIT_USAGE;
	if (desk_open(&desk, cli, &error))
		document = fetch_one(&desk, number, &error);
	if (document == NULL)
		return cm_report_error(error);
	if (cli->json) {
		localize(json_node_get_object(document));
		cm_json_print_node(document);
		return CM_EXIT_OK;
	}
	append_mail(out, &desk.bookings, json_node_get_object(document),
		    json_node_get_object(document));
	append_content(out, cli, json_node_get_object(document));
	cm_terminal_print(out->str);
	return CM_EXIT_OK;
}

/* ---- inbox decide */

CmExit
cm_comodalctl_inbox_decide_run(CmComodalctl *cli)
{
	static const gchar *const decisions[] = {"accepted", "declined", "tentative", "ignore",
						 NULL};
	g_auto(GStrv) arguments = NULL;
	g_auto(Desk) desk = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autofree gchar *line = NULL;
	guint64 number = 0;
	guint64 version = 0;

	if (!cm_comodalctl_parse(cli, NULL, 2, 2, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, _("NUMBER"), arguments[0], 1, G_MAXINT64, &number) ||
	    !cm_values_check_choice(cli, _("DECISION"), arguments[1], decisions))
		return CM_EXIT_USAGE;
	if (desk_open(&desk, cli, &error))
		document = fetch_one(&desk, number, &error);
	if (document == NULL ||
	    !cm_dbus_inbox_call_decide_sync(
		desk.inbox, number,
		(guint64)cm_json_get_int(json_node_get_object(document), "version"), arguments[1],
		&version, NULL, &error))
		return cm_report_error(error);
	if (cli->json) {
		json_builder_begin_object(builder);
		cm_document_add_int(builder, "number", (gint64)number);
		cm_document_add_int(builder, "version", (gint64)version);
		json_builder_end_object(builder);
		cm_json_print(builder);
		return CM_EXIT_OK;
	}
	line = cm_report_format(g_str_equal(arguments[1], "ignore")
				    ? _("Mail {0} is put aside.\n")
				    : _("Mail {0} is taken as their answer.\n"),
				arguments[0], NULL);
	cm_terminal_print(line);
	return CM_EXIT_OK;
}
