// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/booking-call.h"

#include <json-glib/json-glib.h>

/* Ask the desk about all that a call wants to book, hold, confirm or move; the worker's thread, just before the write. The orders get
 * the room and the companion that were chosen, and whether the student is there; a move and a confirmation their one order. What does
 * not block is added to `objections`. CM_ERROR_CONFLICT, CM_ERROR_POLICY: the first objection that blocks; of several orders, each
 * that is blocked. */
gboolean
cm_booking_judge_call(CmBookingCall *call,
		      CmService *service,
		      CmStore *store,
		      const CmPolicySet *policies,
		      gint64 now,
		      JsonArray *objections,
		      GCancellable *cancellable,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
