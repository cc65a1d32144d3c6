// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/json-value.h"

#include <math.h>
#include <string.h>

#define MAX_NUMBER 40 /* digits of a number that can be right */

gsize
cm_json_value_get_size(const CmJsonShape *shape)
{
	switch (shape->kind) {
	case CM_JSON_INTEGER:
		return shape->size;
	case CM_JSON_NUMBER:
		return sizeof(gdouble);
	case CM_JSON_DATE:
		return sizeof(CmDay);
	case CM_JSON_TIME:
		return sizeof(CmMinute);
	case CM_JSON_BOOLEAN:
		return sizeof(gboolean);
	case CM_JSON_ENUM:
		return sizeof(guint8);
	case CM_JSON_TEXT:
	case CM_JSON_OBJECT:
	case CM_JSON_TUPLE:
	case CM_JSON_LIST:
	case CM_JSON_MAP:
	default:
		return sizeof(gpointer);
	}
}

static void
store_integer(gpointer place, gsize size, gint64 value)
{
	if (size == sizeof(gint16))
		*(gint16 *)place = (gint16)value;
	else if (size == sizeof(gint32))
		*(gint32 *)place = (gint32)value;
	else
		*(gint64 *)place = value;
}

void
cm_json_value_store(const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	switch (shape->kind) {
	case CM_JSON_TEXT:
		*(const gchar **)place = value->text;
		break;
	case CM_JSON_NUMBER:
		*(gdouble *)place = value->number;
		break;
	case CM_JSON_BOOLEAN:
		*(gboolean *)place = value->integer != 0;
		break;
	case CM_JSON_ENUM:
		*(guint8 *)place = (guint8)value->integer;
		break;
	case CM_JSON_INTEGER:
	case CM_JSON_DATE:
	case CM_JSON_TIME:
		store_integer(place, cm_json_value_get_size(shape), value->integer);
		break;
	case CM_JSON_OBJECT:
	case CM_JSON_TUPLE:
	case CM_JSON_LIST:
	case CM_JSON_MAP:
	default:
		break;
	}
}

gboolean
cm_json_value_is_clean_text(const gchar *text, gsize length)
{
	for (gsize i = 0; i < length; i++) {
		if ((guchar)text[i] < 0x20 || text[i] == 0x7f)
			return FALSE;
	}
	return g_utf8_validate_len(text, length, NULL);
}

static gboolean
name_find(const gchar *const *names, const gchar *text, gint64 *out_index)
{
	for (gint64 i = 0; names[i] != NULL; i++) {
		if (g_str_equal(names[i], text)) {
			*out_index = i;
			return TRUE;
		}
	}
	return FALSE;
}

gboolean
cm_json_value_convert_text(GStringChunk *strings,
			   const CmJsonShape *shape,
			   const gchar *text,
			   gsize length,
			   CmJsonValue *out_value)
{
	gchar copy[CM_JSON_MAX_TEXT + 1];
	CmDay day = 0;
	CmMinute minute = 0;
	gboolean right = FALSE;

	if (length > CM_JSON_MAX_TEXT || !cm_json_value_is_clean_text(text, length))
		return FALSE;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (shape->kind == CM_JSON_TEXT) {
		if ((gint64)length < shape->minimum || (gint64)length > shape->maximum)
			return FALSE;
		out_value->text = g_string_chunk_insert_const(strings, copy);
		return TRUE;
	}
	if (shape->kind == CM_JSON_DATE) {
		right = cm_day_parse(copy, &day);
		out_value->integer = day;
	} else if (shape->kind == CM_JSON_TIME) {
		right = cm_minute_parse(copy, &minute);
		out_value->integer = minute;
	} else if (shape->kind == CM_JSON_ENUM) {
		right = name_find(shape->names, copy, &out_value->integer);
	}
	return right;
}

gboolean
cm_json_value_convert_number(GStringChunk *strings,
			     const CmJsonShape *shape,
			     const gchar *text,
			     gsize length,
			     CmJsonValue *out_value)
{
	gchar number[MAX_NUMBER + 1];

	if (length > MAX_NUMBER)
		return FALSE;
	memcpy(number, text, length);
	number[length] = '\0';
	if (shape->kind == CM_JSON_INTEGER)
		return g_ascii_string_to_signed(number, 10, shape->minimum, shape->maximum,
						&out_value->integer, NULL);
	if (shape->kind != CM_JSON_NUMBER)
		return FALSE;
	out_value->number = g_ascii_strtod(number, NULL);
	return isfinite(out_value->number) && out_value->number >= (gdouble)shape->minimum &&
	       out_value->number <= (gdouble)shape->maximum;
}

gboolean
cm_json_value_convert_boolean(GStringChunk *strings,
			      const CmJsonShape *shape,
			      const gchar *text,
			      gsize length,
			      CmJsonValue *out_value)
{
	out_value->integer = length > 0;
	return shape->kind == CM_JSON_BOOLEAN;
}
