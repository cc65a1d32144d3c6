// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/consent/derogation.h"

#include "daemon/policy/policy-schema.h"

static const gchar *const state_words[CM_DEROGATION_LAST] = {"asked", "approved", "refused",
							     "withdrawn"};

/* from the row's state to the column's */
static const gboolean transitions[CM_DEROGATION_LAST][CM_DEROGATION_LAST] = {
    [CM_DEROGATION_ASKED] = {[CM_DEROGATION_APPROVED] = TRUE,
			     [CM_DEROGATION_REFUSED] = TRUE,
			     [CM_DEROGATION_WITHDRAWN] = TRUE},
    [CM_DEROGATION_APPROVED] = {[CM_DEROGATION_WITHDRAWN] = TRUE},
};

gboolean
cm_derogation_state_allows(CmDerogationState from, CmDerogationState to)
{
	return transitions[from][to];
}

const gchar *
cm_derogation_state_to_string(CmDerogationState state)
{
	return state_words[state];
}

gboolean
cm_derogation_state_from_string(const gchar *text, CmDerogationState *out_state)
{
	for (guint i = 0; text != NULL && i < CM_DEROGATION_LAST; i++) {
		if (g_str_equal(state_words[i], text)) {
			*out_state = (CmDerogationState)i;
			return TRUE;
		}
	}
	return FALSE;
}

/* "Act suivi.MinGapDays" in two; FALSE when it is no planner's key. `out_group` is the caller's to free. */
static gboolean
split_key(const gchar *rule, gchar **out_group, const gchar **out_name)
{
	const gchar *dot = strrchr(rule, '.');

	if (dot == NULL || !cm_policy_key_is_known(rule))
		return FALSE;
	*out_group = g_strndup(rule, (gsize)(dot - rule));
	*out_name = dot + 1;
	return TRUE;
}

static const CmPolicyKey *
lookup_key(const gchar *rule)
{
	g_autofree gchar *group = NULL;
	const gchar *name = NULL;

	return split_key(rule, &group, &name) ? cm_policy_key_lookup(group, name) : NULL;
}

gboolean
cm_derogation_has_value(const gchar *rule, gboolean *out_at_most)
{
	const CmPolicyKey *key = lookup_key(rule);
	const CmPolicyTerm *term = key == NULL ? cm_policy_schema_lookup(rule) : NULL;
	CmTighter tighter = CM_TIGHTER_FIXED;

	if (key != NULL && key->type == CM_POLICY_KEY_NUMBER)
		tighter = key->tighter;
	else if (term != NULL && term->type == CM_VALUE_NUMBER)
		tighter = term->tighter;
	if (tighter != CM_TIGHTER_LOWER && tighter != CM_TIGHTER_HIGHER)
		return FALSE;
	*out_at_most = tighter == CM_TIGHTER_LOWER;
	return TRUE;
}

const CmRule *
cm_derogation_get_rule(const CmPolicy *policy, const gchar *rule)
{
	g_autofree gchar *group = NULL;
	const gchar *name = NULL;

	if (split_key(rule, &group, &name))
		return cm_policy_explain_key(policy, group, name);
	return cm_policy_lookup_rule(policy, rule);
}

gboolean
cm_derogation_is_rule(const CmPolicy *policy, const gchar *rule)
{
	g_autofree gchar *group = NULL;
	const gchar *name = NULL;
	const gchar *file = NULL;

	if (split_key(rule, &group, &name))
		return cm_policy_get_key_place(policy, group, name, &file, NULL);
	return cm_policy_lookup_rule(policy, rule) != NULL;
}

static gboolean
is_case(const CmDerogation *derogation, const CmDerogationCase *which)
{
	if (derogation->session != 0)
		return derogation->session == which->session;
	return derogation->followup != 0 && derogation->followup == which->followup;
}

static gboolean
is_wide_enough(const CmDerogation *derogation, const CmDerogationCase *which)
{
	gboolean at_most = FALSE;

	if (derogation->value == CM_DEROGATION_NO_VALUE ||
	    !cm_derogation_has_value(which->rule, &at_most))
		return TRUE;
	if (which->value == CM_DEROGATION_NO_VALUE)
		return FALSE;
	return at_most ? which->value <= derogation->value : which->value >= derogation->value;
}

const CmDerogation *
cm_derogation_match(const CmDerogation *derogations, guint count, const CmDerogationCase *which)
{
	for (guint i = 0; i < count; i++) {
		const CmDerogation *derogation = &derogations[i];

		if (derogation->state == CM_DEROGATION_APPROVED &&
		    which->date <= derogation->until &&
		    g_str_equal(derogation->profession, which->profession) &&
		    g_str_equal(derogation->rule, which->rule) && is_case(derogation, which) &&
		    is_wide_enough(derogation, which))
			return derogation;
	}
	return NULL;
}
