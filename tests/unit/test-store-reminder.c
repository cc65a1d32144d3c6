// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-reminder.h"

#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-guardianship.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-reach.h"
#include "daemon/store/store-roster.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

#define ACTOR 1000
#define HOUR 3600
#define DAY (24 * HOUR)
#define NOW 1788264000 /* 2026-09-01 12:00 UTC, 8:00 in Toronto */

/* A psychologist, a student of 11 with a parent, and a teacher who takes part in the sessions. */
typedef struct {
	CmStoreFixture *fixture;
	CmStore *store;
	CmPolicySet *policies;
	CmRosterNumbers *numbers;
	gint64 professional;
	gint64 student;
	gint64 parent;
	gint64 guest;
	gint64 session[2];
	gint64 room;
} Rig;

static void
reach(Rig *rig, CmResource kind, gint64 person, const gchar *email, guint hours)
{
	CmStoreReachChange change = {
	    .email = email, .members = CM_STORE_REACH_REMIND, .remind_hours = hours};
	g_autoptr(GError) error = NULL;
	gint64 version = 0;

	g_assert_true(cm_store_reach_set(rig->store, kind, person, &change,
					 CM_STORE_REACH_ANY_VERSION, ACTOR, NOW, &version, &error));
}

static Rig *
rig_new(void)
{
	Rig *rig = g_new0(Rig, 1);
	g_autofree gchar *folder =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "policies", NULL);
	const gchar *directories[] = {folder, NULL};
	GString *json = g_string_new(cm_store_fixture_get_small());
	g_autofree gchar *text = NULL;
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(GError) error = NULL;
	CmGuardianship guardianship = {0, 1, TRUE};

	g_string_replace(json, "'kind': 'teacher'", "'kind': 'guardian'", 0);
	text = g_string_free(json, FALSE);
	caseload = cm_store_fixture_parse(text);
	rig->fixture = cm_store_fixture_new();
	rig->store = rig->fixture->store;
	rig->policies = cm_policy_loader_load(directories, NULL, &error);
	g_assert_no_error(error);
	cm_store_fixture_import(rig->fixture, caseload, NULL);
	loaded = cm_store_roster_load_numbered(rig->store, NULL, &rig->numbers, NULL, &error);
	g_assert_no_error(error);
	rig->professional = cm_roster_numbers_get(rig->numbers, CM_NUMBER_PROFESSIONAL, 0);
	rig->student = cm_roster_numbers_get(rig->numbers, CM_NUMBER_STUDENT, 0);
	rig->guest = cm_roster_numbers_get(rig->numbers, CM_NUMBER_CONTACT, 0);
	rig->parent = cm_roster_numbers_get(rig->numbers, CM_NUMBER_CONTACT, 1);
	rig->room = cm_roster_numbers_get(rig->numbers, CM_NUMBER_ROOM, 0);
	for (guint32 i = 0; i < 2; i++)
		rig->session[i] = cm_roster_numbers_get(rig->numbers, CM_NUMBER_SESSION, i);
	guardianship.contact = rig->parent;
	g_assert_true(
	    cm_store_guardianship_set(rig->store, rig->student, &guardianship, ACTOR, &error));
	reach(rig, CM_RESOURCE_CONTACT, rig->parent, "parent@css.example", 24);
	return rig;
}

static void
rig_free(Rig *rig)
{
	cm_roster_numbers_free(rig->numbers);
	cm_policy_set_unref(rig->policies);
	cm_store_fixture_free(rig->fixture);
	g_free(rig);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rig, rig_free)

/* what was told of it is settled, long ago */
static void
settle(Rig *rig)
{
	g_assert_true(cm_store_fixture_run_shell(
	    rig->fixture, "UPDATE notice SET queued_at = 1, sent_at = 1, outcome = 'told';", NULL));
}

