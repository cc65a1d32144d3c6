// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/booking-call.h"

#include "daemon/bus/booking-document.h"
#include "daemon/bus/booking-judge.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/hold-watch.h"
#include "daemon/store/store-hold.h"
#include "daemon/store/store-series.h"
#include "daemon/store/store-time-request.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

CmBookingCall *
cm_booking_call_new(CmBookingVerb verb, GDBusMethodInvocation *invocation)
{
	CmBookingCall *call = g_new0(CmBookingCall, 1);

	call->verb = verb;
	call->caller = cm_caller_ref(cm_door_get_caller(invocation));
	call->holder = call->caller->uid;
	call->orders = g_array_new(FALSE, TRUE, sizeof(CmStoreOrder));
	call->attendees = g_array_new(FALSE, TRUE, sizeof(CmStoreAttendee));
	call->stamps = g_array_new(FALSE, TRUE, sizeof(CmStoreStamp));
	call->bookings = g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_booking_free);
	return call;
}

void
cm_booking_call_free(CmBookingCall *call)
{
	if (call == NULL)
		return;
	cm_caller_unref(call->caller);
	g_array_unref(call->orders);
	g_array_unref(call->attendees);
	g_array_unref(call->stamps);
	g_ptr_array_unref(call->bookings);
	g_free(call->act);
	g_free(call->title);
	g_free(call->note);
	g_free(call->key);
	g_free(call->asked);
	g_free(call);
}

/* ---- whose it is */

/* a number may be a session's, or an appointment's: that is its holder's to change, and not of all who attend */
static gboolean
check_number(const CmBookingCall *call, CmStore *store, gint64 now, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(CmStoreBooking) booking = NULL;

	if (cm_caller_check(call->caller, store, CM_SUBJECT_SESSION, call->number, NULL) ||
	    cm_caller_check(call->caller, store, CM_SUBJECT_HELD_APPOINTMENT, call->number, &why))
		return TRUE;
	/* a hold is also theirs whom it is for */
	if (call->verb == CM_BOOKING_VERB_CONFIRM)
		booking = cm_store_booking_get(store, call->number, now, NULL);
	if (booking != NULL && booking->holder == (gint64)call->caller->uid)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&why));
	return FALSE;
}

