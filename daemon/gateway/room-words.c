// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/room-words.h"

#include <json-glib/json-glib.h>

static JsonBuilder *
begin(const gchar *type)
{
	JsonBuilder *builder = json_builder_new();

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "type");
	json_builder_add_string_value(builder, type);
	return builder;
}

static gchar *
end(JsonBuilder *builder)
{
	g_autoptr(JsonNode) root = NULL;

	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	return json_to_string(root, FALSE);
}

static void
add_text(JsonBuilder *builder, const gchar *name, const gchar *value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, value);
}

static void
add_number(JsonBuilder *builder, const gchar *name, guint64 value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, (gint64)value);
}

static void
add_flag(JsonBuilder *builder, const gchar *name, gboolean value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_boolean_value(builder, value);
}

/* a part that is JSON already, of comodald's */
static void
add_part(JsonBuilder *builder, const gchar *name, const gchar *text)
{
	JsonNode *node = text != NULL ? json_from_string(text, NULL) : NULL;

	if (node == NULL)
		return;
	json_builder_set_member_name(builder, name);
	json_builder_add_value(builder, node);
}

static void
add_state(JsonBuilder *builder, const CmRoomPerson *person)
{
	add_flag(builder, "microphone", person->microphone);
	add_flag(builder, "camera", person->camera);
	add_flag(builder, "screen", person->screen);
	add_flag(builder, "phone", person->phone);
}

/* `polite`: whether the one who reads this gives way */
static void
add_person(JsonBuilder *builder, const CmRoomPerson *person, gboolean polite)
{
	json_builder_begin_object(builder);
	add_number(builder, "number", person->number);
	add_text(builder, "name", person->name);
	add_text(builder, "role", person->role);
	add_flag(builder, "polite", polite);
	add_state(builder, person);
	json_builder_end_object(builder);
}

gchar *
cm_room_words_welcome(const CmRoomWelcome *welcome, const CmRoomPerson *const *people, guint count)
{
	g_autoptr(JsonBuilder) builder = begin("welcome");

	add_text(builder, "kind", welcome->kind);
	add_number(builder, "turn", welcome->turn);
	add_number(builder, "you", welcome->you);
	add_text(builder, "name", welcome->name);
	add_number(builder, "most", welcome->peers_max);
	if (g_str_equal(welcome->kind, "builtin")) {
		add_part(builder, "ice", welcome->ice);
		add_text(builder, "policy", welcome->ice_policy);
	}
	if (g_str_equal(welcome->kind, "janus"))
		add_part(builder, "janus", welcome->janus);
	if (welcome->phone != NULL)
		add_text(builder, "phone", welcome->phone);
	json_builder_set_member_name(builder, "people");
	json_builder_begin_array(builder);
	for (guint i = 0; i < count; i++)
		add_person(builder, people[i], welcome->you > people[i]->number);
	json_builder_end_array(builder);
	return end(builder);
}

gchar *
cm_room_words_joined(const CmRoomPerson *person)
{
	g_autoptr(JsonBuilder) builder = begin("joined");

	json_builder_set_member_name(builder, "person");
	/* who reads it was there before */
	add_person(builder, person, FALSE);
	return end(builder);
}

static gchar *
about(const gchar *type, guint64 number)
{
	g_autoptr(JsonBuilder) builder = begin(type);

	add_number(builder, "number", number);
	return end(builder);
}

gchar *
cm_room_words_back(guint64 number)
{
	return about("back", number);
}

gchar *
cm_room_words_left(guint64 number)
{
	return about("left", number);
}

gchar *
cm_room_words_state(const CmRoomPerson *person)
{
	g_autoptr(JsonBuilder) builder = begin("state");

	add_number(builder, "number", person->number);
	add_state(builder, person);
	return end(builder);
}
