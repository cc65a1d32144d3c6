// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/booking-change.h"

#include "daemon/store/booking-checks.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/booking-trail.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

CmStoreBooking *
cm_booking_change_copy(const CmStoreBooking *booking)
{
	CmStoreBooking *copy = g_memdup2(booking, sizeof *booking);

	copy->attendees = g_array_copy(booking->attendees);
	copy->act = g_strdup(booking->act);
	copy->title = g_strdup(booking->title);
	return copy;
}

/* ---- what was asked, as a text that differs when it does */

void
cm_booking_change_describe_place(GString *text, const CmStorePlace *place)
{
	g_string_append_printf(
	    text, " %d %d %d %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
	    place->date, place->start, place->minutes, place->mode, place->site, place->room,
	    place->companion);
}

void
cm_booking_change_describe_order(GString *text, const CmStoreOrder *order)
{
	g_string_append_printf(
	    text,
	    " %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
	    order->kind, order->session, order->expected, order->professional, order->request);
	cm_booking_change_describe_place(text, &order->place);
	for (guint i = 0; i < order->attendee_count; i++)
		g_string_append_printf(text, " %d:%" G_GINT64_FORMAT, order->attendees[i].kind,
				       order->attendees[i].number);
	g_string_append_printf(text, " %s\n%s\n", order->act != NULL ? order->act : "",
			       order->title != NULL ? order->title : "");
}

/* ---- writing with a trail */

static const gchar *
action_get_name(CmBookingEvent event)
{
	static const gchar *const names[CM_BOOKING_EVENT_LAST] = {
	    [CM_BOOKING_EVENT_HOLD] = "booking.hold",
	    [CM_BOOKING_EVENT_CONFIRM] = "booking.confirm",
	    [CM_BOOKING_EVENT_EXPIRE] = "booking.expire",
	    [CM_BOOKING_EVENT_BOOK] = "booking.book",
	    [CM_BOOKING_EVENT_REBOOK] = "booking.rebook",
	    [CM_BOOKING_EVENT_MOVE] = "booking.move",
	    [CM_BOOKING_EVENT_CANCEL] = "booking.cancel",
	    [CM_BOOKING_EVENT_LATE_CANCEL] = "booking.late-cancel",
	    [CM_BOOKING_EVENT_MARK_HELD] = "booking.mark-held",
	    [CM_BOOKING_EVENT_NO_SHOW] = "booking.no-show",
	    [CM_BOOKING_EVENT_REFUSE] = "booking.refuse",
	    [CM_BOOKING_EVENT_REOPEN] = "booking.reopen",
	};

	return names[event];
}

/* FALSE: nobody is told */
static gboolean
notice_of_event(CmBookingEvent event, CmNoticeKind *out_kind)
{
	switch (event) {
	case CM_BOOKING_EVENT_BOOK:
	case CM_BOOKING_EVENT_REBOOK:
	case CM_BOOKING_EVENT_CONFIRM:
		*out_kind = CM_NOTICE_BOOKING_BOOKED;
		return TRUE;
	case CM_BOOKING_EVENT_MOVE:
		*out_kind = CM_NOTICE_BOOKING_MOVED;
		return TRUE;
	case CM_BOOKING_EVENT_CANCEL:
	case CM_BOOKING_EVENT_LATE_CANCEL:
		*out_kind = CM_NOTICE_BOOKING_CANCELLED;
		return TRUE;
	case CM_BOOKING_EVENT_HOLD:
		*out_kind = CM_NOTICE_HOLD_OFFERED;
		return TRUE;
	case CM_BOOKING_EVENT_EXPIRE:
		*out_kind = CM_NOTICE_HOLD_EXPIRED;
		return TRUE;
	case CM_BOOKING_EVENT_MARK_HELD:
	case CM_BOOKING_EVENT_NO_SHOW:
	case CM_BOOKING_EVENT_REFUSE:
	case CM_BOOKING_EVENT_REOPEN:
	case CM_BOOKING_EVENT_LAST:
	default:
		return FALSE;
	}
}

