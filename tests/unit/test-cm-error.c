// SPDX-License-Identifier: GPL-3.0-or-later
#include "include/cm-error.h"

#include "include/cm-names.h"

#include <gio/gio.h>

static void
test_error_set(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *localized = NULL;

	cm_error_set(&error, CM_ERROR_NOT_FOUND, "no {0} “{1}”", "site", "s1", NULL);
	g_assert_true(cm_error_is(error, CM_ERROR_NOT_FOUND));
	g_assert_false(cm_error_is(error, CM_ERROR_FAILED));
	localized = cm_error_localize(error);
	g_assert_cmpstr(localized, ==, "no site “s1”");
	g_assert_false(cm_error_is(NULL, CM_ERROR_FAILED));
	cm_error_set(NULL, CM_ERROR_FAILED, "nobody asks", NULL);
}

/* an error that crossed the bus is still of our domain, and still readable in another language */
static void
test_error_over_bus(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) remote = NULL;
	g_autofree gchar *name = NULL;
	g_autofree gchar *english = NULL;

	cm_error_set(&error, CM_ERROR_POLICY, "rule {0} forbids it", "r1", NULL);
	name = g_dbus_error_encode_gerror(error);
	g_assert_cmpstr(name, ==, CM_ERROR_NAME_PREFIX "Policy");
	remote = g_dbus_error_new_for_dbus_error(name, error->message);
	g_assert_true(cm_error_is(remote, CM_ERROR_POLICY));
	english = cm_error_to_english(remote);
	g_assert_cmpstr(english, ==, "rule r1 forbids it");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cm-error/set", test_error_set);
	g_test_add_func("/cm-error/over-bus", test_error_over_bus);
	return g_test_run();
}
