// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/program-settings.h"

#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

/* ---- the command line */

gboolean
cm_program_settings_parse(const gchar *summary,
			  const GOptionEntry *entries,
			  const gchar *const *argv,
			  GError **error)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) local = NULL;
	g_auto(GStrv) copy = g_strdupv((gchar **)argv);

	g_option_context_set_translation_domain(context, CM_TEXT_DOMAIN);
	g_option_context_set_summary(context, summary);
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

gboolean
cm_program_settings_parse_usual(const gchar *summary,
				const gchar *const *argv,
				CmProgramOptions *out_options,
				GError **error)
{
	g_auto(CmProgramOptions) options = {0};
	const GOptionEntry entries[] = {{"session", 0, 0, G_OPTION_ARG_NONE, &options.session,
					 N_("Serve the comodald of one person's session"), NULL},
					{"config", 0, 0, G_OPTION_ARG_FILENAME, &options.file,
					 N_("The configuration"), N_("FILE")},
					{"version", 0, 0, G_OPTION_ARG_NONE, &options.show_version,
					 N_("Print the version and exit"), NULL},
					G_OPTION_ENTRY_NULL};

	if (!cm_program_settings_parse(summary, entries, argv, error))
		return FALSE;
	*out_options = options;
	options.file = NULL;
	return TRUE;
}

void
cm_program_settings_clear_options(CmProgramOptions *options)
{
	g_clear_pointer(&options->file, g_free);
}

/* ---- the configuration */

static gchar *
make_path(const CmProgramConfiguration *configuration)
{
	if (configuration->named != NULL)
		return g_strdup(configuration->named);
	if (configuration->session)
		return g_build_filename(g_get_user_config_dir(), "comodal", configuration->usual,
					NULL);
	return g_build_filename(CM_SYSCONF_DIR, "comodal", configuration->usual, NULL);
}

gboolean
cm_program_settings_read(const CmProgramConfiguration *configuration,
			 CmFaults *faults,
			 GError **error)
{
	guint before = cm_faults_get_total(faults);
	g_autofree gchar *path = make_path(configuration);
	g_autoptr(CmPolicyFile) file = NULL;

	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		if (configuration->named == NULL && !configuration->needed)
			return TRUE;
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no configuration file {0}."),
			     path, NULL);
		return FALSE;
	}
	file = cm_policy_file_read(path, faults);
	if (file != NULL) {
		if (!configuration->take(file, configuration->user_data, error))
			return FALSE;
		cm_policy_file_reject_others(file, configuration->groups, configuration->prefix);
	}
	if (cm_faults_get_total(faults) == before)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("The configuration {0} is not right."), path,
		     NULL);
	return FALSE;
}