static gboolean
write_row(CmStore *store, CmStoreBooking *after, GError **error)
{
	gboolean is_hold_of_session =
	    after->kind == CM_STORE_BOOKING_SESSION && after->number != after->session;

	if (is_hold_of_session && after->state != CM_BOOKING_HOLD)
		return cm_booking_rows_remove_appointment(store, after->number, error);
	if (after->kind == CM_STORE_BOOKING_SESSION && !is_hold_of_session)
		return cm_booking_rows_write_session(store, after, error);
	return cm_booking_rows_write_appointment(store, after, error);
}

gboolean
cm_booking_change_write(CmStore *store,
			const CmStoreCall *call,
			CmBookingEvent event,
			const CmStoreBooking *before,
			CmStoreBooking *after,
			CmStoreStamp *out_stamp,
			GError **error)
{
	CmNoticeKind notice = CM_NOTICE_LAST;

	if (!cm_store_next_counter(store, "booking-version", &after->version, error))
		return FALSE;
	after->changed_at = call->now;
	after->changed_by = call->actor;
	after->by_hand = TRUE;
	after->locked = FALSE;
	if (after->state != CM_BOOKING_HOLD) {
		after->hold_until = 0;
		after->holder = -1;
	}
	if (!write_row(store, after, error) || !cm_booking_checks_claims(store, after, error) ||
	    !cm_booking_trail_audit(store, call, action_get_name(event), before, after, error))
		return FALSE;
	if (notice_of_event(event, &notice) &&
	    !cm_booking_trail_notify(store, after, notice, error))
		return FALSE;
	out_stamp->number = after->number;
	out_stamp->version = after->version;
	return TRUE;
}

/* ---- making */

static gboolean
set_title(CmStoreBooking *booking, const gchar *title, GError **error)
{
	if (title == NULL || *title == '\0')
		return TRUE;
	if (strlen(title) > CM_STORE_TITLE_MAX || !g_utf8_validate(title, -1, NULL)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A title has at most 500 bytes of text."), NULL);
		return FALSE;
	}
	booking->title = g_strdup(title);
	return TRUE;
}

static CmStoreBooking *
new_booking(const CmStoreOrder *order, const CmBookingClaim *claim, gint64 series)
{
	CmStoreBooking *booking = g_new0(CmStoreBooking, 1);

	booking->kind = order->kind;
	booking->place = order->place;
	booking->professional = order->professional;
	booking->request = order->request;
	booking->series = series;
	booking->hold_until = claim->until;
	booking->holder = claim->until != 0 ? claim->holder : -1;
	booking->state = claim->until != 0 ? CM_BOOKING_HOLD : CM_BOOKING_PLANNED;
	booking->attendees = g_array_new(FALSE, TRUE, sizeof(CmStoreAttendee));
	return booking;
}

static gboolean
make_appointment(CmStore *store,
		 const CmStoreCall *call,
		 const CmStoreOrder *order,
		 const CmBookingClaim *claim,
		 gint64 series,
		 CmStoreStamp *out_stamp,
		 GError **error)
{
	g_autoptr(CmStoreBooking) after = new_booking(order, claim, series);

	if (order->attendee_count > 0)
		g_array_append_vals(after->attendees, order->attendees, order->attendee_count);
	after->act = g_strdup(order->act);
	return set_title(after, order->title, error) &&
	       cm_store_next_counter(store, "row", &after->number, error) &&
	       cm_booking_checks_set_instants(store, after, error) &&
	       cm_booking_checks_references(store, after, error) &&
	       cm_booking_change_write(
		   store, call, claim->until != 0 ? CM_BOOKING_EVENT_HOLD : CM_BOOKING_EVENT_BOOK,
		   NULL, after, out_stamp, error);
}

