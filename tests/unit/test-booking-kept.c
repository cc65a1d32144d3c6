// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-plan.h"
#include "tests/unit/booking-fixture.h"

/* ---- what plans and imports leave alone */

/* a draft with session f1-1 at an hour of Tuesday, and f2-1 there or not; made at `made` */
static guint64
add_draft(Desk *desk, gint day, CmMinute start, gint other_day, gint64 made)
{
	g_autoptr(CmPlan) plan = cm_plan_new();
	CmPlacement first = {.session = 0,
			     .date = desk->tuesday + day,
			     .start = start,
			     .mode = CM_MODE_IN_PERSON,
			     .room = 0,
			     .companion = CM_NONE};
	CmPlacement other = first;
	guint64 version = 0;
	guint64 number = 0;
	g_autofree gchar *sql = NULL;
	g_autoptr(GError) error = NULL;

	g_array_append_val(plan->placements, first);
	other.session = 2;
	other.date = desk->tuesday + other_day;
	other.start = 14 * 60;
	g_array_append_val(plan->placements, other);
	g_assert_true(cm_store_roster_get_version(desk->store, &version, &error));
	g_assert_true(cm_store_plan_add(desk->store, desk->caseload, plan, version, NULL, NULL,
					&number, NULL, &error));
	g_assert_no_error(error);
	sql = g_strdup_printf("UPDATE plan SET made_at = %" G_GINT64_FORMAT
			      " WHERE number = %" G_GUINT64_FORMAT ";",
			      made, number);
	g_assert_true(cm_store_fixture_run_shell(desk->fixture, sql, NULL));
	return number;
}

static guint64
get_published(Desk *desk)
{
	CmPlanInfo info = {0};

	return cm_store_plan_get_info(desk->store, 0, &info, NULL) ? info.number : 0;
}

