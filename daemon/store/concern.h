// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/outbox-people.h"
#include "daemon/store/store-booking.h"

/* Whose a session or an appointment is to see: a professional's and those that they attend; a student's; of a contact what they take part
 * in, and what they are told of for a student. The caller holds the transaction. Private to daemon/store. */

gboolean
cm_concern_check(CmOutboxPeople *people,
		 const CmStoreBooking *booking,
		 CmResource kind,
		 gint64 person,
		 gboolean *out_theirs,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether somebody is told for this student of what the booking's professional does. */
gboolean
cm_concern_check_told(CmOutboxPeople *people,
		      const CmStoreBooking *booking,
		      gint64 student,
		      CmResource kind,
		      gint64 person,
		      gboolean *out_told,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Numbers (gint64) of what ends after `since` and may be theirs, by start; no holds. cm_concern_check() decides of each.
 * Returns: (transfer full) */
GArray *
cm_concern_list(CmStore *store, CmResource kind, gint64 person, gint64 since, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
