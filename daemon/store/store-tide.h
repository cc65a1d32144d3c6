// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* What tells a copy in memory of what is taken when that it is out of date. */

typedef struct {
	gint64 bookings;  /* the last version given to one, by hand or by a plan */
	gint64 calendars; /* sums of the calendars from elsewhere: how many, … */
	gint64 calendars_versions;
	gint64 calendars_last;
} CmStoreTide;

/* As of now. */
gboolean
cm_store_tide_read(CmStore *store, CmStoreTide *out_tide, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether nothing has changed between the two. */
gboolean
cm_store_tide_equal(const CmStoreTide *a, const CmStoreTide *b);

/* Times that are busy by a professional's own calendar. */
typedef struct {
	gint64 professional;
	gint64 start_utc;
	gint64 end_utc;
} CmStoreBusy;

/* All of them, by professional. Returns: (transfer full) (element-type CmStoreBusy) */
GArray *
cm_store_tide_list_busy(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
