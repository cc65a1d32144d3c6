// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/visit-answers.h"

#include "daemon/common/json-depth.h"
#include "daemon/inbox/inbound-text.h"
#include "daemon/store/store-visit.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

static JsonObject *
parse(const gchar *answers, GError **error)
{
	g_autoptr(JsonNode) root = NULL;
	gsize length = answers != NULL ? strlen(answers) : 0;

	if (length == 0)
		return json_object_new();
	if (length <= CM_STORE_VISIT_ANSWERS_MAX && cm_json_depth_is_within(answers, length, 2))
		root = json_from_string(answers, NULL);
	if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("These are no answers."), NULL);
		return NULL;
	}
	return json_object_ref(json_node_get_object(root));
}

static gboolean
check_members(JsonObject *object, guint ask, GError **error)
{
	g_autoptr(GList) members = json_object_get_members(object);

	for (GList *link = members; link != NULL; link = link->next) {
		gboolean asked = FALSE;

		for (guint i = 0; i < CM_SESSION_DOOR_QUESTION_COUNT; i++) {
			if ((ask & (1u << i)) != 0 &&
			    g_str_equal(link->data, cm_session_door_get_question(i)))
				asked = TRUE;
		}
		if (!asked) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("Something is answered that was not asked."), NULL);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean
refuse(const gchar *question, GError **error)
{
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("An answer is missing or too long: “{0}”."),
		     question, NULL);
	return FALSE;
}

static gboolean
add_answer(JsonBuilder *builder, JsonObject *object, guint index, GError **error)
{
	const gchar *name = cm_session_door_get_question(index);
	JsonNode *node = json_object_get_member(object, name);
	g_autofree gchar *text = NULL;

	if (node == NULL || !JSON_NODE_HOLDS_VALUE(node))
		return refuse(name, error);
	json_builder_set_member_name(builder, name);
	if (1u << index == CM_SESSION_DOOR_CONSENT) {
		if (json_node_get_value_type(node) != G_TYPE_BOOLEAN ||
		    !json_node_get_boolean(node))
			return refuse(name, error);
		json_builder_add_boolean_value(builder, TRUE);
		return TRUE;
	}
	if (json_node_get_value_type(node) != G_TYPE_STRING ||
	    strlen(json_node_get_string(node)) > CM_STORE_VISIT_TEXT_MAX)
		return refuse(name, error);
	text = cm_inbound_text_clean(json_node_get_string(node), CM_INBOUND_TEXT_LINE,
				     CM_STORE_VISIT_TEXT_MAX);
	if (text == NULL)
		return refuse(name, error);
	json_builder_add_string_value(builder, text);
	return TRUE;
}

gchar *
cm_visit_answers_check(const gchar *answers, guint ask, GError **error)
{
	g_autoptr(JsonObject) object = parse(answers, error);
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;

	if (object == NULL || !check_members(object, ask, error))
		return NULL;
	json_builder_begin_object(builder);
	for (guint i = 0; i < CM_SESSION_DOOR_QUESTION_COUNT; i++) {
		if ((ask & (1u << i)) != 0 && !add_answer(builder, object, i, error))
			return NULL;
	}
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	return json_to_string(root, FALSE);
}
