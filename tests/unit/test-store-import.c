// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-import.h"

#include "daemon/store/store-audit.h"
#include "daemon/roster/caseload-equal.h"
#include "daemon/store/store-plan.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

static void
assert_equal(const CmCaseload *a, const CmCaseload *b)
{
	const gchar *what = NULL;

	if (!cm_caseload_equal(a, b, &what))
		g_error("caseloads differ: %s",
			what); /* nocheck:banned: a test that fails aborts */
}

static void
assert_sound(CmStoreFixture *fixture)
{
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_check(fixture->store, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

static CmCaseload *
load(CmStoreFixture *fixture)
{
	g_autoptr(GError) error = NULL;
	CmCaseload *caseload = cm_store_roster_load(fixture->store, NULL, NULL, &error);

	g_assert_no_error(error);
	return caseload;
}

static void
test_round_trip(gconstpointer data)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = cm_store_fixture_generate(data);
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(CmCaseload) again = NULL;
	g_autoptr(GError) error = NULL;
	CmStoreReport report;

	cm_store_fixture_import(fixture, caseload, &report);
	g_assert_cmpuint(report.kinds[CM_STORE_KIND_SESSION].added, ==, caseload->sessions->len);
	g_assert_cmpuint(report.kinds[CM_STORE_KIND_BUSY].added, ==, caseload->busy->len);
	g_assert_cmpuint(report.roster_version, ==, 1);
	loaded = load(fixture);
	assert_equal(caseload, loaded);
	cm_store_fixture_reopen(fixture);
	again = load(fixture);
	assert_equal(caseload, again);
	assert_sound(fixture);
}

static void
test_again(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autoptr(CmCaseload) loaded = NULL;
	CmStoreReport report;

	cm_store_fixture_import(fixture, caseload, NULL);
	cm_store_fixture_import(fixture, caseload, &report);
	for (guint i = 0; i < CM_STORE_KIND_LAST; i++) {
		g_assert_cmpuint(report.kinds[i].added, ==, 0);
		g_assert_cmpuint(report.kinds[i].changed, ==, 0);
		g_assert_cmpuint(report.kinds[i].removed, ==, 0);
		g_assert_cmpuint(report.kinds[i].untouched, >, 0);
	}
	g_assert_cmpuint(report.kinds[CM_STORE_KIND_BUSY].untouched, ==, 3);
	/* nothing differed */
	g_assert_cmpuint(report.roster_version, ==, 1);
	loaded = load(fixture);
	assert_equal(caseload, loaded);
}

/* one edit: how many of a kind are changed, and that the roster is what the document says afterwards */
static void
check_edit(const gchar *old, const gchar *new, CmStoreKind kind, CmStoreChange expected)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *edited = cm_store_fixture_replace(cm_store_fixture_get_small(), old, new);
	g_autoptr(CmCaseload) before = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autoptr(CmCaseload) after = cm_store_fixture_parse(edited);
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(GError) error = NULL;
	CmStoreImportOptions dry = {.dry_run = TRUE};
	CmStoreReport compared;
	CmStoreReport report;

	cm_store_fixture_import(fixture, before, NULL);
	g_assert_true(
	    cm_store_import_caseload(fixture->store, after, &dry, &compared, NULL, &error));
	g_assert_no_error(error);
	loaded = load(fixture);
	assert_equal(before, loaded);
	cm_store_fixture_import(fixture, after, &report);
	g_assert_cmpmem(&compared, sizeof compared, &report, sizeof report);
	g_assert_cmpuint(report.kinds[kind].added, ==, expected.added);
	g_assert_cmpuint(report.kinds[kind].changed, ==, expected.changed);
	g_assert_cmpuint(report.kinds[kind].removed, ==, expected.removed);
	g_assert_cmpuint(report.kinds[kind].untouched, ==, expected.untouched);
	g_assert_cmpuint(report.roster_version, ==, 2);
	g_clear_pointer(&loaded, cm_caseload_free);
	loaded = load(fixture);
	assert_equal(after, loaded);
	assert_sound(fixture);
}

