// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/json.h"
#include "cli/loopback.h"
#include "cli/report.h"
#include "cli/subjects.h"
#include "cli/terminal.h"
#include "daemon/agenda/document.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* join: whose session it is, or who helps at the school, comes in by the browser */

/* as long as the daemon lets such a link live */
#define WAIT_SECONDS 120
#define WORDS_MAX 8

static JsonNode *
make_entry(CmSubjects *subjects, gint64 *out_until, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_door_call_make_entry_sync(subjects->door, (guint64)subjects->number, NULL,
					       out_until, &handle, &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static void
print_json(const CmSubjects *subjects, const gchar *role, const gchar *url, gint64 until)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "subject", subjects->number);
	cm_document_add_string(builder, "role", role != NULL ? role : "");
	cm_document_add_int(builder, "until", until);
	if (url != NULL)
		cm_document_add_string(builder, "url", url);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static void
print_line(const gchar *format, const gchar *argument)
{
	g_autofree gchar *line = cm_report_format(format, argument, NULL);

	cm_terminal_print(line);
	cm_terminal_print("\n");
}

static CmExit
print_entry(const CmSubjects *subjects, JsonNode *entry, const gchar *url, gint64 until)
{
	const gchar *role = cm_json_get_string(json_node_get_object(entry), "role");

	if (subjects->bookings.cli->json) {
		print_json(subjects, role, url, until);
		return CM_EXIT_OK;
	}
	cm_terminal_print(url);
	cm_terminal_print("\n");
	cm_report_note(N_("For you alone, once, within two minutes: {0}."), subjects->title, NULL);
	return CM_EXIT_OK;
}

/* how the wait for the browser ended */
static CmExit
report_end(const CmSubjects *subjects, JsonNode *entry, CmLoopback *loopback, gint64 until)
{
	CmLoopbackEnd end = cm_loopback_wait(loopback, WAIT_SECONDS);
	const gchar *role = cm_json_get_string(json_node_get_object(entry), "role");

	if (cm_loopback_get_refused(loopback) > 0)
		cm_report_note(N_("Another user of this machine asked for your link, and was "
				  "refused."),
			       NULL);
	if (end == CM_LOOPBACK_INTERRUPTED)
		return CM_EXIT_INTERRUPTED;
	if (end == CM_LOOPBACK_LATE) {
		g_autoptr(GError) error = NULL;

		cm_error_set(&error, CM_ERROR_FAILED,
			     N_("No browser came for the link within two minutes. “comodalctl join "
				"--print” writes a link that you can open yourself."),
			     NULL);
		return cm_report_error(error);
	}
	if (subjects->bookings.cli->json)
		print_json(subjects, role, NULL, until);
	else
		print_line(g_strcmp0(role, "helper") == 0
			       ? N_("Your browser is at the door, as a helper: {0}.")
			       : N_("Your browser is at the door: {0}."),
			   subjects->title);
	return CM_EXIT_OK;
}

static CmExit
open_browser(const CmSubjects *subjects, JsonNode *entry, const gchar *url, gint64 until)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) launched = NULL;
	g_autoptr(CmLoopback) loopback = cm_loopback_new(url, &error);

	if (loopback == NULL)
		return cm_report_error(error);
	if (!g_app_info_launch_default_for_uri(cm_loopback_get_address(loopback), NULL,
					       &launched)) {
		cm_error_set(&error, CM_ERROR_FAILED,
			     N_("No browser can be opened from here. “comodalctl join --print” "
				"writes a link that you can open yourself."),
			     NULL);
		return cm_report_error(error);
	}
	return report_end(subjects, entry, loopback, until);
}

CmExit
cm_comodalctl_join_run(CmComodalctl *cli)
{
	gboolean print = FALSE;
	const GOptionEntry entries[] = {
	    {"print", 'p', 0, G_OPTION_ARG_NONE, &print,
	     N_("Write the link instead of opening the browser"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmSubjects) subjects = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) entry = NULL;
	const gchar *url = NULL;
	gint64 until = 0;

	if (!cm_comodalctl_parse(cli, entries, 0, WORDS_MAX, &arguments))
		return cli->exit_status;
	if (cm_subjects_open(&subjects, cli, &error) &&
	    cm_subjects_find(&subjects, (const gchar *const *)arguments, &error))
		entry = make_entry(&subjects, &until, &error);
	if (entry != NULL)
		url = cm_subjects_get_text(entry, "url", &error);
	if (url == NULL)
		return cm_report_error(error);
	return print ? print_entry(&subjects, entry, url, until)
		     : open_browser(&subjects, entry, url, until);
}
