// SPDX-License-Identifier: GPL-3.0-or-later
#include "include/cm-faults.h"

#include "include/cm-message.h"

static void
test_faults_add(void)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	const CmFault *fault = NULL;
	g_autofree gchar *english = NULL;

	cm_faults_add(faults, NULL, 12, "$.sites[0]", "{0} is not a date", "2026-02-30", NULL);
	g_assert_cmpuint(cm_faults_get_total(faults), ==, 1);
	fault = cm_faults_get(faults, 0);
	english = cm_message_to_english(fault->message);
	g_assert_cmpstr(fault->file, ==, "");
	g_assert_cmpuint(fault->line, ==, 12);
	g_assert_cmpstr(fault->path, ==, "$.sites[0]");
	g_assert_cmpstr(english, ==, "2026-02-30 is not a date");
}

static void
test_faults_cap(void)
{
	g_autoptr(CmFaults) faults = cm_faults_new();

	for (guint i = 0; i < CM_FAULTS_MAX + 7; i++)
		cm_faults_add_message(faults, "f", i, NULL, "wrong");
	g_assert_cmpuint(cm_faults_get_kept(faults), ==, CM_FAULTS_MAX);
	g_assert_cmpuint(cm_faults_get_left_out(faults), ==, 7);
	g_assert_cmpuint(cm_faults_get_total(faults), ==, CM_FAULTS_MAX + 7);
	g_assert_cmpuint(cm_faults_get(faults, CM_FAULTS_MAX - 1)->line, ==, CM_FAULTS_MAX - 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cm-faults/add", test_faults_add);
	g_test_add_func("/cm-faults/cap", test_faults_cap);
	return g_test_run();
}
