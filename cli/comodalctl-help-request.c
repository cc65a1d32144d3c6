// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/consent-call.h"
#include "cli/door-view.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/request-desk.h"
#include "cli/subjects.h"
#include "cli/terminal.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* help-request: "I can't get in", and what they are told */

#define INDENT 7

static gpointer
get_help(GDBusConnection *bus, GError **error)
{
	return cm_client_get_help(bus, error);
}

static JsonNode *
list(gpointer help, GVariant *options, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_help_call_list_sync(help, options, NULL, &handle, &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static gchar *
dup_name(const CmBookings *bookings, JsonObject *request)
{
	return cm_door_view_dup_name(request);
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

/* a number of devices, or what a test of them said */
static gchar *
say_devices(const gchar *found)
{
	guint64 count = 0;

	if (!g_ascii_string_to_unsigned(found, 10, 0, 99, &count, NULL))
		return g_strdup(found);
	return g_strdup(count == 0 ? _("none found") : found);
}

static gchar *
say_network(const gchar *found)
{
	if (g_str_equal(found, "on"))
		return g_strdup(_("there is one"));
	return g_strdup(g_str_equal(found, "off") ? _("none, says the browser") : found);
}

static gchar *
say_as_it_is(const gchar *found)
{
	return g_strdup(found);
}

/* what their browser said, if they agreed */
static void
append_report(GString *out, JsonObject *request)
{
	static const struct {
		const gchar *member;
		const gchar *format;
		gchar *(*say)(const gchar *found);
	} lines[] = {{"text", N_("“{0}”"), say_as_it_is},
		     {"camera", N_("camera: {0}"), say_devices},
		     {"microphone", N_("microphone: {0}"), say_devices},
		     {"network", N_("network: {0}"), say_network},
		     {"browser", N_("browser: {0}"), say_as_it_is}};
	JsonObject *report = cm_json_get_object(request, "report");

	for (guint i = 0; report != NULL && i < G_N_ELEMENTS(lines); i++) {
		const gchar *found = cm_json_get_string(report, lines[i].member);
		g_autofree gchar *said = found != NULL ? lines[i].say(found) : NULL;

		append_text(out, lines[i].format, said);
	}
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
show(const CmRequestDesk *desk, JsonNode *document)
{
	JsonArray *requests = cm_request_desk_get_requests(document);
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

static const CmRequestKind request_kind = {
    .get = get_help,
    .list = list,
    .show = show,
    .name = dup_name,
    .all = N_("Those that are closed too"),
    .unknown = N_("Nobody asks for help by this number."),
    .none = N_("Nobody asks for help."),
    .several = N_("Several ask for help: say which by its number, as “comodalctl help-request "
		  "list” shows it."),
};

CmExit
cm_comodalctl_help_request_run_list(CmComodalctl *cli)
{
	return cm_request_desk_run_list(&request_kind, cli);
}

/* ---- help-request answer, help-request close */

static gboolean
answer(gpointer help, JsonObject *request, GError **error)
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
	return descriptors != NULL &&
	       cm_dbus_help_call_answer_sync(help, (guint64)cm_json_get_int(request, "number"),
					     (guint64)cm_json_get_int(request, "version"), handle,
					     descriptors, &version, NULL, NULL, error);
}

static gboolean
close_request(gpointer help, JsonObject *request, GError **error)
{
	guint64 version = 0;

	return cm_dbus_help_call_close_sync(help, (guint64)cm_json_get_int(request, "number"),
					    (guint64)cm_json_get_int(request, "version"), &version,
					    NULL, error);
}

CmExit
cm_comodalctl_help_request_run_answer(CmComodalctl *cli)
{
	return cm_request_desk_run_change(&request_kind, cli, answer,
					  N_("{0} reads it on their page now."));
}

CmExit
cm_comodalctl_help_request_run_close(CmComodalctl *cli)
{
	return cm_request_desk_run_change(&request_kind, cli, close_request,
					  N_("Closed: {0} needs no more."));
}
