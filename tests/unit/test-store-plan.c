// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-audit.h"
#include "daemon/store/store-plan.h"

#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

/* the small caseload: sessions 0 f1-1, 1 f1-2 (45 minutes each), 2 f2-1 (60), 3 f2-2 (30) */

typedef struct {
	guint32 session;
	gint start;
	guint32 room; /* CM_NONE: video from home */
} Spot;

#define DAY 20704 /* 2026-09-08 */

static CmPlan *
plan_new(const CmCaseload *caseload, const Spot *spots, guint count)
{
	CmPlan *plan = cm_plan_new();

	for (guint32 i = 0; i < caseload->sessions->len; i++) {
		CmUnscheduled unscheduled = {.session = i};
		gboolean placed = FALSE;

		for (guint j = 0; j < count; j++) {
			CmPlacement placement = {
			    .session = i,
			    .date = DAY,
			    .start = (CmMinute)spots[j].start,
			    .mode =
				spots[j].room == CM_NONE ? CM_MODE_VIDEO_REMOTE : CM_MODE_IN_PERSON,
			    .room = spots[j].room,
			    .companion = CM_NONE,
			};

			if (spots[j].session != i)
				continue;
			g_array_append_val(plan->placements, placement);
			placed = TRUE;
		}
		if (placed)
			continue;
		unscheduled.reason = cm_message_new("no slot for {0}", "it", NULL);
		g_array_append_val(plan->unscheduled, unscheduled);
	}
	for (guint i = 0; i < CM_COST_LAST; i++)
		plan->cost.part[i] = 100 + i;
	return plan;
}

static void
assert_plans_equal(const CmPlan *a, const CmPlan *b)
{
	g_assert_cmpuint(a->placements->len, ==, b->placements->len);
	for (guint i = 0; i < a->placements->len; i++) {
		const CmPlacement *x = CM_ELEMENT(a->placements, CmPlacement, i);
		const CmPlacement *y = CM_ELEMENT(b->placements, CmPlacement, i);

		g_assert_cmpuint(x->session, ==, y->session);
		g_assert_cmpint(x->date, ==, y->date);
		g_assert_cmpint(x->start, ==, y->start);
		g_assert_cmpuint(x->mode, ==, y->mode);
		g_assert_cmpuint(x->room, ==, y->room);
		g_assert_cmpuint(x->companion, ==, y->companion);
		g_assert_cmpint(x->locked, ==, y->locked);
	}
	g_assert_cmpuint(a->unscheduled->len, ==, b->unscheduled->len);
	for (guint i = 0; i < a->unscheduled->len; i++) {
		const CmUnscheduled *x = CM_ELEMENT(a->unscheduled, CmUnscheduled, i);
		const CmUnscheduled *y = CM_ELEMENT(b->unscheduled, CmUnscheduled, i);

		g_assert_cmpuint(x->session, ==, y->session);
		g_assert_cmpstr(x->reason, ==, y->reason);
	}
	g_assert_cmpmem(&a->cost, sizeof a->cost, &b->cost, sizeof b->cost);
}

typedef struct {
	CmStoreFixture *fixture;
	CmCaseload *caseload;
	guint64 version;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
	CmStoreReport report;

	fixture->fixture = cm_store_fixture_new();
	fixture->caseload = cm_store_fixture_parse(cm_store_fixture_get_small());
	cm_store_fixture_import(fixture->fixture, fixture->caseload, &report);
	fixture->version = report.roster_version;
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
	cm_caseload_free(fixture->caseload);
	cm_store_fixture_free(fixture->fixture);
}