static gboolean
check_no_hold(CmStore *store, gint64 session, gint64 now, GError **error)
{
	g_autoptr(CmStoreBooking) hold = NULL;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];
	gint64 number = 0;

	if (!cm_booking_rows_find_hold(store, session, &number, error))
		return FALSE;
	if (number == 0)
		return TRUE;
	if (!cm_booking_rows_read(store, number, now, &hold, error))
		return FALSE;
	if (hold == NULL)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("A time is on hold for this session already: {0} at {1}."),
		     cm_day_format(hold->place.date, date),
		     cm_minute_format(hold->place.start, start), NULL);
	return FALSE;
}

/* who is taken by a hold for a session: those of the session, as it is now */
static gboolean
add_session_people(CmStore *store,
		   CmStoreBooking *hold,
		   const CmBookingSession *session,
		   gboolean student_present,
		   GError **error)
{
	CmStoreAttendee student = {.kind = CM_RESOURCE_STUDENT, .number = session->student};
	g_autoptr(CmStatement) statement = NULL;
	gboolean row = FALSE;

	if (student_present)
		g_array_append_val(hold->attendees, student);
	statement = cm_database_prepare(
	    store->database, "SELECT DISTINCT contact FROM session_participant WHERE session = ?1",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, hold->session);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		CmStoreAttendee contact = {.kind = CM_RESOURCE_CONTACT,
					   .number = sqlite3_column_int64(statement, 0)};

		g_array_append_val(hold->attendees, contact);
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
fill_session(CmStore *store,
	     const CmStoreOrder *order,
	     const CmBookingSession *session,
	     CmStoreBooking *after,
	     GError **error)
{
	after->session = order->session;
	after->followup = session->followup;
	after->professional = session->professional;
	after->place.minutes = session->minutes;
	after->place.site = session->site;
	after->request = after->state == CM_BOOKING_HOLD ? order->request : 0;
	if (after->state == CM_BOOKING_HOLD)
		return add_session_people(store, after, session, order->student_present, error) &&
		       cm_store_next_counter(store, "row", &after->number, error);
	after->number = order->session;
	after->student = order->student_present ? session->student : 0;
	/* to be told of it; the row's participants are copied from the session's */
	return add_session_people(store, after, session, FALSE, error);
}

static gboolean
make_session(CmStore *store,
	     const CmStoreCall *call,
	     const CmStoreOrder *order,
	     const CmBookingClaim *claim,
	     gint64 series,
	     CmStoreStamp *out_stamp,
	     GError **error)
{
	CmBookingSession session = {0};
	CmBookingState to = CM_BOOKING_NONE;
	CmBookingEvent event = CM_BOOKING_EVENT_BOOK;
	g_autoptr(CmStoreBooking) before = NULL;
	g_autoptr(CmStoreBooking) after = new_booking(order, claim, series);

	if (!cm_booking_rows_read_session(store, order->session, &session, error) ||
	    !cm_booking_rows_read(store, order->session, call->now, &before, error) ||
	    !cm_booking_checks_version(store, before, order->expected, error))
		return FALSE;
	if (before != NULL)
		event = CM_BOOKING_EVENT_REBOOK;
	if (!cm_booking_state_apply(before != NULL ? before->state : CM_BOOKING_NONE, event, &to,
				    error) ||
	    !check_no_hold(store, order->session, call->now, error))
		return FALSE;
	if (!session.active) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("The follow-up is not active: its sessions are not booked."), NULL);
		return FALSE;
	}
	if (!fill_session(store, order, &session, after, error) ||
	    !cm_booking_checks_set_instants(store, after, error) ||
	    !cm_booking_checks_references(store, after, error))
		return FALSE;
	if (claim->until != 0)
		return cm_booking_change_write(store, call, CM_BOOKING_EVENT_HOLD, NULL, after,
					       out_stamp, error);
	return cm_booking_change_write(store, call, event, before, after, out_stamp, error);
}

