// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/room-message.h"

#include "daemon/common/json-depth.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define DEPTH_MAX 2
#define LINES_MAX 64 /* media sections of one description */

typedef gboolean (*Reader)(JsonObject *object, CmRoomMessage *message);

void
cm_room_message_free(CmRoomMessage *message)
{
	g_free(message->instance);
	g_free(message->description);
	g_free(message->sdp);
	g_free(message->candidate);
	g_free(message->mid);
	g_free(message->fragment);
	g_free(message);
}

/* ---- members; each fails for another type than its own */

static gboolean
has_only(JsonObject *object, const gchar *const *names)
{
	g_autoptr(GList) members = json_object_get_members(object);

	for (GList *member = members; member != NULL; member = member->next)
		if (!g_strv_contains(names, member->data))
			return FALSE;
	return TRUE;
}

static JsonNode *
get_value(JsonObject *object, const gchar *name, GType type)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != type)
		return NULL;
	return node;
}

/* no control character but the ends of lines, where those are allowed */
static gboolean
is_plain(const gchar *text, gboolean lines)
{
	for (const gchar *at = text; *at != '\0'; at++) {
		if (g_ascii_iscntrl(*at) && !(lines && (*at == '\r' || *at == '\n')))
			return FALSE;
	}
	return TRUE;
}

static gboolean
take_text(JsonObject *object, const gchar *name, gsize most, gboolean lines, gchar **out_text)
{
	JsonNode *node = get_value(object, name, G_TYPE_STRING);
	const gchar *text = node != NULL ? json_node_get_string(node) : NULL;

	if (text == NULL || strlen(text) > most || !is_plain(text, lines))
		return FALSE;
	*out_text = g_strdup(text);
	return TRUE;
}

/* absent or null leaves NULL */
static gboolean
take_optional(JsonObject *object, const gchar *name, gsize most, gchar **out_text)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node == NULL || JSON_NODE_HOLDS_NULL(node))
		return TRUE;
	return take_text(object, name, most, FALSE, out_text);
}

static gboolean
take_flag(JsonObject *object, const gchar *name, gboolean *out_flag)
{
	JsonNode *node = get_value(object, name, G_TYPE_BOOLEAN);

	if (node == NULL)
		return FALSE;
	*out_flag = json_node_get_boolean(node);
	return TRUE;
}

static gboolean
take_to(JsonObject *object, CmRoomMessage *message)
{
	JsonNode *node = get_value(object, "to", G_TYPE_INT64);

	if (node == NULL || json_node_get_int(node) < 1)
		return FALSE;
	message->to = (guint64)json_node_get_int(node);
	return TRUE;
}

static JsonObject *
get_object(JsonObject *object, const gchar *name, const gchar *const *names)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node) ||
	    !has_only(json_node_get_object(node), names))
		return NULL;
	return json_node_get_object(node);
}

/* ---- one function a type */

static gboolean
read_hello(JsonObject *object, CmRoomMessage *message)
{
	static const gchar *const names[] = {"type", "instance", NULL};

	return has_only(object, names) &&
	       take_text(object, "instance", CM_ROOM_MESSAGE_INSTANCE_MAX, FALSE,
			 &message->instance) &&
	       *message->instance != '\0';
}

static gboolean
read_description(JsonObject *object, CmRoomMessage *message)
{
	static const gchar *const names[] = {"type", "to", "description", NULL};
	static const gchar *const inner[] = {"type", "sdp", NULL};
	static const gchar *const types[] = {"offer", "answer", NULL};
	JsonObject *description = NULL;

	if (!has_only(object, names) || !take_to(object, message))
		return FALSE;
	description = get_object(object, "description", inner);
	return description != NULL &&
	       take_text(description, "type", 8, FALSE, &message->description) &&
	       g_strv_contains(types, message->description) &&
	       take_text(description, "sdp", CM_ROOM_MESSAGE_SDP_MAX, TRUE, &message->sdp);
}

static gboolean
take_line(JsonObject *object, gint64 *out_line)
{
	JsonNode *node = json_object_get_member(object, "sdpMLineIndex");

	if (node == NULL || JSON_NODE_HOLDS_NULL(node))
		return TRUE;
	node = get_value(object, "sdpMLineIndex", G_TYPE_INT64);
	if (node == NULL || json_node_get_int(node) < 0 || json_node_get_int(node) >= LINES_MAX)
		return FALSE;
	*out_line = json_node_get_int(node);
	return TRUE;
}

static gboolean
read_candidate(JsonObject *object, CmRoomMessage *message)
{
	static const gchar *const names[] = {"type", "to", "candidate", NULL};
	static const gchar *const inner[] = {"candidate", "sdpMid", "sdpMLineIndex",
					     "usernameFragment", NULL};
	JsonNode *node = json_object_get_member(object, "candidate");
	JsonObject *candidate = NULL;

	if (!has_only(object, names) || !take_to(object, message) || node == NULL)
		return FALSE;
	if (JSON_NODE_HOLDS_NULL(node))
		return TRUE;
	candidate = get_object(object, "candidate", inner);
	return candidate != NULL &&
	       take_text(candidate, "candidate", CM_ROOM_MESSAGE_CANDIDATE_MAX, FALSE,
			 &message->candidate) &&
	       take_optional(candidate, "sdpMid", CM_ROOM_MESSAGE_CANDIDATE_MAX, &message->mid) &&
	       take_line(candidate, &message->line) &&
	       take_optional(candidate, "usernameFragment", CM_ROOM_MESSAGE_CANDIDATE_MAX,
			     &message->fragment);
}

