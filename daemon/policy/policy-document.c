// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-document.h"

#include "daemon/policy/policy-rule.h"

#include <glib/gi18n.h>
#include <string.h>

#define GROUP_POLICY "Policy"

static const gchar *const title_keys[CM_LANGUAGE_LAST] = {"Title[fr]", "Title[en]"};

gboolean
cm_policy_document_is_name(const gchar *name)
{
	gsize length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return length > 0 && length <= CM_POLICY_NAME_BYTES_MAX && name[length] == '\0';
}

static const gchar *
take_text(CmPolicyDocument *document, CmPolicyFile *file, const gchar *group, const gchar *key)
{
	g_autofree gchar *text = cm_policy_file_take_string(file, group, key);

	return text != NULL ? g_string_chunk_insert(document->strings, text) : NULL;
}

static void
take_titles(CmPolicyDocument *document,
	    CmPolicyFile *file,
	    const gchar *group,
	    const gchar *titles[CM_LANGUAGE_LAST])
{
	for (guint language = 0; language < CM_LANGUAGE_LAST; language++)
		titles[language] = take_text(document, file, group, title_keys[language]);
}

/* [Policy] Profession= says what the place of the file says already: a copied file with the old name in it is found */
static void
check_profession(CmPolicyDocument *document, CmPolicyFile *file)
{
	g_autofree gchar *profession = cm_policy_file_take_string(file, GROUP_POLICY, "Profession");

	if (profession == NULL) {
		if (document->role == CM_POLICY_ROLE_PROFESSION &&
		    cm_policy_file_get_line(file, GROUP_POLICY, "Profession") == 0)
			cm_policy_file_fault(file, GROUP_POLICY, NULL,
					     N_("Profession={0} is expected in this group."),
					     document->name, NULL);
	} else if (document->role == CM_POLICY_ROLE_COMMON) {
		cm_policy_file_fault(file, GROUP_POLICY, "Profession",
				     N_("A file with Common=true is about no profession."), NULL);
	} else if (!g_str_equal(profession, document->name)) {
		cm_policy_file_fault(file, GROUP_POLICY, "Profession",
				     N_("The place of this file says {0}, the file says {1}."),
				     document->name, profession, NULL);
	}
}

static void
read_policy(CmPolicyDocument *document, CmPolicyFile *file)
{
	gint common = FALSE;

	document->line = cm_policy_file_get_line(file, GROUP_POLICY, NULL);
	if (cm_policy_file_get_line(file, GROUP_POLICY, NULL) == 0) {
		if (document->role != CM_POLICY_ROLE_DROP_IN)
			cm_policy_file_fault(file, GROUP_POLICY, NULL,
					     N_("The group [Policy] is expected in this file."),
					     NULL);
		return;
	}
	if (document->role != CM_POLICY_ROLE_DROP_IN) {
		(void)cm_policy_file_take_flag(file, GROUP_POLICY, "Common", &common);
		if (common)
			document->role = CM_POLICY_ROLE_COMMON;
		document->order = take_text(document, file, GROUP_POLICY, "Order");
		take_titles(document, file, GROUP_POLICY, document->title);
	}
	check_profession(document, file);
	if (document->role == CM_POLICY_ROLE_PROFESSION) {
		document->include = take_text(document, file, GROUP_POLICY, "Include");
		document->include_line = cm_policy_file_get_line(file, GROUP_POLICY, "Include");
	}
	cm_policy_file_reject_rest(file, GROUP_POLICY);
}

static gboolean
take_modalities(CmPolicyFile *file, const gchar *group, const gchar *key, gint *out_value)
{
	g_auto(GStrv) words = cm_policy_file_take_list(file, group, key);
	gint value = 0;

	for (guint i = 0; words != NULL && words[i] != NULL; i++) {
		if (g_str_equal(words[i], "in-person")) {
			value |= CM_USE_IN_PERSON;
		} else if (g_str_equal(words[i], "video")) {
			value |= CM_USE_VIDEO;
		} else {
			cm_policy_file_fault(
			    file, group, key,
			    N_("in-person and video are the modalities; {0} is none."), words[i],
			    NULL);
			return FALSE;
		}
	}
	*out_value = value;
	return words != NULL;
}

static gboolean
take_value(CmPolicyFile *file, const gchar *group, const CmPolicyKey *key, gint *out_value)
{
	switch (key->type) {
	case CM_POLICY_KEY_FLAG:
		return cm_policy_file_take_flag(file, group, key->name, out_value);
	case CM_POLICY_KEY_MODALITIES:
		return take_modalities(file, group, key->name, out_value);
	case CM_POLICY_KEY_NUMBER:
	default:
		return cm_policy_file_take_number(file, group, key->name, key->least, key->most,
						  out_value);
	}
}

