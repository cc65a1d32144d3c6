// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Whether no object or array of a JSON text stands in more than `depth` - 1 others: json-glib's parser recurses, so that this is to be
 * known before it is called. The text need not be valid. */
gboolean
cm_json_depth_is_within(const gchar *text, gsize length, guint depth) G_GNUC_WARN_UNUSED_RESULT;
