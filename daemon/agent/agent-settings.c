// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-settings.h"

#include "daemon/common/person-place.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

typedef struct {
	gboolean session;
	gboolean background;
	gboolean version;
	gchar *folder;
	gchar *socket;
	gchar *idle;
	gchar *linger;
} Arguments;

static void
arguments_clear(Arguments *arguments)
{
	g_free(arguments->folder);
	g_free(arguments->socket);
	g_free(arguments->idle);
	g_free(arguments->linger);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static gboolean
arguments_parse(Arguments *arguments, const gchar *const *argv, GError **error)
{
	const GOptionEntry entries[] = {
	    {"session", 0, 0, G_OPTION_ARG_NONE, &arguments->session,
	     N_("Work with the comodald of one person's session"), NULL},
	    {"folder", 0, 0, G_OPTION_ARG_FILENAME, &arguments->folder,
	     N_("Where the keyring rests"), N_("FOLDER")},
	    {"socket", 0, 0, G_OPTION_ARG_FILENAME, &arguments->socket,
	     N_("Where comodalctl comes in"), N_("PATH")},
	    {"idle", 0, 0, G_OPTION_ARG_STRING, &arguments->idle,
	     N_("Lock after so many seconds without use; default 900, at most 14400"),
	     N_("SECONDS")},
	    {"linger", 0, 0, G_OPTION_ARG_STRING, &arguments->linger,
	     N_("End after so many seconds locked and without use; default 600"), N_("SECONDS")},
	    {"background", 0, 0, G_OPTION_ARG_NONE, &arguments->background,
	     N_("Let go of the terminal once ready"), NULL},
	    {"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version,
	     N_("Print the version and exit"), NULL},
	    G_OPTION_ENTRY_NULL};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) local = NULL;
	g_auto(GStrv) copy = g_strdupv((gchar **)argv);

	g_option_context_set_translation_domain(context, CM_TEXT_DOMAIN);
	g_option_context_set_summary(
	    context, N_("Holds one person's keys to their case notes, unlocked for a while. "
			"comodalctl starts it."));
	g_option_context_add_main_entries(context, entries, CM_TEXT_DOMAIN);
	if (!g_option_context_parse_strv(context, &copy, &local)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The command line is not understood: {0}."), local->message, NULL);
		return FALSE;
	}
	if (copy[0] == NULL || copy[1] == NULL)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Unexpected argument “{0}”."), copy[1],
		     NULL);
	return FALSE;
}

static gboolean
take_seconds(const gchar *option, const gchar *text, guint *out_seconds, GError **error)
{
	g_autofree gchar *most = g_strdup_printf("%d", CM_AGENT_SETTINGS_IDLE_SECONDS_MAX);
	guint64 number = 0;

	if (text == NULL)
		return TRUE;
	if (g_ascii_string_to_unsigned(text, 10, 1, CM_AGENT_SETTINGS_IDLE_SECONDS_MAX, &number,
				       NULL)) {
		*out_seconds = (guint)number;
		return TRUE;
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("{0}: a whole number of 1 to {1} is expected."), option, most, NULL);
	return FALSE;
}

/* one organisation's keyring is not another's: a session's comodald has a place of its own */
static void
take_places(CmAgentSettings *settings, const Arguments *arguments)
{
	settings->folder = arguments->folder != NULL
			       ? g_canonicalize_filename(arguments->folder, NULL)
			       : cm_person_place_dup_folder(arguments->session);
	if (arguments->socket != NULL)
		settings->socket = g_canonicalize_filename(arguments->socket, NULL);
	else if (!arguments->session)
		settings->socket = cm_person_place_dup_socket(NULL);
}

CmAgentSettings *
cm_agent_settings_new(const gchar *const *argv, GError **error)
{
	g_autoptr(CmAgentSettings) settings = g_new0(CmAgentSettings, 1);
	g_auto(Arguments) arguments = {0};

	settings->idle_seconds = CM_AGENT_SETTINGS_IDLE_SECONDS;
	settings->linger_seconds = CM_AGENT_SETTINGS_LINGER_SECONDS;
	if (!arguments_parse(&arguments, argv, error) ||
	    !take_seconds("--idle", arguments.idle, &settings->idle_seconds, error) ||
	    !take_seconds("--linger", arguments.linger, &settings->linger_seconds, error))
		return NULL;
	settings->session = arguments.session;
	settings->background = arguments.background;
	settings->show_version = arguments.version;
	take_places(settings, &arguments);
	return g_steal_pointer(&settings);
}

void
cm_agent_settings_free(CmAgentSettings *settings)
{
	if (settings == NULL)
		return;
	g_free(settings->folder);
	g_free(settings->socket);
	g_free(settings);
}
