// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-booking.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-private.h"

/* What a change of a booking leaves behind, in its transaction: an audit entry, and notices to those whom it concerns. Private to
 * daemon/store. */

/* `before` NULL: it was not there; `after` NULL: it is gone. The detail is JSON: "before" and "after" (state, date, start, minutes,
 * mode, room, companion), "note", "remark". */
gboolean
cm_booking_trail_audit(CmStore *store,
		       const CmStoreCall *call,
		       const gchar *action,
		       const CmStoreBooking *before,
		       const CmStoreBooking *after,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tell its professional, whoever attends, and of a session with its student there the student: whom of the family, the sender
 * finds out. */
gboolean
cm_booking_trail_notify(CmStore *store,
			const CmStoreBooking *booking,
			CmNoticeKind kind,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