static void
test_edits(void)
{
	check_edit("Éloïse Quzmanovic", "Éloïse Quzmanovic-Roy", CM_STORE_KIND_STUDENT,
		   (CmStoreChange){.changed = 1, .untouched = 1});
	check_edit("2015-02-28", "2015-02-27", CM_STORE_KIND_STUDENT,
		   (CmStoreChange){.changed = 1, .untouched = 1});
	check_edit("'minutes': 60", "'minutes': 50", CM_STORE_KIND_SESSION,
		   (CmStoreChange){.changed = 1, .untouched = 3});
	check_edit("'CONTACT-QXW-2', 'CONTACT-QXW-1'", "'CONTACT-QXW-1', 'CONTACT-QXW-2'",
		   CM_STORE_KIND_SESSION, (CmStoreChange){.changed = 1, .untouched = 3});
	check_edit("'f2-2'", "'f2-3'", CM_STORE_KIND_SESSION,
		   (CmStoreChange){.added = 1, .removed = 1, .untouched = 3});
	check_edit("'2026-09-14', '2026-09-15'", "'2026-09-14', '2026-09-16'",
		   CM_STORE_KIND_PROFESSIONAL, (CmStoreChange){.changed = 1});
	check_edit("{'date': '2026-09-10', 'kind': 'pedagogical'}",
		   "{'date': '2026-09-10', 'kind': 'class', 'cycle_day': 3}",
		   CM_STORE_KIND_CALENDAR, (CmStoreChange){.changed = 1});
	check_edit(": 20}", ": 25}", CM_STORE_KIND_TRAVEL, (CmStoreChange){.changed = 2});
	check_edit("'r2'", "'r3'", CM_STORE_KIND_ROOM,
		   (CmStoreChange){.added = 1, .removed = 1, .untouched = 1});
	check_edit("'from': '08:00', 'to': '09:00'}]", "'from': '08:00', 'to': '09:05'}]",
		   CM_STORE_KIND_BUSY, (CmStoreChange){.added = 1, .removed = 1, .untouched = 2});
	check_edit("'grid_minutes': 5", "'grid_minutes': 10", CM_STORE_KIND_ORGANISATION,
		   (CmStoreChange){.changed = 1});
	check_edit("'css-1'", "'css-2'", CM_STORE_KIND_ORGANISATION, (CmStoreChange){.changed = 1});
	check_edit("'grid_minutes': 5", "'grid_minutes': 5, 'replan_from': '2026-09-09'",
		   CM_STORE_KIND_ORGANISATION, (CmStoreChange){.changed = 1});
}

/* everything goes but what another organisation's caseload has */
static void
test_replace_all(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) first = cm_store_fixture_generate("pair --seed 1 --busy");
	g_autoptr(CmCaseload) second = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autoptr(CmCaseload) loaded = NULL;
	CmStoreReport report;

	cm_store_fixture_import(fixture, first, NULL);
	cm_store_fixture_import(fixture, second, &report);
	g_assert_cmpuint(report.kinds[CM_STORE_KIND_STUDENT].removed, ==, first->students->len);
	g_assert_cmpuint(report.kinds[CM_STORE_KIND_ORGANISATION].changed, ==, 1);
	loaded = load(fixture);
	assert_equal(second, loaded);
}

