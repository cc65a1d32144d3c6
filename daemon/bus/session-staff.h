// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/caller.h"
#include "daemon/bus/roster-cache.h"
#include "daemon/bus/service.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-pass.h"

/* What somebody of the staff is to a session or an appointment: whose it is holds it; whoever helps at a school helps with what is held
 * there, or for its students; who plans sees that it is held. docs/operations.md, "What staff see of a session's door". */

typedef enum {
	CM_STAFF_NOBODY,
	CM_STAFF_PLANNER,
	CM_STAFF_HELPER,
	CM_STAFF_HOST,
	CM_STAFF_LAST
} CmStaffPart;

#define CM_STAFF_FLAG(part) (1u << (part))

/* "nobody", "planner", "helper", "host" */
const gchar *
cm_session_staff_part_to_string(CmStaffPart part);

/* The most that they are to it. One practitioner who is alone with their own daemon (a session bus, no account) holds everything. */
CmStaffPart
cm_session_staff_find_part(const CmCaller *caller,
			   const CmRosterSnapshot *roster,
			   const CmStoreBooking *booking);

/* A booking, and what the caller is to it, when that is one of `parts` (CM_STAFF_FLAG()s). On the worker's thread. CM_ERROR_NOT_FOUND, with
 * the words of cm_caller_check(): nothing is booked by this number, or they are none of these. `out_part` may be NULL.
 * Returns: (transfer full) */
CmStoreBooking *
cm_session_staff_get_booking(CmService *service,
			     CmStore *store,
			     const CmCaller *caller,
			     gint64 subject,
			     guint parts,
			     CmStaffPart *out_part,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The caller as one who comes to the door: `part` host or helper. */
CmStoreVisitor
cm_session_staff_make_visitor(const CmCaller *caller,
			      const CmStoreBooking *booking,
			      CmStaffPart part);

/* Whose session it is. */
CmStoreVisitor
cm_session_staff_make_host(const CmStoreBooking *booking);

/* The student of a session, also where they do not sit in it; 0: none. */
gint64
cm_session_staff_find_student(const CmRosterSnapshot *roster, const CmStoreBooking *booking);

/* Somebody's name, NULL where the roster has none. (transfer none) */
const gchar *
cm_session_staff_get_name(const CmRosterSnapshot *roster, CmResource kind, gint64 number);