static gboolean
read_state(JsonObject *object, CmRoomMessage *message)
{
	static const gchar *const names[] = {"type",   "microphone", "camera",
					     "screen", "phone",      NULL};

	return has_only(object, names) && take_flag(object, "microphone", &message->microphone) &&
	       take_flag(object, "camera", &message->camera) &&
	       take_flag(object, "screen", &message->screen) &&
	       take_flag(object, "phone", &message->phone);
}

static gboolean
read_report(JsonObject *object, CmRoomMessage *message)
{
	static const gchar *const names[] = {"type", "works", NULL};

	return has_only(object, names) && take_flag(object, "works", &message->works);
}

static gboolean
read_nothing(JsonObject *object, CmRoomMessage *message)
{
	static const gchar *const names[] = {"type", NULL};

	return has_only(object, names);
}

static const struct {
	const gchar *name;
	CmRoomMessageType type;
	Reader read;
} message_types[] = {
    {"hello", CM_ROOM_MESSAGE_HELLO, read_hello},
    {"description", CM_ROOM_MESSAGE_DESCRIPTION, read_description},
    {"candidate", CM_ROOM_MESSAGE_CANDIDATE, read_candidate},
    {"state", CM_ROOM_MESSAGE_STATE, read_state},
    {"ping", CM_ROOM_MESSAGE_PING, read_nothing},
    {"report", CM_ROOM_MESSAGE_REPORT, read_report},
    {"leave", CM_ROOM_MESSAGE_LEAVE, read_nothing},
};

static CmRoomMessage *
read_object(JsonObject *object)
{
	JsonNode *node = get_value(object, "type", G_TYPE_STRING);
	g_autoptr(CmRoomMessage) message = g_new0(CmRoomMessage, 1);

	message->line = -1;
	for (gsize i = 0; node != NULL && i < G_N_ELEMENTS(message_types); i++) {
		if (!g_str_equal(json_node_get_string(node), message_types[i].name))
			continue;
		message->type = message_types[i].type;
		return message_types[i].read(object, message) ? g_steal_pointer(&message) : NULL;
	}
	return NULL;
}

CmRoomMessage *
cm_room_message_read(const gchar *text, gsize length)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	JsonNode *root = NULL;

	if (length == 0 || length > CM_ROOM_MESSAGE_MAX || !g_utf8_validate_len(text, length, NULL))
		return NULL;
	/* json-glib would end a string there */
	if (g_strstr_len(text, (gssize)length, "\\u0000") != NULL ||
	    !cm_json_depth_is_within(text, length, DEPTH_MAX) ||
	    !json_parser_load_from_data(parser, text, (gssize)length, NULL))
		return NULL;
	root = json_parser_get_root(parser);
	if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
		return NULL;
	return read_object(json_node_get_object(root));
}

/* ---- passed on */

static void
add_text(JsonBuilder *builder, const gchar *name, const gchar *value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, value);
}

static void
add_description(JsonBuilder *builder, const CmRoomMessage *message)
{
	json_builder_set_member_name(builder, "description");
	json_builder_begin_object(builder);
	add_text(builder, "type", message->description);
	add_text(builder, "sdp", message->sdp);
	json_builder_end_object(builder);
}

static void
add_candidate(JsonBuilder *builder, const CmRoomMessage *message)
{
	json_builder_set_member_name(builder, "candidate");
	if (message->candidate == NULL) {
		json_builder_add_null_value(builder);
		return;
	}
	json_builder_begin_object(builder);
	add_text(builder, "candidate", message->candidate);
	if (message->mid != NULL)
		add_text(builder, "sdpMid", message->mid);
	if (message->line >= 0) {
		json_builder_set_member_name(builder, "sdpMLineIndex");
		json_builder_add_int_value(builder, message->line);
	}
	if (message->fragment != NULL)
		add_text(builder, "usernameFragment", message->fragment);
	json_builder_end_object(builder);
}

gchar *
cm_room_message_relay(const CmRoomMessage *message, guint64 from)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;

	json_builder_begin_object(builder);
	add_text(builder, "type",
		 message->type == CM_ROOM_MESSAGE_DESCRIPTION ? "description" : "candidate");
	json_builder_set_member_name(builder, "from");
	json_builder_add_int_value(builder, (gint64)from);
	if (message->type == CM_ROOM_MESSAGE_DESCRIPTION)
		add_description(builder, message);
	else
		add_candidate(builder, message);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	return json_to_string(root, FALSE);
}
