// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-lint.h"

#include "daemon/policy/policy-private.h"
#include "daemon/policy/policy-rule.h"

#include <glib/gi18n.h>

typedef struct {
	CmDay today;
	CmFaults *warnings;
	GHashTable *said; /* "FILE:LINE PATH" of keys: a common layer is met once a profession */
} Lint;

static gboolean
is_address(const gchar *source)
{
	return g_str_has_prefix(source, "https://") || g_str_has_prefix(source, "http://");
}

/* low confidence takes the force away that the kind and the id would give */
static gboolean
would_block(const CmRule *rule)
{
	CmRule sure = *rule;

	sure.confidence = CM_CONFIDENCE_HIGH;
	return rule->confidence == CM_CONFIDENCE_LOW && !rule->repealed &&
	       cm_policy_schema_derive_effect(cm_policy_schema_lookup(rule->id), &sure, FALSE) ==
		   CM_EFFECT_BLOCK;
}

static void
lint_rule(const Lint *lint, const CmRule *rule)
{
	g_autofree gchar *group = g_strdup_printf("[Rule %s]", rule->id);
	CmDay read = 0;

	if (!is_address(rule->source))
		cm_faults_add(lint->warnings, rule->file, rule->line, group,
			      N_("Source={0} is no address: say where anyone can read it."),
			      rule->source, NULL);
	if (cm_day_parse(rule->read, &read) && read > lint->today)
		cm_faults_add(lint->warnings, rule->file, rule->line, group,
			      N_("Read={0} is still to come."), rule->read, NULL);
	if (would_block(rule))
		cm_faults_add(
		    lint->warnings, rule->file, rule->line, group,
		    N_("Of low confidence, this rule only warns; find its source to let it block."),
		    NULL);
	if (g_str_equal(rule->text[CM_LANGUAGE_FRENCH], rule->text[CM_LANGUAGE_ENGLISH]))
		cm_faults_add(lint->warnings, rule->file, rule->line, group,
			      N_("Text[fr] and Text[en] are the same."), NULL);
	if ((rule->note[CM_LANGUAGE_FRENCH] == NULL) != (rule->note[CM_LANGUAGE_ENGLISH] == NULL))
		cm_faults_add(lint->warnings, rule->file, rule->line, group,
			      N_("The note stands in one language only."), NULL);
}

static void
lint_title(const Lint *lint,
	   const CmPolicyPlace *place,
	   const gchar *group,
	   const gchar *const title[CM_LANGUAGE_LAST])
{
	if (title[CM_LANGUAGE_FRENCH] == NULL || title[CM_LANGUAGE_ENGLISH] == NULL)
		cm_faults_add(
		    lint->warnings, place->file, place->line, group,
		    N_("Title[fr] or Title[en] is missing: people read the name instead."), NULL);
}

static void
lint_document(const Lint *lint, const CmPolicyDocument *document)
{
	CmPolicyPlace place = {.file = document->file, .line = document->line};

	if (document->role != CM_POLICY_ROLE_DROP_IN)
		lint_title(lint, &place, "[Policy]", document->title);
	for (guint i = 0; i < document->rules->len; i++)
		lint_rule(lint, g_ptr_array_index(document->rules, i));
}

static void
lint_key(const Lint *lint, const CmPolicy *policy, const gchar *group, const CmPolicyKey *key)
{
	const CmRule *rule = cm_policy_explain_key(policy, group, key->name);
	const gchar *file = NULL;
	guint line = 0;
	g_autofree gchar *path = g_strdup_printf("[%s] %s", group, key->name);
	gchar *place = NULL;

	if (key->tighter == CM_TIGHTER_FIXED ||
	    !cm_policy_get_key_place(policy, group, key->name, &file, &line) ||
	    (rule != NULL && g_str_equal(rule->file, file)))
		return;
	place = g_strdup_printf("%s:%u %s", file, line, path);
	if (!g_hash_table_add(lint->said, place))
		return;
	cm_faults_add(lint->warnings, file, line, path,
		      N_("No rule of this file has it in its Keys=: a refusal could not say why."),
		      NULL);
}

static void
lint_keys(const Lint *lint, const CmPolicy *policy, const gchar *group)
{
	const CmPolicyKey *key = NULL;

	for (guint i = 0; (key = cm_policy_key_get(i)) != NULL; i++) {
		if (cm_policy_key_lookup(group, key->name) == key)
			lint_key(lint, policy, group, key);
	}
}

static void
lint_act(const Lint *lint, const CmPolicy *policy, const CmPolicyAct *act)
{
	g_autofree gchar *group = g_strconcat(CM_POLICY_GROUP_ACT, act->rules.name, NULL);
	g_autofree gchar *path = g_strdup_printf("[%s]", group);
	gchar *place = g_strdup_printf("%s:%u %s", act->place.file, act->place.line, path);

	if (g_hash_table_add(lint->said, place))
		lint_title(lint, &act->place, path, act->title);
	lint_keys(lint, policy, group);
}

static void
lint_policy(const Lint *lint, const CmPolicy *policy)
{
	const gchar *file = NULL;
	guint line = 0;

	lint_keys(lint, policy, CM_POLICY_GROUP_DAY);
	if (policy->day.max_consecutive_video_minutes == CM_LIMIT_NONE &&
	    cm_policy_get_key_place(policy, CM_POLICY_GROUP_DAY, "BreakMinutes", &file, &line))
		cm_faults_add(lint->warnings, file, line, "[Day] BreakMinutes",
			      N_("Without MaxConsecutiveVideoMinutes this key does nothing."),
			      NULL);
	for (guint i = 0; i < policy->acts->len; i++)
		lint_act(lint, policy, g_ptr_array_index(policy->acts, i));
}

void
cm_policy_lint_run(const CmPolicySet *set, CmDay today, CmFaults *warnings)
{
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Lint lint = {.today = today, .warnings = warnings, .said = said};

	for (guint i = 0; i < set->documents->len; i++)
		lint_document(&lint, g_ptr_array_index(set->documents, i));
	for (guint i = 0; i < set->policies->len; i++)
		lint_policy(&lint, cm_policy_set_get(set, i));
}
