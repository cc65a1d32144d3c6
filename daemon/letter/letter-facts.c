// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-facts.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

typedef enum { FIELD_TEXT, FIELD_NUMBER, FIELD_UNSIGNED, FIELD_INT, FIELD_FLAG } FieldType;

typedef struct {
	const gchar *name;
	FieldType type;
	gsize offset;
} Field;

#define LETTER(type, name)                                                                         \
	{                                                                                          \
#name, type, G_STRUCT_OFFSET(CmLetter, name)                                       \
	}
#define ITEM(type, name)                                                                           \
	{                                                                                          \
#name, type, G_STRUCT_OFFSET(CmLetterItem, name)                                   \
	}

static const Field letter_fields[] = {
    LETTER(FIELD_NUMBER, number),       LETTER(FIELD_TEXT, language),
    LETTER(FIELD_TEXT, zone),           LETTER(FIELD_NUMBER, made_at),
    LETTER(FIELD_TEXT, message_id),     LETTER(FIELD_INT, recipient_kind),
    LETTER(FIELD_NUMBER, recipient),    LETTER(FIELD_FLAG, staff),
    LETTER(FIELD_TEXT, address),        LETTER(FIELD_TEXT, name),
    LETTER(FIELD_TEXT, from_address),   LETTER(FIELD_TEXT, from_name),
    LETTER(FIELD_TEXT, reply_to),       LETTER(FIELD_TEXT, organisation),
    LETTER(FIELD_TEXT, link_scope),     LETTER(FIELD_NUMBER, link_epoch),
    LETTER(FIELD_NUMBER, link_subject), LETTER(FIELD_TEXT, help_phone),
    LETTER(FIELD_TEXT, help_hours),     LETTER(FIELD_UNSIGNED, left_out),
};

static const Field item_fields[] = {
    ITEM(FIELD_NUMBER, subject),
    ITEM(FIELD_NUMBER, invitation),
    ITEM(FIELD_TEXT, uid),
    ITEM(FIELD_UNSIGNED, sequence),
    ITEM(FIELD_TEXT, organizer_address),
    ITEM(FIELD_NUMBER, start),
    ITEM(FIELD_NUMBER, end),
    ITEM(FIELD_NUMBER, old_start),
    ITEM(FIELD_NUMBER, old_end),
    ITEM(FIELD_TEXT, mode),
    ITEM(FIELD_TEXT, old_mode),
    ITEM(FIELD_NUMBER, room),
    ITEM(FIELD_TEXT, place),
    ITEM(FIELD_TEXT, old_place),
    ITEM(FIELD_TEXT, school),
    ITEM(FIELD_TEXT, initials),
    ITEM(FIELD_TEXT, host_name),
    ITEM(FIELD_TEXT, host_profession),
    ITEM(FIELD_TEXT, role),
    ITEM(FIELD_TEXT, answer),
    ITEM(FIELD_NUMBER, until),
    ITEM(FIELD_NUMBER, count),
    ITEM(FIELD_FLAG, excused),
    ITEM(FIELD_TEXT, note),
    ITEM(FIELD_FLAG, own_link),
};

static void
clear_fields(gpointer object, const Field *fields, guint count)
{
	for (guint i = 0; i < count; i++) {
		if (fields[i].type == FIELD_TEXT)
			g_clear_pointer(&G_STRUCT_MEMBER(gchar *, object, fields[i].offset),
					g_free);
	}
}

void
cm_letter_facts_clear(CmLetter *letter)
{
	clear_fields(letter, letter_fields, G_N_ELEMENTS(letter_fields));
}

void
cm_letter_facts_clear_item(CmLetterItem *item)
{
	clear_fields(item, item_fields, G_N_ELEMENTS(item_fields));
	g_clear_pointer(&item->link, g_free);
}

static gboolean
check_text(const gchar *name, const gchar *text, GError **error)
{
	if (strlen(text) > CM_LETTER_TEXT_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("a letter's facts: \"{0}\" is too long"), name, NULL);
		return FALSE;
	}
	if (!g_utf8_validate(text, -1, NULL)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("a letter's facts: \"{0}\" is no UTF-8"), name, NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
write_text(JsonBuilder *builder, const gchar *name, const gchar *text, GError **error)
{
	if (text == NULL)
		return TRUE;
	if (!check_text(name, text, error))
		return FALSE;
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, text);
	return TRUE;
}