static gboolean
check_attendees(const CmBookingCall *call, CmStore *store, GError **error)
{
	for (guint i = 0; i < call->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    &g_array_index(call->attendees, CmStoreAttendee, i);

		/* a colleague may be anybody's */
		if (attendee->kind == CM_RESOURCE_STUDENT &&
		    !cm_caller_check(call->caller, store, CM_SUBJECT_STUDENT, attendee->number,
				     error))
			return FALSE;
		if (attendee->kind == CM_RESOURCE_CONTACT &&
		    !cm_caller_check(call->caller, store, CM_SUBJECT_CONTACT, attendee->number,
				     error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
check_owner(const CmBookingCall *call, CmStore *store, gint64 now, GError **error)
{
	if (call->number != 0)
		return check_number(call, store, now, error);
	for (guint i = 0; i < call->orders->len; i++) {
		const CmStoreOrder *order = &g_array_index(call->orders, CmStoreOrder, i);

		if (order->kind == CM_STORE_BOOKING_SESSION
			? !cm_caller_check(call->caller, store, CM_SUBJECT_SESSION, order->session,
					   error)
			: !cm_caller_check(call->caller, store, CM_SUBJECT_PROFESSIONAL,
					   order->professional, error))
			return FALSE;
		if (order->request != 0 && !cm_caller_check(call->caller, store, CM_SUBJECT_REQUEST,
							    order->request, error))
			return FALSE;
	}
	return check_attendees(call, store, error);
}

/* ---- a request for another time: what moves, and where to */

static gboolean
open_time_request(CmBookingCall *call, CmStore *store, gint64 now, GError **error)
{
	CmStorePlace *place = NULL;
	CmTimeRequestState to = CM_TIME_REQUEST_STATE_LAST;
	g_autoptr(CmStoreTimeRequest) request = NULL;

	if (call->verb != CM_BOOKING_VERB_ACCEPT)
		return TRUE;
	if (!cm_caller_check(call->caller, store, CM_SUBJECT_TIME_REQUEST, call->time_request,
			     error))
		return FALSE;
	request = cm_store_time_request_get(store, call->time_request, now, error);
	/* first: that it is decided already says more than what would be in the way */
	if (request == NULL ||
	    !cm_time_request_state_apply(request->state, CM_TIME_REQUEST_EVENT_ACCEPT, &to, error))
		return FALSE;
	place = &g_array_index(call->orders, CmStoreOrder, 0).place;
	call->number = request->subject;
	call->expected = request->subject_version;
	if (place->date != CM_DAY_NONE)
		return TRUE;
	place->date = request->date;
	place->start = request->start;
	if (request->date != CM_DAY_NONE)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("Any other time is asked for: say which one it becomes."), NULL);
	return FALSE;
}

/* ---- the write */

static gboolean
write_series(CmBookingCall *call, CmStore *store, const CmStoreCall *how, GError **error)
{
	return cm_store_series_book(store, how,
				    (const CmStoreOrder *)(gconstpointer)call->orders->data,
				    call->orders->len, &call->series, call->stamps, NULL, error);
}

static gboolean
write_one(CmBookingCall *call,
	  CmStore *store,
	  const CmStoreCall *how,
	  CmStoreStamp *out_stamp,
	  GError **error)
{
	const CmStoreOrder *order =
	    call->orders->len > 0 ? &g_array_index(call->orders, CmStoreOrder, 0) : NULL;

	switch (call->verb) {
	case CM_BOOKING_VERB_BOOK:
		return cm_store_booking_book(store, how, order, out_stamp, error);
	case CM_BOOKING_VERB_HOLD:
		return cm_store_hold_make(store, how, order, how->now + call->seconds, call->holder,
					  out_stamp, error);
	case CM_BOOKING_VERB_CONFIRM:
		return cm_store_hold_confirm(store, how, call->number, call->expected,
					     order->student_present, out_stamp, error);
	case CM_BOOKING_VERB_MOVE:
		return cm_store_booking_move(store, how, call->number, call->expected,
					     &order->place, out_stamp, error);
	case CM_BOOKING_VERB_ACCEPT:
		return cm_store_time_request_accept(store, how, call->time_request,
						    call->time_request_version, &order->place,
						    out_stamp, &call->accepted, error);
	case CM_BOOKING_VERB_CANCEL:
		return cm_store_booking_cancel(store, how, call->number, call->expected, out_stamp,
					       error);
	case CM_BOOKING_VERB_OUTCOME:
		return cm_store_booking_set_outcome(store, how, call->number, call->expected,
						    call->outcome, out_stamp, error);
	case CM_BOOKING_VERB_SERIES:
	case CM_BOOKING_VERB_LAST:
	default:
		g_return_val_if_reached(FALSE);
	}
}

static gboolean
write_call(CmBookingCall *call, CmStore *store, const CmStoreCall *how, GError **error)
{
	CmStoreStamp stamp = {0};

	if (call->orders->len > 1 || call->verb == CM_BOOKING_VERB_SERIES)
		return write_series(call, store, how, error);
	if (!write_one(call, store, how, &stamp, error))
		return FALSE;
	g_array_append_val(call->stamps, stamp);
	return TRUE;
}

/* ---- the answer */

/* whoever made a call may have lost what it was about since */
static gboolean
is_theirs(const CmBookingCall *call, CmStore *store, gint64 number)
{
	return cm_caller_check(call->caller, store, CM_SUBJECT_SESSION, number, NULL) ||
	       cm_caller_check(call->caller, store, CM_SUBJECT_APPOINTMENT, number, NULL);
}

static gboolean
read_bookings(CmBookingCall *call, CmStore *store, gint64 now, gboolean again, GError **error)
{
	for (guint i = 0; i < call->stamps->len; i++) {
		gint64 number = g_array_index(call->stamps, CmStoreStamp, i).number;
		g_autoptr(GError) local = NULL;
		CmStoreBooking *booking = NULL;

		if (again && !is_theirs(call, store, number))
			continue;
		booking = cm_store_booking_get(store, number, now, &local);
		if (booking != NULL) {
			g_ptr_array_add(call->bookings, booking);
		} else if (!cm_error_is(local, CM_ERROR_NOT_FOUND)) {
			g_propagate_error(error, g_steal_pointer(&local));
			return FALSE;
		}
	}
	return TRUE;
}

static GVariant *
make_series_body(const CmBookingCall *call)
{
	GVariantBuilder booked;

	g_variant_builder_init(&booked, G_VARIANT_TYPE("a(tt)"));
	for (guint i = 0; i < call->stamps->len; i++) {
		const CmStoreStamp *stamp = &g_array_index(call->stamps, CmStoreStamp, i);

		g_variant_builder_add(&booked, "(tt)", (guint64)stamp->number,
				      (guint64)stamp->version);
	}
	return g_variant_new("(ta(tt)h)", (guint64)call->series, &booked, 0);
}

static GVariant *
make_body(const CmBookingCall *call)
{
	const CmStoreStamp *stamp = &g_array_index(call->stamps, CmStoreStamp, 0);
	const CmStoreBooking *booking =
	    call->bookings->len > 0 ? g_ptr_array_index(call->bookings, 0) : NULL;
	guint64 number = (guint64)stamp->number;
	guint64 version = (guint64)stamp->version;

	switch (call->verb) {
	case CM_BOOKING_VERB_SERIES:
		return make_series_body(call);
	case CM_BOOKING_VERB_HOLD:
		/* a hold of an appointment is BookAppointment's */
		if (call->act == NULL && call->attendees->len == 0 &&
		    g_array_index(call->orders, CmStoreOrder, 0).kind == CM_STORE_BOOKING_SESSION)
			return g_variant_new("(ttxh)", number, version,
					     booking != NULL ? booking->hold_until : 0, 0);
		return g_variant_new("(tth)", number, version, 0);
	case CM_BOOKING_VERB_BOOK:
		if (g_array_index(call->orders, CmStoreOrder, 0).kind == CM_STORE_BOOKING_SESSION)
			return g_variant_new("(th)", version, 0);
		return g_variant_new("(tth)", number, version, 0);
	case CM_BOOKING_VERB_CONFIRM:
		return g_variant_new("(tth)", number, version, 0);
	case CM_BOOKING_VERB_MOVE:
		return g_variant_new("(th)", version, 0);
	case CM_BOOKING_VERB_ACCEPT:
		return g_variant_new("(tth)", (guint64)call->accepted.version, version, 0);
	case CM_BOOKING_VERB_CANCEL:
	case CM_BOOKING_VERB_OUTCOME:
	case CM_BOOKING_VERB_LAST:
	default:
		return g_variant_new("(t)", version);
	}
}

static gboolean
answers_with_document(const CmBookingCall *call)
{
	return call->verb != CM_BOOKING_VERB_CANCEL && call->verb != CM_BOOKING_VERB_OUTCOME;
}

static GVariant *
answer(CmBookingCall *call,
       CmStore *store,
       gint64 now,
       gboolean again,
       JsonArray *objections,
       gint *out_fd,
       GError **error)
{
	if (!read_bookings(call, store, now, again, error))
		return NULL;
	if (answers_with_document(call)) {
		*out_fd = cm_booking_document_write(call->bookings, objections, error);
		if (*out_fd < 0)
			return NULL;
	}
	return make_body(call);
}

/* the same call was answered before: TRUE with its stamps */
static gboolean
find_answer(CmBookingCall *call, CmStore *store, const CmStoreCall *how, GError **error)
{
	if (how->key == NULL)
		return TRUE;
	if (!cm_store_booking_look_up_answer(store, how, call->stamps, error))
		return FALSE;
	if (call->stamps->len > 0 &&
	    (call->orders->len > 1 || call->verb == CM_BOOKING_VERB_SERIES)) {
		call->series = g_array_index(call->stamps, CmStoreStamp, 0).number;
		g_array_remove_index(call->stamps, 0);
	}
	/* the booking's, then the request's */
	if (call->stamps->len > 1 && call->verb == CM_BOOKING_VERB_ACCEPT) {
		call->accepted = g_array_index(call->stamps, CmStoreStamp, 1);
		g_array_set_size(call->stamps, 1);
	}
	return TRUE;
}

static void
refresh_desk(const CmBookingCall *call, CmService *service, CmStore *store)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint64));

	if (call->number != 0)
		g_array_append_val(numbers, call->number);
	for (guint i = 0; i < call->stamps->len; i++)
		g_array_append_val(numbers, g_array_index(call->stamps, CmStoreStamp, i).number);
	cm_desk_cache_refresh(service->desk, store, (const gint64 *)(gconstpointer)numbers->data,
			      numbers->len);
}

