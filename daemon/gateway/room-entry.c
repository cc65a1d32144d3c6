// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/room-entry.h"

#include "daemon/common/json-depth.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#define DEPTH_MAX 6

void
cm_room_entry_free(CmRoomEntry *entry)
{
	g_free(entry->kind);
	g_free(entry->role);
	g_free(entry->name);
	g_free(entry->seat);
	g_free(entry->ice);
	g_free(entry->ice_policy);
	g_free(entry->janus);
	g_free(entry->url);
	g_free(entry->phone);
	g_free(entry);
}

static gchar *
take_text(JsonObject *object, const gchar *name)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
	    json_node_get_value_type(node) != G_TYPE_STRING)
		return NULL;
	return json_node_dup_string(node);
}

static guint64
take_number(JsonObject *object, const gchar *name)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
	    json_node_get_value_type(node) != G_TYPE_INT64 || json_node_get_int(node) < 0)
		return 0;
	return (guint64)json_node_get_int(node);
}

/* a part of the document that only browsers read, as it is */
static gchar *
take_part(JsonObject *object, const gchar *name, JsonNodeType type)
{
	JsonNode *node = json_object_get_member(object, name);

	return node != NULL && json_node_get_node_type(node) == type ? json_to_string(node, FALSE)
								     : NULL;
}

/* that of a built-in room counts its people: each of them sends to each */
static guint
limit_peers(const CmRoomEntry *entry, guint64 said)
{
	guint most = cm_room_entry_relays(entry) ? CM_ROOM_ENTRY_PEERS_MAX : 64;

	return said == 0 || said > most ? most : (guint)said;
}

/* a browser goes there: nothing but another https page */
static gboolean
is_address(const gchar *url)
{
	for (const gchar *at = url; *at != '\0'; at++) {
		if (!g_ascii_isgraph(*at))
			return FALSE;
	}
	return g_uri_is_valid(url, G_URI_FLAGS_NONE, NULL) && g_str_has_prefix(url, "https://");
}

static gboolean
is_whole(const CmRoomEntry *entry)
{
	static const gchar *const kinds[] = {"builtin", "janus", "jitsi", "bbb",
					     "fixed",   "phone", NULL};
	static const gchar *const roles[] = {"guest", "interpreter", "host", "helper", NULL};
	static const gchar *const policies[] = {"all", "relay", NULL};

	if (entry->subject == 0 || entry->turn == 0 || entry->kind == NULL || entry->role == NULL ||
	    entry->name == NULL || entry->seat == NULL || *entry->seat == '\0')
		return FALSE;
	if (!g_strv_contains(kinds, entry->kind) || !g_strv_contains(roles, entry->role))
		return FALSE;
	if (g_str_equal(entry->kind, "janus"))
		return entry->janus != NULL;
	if (g_str_equal(entry->kind, "phone"))
		return entry->phone != NULL;
	if (!cm_room_entry_relays(entry))
		return entry->url != NULL && is_address(entry->url);
	return g_strv_contains(policies, entry->ice_policy);
}

static CmRoomEntry *
read_object(JsonObject *object)
{
	g_autoptr(CmRoomEntry) entry = g_new0(CmRoomEntry, 1);
	g_autofree gchar *format = take_text(object, "format");

	entry->subject = take_number(object, "subject");
	entry->turn = take_number(object, "turn");
	entry->visit = take_number(object, "visit");
	entry->kind = take_text(object, "kind");
	entry->role = take_text(object, "role");
	entry->name = take_text(object, "name");
	entry->seat = take_text(object, "seat");
	entry->url = take_text(object, "url");
	entry->phone = take_text(object, "phone");
	entry->ice_policy = take_text(object, "ice_policy");
	entry->ice = take_part(object, "ice", JSON_NODE_ARRAY);
	entry->janus = take_part(object, "janus", JSON_NODE_OBJECT);
	if (entry->ice_policy == NULL)
		entry->ice_policy = g_strdup("all");
	if (entry->ice == NULL)
		entry->ice = g_strdup("[]");
	if (g_strcmp0(format, "comodal-room/1") != 0 || !is_whole(entry))
		return NULL;
	entry->peers_max = limit_peers(entry, take_number(object, "peers_max"));
	return g_steal_pointer(&entry);
}

CmRoomEntry *
cm_room_entry_read(const gchar *text, gsize length, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	CmRoomEntry *entry = NULL;
	JsonNode *root = NULL;

	if (length > 0 && length <= CM_ROOM_ENTRY_MAX && g_utf8_validate_len(text, length, NULL) &&
	    cm_json_depth_is_within(text, length, DEPTH_MAX) &&
	    json_parser_load_from_data(parser, text, (gssize)length, NULL))
		root = json_parser_get_root(parser);
	if (root != NULL && JSON_NODE_HOLDS_OBJECT(root))
		entry = read_object(json_node_get_object(root));
	if (entry == NULL)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("What was said of the video room can’t be read."), NULL);
	return entry;
}

gboolean
cm_room_entry_relays(const CmRoomEntry *entry)
{
	return g_str_equal(entry->kind, "builtin");
}
