// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"

#include <json-glib/json-glib.h>

/* A `comodal-plan-diff/1` document as a person reads it; `details`: every change, instead of the first ones.
 * Returns: (transfer full) */
gchar *
cm_plan_diff_view_draw(JsonObject *diff, guint width, gboolean color, gboolean details)
    G_GNUC_WARN_UNUSED_RESULT;

/* plan diff */
CmExit
cm_plan_diff_view_run(CmComodalctl *cli);
