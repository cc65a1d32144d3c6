// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/door-rows.h"

#include "daemon/store/concern.h"
#include "daemon/store/visit-rows.h"

/* ---- whose it is */

gboolean
cm_door_rows_is_theirs(CmOutboxPeople *people,
		       const CmStoreVisitor *visitor,
		       const CmStoreBooking *booking,
		       gboolean *out_theirs,
		       GError **error)
{
	gboolean here = visitor->subject == 0 || visitor->subject == booking->number;

	*out_theirs = FALSE;
	if (!here || booking->state == CM_BOOKING_HOLD || visitor->feed)
		return TRUE;
	switch (visitor->role) {
	case CM_VISIT_HOST:
		*out_theirs = visitor->kind == CM_RESOURCE_PROFESSIONAL &&
			      booking->professional == visitor->person;
		return TRUE;
	case CM_VISIT_HELPER:
		*out_theirs = visitor->subject == booking->number;
		return TRUE;
	case CM_VISIT_GUEST:
	case CM_VISIT_INTERPRETER:
		return cm_concern_check(people, booking, visitor->kind, visitor->person, out_theirs,
					error);
	case CM_VISIT_ROLE_LAST:
	default:
		return TRUE;
	}
}

/* ---- what is asked */

/* Whether consent is on record for the students that they speak for: themselves, or whom they are told of. */
static gboolean
find_consented(CmOutboxPeople *people,
	       const CmStoreVisitor *visitor,
	       const CmStoreBooking *booking,
	       const gchar *profession,
	       gboolean *out_consented,
	       GError **error)
{
	*out_consented = TRUE;
	for (guint i = 0; *out_consented && i <= booking->attendees->len; i++) {
		const CmStoreAttendee main = {CM_RESOURCE_STUDENT, booking->student};
		const CmStoreAttendee *student =
		    i == 0 ? &main : &g_array_index(booking->attendees, CmStoreAttendee, i - 1);
		gboolean theirs =
		    student->kind == visitor->kind && student->number == visitor->person;

		if (student->kind != CM_RESOURCE_STUDENT || student->number == 0)
			continue;
		if (!theirs &&
		    !cm_concern_check_told(people, booking, student->number, visitor->kind,
					   visitor->person, &theirs, error))
			return FALSE;
		if (theirs &&
		    !cm_outbox_people_has_consented(people, student->number, profession,
						    booking->place.mode, out_consented, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
find_questions(CmOutboxPeople *people,
	       const CmStoreVisitor *visitor,
	       const CmStoreBooking *booking,
	       const gchar *profession,
	       guint *out_ask,
	       GError **error)
{
	const CmPolicy *policy = cm_outbox_people_get_policy(people, profession);
	guint ask = cm_session_door_find_questions(policy, visitor->role, FALSE);
	gboolean consented = FALSE;

	if ((ask & CM_SESSION_DOOR_CONSENT) != 0 &&
	    !find_consented(people, visitor, booking, profession, &consented, error))
		return FALSE;
	*out_ask = consented ? ask & ~(guint)CM_SESSION_DOOR_CONSENT : ask;
	return TRUE;
}

/* ---- the door */

/* A person's link is no host's way in, whatever it is for; where the policy demands a session's own, nobody's general one is. */
static gboolean
is_other_link(const CmOutboxPeople *people,
	      const CmStoreVisitor *visitor,
	      const CmStoreBooking *booking,
	      const gchar *profession)
{
	if (visitor->means != CM_STORE_MEANS_LINK)
		return FALSE;
	if (visitor->kind == CM_RESOURCE_PROFESSIONAL && booking->professional == visitor->person)
		return TRUE;
	return visitor->subject == 0 &&
	       cm_session_door_needs_own_link(cm_outbox_people_get_policy(people, profession));
}

static void
fill_hours(const CmStoreVisitor *visitor,
	   const CmStoreBooking *booking,
	   const CmStoreInvitation *invitation,
	   CmSessionDoor *door)
{
	door->start = booking->start_utc;
	door->end = booking->end_utc;
	door->video = booking->place.mode != CM_MODE_IN_PERSON;
	door->cancelled =
	    booking->state == CM_BOOKING_CANCELLED || booking->state == CM_BOOKING_LATE_CANCELLED;
	door->role = visitor->role;
	if (invitation == NULL || !invitation->told || !invitation->planned ||
	    invitation->start_utc == booking->start_utc)
		return;
	door->told_start = invitation->start_utc;
	door->told_end = invitation->end_utc;
}

gboolean
cm_door_rows_fill(CmOutboxPeople *people,
		  const CmStoreVisitor *visitor,
		  const CmStoreBooking *booking,
		  const CmStoreInvitation *invitation,
		  CmStoreDoor *out_door,
		  GError **error)
{
	const gchar *profession = NULL;

	out_door->subject = booking->number;
	out_door->version = booking->version;
	out_door->professional = booking->professional;
	out_door->student = booking->student;
	fill_hours(visitor, booking, invitation, &out_door->door);
	if (!cm_outbox_people_get_profession(people, booking->professional, &profession, error))
		return FALSE;
	out_door->door.other_link = is_other_link(people, visitor, booking, profession);
	out_door->door.late_after =
	    cm_session_door_find_late(cm_outbox_people_get_policy(people, profession));
	return !out_door->door.video ||
	       find_questions(people, visitor, booking, profession, &out_door->ask, error);
}

/* nothing that is in the database could make another door of it */
static gboolean
is_far(const CmSessionDoor *door, gint64 now)
{
	return door->cancelled || !door->video || now < cm_session_door_get_opens(door) ||
	       now >= door->end + CM_SESSION_DOOR_CLOSES_AFTER;
}

gboolean
cm_door_rows_look(CmStore *store,
		  const CmStoreVisitor *visitor,
		  gint64 now,
		  CmStoreDoor *door,
		  GError **error)
{
	gint64 opens = cm_session_door_get_opens(&door->door);

	if (!is_far(&door->door, now)) {
		if (!cm_visit_rows_find_last(store, visitor, door->subject, opens, &door->visit,
					     error) ||
		    !cm_visit_rows_get_ending(store, door->subject, &door->door.ended_at, error) ||
		    !cm_visit_rows_is_down(store, door->subject, &door->door.down, error))
			return FALSE;
		door->door.been_in = door->visit != NULL && door->visit->admitted_at != 0;
	}
	/* what they have answered is not asked again */
	if (door->visit != NULL)
		door->ask = 0;
	door->state = cm_session_door_find(&door->door, now);
	return TRUE;
}
