// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-booking.h"

#include "daemon/store/store-audit.h"
#include "daemon/store/store-followup.h"
#include "daemon/store/store-hold.h"
#include "daemon/store/store-series.h"
#include "tests/unit/booking-fixture.h"

/* ---- sessions */

static void
test_book(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");
	CmStoreStamp stamp = book(desk, &order);
	g_autoptr(CmStoreBooking) booking = get(desk, stamp.number, NOW);

	g_assert_cmpint(stamp.number, ==, desk->session[0]);
	g_assert_cmpint(booking->state, ==, CM_BOOKING_PLANNED);
	g_assert_cmpint(booking->version, ==, stamp.version);
	g_assert_cmpint(booking->professional, ==, desk->professional);
	g_assert_cmpint(booking->student, ==, desk->student[0]);
	g_assert_cmpint(booking->place.minutes, ==, 45);
	g_assert_cmpint(booking->place.room, ==, desk->room[0]);
	g_assert_cmpuint(booking->attendees->len, ==, 1);
	g_assert_true(booking->by_hand);
	g_assert_cmpint(booking->changed_by, ==, UID);
	/* 10:00 in Toronto, in September */
	g_assert_cmpint(booking->start_utc % 86400, ==, 14 * 3600);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM audit WHERE action = 'booking.book';"),
			==, 1);
	/* the professional, the student, the guardian who takes part */
	g_assert_cmpint(query(desk, "SELECT count(*) FROM notice WHERE kind = 'booking.booked';"),
			==, 3);
	/* the professional, the student, the contact, the room */
	g_assert_cmpint(query(desk, "SELECT count(*) FROM claim;"), ==, 4);
}

static void
test_refused(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder first = order_session(desk, 0, 0, "10:00");
	CmStoreOrder same_time = order_session(desk, 2, 0, "10:30");
	CmStoreOrder busy_room = order_session(desk, 2, 1, "10:15");
	CmStoreOrder busy_person = order_session(desk, 2, 1, "08:15");
	CmStoreOrder late = order_session(desk, 2, 0, "23:30");
	CmStoreOrder nobody = order_session(desk, 2, 0, "13:00");
	CmStoreOrder nowhere = order_session(desk, 2, 0, "13:00");

	book(desk, &first);
	same_time.place.room = desk->room[1];
	assert_not_booked(desk, &same_time, CM_ERROR_CONFLICT,
			  "professional is booked on 2026-09-08 from 10:00 to 10:45");
	assert_not_booked(desk, &busy_room, CM_ERROR_CONFLICT,
			  "room is taken on 2026-09-09 from 10:00 to 11:00");
	busy_person.place.room = desk->room[1];
	assert_not_booked(desk, &busy_person, CM_ERROR_CONFLICT,
			  "professional is busy on 2026-09-09 from 08:00 to 09:00");
	assert_not_booked(desk, &late, CM_ERROR_INVALID_INPUT, "before midnight");
	nobody.session = 99999;
	assert_not_booked(desk, &nobody, CM_ERROR_NOT_FOUND, "no such session");
	nowhere.place.room = desk->session[0];
	assert_not_booked(desk, &nowhere, CM_ERROR_NOT_FOUND, "no such room");
	/* nothing of all that was written */
	g_assert_cmpint(query(desk, "SELECT count(*) FROM booking;"), ==, 1);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM audit WHERE action LIKE 'booking.%';"),
			==, 1);
}

static void
test_calendar_busy(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");
	g_autofree gchar *sql = g_strdup_printf(
	    "INSERT INTO calendar_source (id, professional, location, state, version) "
	    "VALUES (9000, %" G_GINT64_FORMAT ", x'00', 'read', 1);"
	    "INSERT INTO calendar_busy VALUES (9000, unixepoch ('2026-09-08 14:30'), "
	    "unixepoch ('2026-09-08 15:00'));",
	    desk->professional);

	g_assert_true(cm_store_fixture_run_shell(desk->fixture, sql, NULL));
	assert_not_booked(desk, &order, CM_ERROR_CONFLICT,
			  "professional is busy on 2026-09-08 from 10:30 to 11:00");
	order.place.start = 9 * 60 + 45;
	book(desk, &order);
}