static CmStoreStamp
book(Rig *rig, guint session, const gchar *date, gint hour, CmMode mode)
{
	CmStoreCall call = {.actor = ACTOR, .now = NOW - 30 * DAY};
	CmStoreOrder order = {.kind = CM_STORE_BOOKING_SESSION,
			      .session = rig->session[session],
			      .student_present = TRUE,
			      .place = {.start = (CmMinute)(hour * 60), .mode = mode}};
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;
	gboolean good = FALSE;

	g_assert_true(cm_day_parse(date, &order.place.date));
	order.place.room = mode == CM_MODE_VIDEO_REMOTE ? 0 : rig->room;
	good = cm_store_booking_book(rig->store, &call, &order, &stamp, &error);
	g_assert_no_error(error);
	g_assert_true(good);
	settle(rig);
	return stamp;
}

static CmStoreReminderReport
look(Rig *rig, gint64 now)
{
	CmStoreReminderReport report = {99, 99};
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_reminder_look(rig->store, rig->policies, now, &report, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	return report;
}

static void
assert_look(Rig *rig, gint64 now, guint reminders, guint first_videos)
{
	CmStoreReminderReport report = look(rig, now);

	g_assert_cmpuint(report.reminders, ==, reminders);
	g_assert_cmpuint(report.first_videos, ==, first_videos);
}

static guint
count_waiting(Rig *rig, CmNoticeKind kind, CmResource recipient_kind, gint64 recipient)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) notices = cm_notice_list_waiting(rig->store, &error);
	guint count = 0;

	g_assert_no_error(error);
	for (guint i = 0; i < notices->len; i++) {
		const CmNotice *notice = &g_array_index(notices, CmNotice, i);

		count += notice->kind == kind && notice->recipient_kind == recipient_kind &&
			 notice->recipient == recipient;
	}
	return count;
}

/* 2026-09-08 10:00 in Toronto */
#define START (NOW + 7 * DAY + 2 * HOUR)

static void
test_once(void)
{
	g_autoptr(Rig) rig = rig_new();

	(void)book(rig, 0, "2026-09-08", 10, CM_MODE_IN_PERSON);
	assert_look(rig, START - 25 * HOUR, 0, 0);
	assert_look(rig, START - 24 * HOUR, 1, 0);
	g_assert_cmpuint(
	    count_waiting(rig, CM_NOTICE_SESSION_REMINDER, CM_RESOURCE_CONTACT, rig->parent), ==,
	    1);
	assert_look(rig, START - 24 * HOUR, 0, 0);
	/* not even once it was told */
	settle(rig);
	assert_look(rig, START - 10 * HOUR, 0, 0);
	assert_look(rig, START + HOUR, 0, 0);
}

/* each at their hour; who has no address, or wants none, is not reminded */
static void
test_each(void)
{
	g_autoptr(Rig) rig = rig_new();

	(void)book(rig, 0, "2026-09-08", 10, CM_MODE_IN_PERSON);
	assert_look(rig, START - HOUR, 1, 0);
	reach(rig, CM_RESOURCE_CONTACT, rig->guest, "guest@css.example", 0);
	assert_look(rig, START - HOUR, 0, 0);
	reach(rig, CM_RESOURCE_CONTACT, rig->guest, NULL, 72);
	reach(rig, CM_RESOURCE_PROFESSIONAL, rig->professional, "pro@css.example", 2);
	assert_look(rig, START - 73 * HOUR, 0, 0);
	assert_look(rig, START - 72 * HOUR, 1, 0);
	assert_look(rig, START - 3 * HOUR, 0, 0);
	assert_look(rig, START - 2 * HOUR, 1, 0);
	g_assert_cmpuint(count_waiting(rig, CM_NOTICE_SESSION_REMINDER, CM_RESOURCE_PROFESSIONAL,
				       rig->professional),
			 ==, 1);
}

