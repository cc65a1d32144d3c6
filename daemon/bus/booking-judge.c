// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/booking-judge.h"

#include "daemon/bus/booking-document.h"
#include "daemon/bus/policy-presence.h"
#include "daemon/store/store-series.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

typedef struct {
	CmDeskView view;
	CmPolicySet *policies;
	gint64 now;
	GArray *attendees; /* CmAttendee, of the order in hand */
	JsonArray *objections;
	guint index; /* of the order in hand */
} Judge;

/* ---- an order from what is there */

static gboolean
moves(const CmBookingCall *call)
{
	return call->verb == CM_BOOKING_VERB_MOVE || call->verb == CM_BOOKING_VERB_ACCEPT;
}

/* what is moved or confirmed, as an order to be judged */
static gboolean
make_order(CmBookingCall *call, CmStore *store, gint64 now, GError **error)
{
	CmStoreOrder order = {0};
	g_autoptr(CmStoreBooking) booking = cm_store_booking_get(store, call->number, now, error);

	if (booking == NULL)
		return FALSE;
	order.kind = booking->kind;
	order.session = booking->session;
	order.professional = booking->professional;
	order.place = booking->place;
	if (booking->kind != CM_STORE_BOOKING_SESSION) {
		g_array_set_size(call->attendees, 0);
		g_array_append_vals(call->attendees, booking->attendees->data,
				    booking->attendees->len);
		g_free(call->act);
		call->act = g_steal_pointer(&booking->act);
		order.attendees = (const CmStoreAttendee *)(gconstpointer)call->attendees->data;
		order.attendee_count = call->attendees->len;
		order.act = call->act;
	}
	if (moves(call)) {
		const CmStorePlace *asked = &g_array_index(call->orders, CmStoreOrder, 0).place;

		order.place.date = asked->date;
		order.place.start = asked->start;
		if ((call->moved & CM_BOOKING_ASKED_MODE) != 0)
			order.place.mode = asked->mode;
		if ((call->moved & CM_BOOKING_ASKED_ROOM) != 0)
			order.place.room = asked->room;
		if ((call->moved & CM_BOOKING_ASKED_COMPANION) != 0)
			order.place.companion = asked->companion;
		if ((call->moved & CM_BOOKING_ASKED_MINUTES) != 0)
			order.place.minutes = asked->minutes;
		if ((call->moved & CM_BOOKING_ASKED_SITE) != 0)
			order.place.site = asked->site;
		g_array_set_size(call->orders, 0);
	}
	g_array_append_val(call->orders, order);
	return TRUE;
}

/* ---- one order */

static gboolean
student_is_present(const Judge *judge, gint64 number)
{
	const CmCaseload *caseload = judge->view.roster->caseload;
	guint32 index =
	    cm_roster_numbers_find(judge->view.roster->numbers, CM_NUMBER_SESSION, number);
	const CmSession *session = NULL;
	const CmFollowup *followup = NULL;

	if (index == CM_NONE)
		return TRUE;
	session = CM_ELEMENT(caseload->sessions, CmSession, index);
	followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	return cm_policy_presence_check(
	    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional)->profession,
	    session->act, judge->policies);
}

static gint64
number_of(const Judge *judge, CmNumberKind kind, guint32 index)
{
	return cm_roster_numbers_get(judge->view.roster->numbers, kind, index);
}

/* `free_choice`: a room and a companion that stand in the order may be others */
static gboolean
judge_entry(Judge *judge,
	    CmStoreOrder *order,
	    const CmDeskEntry *entry,
	    guint free_choice,
	    GError **error)
{
	CmDeskEntry other = *entry;
	g_autoptr(CmVerdict) verdict = cm_desk_judge(judge->view.desk, entry, judge->now);

	if (!cm_verdict_is_allowed(verdict) && free_choice != 0) {
		g_autoptr(CmVerdict) second = NULL;

		if ((free_choice & CM_BOOKING_ASKED_ROOM) != 0)
			other.room = CM_NONE;
		if ((free_choice & CM_BOOKING_ASKED_COMPANION) != 0)
			other.companion = CM_NONE;
		second = cm_desk_judge(judge->view.desk, &other, judge->now);
		if (cm_verdict_is_allowed(second)) {
			cm_verdict_free(verdict);
			verdict = g_steal_pointer(&second);
		}
	}
	if (!cm_verdict_is_allowed(verdict)) {
		cm_verdict_set_error(verdict, error);
		return FALSE;
	}
	cm_booking_document_add_objections(judge->objections, verdict, judge->index);
	order->place.room = number_of(judge, CM_NUMBER_ROOM, verdict->room);
	order->place.companion = number_of(judge, CM_NUMBER_COMPANION, verdict->companion);
	return TRUE;
}

