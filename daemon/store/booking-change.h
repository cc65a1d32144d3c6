// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-booking.h"
#include "daemon/store/store-private.h"

/* The steps that changes by hand are made of. The caller holds the transaction. Private to daemon/store. */

/* How a hold is made, or all 0 (holder -1) for what is booked. */
typedef struct {
	gint64 until;
	gint64 holder;
} CmBookingClaim;

/* Book or hold what is ordered; `series` 0: alone. */
gboolean
cm_booking_change_make(CmStore *store,
		       const CmStoreCall *call,
		       const CmStoreOrder *order,
		       const CmBookingClaim *claim,
		       gint64 series,
		       CmStoreStamp *out_stamp,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Book what is held. */
gboolean
cm_booking_change_confirm(CmStore *store,
			  const CmStoreCall *call,
			  const CmStoreBooking *hold,
			  gboolean student_present,
			  CmStoreStamp *out_stamp,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Write `after`, which was `before`, under a new version, and its trail; a hold for a session that is over goes altogether. */
gboolean
cm_booking_change_write(CmStore *store,
			const CmStoreCall *call,
			CmBookingEvent event,
			const CmStoreBooking *before,
			CmStoreBooking *after,
			CmStoreStamp *out_stamp,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Clear the holds that have ended; `out_ended` may be NULL. */
gboolean
cm_booking_change_clear_holds(CmStore *store, gint64 now, GArray *out_ended, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What a call asks for, for its key. */
void
cm_booking_change_describe_place(GString *text, const CmStorePlace *place);
void
cm_booking_change_describe_order(GString *text, const CmStoreOrder *order);

/* A copy, to be changed. Returns: (transfer full) */
CmStoreBooking *
cm_booking_change_copy(const CmStoreBooking *booking);
