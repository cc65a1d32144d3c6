// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy.h"

#include "daemon/policy/policy-private.h"

static const gchar *const kind_words[CM_RULE_KIND_LAST] = {"law", "order-rule", "order-advice",
							   "employer-rule"};
static const gchar *const confidence_words[CM_CONFIDENCE_LAST] = {"low", "medium", "high"};
static const gchar *const effect_words[CM_EFFECT_LAST] = {"informs", "warns", "blocks"};

const gchar *
cm_rule_kind_to_string(CmRuleKind kind)
{
	return kind_words[kind];
}

const gchar *
cm_confidence_to_string(CmConfidence confidence)
{
	return confidence_words[confidence];
}

const gchar *
cm_effect_to_string(CmEffect effect)
{
	return effect_words[effect];
}

static void
policy_free(gpointer data)
{
	CmPolicy *policy = data;

	g_ptr_array_unref(policy->acts);
	g_hash_table_unref(policy->places);
	g_ptr_array_unref(policy->layers);
	g_ptr_array_unref(policy->rules);
	g_free(policy);
}

CmPolicySet *
cm_policy_set_new(GPtrArray *documents)
{
	CmPolicySet *set = g_new0(CmPolicySet, 1);

	g_atomic_ref_count_init(&set->references);
	set->documents = documents;
	set->policies = g_ptr_array_new_with_free_func(policy_free);
	return set;
}

CmPolicySet *
cm_policy_set_ref(CmPolicySet *set)
{
	g_atomic_ref_count_inc(&set->references);
	return set;
}

void
cm_policy_set_unref(CmPolicySet *set)
{
	if (!g_atomic_ref_count_dec(&set->references))
		return;
	g_ptr_array_unref(set->policies);
	g_ptr_array_unref(set->documents);
	g_free(set);
}

guint
cm_policy_set_get_count(const CmPolicySet *set)
{
	return set->policies->len;
}

const CmPolicy *
cm_policy_set_get(const CmPolicySet *set, guint index)
{
	return g_ptr_array_index(set->policies, index);
}

const CmPolicy *
cm_policy_set_lookup(const CmPolicySet *set, const gchar *profession)
{
	for (guint i = 0; i < set->policies->len; i++) {
		const CmPolicy *policy = cm_policy_set_get(set, i);

		if (g_str_equal(policy->profession, profession))
			return policy;
	}
	return NULL;
}

const CmDayLimits *
cm_policy_get_day_limits(const CmPolicy *policy)
{
	return &policy->day;
}

CmPolicyAct *
cm_policy_find_act(const CmPolicy *policy, const gchar *name)
{
	for (guint i = 0; i < policy->acts->len; i++) {
		CmPolicyAct *act = g_ptr_array_index(policy->acts, i);

		if (g_str_equal(act->rules.name, name))
			return act;
	}
	return NULL;
}

const CmActRules *
cm_policy_get_act(const CmPolicy *policy, const gchar *act)
{
	const CmPolicyAct *found = cm_policy_find_act(policy, act);

	return found != NULL ? &found->rules : NULL;
}

guint
cm_policy_get_act_count(const CmPolicy *policy)
{
	return policy->acts->len;
}

const CmActRules *
cm_policy_get_act_at(const CmPolicy *policy, guint index)
{
	const CmPolicyAct *act = g_ptr_array_index(policy->acts, index);

	return &act->rules;
}

const gchar *
cm_policy_get_profession(const CmPolicy *policy)
{
	return policy->profession;
}

const gchar *
cm_policy_get_order(const CmPolicy *policy)
{
	return policy->order;
}

const gchar *
cm_policy_get_title(const CmPolicy *policy, CmLanguage language)
{
	return policy->title[language] != NULL ? policy->title[language] : policy->profession;
}

const gchar *
cm_policy_get_act_title(const CmPolicy *policy, const gchar *act, CmLanguage language)
{
	const CmPolicyAct *found = cm_policy_find_act(policy, act);

	return found != NULL && found->title[language] != NULL ? found->title[language] : act;
}

guint
cm_policy_get_rule_count(const CmPolicy *policy)
{
	return policy->rules->len;
}

const CmRule *
cm_policy_get_rule(const CmPolicy *policy, guint index)
{
	return g_ptr_array_index(policy->rules, index);
}

const CmRule *
cm_policy_lookup_rule(const CmPolicy *policy, const gchar *id)
{
	for (guint i = 0; i < policy->rules->len; i++) {
		const CmRule *rule = g_ptr_array_index(policy->rules, i);

		if (g_str_equal(rule->id, id))
			return rule;
	}
	return NULL;
}

const CmRule *
cm_policy_get_rule_above(const CmPolicy *policy, const CmRule *rule)
{
	const CmRule *above = NULL;

	for (guint i = 0; i < policy->layers->len; i++) {
		const CmRule *other = g_ptr_array_index(policy->layers, i);

		if (other == rule)
			return above;
		if (g_str_equal(other->id, rule->id))
			above = other;
	}
	return NULL;
}

gchar *
cm_policy_name_key(const gchar *group, const gchar *key)
{
	return g_strconcat(group, ".", key, NULL);
}

const CmRule *
cm_policy_explain_key(const CmPolicy *policy, const gchar *group, const gchar *key)
{
	g_autofree gchar *name = cm_policy_name_key(group, key);
	const CmPolicyPlace *place = g_hash_table_lookup(policy->places, name);
	const CmRule *found = NULL;

	if (place == NULL)
		return NULL;
	/* the file that set the value gives its own reason; failing that, the lowest layer that gives one */
	for (guint i = policy->layers->len; i > 0; i--) {
		const CmRule *rule = g_ptr_array_index(policy->layers, i - 1);

		if (!g_strv_contains(rule->keys, name))
			continue;
		if (g_str_equal(rule->file, place->file))
			return rule;
		if (found == NULL)
			found = rule;
	}
	return found;
}

gboolean
cm_policy_get_key_place(const CmPolicy *policy,
			const gchar *group,
			const gchar *key,
			const gchar **out_file,
			guint *out_line)
{
	g_autofree gchar *name = cm_policy_name_key(group, key);
	const CmPolicyPlace *place = g_hash_table_lookup(policy->places, name);

	if (place == NULL)
		return FALSE;
	*out_file = place->file;
	if (out_line != NULL)
		*out_line = place->line;
	return TRUE;
}
