// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/consent-call.h"
#include "cli/door-view.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/subjects.h"
#include "cli/terminal.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* help-request: "I can't get in", and what they are told */

#define INDENT 7

typedef struct {
	CmBookings bookings;
	CmDBusHelp *help;
} Desk;

static void
desk_clear(Desk *desk)
{
	cm_bookings_clear(&desk->bookings);
	g_clear_object(&desk->help);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static gboolean
desk_open(Desk *desk, const CmComodalctl *cli, GError **error)
{
	if (!cm_bookings_open(&desk->bookings, cli, error))
		return FALSE;
	desk->help = cm_client_get_help(desk->bookings.bus, error);
	return desk->help != NULL;
}

/* `number` 0: all */
static JsonNode *
fetch(const Desk *desk, guint64 number, gboolean all, GError **error)
{
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (number != 0)
		g_variant_dict_insert(&options, "request", "t", number);
	if (all)
		g_variant_dict_insert(&options, "all", "b", TRUE);
	if (!cm_dbus_help_call_list_sync(desk->help, g_variant_dict_end(&options), NULL, &handle,
					 &descriptors, NULL, error))
		return NULL;
	return cm_subjects_read(handle, descriptors, error);
}

static JsonArray *
get_requests(JsonNode *document)
{
	return cm_json_get_array(json_node_get_object(document), "requests");
}

/* the one by a number that was typed; without one the only that waits. In `document`, which holds it */
static JsonObject *
fetch_one(const Desk *desk, const gchar *text, JsonNode **document, GError **error)
{
	guint64 number = 0;
	gboolean numbered =
	    text != NULL && g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &number, NULL);

	if (text == NULL || numbered) {
		*document = fetch(desk, number, numbered, error);
		if (*document == NULL)
			return NULL;
	}
	if (*document != NULL && cm_json_get_length(get_requests(*document)) == 1)
		return cm_json_get_element(get_requests(*document), 0);
	if (text == NULL && cm_json_get_length(get_requests(*document)) > 1)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Several ask for help: say which by its number, as “comodalctl "
				"help-request list” shows it."),
			     NULL);
	else
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     text == NULL ? N_("Nobody asks for help.")
					  : N_("Nobody asks for help by this number."),
			     NULL);
	return NULL;
}

/* ---- help-request list */

static const gchar *
say_state(JsonObject *request)
{
	const gchar *state = cm_json_get_string(request, "state");

	if (g_strcmp0(state, "waiting") == 0)
		return _("waits");
	return g_strcmp0(state, "answered") == 0 ? _("answered") : _("closed");
}

static void
append_text(GString *out, const gchar *format, const gchar *text)
{
	g_autofree gchar *clean = text != NULL ? cm_terminal_clean(text) : NULL;
	g_autofree gchar *line = NULL;

	if (clean == NULL || *clean == '\0')
		return;
	line = cm_report_format(format, clean, NULL);
	g_string_append_printf(out, "%*s", INDENT, "");
	cm_terminal_append_wrapped(out, line, INDENT, INDENT, cm_terminal_get_width());
}

/* what their browser said, if they agreed */
static void
append_report(GString *out, JsonObject *request)
{
	static const struct {
		const gchar *member;
		const gchar *format;
	} lines[] = {{"text", N_("“{0}”")},
		     {"camera", N_("camera: {0}")},
		     {"microphone", N_("microphone: {0}")},
		     {"network", N_("network: {0}")},
		     {"browser", N_("browser: {0}")}};
	JsonObject *report = cm_json_get_object(request, "report");

	for (guint i = 0; report != NULL && i < G_N_ELEMENTS(lines); i++)
		append_text(out, lines[i].format, cm_json_get_string(report, lines[i].member));
}

static void
append_request(GString *out, const CmBookings *bookings, JsonObject *request)
{
	gboolean waits = g_strcmp0(cm_json_get_string(request, "state"), "waiting") == 0;
	g_autofree gchar *what = cm_door_view_describe(bookings, request);
	g_autofree gchar *at = cm_subjects_format_instant(cm_json_get_int(request, "asked_at"));
	g_autofree gchar *name = cm_door_view_dup_name(request);
	g_autofree gchar *line =
	    cm_report_format(N_("{0}, at {1}: {2}"), name, at, say_state(request), NULL);

	g_string_append_printf(out, "%*" G_GINT64_FORMAT "  ", INDENT - 2,
			       cm_json_get_int(request, "number"));
	cm_terminal_append_styled(out, bookings->cli->color, waits ? CM_STYLE_BOLD : CM_STYLE_DIM,
				  line);
	g_string_append_c(out, '\n');
	append_text(out, N_("session {0}"), what);
	append_text(out, N_("tel. {0}"), cm_json_get_string(request, "phone"));
	append_report(out, request);
	append_text(out, N_("told: {0}"), cm_json_get_string(request, "answer"));
}

