// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/outbox-people.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-invitation.h"
#include "daemon/store/store-visit.h"

/* A session's door, from what stands in the database. The caller holds the transaction. Private to daemon/store. */

/* Whether what is booked is a visitor's to see in their role. */
gboolean
cm_door_rows_is_theirs(CmOutboxPeople *people,
		       const CmStoreVisitor *visitor,
		       const CmStoreBooking *booking,
		       gboolean *out_theirs,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The door of a booking that is theirs, as far as it does not change from minute to minute. `invitation`: theirs to it, or NULL. */
gboolean
cm_door_rows_fill(CmOutboxPeople *people,
		  const CmStoreVisitor *visitor,
		  const CmStoreBooking *booking,
		  const CmStoreInvitation *invitation,
		  CmStoreDoor *out_door,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The rest: who came, whether it was ended, and the state at `now`. Nothing is asked of the database while the door is far from open. */
gboolean
cm_door_rows_look(CmStore *store,
		  const CmStoreVisitor *visitor,
		  gint64 now,
		  CmStoreDoor *inout_door,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;
