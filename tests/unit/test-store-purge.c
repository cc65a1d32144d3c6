// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-purge.h"

#include "daemon/store/store-opening.h"
#include "daemon/store/store-video-room.h"
#include "tests/unit/visit-fixture.h"

#define DAY 86400
#define HOUR 3600
#define DAYS 10 /* that are kept */
#define YEARS (5 * 365 * (gint64)DAY)

/* comodald looks, at `now`; what was over before when goes */
static gint64
begin(Visio *visio, gint64 now, gboolean expected_new)
{
	gboolean new = FALSE;
	gint64 before = -1;
	g_autoptr(GError) error = NULL;
	gboolean done = cm_store_purge_begin(visio->store, DAYS, now, &new, &before, &error);

	g_assert_no_error(error);
	g_assert_true(done);
	g_assert_true(new == expected_new);
	return before;
}

/* a new day, and all that goes on it */
static CmStorePurge
pass_day(Visio *visio, gint64 now)
{
	gint64 before = begin(visio, now, TRUE);
	CmStorePurge purge = {0};
	g_autoptr(GError) error = NULL;

	if (before == 0)
		return purge;
	do {
		gboolean done = cm_store_purge_run(visio->store, before, now, &purge, &error);

		g_assert_no_error(error);
		g_assert_true(done);
	} while (purge.more);
	return purge;
}

static guint
count(const CmStorePurge *purge)
{
	return purge->entries + purge->passes + purge->visits + purge->endings + purge->helps +
	       purge->rooms + purge->openings;
}

static gint64
count_rows(Visio *visio)
{
	return query(visio->desk,
		     "SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM pass) + "
		     "(SELECT count(*) FROM visit) + (SELECT count(*) FROM ending) + "
		     "(SELECT count(*) FROM help_request) + (SELECT count(*) FROM video_room) + "
		     "(SELECT count(*) FROM opening);");
}

static void
add_room(Visio *visio, gboolean ends, gboolean forgotten)
{
	g_autoptr(GBytes) facts = g_bytes_new_static("{}", 2);
	g_autoptr(GError) error = NULL;
	g_autoptr(CmStoreVideoRoom) room = cm_store_video_room_add(
	    visio->store, visio->booking.number, "builtin", facts, visio->start, &error);

	g_assert_no_error(error);
	if (ends)
		g_assert_true(cm_store_video_room_finish(visio->store, room->number, NULL,
							 visio->end, &error));
	if (forgotten)
		g_assert_true(
		    cm_store_video_room_forget(visio->store, room->number, visio->end, &error));
}

static void
ask_help(Visio *visio)
{
	gint64 number = 0;
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_help_ask(visio->store, visio->booking.number, CM_RESOURCE_CONTACT,
					visio->desk->contact[0], "{}", visio->start, &number,
					&error));
}

static void
tell_staff(Visio *visio)
{
	g_assert_true(cm_store_fixture_run_shell(
	    visio->desk->fixture, "UPDATE notice SET sent_at = 1, outcome = 'told';", NULL));
}

/* A session with all that there can be: a link used, a code, two passes, a guest who answered, a host, help, an end, a room. */
static void
hold_session(Visio *visio)
{
	const CmStoreEntryOrder order =
	    visio_order(visio, CM_VISIT_GUEST, CM_RESOURCE_CONTACT, visio->desk->contact[0], NOW);
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor host = visio_host(visio, visio->start);
	const CmStoreOpening opening = {.person = guest.person,
					.kind = CM_RESOURCE_CONTACT,
					.day = visio->desk->tuesday,
					.count = 3};
	g_autofree gchar *code = NULL;
	g_autofree gchar *pass = NULL;
	g_autoptr(GError) error = NULL;
	gint64 from = 0;
	gint64 until = 0;

	g_assert_true(cm_store_entry_make_code(visio->store, &order, &code, &from, &until, &error));
	pass = visio_exchange(visio, TRUE, code, visio->start, &error);
	g_assert_no_error(error);
	(void)visio_arrive(visio, &guest, visio->start);
	(void)visio_arrive(visio, &host, visio->start);
	ask_help(visio);
	g_assert_true(cm_store_opening_count(visio->store, &opening, 1, &error));
	g_assert_true(
	    cm_store_visit_end(visio->store, visio->booking.number, UID, visio->end - 60, &error));
	add_room(visio, TRUE, TRUE);
	g_assert_no_error(error);
	g_assert_cmpint(count_rows(visio), ==, 10);
}

/* ---- before and after */

