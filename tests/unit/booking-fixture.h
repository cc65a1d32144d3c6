// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-booking.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

/* What the tests of bookings by hand share: the small caseload in a database, its things by their numbers. */

#define UID 1000
#define OTHER 1001
/* 2026-09-01 12:00 UTC, before anything in the small caseload */
#define NOW 1788264000

typedef struct {
	CmStoreFixture *fixture;
	CmStore *store;
	CmCaseload *caseload;
	CmRosterNumbers *numbers;
	gint64 session[4]; /* f1-1 f1-2 f2-1 f2-2 */
	gint64 room[2];
	gint64 professional;
	gint64 student[2];
	gint64 contact[2];
	gint64 school;
	CmDay tuesday; /* 2026-09-08 */
} Desk;

static inline Desk *
desk_new(void)
{
	Desk *desk = g_new0(Desk, 1);
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autoptr(GError) error = NULL;

	desk->fixture = cm_store_fixture_new();
	desk->store = desk->fixture->store;
	cm_store_fixture_import(desk->fixture, caseload, NULL);
	desk->caseload =
	    cm_store_roster_load_numbered(desk->store, NULL, &desk->numbers, NULL, &error);
	g_assert_no_error(error);
	for (guint32 i = 0; i < 4; i++)
		desk->session[i] = cm_roster_numbers_get(desk->numbers, CM_NUMBER_SESSION, i);
	for (guint32 i = 0; i < 2; i++) {
		desk->room[i] = cm_roster_numbers_get(desk->numbers, CM_NUMBER_ROOM, i);
		desk->student[i] = cm_roster_numbers_get(desk->numbers, CM_NUMBER_STUDENT, i);
		desk->contact[i] = cm_roster_numbers_get(desk->numbers, CM_NUMBER_CONTACT, i);
	}
	desk->professional = cm_roster_numbers_get(desk->numbers, CM_NUMBER_PROFESSIONAL, 0);
	desk->school = cm_roster_numbers_get(desk->numbers, CM_NUMBER_SITE, 0);
	g_assert_true(cm_day_parse("2026-09-08", &desk->tuesday));
	return desk;
}

static inline void
desk_free(Desk *desk)
{
	g_autoptr(GError) error = NULL;
	gboolean sound = cm_store_check(desk->store, NULL, &error);

	/* whatever a test did, the guard agrees with what is booked */
	g_assert_no_error(error);
	g_assert_true(sound);
	cm_caseload_free(desk->caseload);
	cm_roster_numbers_free(desk->numbers);
	cm_store_fixture_free(desk->fixture);
	g_free(desk);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Desk, desk_free)

static inline CmStorePlace
place(const Desk *desk, gint day, const gchar *start, gint64 room)
{
	CmStorePlace there = {.date = desk->tuesday + day,
			      .minutes = 45,
			      .mode = CM_MODE_IN_PERSON,
			      .site = desk->school,
			      .room = room};

	g_assert_true(cm_minute_parse(start, &there.start));
	return there;
}

static inline CmStoreOrder
order_session(const Desk *desk, guint session, gint day, const gchar *start)
{
	CmStoreOrder order = {.kind = CM_STORE_BOOKING_SESSION,
			      .session = desk->session[session],
			      .student_present = TRUE,
			      .place = place(desk, day, start, desk->room[0])};

	return order;
}

static inline CmStoreCall
call_at(gint64 now)
{
	CmStoreCall call = {.actor = UID, .now = now};

	return call;
}

static inline CmStoreStamp
book(Desk *desk, const CmStoreOrder *order)
{
	CmStoreCall call = call_at(NOW);
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_booking_book(desk->store, &call, order, &stamp, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	g_assert_cmpint(stamp.version, >, 0);
	return stamp;
}

static inline void
assert_not_booked(Desk *desk, const CmStoreOrder *order, CmErrorCode code, const gchar *words)
{
	CmStoreCall call = call_at(NOW);
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_store_booking_book(desk->store, &call, order, &stamp, &error));
	if (!cm_error_is(error, code) || strstr(error->message, words) == NULL)
		g_test_fail_printf("not “%s”: %s", words, error->message);
	g_assert_cmpint(stamp.version, ==, 0);
}

static inline CmStoreBooking *
get(Desk *desk, gint64 number, gint64 now)
{
	g_autoptr(GError) error = NULL;
	CmStoreBooking *booking = cm_store_booking_get(desk->store, number, now, &error);

	g_assert_no_error(error);
	return booking;
}

static inline gint64
query(Desk *desk, const gchar *sql)
{
	g_autofree gchar *text = NULL;

	g_assert_true(cm_store_fixture_run_shell(desk->fixture, sql, &text));
	return g_ascii_strtoll(text, NULL, 10);
}
