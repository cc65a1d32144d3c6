// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agenda/document.h"

#include "daemon/common/json-escape.h"

#include <string.h>

void
cm_document_add_string(JsonBuilder *builder, const gchar *name, const gchar *value)
{
	json_builder_set_member_name(builder, name);
	if (value != NULL)
		json_builder_add_string_value(builder, value);
	else
		json_builder_add_null_value(builder);
}

void
cm_document_add_int(JsonBuilder *builder, const gchar *name, gint64 value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, value);
}

void
cm_document_add_boolean(JsonBuilder *builder, const gchar *name, gboolean value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_boolean_value(builder, value);
}

void
cm_document_add_date(JsonBuilder *builder, const gchar *name, CmDay day)
{
	gchar text[CM_DAY_TEXT_SIZE];

	cm_document_add_string(builder, name, day != CM_DAY_NONE ? cm_day_format(day, text) : NULL);
}

void
cm_document_add_minute(JsonBuilder *builder, const gchar *name, gint minute)
{
	gchar text[CM_MINUTE_TEXT_SIZE];
	gint inside = CLAMP(minute, 0, CM_MINUTES_PER_DAY - 1);

	cm_document_add_string(builder, name, cm_minute_format((CmMinute)inside, text));
}

void
cm_document_begin_object(JsonBuilder *builder, const gchar *name)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_object(builder);
}

void
cm_document_begin_array(JsonBuilder *builder, const gchar *name)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
}

void
cm_document_add_named(JsonBuilder *builder, const gchar *member, const gchar *id, const gchar *name)
{
	cm_document_begin_object(builder, member);
	cm_document_add_string(builder, "id", id);
	cm_document_add_string(builder, "name", name);
	json_builder_end_object(builder);
}

GBytes *
cm_document_to_bytes(JsonBuilder *builder)
{
	g_autoptr(JsonNode) root = json_builder_get_root(builder);
	g_autofree gchar *written = json_to_string(root, FALSE);
	gchar *text = cm_json_escape_controls(written);

	return g_bytes_new_take(text, strlen(text));
}
