// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/json.h"

/* "2026-09-08 10:30": an instant by the clocks of the organisation, which the document names as `zone`, wherever this is typed; by those of
 * cm_zone_get() where this machine does not know that zone. "?" for none. Returns: (transfer full) */
gchar *
cm_instants_format(JsonObject *document, gint64 instant) G_GNUC_WARN_UNUSED_RESULT;
