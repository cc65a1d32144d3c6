// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-rule.h"

#include "include/cm-time.h"

#include <glib/gi18n.h>
#include <string.h>

enum { STRINGS_ITEMS, STRINGS_KEYS, STRINGS_FIRST_LANGUAGE };

static const gchar *const text_keys[CM_LANGUAGE_LAST] = {"Text[fr]", "Text[en]"};
static const gchar *const note_keys[CM_LANGUAGE_LAST] = {"Note[fr]", "Note[en]"};
static const gchar *const value_keys[CM_LANGUAGE_LAST] = {"Value[fr]", "Value[en]"};

/* where one group is being read from, and what into */
typedef struct {
	CmPolicyFile *file;
	const gchar *group;
	GStringChunk *strings;
	CmPolicyRule *rule;
	const CmPolicyTerm *term; /* or NULL */
} Reader;

static gboolean
id_is_good(const gchar *id)
{
	gsize length = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_.-");

	return length > 0 && id[length] == '\0' && length <= CM_POLICY_ID_BYTES_MAX;
}

static const gchar *
take_optional(Reader *reader, const gchar *key)
{
	g_autofree gchar *text = cm_policy_file_take_string(reader->file, reader->group, key);

	return text != NULL ? g_string_chunk_insert(reader->strings, text) : NULL;
}

/* "" and a fault when it is absent, so that the rule stays whole */
static const gchar *
take_needed(Reader *reader, const gchar *key)
{
	const gchar *text = take_optional(reader, key);

	if (text != NULL)
		return text;
	if (cm_policy_file_get_line(reader->file, reader->group, key) == 0)
		cm_policy_file_fault(reader->file, reader->group, NULL,
				     N_("{0}= is expected in this group."), key, NULL);
	return "";
}

/* the index of a needed word; a fault and the last one's index when it is another */
static guint
take_word(Reader *reader, const gchar *key, const gchar *(*name)(guint), guint count)
{
	const gchar *word = take_needed(reader, key);
	g_autoptr(GString) words = g_string_new(NULL);

	for (guint i = 0; i < count; i++) {
		if (g_str_equal(word, name(i)))
			return i;
		g_string_append_printf(words, "%s%s", i > 0 ? ", " : "", name(i));
	}
	if (*word != '\0')
		cm_policy_file_fault(reader->file, reader->group, key,
				     N_("One of {0} is expected here."), words->str, NULL);
	return count - 1;
}

static const gchar *
name_kind(guint kind)
{
	return cm_rule_kind_to_string(kind);
}

static const gchar *
name_confidence(guint confidence)
{
	return cm_confidence_to_string(confidence);
}

/* "2024", "2024-06" or "2024-06-18" */
static gboolean
is_version(const gchar *text)
{
	static const gchar rest[] = "-01-01";
	g_autofree gchar *whole = NULL;
	gsize length = strlen(text);
	CmDay day = 0;

	if (length != 4 && length != 7 && length != 10)
		return FALSE;
	whole = g_strconcat(text, rest + (length - 4), NULL);
	return cm_day_parse(whole, &day);
}

