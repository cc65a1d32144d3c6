// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/policy-view.h"

#include "cli/report.h"
#include "cli/terminal.h"
#include "daemon/agenda/document.h"
#include "daemon/policy/policy-schema.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

#define INDENT 4

CmLanguage
cm_policy_view_get_language(void)
{
	return g_str_equal(cm_message_get_language(), "fr") ? CM_LANGUAGE_FRENCH
							    : CM_LANGUAGE_ENGLISH;
}

const gchar *
cm_policy_view_get_effect(CmEffect effect)
{
	static const gchar *const words[CM_EFFECT_LAST] = {N_("informs"), N_("warns"),
							   N_("blocks")};

	return gettext(words[effect]);
}

static const gchar *
get_kind(CmRuleKind kind)
{
	static const gchar *const words[CM_RULE_KIND_LAST] = {N_("law"), N_("order's rule"),
							      N_("advice"), N_("employer's rule")};

	return gettext(words[kind]);
}

static const gchar *
get_confidence(CmConfidence confidence)
{
	static const gchar *const words[CM_CONFIDENCE_LAST] = {
	    N_("confidence low"), N_("confidence medium"), N_("confidence high")};

	return gettext(words[confidence]);
}

static CmStyle
get_style(CmEffect effect)
{
	static const CmStyle styles[CM_EFFECT_LAST] = {CM_STYLE_DIM, CM_STYLE_WARNING,
						       CM_STYLE_BAD};

	return styles[effect];
}

gchar *
cm_policy_view_format_value(const CmRule *rule)
{
	const CmPolicyTerm *term = cm_policy_schema_lookup(rule->id);

	switch (rule->type) {
	case CM_VALUE_FLAG:
		return g_strdup(rule->number ? _("yes") : _("no"));
	case CM_VALUE_NUMBER:
		return g_strdup_printf("%d %s", rule->number, gettext(term->unit));
	case CM_VALUE_LIST:
		return g_strjoinv(", ", (gchar **)rule->item_texts[cm_policy_view_get_language()]);
	case CM_VALUE_CHOICE:
	case CM_VALUE_WORD:
		return g_strdup(rule->word);
	case CM_VALUE_NONE:
	default:
		return NULL;
	}
}

guint
cm_policy_view_count(const CmPolicy *policy, CmEffect effect)
{
	guint count = 0;

	for (guint i = 0; i < cm_policy_get_rule_count(policy); i++)
		count += cm_policy_get_rule(policy, i)->effect == effect;
	return count;
}

static void
append_indented(GString *out, guint indent, const gchar *text)
{
	g_string_append_printf(out, "%*s", (gint)indent, "");
	cm_terminal_append_wrapped(out, text, indent, indent, cm_terminal_get_width());
}

/* "A-2.1 art. 59 · law · confidence high · read 2026-11-21, version of 2017-03-03" */
static gchar *
format_origin(const CmRule *rule)
{
	g_autofree gchar *read =
	    rule->version != NULL
		? cm_report_format(N_("read {0}, version of {1}"), rule->read, rule->version, NULL)
		: cm_report_format(N_("read {0}"), rule->read, NULL);

	return g_strjoin(" · ", rule->article, get_kind(rule->kind),
			 get_confidence(rule->confidence), read,
			 rule->repealed ? _("no longer in force") : NULL, NULL);
}

/* one limit of the planner: what it is, and the rule that says so */
static void
append_limit(GString *out,
	     const CmPolicy *policy,
	     const gchar *group,
	     const CmPolicyKey *key,
	     gconstpointer limits)
{
	const CmRule *rule = cm_policy_explain_key(policy, group, key->name);
	const gchar *file = NULL;
	guint line = 0;
	g_autofree gchar *value = cm_policy_key_format(key, cm_policy_key_get_value(key, limits));
	g_autofree gchar *text = NULL;

	if (!cm_policy_get_key_place(policy, group, key->name, &file, &line))
		return;
	text = rule != NULL ? g_strdup_printf("%s=%s  %s", key->name, value,
					      rule->text[cm_policy_view_get_language()])
			    : g_strdup_printf("%s=%s  (%s:%u)", key->name, value, file, line);
	append_indented(out, INDENT, text);
}

static void
append_limits(GString *out, const CmPolicy *policy, const gchar *group, gconstpointer limits)
{
	const CmPolicyKey *key = NULL;

	for (guint i = 0; (key = cm_policy_key_get(i)) != NULL; i++) {
		if (cm_policy_key_lookup(group, key->name) == key)
			append_limit(out, policy, group, key, limits);
	}
}

