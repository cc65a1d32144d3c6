// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/settings.h"

#include "daemon/bus/birthday-keeper.h"
#include "daemon/bus/program-settings.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/store/service-key.h"
#include "include/cm-error.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

typedef struct {
	gboolean session;
	gboolean create_key;
	gboolean restore_key;
	gboolean version;
	gchar *database;
	gchar *key_file;
	gchar *configuration;
	gchar *audit_heads;
	gchar **policies;
	gchar *administrator;
	gchar *birthday_notice;
} Arguments;

static void
arguments_clear(Arguments *arguments)
{
	g_free(arguments->database);
	g_free(arguments->key_file);
	g_free(arguments->configuration);
	g_free(arguments->audit_heads);
	g_strfreev(arguments->policies);
	g_free(arguments->administrator);
	g_free(arguments->birthday_notice);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static gboolean
arguments_parse(Arguments *arguments, const gchar *const *argv, GError **error)
{
	const GOptionEntry entries[] = {
	    {"session", 0, 0, G_OPTION_ARG_NONE, &arguments->session,
	     N_("Serve one person on their session bus"), NULL},
	    {"database", 0, 0, G_OPTION_ARG_FILENAME, &arguments->database, N_("The database"),
	     N_("FILE")},
	    {"key-file", 0, 0, G_OPTION_ARG_FILENAME, &arguments->key_file,
	     N_("The service key, outside the database's folder"), N_("FILE")},
	    {"config", 0, 0, G_OPTION_ARG_FILENAME, &arguments->configuration,
	     N_("The configuration: the mailbox, the help line, the courier"), N_("FILE")},
	    {"audit-heads", 0, 0, G_OPTION_ARG_FILENAME, &arguments->audit_heads,
	     N_("Where heads of the audit log are kept, outside the database's folder"),
	     N_("FOLDER")},
	    {"policies", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments->policies,
	     N_("A folder of policies; may be repeated, later ones tighten"), N_("FOLDER")},
	    {"birthday-notice", 0, 0, G_OPTION_ARG_STRING, &arguments->birthday_notice,
	     N_("How long before a student may consent alone it asks to see them; default 30"),
	     N_("DAYS")},
	    {"create-key", 0, 0, G_OPTION_ARG_NONE, &arguments->create_key,
	     N_("Make the service key, print its recovery sheet and exit"), NULL},
	    {"restore-key", 0, 0, G_OPTION_ARG_NONE, &arguments->restore_key,
	     N_("Make the service key again from the sheet on standard input and exit"), NULL},
	    {"set-up-administrator", 0, 0, G_OPTION_ARG_STRING, &arguments->administrator,
	     N_("Make a user the first administrator and exit"), N_("UID")},
	    {"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version,
	     N_("Print the version and exit"), NULL},
	    G_OPTION_ENTRY_NULL};

	return cm_program_settings_parse(
	    N_("Keeps the follow-ups of school professionals and plans "
	       "them, for comodalctl and other programs on the bus."),
	    entries, argv, error);
}

static gboolean
settings_set_action(CmSettings *settings, const Arguments *arguments, GError **error)
{
	guint64 uid = 0;

	if (arguments->create_key + arguments->restore_key + arguments->version +
		(arguments->administrator != NULL) >
	    1) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Only one of these options can be given at a time: {0}."),
			     "--create-key, --restore-key, --set-up-administrator, --version",
			     NULL);
		return FALSE;
	}
	if (arguments->create_key)
		settings->action = CM_ACTION_CREATE_KEY;
	if (arguments->restore_key)
		settings->action = CM_ACTION_RESTORE_KEY;
	if (arguments->version)
		settings->action = CM_ACTION_SHOW_VERSION;
	if (arguments->administrator == NULL)
		return TRUE;
	if (!g_ascii_string_to_unsigned(arguments->administrator, 10, 0, G_MAXUINT32 - 1, &uid,
					NULL)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is not a user's number (see: id -u)."),
			     arguments->administrator, NULL);
		return FALSE;
	}
	settings->action = CM_ACTION_SET_UP_ADMINISTRATOR;
	settings->administrator = (guint32)uid;
	return TRUE;
}

static gboolean
settings_set_birthday_days(CmSettings *settings, const gchar *text, GError **error)
{
	guint64 days = CM_BIRTHDAY_KEEPER_DAYS;

	if (text != NULL &&
	    !g_ascii_string_to_unsigned(text, 10, 0, CM_BIRTHDAY_KEEPER_DAYS_MAX, &days, NULL)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is not a number of days from 0 to 366."), text, NULL);
		return FALSE;
	}
	settings->birthday_days = (guint)days;
	return TRUE;
}

static gchar *
make_default_database(gboolean session)
{
	if (session)
		return g_build_filename(g_get_user_data_dir(), "comodal", "comodal.db", NULL);
	return g_build_filename(CM_STATE_DIR, "comodal.db", NULL);
}

/* the credential that systemd gave comes before any file but the one that was asked for */
static gchar *
make_default_key_file(gboolean session)
{
	gchar *credential = cm_service_key_find_credential();

	if (credential != NULL)
		return credential;
	if (session)
		return g_build_filename(g_get_user_config_dir(), "comodal", "service.key", NULL);
	return g_build_filename(CM_SYSCONF_DIR, "comodal", "service.key", NULL);
}

/* beside the key, or, when that is systemd's, where the unit gives a folder for it */
static gchar *
make_default_heads(const gchar *key_file)
{
	g_autofree gchar *credential = cm_service_key_find_credential();

	if (g_strcmp0(credential, key_file) == 0)
		return g_strdup(CM_STATE_DIR "-heads");
	return g_path_get_dirname(key_file);
}

CmSettings *
cm_settings_new(const gchar *const *argv, GError **error)
{
	g_auto(Arguments) arguments = {0};
	g_autoptr(CmSettings) settings = g_new0(CmSettings, 1);

	if (!arguments_parse(&arguments, argv, error) ||
	    !settings_set_action(settings, &arguments, error) ||
	    !settings_set_birthday_days(settings, arguments.birthday_notice, error))
		return NULL;
	settings->session = arguments.session;
	settings->database = g_steal_pointer(&arguments.database);
	settings->key_file = g_steal_pointer(&arguments.key_file);
	settings->configuration = g_steal_pointer(&arguments.configuration);
	settings->audit_heads = g_steal_pointer(&arguments.audit_heads);
	settings->policies = g_steal_pointer(&arguments.policies);
	if (settings->database == NULL)
		settings->database = make_default_database(settings->session);
	if (settings->key_file == NULL)
		settings->key_file = make_default_key_file(settings->session);
	if (settings->audit_heads == NULL)
		settings->audit_heads = make_default_heads(settings->key_file);
	if (settings->policies == NULL)
		settings->policies = cm_policy_loader_list_default_directories(settings->session);
	return g_steal_pointer(&settings);
}

void
cm_settings_free(CmSettings *settings)
{
	if (settings == NULL)
		return;
	g_free(settings->database);
	g_free(settings->key_file);
	g_free(settings->configuration);
	g_free(settings->audit_heads);
	g_strfreev(settings->policies);
	g_free(settings);
}