static void
write_number(JsonBuilder *builder, const gchar *name, gint64 value)
{
	if (value == 0)
		return;
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, value);
}

/* what is NULL or 0 is left out */
static gboolean
write_fields(JsonBuilder *builder,
	     gconstpointer object,
	     const Field *fields,
	     guint count,
	     GError **error)
{
	for (guint i = 0; i < count; i++) {
		const Field *field = &fields[i];
		gsize at = field->offset;

		switch (field->type) {
		case FIELD_TEXT:
			if (!write_text(builder, field->name, G_STRUCT_MEMBER(gchar *, object, at),
					error))
				return FALSE;
			break;
		case FIELD_NUMBER:
			write_number(builder, field->name, G_STRUCT_MEMBER(gint64, object, at));
			break;
		case FIELD_UNSIGNED:
			write_number(builder, field->name, G_STRUCT_MEMBER(guint, object, at));
			break;
		case FIELD_INT:
		case FIELD_FLAG:
			write_number(builder, field->name, G_STRUCT_MEMBER(gint, object, at));
			break;
		default:
			g_return_val_if_reached(FALSE);
		}
	}
	return TRUE;
}

static gboolean
write_items(JsonBuilder *builder, const CmLetter *letter, GError **error)
{
	json_builder_set_member_name(builder, "items");
	json_builder_begin_array(builder);
	for (guint i = 0; i < letter->items->len; i++) {
		const CmLetterItem *item = g_ptr_array_index(letter->items, i);

		json_builder_begin_object(builder);
		json_builder_set_member_name(builder, "kind");
		json_builder_add_string_value(builder, cm_letter_item_kind_to_string(item->kind));
		if (!write_fields(builder, item, item_fields, G_N_ELEMENTS(item_fields), error))
			return FALSE;
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	return TRUE;
}

/* json-glib 1.6 leaves U+001E and U+001F as they are, which is no JSON; messages are full of them */
static GBytes *
escape_controls(const gchar *written)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (const gchar *p = written; *p != '\0'; p++) {
		if ((guchar)*p < 0x20)
			g_string_append_printf(text, "\\u%04x", (guint)*p);
		else
			g_string_append_c(text, *p);
	}
	return g_string_free_to_bytes(g_steal_pointer(&text));
}

GBytes *
cm_letter_facts_write(const CmLetter *letter, GError **error)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autofree gchar *written = NULL;

	if (letter->items->len > CM_LETTER_ITEMS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("a letter's facts: too many items"),
			     NULL);
		return NULL;
	}
	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "format");
	json_builder_add_string_value(builder, CM_LETTER_FACTS_FORMAT);
	json_builder_set_member_name(builder, "kind");
	json_builder_add_string_value(builder, cm_letter_kind_to_string(letter->kind));
	if (!write_fields(builder, letter, letter_fields, G_N_ELEMENTS(letter_fields), error) ||
	    !write_items(builder, letter, error))
		return NULL;
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	written = json_to_string(root, FALSE);
	bytes = escape_controls(written);
	if (g_bytes_get_size(bytes) > CM_LETTER_FACTS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("a letter's facts are too long"),
			     NULL);
		return NULL;
	}
	return g_steal_pointer(&bytes);
}

/* ---- reading */

static gboolean
refuse(const gchar *name, GError **error)
{
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("a letter's facts: \"{0}\" is not what it must be"), name, NULL);
	return FALSE;
}

static gboolean
read_text(JsonNode *node, const gchar *name, gchar **out_text, GError **error)
{
	const gchar *text;

	if (json_node_get_value_type(node) != G_TYPE_STRING)
		return refuse(name, error);
	text = json_node_get_string(node);
	if (!check_text(name, text, error))
		return FALSE;
	g_free(*out_text);
	*out_text = g_strdup(text);
	return TRUE;
}

static gboolean
read_number(JsonNode *node,
	    const gchar *name,
	    gint64 least,
	    gint64 most,
	    gint64 *out_number,
	    GError **error)
{
	gint64 number;

	if (json_node_get_value_type(node) != G_TYPE_INT64)
		return refuse(name, error);
	number = json_node_get_int(node);
	if (number < least || number > most)
		return refuse(name, error);
	*out_number = number;
	return TRUE;
}