static void
read_source(Reader *reader)
{
	CmRule *rule = &reader->rule->rule;
	CmDay day = 0;

	rule->kind = take_word(reader, "Kind", name_kind, CM_RULE_KIND_LAST);
	rule->confidence = take_word(reader, "Confidence", name_confidence, CM_CONFIDENCE_LAST);
	rule->source = take_needed(reader, "Source");
	rule->article = take_needed(reader, "Article");
	rule->version = take_optional(reader, "Version");
	rule->read = take_needed(reader, "Read");
	if (reader->term != NULL && reader->term->owned)
		rule->owner = take_needed(reader, "Owner");
	(void)cm_policy_file_take_flag(reader->file, reader->group, "Repealed", &rule->repealed);
	if (rule->version != NULL && !is_version(rule->version))
		cm_policy_file_fault(
		    reader->file, reader->group, "Version",
		    N_("A year, a month (2024-06) or a day (2024-06-18) is expected here."), NULL);
	if (reader->term != NULL && reader->term->organisation &&
	    rule->kind != CM_RULE_KIND_EMPLOYER_RULE)
		cm_policy_file_fault(
		    reader->file, reader->group, "Kind",
		    N_("This is a setting of an organisation’s: employer-rule is expected here."),
		    NULL);
	if (*rule->read != '\0' && !cm_day_parse(rule->read, &day))
		cm_policy_file_fault(reader->file, reader->group, "Read",
				     N_("A day, as 2026-11-21, is expected here."), NULL);
	for (guint language = 0; language < CM_LANGUAGE_LAST; language++) {
		rule->text[language] = take_needed(reader, text_keys[language]);
		rule->note[language] = take_optional(reader, note_keys[language]);
	}
}

/* each of a list's items in each language: as many as there are items */
static void
read_item_texts(Reader *reader)
{
	CmRule *rule = &reader->rule->rule;
	guint count = g_strv_length((gchar **)rule->items);
	g_autofree gchar *expected = g_strdup_printf("%u", count);

	for (guint language = 0; language < CM_LANGUAGE_LAST; language++) {
		const gchar *key = value_keys[language];
		gchar **texts = cm_policy_file_take_list(reader->file, reader->group, key);

		reader->rule->strings[STRINGS_FIRST_LANGUAGE + language] = texts;
		rule->item_texts[language] = (const gchar *const *)texts;
		if (texts == NULL || g_strv_length(texts) != count)
			cm_policy_file_fault(
			    reader->file, reader->group, texts != NULL ? key : "Value",
			    N_("{0}= with {1} items is expected, one for each item of Value=."),
			    key, expected, NULL);
	}
}

/* one of the schema's words, where it has some */
static void
check_item(Reader *reader, const gchar *item)
{
	g_autofree gchar *words = NULL;

	if (reader->term == NULL || reader->term->words == NULL ||
	    g_strv_contains(reader->term->words, item))
		return;
	words = g_strjoinv(", ", (gchar **)reader->term->words);
	cm_policy_file_fault(reader->file, reader->group, "Value",
			     N_("One of {0} is expected here."), words, NULL);
}

static void
read_list(Reader *reader)
{
	CmRule *rule = &reader->rule->rule;
	gchar **items = cm_policy_file_take_list(reader->file, reader->group, "Value");

	if (items == NULL)
		return;
	reader->rule->strings[STRINGS_ITEMS] = items;
	rule->items = (const gchar *const *)items;
	for (guint i = 0; items[i] != NULL; i++) {
		if (!id_is_good(items[i]))
			cm_policy_file_fault(reader->file, reader->group, "Value",
					     N_("An item's name has lower-case letters, digits, - "
						". and _; {0} is none."),
					     items[i], NULL);
		check_item(reader, items[i]);
		for (guint j = 0; j < i; j++) {
			if (g_str_equal(items[i], items[j]))
				cm_policy_file_fault(reader->file, reader->group, "Value",
						     N_("{0} stands twice in this list."), items[i],
						     NULL);
		}
	}
	read_item_texts(reader);
}

static void
read_choice(Reader *reader)
{
	CmRule *rule = &reader->rule->rule;
	g_autofree gchar *words = g_strjoinv(", ", (gchar **)reader->term->words);

	if (*rule->word != '\0' && !g_strv_contains(reader->term->words, rule->word))
		cm_policy_file_fault(reader->file, reader->group, "Value",
				     N_("One of {0} is expected here."), words, NULL);
}