static void
test_moved(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreStamp stamp = book(rig, 0, "2026-09-08", 10, CM_MODE_IN_PERSON);
	CmStoreCall call = {.actor = ACTOR, .now = NOW};
	CmStorePlace place = {.start = 10 * 60, .mode = CM_MODE_IN_PERSON, .room = rig->room};
	g_autoptr(GError) error = NULL;

	assert_look(rig, START - 12 * HOUR, 1, 0);
	g_assert_true(cm_day_parse("2026-09-15", &place.date));
	g_assert_true(cm_store_booking_move(rig->store, &call, stamp.number, stamp.version, &place,
					    &stamp, &error));
	settle(rig);
	assert_look(rig, START - 12 * HOUR, 0, 0);
	assert_look(rig, START + 7 * DAY - 24 * HOUR, 1, 0);
	g_assert_true(cm_store_booking_cancel(rig->store, &call, stamp.number, stamp.version,
					      &stamp, &error));
	assert_look(rig, START + 7 * DAY - 10 * HOUR, 0, 0);
}

static void
test_cancelled(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreStamp stamp = book(rig, 0, "2026-09-08", 10, CM_MODE_IN_PERSON);
	CmStoreCall call = {.actor = ACTOR, .now = NOW};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_booking_cancel(rig->store, &call, stamp.number, stamp.version,
					      &stamp, &error));
	settle(rig);
	assert_look(rig, START - 12 * HOUR, 0, 0);
}

/* who was told within the hours of a reminder needs none; a change that was undone before anybody was told is none */
static void
test_just_told(void)
{
	g_autoptr(Rig) rig = rig_new();
	g_autofree gchar *sql =
	    g_strdup_printf("UPDATE notice SET queued_at = %d;", (gint)(START - 12 * HOUR));
	g_autofree gchar *told = g_strdup_printf(
	    "UPDATE notice SET sent_at = 1, outcome = iif(recipient_kind = 1, 'expanded', 'told');"
	    "INSERT INTO notice (kind, recipient_kind, recipient, subject, queued_at, sent_at, "
	    "outcome) SELECT kind, 2, %" G_GINT64_FORMAT ", subject, queued_at, 1, 'told' "
	    "FROM notice WHERE recipient_kind = 1;",
	    rig->parent);

	(void)book(rig, 0, "2026-09-08", 10, CM_MODE_IN_PERSON);
	g_assert_true(cm_store_fixture_run_shell(rig->fixture, sql, NULL));
	/* the student's is to become the parent's, and then is */
	g_assert_true(cm_store_fixture_run_shell(
	    rig->fixture, "UPDATE notice SET sent_at = NULL, outcome = NULL;", NULL));
	assert_look(rig, START - 6 * HOUR, 0, 0);
	g_assert_true(cm_store_fixture_run_shell(rig->fixture, told, NULL));
	assert_look(rig, START - 6 * HOUR, 0, 0);
	/* the others were told, they were not */
	g_assert_true(cm_store_fixture_run_shell(
	    rig->fixture,
	    "UPDATE notice SET outcome = 'void' WHERE recipient_kind = 2 AND outcome = 'told';",
	    NULL));
	assert_look(rig, START - 6 * HOUR, 1, 0);
}

/* the clock goes wrong by years, and comes back */
static void
test_clock(void)
{
	g_autoptr(Rig) rig = rig_new();

	(void)book(rig, 0, "2026-09-08", 10, CM_MODE_IN_PERSON);
	(void)book(rig, 1, "2026-09-15", 10, CM_MODE_IN_PERSON);
	assert_look(rig, START - 12 * HOUR, 1, 0);
	/* forward: what is past meanwhile is nothing to be reminded of */
	assert_look(rig, START + 3650 * (gint64)DAY, 0, 0);
	/* back again: nothing twice */
	assert_look(rig, START - 12 * HOUR, 0, 0);
	/* back to before: nothing is early */
	assert_look(rig, NOW - 365 * DAY, 0, 0);
	/* slept through the morning of the second: still in time */
	assert_look(rig, START + 7 * DAY - 1, 1, 0);
}

