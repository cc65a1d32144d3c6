// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-loader.h"

#include "daemon/policy/policy-key.h"
#include "daemon/policy/policy-lint.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

/* the directory of the planning contract's own policies, or of those that ship */
static gchar *
source_path(const gchar *path)
{
	return g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), path, NULL);
}

/* load, and say on standard error what is wrong */
static CmPolicySet *
load(const gchar *const *directories, GError **error)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	CmPolicySet *set = cm_policy_loader_load(directories, faults, error);

	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);

		g_test_message("%s:%u: %s %s", fault->file, fault->line, fault->path,
			       fault->message);
	}
	return set;
}

static void
test_shipped(void)
{
	static const gchar *const professions[] = {
	    "conseiller-orientation", "ergotherapeute", "orthophoniste",
	    "psychoeducateur",        "psychologue",    "technicien-education-specialisee",
	    "travailleur-social"};
	g_autofree gchar *shipped = source_path("policies");
	g_autofree gchar *example = source_path("policies/examples/css-exemple");
	const gchar *directories[] = {shipped, example, NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(CmFaults) warnings = cm_faults_new();
	g_autoptr(CmPolicySet) set = load(directories, &error);
	CmDay today = 0;

	g_assert_no_error(error);
	g_assert_cmpuint(cm_policy_set_get_count(set), ==, G_N_ELEMENTS(professions));
	for (guint i = 0; i < G_N_ELEMENTS(professions); i++)
		g_assert_cmpstr(cm_policy_get_profession(cm_policy_set_get(set, i)), ==,
				professions[i]);
	g_assert_true(cm_day_parse("2026-11-21", &today));
	cm_policy_lint_run(set, today, warnings);
	for (guint i = 0; i < cm_faults_get_kept(warnings); i++) {
		const CmFault *fault = cm_faults_get(warnings, i);

		g_test_message("%s:%u: %s %s", fault->file, fault->line, fault->path,
			       fault->message);
	}
	g_assert_cmpuint(cm_faults_get_total(warnings), ==, 0);
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

/* with the example employer's drop-ins, the planner is given what the planning contract measures with */
static void
test_example_is_benchmark(void)
{
	g_autofree gchar *shipped = source_path("policies");
	g_autofree gchar *example = source_path("policies/examples/css-exemple");
	g_autofree gchar *benchmark = source_path("tests/planning/policies");
	const gchar *directories[] = {shipped, example, NULL};
	const gchar *measured[] = {benchmark, NULL};
	g_autoptr(CmPolicySet) set = load(directories, NULL);
	g_autoptr(CmPolicySet) expected = load(measured, NULL);

	for (guint i = 0; i < cm_policy_set_get_count(expected); i++) {
		const CmPolicy *theirs = cm_policy_set_get(expected, i);
		const CmPolicy *ours = cm_policy_set_lookup(set, cm_policy_get_profession(theirs));

		g_assert_cmpmem(cm_policy_get_day_limits(ours), sizeof(CmDayLimits),
				cm_policy_get_day_limits(theirs), sizeof(CmDayLimits));
		for (guint j = 0; j < cm_policy_get_act_count(theirs); j++) {
			CmActRules their_act = *cm_policy_get_act_at(theirs, j);
			const CmActRules *our_act = cm_policy_get_act(ours, their_act.name);
			const CmPolicyKey *key = NULL;

			for (guint k = 0; (key = cm_policy_key_get(k)) != NULL; k++) {
				if (!key->of_act)
					continue;
				g_test_message("%s %s %s", cm_policy_get_profession(ours),
					       our_act->name, key->name);
				g_assert_cmpint(cm_policy_key_get_value(key, our_act), ==,
						cm_policy_key_get_value(key, &their_act));
			}
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy-loader/benchmark", test_benchmark);
	g_test_add_func("/policy-loader/shipped", test_shipped);
	g_test_add_func("/policy-loader/example-is-benchmark", test_example_is_benchmark);
	return g_test_run();
}
