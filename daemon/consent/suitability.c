// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/consent/suitability.h"

static const gchar *const state_words[CM_SUITABILITY_LAST] = {"not-asked", "open", "missing",
							      "stale", "unsuitable"};

const gchar *
cm_suitability_state_to_string(CmSuitabilityState state)
{
	return state_words[state];
}

/* whether each question of the policy was answered */
static gboolean
answers_all(const CmRule *checklist, const CmSuitabilityAnswer *answer)
{
	for (guint i = 0; checklist->items[i] != NULL; i++) {
		if (!g_strv_contains(answer->items, checklist->items[i]))
			return FALSE;
	}
	return TRUE;
}

CmSuitabilityVerdict
cm_suitability_judge(const CmPolicy *policy, const CmSuitabilityAnswer *answer, CmDay date)
{
	const CmRule *checklist =
	    cm_policy_lookup_rule(policy, "telepractice.suitability_checklist");
	const CmRule *valid = cm_policy_lookup_rule(policy, "telepractice.suitability_valid_days");
	CmSuitabilityVerdict verdict = {
	    .state = CM_SUITABILITY_NOT_ASKED, .effect = CM_EFFECT_INFORM, .until = CM_DAY_NONE};

	if (checklist == NULL || checklist->items == NULL)
		return verdict;
	verdict.rule = checklist;
	verdict.effect = checklist->effect;
	if (answer == NULL) {
		verdict.state = CM_SUITABILITY_MISSING;
	} else if (!answer->suitable) {
		verdict.state = CM_SUITABILITY_UNSUITABLE;
	} else if (!answers_all(checklist, answer)) {
		verdict.state = CM_SUITABILITY_STALE;
	} else {
		verdict.state = CM_SUITABILITY_OPEN;
		verdict.effect = CM_EFFECT_INFORM;
	}
	if (verdict.state != CM_SUITABILITY_OPEN || valid == NULL)
		return verdict;
	verdict.until = answer->answered_on + valid->number;
	if (date > verdict.until) {
		verdict.state = CM_SUITABILITY_STALE;
		verdict.rule = valid;
		verdict.effect = valid->effect;
	}
	return verdict;
}
