// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <json-glib/json-glib.h>

/* Busy times as documents have them: pairs of instants. */

/* Append those of `pairs` (NULL: none) to `out_times` (element-type CmBusyTime). CM_ERROR_INVALID_INPUT. */
gboolean
cm_busy_times_read(JsonArray *pairs, GArray *out_times, GError **error) G_GNUC_WARN_UNUSED_RESULT;
