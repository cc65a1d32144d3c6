// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-booking.h"

/* Holds: a time claimed for a while, so that somebody can say yes. A hold that has ended blocks nobody: whoever books clears it
 * first, in the same transaction. */

#define CM_STORE_HOLD_SECONDS_MAX (30 * 86400)

/* Claim a place until `until`, for the account `holder` (a uid) to confirm. CM_ERROR_INVALID_INPUT: it ends before it begins, or
 * too late. CM_ERROR_CONFLICT also: another hold for the same session. */
gboolean
cm_store_hold_make(CmStore *store,
		   const CmStoreCall *call,
		   const CmStoreOrder *order,
		   gint64 until,
		   gint64 holder,
		   CmStoreStamp *out_stamp,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Book what is held; the stamp is of what is booked: the session, or the appointment, which keeps its number.
 * `student_present` as in CmStoreOrder. CM_ERROR_ACCESS_DENIED: it is for another account. CM_ERROR_CONFLICT also: it has ended. */
gboolean
cm_store_hold_confirm(CmStore *store,
		      const CmStoreCall *call,
		      gint64 number,
		      gint64 expected,
		      gboolean student_present,
		      CmStoreStamp *out_stamp,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Clear the holds that have ended, with the notices that say so. `out_ended`, if not NULL, gets their stamps (version 0: gone). */
gboolean
cm_store_hold_clear(CmStore *store, gint64 now, GArray *out_ended, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* When the next one ends: an instant, 0 when there is none. */
gboolean
cm_store_hold_get_next_end(CmStore *store,
			   gint64 *out_instant,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
