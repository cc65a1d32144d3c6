// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/consent/derogation.h"

#include "daemon/consent/suitability.h"
#include "daemon/policy/policy-loader.h"

#include <string.h>

/* One rule, one case, up to a day and a value; and the gate before video. */

#define UNTIL 20800

static const CmDerogation by_followup = {.number = 1,
					 .state = CM_DEROGATION_APPROVED,
					 .profession = "psychologue",
					 .rule = "Act suivi.MinGapDays",
					 .followup = 40,
					 .value = 2,
					 .until = UNTIL};
static const CmDerogationCase asked = {.profession = "psychologue",
				       .followup = 40,
				       .session = 41,
				       .date = UNTIL,
				       .rule = "Act suivi.MinGapDays",
				       .value = 2};

static gboolean
opens(const CmDerogation *derogation, const CmDerogationCase *which)
{
	return cm_derogation_match(derogation, 1, which) == derogation;
}

static void
test_followup(void)
{
	CmDerogationCase other = asked;

	g_assert_true(opens(&by_followup, &asked));
	other.session = 42;
	g_assert_true(opens(&by_followup, &other));
	other.followup = 41;
	g_assert_false(opens(&by_followup, &other));
	other = asked;
	other.rule = "Act suivi.MaxGapDays";
	g_assert_false(opens(&by_followup, &other));
	other = asked;
	other.profession = "orthophoniste";
	g_assert_false(opens(&by_followup, &other));
	other = asked;
	other.date = UNTIL + 1;
	g_assert_false(opens(&by_followup, &other));
	other = asked;
	other.value = 1;
	g_assert_false(opens(&by_followup, &other));
	other.value = 3;
	g_assert_true(opens(&by_followup, &other));
	other.value = CM_DEROGATION_NO_VALUE;
	g_assert_false(opens(&by_followup, &other));
}

/* a session's opens nothing of the same follow-up, nor of one whose number is the session's */
static void
test_session(void)
{
	CmDerogation derogation = by_followup;
	CmDerogationCase other = asked;

	derogation.followup = 0;
	derogation.session = 41;
	g_assert_true(opens(&derogation, &asked));
	other.session = 42;
	g_assert_false(opens(&derogation, &other));
	other.session = 0;
	g_assert_false(opens(&derogation, &other));
	other.followup = 41;
	g_assert_false(opens(&derogation, &other));
	derogation.session = 0;
	other.followup = 0;
	g_assert_false(opens(&derogation, &other));
}

static void
test_states(void)
{
	CmDerogation derogation = by_followup;

	for (guint state = 0; state < CM_DEROGATION_LAST; state++) {
		CmDerogationState read = CM_DEROGATION_LAST;

		derogation.state = (CmDerogationState)state;
		g_assert_cmpint(opens(&derogation, &asked), ==, state == CM_DEROGATION_APPROVED);
		g_assert_true(cm_derogation_state_from_string(
		    cm_derogation_state_to_string(derogation.state), &read));
		g_assert_cmpuint(read, ==, state);
	}
}

static void
test_edges(void)
{
	static const gchar edges[] =
	    "asked-approved asked-refused asked-withdrawn approved-withdrawn ";
	g_autoptr(GString) found = g_string_new(NULL);

	for (guint from = 0; from < CM_DEROGATION_LAST; from++) {
		for (guint to = 0; to < CM_DEROGATION_LAST; to++) {
			if (cm_derogation_state_allows(from, to))
				g_string_append_printf(found, "%s-%s ",
						       cm_derogation_state_to_string(from),
						       cm_derogation_state_to_string(to));
		}
	}
	g_assert_cmpstr(found->str, ==, edges);
}

/* docs/consent.md draws the same table */
static void
test_document(void)
{
	g_autofree gchar *path =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "docs", "consent.md", NULL);
	g_autoptr(GString) table = g_string_new("<!-- states: derogation -->\n| from |");
	g_autofree gchar *text = NULL;

	for (guint to = 0; to < CM_DEROGATION_LAST; to++)
		g_string_append_printf(table, " `%s` |", cm_derogation_state_to_string(to));
	g_string_append(table, "\n| --- | --- | --- | --- | --- |\n");
	for (guint from = 0; from < CM_DEROGATION_LAST; from++) {
		g_string_append_printf(table, "| `%s` |", cm_derogation_state_to_string(from));
		for (guint to = 0; to < CM_DEROGATION_LAST; to++)
			g_string_append(table,
					cm_derogation_state_allows(from, to) ? " yes |" : " |");
		g_string_append_c(table, '\n');
	}
	g_string_append(table, "<!-- end -->\n");
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, table->str));
}

/* more is looser for one kind of limit, less for the other; a flag is opened whole */
static void
test_values(void)
{
	CmDerogation derogation = by_followup;
	CmDerogationCase which = asked;
	gboolean at_most = FALSE;

	derogation.rule = which.rule = "Day.MaxSessions";
	derogation.value = 8;
	which.value = 8;
	g_assert_true(opens(&derogation, &which));
	which.value = 9;
	g_assert_false(opens(&derogation, &which));
	derogation.value = CM_DEROGATION_NO_VALUE;
	g_assert_true(opens(&derogation, &which));
	derogation.rule = which.rule = "telepractice.consent_required";
	which.value = CM_DEROGATION_NO_VALUE;
	g_assert_true(opens(&derogation, &which));

	g_assert_true(cm_derogation_has_value("Day.MaxSessions", &at_most));
	g_assert_true(at_most);
	g_assert_true(cm_derogation_has_value("Act suivi.MinGapDays", &at_most));
	g_assert_false(at_most);
	g_assert_true(cm_derogation_has_value("telepractice.suitability_valid_days", &at_most));
	g_assert_true(at_most);
	g_assert_false(cm_derogation_has_value("Act suivi.FirstInPerson", &at_most));
	g_assert_false(cm_derogation_has_value("Act suivi.Modalities", &at_most));
	g_assert_false(cm_derogation_has_value("telepractice.consent_required", &at_most));
	g_assert_false(cm_derogation_has_value("consent.care_required.minor_age_alone", &at_most));
	g_assert_false(cm_derogation_has_value("no.such", &at_most));
}