GVariant *
cm_booking_call_make(CmService *service,
		     CmStore *store,
		     const CmPolicySet *policies,
		     gpointer data,
		     gint *out_fd,
		     GCancellable *cancellable,
		     GError **error)
{
	CmBookingCall *call = data;
	g_autoptr(JsonArray) objections = cm_booking_document_new_objections();
	g_autofree gchar *remark = NULL;
	gboolean current = FALSE;
	CmStoreCall how = {.actor = call->caller->uid,
			   .now = cm_clock_get_now(),
			   .key = call->key,
			   .asked = call->asked,
			   .note = call->note};

	/* first: a hold that was confirmed or let go by this call is not there any more */
	if (!find_answer(call, store, &how, error))
		return NULL;
	if (call->stamps->len > 0)
		return answer(call, store, how.now, TRUE, objections, out_fd, error);
	if (!open_time_request(call, store, how.now, error) ||
	    !check_owner(call, store, how.now, error) ||
	    !cm_booking_judge_call(call, service, store, policies, how.now, objections, cancellable,
				   error))
		return NULL;
	remark = cm_booking_document_dup_remark(objections);
	how.remark = remark;
	/* what isn't judged has not brought the desk up to date either */
	current = cm_desk_cache_is_current(service->desk, store);
	if (!write_call(call, store, &how, error))
		return NULL;
	if (current)
		refresh_desk(call, service, store);
	return answer(call, store, how.now, FALSE, objections, out_fd, error);
}

void
cm_booking_call_announce(CmService *service, gpointer data)
{
	const CmBookingCall *call = data;

	for (guint i = 0; i < call->stamps->len; i++) {
		const CmStoreStamp *stamp = &g_array_index(call->stamps, CmStoreStamp, i);
		/* what can't be read any more was a hold that was let go */
		CmBookingState state = CM_BOOKING_CANCELLED;

		for (guint j = 0; j < call->bookings->len; j++) {
			const CmStoreBooking *booking = g_ptr_array_index(call->bookings, j);

			if (booking->number != stamp->number)
				continue;
			state = booking->state;
			if (state == CM_BOOKING_HOLD)
				cm_hold_watch_expect(service->holds, booking->hold_until);
		}
		cm_service_announce_booking(service, stamp->number, stamp->version, state);
	}
}