static void
test_limit(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStorePurge purge = {0};

	hold_session(visio);
	tell_staff(visio);
	/* the day of the session, and the nine after it */
	for (gint i = 0; i < DAYS; i++) {
		purge = pass_day(visio, visio->start + i * (gint64)DAY);
		g_assert_cmpuint(count(&purge), ==, 0);
	}
	g_assert_cmpint(count_rows(visio), ==, 10);
	purge = pass_day(visio, visio->start + DAYS * (gint64)DAY);
	g_assert_cmpuint(purge.entries, ==, 2);
	g_assert_cmpuint(purge.passes, ==, 2);
	g_assert_cmpuint(purge.visits, ==, 1);
	g_assert_cmpuint(purge.endings, ==, 1);
	g_assert_cmpuint(purge.helps, ==, 1);
	g_assert_cmpuint(purge.rooms, ==, 1);
	g_assert_cmpuint(purge.openings, ==, 1);
	/* what was answered at the door stays, to the session's record */
	g_assert_cmpint(count_rows(visio), ==, 1);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM visit WHERE role = 'guest' AND "
					   "length(answers) > 0;"),
			==, 1);
	g_assert_cmpint(
	    query(visio->desk, "SELECT count(*) FROM audit WHERE action = 'door.purge';"), ==, 1);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM audit WHERE action LIKE "
					   "'entry.%' OR action LIKE 'visit.%';"),
			>, 4);
	/* nothing is left to go, and that is no entry */
	purge = pass_day(visio, visio->start + (DAYS + 1) * (gint64)DAY);
	g_assert_cmpuint(count(&purge), ==, 0);
	g_assert_cmpint(
	    query(visio->desk, "SELECT count(*) FROM audit WHERE action = 'door.purge';"), ==, 1);
}

/* a day counts once, however often comodald looks or begins; days on which it rests do not */
static void
test_days(void)
{
	g_autoptr(Visio) visio = visio_new();
	gint64 monday = visio->start - 10 * HOUR;

	/* the organisation's midnight */
	g_assert_cmpint(begin(visio, monday - 1, TRUE), ==, 0);
	g_assert_cmpint(begin(visio, monday, TRUE), ==, 0);
	g_assert_cmpint(begin(visio, monday + DAY - 1, FALSE), ==, 0);
	cm_store_fixture_reopen(visio->desk->fixture);
	visio->store = visio->desk->store = visio->desk->fixture->store;
	g_assert_cmpint(begin(visio, monday + DAY - 1, FALSE), ==, 0);
	for (gint i = 1; i < DAYS - 2; i++)
		g_assert_cmpint(begin(visio, monday + 7 * i * (gint64)DAY, TRUE), ==, 0);
	g_assert_cmpint(begin(visio, monday + 100 * (gint64)DAY, TRUE), ==, monday - DAY);
	g_assert_cmpint(begin(visio, monday + 101 * (gint64)DAY, TRUE), ==, monday);
}

/* ---- what is promised */

/* A clock that jumps ahead by years, and again, and back: what is to come stands as it stood, and what was over goes on its day. */
static void
test_clock_jumps(void)
{
	g_autoptr(Visio) visio = visio_new();
	const CmStoreEntryOrder order =
	    visio_order(visio, CM_VISIT_GUEST, CM_RESOURCE_CONTACT, visio->desk->contact[0], NOW);
	g_autofree gchar *code = NULL;
	g_autofree gchar *pass = NULL;
	g_autoptr(GError) error = NULL;
	gint64 from = 0;
	gint64 until = 0;
	CmStorePurge purge = {0};

	for (gint i = 3 * DAYS; i > 0; i--)
		(void)pass_day(visio, NOW - i * (gint64)DAY);
	g_assert_true(cm_store_entry_make_code(visio->store, &order, &code, &from, &until, &error));
	ask_help(visio);
	tell_staff(visio);
	(void)pass_day(visio, NOW);
	for (gint i = 1; i < DAYS; i++) {
		purge = pass_day(visio, NOW + i * YEARS);
		g_assert_cmpuint(count(&purge), ==, 0);
	}
	/* back: those days never were */
	g_assert_cmpint(begin(visio, NOW, FALSE), <, NOW);
	for (gint i = 1; i < DAYS; i++) {
		purge = pass_day(visio, NOW + i * YEARS);
		g_assert_cmpuint(count(&purge), ==, 0);
	}
	g_assert_cmpint(begin(visio, NOW, FALSE), <, NOW);
	pass = visio_exchange(visio, TRUE, code, visio->start, &error);
	g_assert_no_error(error);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM help_request;"), ==, 1);
	/* a clock that was back in 1970 delays, and takes nothing */
	purge = pass_day(visio, 1000);
	g_assert_cmpuint(count(&purge), ==, 0);
	g_assert_cmpint(begin(visio, NOW + DAY, TRUE), ==, 0);
}