static void
test_first_video(void)
{
	g_autoptr(Rig) rig = rig_new();
	/* midnight in Toronto before the day before: 4:00 UTC */
	gint64 morning = START - 34 * HOUR;

	reach(rig, CM_RESOURCE_CONTACT, rig->guest, "guest@css.example", 24);
	reach(rig, CM_RESOURCE_PROFESSIONAL, rig->professional, "pro@css.example", 24);
	(void)book(rig, 0, "2026-09-08", 10, CM_MODE_VIDEO_REMOTE);
	(void)book(rig, 1, "2026-09-15", 10, CM_MODE_VIDEO_REMOTE);
	assert_look(rig, morning - 1, 0, 0);
	assert_look(rig, morning, 0, 2);
	g_assert_cmpuint(
	    count_waiting(rig, CM_NOTICE_FIRST_VIDEO, CM_RESOURCE_CONTACT, rig->parent), ==, 1);
	g_assert_cmpuint(count_waiting(rig, CM_NOTICE_FIRST_VIDEO, CM_RESOURCE_CONTACT, rig->guest),
			 ==, 1);
	/* no other one for them; for the professional it is a session as any */
	assert_look(rig, START - 2 * HOUR, 1, 0);
	g_assert_cmpuint(count_waiting(rig, CM_NOTICE_SESSION_REMINDER, CM_RESOURCE_PROFESSIONAL,
				       rig->professional),
			 ==, 1);
	settle(rig);
	/* the second one is not the first; nobody else takes part in it */
	assert_look(rig, START + 7 * DAY - 2 * HOUR, 2, 0);
}

/* at school nobody at home has a device to try */
static void
test_first_video_at_school(void)
{
	g_autoptr(Rig) rig = rig_new();

	reach(rig, CM_RESOURCE_CONTACT, rig->guest, "guest@css.example", 24);
	(void)book(rig, 0, "2026-09-08", 10, CM_MODE_VIDEO_SCHOOL);
	assert_look(rig, START - 2 * HOUR, 1, 1);
	g_assert_cmpuint(count_waiting(rig, CM_NOTICE_FIRST_VIDEO, CM_RESOURCE_CONTACT, rig->guest),
			 ==, 1);
	g_assert_cmpuint(
	    count_waiting(rig, CM_NOTICE_SESSION_REMINDER, CM_RESOURCE_CONTACT, rig->parent), ==,
	    1);
}

static void
test_appointment(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreCall call = {.actor = ACTOR, .now = NOW - 30 * DAY};
	CmStoreAttendee attendees[] = {{CM_RESOURCE_STUDENT, rig->student},
				       {CM_RESOURCE_CONTACT, rig->guest}};
	CmStoreOrder order = {.kind = CM_STORE_BOOKING_MEETING,
			      .professional = rig->professional,
			      .place = {.start = 10 * 60, .minutes = 30, .mode = CM_MODE_IN_PERSON},
			      .attendees = attendees,
			      .attendee_count = G_N_ELEMENTS(attendees)};
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_day_parse("2026-09-08", &order.place.date));
	g_assert_true(cm_store_booking_book(rig->store, &call, &order, &stamp, &error));
	settle(rig);
	reach(rig, CM_RESOURCE_CONTACT, rig->guest, "guest@css.example", 24);
	assert_look(rig, START - 2 * HOUR, 2, 0);
	g_assert_cmpuint(
	    count_waiting(rig, CM_NOTICE_SESSION_REMINDER, CM_RESOURCE_CONTACT, rig->parent), ==,
	    1);
	/* the student is 11: nobody writes to them */
	g_assert_cmpuint(
	    count_waiting(rig, CM_NOTICE_SESSION_REMINDER, CM_RESOURCE_STUDENT, rig->student), ==,
	    0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-reminder/once", test_once);
	g_test_add_func("/store-reminder/each", test_each);
	g_test_add_func("/store-reminder/moved", test_moved);
	g_test_add_func("/store-reminder/cancelled", test_cancelled);
	g_test_add_func("/store-reminder/just-told", test_just_told);
	g_test_add_func("/store-reminder/clock", test_clock);
	g_test_add_func("/store-reminder/first-video", test_first_video);
	g_test_add_func("/store-reminder/first-video-at-school", test_first_video_at_school);
	g_test_add_func("/store-reminder/appointment", test_appointment);
	return g_test_run();
}
