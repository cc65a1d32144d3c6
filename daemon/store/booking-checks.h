// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-booking.h"
#include "daemon/store/store-private.h"

/* What must hold of something booked by hand, before and after it is written. The caller holds the transaction. Private to
 * daemon/store. */

/* The organisation's zone. (transfer none), until the organisation changes */
GTimeZone *
cm_booking_checks_get_zone(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Set the instants of where it stands. CM_ERROR_INVALID_INPUT: it has no length, or does not end before midnight. */
gboolean
cm_booking_checks_set_instants(CmStore *store,
			       CmStoreBooking *booking,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* That whatever it refers to is there, and its room and companion at its site. CM_ERROR_NOT_FOUND, CM_ERROR_INVALID_INPUT. */
gboolean
cm_booking_checks_references(CmStore *store,
			     const CmStoreBooking *booking,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Once written: that nothing it claims is claimed by something else, or busy. CM_ERROR_CONFLICT. */
gboolean
cm_booking_checks_claims(CmStore *store,
			 const CmStoreBooking *booking,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* That what is there (NULL: nothing) is what the caller knows. CM_ERROR_CONFLICT saying what it is now. */
gboolean
cm_booking_checks_version(CmStore *store,
			  const CmStoreBooking *booking,
			  gint64 expected,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
