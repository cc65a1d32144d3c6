// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-merge.h"

#include "daemon/policy/policy-rule.h"

#include <glib/gi18n.h>
#include <string.h>

/* what the layers above say, while one document is laid over them */
typedef struct {
	CmPolicy *policy;
	const CmPolicyDocument *document;
	CmFaults *faults;
	GHashTable *new_acts;  /* names, of the document */
	gboolean limits_video; /* the layers above limit a run of video */
} Merge;

CmPolicy *
cm_policy_merge_begin(const CmPolicyDocument *document)
{
	CmPolicy *policy = g_new0(CmPolicy, 1);

	policy->profession = document->name;
	policy->order = document->order;
	memcpy(policy->title, document->title, sizeof policy->title);
	cm_policy_key_init_day(&policy->day);
	policy->acts = g_ptr_array_new_with_free_func(g_free);
	policy->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	policy->layers = g_ptr_array_new();
	policy->rules = g_ptr_array_new();
	return policy;
}

static void
merge_acts(Merge *merge)
{
	for (guint i = 0; i < merge->document->acts->len; i++) {
		const CmPolicyActTitle *named =
		    &g_array_index(merge->document->acts, CmPolicyActTitle, i);
		CmPolicyAct *act = cm_policy_find_act(merge->policy, named->name);

		if (act == NULL) {
			act = g_new0(CmPolicyAct, 1);
			cm_policy_key_init_act(&act->rules, named->name);
			act->place.file = merge->document->file;
			act->place.line = named->line;
			g_ptr_array_add(merge->policy->acts, act);
			g_hash_table_add(merge->new_acts, (gpointer)named->name);
		}
		for (guint language = 0; language < CM_LANGUAGE_LAST; language++) {
			if (named->title[language] != NULL)
				act->title[language] = named->title[language];
		}
	}
}

static gboolean
setting_loosens(const Merge *merge, const CmPolicySetting *setting, gint from)
{
	const gchar *act = setting->group + strlen(CM_POLICY_GROUP_ACT);

	if (setting->key->of_act && g_hash_table_contains(merge->new_acts, act))
		return FALSE;
	/* where a run of video is limited and no gap breaks it, a break that does is a way out */
	if (from == CM_LIMIT_NONE && g_str_equal(setting->key->name, "BreakMinutes"))
		return merge->limits_video;
	return cm_policy_key_loosens(setting->key, from, setting->value);
}

static void
refuse_setting(const Merge *merge,
	       const CmPolicySetting *setting,
	       const CmPolicyPlace *above,
	       gint from)
{
	g_autofree gchar *path = g_strdup_printf("[%s] %s", setting->group, setting->key->name);
	g_autofree gchar *here = cm_policy_key_format(setting->key, setting->value);
	g_autofree gchar *there = cm_policy_key_format(setting->key, from);
	g_autofree gchar *line = above != NULL ? g_strdup_printf("%u", above->line) : NULL;

	if (above != NULL)
		cm_faults_add(merge->faults, merge->document->file, setting->line, path,
			      N_("A lower layer may only tighten: {0} loosens {1} of {2}:{3}."),
			      here, there, above->file, line, NULL);
	else
		cm_faults_add(merge->faults, merge->document->file, setting->line, path,
			      N_("A lower layer may only tighten: {0} loosens {1}, which holds "
				 "without this key."),
			      here, there, NULL);
}

static void
merge_setting(Merge *merge, const CmPolicySetting *setting)
{
	CmPolicy *policy = merge->policy;
	CmPolicyAct *act = NULL;
	gpointer limits = &policy->day;
	gchar *name = cm_policy_name_key(setting->group, setting->key->name);
	CmPolicyPlace *place = NULL;
	gint from = 0;

	if (setting->key->of_act) {
		act = cm_policy_find_act(policy, setting->group + strlen(CM_POLICY_GROUP_ACT));
		limits = &act->rules;
	}
	from = cm_policy_key_get_value(setting->key, limits);
	if (setting_loosens(merge, setting, from)) {
		refuse_setting(merge, setting, g_hash_table_lookup(policy->places, name), from);
		g_free(name);
		return;
	}
	cm_policy_key_set_value(setting->key, limits, setting->value);
	place = g_new0(CmPolicyPlace, 1);
	place->file = merge->document->file;
	place->line = setting->line;
	g_hash_table_insert(policy->places, name, place);
}

/* whether `rule` asks for less, or with less force, than the one of the same id above it */
static gboolean
rule_loosens(const CmRule *above, const CmRule *rule)
{
	const CmPolicyTerm *term = cm_policy_schema_lookup(rule->id);

	return rule->effect < above->effect ||
	       (term != NULL && cm_policy_schema_loosens(term, above, rule));
}

static void
refuse_rule(const Merge *merge, const CmRule *above, const CmPolicyRule *read)
{
	g_autofree gchar *path = g_strdup_printf("[Rule %s]", read->rule.id);
	g_autofree gchar *place = g_strdup_printf("%s:%u", above->file, above->line);
	g_autofree gchar *here =
	    g_strdup_printf("%s (%s)", read->rule.value != NULL ? read->rule.value : "",
			    cm_effect_to_string(read->rule.effect));
	g_autofree gchar *there =
	    g_strdup_printf("%s (%s)", above->value != NULL ? above->value : "",
			    cm_effect_to_string(above->effect));

	cm_faults_add(merge->faults, merge->document->file,
		      read->value_line > 0 ? read->value_line : read->rule.line, path,
		      N_("A lower layer may only tighten: {0} loosens {1} of {2}."),
		      g_strstrip(here), g_strstrip(there), place, NULL);
}

