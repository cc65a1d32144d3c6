// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-loader.h"

#include "include/cm-error.h"
#include "include/cm-message.h"

/* the directory of the planning contract's own policies, or of those that ship */
static gchar *
source_path(const gchar *path)
{
	return g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), path, NULL);
}

static void
test_benchmark(void)
{
	g_autofree gchar *directory = source_path("tests/planning/policies");
	const gchar *directories[] = {directory, NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPolicySet) set = cm_policy_loader_load(directories, faults, &error);
	const CmPolicy *policy = NULL;
	const CmActRules *act = NULL;

	g_assert_no_error(error);
	g_assert_cmpuint(cm_policy_set_get_count(set), ==, 3);
	policy = cm_policy_set_lookup(set, "psychologue");
	g_assert_cmpint(cm_policy_get_day_limits(policy)->buffer_minutes, ==, 15);
	g_assert_cmpint(cm_policy_get_day_limits(policy)->max_sessions, ==, 6);
	g_assert_cmpint(cm_policy_get_day_limits(policy)->max_minutes, ==, 330);
	g_assert_cmpint(cm_policy_get_day_limits(policy)->max_sites, ==, 2);
	g_assert_cmpint(cm_policy_get_day_limits(policy)->max_consecutive_video_minutes, ==, 120);
	g_assert_cmpint(cm_policy_get_day_limits(policy)->break_minutes, ==, 30);
	act = cm_policy_get_act(policy, "suivi");
	g_assert_cmpuint(act->modalities, ==, CM_USE_IN_PERSON | CM_USE_VIDEO);
	g_assert_true(act->student_present);
	g_assert_true(act->first_in_person);
	g_assert_cmpint(act->in_person_every, ==, 4);
	g_assert_cmpint(act->min_gap_days, ==, 4);
	g_assert_cmpint(act->max_gap_days, ==, 28);
	g_assert_cmpint(act->companion_below_age, ==, 9);
	g_assert_cmpint(act->guardian_below_age, ==, 14);
	act = cm_policy_get_act(policy, "accueil");
	g_assert_false(act->student_present);
	g_assert_false(act->first_in_person);
	g_assert_cmpint(act->max_gap_days, ==, CM_LIMIT_NONE);
	g_assert_cmpint(act->companion_below_age, ==, CM_LIMIT_NONE);
	act = cm_policy_get_act(policy, "evaluation");
	g_assert_cmpuint(act->modalities, ==, CM_USE_IN_PERSON);
	g_assert_null(cm_policy_get_act(policy, "danse"));
	g_assert_null(cm_policy_set_lookup(set, "danseur"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy-loader/benchmark", test_benchmark);
	return g_test_run();
}