static CmPublishReport
publish(Desk *desk, guint64 number, gint64 now)
{
	CmPublishReport report = {0};
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_plan_publish(desk->store, number, get_published(desk), UID, now,
					      &report, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	return report;
}

static void
assert_not_published(Desk *desk, guint64 number, gint64 now, const gchar *words)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_store_plan_publish(desk->store, number, get_published(desk), UID, now,
					     NULL, NULL, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	if (strstr(error->message, words) == NULL)
		g_test_fail_printf("not “%s”: %s", words, error->message);
}

static void
assert_stands(Desk *desk, gint64 number, CmBookingState state, gint day, CmMinute start)
{
	g_autoptr(CmStoreBooking) booking = get(desk, number, NOW);

	g_assert_cmpint(booking->state, ==, state);
	g_assert_cmpint(booking->place.date, ==, desk->tuesday + day);
	g_assert_cmpint(booking->place.start, ==, start);
}

/* noon of a day, from Tuesday */
static gint64
noon(const Desk *desk, gint day)
{
	return ((gint64)desk->tuesday + day) * 86400 + 16 * 3600;
}

static void
test_publish_keeps(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder by_hand = order_session(desk, 0, 0, "10:00");
	CmStoreCall call = call_at(NOW);
	CmStoreStamp stamp = book(desk, &by_hand);
	CmPublishReport report = {0};
	guint64 draft = 0;
	g_autoptr(GError) error = NULL;

	/* a draft that would move it, and one that does not have it at all */
	report = publish(desk, add_draft(desk, 0, 11 * 60, 0, NOW), NOW);
	g_assert_cmpuint(report.kept, ==, 1);
	g_assert_cmpuint(report.placed, ==, 1);
	assert_stands(desk, desk->session[0], CM_BOOKING_PLANNED, 0, 10 * 60);
	assert_stands(desk, desk->session[2], CM_BOOKING_PLANNED, 0, 14 * 60);
	/* a draft that knows it leaves its row, and its version, alone */
	publish(desk, add_draft(desk, 0, 10 * 60, 1, NOW), NOW);
	g_assert_true(cm_store_booking_cancel(desk->store, &call, stamp.number, stamp.version,
					      &stamp, &error));
	g_assert_no_error(error);
	/* cancelled since the draft was made: stays so; cancelled before: may be planned again */
	draft = add_draft(desk, 0, 10 * 60, 1, NOW - 60);
	publish(desk, draft, NOW);
	assert_stands(desk, desk->session[0], CM_BOOKING_CANCELLED, 0, 10 * 60);
	publish(desk, add_draft(desk, 0, 11 * 60, 1, NOW + 60), NOW + 60);
	assert_stands(desk, desk->session[0], CM_BOOKING_PLANNED, 0, 11 * 60);
}

static void
test_publish_keeps_outcomes(void)
{
	g_autoptr(CmPlan) published = NULL;
	g_autoptr(Desk) desk = desk_new();
	CmStoreCall call = call_at(noon(desk, 3));
	CmStoreStamp stamp = {0};
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(GError) error = NULL;

	publish(desk, add_draft(desk, 0, 10 * 60, 1, NOW), NOW);
	booking = get(desk, desk->session[0], NOW);
	g_assert_true(cm_store_booking_set_outcome(desk->store, &call, booking->number,
						   booking->version, CM_BOOKING_EVENT_NO_SHOW,
						   &stamp, &error));
	g_assert_no_error(error);
	/* it is in the published plan as it was: agendas show what took place */
	published = cm_store_plan_load(desk->store, desk->caseload, 0, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(published->placements->len, ==, 2);
	/* even one that was told to begin in the past */
	publish(desk, add_draft(desk, 6, 10 * 60, 7, noon(desk, 3)), noon(desk, 3));
	assert_stands(desk, desk->session[0], CM_BOOKING_NO_SHOW, 0, 10 * 60);
}

static void
test_publish_old_draft(void)
{
	g_autoptr(Desk) desk = desk_new();
	guint64 old = 0;

	publish(desk, add_draft(desk, 0, 10 * 60, 1, NOW), NOW);
	/* made on Monday, published on Thursday: Tuesday and Wednesday are over */
	old = add_draft(desk, 6, 10 * 60, 7, noon(desk, -1));
	assert_not_published(desk, old, noon(desk, 2), "2026-09-08, which is over");
	assert_stands(desk, desk->session[0], CM_BOOKING_PLANNED, 0, 10 * 60);
	publish(desk, old, noon(desk, -1) + 60);
	/* and no session may be put on a day that is over */
	old = add_draft(desk, 0, 10 * 60, 1, noon(desk, -1));
	assert_not_published(desk, old, noon(desk, 1), "2026-09-08, which is over");
	publish(desk, old, noon(desk, 0));
}

static void
test_import_keeps(void)
{
	g_autoptr(Desk) desk = desk_new();
	CmStoreOrder by_hand = order_session(desk, 0, 0, "10:00");
	g_auto(GStrv) parts = g_strsplit(cm_store_fixture_get_small(), "'f1-1'", -1);
	g_autofree gchar *text = g_strjoinv("'f1-9'", parts);
	g_autoptr(CmCaseload) without = cm_store_fixture_parse(text);
	CmStoreReport report = {0};
	CmStoreImportOptions options = {.now = NOW};
	CmStoreStamp stamp = book(desk, &by_hand);
	CmStoreCall call = call_at(NOW);
	g_autoptr(GError) error = NULL;

	/* the session that is booked by hand is not in the document any more: it stays */
	(void)!cm_store_import_caseload(desk->store, without, &options, &report, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(report.kept, ==, 1);
	g_assert_cmpuint(report.withdrawn, ==, 0);
	assert_stands(desk, desk->session[0], CM_BOOKING_PLANNED, 0, 10 * 60);
	/* once it is cancelled, it goes */
	g_assert_true(cm_store_booking_cancel(desk->store, &call, stamp.number, stamp.version,
					      &stamp, &error));
	(void)!cm_store_import_caseload(desk->store, without, &options, &report, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(report.kept, ==, 0);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM booking;"), ==, 0);
}

static void
test_import_keeps_the_past(void)
{
	g_autoptr(Desk) desk = desk_new();
	g_auto(GStrv) parts = g_strsplit(cm_store_fixture_get_small(), "'r1'", -1);
	g_autofree gchar *text = g_strjoinv("'r9'", parts);
	g_autoptr(CmCaseload) without = cm_store_fixture_parse(text);
	CmStoreReport report = {0};
	CmStoreImportOptions options = {.now = noon(desk, 1)};
	g_autoptr(GError) error = NULL;

	/* by a plan: Tuesday and next week, both in room r1 */
	publish(desk, add_draft(desk, 0, 10 * 60, 7, NOW), NOW);
	(void)!cm_store_import_caseload(desk->store, without, &options, &report, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(report.withdrawn, ==, 1);
	g_assert_cmpuint(report.kept, ==, 1);
	assert_stands(desk, desk->session[0], CM_BOOKING_PLANNED, 0, 10 * 60);
}

/* ---- who is told */

/* notices of a kind about one of the sessions, for somebody of the roster */
static gint64
count_notices(Desk *desk, const gchar *kind, guint session, CmResource to, gint64 number)
{
	g_autofree gchar *sql = g_strdup_printf(
	    "SELECT count(*) FROM notice WHERE kind = '%s' AND subject = %" G_GINT64_FORMAT
	    " AND recipient_kind = %d AND recipient = %" G_GINT64_FORMAT ";",
	    kind, desk->session[session], to, number);

	return query(desk, sql);
}

static void
test_publish_tells(void)
{
	g_autoptr(Desk) desk = desk_new();
	gint64 booked = 0;

	publish(desk, add_draft(desk, 0, 10 * 60, 1, NOW), NOW);
	/* f1-1: the professional, the student and the guardian who takes part, as by hand */
	g_assert_cmpint(
	    count_notices(desk, "booking.booked", 0, CM_RESOURCE_PROFESSIONAL, desk->professional),
	    ==, 1);
	g_assert_cmpint(
	    count_notices(desk, "booking.booked", 0, CM_RESOURCE_STUDENT, desk->student[0]), ==, 1);
	g_assert_cmpint(
	    count_notices(desk, "booking.booked", 0, CM_RESOURCE_CONTACT, desk->contact[0]), ==, 1);
	booked = query(desk, "SELECT count(*) FROM notice;");
	/* another hour for the first, the other stays where it is: nobody is told of it */
	publish(desk, add_draft(desk, 0, 11 * 60, 1, NOW), NOW);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM notice;"), ==, booked + 3);
	g_assert_cmpint(
	    count_notices(desk, "booking.moved", 0, CM_RESOURCE_CONTACT, desk->contact[0]), ==, 1);
	g_assert_cmpint(
	    count_notices(desk, "booking.moved", 0, CM_RESOURCE_PROFESSIONAL, desk->professional),
	    ==, 1);
	/* moved again before anything was sent: told once */
	publish(desk, add_draft(desk, 0, 10 * 60, 1, NOW), NOW);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM notice;"), ==, booked + 3);
	/* sent since: told anew */
	(void)query(desk, "UPDATE notice SET sent_at = 1;");
	publish(desk, add_draft(desk, 0, 11 * 60, 1, NOW), NOW);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM notice;"), ==, booked + 6);
}

static void
test_publish_tells_nobody_of_what_is_over(void)
{
	g_autoptr(Desk) desk = desk_new();

	/* made after the first session, which no day of the draft keeps as it was */
	publish(desk, add_draft(desk, 0, 10 * 60, 7, noon(desk, 1)), noon(desk, 1));
	g_assert_cmpint(
	    count_notices(desk, "booking.booked", 0, CM_RESOURCE_STUDENT, desk->student[0]), ==, 0);
	g_assert_cmpint(
	    count_notices(desk, "booking.booked", 2, CM_RESOURCE_STUDENT, desk->student[1]), ==, 1);
}

static void
test_import_tells(void)
{
	g_autoptr(Desk) desk = desk_new();
	g_auto(GStrv) parts = g_strsplit(cm_store_fixture_get_small(), "'f1-1'", -1);
	g_autofree gchar *text = g_strjoinv("'f1-9'", parts);
	g_autoptr(CmCaseload) without = cm_store_fixture_parse(text);
	CmStoreReport report = {0};
	CmStoreImportOptions options = {.now = NOW, .dry_run = TRUE};
	gint64 before = 0;
	g_autoptr(GError) error = NULL;

	publish(desk, add_draft(desk, 0, 10 * 60, 1, NOW), NOW);
	before = query(desk, "SELECT count(*) FROM notice;");
	(void)!cm_store_import_caseload(desk->store, without, &options, &report, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM notice;"), ==, before);
	options.dry_run = FALSE;
	(void)!cm_store_import_caseload(desk->store, without, &options, &report, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(report.withdrawn, ==, 1);
	g_assert_cmpint(query(desk, "SELECT count(*) FROM notice;"), ==, before + 3);
	g_assert_cmpint(
	    count_notices(desk, "booking.cancelled", 0, CM_RESOURCE_STUDENT, desk->student[0]), ==,
	    1);
	g_assert_cmpint(
	    count_notices(desk, "booking.cancelled", 0, CM_RESOURCE_CONTACT, desk->contact[0]), ==,
	    1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/booking-kept/publish-keeps", test_publish_keeps);
	g_test_add_func("/booking-kept/publish-keeps-outcomes", test_publish_keeps_outcomes);
	g_test_add_func("/booking-kept/publish-old-draft", test_publish_old_draft);
	g_test_add_func("/booking-kept/import-keeps", test_import_keeps);
	g_test_add_func("/booking-kept/import-keeps-the-past", test_import_keeps_the_past);
	g_test_add_func("/booking-kept/publish-tells", test_publish_tells);
	g_test_add_func("/booking-kept/publish-tells-nobody-of-what-is-over",
			test_publish_tells_nobody_of_what_is_over);
	g_test_add_func("/booking-kept/import-tells", test_import_tells);
	return g_test_run();
}
