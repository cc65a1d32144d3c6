// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/changed.h"
#include "cli/client.h"
#include "cli/consent-call.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/users.h"
#include "cli/values.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

/* export requests, ask, extend, close: who asked for a student's file, or signed that it may go elsewhere, and the time that rules give */

#define INDENT 4

static void
print_line(guint indent,
	   const gchar *format,
	   const gchar *first,
	   const gchar *second,
	   const gchar *third)
{
	g_autofree gchar *text = cm_report_format(format, first, second, third, NULL);
	g_autofree gchar *clean = cm_terminal_clean(text);
	g_autoptr(GString) out = g_string_new(NULL);

	g_string_append_printf(out, "%*s", (gint)indent, "");
	cm_terminal_append_wrapped(out, clean, indent, indent, cm_terminal_get_width());
	cm_terminal_print(out->str);
}

static CmExit
report(GError *error)
{
	g_dbus_error_strip_remote_error(error);
	return cm_report_error(error);
}

static CmDBusDisclosure *
connect(const CmComodalctl *cli, GError **error)
{
	g_autoptr(GDBusConnection) bus = cm_client_connect(cli, error);

	return bus != NULL ? cm_client_get_disclosure(bus, error) : NULL;
}

static JsonNode *
fetch_list(CmDBusDisclosure *disclosure, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) list = NULL;

	return cm_dbus_disclosure_call_list_sync(disclosure, NULL, &handle, &list, NULL, error)
		   ? cm_client_read_json(handle, list, error)
		   : NULL;
}

/* a request as it is now */
static CmExit
print_json(CmDBusDisclosure *disclosure, guint64 number)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) node = fetch_list(disclosure, &error);

	return cm_changed_print(node, "requests", (gint64)number, error);
}

/* `said`: a format, {0} is the request's number. With --json the request as it is then. */
static CmExit
tell(const CmComodalctl *cli, CmDBusDisclosure *disclosure, guint64 number, const gchar *said)
{
	g_autofree gchar *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);

	if (cli->json)
		return print_json(disclosure, number);
	print_line(0, said, text, NULL, NULL);
	return CM_EXIT_OK;
}

/* ---- requests */

/* a purpose with a state, and what is said of it; {0} the day, {1} how many days */
static const struct {
	const gchar *purpose;
	const gchar *state;
	const gchar *words;
} states[] = {
    {"access", "open", N_("To be answered by {0}; days left: {1}.")},
    {"access", "late", N_("Late: it was to be answered by {0}. Days since: {1}.")},
    {"transfer", "waiting", N_("Not before {0}: it can be withdrawn until then. Days left: {1}.")},
    {"transfer", "open", N_("It may be sent, since {0}.")},
    {NULL, "answered", N_("Answered.")},
    {NULL, "withdrawn", N_("Withdrawn.")},
    {NULL, "refused", N_("Refused.")},
};

static void
print_state(JsonObject *request)
{
	const gchar *purpose = cm_json_get_string(request, "purpose");
	const gchar *state = cm_json_get_string(request, "state");
	const gchar *day = cm_json_get_string(request, "day");
	g_autofree gchar *shown = cm_consent_call_format_day(day);
	gint64 left = day != NULL ? cm_json_get_int(request, "days_left") : 0;
	g_autofree gchar *count = g_strdup_printf("%" G_GINT64_FORMAT, ABS(left));

	if (day == NULL && g_strcmp0(state, "open") == 0) {
		print_line(INDENT,
			   g_strcmp0(purpose, "access") == 0
			       ? N_("No rule says until when it is answered.")
			       : N_("No rule makes it wait."),
			   NULL, NULL, NULL);
		return;
	}
	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		if (g_strcmp0(states[i].state, state) == 0 &&
		    (states[i].purpose == NULL || g_strcmp0(states[i].purpose, purpose) == 0))
			print_line(INDENT, states[i].words, shown, count, NULL);
	}
}

