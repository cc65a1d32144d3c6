// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/json-shape.h"

/* One scalar: from JSON's text to what its shape asks for, and into a record. */

/* Whether a piece of JSON is what the shape asks for; a kept text goes to `strings`. */
typedef gboolean (*CmJsonValueConvert)(GStringChunk *strings,
				       const CmJsonShape *shape,
				       const gchar *text,
				       gsize length,
				       CmJsonValue *out_value);

/* From a string. */
gboolean
cm_json_value_convert_text(GStringChunk *strings,
			   const CmJsonShape *shape,
			   const gchar *text,
			   gsize length,
			   CmJsonValue *out_value);

/* From a number. */
gboolean
cm_json_value_convert_number(GStringChunk *strings,
			     const CmJsonShape *shape,
			     const gchar *text,
			     gsize length,
			     CmJsonValue *out_value);

/* From true (any length) or false (length 0). */
gboolean
cm_json_value_convert_boolean(GStringChunk *strings,
			      const CmJsonShape *shape,
			      const gchar *text,
			      gsize length,
			      CmJsonValue *out_value);

/* UTF-8 as the Unicode standard has it, without control characters. */
gboolean
cm_json_value_is_clean_text(const gchar *text, gsize length);

/* Bytes that a scalar takes in a record. */
gsize
cm_json_value_get_size(const CmJsonShape *shape);

/* Into its place in a record. */
void
cm_json_value_store(const CmJsonShape *shape, gpointer place, const CmJsonValue *value);
