// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/booking-answers.h"

#include "daemon/agenda/agenda-answers.h"
#include "daemon/store/store-invitation.h"

/* the first of a subject, or of the next one: they are sorted */
static guint
find_first(const GPtrArray *invitations, gint64 subject)
{
	guint low = 0;
	guint high = invitations->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const CmStoreInvitation *invitation = g_ptr_array_index(invitations, middle);

		if (invitation->subject < subject)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static CmAnswer
get_answer(const CmStoreInvitation *invitation, const CmStoreBooking *booking)
{
	return invitation->start_utc == booking->start_utc &&
		       invitation->end_utc == booking->end_utc
		   ? invitation->answer
		   : CM_ANSWER_NEEDS_ACTION;
}

static gboolean
is_shown(const CmStoreInvitation *invitation, const CmStoreBooking *booking)
{
	gboolean own = invitation->recipient_kind == CM_RESOURCE_PROFESSIONAL &&
		       invitation->recipient == booking->professional;

	return invitation->told && invitation->planned &&
	       invitation->recipient_kind <= CM_RESOURCE_CONTACT &&
	       !(own && get_answer(invitation, booking) == CM_ANSWER_NEEDS_ACTION);
}

GArray *
cm_booking_answers_find(const GPtrArray *invitations,
			const CmRosterNumbers *numbers,
			const CmStoreBooking *booking)
{
	GArray *found = NULL;

	if (booking->state != CM_BOOKING_PLANNED)
		return NULL;
	for (guint i = find_first(invitations, booking->number); i < invitations->len; i++) {
		const CmStoreInvitation *invitation = g_ptr_array_index(invitations, i);
		CmAgendaAnswer one = {.kind = invitation->recipient_kind,
				      .number = invitation->recipient};

		if (invitation->subject != booking->number)
			break;
		if (!is_shown(invitation, booking))
			continue;
		one.index = cm_roster_numbers_find(numbers, (CmNumberKind)one.kind, one.number);
		one.answer = cm_store_invitation_answer_to_string(get_answer(invitation, booking));
		if (get_answer(invitation, booking) != CM_ANSWER_NEEDS_ACTION)
			one.by = invitation->answered_by;
		if (one.index == CM_NONE)
			continue;
		if (found == NULL)
			found = g_array_new(FALSE, FALSE, sizeof(CmAgendaAnswer));
		g_array_append_val(found, one);
	}
	return found;
}