static void
test_move_and_versions(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");
	CmStoreStamp first = book(desk, &order);
	CmStoreStamp second = {0};
	CmStorePlace later = place(desk, 0, "13:00", desk->room[1]);
	CmStoreCall call = call_at(NOW + 60);
	g_autoptr(CmStoreBooking) moved = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_booking_move(desk->store, &call, first.number, first.version, &later,
					    &second, &error));
	g_assert_no_error(error);
	g_assert_cmpint(second.version, >, first.version);
	moved = get(desk, first.number, NOW);
	g_assert_cmpint(moved->place.start, ==, 13 * 60);
	g_assert_cmpint(moved->place.room, ==, desk->room[1]);
	/* decided against what is no longer so: what it is now */
	g_assert_false(cm_store_booking_move(desk->store, &call, first.number, first.version,
					     &later, &second, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_assert_nonnull(strstr(error->message, "planned, on 2026-09-08 at 13:00, by hand"));
	g_clear_error(&error);
	/* the place it left is free */
	order = order_session(desk, 2, 0, "10:00");
	book(desk, &order);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM notice WHERE kind = 'booking.moved';"),
			==, 3);
}

static void
test_cancel_and_rebook(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");
	CmStoreStamp stamp = book(desk, &order);
	CmStoreCall call = call_at(NOW);
	g_autoptr(GError) error = NULL;

	call.note = "la mère a appelé";
	g_assert_true(cm_store_booking_cancel(desk->store, &call, stamp.number, stamp.version,
					      &stamp, &error));
	g_assert_no_error(error);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM claim;"), ==, 0);
	g_assert_false(cm_store_booking_cancel(desk->store, &call, stamp.number, stamp.version,
					       &stamp, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	/* not without knowing that it was cancelled */
	assert_not_booked(desk, &order, CM_ERROR_CONFLICT, "cancelled");
	order.expected = stamp.version;
	stamp = book(desk, &order);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM audit WHERE action = 'booking.rebook';"),
			==, 1);
}

static void
test_outcomes(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");
	CmStoreStamp stamp = book(desk, &order);
	CmStoreCall before = call_at(NOW);
	CmStoreCall after = call_at(NOW + 10 * 86400);
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_store_booking_set_outcome(desk->store, &before, stamp.number,
						    stamp.version, CM_BOOKING_EVENT_MARK_HELD,
						    &stamp, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	g_clear_error(&error);
	g_assert_true(cm_store_booking_set_outcome(desk->store, &after, stamp.number, stamp.version,
						   CM_BOOKING_EVENT_MARK_HELD, &stamp, &error));
	g_assert_no_error(error);
	/* what was held is not moved, cancelled, booked again */
	g_assert_false(cm_store_booking_cancel(desk->store, &after, stamp.number, stamp.version,
					       &stamp, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_clear_error(&error);
	order.expected = stamp.version;
	assert_not_booked(desk, &order, CM_ERROR_CONFLICT, "held");
	/* corrected: a late cancellation frees the time */
	g_assert_true(cm_store_booking_set_outcome(desk->store, &after, stamp.number, stamp.version,
						   CM_BOOKING_EVENT_LATE_CANCEL, &stamp, &error));
	g_assert_cmpint(query(desk, "SELECT count(*) FROM claim;"), ==, 0);
	order = order_session(desk, 2, 0, "10:00");
	book(desk, &order);
	/* and can't be taken back once somebody else has it */
	g_assert_false(cm_store_booking_set_outcome(desk->store, &after, stamp.number,
						    stamp.version, CM_BOOKING_EVENT_MARK_HELD,
						    &stamp, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	booking = get(desk, stamp.number, NOW);
	g_assert_cmpint(booking->state, ==, CM_BOOKING_LATE_CANCELLED);
}

static void
test_followup_states(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");

	g_assert_true(cm_store_fixture_run_shell(desk->fixture,
						 "UPDATE followup SET state = 'suspended';", NULL));
	assert_not_booked(desk, &order, CM_ERROR_CONFLICT, "not active");
	g_assert_true(cm_store_fixture_run_shell(desk->fixture,
						 "UPDATE followup SET state = 'active';", NULL));
	book(desk, &order);
}

/* One change of the first follow-up, in which nobody else meddles. */
static gboolean
change_followup(Desk *desk,
		CmFollowupState was,
		CmFollowupEvent event,
		gboolean withdraw,
		guint *out_withdrawn,
		GError **error)
{
	gint64 number = query(desk, "SELECT min(id) FROM followup;");
	CmStoreFollowupCall call = {UID, NOW, was, event, withdraw};
	CmFollowupState state = CM_FOLLOWUP_WAITING;
	g_autoptr(GArray) withdrawn = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	gboolean changed =
	    cm_store_followup_change(desk->store, number, &call, &state, withdrawn, error);
	CmStoreFollowup after = {0};

	g_assert_true(cm_store_followup_get(desk->store, number, NOW, &after, NULL));
	if (changed)
		g_assert_cmpint(after.state, ==, state);
	*out_withdrawn = withdrawn->len;
	return changed;
}

static void
test_followup_change(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");
	g_autoptr(GHashTable) inactive = NULL;
	g_autoptr(GError) error = NULL;
	gint64 number = query(desk, "SELECT min(id) FROM followup;");
	guint withdrawn = 0;

	book(desk, &order);
	/* not by who knows another state, not by an edge that isn't there, not over what is booked */
	g_assert_false(change_followup(desk, CM_FOLLOWUP_SUSPENDED, CM_FOLLOWUP_EVENT_RESUME, TRUE,
				       &withdrawn, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_clear_error(&error);
	g_assert_false(change_followup(desk, CM_FOLLOWUP_ACTIVE, CM_FOLLOWUP_EVENT_REOPEN, TRUE,
				       &withdrawn, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_clear_error(&error);
	g_assert_false(change_followup(desk, CM_FOLLOWUP_ACTIVE, CM_FOLLOWUP_EVENT_SUSPEND, FALSE,
				       &withdrawn, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_assert_nonnull(strstr(error->message, "booked: 1."));
	g_clear_error(&error);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM claim;"), ==, 4);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM audit WHERE action LIKE 'followup.%';"),
			==, 0);
	g_assert_true(change_followup(desk, CM_FOLLOWUP_ACTIVE, CM_FOLLOWUP_EVENT_SUSPEND, TRUE,
				      &withdrawn, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(withdrawn, ==, 1);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM claim;"), ==, 0);
	g_assert_cmpint(
	    query(desk, "SELECT count(*) FROM audit WHERE action = 'followup.suspend';"), ==, 1);
	inactive = cm_store_followup_find_inactive(desk->store, &error);
	g_assert_cmpuint(g_hash_table_size(inactive), ==, 1);
	g_assert_true(g_hash_table_contains(inactive, &number));
	g_assert_true(change_followup(desk, CM_FOLLOWUP_SUSPENDED, CM_FOLLOWUP_EVENT_CLOSE, FALSE,
				      &withdrawn, &error));
	g_assert_true(change_followup(desk, CM_FOLLOWUP_CLOSED, CM_FOLLOWUP_EVENT_REOPEN, FALSE,
				      &withdrawn, &error));
	g_assert_no_error(error);
	order.expected = query(desk, "SELECT version FROM booking;");
	book(desk, &order);
}

/* ---- the same call again */

static void
test_keys(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");
	CmStoreCall call = call_at(NOW);
	CmStoreStamp first = {0};
	CmStoreStamp again = {0};
	g_autoptr(GError) error = NULL;

	call.key = "7f1c";
	g_assert_true(cm_store_booking_book(desk->store, &call, &order, &first, &error));
	g_assert_true(cm_store_booking_book(desk->store, &call, &order, &again, &error));
	g_assert_no_error(error);
	g_assert_cmpint(first.version, ==, again.version);
	g_assert_cmpint(first.number, ==, again.number);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM audit WHERE action LIKE 'booking.%';"),
			==, 1);
	/* for something else */
	order.place.start += 5;
	g_assert_false(cm_store_booking_book(desk->store, &call, &order, &again, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_assert_nonnull(strstr(error->message, "key"));
	g_clear_error(&error);
	/* somebody else's key of the same name is another one; this session is booked */
	call.actor = OTHER;
	order.place.start -= 5;
	g_assert_false(cm_store_booking_book(desk->store, &call, &order, &again, &error));
	g_assert_nonnull(strstr(error->message, "planned, on"));
	g_clear_error(&error);
	/* kept over a restart, and forgotten in the end */
	cm_store_fixture_reopen(desk->fixture);
	desk->store = desk->fixture->store;
	call.actor = UID;
	g_assert_true(cm_store_booking_book(desk->store, &call, &order, &again, &error));
	g_assert_cmpint(first.version, ==, again.version);
	call.now += CM_STORE_REQUEST_KEY_SECONDS;
	g_assert_false(cm_store_booking_book(desk->store, &call, &order, &again, &error));
	g_assert_nonnull(strstr(error->message, "planned, on"));
}

/* ---- holds */

static void
test_hold(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");
	CmStoreOrder rival = order_session(desk, 2, 0, "10:00");
	CmStoreCall call = call_at(NOW);
	CmStoreCall other = {.actor = OTHER, .now = NOW};
	CmStoreStamp hold = {0};
	CmStoreStamp booked = {0};
	gint64 end = 0;
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(
	    cm_store_hold_make(desk->store, &call, &order, NOW + 600, OTHER, &hold, &error));
	g_assert_no_error(error);
	g_assert_true(cm_store_hold_get_next_end(desk->store, &end, &error));
	g_assert_cmpint(end, ==, NOW + 600);
	assert_not_booked(desk, &rival, CM_ERROR_CONFLICT, "professional is booked");
	/* another time for the same session */
	order.place.start += 120;
	assert_not_booked(desk, &order, CM_ERROR_CONFLICT, "on hold for this session");
	/* only by whom it is for */
	g_assert_false(cm_store_hold_confirm(desk->store, &call, hold.number, hold.version, TRUE,
					     &booked, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_ACCESS_DENIED));
	g_clear_error(&error);
	g_assert_true(cm_store_hold_confirm(desk->store, &other, hold.number, hold.version, TRUE,
					    &booked, &error));
	g_assert_no_error(error);
	g_assert_cmpint(booked.number, ==, desk->session[0]);
	booking = get(desk, booked.number, NOW);
	g_assert_cmpint(booking->place.start, ==, 600);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM appointment;"), ==, 0);
}

static void
test_hold_ends(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");
	CmStoreOrder rival = order_session(desk, 2, 0, "10:00");
	CmStoreCall call = call_at(NOW);
	CmStoreCall later = call_at(NOW + 600);
	CmStoreStamp hold = {0};
	CmStoreStamp stamp = {0};
	g_autoptr(CmStoreBooking) ended = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_store_hold_make(desk->store, &call, &order, NOW, UID, &hold, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	g_clear_error(&error);
	g_assert_true(
	    cm_store_hold_make(desk->store, &call, &order, NOW + 600, UID, &hold, &error));
	/* a second before its end it stands, at its end it is over */
	ended = get(desk, hold.number, NOW + 599);
	g_assert_cmpint(ended->state, ==, CM_BOOKING_HOLD);
	g_clear_pointer(&ended, cm_store_booking_free);
	ended = get(desk, hold.number, NOW + 600);
	g_assert_cmpint(ended->state, ==, CM_BOOKING_CANCELLED);
	g_assert_false(cm_store_hold_confirm(desk->store, &later, hold.number, hold.version, TRUE,
					     &stamp, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_NOT_FOUND));
	g_clear_error(&error);
	/* it blocks nobody, though nothing has cleared it */
	g_assert_cmpint(query(desk, "SELECT count(*) FROM appointment;"), ==, 1);
	g_assert_true(cm_store_booking_book(desk->store, &later, &rival, &stamp, &error));
	g_assert_no_error(error);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM appointment;"), ==, 0);
	g_assert_cmpint(
	    query(desk,
		  "SELECT count(*) FROM audit WHERE action = 'booking.expire' AND uid IS NULL;"),
	    ==, 1);
}

static void
test_hold_clear(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder order = order_session(desk, 0, 0, "10:00");
	CmStoreCall call = call_at(NOW);
	CmStoreStamp hold = {0};
	g_autoptr(GArray) ended = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	g_autoptr(GError) error = NULL;

	g_assert_true(
	    cm_store_hold_make(desk->store, &call, &order, NOW + 600, UID, &hold, &error));
	g_assert_true(cm_store_hold_clear(desk->store, NOW + 599, ended, &error));
	g_assert_cmpuint(ended->len, ==, 0);
	g_assert_true(cm_store_hold_clear(desk->store, NOW + 600, ended, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(ended->len, ==, 1);
	g_assert_cmpint(g_array_index(ended, CmStoreStamp, 0).number, ==, hold.number);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM claim;"), ==, 0);
}

/* ---- appointments */

static CmStoreOrder
order_meeting(const Desk *desk, CmStoreBookingKind kind, gint day, const gchar *start)
{
	CmStoreOrder order = {.kind = kind,
			      .professional = desk->professional,
			      .place = place(desk, day, start, desk->room[0]),
			      .title = "Plan d’intervention de Quzmanovic"};

	return order;
}

static void
test_appointments(void)
{
	g_autoptr(Desk) desk = desk_new();
	const CmStoreAttendee group[] = {{CM_RESOURCE_STUDENT, desk->student[0]},
					 {CM_RESOURCE_STUDENT, desk->student[1]}};
	const CmStoreAttendee people[] = {{CM_RESOURCE_CONTACT, desk->contact[0]},
					  {CM_RESOURCE_CONTACT, desk->contact[1]}};
	CmStoreOrder together = order_meeting(desk, CM_STORE_BOOKING_GROUP, 0, "10:00");
	CmStoreOrder plan = order_meeting(desk, CM_STORE_BOOKING_INTERVENTION_PLAN, 0, "11:00");
	CmStoreOrder alone = order_meeting(desk, CM_STORE_BOOKING_MEETING, 0, "12:00");
	CmStoreOrder session = order_session(desk, 2, 0, "10:15");
	CmStoreStamp stamp = {0};
	g_autoptr(CmStoreBooking) booking = NULL;

	together.attendees = group;
	together.attendee_count = 2;
	stamp = book(desk, &together);
	booking = get(desk, stamp.number, NOW);
	g_assert_cmpint(booking->kind, ==, CM_STORE_BOOKING_GROUP);
	g_assert_cmpuint(booking->attendees->len, ==, 2);
	g_assert_cmpstr(booking->title, ==, together.title);
	plan.attendees = people;
	plan.attendee_count = 2;
	book(desk, &plan);
	alone.place.room = 0;
	alone.place.site = 0;
	book(desk, &alone);
	session.place.room = desk->room[1];
	assert_not_booked(desk, &session, CM_ERROR_CONFLICT, "professional is booked");
	/* sealed */
	g_assert_cmpint(
	    query(desk, "SELECT count(*) FROM appointment WHERE instr (title, 'Quzmanovic') > 0;"),
	    ==, 0);
	plan.place.start = 14 * 60;
	plan.attendees = group;
	plan.place.site = cm_roster_numbers_get(desk->numbers, CM_NUMBER_SITE, 1);
	assert_not_booked(desk, &plan, CM_ERROR_INVALID_INPUT, "another school");
}

static void
test_list(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder first = order_session(desk, 0, 0, "13:00");
	CmStoreOrder second = order_session(desk, 2, 0, "09:00");
	CmStoreOrder meeting = order_meeting(desk, CM_STORE_BOOKING_MEETING, 0, "11:00");
	const CmStoreAttendee student = {CM_RESOURCE_STUDENT, desk->student[1]};
	CmStoreBookingFilter filter = {.from = desk->tuesday, .to = desk->tuesday};
	g_autoptr(GPtrArray) all = NULL;
	g_autoptr(GPtrArray) of_student = NULL;
	g_autoptr(GPtrArray) none = NULL;
	g_autoptr(GError) error = NULL;

	book(desk, &first);
	book(desk, &second);
	meeting.attendees = &student;
	meeting.attendee_count = 1;
	book(desk, &meeting);
	all = cm_store_booking_list(desk->store, &filter, NOW, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(all->len, ==, 3);
	for (guint i = 1; i < all->len; i++) {
		const CmStoreBooking *before = g_ptr_array_index(all, i - 1);
		const CmStoreBooking *after = g_ptr_array_index(all, i);

		g_assert_cmpint(before->start_utc, <=, after->start_utc);
	}
	filter.student = desk->student[1];
	of_student = cm_store_booking_list(desk->store, &filter, NOW, &error);
	g_assert_cmpuint(of_student->len, ==, 2);
	filter.state = CM_BOOKING_CANCELLED;
	none = cm_store_booking_list(desk->store, &filter, NOW, &error);
	g_assert_cmpuint(none->len, ==, 0);
}

/* ---- series */

static void
test_series(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder orders[3] = {order_session(desk, 0, 0, "10:00"),
				  order_session(desk, 2, 0, "10:15"),
				  order_session(desk, 3, 1, "10:15")};
	CmStoreCall call = call_at(NOW);
	gint64 series = 0;
	g_autoptr(GArray) stamps = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	g_autoptr(GArray) again = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	g_autoptr(GArray) failed = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autoptr(GError) error = NULL;

	call.key = "a series";
	g_assert_false(
	    cm_store_series_book(desk->store, &call, orders, 3, &series, stamps, failed, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	/* each that fails, and only those */
	g_assert_nonnull(strstr(error->message, "2026-09-08, 10:15"));
	g_assert_nonnull(strstr(error->message, "2026-09-09, 10:15"));
	g_assert_null(strstr(error->message, "2026-09-08, 10:00:"));
	g_assert_cmpuint(failed->len, ==, 2);
	g_assert_cmpuint(stamps->len, ==, 0);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM booking;"), ==, 0);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM audit WHERE action LIKE 'booking.%';"),
			==, 0);
	g_clear_error(&error);
	orders[1].place.start = 13 * 60;
	orders[2].place.start = 13 * 60;
	g_assert_true(
	    cm_store_series_book(desk->store, &call, orders, 3, &series, stamps, NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(stamps->len, ==, 3);
	g_assert_cmpint(series, >, 0);
	g_assert_cmpint(query(desk, "SELECT count(DISTINCT series) FROM booking;"), ==, 1);
	g_assert_true(
	    cm_store_series_book(desk->store, &call, orders, 3, &series, again, NULL, &error));
	g_assert_cmpuint(again->len, ==, 3);
	g_assert_cmpint(g_array_index(again, CmStoreStamp, 2).version, ==,
			g_array_index(stamps, CmStoreStamp, 2).version);
	g_assert_false(
	    cm_store_series_book(desk->store, &call, orders, 0, &series, again, NULL, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-booking/book", test_book);
	g_test_add_func("/store-booking/refused", test_refused);
	g_test_add_func("/store-booking/calendar-busy", test_calendar_busy);
	g_test_add_func("/store-booking/move-and-versions", test_move_and_versions);
	g_test_add_func("/store-booking/cancel-and-rebook", test_cancel_and_rebook);
	g_test_add_func("/store-booking/outcomes", test_outcomes);
	g_test_add_func("/store-booking/followup-states", test_followup_states);
	g_test_add_func("/store-booking/followup-change", test_followup_change);
	g_test_add_func("/store-booking/keys", test_keys);
	g_test_add_func("/store-booking/hold", test_hold);
	g_test_add_func("/store-booking/hold-ends", test_hold_ends);
	g_test_add_func("/store-booking/hold-clear", test_hold_clear);
	g_test_add_func("/store-booking/appointments", test_appointments);
	g_test_add_func("/store-booking/list", test_list);
	g_test_add_func("/store-booking/series", test_series);
	return g_test_run();
}
