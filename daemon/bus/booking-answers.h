// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/roster-numbers.h"
#include "daemon/store/store-booking.h"

/* What people answered to their invitations of what is booked, as agendas say it. */

/* Of `invitations` (CmStoreInvitation, by subject), those to `booking` as it stands: nothing unless it is planned. An answer to an hour that
 * is no longer so is none yet, and whoever's booking it is counts only if they said something. Who is not in `numbers` is left out.
 * Returns: (transfer full) (nullable) (element-type CmAgendaAnswer): NULL when there is nothing */
GArray *
cm_booking_answers_find(const GPtrArray *invitations,
			const CmRosterNumbers *numbers,
			const CmStoreBooking *booking) G_GNUC_WARN_UNUSED_RESULT;