static void
append_planner(GString *out, const CmPolicy *policy, gboolean color)
{
	cm_terminal_append_styled(out, color, CM_STYLE_BOLD, _("What the planner obeys"));
	g_string_append_c(out, '\n');
	append_indented(out, 2, _("A day"));
	append_limits(out, policy, CM_POLICY_GROUP_DAY, cm_policy_get_day_limits(policy));
	for (guint i = 0; i < cm_policy_get_act_count(policy); i++) {
		const CmActRules *act = cm_policy_get_act_at(policy, i);
		g_autofree gchar *group = g_strconcat(CM_POLICY_GROUP_ACT, act->name, NULL);
		g_autofree gchar *title = g_strdup_printf(
		    "%s (%s)",
		    cm_policy_get_act_title(policy, act->name, cm_policy_view_get_language()),
		    act->name);

		append_indented(out, 2, title);
		append_limits(out, policy, group, act);
	}
}

static void
append_summary(GString *out, const CmRule *rule, gboolean color)
{
	g_autofree gchar *origin = format_origin(rule);

	g_string_append(out, "  ");
	cm_terminal_append_styled(out, color, get_style(rule->effect), rule->id);
	g_string_append_c(out, '\n');
	append_indented(out, INDENT, rule->text[cm_policy_view_get_language()]);
	append_indented(out, INDENT, origin);
	g_string_append_printf(out, "%*s%s\n", INDENT, "", rule->source);
}

void
cm_policy_view_append_policy(GString *out, const CmPolicy *policy, gboolean color)
{
	static const gchar *const heads[CM_EFFECT_LAST] = {N_("What informs"), N_("What warns"),
							   N_("What blocks")};
	const gchar *order = cm_policy_get_order(policy);

	cm_terminal_append_styled(out, color, CM_STYLE_BOLD,
				  cm_policy_get_title(policy, cm_policy_view_get_language()));
	g_string_append_printf(out, "%s%s%s\n\n", order != NULL ? " (" : "",
			       order != NULL ? order : "", order != NULL ? ")" : "");
	append_planner(out, policy, color);
	for (guint effect = CM_EFFECT_LAST; effect > 0; effect--) {
		if (cm_policy_view_count(policy, effect - 1) == 0)
			continue;
		g_string_append_c(out, '\n');
		cm_terminal_append_styled(out, color, CM_STYLE_BOLD, gettext(heads[effect - 1]));
		g_string_append_c(out, '\n');
		for (guint i = 0; i < cm_policy_get_rule_count(policy); i++) {
			const CmRule *rule = cm_policy_get_rule(policy, i);

			if (rule->effect == effect - 1)
				append_summary(out, rule, color);
		}
	}
}

static void
append_field(GString *out, const gchar *name, const gchar *text)
{
	g_autofree gchar *line = NULL;

	if (text == NULL)
		return;
	line = cm_report_format(_("{0}: {1}"), name, text, NULL);
	append_indented(out, 2, line);
}

void
cm_policy_view_append_rule(GString *out, const CmPolicy *policy, const CmRule *rule, gboolean color)
{
	CmLanguage language = cm_policy_view_get_language();
	const CmRule *above = cm_policy_get_rule_above(policy, rule);
	g_autofree gchar *value =
	    rule->type != CM_VALUE_LIST ? cm_policy_view_format_value(rule) : NULL;
	g_autofree gchar *origin = format_origin(rule);
	g_autofree gchar *keys = g_strjoinv(", ", (gchar **)rule->keys);
	g_autofree gchar *place = g_strdup_printf("%s:%u", rule->file, rule->line);
	g_autofree gchar *above_origin = above != NULL ? format_origin(above) : NULL;

	cm_terminal_append_styled(out, color, CM_STYLE_BOLD, rule->id);
	g_string_append(out, "  ");
	cm_terminal_append_styled(out, color, get_style(rule->effect),
				  cm_policy_view_get_effect(rule->effect));
	g_string_append_c(out, '\n');
	append_indented(out, 2, rule->text[language]);
	for (guint i = 0; rule->type == CM_VALUE_LIST && rule->items[i] != NULL; i++) {
		g_autofree gchar *item = g_strdup_printf("- %s", rule->item_texts[language][i]);

		append_indented(out, INDENT, item);
	}
	append_field(out, _("value"), value);
	append_field(out, _("note"), rule->note[language]);
	append_indented(out, 2, origin);
	g_string_append_printf(out, "  %s\n", rule->source);
	append_field(out, _("who answers for it"), rule->owner);
	append_field(out, _("limits of the planner"), *keys != '\0' ? keys : NULL);
	append_field(out, _("tightens"), above_origin);
	append_field(out, _("written in"), place);
}

static void
build_strv(JsonBuilder *builder, const gchar *name, const gchar *const *texts)
{
	cm_document_begin_array(builder, name);
	for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
		json_builder_add_string_value(builder, texts[i]);
	json_builder_end_array(builder);
}

