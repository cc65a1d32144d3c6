// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <json-glib/json-glib.h>

/* A `comodal-explanation/1` document as a person reads it. Returns: (transfer full) */
gchar *
cm_explanation_view_draw(JsonObject *explanation,
			 guint width,
			 gboolean color) G_GNUC_WARN_UNUSED_RESULT;
