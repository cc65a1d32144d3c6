// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agenda/booked.h"

gboolean
cm_booked_is_off(const CmAgendaBooking *booking)
{
	return booking->state == CM_BOOKING_CANCELLED ||
	       booking->state == CM_BOOKING_LATE_CANCELLED;
}

/* whose it is, or who takes part */
static gboolean
is_of(const CmAgendaBooking *booking, CmResource kind, guint32 index)
{
	if (kind == CM_RESOURCE_PROFESSIONAL && booking->professional == index)
		return TRUE;
	for (guint i = 0; i < booking->attendees->len; i++) {
		const CmAgendaAttendee *attendee =
		    &g_array_index(booking->attendees, CmAgendaAttendee, i);

		if (attendee->kind == kind && attendee->index == index)
			return TRUE;
	}
	return FALSE;
}

gboolean
cm_booked_is_asked(const CmAgendaQuery *query, const CmAgendaBooking *booking)
{
	gboolean there =
	    booking->site != CM_NONE && booking->placement.mode != CM_MODE_VIDEO_REMOTE;

	if (query->sites != NULL &&
	    (!there || query->sites[booking->site] == 0 || cm_booked_is_off(booking)))
		return FALSE;
	if (query->bound != CM_NONE && !is_of(booking, CM_RESOURCE_PROFESSIONAL, query->bound))
		return FALSE;
	if (query->professional != CM_NONE &&
	    !is_of(booking, CM_RESOURCE_PROFESSIONAL, query->professional))
		return FALSE;
	if (query->student != CM_NONE && !is_of(booking, CM_RESOURCE_STUDENT, query->student))
		return FALSE;
	return query->site == CM_NONE || (there && booking->site == query->site);
}