static guint64
add_with(Fixture *fixture, const Spot *spots, guint count, CmStorePresence presence)
{
	g_autoptr(CmPlan) plan = plan_new(fixture->caseload, spots, count);
	g_autoptr(GError) error = NULL;
	guint64 number = 0;
	gboolean good = cm_store_plan_add(fixture->fixture->store, fixture->caseload, plan,
					  fixture->version, presence, NULL, &number, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	return number;
}

static void
publish(Fixture *fixture, guint64 number, guint64 expected, CmPublishReport *out_report)
{
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_plan_publish(fixture->fixture->store, number, expected,
					      CM_AUDIT_DAEMON, 0, out_report, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	good = cm_store_check(fixture->fixture->store, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(good);
}

static void
refuse(Fixture *fixture, guint64 number, guint64 expected, CmErrorCode code, const gchar *says)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *english = NULL;

	g_assert_false(cm_store_plan_publish(fixture->fixture->store, number, expected,
					     CM_AUDIT_DAEMON, 0, NULL, NULL, &error));
	g_assert_error(error, CM_ERROR, (gint)code);
	english = cm_error_to_english(error);
	g_test_message("%s", english);
	g_assert_nonnull(strstr(english, says));
}

static CmPlan *
load(Fixture *fixture, guint64 number)
{
	g_autoptr(GError) error = NULL;
	CmPlan *plan =
	    cm_store_plan_load(fixture->fixture->store, fixture->caseload, number, NULL, &error);

	g_assert_no_error(error);
	return plan;
}

static const Spot first_spots[] = {{0, 600, 0}, {2, 660, 1}};
static const Spot swapped_spots[] = {{0, 660, 0}, {2, 600, 1}};

static void
test_keep(Fixture *fixture, gconstpointer data)
{
	g_autoptr(CmPlan) expected = plan_new(fixture->caseload, first_spots, 2);
	guint64 number = add_with(fixture, first_spots, 2, NULL);
	g_autoptr(CmPlan) loaded = load(fixture, number);
	g_autoptr(GArray) list = NULL;
	g_autoptr(GError) error = NULL;
	const CmPlanInfo *info = NULL;

	g_assert_cmpuint(number, ==, 1);
	assert_plans_equal(expected, loaded);
	g_assert_cmpuint(add_with(fixture, first_spots, 1, NULL), ==, 2);
	list = cm_store_plan_list(fixture->fixture->store, &error);
	g_assert_cmpuint(list->len, ==, 2);
	info = CM_ELEMENT(list, CmPlanInfo, 1);
	g_assert_cmpuint(info->number, ==, 1);
	g_assert_cmpint(info->state, ==, CM_PLAN_STATE_DRAFT);
	g_assert_cmpuint(info->placed, ==, 2);
	g_assert_cmpuint(info->unscheduled, ==, 2);
	g_assert_cmpuint(info->roster_version, ==, fixture->version);
	g_assert_cmpint(info->cost.part[CM_COST_MOVED], ==, 107);
	g_assert_cmpint(info->made_at, >, 0);
	g_assert_true(cm_store_plan_discard(fixture->fixture->store, 1, CM_AUDIT_DAEMON, &error));
	g_assert_null(
	    cm_store_plan_load(fixture->fixture->store, fixture->caseload, 1, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_null(
	    cm_store_plan_load(fixture->fixture->store, fixture->caseload, 0, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	/* a number is never given again */
	g_assert_true(cm_store_plan_discard(fixture->fixture->store, 2, CM_AUDIT_DAEMON, NULL));
	g_assert_cmpuint(add_with(fixture, first_spots, 1, NULL), ==, 3);
}

static void
test_publish(Fixture *fixture, gconstpointer data)
{
	guint64 first = add_with(fixture, first_spots, 2, NULL);
	guint64 second = 0;
	g_autoptr(CmPlan) published = NULL;
	g_autoptr(CmPlan) superseded = NULL;
	g_autoptr(CmPlan) expected = plan_new(fixture->caseload, swapped_spots, 2);
	g_autoptr(CmPlan) before = plan_new(fixture->caseload, first_spots, 2);
	g_autoptr(CmCaseload) roster = NULL;
	g_autoptr(GError) error = NULL;
	CmPublishReport report;
	CmPlanInfo info;

	refuse(fixture, first, 7, CM_ERROR_CONFLICT, "No plan is published");
	refuse(fixture, 9, 0, CM_ERROR_NOT_FOUND, "9");
	refuse(fixture, 0, 0, CM_ERROR_NOT_FOUND, "no plan 0");
	publish(fixture, first, 0, &report);
	g_assert_cmpuint(report.placed, ==, 2);
	g_assert_cmpuint(report.added, ==, 2);
	g_assert_cmpuint(report.changed + report.removed, ==, 0);
	refuse(fixture, first, first, CM_ERROR_CONFLICT, "not a draft");
	g_assert_false(
	    cm_store_plan_discard(fixture->fixture->store, first, CM_AUDIT_DAEMON, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
	g_clear_error(&error);
	/* the two exchange their times, in one transaction */
	second = add_with(fixture, swapped_spots, 2, NULL);
	refuse(fixture, second, 0, CM_ERROR_CONFLICT, "Plan 1");
	publish(fixture, second, first, &report);
	g_assert_cmpuint(report.changed, ==, 2);
	g_assert_cmpuint(report.added + report.removed, ==, 0);
	published = load(fixture, 0);
	assert_plans_equal(published, expected);
	superseded = load(fixture, first);
	assert_plans_equal(superseded, before);
	g_assert_true(cm_store_plan_get_info(fixture->fixture->store, 0, &info, &error));
	g_assert_cmpuint(info.number, ==, second);
	g_assert_cmpint(info.state, ==, CM_PLAN_STATE_PUBLISHED);
	/* fewer sessions */
	publish(fixture, add_with(fixture, swapped_spots, 1, NULL), second, &report);
	g_assert_cmpuint(report.removed, ==, 1);
	g_assert_cmpuint(report.changed + report.added, ==, 0);
	roster = cm_store_roster_load(fixture->fixture->store, NULL, NULL, &error);
	g_assert_cmpuint(roster->previous->len, ==, 1);
	g_assert_cmpint(CM_ELEMENT(roster->previous, CmPlacement, 0)->start, ==, 660);
}

static void
test_older_roster(Fixture *fixture, gconstpointer data)
{
	guint64 number = add_with(fixture, first_spots, 2, NULL);
	g_auto(GStrv) parts = g_strsplit(cm_store_fixture_get_small(), "'f2-1'", -1);
	g_autofree gchar *edited = g_strjoinv("'f2-9'", parts);
	g_autoptr(CmCaseload) changed = cm_store_fixture_parse(edited);
	g_autoptr(CmPlan) late = plan_new(fixture->caseload, first_spots, 2);
	g_autoptr(CmPlan) loaded = NULL;
	g_autoptr(GError) error = NULL;
	guint64 other = 0;

	cm_store_fixture_import(fixture->fixture, changed, NULL);
	refuse(fixture, number, 0, CM_ERROR_CONFLICT, "older roster");
	g_assert_false(cm_store_plan_add(fixture->fixture->store, fixture->caseload, late,
					 fixture->version, NULL, NULL, &other, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
	g_clear_error(&error);
	/* it can still be looked at: what is gone is left out, what is new has a reason */
	loaded = cm_store_plan_load(fixture->fixture->store, changed, number, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(loaded->placements->len, ==, 1);
	g_assert_cmpuint(loaded->unscheduled->len, ==, 3);
	for (guint i = 0; i < 3; i++)
		g_assert_cmpuint(strlen(CM_ELEMENT(loaded->unscheduled, CmUnscheduled, i)->reason),
				 >, 0);
}

static gboolean
away(const gchar *profession, const gchar *act, gpointer user_data)
{
	g_assert_cmpstr(profession, ==, "psychologue");
	return !g_str_equal(act, "rencontre");
}

static void
test_overlaps(Fixture *fixture, gconstpointer data)
{
	/* the professional, by five minutes */
	static const Spot professional[] = {{0, 600, 0}, {2, 640, CM_NONE}};
	/* touching is no overlap */
	static const Spot touching[] = {{0, 600, 0}, {2, 645, 0}, {1, 705, 0}, {3, 750, CM_NONE}};

	refuse(fixture, add_with(fixture, professional, 2, NULL), 0, CM_ERROR_CONFLICT,
	       "the same professional on 2026-09-08 at");
	refuse(fixture, add_with(fixture, professional, 2, NULL), 0, CM_ERROR_CONFLICT, "f1-1");
	publish(fixture, add_with(fixture, touching, 4, away), 0, NULL);
}

/* students of one professional never meet in the small caseload, so let a second one follow the first student */
static void
test_presence(Fixture *fixture, gconstpointer data)
{
	static const Spot both[] = {{0, 600, 0}, {2, 600, CM_NONE}};
	const gchar *text = cm_store_fixture_get_small();
	g_auto(GStrv) parts =
	    g_strsplit(text, "{'id': 'f2', 'professional': 'pro-1', 'student': 'WYXZ87654321'", -1);
	g_autofree gchar *moved =
	    g_strjoinv("{'id': 'f2', 'professional': 'pro-2', 'student': 'QUIZ12345678'", parts);
	g_auto(GStrv) people = g_strsplit(moved, "'professionals': [", -1);
	g_autofree gchar *edited =
	    g_strjoinv("'professionals': [{'id': 'pro-2', 'name': 'N', 'profession': 'psychologue',"
		       "'base': 'bureau', 'sites': ['ecole'], 'hours': {}, 'absences': []},",
		       people);
	g_auto(GStrv) acts = g_strsplit(edited, "'bilan'", -1);
	g_autofree gchar *meeting = g_strjoinv("'rencontre'", acts);
	CmStoreReport report;

	g_clear_pointer(&fixture->caseload, cm_caseload_free);
	fixture->caseload = cm_store_fixture_parse(meeting);
	cm_store_fixture_import(fixture->fixture, fixture->caseload, &report);
	fixture->version = report.roster_version;
	refuse(fixture, add_with(fixture, both, 2, NULL), 0, CM_ERROR_CONFLICT, "the same student");
	publish(fixture, add_with(fixture, both, 2, away), 0, NULL);
}

/* bookings have their instant: two days around the change of November */
static void
test_instants(Fixture *fixture, gconstpointer data)
{
	g_autoptr(CmPlan) plan = plan_new(fixture->caseload, first_spots, 2);
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;
	guint64 number = 0;

	g_assert_true(
	    cm_day_parse("2026-10-31", &CM_ELEMENT(plan->placements, CmPlacement, 0)->date));
	g_assert_true(
	    cm_day_parse("2026-11-01", &CM_ELEMENT(plan->placements, CmPlacement, 1)->date));
	g_assert_true(cm_store_plan_add(fixture->fixture->store, fixture->caseload, plan,
					fixture->version, NULL, NULL, &number, NULL, &error));
	publish(fixture, number, 0, NULL);
	g_clear_pointer(&fixture->fixture->store, cm_store_close);
	g_assert_true(cm_store_fixture_run_shell(
	    fixture->fixture,
	    "SELECT zone, datetime(start_utc, 'unixepoch'), datetime(end_utc, 'unixepoch'), "
	    "date(date * 86400, 'unixepoch'), start FROM booking ORDER BY start_utc;",
	    &text));
	g_assert_cmpstr(text, ==,
			"America/Toronto|2026-10-31 14:00:00|2026-10-31 14:45:00|2026-10-31|600\n"
			"America/Toronto|2026-11-01 16:00:00|2026-11-01 17:00:00|2026-11-01|660\n");
}

static void
test_forget(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GArray) list = NULL;
	guint64 number = 0;

	for (guint i = 0; i < CM_STORE_PLANS_MAX + 3; i++)
		number = add_with(fixture, first_spots, 2, NULL);
	list = cm_store_plan_list(fixture->fixture->store, NULL);
	g_assert_cmpuint(list->len, ==, CM_STORE_PLANS_MAX);
	g_assert_cmpuint(CM_ELEMENT(list, CmPlanInfo, 0)->number, ==, number);
	g_assert_cmpuint(CM_ELEMENT(list, CmPlanInfo, list->len - 1)->number, ==, 4);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/store-plan/keep", Fixture, NULL, set_up, test_keep, tear_down);
	g_test_add("/store-plan/publish", Fixture, NULL, set_up, test_publish, tear_down);
	g_test_add("/store-plan/older-roster", Fixture, NULL, set_up, test_older_roster, tear_down);
	g_test_add("/store-plan/overlaps", Fixture, NULL, set_up, test_overlaps, tear_down);
	g_test_add("/store-plan/presence", Fixture, NULL, set_up, test_presence, tear_down);
	g_test_add("/store-plan/instants", Fixture, NULL, set_up, test_instants, tear_down);
	g_test_add("/store-plan/forget", Fixture, NULL, set_up, test_forget, tear_down);
	return g_test_run();
}
