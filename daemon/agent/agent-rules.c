// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-rules.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#define EVALUATION 3
#define SUMMARY 7

struct _CmAgentRules {
	JsonParser *parser; /* keeps the texts */
	GArray *templates;  /* CmAgentTemplate */
	gboolean trainee;
	gboolean cosign_notes;
	gboolean cosign_reports;
};

static void
clear_template(gpointer data)
{
	g_array_unref(((CmAgentTemplate *)data)->sections);
}

void
cm_agent_rules_free(CmAgentRules *rules)
{
	g_array_unref(rules->templates);
	g_object_unref(rules->parser);
	g_free(rules);
}

static JsonObject *
get_object(JsonObject *object, const gchar *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static JsonArray *
get_array(JsonObject *object, const gchar *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static const gchar *
get_text(JsonObject *object, const gchar *name)
{
	return json_object_get_string_member_with_default(object, name, "");
}

static void
read_sections(CmAgentTemplate *template, JsonArray *sections)
{
	for (guint i = 0; sections != NULL && i < json_array_get_length(sections); i++) {
		JsonObject *object = json_array_get_object_element(sections, i);
		const CmAgentRulesSection section = {
		    .headings = {get_text(object, "fr"), get_text(object, "en")}};

		g_array_append_val(template->sections, section);
	}
}

static void
read_template(CmAgentRules *rules, JsonObject *object)
{
	JsonObject *rule = get_object(object, "rule");
	CmAgentTemplate template = {
	    .name = get_text(object, "name"),
	    .kind = (guint8)json_object_get_int_member_with_default(object, "kind", 0),
	    .version = get_text(object, "version"),
	    .sections = g_array_new(FALSE, FALSE, sizeof(CmAgentRulesSection))};

	if (rule != NULL) {
		template.blocks = g_str_equal(get_text(rule, "effect"), "blocks");
		template.article = get_text(rule, "article");
		template.source = get_text(rule, "source");
	}
	read_sections(&template, get_array(object, "sections"));
	g_array_append_val(rules->templates, template);
}

static void
read_rules(CmAgentRules *rules, JsonObject *object)
{
	JsonArray *templates = get_array(object, "templates");
	JsonObject *cosign = get_object(object, "cosign");

	for (guint i = 0; templates != NULL && i < json_array_get_length(templates); i++)
		read_template(rules, json_array_get_object_element(templates, i));
	rules->trainee = json_object_get_boolean_member_with_default(object, "trainee", FALSE);
	rules->cosign_notes = cosign != NULL && get_object(cosign, "notes") != NULL;
	rules->cosign_reports = cosign != NULL && get_object(cosign, "reports") != NULL;
}

CmAgentRules *
cm_agent_rules_read(GBytes *document, GError **error)
{
	g_autoptr(CmAgentRules) rules = g_new0(CmAgentRules, 1);

	rules->parser = json_parser_new();
	rules->templates = g_array_new(FALSE, FALSE, sizeof(CmAgentTemplate));
	g_array_set_clear_func(rules->templates, clear_template);
	if (json_parser_load_from_data(rules->parser, g_bytes_get_data(document, NULL),
				       (gssize)g_bytes_get_size(document), NULL) &&
	    JSON_NODE_HOLDS_OBJECT(json_parser_get_root(rules->parser))) {
		read_rules(rules, json_node_get_object(json_parser_get_root(rules->parser)));
		return g_steal_pointer(&rules);
	}
	cm_error_set(error, CM_ERROR_FAILED, N_("The service answered something unexpected."),
		     NULL);
	return NULL;
}

CmAgentRules *
cm_agent_rules_fetch(CmAgentComodald *comodald, GCancellable *cancellable, GError **error)
{
	g_autoptr(GBytes) document = cm_agent_comodald_get_note_rules(comodald, cancellable, error);

	return document != NULL ? cm_agent_rules_read(document, error) : NULL;
}

const CmAgentTemplate *
cm_agent_rules_find_template(const CmAgentRules *rules, const gchar *name)
{
	for (guint i = 0; i < rules->templates->len; i++) {
		const CmAgentTemplate *template =
		    &g_array_index(rules->templates, CmAgentTemplate, i);

		if (g_str_equal(template->name, name))
			return template;
	}
	return NULL;
}

const CmAgentTemplate *
cm_agent_rules_find_required(const CmAgentRules *rules, guint8 kind)
{
	for (guint i = 0; i < rules->templates->len; i++) {
		const CmAgentTemplate *template =
		    &g_array_index(rules->templates, CmAgentTemplate, i);

		/* one of several has a name behind its kind's */
		if (template->kind == kind && template->blocks &&
		    strchr(template->name, '.') == NULL)
			return template;
	}
	return NULL;
}

gboolean
cm_agent_rules_asks_cosignature(const CmAgentRules *rules, guint8 kind)
{
	if (!rules->trainee)
		return FALSE;
	return rules->cosign_notes ||
	       (rules->cosign_reports && (kind == EVALUATION || kind == SUMMARY));
}