static void
build_value(JsonBuilder *builder, const CmRule *rule)
{
	switch (rule->type) {
	case CM_VALUE_FLAG:
		cm_document_add_boolean(builder, "value", rule->number);
		break;
	case CM_VALUE_NUMBER:
		cm_document_add_int(builder, "value", rule->number);
		cm_document_add_string(builder, "unit", cm_policy_schema_lookup(rule->id)->unit);
		break;
	case CM_VALUE_LIST:
		build_strv(builder, "value", rule->items);
		build_strv(builder, "value_fr", rule->item_texts[CM_LANGUAGE_FRENCH]);
		build_strv(builder, "value_en", rule->item_texts[CM_LANGUAGE_ENGLISH]);
		break;
	case CM_VALUE_CHOICE:
	case CM_VALUE_WORD:
		cm_document_add_string(builder, "value", rule->word);
		break;
	case CM_VALUE_NONE:
	default:
		cm_document_add_string(builder, "value", NULL);
	}
}

void
cm_policy_view_build_rule(JsonBuilder *builder, const CmRule *rule)
{
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "id", rule->id);
	cm_document_add_string(builder, "effect", cm_effect_to_string(rule->effect));
	cm_document_add_string(builder, "kind", cm_rule_kind_to_string(rule->kind));
	cm_document_add_string(builder, "confidence", cm_confidence_to_string(rule->confidence));
	cm_document_add_boolean(builder, "repealed", rule->repealed);
	cm_document_add_string(builder, "source", rule->source);
	cm_document_add_string(builder, "article", rule->article);
	cm_document_add_string(builder, "version", rule->version);
	cm_document_add_string(builder, "read", rule->read);
	if (rule->owner != NULL)
		cm_document_add_string(builder, "owner", rule->owner);
	cm_document_add_string(builder, "text_fr", rule->text[CM_LANGUAGE_FRENCH]);
	cm_document_add_string(builder, "text_en", rule->text[CM_LANGUAGE_ENGLISH]);
	cm_document_add_string(builder, "note_fr", rule->note[CM_LANGUAGE_FRENCH]);
	cm_document_add_string(builder, "note_en", rule->note[CM_LANGUAGE_ENGLISH]);
	build_value(builder, rule);
	build_strv(builder, "keys", rule->keys);
	cm_document_add_string(builder, "file", rule->file);
	cm_document_add_int(builder, "line", rule->line);
	json_builder_end_object(builder);
}

static void
build_limits(JsonBuilder *builder, const CmPolicy *policy, const gchar *group, gconstpointer limits)
{
	const CmPolicyKey *key = NULL;
	const gchar *file = NULL;

	for (guint i = 0; (key = cm_policy_key_get(i)) != NULL; i++) {
		const CmRule *rule = cm_policy_explain_key(policy, group, key->name);
		g_autofree gchar *value = NULL;

		if (cm_policy_key_lookup(group, key->name) != key ||
		    !cm_policy_get_key_place(policy, group, key->name, &file, NULL))
			continue;
		value = cm_policy_key_format(key, cm_policy_key_get_value(key, limits));
		json_builder_begin_object(builder);
		cm_document_add_string(builder, "group", group);
		cm_document_add_string(builder, "key", key->name);
		cm_document_add_string(builder, "value", value);
		cm_document_add_string(builder, "rule", rule != NULL ? rule->id : NULL);
		json_builder_end_object(builder);
	}
}

void
cm_policy_view_build_policy(JsonBuilder *builder, const CmPolicy *policy)
{
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "profession", cm_policy_get_profession(policy));
	cm_document_add_string(builder, "order", cm_policy_get_order(policy));
	cm_document_add_string(builder, "title_fr",
			       cm_policy_get_title(policy, CM_LANGUAGE_FRENCH));
	cm_document_add_string(builder, "title_en",
			       cm_policy_get_title(policy, CM_LANGUAGE_ENGLISH));
	cm_document_begin_array(builder, "limits");
	build_limits(builder, policy, CM_POLICY_GROUP_DAY, cm_policy_get_day_limits(policy));
	for (guint i = 0; i < cm_policy_get_act_count(policy); i++) {
		const CmActRules *act = cm_policy_get_act_at(policy, i);
		g_autofree gchar *group = g_strconcat(CM_POLICY_GROUP_ACT, act->name, NULL);

		build_limits(builder, policy, group, act);
	}
	json_builder_end_array(builder);
	cm_document_begin_array(builder, "rules");
	for (guint i = 0; i < cm_policy_get_rule_count(policy); i++)
		cm_policy_view_build_rule(builder, cm_policy_get_rule(policy, i));
	json_builder_end_array(builder);
	json_builder_end_object(builder);
}
