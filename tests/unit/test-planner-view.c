// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/planner-view.h"

#include "daemon/planner/check.h"
#include "daemon/planner/solver.h"
#include "tests/unit/planner-fixture.h"

#define ROUNDS 60

static CmDay
get_day(const gchar *text)
{
	CmDay day = CM_DAY_NONE;

	g_assert_true(cm_day_parse(text, &day));
	return day;
}

static void
lock(CmCaseload *caseload, guint32 session, CmDay date, gint start, CmMode mode, guint32 room)
{
	CmPlacement placement = {.session = session,
				 .date = date,
				 .start = (CmMinute)start,
				 .mode = (guint8)mode,
				 .locked = TRUE,
				 .room = room,
				 .companion = CM_NONE};

	g_array_append_val(caseload->previous, placement);
}

static gboolean
has(const CmPlan *plan, guint32 session)
{
	for (guint i = 0; i < plan->placements->len; i++)
		if (CM_ELEMENT(plan->placements, CmPlacement, i)->session == session)
			return TRUE;
	return FALSE;
}

static CmPlacement
find(const CmPlan *plan, guint32 session)
{
	CmPlacement none = {.session = CM_NONE};

	for (guint i = 0; i < plan->placements->len; i++)
		if (CM_ELEMENT(plan->placements, CmPlacement, i)->session == session)
			return *CM_ELEMENT(plan->placements, CmPlacement, i);
	g_assert_not_reached();
	return none;
}

/* The plan of a view, valid by the judging code, as one of the whole. */
static CmPlan *
solve(const CmPlannerView *view)
{
	CmSolverOptions options = {.effort = 3, .seed = 1, .threads = 1};
	g_autoptr(CmPlan) plan = cm_solver_run(view->problem, &options, NULL);
	g_autoptr(CmPlan) reduced = NULL;
	g_autoptr(GError) error = NULL;
	CmPlan *whole;

	if (!cm_check_plan(view->problem, plan, &error))
		g_assert_no_error(error);
	whole = cm_planner_view_restore(view, plan);
	g_assert_cmpuint(whole->placements->len + whole->unscheduled->len, ==,
			 view->whole->sessions->len);
	reduced = cm_planner_view_reduce(view, whole);
	g_assert_cmpuint(reduced->placements->len, ==, plan->placements->len);
	if (!cm_check_part(view->problem, reduced, &error))
		g_assert_no_error(error);
	return whole;
}

static CmPlannerView *
open_view(const CmPlannerFixture *fixture)
{
	g_autoptr(GError) error = NULL;
	CmPlannerView *view = cm_planner_view_new(fixture->caseload, fixture->policies, &error);

	g_assert_no_error(error);
	return view;
}

/* What breaks a rule of today stays, and keeps its time. */
static void
test_broken(void)
{
	g_autoptr(CmPlannerFixture) fixture =
	    cm_planner_fixture_new("[Policy]\nProfession=suivi\n[Act suivi]\nModalities=in-person\n"
				   "MinGapDays=3\n",
				   "");
	guint32 first = cm_planner_fixture_find(fixture, "f-2-1");
	CmDay day = get_day("2026-09-08");
	g_autoptr(CmPlannerView) view = NULL;
	g_autoptr(CmPlan) plan = NULL;

	fixture->caseload->replan_from = get_day("2026-09-09");
	lock(fixture->caseload, first, day, 9 * 60, CM_MODE_VIDEO_REMOTE, CM_NONE);
	g_assert_null(cm_problem_new(fixture->caseload, fixture->policies, NULL));
	view = open_view(fixture);
	g_assert_cmpuint(view->apart->len, ==, 1);
	plan = solve(view);
	g_assert_cmpint(find(plan, first).date, ==, day);
	g_assert_cmpint(find(plan, first).start, ==, 9 * 60);
	g_assert_true(has(plan, first + 1));
	g_assert_cmpint(find(plan, first + 1).date, >=, day + 3);
}

/* What keeps the rules stays a session of the problem: nothing is apart. */
static void
test_kept(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	guint32 first = cm_planner_fixture_find(fixture, "f-2-1");
	g_autoptr(CmPlannerView) view = NULL;
	g_autoptr(CmPlan) plan = NULL;

	lock(fixture->caseload, first, get_day("2026-09-08"), 9 * 60, CM_MODE_IN_PERSON, 1);
	view = open_view(fixture);
	g_assert_cmpuint(view->apart->len, ==, 0);
	g_assert_cmpuint(view->wholes->len, ==, fixture->caseload->sessions->len);
	plan = solve(view);
	g_assert_true(find(plan, first).locked);
}

/* A session was cancelled, and one after it is booked: it is planned behind that one. */
static void
test_order(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	guint32 first = cm_planner_fixture_find(fixture, "f-2-1");
	CmDay day = get_day("2026-09-07");
	g_autoptr(CmPlannerView) view = NULL;
	g_autoptr(CmPlan) plan = NULL;

	lock(fixture->caseload, first + 1, day, 9 * 60, CM_MODE_IN_PERSON, 1);
	g_assert_null(cm_problem_new(fixture->caseload, fixture->policies, NULL));
	view = open_view(fixture);
	plan = solve(view);
	g_assert_cmpint(find(plan, first + 1).date, ==, day);
	g_assert_cmpint(find(plan, first).date, >, day);
	g_assert_true(has(plan, first + 2));
}