static void
print_rule(JsonObject *rule)
{
	gboolean french = g_strcmp0(cm_message_get_language(), "fr") == 0;
	const gchar *note = NULL;

	if (rule == NULL)
		return;
	note = cm_json_get_string(rule, french ? "note_fr" : "note_en");
	print_line(INDENT, "{0}", cm_json_get_string(rule, french ? "fr" : "en"), NULL, NULL);
	if (note != NULL)
		print_line(INDENT, "{0}", note, NULL, NULL);
	print_line(INDENT, "{0}, {1}", cm_json_get_string(rule, "article"),
		   cm_json_get_string(rule, "source"), NULL);
}

static void
print_request(JsonObject *request)
{
	const gchar *name = cm_json_get_string(request, "name");
	gboolean access = g_strcmp0(cm_json_get_string(request, "purpose"), "access") == 0;
	g_autofree gchar *number =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(request, "number"));
	g_autofree gchar *since = cm_consent_call_format_day(cm_json_get_string(request, "since"));
	g_autofree gchar *by = cm_users_get_name((guint32)cm_json_get_int(request, "by"));

	print_line(0,
		   access ? N_("Request {0}: {1}, access, asked for on {2}")
			  : N_("Request {0}: {1}, transfer, authorized on {2}"),
		   number, name != NULL ? name : _("a student who is not in the roster any more"),
		   since);
	print_state(request);
	print_line(INDENT, N_("{0} (recorded by {1})"), cm_json_get_string(request, "basis"), by,
		   NULL);
	if (cm_json_get_boolean(request, "waived"))
		print_line(INDENT,
			   N_("Whoever signed renounced the waiting time, in an emergency."), NULL,
			   NULL, NULL);
	if (cm_json_get_int(request, "extended") != 0)
		print_line(INDENT, N_("It was given more time."), NULL, NULL, NULL);
	if (cm_json_get_int(request, "closed") == 0)
		print_rule(cm_json_get_object(request, "rule"));
}

CmExit
cm_comodalctl_disclosure_run_list(CmComodalctl *cli)
{
	gboolean all = FALSE;
	const GOptionEntry entries[] = {
	    {"all", 'a', 0, G_OPTION_ARG_NONE, &all, N_("Also those that are closed"), NULL},
	    G_OPTION_ENTRY_NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(CmDBusDisclosure) disclosure = NULL;
	g_autoptr(JsonNode) node = NULL;
	JsonArray *requests = NULL;
	guint shown = 0;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	disclosure = connect(cli, &error);
	node = disclosure != NULL ? fetch_list(disclosure, &error) : NULL;
	if (node == NULL)
		return report(error);
	if (cli->json) {
		cm_json_print_node(node);
		return CM_EXIT_OK;
	}
	requests = cm_json_get_array(json_node_get_object(node), "requests");
	for (guint i = 0; i < cm_json_get_length(requests); i++) {
		JsonObject *request = cm_json_get_element(requests, i);

		if (!all && cm_json_get_int(request, "closed") != 0)
			continue;
		print_request(request);
		shown++;
	}
	if (shown == 0)
		print_line(0, N_("No request is open."), NULL, NULL, NULL);
	return CM_EXIT_OK;
}

/* ---- ask */

typedef struct {
	gchar *purpose;
	gchar *on;
	gboolean waived;
	GStrv words;
} Asking;

static void
asking_clear(Asking *asking)
{
	g_free(asking->purpose);
	g_free(asking->on);
	g_strfreev(asking->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asking, asking_clear)

static gboolean
parse_asking(CmComodalctl *cli, Asking *asking)
{
	const GOptionEntry entries[] = {
	    {"purpose", 0, 0, G_OPTION_ARG_STRING, &asking->purpose, N_("access or transfer"),
	     N_("PURPOSE")},
	    {"on", 0, 0, G_OPTION_ARG_STRING, &asking->on,
	     N_("The day on which it was asked for, or the authorization was signed"), N_("DATE")},
	    {"waived", 0, 0, G_OPTION_ARG_NONE, &asking->waived,
	     N_("Whoever signed renounced the waiting time, in an emergency"), NULL},
	    G_OPTION_ENTRY_NULL};

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &asking->words))
		return FALSE;
	if (asking->purpose != NULL && asking->on != NULL)
		return TRUE;
	cli->exit_status =
	    cm_report_usage(cli, N_("Something is missing: {0}"), "--purpose, --on", NULL);
	return FALSE;
}

