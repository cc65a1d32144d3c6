// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"

/* The clocks that days and hours are meant by: the organisation's, wherever this is typed. "Tomorrow" on a server that counts in UTC is
 * tomorrow in the school. */

/* The organisation's zone by its name; NULL when nobody answers. Returns: (transfer full) (nullable) */
typedef gchar *(*CmZoneAsk)(const CmComodalctl *cli);

/* How the zone is learned, once it is wanted; `cli` is kept by the caller until the command ends. Without one, and where nobody answers, this
 * machine's is taken. */
void
cm_zone_begin(CmZoneAsk ask, const CmComodalctl *cli);

/* (transfer none) */
GTimeZone *
cm_zone_get(void);

/* The moment by those clocks; NULL for what is no moment. Returns: (transfer full) (nullable) */
GDateTime *
cm_zone_make_time(gint64 instant) G_GNUC_WARN_UNUSED_RESULT;

/* Now. Returns: (transfer full) */
GDateTime *
cm_zone_get_now(void) G_GNUC_WARN_UNUSED_RESULT;