static void
read_settings(CmPolicyDocument *document, CmPolicyFile *file, const gchar *group)
{
	const CmPolicyKey *key = NULL;
	const gchar *kept = g_string_chunk_insert_const(document->strings, group);

	for (guint i = 0; (key = cm_policy_key_get(i)) != NULL; i++) {
		CmPolicySetting setting = {.group = kept, .key = key};

		if (cm_policy_key_lookup(group, key->name) != key ||
		    !take_value(file, group, key, &setting.value))
			continue;
		setting.line = cm_policy_file_get_line(file, group, key->name);
		g_array_append_val(document->settings, setting);
	}
}

static void
read_act(CmPolicyDocument *document, CmPolicyFile *file, const gchar *group)
{
	CmPolicyActTitle act = {NULL};
	g_autofree gchar *name = g_strstrip(g_strdup(group + strlen(CM_POLICY_GROUP_ACT)));
	g_autofree gchar *most = g_strdup_printf("%d", CM_POLICY_ACTS_MAX);

	if (*name == '\0' || strlen(name) > CM_POLICY_NAME_BYTES_MAX ||
	    !g_str_equal(name, group + strlen(CM_POLICY_GROUP_ACT))) {
		cm_policy_file_fault(file, group, NULL,
				     N_("[Act NAME] is expected, as [Act suivi]."), NULL);
		return;
	}
	if (document->acts->len >= CM_POLICY_ACTS_MAX) {
		cm_policy_file_fault(file, group, NULL, N_("A file has no more than {0} acts."),
				     most, NULL);
		return;
	}
	act.name = g_string_chunk_insert(document->strings, name);
	act.line = cm_policy_file_get_line(file, group, NULL);
	take_titles(document, file, group, act.title);
	g_array_append_val(document->acts, act);
	read_settings(document, file, group);
	cm_policy_file_reject_rest(file, group);
}

static void
read_rule(CmPolicyDocument *document, CmPolicyFile *file, const gchar *group)
{
	g_autofree gchar *most = g_strdup_printf("%d", CM_POLICY_RULES_MAX);
	CmPolicyRule *rule = NULL;

	if (document->rules->len >= CM_POLICY_RULES_MAX) {
		cm_policy_file_fault(file, group, NULL, N_("A file has no more than {0} rules."),
				     most, NULL);
		return;
	}
	rule = cm_policy_rule_new(file, group, document->strings);
	if (rule != NULL)
		g_ptr_array_add(document->rules, rule);
}

static void
read_group(CmPolicyDocument *document, CmPolicyFile *file, const gchar *group)
{
	if (g_str_equal(group, GROUP_POLICY))
		return;
	if (g_str_equal(group, CM_POLICY_GROUP_DAY)) {
		read_settings(document, file, group);
		cm_policy_file_reject_rest(file, group);
	} else if (g_str_has_prefix(group, CM_POLICY_GROUP_ACT)) {
		read_act(document, file, group);
	} else if (g_str_has_prefix(group, CM_POLICY_GROUP_RULE)) {
		read_rule(document, file, group);
	} else {
		cm_policy_file_fault(file, group, NULL,
				     N_("No such group is known; they are [Policy], [Day], [Act "
					"NAME] and [Rule ID]."),
				     NULL);
	}
}

CmPolicyDocument *
cm_policy_document_new(CmPolicyFile *file, const gchar *name, gboolean is_drop_in)
{
	CmPolicyDocument *document = g_new0(CmPolicyDocument, 1);
	const gchar *const *groups = cm_policy_file_get_groups(file);

	document->strings = g_string_chunk_new(1024);
	document->role = is_drop_in ? CM_POLICY_ROLE_DROP_IN : CM_POLICY_ROLE_PROFESSION;
	document->name = g_string_chunk_insert(document->strings, name);
	document->file = g_string_chunk_insert(document->strings, cm_policy_file_get_name(file));
	document->acts = g_array_new(FALSE, FALSE, sizeof(CmPolicyActTitle));
	document->settings = g_array_new(FALSE, FALSE, sizeof(CmPolicySetting));
	document->rules = g_ptr_array_new_with_free_func((GDestroyNotify)cm_policy_rule_free);
	read_policy(document, file);
	for (guint i = 0; groups[i] != NULL; i++)
		read_group(document, file, groups[i]);
	return document;
}

void
cm_policy_document_free(CmPolicyDocument *document)
{
	g_array_unref(document->acts);
	g_array_unref(document->settings);
	g_ptr_array_unref(document->rules);
	g_string_chunk_free(document->strings);
	g_free(document);
}