gboolean
cm_booking_change_make(CmStore *store,
		       const CmStoreCall *call,
		       const CmStoreOrder *order,
		       const CmBookingClaim *claim,
		       gint64 series,
		       CmStoreStamp *out_stamp,
		       GError **error)
{
	if (order->kind == CM_STORE_BOOKING_SESSION)
		return make_session(store, call, order, claim, series, out_stamp, error);
	return make_appointment(store, call, order, claim, series, out_stamp, error);
}

/* ---- holds */

static gboolean
confirm_session(CmStore *store,
		const CmStoreCall *call,
		const CmStoreBooking *hold,
		gboolean student_present,
		CmStoreStamp *out_stamp,
		GError **error)
{
	const CmBookingClaim none = {.until = 0, .holder = -1};
	g_autoptr(CmStoreBooking) before = NULL;
	CmStoreOrder order = {.kind = CM_STORE_BOOKING_SESSION,
			      .session = hold->session,
			      .student_present = student_present,
			      .place = hold->place};

	/* what was decided against is the hold: its own version was checked */
	if (!cm_booking_rows_remove_appointment(store, hold->number, error) ||
	    !cm_booking_rows_read(store, hold->session, call->now, &before, error))
		return FALSE;
	order.expected = before != NULL ? before->version : 0;
	return cm_booking_trail_audit(store, call, action_get_name(CM_BOOKING_EVENT_CONFIRM), hold,
				      NULL, error) &&
	       make_session(store, call, &order, &none, 0, out_stamp, error);
}

gboolean
cm_booking_change_confirm(CmStore *store,
			  const CmStoreCall *call,
			  const CmStoreBooking *hold,
			  gboolean student_present,
			  CmStoreStamp *out_stamp,
			  GError **error)
{
	g_autoptr(CmStoreBooking) after = NULL;
	CmBookingState to = CM_BOOKING_NONE;

	if (!cm_booking_state_apply(hold->state, CM_BOOKING_EVENT_CONFIRM, &to, error))
		return FALSE;
	if (hold->holder != call->actor) {
		cm_error_set(error, CM_ERROR_ACCESS_DENIED,
			     N_("This time is on hold for somebody else."), NULL);
		return FALSE;
	}
	if (hold->kind == CM_STORE_BOOKING_SESSION)
		return confirm_session(store, call, hold, student_present, out_stamp, error);
	after = cm_booking_change_copy(hold);
	after->state = to;
	return cm_booking_change_write(store, call, CM_BOOKING_EVENT_CONFIRM, hold, after,
				       out_stamp, error);
}

static gboolean
clear_hold(CmStore *store, gint64 number, gint64 now, CmStoreStamp *out_stamp, GError **error)
{
	const CmStoreCall daemon = {.actor = CM_AUDIT_DAEMON, .now = now};
	g_autoptr(CmStoreBooking) before = NULL;
	g_autoptr(CmStoreBooking) after = NULL;

	/* as of the instant before: as the hold that it was */
	if (!cm_booking_rows_read(store, number, 0, &before, error))
		return FALSE;
	g_return_val_if_fail(before != NULL, TRUE);
	after = cm_booking_change_copy(before);
	if (!cm_booking_state_apply(before->state, CM_BOOKING_EVENT_EXPIRE, &after->state, error))
		return FALSE;
	return cm_booking_change_write(store, &daemon, CM_BOOKING_EVENT_EXPIRE, before, after,
				       out_stamp, error);
}

gboolean
cm_booking_change_clear_holds(CmStore *store, gint64 now, GArray *out_ended, GError **error)
{
	g_autoptr(GArray) numbers = cm_booking_rows_list_ended(store, now, error);

	if (numbers == NULL)
		return FALSE;
	for (guint i = 0; i < numbers->len; i++) {
		CmStoreStamp stamp = {0};

		if (!clear_hold(store, g_array_index(numbers, gint64, i), now, &stamp, error))
			return FALSE;
		if (out_ended != NULL)
			g_array_append_val(out_ended, stamp);
	}
	return TRUE;
}
