// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <json-glib/json-glib.h>

/* Small JSON, written and read without a surprise: an absent member or one of another type is NULL
 * or 0. */

/* Indented, with a newline, on standard output. */
void
cm_json_print(JsonBuilder *builder);
void
cm_json_print_node(JsonNode *node);

/* A member of that type; NULL, 0 or FALSE without one. (transfer none) */
const gchar *
cm_json_get_string(JsonObject *object, const gchar *name);
/* Likewise. */
gint64
cm_json_get_int(JsonObject *object, const gchar *name);
/* Likewise. */
gboolean
cm_json_get_boolean(JsonObject *object, const gchar *name);
/* (transfer none), or NULL */
JsonObject *
cm_json_get_object(JsonObject *object, const gchar *name);
/* (transfer none), or NULL */
JsonArray *
cm_json_get_array(JsonObject *object, const gchar *name);
/* The object at an index of an array. (transfer none), or NULL */
JsonObject *
cm_json_get_element(JsonArray *array, guint index);
/* 0 for NULL. */
guint
cm_json_get_length(JsonArray *array);