/* `number`: under which it stands, or 0 */
static gboolean
judge_order(Judge *judge,
	    CmStoreOrder *order,
	    gint64 number,
	    guint free_choice,
	    CmDeskEntry *out_entry,
	    GError **error)
{
	if (order->kind == CM_STORE_BOOKING_SESSION)
		order->student_present = student_is_present(judge, order->session);
	if (!cm_desk_cache_get_order(judge->view.roster, order, judge->attendees, out_entry)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("Something that was asked for is not in the roster."), NULL);
		return FALSE;
	}
	out_entry->number = number;
	return judge_entry(judge, order, out_entry, free_choice, error);
}

/* ---- several: each in the presence of those before it */

static gboolean
judge_all(Judge *judge, CmBookingCall *call, GError **error)
{
	g_autofree gchar *message = NULL;

	for (guint i = 0; i < call->orders->len; i++) {
		CmStoreOrder *order = &g_array_index(call->orders, CmStoreOrder, i);
		CmDeskEntry entry = CM_DESK_ENTRY_INIT;
		g_autoptr(GError) why = NULL;

		judge->index = i;
		/* numbers that nothing has, taken away at the end */
		if (!judge_order(judge, order, -1 - (gint64)i, 0, &entry, &why)) {
			cm_store_series_add_failure(&message, &order->place, why);
			continue;
		}
		entry.room = cm_roster_numbers_find(judge->view.roster->numbers, CM_NUMBER_ROOM,
						    order->place.room);
		entry.companion = cm_roster_numbers_find(
		    judge->view.roster->numbers, CM_NUMBER_COMPANION, order->place.companion);
		cm_desk_place(judge->view.desk, &entry);
	}
	for (guint i = 0; i < call->orders->len; i++)
		(void)cm_desk_remove(judge->view.desk, -1 - (gint64)i);
	if (message == NULL)
		return TRUE;
	/* nocheck:message: of messages, joined */
	g_set_error_literal(error, CM_ERROR, CM_ERROR_CONFLICT, message);
	return FALSE;
}

/* ---- a call */

static guint
get_free_choice(const CmBookingCall *call)
{
	guint asked = CM_BOOKING_ASKED_ROOM | CM_BOOKING_ASKED_COMPANION;

	return moves(call) ? asked & ~call->moved : 0;
}

/* Taking back a late cancellation of what is still to come books it again: much may have changed since. */
static gboolean
claims_time(const CmBookingCall *call, CmStore *store, gint64 now)
{
	g_autoptr(CmStoreBooking) booking = NULL;

	if (call->verb != CM_BOOKING_VERB_OUTCOME)
		return call->verb != CM_BOOKING_VERB_CANCEL;
	if (call->outcome != CM_BOOKING_EVENT_REOPEN)
		return FALSE;
	/* what can't be read is refused by the write */
	booking = cm_store_booking_get(store, call->number, now, NULL);
	return booking != NULL && !cm_booking_state_takes_time(booking->state) &&
	       booking->start_utc > now;
}

gboolean
cm_booking_judge_call(CmBookingCall *call,
		      CmService *service,
		      CmStore *store,
		      const CmPolicySet *policies,
		      gint64 now,
		      JsonArray *objections,
		      GCancellable *cancellable,
		      GError **error)
{
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;
	g_autoptr(GArray) attendees = g_array_new(FALSE, TRUE, sizeof(CmAttendee));
	Judge judge = {.policies = (CmPolicySet *)policies,
		       .now = now,
		       .attendees = attendees,
		       .objections = objections};

	if (!claims_time(call, store, now))
		return TRUE;
	if (!cm_desk_cache_get(service->desk, store, judge.policies, now, cancellable, &judge.view,
			       error))
		return FALSE;
	if (call->number != 0 && !make_order(call, store, now, error))
		return FALSE;
	/* a move of number 0 is a move of nothing */
	if (call->orders->len == 0 && call->verb != CM_BOOKING_VERB_SERIES) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing of yours by this number."), NULL);
		return FALSE;
	}
	if (call->orders->len > 1 || call->verb == CM_BOOKING_VERB_SERIES)
		return judge_all(&judge, call, error);
	return judge_order(&judge, &g_array_index(call->orders, CmStoreOrder, 0), call->number,
			   get_free_choice(call), &entry, error);
}
