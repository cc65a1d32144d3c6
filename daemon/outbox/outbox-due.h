// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-time.h"

/* When somebody is told of what waits for them. Pure: equal arguments, equal answers. Instants are seconds UTC. */

/* Where a change is so near that it can't wait for the digest. */
#define CM_OUTBOX_URGENT_SECONDS (36 * 3600)
/* What starts no later than this after the end of the quiet hours is told within them. */
#define CM_OUTBOX_BREAK_QUIET_SECONDS (2 * 3600)

/* How somebody wants to be told. Minutes are after midnight in the zone; an hour that the clock skips is meant as if the clock had not
 * been changed, one that comes twice is the first (as cm_time_to_utc()). */
typedef struct {
	GTimeZone *zone;
	gboolean digest; /* together, once a day; else each when it is made */
	CmMinute digest_at;
	CmMinute quiet_from; /* equal to quiet_to: never quiet; later than it: over midnight */
	CmMinute quiet_to;
} CmDueReach;

/* Whether what starts (or was to start) then can't wait. */
gboolean
cm_outbox_due_is_urgent(gint64 now, gint64 old_start, gint64 new_start);

/* The end of the quiet hours that `instant` falls into, or `instant` itself. */
gint64
cm_outbox_due_leave_quiet(const CmDueReach *reach, gint64 instant);

/* When what was queued at `queued_at` is told: never before `queued_at` + `undo`. Urgent things do not wait for the digest, and
 * not for the end of quiet hours either when `start` (0: nothing starts) is no later than CM_OUTBOX_BREAK_QUIET_SECONDS after it. */
gint64
cm_outbox_due_find(const CmDueReach *reach,
		   gint64 queued_at,
		   guint undo,
		   gboolean urgent,
		   gint64 start);