static gboolean
record(CmDBusDisclosure *disclosure,
       guint64 student,
       const Asking *asking,
       CmDay day,
       guint64 *out_number,
       GError **error)
{
	g_autoptr(JsonObject) object = json_object_new();
	g_autofree gchar *basis =
	    cm_consent_call_read_line(_("Who asks, or who signed what, and when? In a line:"));
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	gchar text[CM_DAY_TEXT_SIZE];

	json_object_set_string_member(object, "purpose", asking->purpose);
	json_object_set_string_member(object, "since", cm_day_format(day, text));
	json_object_set_string_member(object, "basis", basis);
	json_object_set_boolean_member(object, "waived", asking->waived);
	list = cm_consent_call_hand_over(object, &handle, error);
	return list != NULL &&
	       cm_dbus_disclosure_call_record_sync(disclosure, student, g_steal_pointer(&handle),
						   list, out_number, NULL, NULL, error);
}

CmExit
cm_comodalctl_disclosure_run_ask(CmComodalctl *cli)
{
	g_auto(Asking) asking = {0};
	g_auto(CmConsentCall) call = {0};
	g_autoptr(CmDBusDisclosure) disclosure = NULL;
	g_autoptr(GError) error = NULL;
	guint64 student = 0;
	guint64 number = 0;
	CmDay day = 0;

	if (!parse_asking(cli, &asking) || !cm_values_parse_date(cli, "--on", asking.on, &day))
		return cli->exit_status;
	if (!cm_consent_call_open(&call, cli, &error) ||
	    !cm_consent_call_find_student(&call, asking.words[0], &student, &error))
		return report(error);
	disclosure = cm_client_get_disclosure(call.bus, &error);
	if (disclosure == NULL || !record(disclosure, student, &asking, day, &number, &error))
		return report(error);
	return tell(cli, disclosure, number,
		    N_("Recorded as request {0}. “export requests” says what time there is."));
}

/* ---- extend, close */

CmExit
cm_comodalctl_disclosure_run_extend(CmComodalctl *cli)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(GStrv) words = NULL;
	g_autoptr(CmDBusDisclosure) disclosure = NULL;
	g_autoptr(GError) error = NULL;
	guint64 number = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &words))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, "NUMBER", words[0], 1, G_MAXINT64, &number))
		return CM_EXIT_USAGE;
	disclosure = connect(cli, &error);
	if (disclosure == NULL ||
	    !cm_dbus_disclosure_call_extend_sync(disclosure, number, NULL, &error))
		return report(error);
	return tell(
	    cli, disclosure, number,
	    N_("Its time is longer. The notice is yours to send, before the first one ends."));
}

CmExit
cm_comodalctl_disclosure_run_close(CmComodalctl *cli)
{
	g_autofree gchar *outcome = NULL;
	const GOptionEntry entries[] = {{"as", 0, 0, G_OPTION_ARG_STRING, &outcome,
					 N_("answered, withdrawn or refused"), N_("OUTCOME")},
					G_OPTION_ENTRY_NULL};
	g_auto(GStrv) words = NULL;
	g_autoptr(CmDBusDisclosure) disclosure = NULL;
	g_autoptr(GError) error = NULL;
	guint64 number = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &words))
		return cli->exit_status;
	if (outcome == NULL)
		return cm_report_usage(cli, N_("Something is missing: {0}"), "--as", NULL);
	if (!cm_values_parse_number(cli, "NUMBER", words[0], 1, G_MAXINT64, &number))
		return CM_EXIT_USAGE;
	disclosure = connect(cli, &error);
	if (disclosure == NULL ||
	    !cm_dbus_disclosure_call_close_sync(disclosure, number, outcome, NULL, &error))
		return report(error);
	return tell(cli, disclosure, number, N_("Request {0} is closed."));
}
