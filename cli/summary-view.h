// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <json-glib/json-glib.h>

/* A `comodal-summary/1` document as a coordinator reads it. `details`: every professional and every reason, instead of
 * those that matter most. Returns: (transfer full) */
gchar *
cm_summary_view_draw(JsonObject *summary, guint width, gboolean color, gboolean details)
    G_GNUC_WARN_UNUSED_RESULT;

/* The document with its messages in the person's language, for --json. Returns: (transfer full) */
JsonNode *
cm_summary_view_localize(JsonNode *summary) G_GNUC_WARN_UNUSED_RESULT;