static gboolean
read_field(gpointer object, const Field *field, JsonNode *node, GError **error)
{
	gint64 number = 0;

	switch (field->type) {
	case FIELD_TEXT:
		return read_text(node, field->name,
				 &G_STRUCT_MEMBER(gchar *, object, field->offset), error);
	case FIELD_NUMBER:
		return read_number(node, field->name, G_MININT64, G_MAXINT64,
				   &G_STRUCT_MEMBER(gint64, object, field->offset), error);
	case FIELD_UNSIGNED:
		if (!read_number(node, field->name, 0, G_MAXUINT, &number, error))
			return FALSE;
		G_STRUCT_MEMBER(guint, object, field->offset) = (guint)number;
		return TRUE;
	case FIELD_INT:
	case FIELD_FLAG:
		if (!read_number(node, field->name, 0, field->type == FIELD_FLAG ? 1 : G_MAXINT,
				 &number, error))
			return FALSE;
		G_STRUCT_MEMBER(gint, object, field->offset) = (gint)number;
		return TRUE;
	default:
		g_return_val_if_reached(FALSE);
	}
}

/* Every member must be a field, or one of `others`, ended by NULL. */
static gboolean
read_fields(gpointer object,
	    const Field *fields,
	    guint count,
	    const gchar *const *others,
	    JsonObject *from,
	    GError **error)
{
	JsonObjectIter iter;
	const gchar *name = NULL;
	JsonNode *node = NULL;

	json_object_iter_init(&iter, from);
	while (json_object_iter_next(&iter, &name, &node)) {
		guint i = 0;

		if (g_strv_contains(others, name))
			continue;
		while (i < count && !g_str_equal(fields[i].name, name))
			i++;
		if (i == count)
			return refuse(name, error);
		if (!read_field(object, &fields[i], node, error))
			return FALSE;
	}
	return TRUE;
}

static const gchar *
get_string(JsonObject *object, const gchar *name)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node == NULL || json_node_get_value_type(node) != G_TYPE_STRING)
		return "";
	return json_node_get_string(node);
}

static gboolean
read_item(CmLetter *letter, JsonNode *node, GError **error)
{
	static const gchar *const others[] = {"kind", NULL};
	CmLetterItemKind kind;
	JsonObject *object;

	if (!JSON_NODE_HOLDS_OBJECT(node))
		return refuse("items", error);
	object = json_node_get_object(node);
	if (!cm_letter_item_kind_from_string(get_string(object, "kind"), &kind))
		return refuse("kind", error);
	return read_fields(cm_letter_add_item(letter, kind), item_fields, G_N_ELEMENTS(item_fields),
			   others, object, error);
}

static gboolean
read_items(CmLetter *letter, JsonObject *object, GError **error)
{
	JsonNode *node = json_object_get_member(object, "items");
	JsonArray *items;

	if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
		return refuse("items", error);
	items = json_node_get_array(node);
	if (json_array_get_length(items) > CM_LETTER_ITEMS_MAX)
		return refuse("items", error);
	for (guint i = 0; i < json_array_get_length(items); i++) {
		if (!read_item(letter, json_array_get_element(items, i), error))
			return FALSE;
	}
	return TRUE;
}

static CmLetter *
read_letter(JsonObject *object, GError **error)
{
	static const gchar *const others[] = {"format", "kind", "items", NULL};
	g_autoptr(CmLetter) letter = NULL;
	CmLetterKind kind;

	if (!g_str_equal(get_string(object, "format"), CM_LETTER_FACTS_FORMAT)) {
		cm_error_set(error, CM_ERROR_NOT_SUPPORTED,
			     N_("a letter's facts are of a version that this program doesn't know"),
			     NULL);
		return NULL;
	}
	if (!cm_letter_kind_from_string(get_string(object, "kind"), &kind)) {
		refuse("kind", error);
		return NULL;
	}
	letter = cm_letter_new(kind);
	if (!read_fields(letter, letter_fields, G_N_ELEMENTS(letter_fields), others, object,
			 error) ||
	    !read_items(letter, object, error))
		return NULL;
	return g_steal_pointer(&letter);
}

CmLetter *
cm_letter_facts_read(GBytes *bytes, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	gsize size = 0;
	const gchar *data = g_bytes_get_data(bytes, &size);

	if (size == 0 || size > CM_LETTER_FACTS_MAX ||
	    !json_parser_load_from_data(parser, data, (gssize)size, NULL) ||
	    !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("a letter's facts can't be read"),
			     NULL);
		return NULL;
	}
	return read_letter(json_node_get_object(json_parser_get_root(parser)), error);
}