static void
test_cancelled(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	CmStoreReport report;
	guint64 version = 99;

	g_cancellable_cancel(cancellable);
	g_assert_false(
	    cm_store_import_caseload(fixture->store, caseload, NULL, &report, cancellable, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CANCELLED);
	g_clear_error(&error);
	g_assert_true(cm_store_roster_get_version(fixture->store, &version, &error));
	g_assert_cmpuint(version, ==, 0);
	g_assert_null(cm_store_roster_load(fixture->store, NULL, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	/* and it works afterwards */
	cm_store_fixture_import(fixture, caseload, NULL);
}

static const gchar previous_two[] =
    "'previous': [{'id': 'f1-1', 'date': '2026-09-08', 'start': '10:00', 'mode': 'in-person',"
    "'room': 'r1', 'companion': null, 'locked': true},"
    "{'id': 'f2-1', 'date': '2026-09-08', 'start': '%s', 'mode': 'video-school',"
    "'room': 'r1', 'companion': 'tes-1', 'locked': false}], 'busy': [";

static CmCaseload *
with_previous(const gchar *start)
{
	g_auto(GStrv) parts = g_strsplit(previous_two, "%s", 2);
	g_autofree gchar *previous = g_strconcat(parts[0], start, parts[1], NULL);
	g_autofree gchar *text =
	    cm_store_fixture_replace(cm_store_fixture_get_small(), "'busy': [", previous);

	return cm_store_fixture_parse(text);
}

static void
test_previous(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = with_previous("11:00");
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(CmStoreSummary) summary = NULL;
	g_autoptr(GError) error = NULL;
	CmStoreReport report;

	cm_store_fixture_import(fixture, caseload, &report);
	g_assert_cmpuint(report.previous_adopted, ==, 2);
	g_assert_cmpuint(report.previous_ignored, ==, 0);
	loaded = load(fixture);
	assert_equal(caseload, loaded);
	summary = cm_store_roster_summarize(fixture->store, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(summary->published_plan, ==, 1);
	g_assert_cmpstr(summary->organisation, ==, "css-1");
	g_assert_cmpuint(summary->counts[CM_STORE_KIND_SESSION], ==, 4);
	cm_store_fixture_import(fixture, caseload, &report);
	g_assert_cmpuint(report.previous_adopted, ==, 0);
	g_assert_cmpuint(report.previous_ignored, ==, 2);
}

static gboolean
cancel_midway(const gchar *profession, const gchar *act, gpointer user_data)
{
	g_cancellable_cancel(user_data);
	return TRUE;
}

/* asked for when all rows of the roster are written already */
static void
test_cancelled_midway(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = with_previous("11:00");
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	CmStoreImportOptions options = {.presence = cancel_midway, .presence_data = cancellable};
	CmStoreReport report;

	g_assert_false(cm_store_import_caseload(fixture->store, caseload, &options, &report,
						cancellable, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CANCELLED);
	g_clear_error(&error);
	g_assert_null(cm_store_roster_load(fixture->store, NULL, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	assert_sound(fixture);
	cm_store_fixture_import(fixture, caseload, &report);
	g_assert_cmpuint(report.previous_adopted, ==, 2);
}

/* from any roster to any other: what is there afterwards is what the document says, whatever was there before */
static void
test_chain(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	guint64 version = 0;

	for (guint seed = 1; seed <= 8; seed++) {
		g_autofree gchar *arguments =
		    g_strdup_printf("%s --seed %u%s", seed % 4 == 3 ? "month" : "pair", seed,
				    seed % 2 == 0 ? " --busy" : "");
		g_autoptr(CmCaseload) caseload = cm_store_fixture_generate(arguments);
		g_autoptr(CmCaseload) loaded = NULL;
		CmStoreReport report;

		cm_store_fixture_import(fixture, caseload, &report);
		g_assert_cmpuint(report.roster_version, ==, ++version);
		g_assert_cmpuint(report.kinds[CM_STORE_KIND_SESSION].added +
				     report.kinds[CM_STORE_KIND_SESSION].changed +
				     report.kinds[CM_STORE_KIND_SESSION].untouched,
				 ==, caseload->sessions->len);
		loaded = load(fixture);
		assert_equal(caseload, loaded);
		assert_sound(fixture);
	}
}

static void
test_previous_overlap(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = with_previous("10:40");
	g_autoptr(GError) error = NULL;
	g_autofree gchar *english = NULL;
	CmStoreReport report;
	guint64 version = 99;

	g_assert_false(
	    cm_store_import_caseload(fixture->store, caseload, NULL, &report, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
	english = cm_error_to_english(error);
	g_assert_nonnull(strstr(english, "f1-1"));
	g_assert_nonnull(strstr(english, "f2-1"));
	g_assert_nonnull(strstr(english, "2026-09-08"));
	g_clear_error(&error);
	g_assert_true(cm_store_roster_get_version(fixture->store, &version, &error));
	g_assert_cmpuint(version, ==, 0);
}

/* bookings have the length and the people of their session */
static void
assert_bookings_follow(CmStoreFixture *fixture)
{
	g_autofree gchar *text = NULL;

	g_assert_true(cm_store_fixture_run_shell(
	    fixture,
	    "SELECT count(*) FROM booking JOIN session ON session.id = booking.session "
	    "JOIN followup ON followup.id = session.followup WHERE "
	    "booking.professional <> followup.professional OR booking.student <> followup.student "
	    "OR end_utc <> start_utc + 60 * minutes;"
	    "SELECT count(*) FROM (SELECT p.session, contact FROM session_participant AS p "
	    "JOIN booking ON booking.session = p.session EXCEPT "
	    "SELECT session, contact FROM booking_participant);"
	    "SELECT count(*) FROM (SELECT session, contact FROM booking_participant EXCEPT "
	    "SELECT session, contact FROM session_participant);",
	    &text));
	g_assert_cmpstr(text, ==, "0\n0\n0\n");
}

/* what an edit does to two bookings, 10:00-10:45 and 11:00-12:00 */
static void
check_withdrawn(const gchar *old, const gchar *new, guint withdrawn, guint standing)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *edited = cm_store_fixture_replace(cm_store_fixture_get_small(), old, new);
	g_autoptr(CmCaseload) before = with_previous("11:00");
	g_autoptr(CmCaseload) after = cm_store_fixture_parse(edited);
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(GError) error = NULL;
	CmStoreReport report;

	cm_store_fixture_import(fixture, before, NULL);
	cm_store_fixture_import(fixture, after, &report);
	g_assert_cmpuint(report.withdrawn, ==, withdrawn);
	loaded = load(fixture);
	g_assert_cmpuint(loaded->previous->len, ==, standing);
	assert_sound(fixture);
	assert_bookings_follow(fixture);
}

static void
test_withdrawn(void)
{
	/* nothing that matters */
	check_withdrawn("Fjodor Wyxzanski", "Fjodor W.", 0, 2);
	/* longer, still free; longer, into the next one: the one that changed goes */
	check_withdrawn("'act': 'suivi', 'minutes': 45, 'target_date': '2026-09-08'",
			"'act': 'suivi', 'minutes': 60, 'target_date': '2026-09-08'", 0, 2);
	check_withdrawn("'act': 'suivi', 'minutes': 45, 'target_date': '2026-09-08'",
			"'act': 'suivi', 'minutes': 65, 'target_date': '2026-09-08'", 1, 1);
	/* both now have the same participant, one after the other */
	check_withdrawn("['CONTACT-QXW-2'], 'prefer': 'video'",
			"['CONTACT-QXW-1'], 'prefer': 'video'", 0, 2);
	/* another student, another participant, none */
	check_withdrawn("'professional': 'pro-1', 'student': 'WYXZ87654321'",
			"'professional': 'pro-1', 'student': 'QUIZ12345678'", 0, 2);
	check_withdrawn("['CONTACT-QXW-2'], 'prefer': 'video'", "[], 'prefer': 'video'", 0, 2);
	check_withdrawn("'act': 'bilan'", "'act': 'evaluation'", 1, 1);
	check_withdrawn("'f2-1'", "'f2-9'", 1, 1);
	check_withdrawn("'r1'", "'r9'", 2, 0);
	check_withdrawn("'tes-1'", "'tes-9'", 1, 1);
	/* the student moves to another place than the room's */
	check_withdrawn("'name': 'Fjodor Wyxzanski', 'site': 'ecole'",
			"'name': 'Fjodor Wyxzanski', 'site': 'bureau'", 1, 1);
}

static void
test_zone_change(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *edited = cm_store_fixture_replace(
	    cm_store_fixture_get_small(), "America/Toronto", "America/Blanc-Sablon");
	g_autoptr(CmCaseload) before = with_previous("11:00");
	g_autoptr(CmCaseload) after = cm_store_fixture_parse(edited);
	g_autoptr(GError) error = NULL;
	CmStoreReport report;

	cm_store_fixture_import(fixture, before, NULL);
	g_assert_false(
	    cm_store_import_caseload(fixture->store, after, NULL, &report, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
}

static void
test_set_calendar(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(GError) error = NULL;
	CmStoreReport report;
	guint64 version = 0;
	const CmCalendarDay *first = CM_ELEMENT(caseload->calendar_days, CmCalendarDay, 0);
	CmCalendarDay days[2] = {first[0], first[1]};

	cm_store_fixture_import(fixture, caseload, NULL);
	g_assert_true(cm_store_roster_set_calendar(fixture->store, "cal", 9, days, 2,
						   CM_AUDIT_DAEMON, &version, &error));
	g_assert_cmpuint(version, ==, 2);
	g_assert_true(cm_store_roster_set_calendar(fixture->store, "cal", 9, days, 2,
						   CM_AUDIT_DAEMON, &version, &error));
	g_assert_cmpuint(version, ==, 2);
	g_assert_true(cm_store_roster_set_calendar(fixture->store, "other", 9, days, 2,
						   CM_AUDIT_DAEMON, &version, &error));
	g_assert_cmpuint(version, ==, 3);
	loaded = load(fixture);
	g_assert_cmpuint(loaded->calendars->len, ==, 2);
	g_assert_cmpint(CM_ELEMENT(loaded->calendars, CmCalendar, 0)->cycle_length, ==, 9);
	g_assert_cmpuint(CM_ELEMENT(loaded->calendars, CmCalendar, 0)->days.count, ==, 2);
	days[1].cycle_day = 10;
	g_assert_false(cm_store_roster_set_calendar(fixture->store, "cal", 9, days, 2,
						    CM_AUDIT_DAEMON, &version, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	/* an import brings back what the document says */
	cm_store_fixture_import(fixture, caseload, &report);
	g_assert_cmpuint(report.kinds[CM_STORE_KIND_CALENDAR].changed, ==, 1);
	g_assert_cmpuint(report.kinds[CM_STORE_KIND_CALENDAR].removed, ==, 1);
	g_clear_pointer(&loaded, cm_caseload_free);
	loaded = load(fixture);
	assert_equal(caseload, loaded);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/store-import/round-trip/pair", "pair --seed 1", test_round_trip);
	g_test_add_data_func("/store-import/round-trip/pair-busy", "pair --seed 2 --busy",
			     test_round_trip);
	g_test_add_data_func("/store-import/round-trip/month", "month --seed 3 --busy",
			     test_round_trip);
	g_test_add_data_func("/store-import/round-trip/team", "team --seed 4 --busy",
			     test_round_trip);
	g_test_add_func("/store-import/again", test_again);
	g_test_add_func("/store-import/edits", test_edits);
	g_test_add_func("/store-import/replace-all", test_replace_all);
	g_test_add_func("/store-import/cancelled", test_cancelled);
	g_test_add_func("/store-import/cancelled-midway", test_cancelled_midway);
	g_test_add_func("/store-import/chain", test_chain);
	g_test_add_func("/store-import/previous", test_previous);
	g_test_add_func("/store-import/previous-overlap", test_previous_overlap);
	g_test_add_func("/store-import/withdrawn", test_withdrawn);
	g_test_add_func("/store-import/zone-change", test_zone_change);
	g_test_add_func("/store-import/set-calendar", test_set_calendar);
	return g_test_run();
}