static void
merge_rule(Merge *merge, const CmPolicyRule *read)
{
	GPtrArray *rules = merge->policy->rules;
	CmRule *rule = (CmRule *)&read->rule;

	for (guint i = 0; i < rules->len; i++) {
		const CmRule *above = g_ptr_array_index(rules, i);

		if (!g_str_equal(above->id, rule->id))
			continue;
		if (rule_loosens(above, rule)) {
			refuse_rule(merge, above, read);
			return;
		}
		rules->pdata[i] = rule;
		g_ptr_array_add(merge->policy->layers, rule);
		return;
	}
	g_ptr_array_add(rules, rule);
	g_ptr_array_add(merge->policy->layers, rule);
}

void
cm_policy_merge_document(CmPolicy *policy, const CmPolicyDocument *document, CmFaults *faults)
{
	g_autoptr(GHashTable) new_acts = g_hash_table_new(g_str_hash, g_str_equal);
	Merge merge = {
	    .policy = policy,
	    .document = document,
	    .faults = faults,
	    .new_acts = new_acts,
	    .limits_video = policy->day.max_consecutive_video_minutes != CM_LIMIT_NONE,
	};

	merge_acts(&merge);
	for (guint i = 0; i < document->settings->len; i++)
		merge_setting(&merge, &g_array_index(document->settings, CmPolicySetting, i));
	for (guint i = 0; i < document->rules->len; i++)
		merge_rule(&merge, g_ptr_array_index(document->rules, i));
}

/* one of the two keys, whichever was set by the last layer, is told that they contradict one another */
static void
check_gaps(const CmPolicy *policy, const CmActRules *act, CmFaults *faults)
{
	g_autofree gchar *group = g_strconcat(CM_POLICY_GROUP_ACT, act->name, NULL);
	g_autofree gchar *path = g_strdup_printf("[%s] MinGapDays", group);
	g_autofree gchar *least = g_strdup_printf("%d", act->min_gap_days);
	g_autofree gchar *most = g_strdup_printf("%d", act->max_gap_days);
	g_autofree gchar *most_line = NULL;
	const gchar *file = NULL;
	const gchar *most_file = NULL;
	guint line = 0;
	guint other_line = 0;

	if (act->max_gap_days == CM_LIMIT_NONE || act->min_gap_days <= act->max_gap_days)
		return;
	(void)cm_policy_get_key_place(policy, group, "MinGapDays", &file, &line);
	(void)cm_policy_get_key_place(policy, group, "MaxGapDays", &most_file, &other_line);
	most_line = g_strdup_printf("%u", other_line);
	cm_faults_add(faults, file, line, path,
		      N_("MinGapDays={0} and MaxGapDays={1} of {2}:{3} leave no day."), least, most,
		      most_file, most_line, NULL);
}

static void
check_modalities(const CmPolicy *policy, const CmActRules *act, CmFaults *faults)
{
	g_autofree gchar *group = g_strconcat(CM_POLICY_GROUP_ACT, act->name, NULL);
	const gchar *key = act->first_in_person ? "FirstInPerson" : "InPersonEvery";
	g_autofree gchar *path = g_strdup_printf("[%s] %s", group, key);
	const gchar *file = NULL;
	guint line = 0;

	if ((act->modalities & CM_USE_IN_PERSON) != 0 ||
	    (!act->first_in_person && act->in_person_every == CM_LIMIT_NONE))
		return;
	(void)cm_policy_get_key_place(policy, group, key, &file, &line);
	cm_faults_add(faults, file, line, path,
		      N_("A session in person is asked for, and Modalities has only video."), NULL);
}

/* a rule that stands behind a key which no file sets is a rule that nobody obeys */
static void
check_keys(const CmPolicy *policy, const CmPolicyRule *read, CmFaults *faults)
{
	g_autofree gchar *path = g_strdup_printf("[Rule %s] Keys", read->rule.id);

	for (guint i = 0; read->rule.keys[i] != NULL; i++) {
		if (g_hash_table_contains(policy->places, read->rule.keys[i]) ||
		    !cm_policy_key_is_known(read->rule.keys[i]))
			continue;
		cm_faults_add(faults, read->rule.file, read->keys_line, path,
			      N_("No file sets {0} for {1}."), read->rule.keys[i],
			      policy->profession, NULL);
	}
}

void
cm_policy_merge_check(const CmPolicy *policy, CmFaults *faults)
{
	for (guint i = 0; i < policy->layers->len; i++)
		check_keys(policy, g_ptr_array_index(policy->layers, i), faults);
	for (guint i = 0; i < cm_policy_get_act_count(policy); i++) {
		const CmActRules *act = cm_policy_get_act_at(policy, i);

		check_gaps(policy, act, faults);
		check_modalities(policy, act, faults);
	}
}
