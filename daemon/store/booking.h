// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-plan.h"
#include "daemon/store/store-private.h"

/* Bookings: what is promised. The only C that writes them; the caller holds the transaction.
 * Private to daemon/store. */

/* In SQL, of a row of `booking`, `now` being ?2: nothing but a person takes it away. Booked by hand, with an outcome, or past. */
#define CM_BOOKING_STANDS                                                                          \
	"(state IN ('held', 'late-cancelled', 'no-show', 'refused') OR "                           \
	"(state = 'planned' AND (origin = 'hand' OR start_utc < ?2))) "

/* Whether there is any. */
gboolean
cm_booking_get_count(CmStore *store, guint *out_count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Make the placements of a plan the bookings: add, change, remove; those that stay the same are not
 * touched. What was booked by hand, has an outcome, or stands on a day that is over by `now` since the plan was made is kept
 * (store-plan.h). */
gboolean
cm_booking_apply_plan(CmStore *store,
		      gint64 plan,
		      gint64 now,
		      CmPublishReport *out_report,
		      GCancellable *cancellable,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After the roster's rows changed and before the removed ones go: bookings take their session's
 * length and people; those that can't stand any more are withdrawn (store-import.h says which).
 * `out_withdrawn` is added to. */
gboolean
cm_booking_follow_roster(CmStore *store, gint64 now, guint *out_withdrawn, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* To be called before COMMIT, whose own message would say nothing: CM_ERROR_CONFLICT naming the
 * first two that overlap, the kind of resource and the time. */
gboolean
cm_booking_check_overlaps(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