/* it is held a month later: its code is said then, and whoever asked for help there is there still */
static void
test_moved(void)
{
	g_autoptr(Visio) visio = visio_new();
	const CmStoreEntryOrder order =
	    visio_order(visio, CM_VISIT_GUEST, CM_RESOURCE_CONTACT, visio->desk->contact[0], NOW);
	CmStoreCall call = call_at(NOW);
	CmStorePlace later = place(visio->desk, 7 * 5, "10:00", 0);
	CmStoreStamp stamp = {0};
	g_autofree gchar *code = NULL;
	g_autofree gchar *pass = NULL;
	g_autoptr(GError) error = NULL;
	gint64 from = 0;
	gint64 until = 0;

	g_assert_true(cm_store_entry_make_code(visio->store, &order, &code, &from, &until, &error));
	later.mode = CM_MODE_VIDEO_REMOTE;
	g_assert_true(cm_store_booking_move(visio->store, &call, visio->booking.number,
					    visio->booking.version, &later, &stamp, &error));
	for (gint i = 0; i < 35; i++) {
		const CmStorePurge purge = pass_day(visio, visio->start + i * (gint64)DAY);

		g_assert_cmpuint(count(&purge), ==, 0);
	}
	pass = visio_exchange(visio, TRUE, code, visio->start + 35 * (gint64)DAY, &error);
	g_assert_no_error(error);
}

/* whatever is not done with stays as long as it takes */
static void
test_not_done(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStorePurge purge = {0};

	hold_session(visio);
	/* staff do not know of the call for help yet; a room stands open, and one's provider was not told of its end */
	add_room(visio, TRUE, FALSE);
	add_room(visio, FALSE, FALSE);
	for (gint i = 0; i < 2 * DAYS; i++)
		purge = pass_day(visio, visio->start + i * (gint64)DAY);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM help_request;"), ==, 1);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM video_room;"), ==, 3);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM ending;"), ==, 1);
	/* passes were over long ago, whatever stands open */
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM pass;"), ==, 0);
	tell_staff(visio);
	g_assert_true(cm_store_fixture_run_shell(
	    visio->desk->fixture,
	    "UPDATE video_room SET state = 'ended', ended_at = opened_at WHERE turn = 3;", NULL));
	purge = pass_day(visio, visio->start + 2 * DAYS * (gint64)DAY);
	g_assert_cmpuint(purge.helps, ==, 1);
	g_assert_cmpuint(purge.rooms, ==, 2);
	g_assert_cmpuint(purge.endings, ==, 1);
	g_assert_cmpint(guest.role, ==, CM_VISIT_GUEST);
}

/* Nobody said that they left, in a room that is elsewhere: gone with the rest, once the session is long over and its room is closed. */
static void
test_present(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor host = visio_host(visio, visio->start);
	CmStorePurge purge = {0};

	(void)visio_arrive(visio, &host, visio->start);
	for (gint i = 0; i < DAYS; i++) {
		purge = pass_day(visio, visio->start + i * (gint64)DAY);
		g_assert_cmpuint(count(&purge), ==, 0);
	}
	purge = pass_day(visio, visio->start + DAYS * (gint64)DAY);
	g_assert_cmpuint(purge.visits, ==, 1);
}

/* more than one transaction is to take */
static void
test_slices(void)
{
	g_autoptr(Visio) visio = visio_new();
	gint64 before = 0;
	CmStorePurge purge = {0};
	g_autoptr(GError) error = NULL;
	guint slices = 0;

	g_assert_true(cm_store_fixture_run_shell(
	    visio->desk->fixture,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) INSERT "
	    "INTO opening SELECT 2, i, 10000, 1 FROM n;"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) INSERT "
	    "INTO visit (id, subject, role, kind, person, state, answers, arrived_at, left_at) "
	    "SELECT 1000000 + i, 987654321, 'helper', 4, i, 'left', x'00', 1, 2 FROM n;",
	    NULL));
	for (gint i = 0; i < DAYS; i++)
		before = begin(visio, NOW + i * (gint64)DAY, TRUE);
	do {
		guint was = count(&purge);

		g_assert_true(cm_store_purge_run(visio->store, before, NOW, &purge, &error));
		g_assert_cmpuint(count(&purge) - was, <=, 2 * CM_STORE_PURGE_SLICE);
		slices++;
	} while (purge.more);
	g_assert_cmpuint(slices, ==, 3);
	g_assert_cmpuint(purge.openings, ==, 1200);
	g_assert_cmpuint(purge.visits, ==, 700);
	g_assert_cmpint(count_rows(visio), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-purge/limit", test_limit);
	g_test_add_func("/store-purge/days", test_days);
	g_test_add_func("/store-purge/clock-jumps", test_clock_jumps);
	g_test_add_func("/store-purge/moved", test_moved);
	g_test_add_func("/store-purge/not-done", test_not_done);
	g_test_add_func("/store-purge/present", test_present);
	g_test_add_func("/store-purge/slices", test_slices);
	return g_test_run();
}
