// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/colleagues.h"

#include "cli/find.h"
#include "cli/json.h"
#include "daemon/vault/vault-hash.h"

static void
add(JsonArray *list, GVariant *row)
{
	const gchar *state = "";
	const gchar *label = "";
	const gchar *fingerprint = "";
	JsonObject *colleague = NULL;

	(void)g_variant_lookup(row, "state", "&s", &state);
	(void)g_variant_lookup(row, "label", "&s", &label);
	(void)g_variant_lookup(row, "fingerprint", "&s", &fingerprint);
	if (!g_str_equal(state, "current"))
		return;
	colleague = json_object_new();
	json_object_set_string_member(colleague, "name", label);
	json_object_set_string_member(colleague, "id", fingerprint);
	json_array_add_object_element(list, colleague);
}

JsonNode *
cm_colleagues_list(CmDBusAgent *agent, GError **error)
{
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(JsonArray) list = json_array_new();
	JsonNode *node = json_node_new(JSON_NODE_ARRAY);

	if (!cm_dbus_agent_call_list_colleagues_sync(agent, &rows, NULL, error)) {
		json_node_free(node);
		return NULL;
	}
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		add(list, row);
	}
	json_node_set_array(node, list);
	return node;
}

const gchar *
cm_colleagues_find(JsonNode *colleagues, const gchar *text, GError **error)
{
	JsonArray *list = json_node_get_array(colleagues);
	JsonObject *found = NULL;

	/* as it was read aloud or printed, in groups or not */
	for (guint i = 0; i < cm_json_get_length(list); i++) {
		const gchar *fingerprint = cm_json_get_string(cm_json_get_element(list, i), "id");

		if (cm_vault_hash_match_fingerprint(fingerprint, text))
			return fingerprint;
	}
	found = cm_find_thing_in(colleagues, "colleague", text, error);
	return found != NULL ? cm_json_get_string(found, "id") : NULL;
}
