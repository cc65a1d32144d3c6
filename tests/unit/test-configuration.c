// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/configuration.h"

#include "include/cm-error.h"

#include <glib/gstdio.h>
#include <unistd.h>

static CmConfiguration *
load(const gchar *text, CmFaults *faults, GError **error)
{
	g_autofree gchar *path = NULL;
	gint descriptor = g_file_open_tmp("comodald-XXXXXX.conf", &path, NULL);
	CmConfiguration *configuration = NULL;

	g_assert_cmpint(descriptor, >=, 0);
	g_close(descriptor, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	configuration = cm_configuration_load(path, TRUE, faults, error);
	g_assert_cmpint(g_unlink(path), ==, 0);
	return configuration;
}

static void
test_configuration_defaults(void)
{
	g_autoptr(CmConfiguration) person = cm_configuration_new(TRUE);
	g_autoptr(CmConfiguration) machine = cm_configuration_new(FALSE);

	g_assert_cmpstr(person->address, ==, "comodal@localhost");
	g_assert_cmpuint(person->undo_seconds, ==, 120);
	g_assert_cmpuint(person->door_days, ==, 30);
	g_assert_null(person->link_base);
	g_assert_true(person->has_courier);
	g_assert_cmpuint(person->courier_uid, ==, getuid());
	g_assert_true(g_str_has_prefix(person->socket, g_get_user_runtime_dir()));
	g_assert_true(g_path_is_absolute(machine->socket));
}

static void
test_configuration_whole(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmConfiguration) configuration =
	    load("[Mail]\nAddress=suivis@css.example\nName=Suivis\nUndoSeconds=5\nAuthservId=mx\n"
		 "[Links]\nBase=https://suivis.css.example/\n"
		 "[Help]\nPhone=418 555-0100\nHours[fr]=de 8 h à 16 h\nHours[en]=8 to 4\n"
		 "[Door]\nKeepDays=7\n"
		 "[Courier]\nSocket=/run/x/y\nUser=12\n",
		 faults, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(configuration->address, ==, "suivis@css.example");
	g_assert_cmpstr(configuration->name, ==, "Suivis");
	g_assert_cmpuint(configuration->undo_seconds, ==, 5);
	g_assert_cmpstr(configuration->authserv_id, ==, "mx");
	g_assert_cmpstr(configuration->link_base, ==, "https://suivis.css.example");
	g_assert_cmpstr(configuration->help.phone, ==, "418 555-0100");
	g_assert_cmpstr(configuration->help.hours_fr, ==, "de 8 h à 16 h");
	g_assert_cmpstr(configuration->help.hours_en, ==, "8 to 4");
	g_assert_cmpuint(configuration->door_days, ==, 7);
	g_assert_cmpstr(configuration->socket, ==, "/run/x/y");
	g_assert_cmpuint(configuration->courier_uid, ==, 12);
}

/* each says its line */
static void
test_configuration_faults(void)
{
	static const struct {
		const gchar *text;
		guint line;
	} wrong[] = {
	    {"[Mail]\nAddress=no address\n", 2},
	    {"[Door]\nKeepDays=6\n", 2},
	    {"[Door]\nKeepDays=3651\n", 2},
	    {"[Mail]\nAddress=a@b\\nBcc: x@y\n", 2},
	    {"[Mail]\nAddress=suivis+x@css.example\n", 2},
	    {"[Mail]\n\nAddress=abcdefghijklmnopqrstuvwxyz@css.example\n", 3},
	    {"[Mail]\nName=a\\nb\n", 2},
	    {"[Mail]\nUndoSeconds=-1\n", 2},
	    {"[Mail]\nUndoSeconds=86401\n", 2},
	    {"[Mail]\nAdress=suivis@css.example\n", 2},
	    {"[Links]\nBase=http://css.example\n", 2},
	    {"[Links]\nBase=http://127.0.0.1.css.example\n", 2},
	    {"[Links]\nBase=https://a@css.example\n", 2},
	    {"[Links]\nBase=https://css.example/?x\n", 2},
	    {"[Courier]\nSocket=relative\n", 2},
	    {"[Courier]\nUser=nobody-of-this-name\n", 2},
	    {"[Mail]\nName=a\n[Post]\nName=b\n", 3},
	    {"[Mail]\nnothing\n", 2},
	};

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(CmFaults) faults = cm_faults_new();
		g_autoptr(CmConfiguration) configuration = load(wrong[i].text, faults, &error);

		g_test_message("%s", wrong[i].text);
		g_assert_null(configuration);
		g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
		g_assert_cmpuint(cm_faults_get_kept(faults), >=, 1);
		g_assert_cmpuint(cm_faults_get(faults, 0)->line, ==, wrong[i].line);
	}
}

static void
test_configuration_absent(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmConfiguration) named =
	    cm_configuration_load("/nonexistent/comodald.conf", TRUE, faults, &error);
	g_autoptr(CmConfiguration) usual = cm_configuration_load(NULL, TRUE, faults, NULL);

	g_assert_null(named);
	g_assert_true(cm_error_is(error, CM_ERROR_NOT_FOUND));
	g_assert_nonnull(usual);
}

int
main(int argc, char **argv)
{
	g_setenv("XDG_CONFIG_HOME", "/nonexistent", TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/configuration/defaults", test_configuration_defaults);
	g_test_add_func("/configuration/whole", test_configuration_whole);
	g_test_add_func("/configuration/faults", test_configuration_faults);
	g_test_add_func("/configuration/absent", test_configuration_absent);
	return g_test_run();
}