/* what the rule's id says its value is; a value where none is known is left over, and so a fault */
static void
read_value(Reader *reader)
{
	CmRule *rule = &reader->rule->rule;
	const CmPolicyTerm *term = reader->term;

	rule->type = term != NULL ? term->type : CM_VALUE_NONE;
	if (rule->type == CM_VALUE_NONE)
		return;
	rule->value = take_needed(reader, "Value");
	rule->word = rule->value;
	reader->rule->value_line = cm_policy_file_get_line(reader->file, reader->group, "Value");
	if (*rule->value == '\0')
		return;
	if (rule->type == CM_VALUE_FLAG)
		(void)cm_policy_file_take_flag(reader->file, reader->group, "Value", &rule->number);
	else if (rule->type == CM_VALUE_NUMBER)
		(void)cm_policy_file_take_number(reader->file, reader->group, "Value", term->least,
						 term->most, &rule->number);
	else if (rule->type == CM_VALUE_CHOICE)
		read_choice(reader);
	else if (rule->type == CM_VALUE_LIST)
		read_list(reader);
}

/* a planner's key is obeyed without exception, so only what may block may stand behind it */
static void
read_keys(Reader *reader)
{
	CmRule *rule = &reader->rule->rule;
	gchar **keys = cm_policy_file_take_list(reader->file, reader->group, "Keys");

	reader->rule->keys_line = cm_policy_file_get_line(reader->file, reader->group, "Keys");
	if (keys == NULL)
		keys = g_new0(gchar *, 1);
	reader->rule->strings[STRINGS_KEYS] = keys;
	rule->keys = (const gchar *const *)keys;
	for (guint i = 0; keys[i] != NULL; i++) {
		if (!cm_policy_key_is_known(keys[i]))
			cm_policy_file_fault(reader->file, reader->group, "Keys",
					     N_("{0} is no key of the planner; Day.MaxSessions and "
						"Act suivi.MinGapDays are."),
					     keys[i], NULL);
	}
	rule->effect = cm_policy_schema_derive_effect(reader->term, rule, *keys != NULL);
	if (*keys != NULL && rule->effect != CM_EFFECT_BLOCK)
		cm_policy_file_fault(
		    reader->file, reader->group, "Keys",
		    N_("The planner obeys a key without exception: a rule that may not block "
		       "(advice, low confidence, repealed) can't stand behind one."),
		    NULL);
}

static gboolean
check_id(Reader *reader, const gchar *id)
{
	if (!id_is_good(id)) {
		cm_policy_file_fault(
		    reader->file, reader->group, NULL,
		    N_("[Rule ID] is expected, the id in lower-case letters, digits, - . and _."),
		    NULL);
		return FALSE;
	}
	if (reader->term != NULL || g_str_has_prefix(id, CM_POLICY_LOCAL_PREFIX))
		return TRUE;
	cm_policy_file_fault(
	    reader->file, reader->group, NULL,
	    N_("No rule {0} is known; the id of an organisation's own rule begins with {1}"), id,
	    CM_POLICY_LOCAL_PREFIX, NULL);
	return FALSE;
}

CmPolicyRule *
cm_policy_rule_new(CmPolicyFile *file, const gchar *group, GStringChunk *strings)
{
	const gchar *id = group + strlen(CM_POLICY_GROUP_RULE);
	Reader reader = {
	    .file = file,
	    .group = group,
	    .strings = strings,
	    .term = cm_policy_schema_lookup(id),
	};

	if (!check_id(&reader, id))
		return NULL;
	reader.rule = g_new0(CmPolicyRule, 1);
	reader.rule->rule.id = g_string_chunk_insert_const(strings, id);
	reader.rule->rule.file =
	    g_string_chunk_insert_const(strings, cm_policy_file_get_name(file));
	reader.rule->rule.line = cm_policy_file_get_line(file, group, NULL);
	read_source(&reader);
	read_value(&reader);
	read_keys(&reader);
	cm_policy_file_reject_rest(file, group);
	return reader.rule;
}

void
cm_policy_rule_free(CmPolicyRule *rule)
{
	for (guint i = 0; i < G_N_ELEMENTS(rule->strings); i++)
		g_strfreev(rule->strings[i]);
	g_free(rule);
}
