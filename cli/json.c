// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/json.h"

#include "cli/terminal.h"
#include "daemon/common/json-escape.h"

void
cm_json_print_node(JsonNode *node)
{
	g_autofree gchar *written = json_to_string(node, TRUE);
	g_autofree gchar *text = cm_json_escape_controls(written);
	g_autofree gchar *line = g_strconcat(text, "\n", NULL);

	cm_terminal_print(line);
}

void
cm_json_print(JsonBuilder *builder)
{
	g_autoptr(JsonNode) root = json_builder_get_root(builder);

	cm_json_print_node(root);
}

static JsonNode *
get_member(JsonObject *object, const gchar *name, JsonNodeType type)
{
	JsonNode *node = NULL;

	if (object == NULL)
		return NULL;
	node = json_object_get_member(object, name);
	if (node == NULL || json_node_get_node_type(node) != type)
		return NULL;
	return node;
}

const gchar *
cm_json_get_string(JsonObject *object, const gchar *name)
{
	JsonNode *node = get_member(object, name, JSON_NODE_VALUE);

	return node != NULL ? json_node_get_string(node) : NULL;
}

gint64
cm_json_get_int(JsonObject *object, const gchar *name)
{
	JsonNode *node = get_member(object, name, JSON_NODE_VALUE);

	return node != NULL ? json_node_get_int(node) : 0;
}

gboolean
cm_json_get_boolean(JsonObject *object, const gchar *name)
{
	JsonNode *node = get_member(object, name, JSON_NODE_VALUE);

	return node != NULL && json_node_get_boolean(node);
}

JsonObject *
cm_json_get_object(JsonObject *object, const gchar *name)
{
	JsonNode *node = get_member(object, name, JSON_NODE_OBJECT);

	return node != NULL ? json_node_get_object(node) : NULL;
}

JsonArray *
cm_json_get_array(JsonObject *object, const gchar *name)
{
	JsonNode *node = get_member(object, name, JSON_NODE_ARRAY);

	return node != NULL ? json_node_get_array(node) : NULL;
}

guint
cm_json_get_length(JsonArray *array)
{
	return array != NULL ? json_array_get_length(array) : 0;
}

JsonObject *
cm_json_get_element(JsonArray *array, guint index)
{
	JsonNode *node = json_array_get_element(array, index);

	return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}
