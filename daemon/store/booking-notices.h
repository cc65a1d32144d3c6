// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-private.h"

/* Whom to tell of what a plan or an import made of the bookings, many at a time: everybody whom cm_booking_trail_notify() tells of a
 * booking that a person changes. Private to daemon/store; the caller holds the transaction. */

/* Before anything changes: note who is booked where. */
gboolean
cm_booking_notices_begin(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After everything changed: each person of a booking is told that they are booked, that it moved (hour, length, mode, room or
 * companion), or that it is cancelled. Nobody is told of what is over by `now`, nor the same thing twice while it waits to be sent. */
gboolean
cm_booking_notices_queue(CmStore *store, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who is told for a student has changed: each of their bookings to come is looked at anew for all of them. Whoever was told already is not
 * told again. */
gboolean
cm_booking_notices_retell(CmStore *store, gint64 student, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
