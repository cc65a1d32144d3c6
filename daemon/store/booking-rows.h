// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-booking.h"
#include "daemon/store/store-private.h"

/* Rows of booking and appointment, one at a time. The caller holds the transaction. Private to daemon/store. */

/* One; NULL in out_booking when there is none. */
gboolean
cm_booking_rows_read(CmStore *store,
		     gint64 number,
		     gint64 now,
		     CmStoreBooking **out_booking,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of a filter, by start. */
gboolean
cm_booking_rows_read_all(CmStore *store,
			 const CmStoreBookingFilter *filter,
			 gint64 now,
			 GPtrArray *bookings,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a session is, beside where it is booked. */
typedef struct {
	gint64 followup;
	gint64 professional;
	gint64 student;
	gint64 site;
	gint minutes;
	gboolean active; /* its follow-up */
} CmBookingSession;

/* CM_ERROR_NOT_FOUND */
gboolean
cm_booking_rows_read_session(CmStore *store,
			     gint64 session,
			     CmBookingSession *out_session,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Write a session's booking, its participants those of the session; it may be there already. */
gboolean
cm_booking_rows_write_session(CmStore *store,
			      const CmStoreBooking *booking,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Write an appointment or a hold with its attendees; it may be there already. */
gboolean
cm_booking_rows_write_appointment(CmStore *store,
				  const CmStoreBooking *booking,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* With its attendees. */
gboolean
cm_booking_rows_remove_appointment(CmStore *store,
				   gint64 number,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The live hold for a session, 0 for none. */
gboolean
cm_booking_rows_find_hold(CmStore *store, gint64 session, gint64 *out_number, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Numbers of the holds that have ended (gint64). Returns: (transfer full) */
GArray *
cm_booking_rows_list_ended(CmStore *store, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