static CmExit
show(const Desk *desk, JsonNode *document)
{
	JsonArray *requests = get_requests(document);
	g_autoptr(GString) out = g_string_new(NULL);

	if (desk->bookings.cli->json) {
		cm_json_print_node(document);
		return CM_EXIT_OK;
	}
	for (guint i = 0; i < cm_json_get_length(requests); i++)
		append_request(out, &desk->bookings, cm_json_get_element(requests, i));
	if (out->len == 0)
		g_string_append_printf(out, "%s\n", _("Nobody asks for help."));
	else
		g_string_append_printf(out, "  → comodalctl help-request answer %s | close %s\n",
				       _("NUMBER"), _("NUMBER"));
	cm_terminal_print(out->str);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_help_request_run_list(CmComodalctl *cli)
{
	gboolean all = FALSE;
	const GOptionEntry entries[] = {
	    {"all", 'a', 0, G_OPTION_ARG_NONE, &all, N_("Those that are closed too"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(Desk) desk = {{NULL}};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	if (desk_open(&desk, cli, &error))
		document = fetch(&desk, 0, all, &error);
	return document != NULL ? show(&desk, document) : cm_subjects_report_error(error);
}

/* ---- help-request answer, help-request close */

static gboolean
answer(Desk *desk, JsonObject *request, GError **error)
{
	g_autoptr(JsonObject) object = json_object_new();
	g_autofree gchar *text =
	    cm_consent_call_read_line(_("What they are told, on their page at once: "));
	g_autoptr(GUnixFDList) descriptors = NULL;
	GVariant *handle = NULL;
	guint64 version = 0;

	if (*g_strstrip(text) == '\0') {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Nothing was written, and nothing is told."), NULL);
		return FALSE;
	}
	json_object_set_string_member(object, "answer", text);
	descriptors = cm_consent_call_hand_over(object, &handle, error);
	return descriptors != NULL && cm_dbus_help_call_answer_sync(
					  desk->help, (guint64)cm_json_get_int(request, "number"),
					  (guint64)cm_json_get_int(request, "version"), handle,
					  descriptors, &version, NULL, NULL, error);
}

static gboolean
close_request(Desk *desk, JsonObject *request, GError **error)
{
	guint64 version = 0;

	return cm_dbus_help_call_close_sync(desk->help, (guint64)cm_json_get_int(request, "number"),
					    (guint64)cm_json_get_int(request, "version"), &version,
					    NULL, error);
}

static CmExit
run_change(CmComodalctl *cli,
	   gboolean (*change)(Desk *desk, JsonObject *request, GError **error),
	   const gchar *said)
{
	g_auto(GStrv) arguments = NULL;
	g_auto(Desk) desk = {{NULL}};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autofree gchar *name = NULL;
	g_autofree gchar *line = NULL;
	JsonObject *request = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 0, 1, &arguments))
		return cli->exit_status;
	if (desk_open(&desk, cli, &error))
		request = fetch_one(&desk, arguments[0], &document, &error);
	if (request == NULL || !change(&desk, request, &error))
		return cm_report_error(error);
	if (cli->json) {
		g_autofree gchar *number =
		    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(request, "number"));
		g_autoptr(JsonNode) after = NULL;

		if (fetch_one(&desk, number, &after, &error) == NULL)
			return cm_report_error(error);
		cm_json_print_node(after);
		return CM_EXIT_OK;
	}
	name = cm_door_view_dup_name(request);
	line = cm_report_format(said, name, NULL);
	cm_terminal_print(line);
	cm_terminal_print("\n");
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_help_request_run_answer(CmComodalctl *cli)
{
	return run_change(cli, answer, N_("{0} reads it on their page now."));
}

CmExit
cm_comodalctl_help_request_run_close(CmComodalctl *cli)
{
	return run_change(cli, close_request, N_("Closed: {0} needs no more."));
}