static const gchar policy_text[] =
    "[Policy]\nProfession=danseur\n[Day]\nMaxSessions=4\n[Act suivi]\nMinGapDays=4\n"
    "[Rule local.day]\nKind=employer-rule\nKeys=Day.MaxSessions\nSource=https://a.example\n"
    "Article=1\nRead=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\n"
    "[Rule telepractice.suitability_checklist]\nKind=order-advice\nSource=https://b.example\n"
    "Article=2\nRead=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\n"
    "Value=sight;sound\nValue[fr]=vue;son\nValue[en]=sight;sound\n";
static const gchar valid_days[] =
    "[Rule telepractice.suitability_valid_days]\nKind=employer-rule\nSource=https://c.example\n"
    "Article=3\nRead=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\nValue=30\n";

static CmPolicySet *
load(const gchar *text, const gchar *drop_in)
{
	const gchar *drop_ins[] = {drop_in, NULL};
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	CmPolicySet *set = cm_policy_loader_load_text("danseur", text, drop_ins, faults, &error);

	for (guint i = 0; i < cm_faults_get_kept(faults); i++)
		g_test_message("%s", cm_faults_get(faults, i)->message);
	g_assert_no_error(error);
	return set;
}

static void
test_rules(void)
{
	g_autoptr(CmPolicySet) set = load(policy_text, NULL);
	const CmPolicy *policy = cm_policy_set_lookup(set, "danseur");

	g_assert_true(cm_derogation_is_rule(policy, "Day.MaxSessions"));
	g_assert_true(cm_derogation_is_rule(policy, "Act suivi.MinGapDays"));
	g_assert_true(cm_derogation_is_rule(policy, "telepractice.suitability_checklist"));
	g_assert_false(cm_derogation_is_rule(policy, "Day.MaxSites"));
	g_assert_false(cm_derogation_is_rule(policy, "Act danse.MinGapDays"));
	g_assert_false(cm_derogation_is_rule(policy, "telepractice.consent_required"));
	g_assert_cmpstr(cm_derogation_get_rule(policy, "Day.MaxSessions")->id, ==, "local.day");
	g_assert_null(cm_derogation_get_rule(policy, "Act suivi.MinGapDays"));
}

static void
check_gate(const gchar *drop_in,
	   const CmSuitabilityAnswer *answer,
	   CmDay date,
	   CmSuitabilityState state,
	   CmEffect effect)
{
	g_autoptr(CmPolicySet) set = load(policy_text, drop_in);
	CmSuitabilityVerdict verdict =
	    cm_suitability_judge(cm_policy_set_lookup(set, "danseur"), answer, date);

	g_assert_cmpstr(cm_suitability_state_to_string(verdict.state), ==,
			cm_suitability_state_to_string(state));
	g_assert_cmpint(verdict.effect, ==, effect);
}

static void
test_gate(void)
{
	static const gchar *const both[] = {"sight", "sound", NULL};
	static const gchar *const one[] = {"sight", NULL};
	CmSuitabilityAnswer answer = {.answered_on = 100, .suitable = TRUE, .items = both};
	g_autoptr(CmPolicySet) none = load("[Policy]\nProfession=danseur\n", NULL);
	CmSuitabilityVerdict silent =
	    cm_suitability_judge(cm_policy_set_lookup(none, "danseur"), NULL, 100);

	g_assert_cmpint(silent.state, ==, CM_SUITABILITY_NOT_ASKED);
	g_assert_cmpint(silent.effect, ==, CM_EFFECT_INFORM);
	check_gate(NULL, NULL, 100, CM_SUITABILITY_MISSING, CM_EFFECT_WARN);
	check_gate(NULL, &answer, 100, CM_SUITABILITY_OPEN, CM_EFFECT_INFORM);
	check_gate(NULL, &answer, 9999, CM_SUITABILITY_OPEN, CM_EFFECT_INFORM);
	check_gate(valid_days, &answer, 130, CM_SUITABILITY_OPEN, CM_EFFECT_INFORM);
	check_gate(valid_days, &answer, 131, CM_SUITABILITY_STALE, CM_EFFECT_BLOCK);
	answer.suitable = FALSE;
	check_gate(NULL, &answer, 100, CM_SUITABILITY_UNSUITABLE, CM_EFFECT_WARN);
	answer.suitable = TRUE;
	answer.items = one;
	check_gate(NULL, &answer, 100, CM_SUITABILITY_STALE, CM_EFFECT_WARN);
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/derogation/followup", test_followup);
	g_test_add_func("/derogation/session", test_session);
	g_test_add_func("/derogation/states", test_states);
	g_test_add_func("/derogation/edges", test_edges);
	g_test_add_func("/derogation/document", test_document);
	g_test_add_func("/derogation/values", test_values);
	g_test_add_func("/derogation/rules", test_rules);
	g_test_add_func("/suitability/gate", test_gate);
	return g_test_run();
}
