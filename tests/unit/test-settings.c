// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/settings.h"

#include "include/cm-error.h"

#include <glib/gstdio.h>

static CmSettings *
parse(const gchar *line, GError **error)
{
	g_autofree gchar *whole = g_strconcat("comodald ", line, NULL);
	g_auto(GStrv) argv = g_strsplit(g_strchomp(whole), " ", -1);

	return cm_settings_new((const gchar *const *)argv, error);
}

static void
test_settings_defaults(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmSettings) machine = parse("", &error);
	g_autoptr(CmSettings) person = parse("--session", &error);

	g_assert_no_error(error);
	g_assert_cmpint(machine->action, ==, CM_ACTION_SERVE);
	g_assert_false(machine->session);
	g_assert_true(g_path_is_absolute(machine->database));
	g_assert_true(g_str_has_suffix(machine->database, "/comodal/comodal.db"));
	g_assert_cmpuint(g_strv_length(machine->policies), >=, 2);
	g_assert_true(person->session);
	/* a person's data is theirs, and their key does not stand beside it */
	g_assert_true(g_str_has_prefix(person->database, g_get_user_data_dir()));
	g_assert_true(g_str_has_prefix(person->key_file, g_get_user_config_dir()));
}

/* what systemd hands over comes before any file, but not before the one that was asked for */
static void
test_settings_credential(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *folder = g_dir_make_tmp("comodal-XXXXXX", &error);
	g_autofree gchar *credential = g_build_filename(folder, "comodal-service-key", NULL);
	g_autoptr(CmSettings) found = NULL;
	g_autoptr(CmSettings) asked = NULL;

	g_assert_true(g_file_set_contents(credential, "x", 1, &error));
	g_setenv("CREDENTIALS_DIRECTORY", folder, TRUE);
	found = parse("", &error);
	asked = parse("--key-file /k", &error);
	g_unsetenv("CREDENTIALS_DIRECTORY");
	g_assert_cmpstr(found->key_file, ==, credential);
	g_assert_cmpstr(asked->key_file, ==, "/k");
	g_assert_cmpint(g_remove(credential), ==, 0);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void
test_settings_given(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmSettings) settings =
	    parse("--session --database /d --key-file /k --policies "
		  "/a --policies /b --set-up-administrator 7 --birthday-notice 0 --config /c",
		  &error);

	g_assert_no_error(error);
	g_assert_cmpint(settings->action, ==, CM_ACTION_SET_UP_ADMINISTRATOR);
	g_assert_cmpuint(settings->administrator, ==, 7);
	g_assert_cmpuint(settings->birthday_days, ==, 0);
	g_assert_cmpstr(settings->database, ==, "/d");
	g_assert_cmpstr(settings->key_file, ==, "/k");
	g_assert_cmpstr(settings->configuration, ==, "/c");
	g_assert_cmpstr(settings->policies[0], ==, "/a");
	g_assert_cmpstr(settings->policies[1], ==, "/b");
	g_assert_null(settings->policies[2]);
}

static void
test_settings_refused(void)
{
	static const gchar *const lines[] = {"--unknown",
					     "extra",
					     "--create-key --restore-key",
					     "--create-key --set-up-administrator 1",
					     "--set-up-administrator root",
					     "--birthday-notice 367",
					     "--birthday-notice soon",
					     "--set-up-administrator -1",
					     "--set-up-administrator 4294967295",
					     "--database"};

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(parse(lines[i], &error));
		g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/settings/defaults", test_settings_defaults);
	g_test_add_func("/settings/credential", test_settings_credential);
	g_test_add_func("/settings/given", test_settings_given);
	g_test_add_func("/settings/refused", test_settings_refused);
	return g_test_run();
}
