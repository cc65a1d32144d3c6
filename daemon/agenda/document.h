// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-time.h"

#include <json-glib/json-glib.h>

/* Members of the small JSON documents that are made for people and programs. */

/* NULL is null. */
void
cm_document_add_string(JsonBuilder *builder, const gchar *name, const gchar *value);
void
cm_document_add_int(JsonBuilder *builder, const gchar *name, gint64 value);
void
cm_document_add_boolean(JsonBuilder *builder, const gchar *name, gboolean value);
/* "YYYY-MM-DD"; CM_DAY_NONE is null. */
void
cm_document_add_date(JsonBuilder *builder, const gchar *name, CmDay day);
/* "HH:MM"; what falls outside the day is its first or last minute */
void
cm_document_add_minute(JsonBuilder *builder, const gchar *name, gint minute);
/* {"id", "name"} */
void
cm_document_add_named(JsonBuilder *builder,
		      const gchar *member,
		      const gchar *id,
		      const gchar *name);
void
cm_document_begin_object(JsonBuilder *builder, const gchar *name);
void
cm_document_begin_array(JsonBuilder *builder, const gchar *name);

/* What was built, as UTF-8 without a newline at its end. Returns: (transfer full) */
GBytes *
cm_document_to_bytes(JsonBuilder *builder) G_GNUC_WARN_UNUSED_RESULT;
