// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-booking.h"

#include "daemon/store/booking-change.h"
#include "daemon/store/booking-checks.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/request-key.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static const gchar *const kind_names[CM_STORE_BOOKING_KIND_LAST] = {
    [CM_STORE_BOOKING_SESSION] = "session",
    [CM_STORE_BOOKING_GROUP] = "group",
    [CM_STORE_BOOKING_INTERVENTION_PLAN] = "intervention-plan",
    [CM_STORE_BOOKING_MEETING] = "meeting",
};

const gchar *
cm_store_booking_kind_to_string(CmStoreBookingKind kind)
{
	g_return_val_if_fail(kind < CM_STORE_BOOKING_KIND_LAST, "");
	return kind_names[kind];
}

gboolean
cm_store_booking_kind_from_string(const gchar *text, CmStoreBookingKind *out_kind)
{
	for (guint i = 0; i < CM_STORE_BOOKING_KIND_LAST; i++) {
		if (g_strcmp0(text, kind_names[i]) == 0) {
			*out_kind = (CmStoreBookingKind)i;
			return TRUE;
		}
	}
	return FALSE;
}

void
cm_store_booking_free(CmStoreBooking *booking)
{
	if (booking == NULL)
		return;
	g_clear_pointer(&booking->attendees, g_array_unref);
	g_free(booking->act);
	g_free(booking->title);
	g_free(booking);
}

/* ---- reading */

static gboolean
find_booking(CmStore *store,
	     gint64 number,
	     gint64 now,
	     CmStoreBooking **out_booking,
	     GError **error)
{
	g_autofree gchar *text = NULL;

	if (!cm_booking_rows_read(store, number, now, out_booking, error))
		return FALSE;
	if (*out_booking != NULL)
		return TRUE;
	text = g_strdup_printf("%" G_GINT64_FORMAT, number);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("Nothing is booked under number {0}."), text,
		     NULL);
	return FALSE;
}

CmStoreBooking *
cm_store_booking_get(CmStore *store, gint64 number, gint64 now, GError **error)
{
	CmStoreBooking *booking = NULL;
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);

	if (transaction == NULL || !find_booking(store, number, now, &booking, error))
		return NULL;
	return booking;
}

GPtrArray *
cm_store_booking_list(CmStore *store,
		      const CmStoreBookingFilter *filter,
		      gint64 now,
		      GError **error)
{
	g_autoptr(GPtrArray) bookings =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_booking_free);
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);

	if (transaction == NULL || !cm_booking_rows_read_all(store, filter, now, bookings, error))
		return NULL;
	return g_steal_pointer(&bookings);
}

/* ---- changing: one transaction, one answer for a key */

typedef struct {
	CmStore *store;
	const CmStoreCall *call;
	GString *asked;
	GArray *stamps; /* of an answer given before */
	CmTransaction *transaction;
} Change;

static void
change_clear(Change *change)
{
	g_clear_pointer(&change->transaction, cm_transaction_free);
	g_string_free(change->asked, TRUE);
	g_array_unref(change->stamps);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

static Change
change_new(CmStore *store, const CmStoreCall *call, const gchar *what)
{
	Change change = {.store = store,
			 .call = call,
			 .asked = g_string_new(what),
			 .stamps = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp))};

	return change;
}

/* TRUE with an answer in `stamps` when the call was made before */
static gboolean
change_begin(Change *change, GError **error)
{
	change->transaction = cm_transaction_new(change->store->database, error);
	return change->transaction != NULL &&
	       cm_request_key_look_up(change->store, change->call, change->asked->str,
				      change->stamps, error) &&
	       cm_booking_change_clear_holds(change->store, change->call->now, NULL, error);
}

static gboolean
change_was_made(const Change *change, CmStoreStamp *out_stamp)
{
	if (change->stamps->len == 0)
		return FALSE;
	*out_stamp = g_array_index(change->stamps, CmStoreStamp, 0);
	return TRUE;
}

static gboolean
change_end(Change *change, const CmStoreStamp *stamp, GError **error)
{
	return cm_request_key_keep(change->store, change->call, change->asked->str, stamp, 1,
				   error) &&
	       cm_transaction_commit(change->transaction, error);
}

gboolean
cm_store_booking_look_up_answer(CmStore *store,
				const CmStoreCall *call,
				GArray *stamps,
				GError **error)
{
	g_return_val_if_fail(call->asked != NULL, FALSE);
	return cm_request_key_look_up(store, call, call->asked, stamps, error);
}