/* What can move stays before what can't, when it stands there. */
static void
test_before(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	guint32 first = cm_planner_fixture_find(fixture, "f-2-1");
	g_autoptr(CmPlannerView) view = NULL;
	g_autoptr(CmPlan) plan = NULL;

	lock(fixture->caseload, first, get_day("2026-09-08"), 9 * 60, CM_MODE_IN_PERSON, 1);
	CM_ELEMENT(fixture->caseload->previous, CmPlacement, 0)->locked = FALSE;
	lock(fixture->caseload, first + 1, get_day("2026-09-15"), 9 * 60, CM_MODE_IN_PERSON, 1);
	view = open_view(fixture);
	plan = solve(view);
	g_assert_cmpint(find(plan, first).date, <, get_day("2026-09-15"));
}

/* The first in person is behind, and of each three in a row one is in person: two by video apart count. */
static void
test_sequence(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(
	    "[Policy]\nProfession=suivi\n[Day]\nMaxMinutes=45\n"
	    "[Act suivi]\nModalities=in-person;video\nFirstInPerson=true\nInPersonEvery=3\n",
	    "");
	guint32 first = cm_planner_fixture_find(fixture, "f-2-1");
	g_autoptr(CmPlannerView) view = NULL;

	fixture->caseload->replan_from = get_day("2026-09-10");
	lock(fixture->caseload, first, get_day("2026-09-08"), 9 * 60, CM_MODE_VIDEO_SCHOOL, 1);
	lock(fixture->caseload, first + 1, get_day("2026-09-09"), 9 * 60, CM_MODE_VIDEO_SCHOOL, 1);
	view = open_view(fixture);
	/* with the first behind, the second keeps the rules, and counts */
	g_assert_cmpuint(view->apart->len, ==, 1);
	for (guint32 s = 0; s < view->wholes->len; s++) {
		const CmSession *session = CM_ELEMENT(view->caseload->sessions, CmSession, s);

		if (g_array_index(view->wholes, guint32, s) != first + 2)
			continue;
		g_assert_cmpint(session->continues, ==, 1);
		g_assert_cmpint(session->modes, ==, CM_MODE_FLAG(CM_MODE_IN_PERSON));
	}
}

/* A day to come on which somebody broke a rule gets nothing more. */
static void
test_closed_day(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	guint32 first = cm_planner_fixture_find(fixture, "f-2-1");
	CmDay day = get_day("2026-09-08");
	g_autoptr(CmPlannerView) view = NULL;
	g_autoptr(CmPlan) plan = NULL;

	/* before the hours of the professional */
	lock(fixture->caseload, first, day, 7 * 60, CM_MODE_VIDEO_REMOTE, CM_NONE);
	view = open_view(fixture);
	g_assert_cmpuint(view->apart->len, ==, 1);
	plan = solve(view);
	for (guint i = 0; i < plan->placements->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(plan->placements, CmPlacement, i);

		g_assert_true(placement->session == first || placement->date != day);
	}
}

/* Whatever stands, a plan is made, and what stands keeps its place and its time. */
static void
test_any(void)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	g_autoptr(GRand) random = g_rand_new_with_seed(11);

	for (guint round = 0; round < ROUNDS; round++) {
		g_autoptr(CmPlannerFixture) fixture =
		    cm_planner_fixture_open(g_getenv("COMODAL_TEST_CASELOAD"), policies);
		CmCaseload *caseload = fixture->caseload;
		g_autoptr(CmPlannerView) view = NULL;
		g_autoptr(CmPlan) plan = NULL;

		g_array_set_size(caseload->previous, 0);
		caseload->replan_from = g_rand_int_range(random, caseload->from, caseload->to + 1);
		for (guint32 s = 0; s < caseload->sessions->len; s++)
			if (g_rand_int_range(random, 0, 3) == 0)
				lock(caseload, s,
				     g_rand_int_range(random, caseload->from, caseload->to + 1),
				     6 * 60 + 5 * g_rand_int_range(random, 0, 150),
				     (CmMode)g_rand_int_range(random, 0, CM_MODE_LAST),
				     (guint32)g_rand_int_range(random, 0,
							       (gint32)caseload->rooms->len));
		for (guint i = 0; i < caseload->previous->len; i += 3)
			CM_ELEMENT(caseload->previous, CmPlacement, i)->locked = FALSE;
		view = open_view(fixture);
		plan = solve(view);
		for (guint i = 0; i < caseload->previous->len; i++) {
			const CmPlacement *stood = CM_ELEMENT(caseload->previous, CmPlacement, i);
			CmPlacement placement;

			if (!stood->locked)
				continue;
			placement = find(plan, stood->session);
			g_assert_cmpint(placement.date, ==, stood->date);
			g_assert_cmpint(placement.start, ==, stood->start);
			g_assert_cmpint(placement.mode, ==, stood->mode);
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/planner-view/broken", test_broken);
	g_test_add_func("/planner-view/kept", test_kept);
	g_test_add_func("/planner-view/order", test_order);
	g_test_add_func("/planner-view/before", test_before);
	g_test_add_func("/planner-view/sequence", test_sequence);
	g_test_add_func("/planner-view/closed-day", test_closed_day);
	g_test_add_func("/planner-view/any", test_any);
	return g_test_run();
}