gboolean
cm_store_booking_book(CmStore *store,
		      const CmStoreCall *call,
		      const CmStoreOrder *order,
		      CmStoreStamp *out_stamp,
		      GError **error)
{
	const CmBookingClaim none = {.until = 0, .holder = -1};
	CmStoreStamp stamp = {0};
	g_auto(Change) change = change_new(store, call, "book");

	cm_booking_change_describe_order(change.asked, order);
	if (!change_begin(&change, error))
		return FALSE;
	if (change_was_made(&change, out_stamp))
		return TRUE;
	if (!cm_booking_change_make(store, call, order, &none, 0, &stamp, error) ||
	    !change_end(&change, &stamp, error))
		return FALSE;
	*out_stamp = stamp;
	return TRUE;
}

/* what is there, as the caller knows it, and where an event leads */
static gboolean
change_open(Change *change,
	    gint64 number,
	    gint64 expected,
	    CmBookingEvent event,
	    CmStoreBooking **out_before,
	    CmBookingState *out_to,
	    GError **error)
{
	return find_booking(change->store, number, change->call->now, out_before, error) &&
	       cm_booking_checks_version(change->store, *out_before, expected, error) &&
	       cm_booking_state_apply((*out_before)->state, event, out_to, error);
}

gboolean
cm_store_booking_move(CmStore *store,
		      const CmStoreCall *call,
		      gint64 number,
		      gint64 expected,
		      const CmStorePlace *place,
		      CmStoreStamp *out_stamp,
		      GError **error)
{
	CmStoreStamp stamp = {0};
	CmBookingState to = CM_BOOKING_NONE;
	g_autoptr(CmStoreBooking) before = NULL;
	g_autoptr(CmStoreBooking) after = NULL;
	g_auto(Change) change = change_new(store, call, "move");

	g_string_append_printf(change.asked, " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, number,
			       expected);
	cm_booking_change_describe_place(change.asked, place);
	if (!change_begin(&change, error))
		return FALSE;
	if (change_was_made(&change, out_stamp))
		return TRUE;
	if (!change_open(&change, number, expected, CM_BOOKING_EVENT_MOVE, &before, &to, error))
		return FALSE;
	after = cm_booking_change_copy(before);
	after->state = to;
	after->place = *place;
	if (before->kind == CM_STORE_BOOKING_SESSION) {
		after->place.minutes = before->place.minutes;
		after->place.site = before->place.site;
	}
	if (!cm_booking_checks_set_instants(store, after, error) ||
	    !cm_booking_checks_references(store, after, error) ||
	    !cm_booking_change_write(store, call, CM_BOOKING_EVENT_MOVE, before, after, &stamp,
				     error) ||
	    !change_end(&change, &stamp, error))
		return FALSE;
	*out_stamp = stamp;
	return TRUE;
}

/* a change of state alone */
static gboolean
change_state(CmStore *store,
	     const CmStoreCall *call,
	     gint64 number,
	     gint64 expected,
	     CmBookingEvent event,
	     CmStoreStamp *out_stamp,
	     GError **error)
{
	CmStoreStamp stamp = {0};
	CmBookingState to = CM_BOOKING_NONE;
	g_autoptr(CmStoreBooking) before = NULL;
	g_autoptr(CmStoreBooking) after = NULL;
	g_auto(Change) change = change_new(store, call, cm_booking_state_event_to_string(event));

	g_string_append_printf(change.asked, " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, number,
			       expected);
	if (!change_begin(&change, error))
		return FALSE;
	if (change_was_made(&change, out_stamp))
		return TRUE;
	if (!change_open(&change, number, expected, event, &before, &to, error))
		return FALSE;
	if ((event == CM_BOOKING_EVENT_MARK_HELD || event == CM_BOOKING_EVENT_NO_SHOW ||
	     event == CM_BOOKING_EVENT_REFUSE) &&
	    call->now < before->start_utc) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("It has not begun yet: how it went can't be said."), NULL);
		return FALSE;
	}
	after = cm_booking_change_copy(before);
	after->state = to;
	if (!cm_booking_change_write(store, call, event, before, after, &stamp, error) ||
	    !change_end(&change, &stamp, error))
		return FALSE;
	*out_stamp = stamp;
	return TRUE;
}

gboolean
cm_store_booking_cancel(CmStore *store,
			const CmStoreCall *call,
			gint64 number,
			gint64 expected,
			CmStoreStamp *out_stamp,
			GError **error)
{
	return change_state(store, call, number, expected, CM_BOOKING_EVENT_CANCEL, out_stamp,
			    error);
}

gboolean
cm_store_booking_set_outcome(CmStore *store,
			     const CmStoreCall *call,
			     gint64 number,
			     gint64 expected,
			     CmBookingEvent outcome,
			     CmStoreStamp *out_stamp,
			     GError **error)
{
	g_return_val_if_fail(
	    outcome >= CM_BOOKING_EVENT_LATE_CANCEL && outcome <= CM_BOOKING_EVENT_REOPEN, FALSE);
	return change_state(store, call, number, expected, outcome, out_stamp, error);
}
