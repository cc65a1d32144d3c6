// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/solver.h"

#include "daemon/planner/check.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "tests/unit/planner-fixture.h"

#include <string.h>

static CmPlannerFixture *
open_named(const gchar *variable)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);

	return cm_planner_fixture_open(g_getenv(variable), policies);
}

static CmPlannerFixture *
open_generated(void)
{
	return open_named("COMODAL_TEST_CASELOAD");
}

static CmPlan *
solve(const CmPlannerFixture *fixture, const CmSolverOptions *options)
{
	g_autoptr(GError) error = NULL;
	CmPlan *plan = cm_solver_run(fixture->problem, options, NULL);

	if (!cm_check_plan(fixture->problem, plan, &error))
		g_assert_no_error(error);
	return plan;
}

static gboolean
is_same(const CmPlan *a, const CmPlan *b)
{
	if (a->placements->len != b->placements->len)
		return FALSE;
	for (guint i = 0; i < a->placements->len; i++) {
		const CmPlacement *left = CM_ELEMENT(a->placements, CmPlacement, i);
		const CmPlacement *right = CM_ELEMENT(b->placements, CmPlacement, i);

		if (left->session != right->session || left->date != right->date ||
		    left->start != right->start || left->mode != right->mode ||
		    left->room != right->room || left->companion != right->companion)
			return FALSE;
	}
	return TRUE;
}

/* The effort decides the plan, not the number of threads; the seed does. */
static void
test_same(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_generated();
	CmSolverOptions options = {.effort = 4, .seed = 5, .threads = 1};
	g_autoptr(CmPlan) one = solve(fixture, &options);
	g_autoptr(CmPlan) two = NULL;
	g_autoptr(CmPlan) four = NULL;
	g_autoptr(CmPlan) other = NULL;

	options.threads = 2;
	two = solve(fixture, &options);
	options.threads = 4;
	four = solve(fixture, &options);
	options.seed = 6;
	other = solve(fixture, &options);
	g_assert_true(is_same(one, two));
	g_assert_true(is_same(one, four));
	g_assert_false(is_same(one, other));
}

/* The same of eight sites, some of which share professionals, where sessions are left out and places are looked for site by site. */
static void
test_same_sites(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_named("COMODAL_TEST_TEAM");
	CmSolverOptions options = {.effort = 1, .seed = 3, .threads = 1};
	g_autoptr(CmPlan) one = solve(fixture, &options);
	g_autoptr(CmPlan) four = NULL;

	options.threads = 4;
	four = solve(fixture, &options);
	g_assert_true(is_same(one, four));
}

/* More effort is never worse than the first plan, which effort 1 is close to. */
static void
test_better(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_generated();
	CmSolverOptions options = {.effort = 1, .seed = 1};
	g_autoptr(CmPlan) first = solve(fixture, &options);
	g_autoptr(CmPlan) later = NULL;

	options.effort = 30;
	later = solve(fixture, &options);
	g_assert_cmpint(cm_cost_get_total(&later->cost), <, cm_cost_get_total(&first->cost));
}

/* Stopped before anything is placed: what is locked stands, the rest has a reason. */
static void
test_stopped(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(
	    NULL,
	    "\"previous\":[{\"id\":\"f-1-1\",\"date\":\"2026-09-08\",\"start\":\"09:00\",\"mode\":"
	    "\"in-person\",\"room\":\"r-1\",\"companion\":null,\"locked\":true}],");
	volatile gint stop = 1;
	CmSolverOptions options = {.effort = 1000000, .seed = 1, .stop = &stop};
	g_autoptr(CmPlan) plan = solve(fixture, &options);

	g_assert_cmpuint(plan->placements->len, ==, 1);
	g_assert_cmpuint(plan->unscheduled->len, ==, 4);
}

typedef struct {
	volatile gint stop;
	guint calls;
} Watched;

static void
stop_at_once(const CmSolverProgress *progress, gpointer user_data)
{
	Watched *watched = user_data;

	g_assert_cmpfloat(progress->share, >=, 0);
	g_assert_cmpfloat(progress->share, <=, 1);
	watched->calls++;
	g_atomic_int_set(&watched->stop, 1);
}

/* The watch is called while it runs, and a stop from it ends a run that would never end. */
static void
test_watched(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_generated();
	Watched watched = {0};
	CmSolverOptions options = {.effort = G_MAXUINT64,
				   .seed = 1,
				   .threads = 2,
				   .stop = &watched.stop,
				   .watch = stop_at_once,
				   .watch_data = &watched};
	g_autoptr(CmPlan) plan = solve(fixture, &options);

	g_assert_cmpuint(watched.calls, >, 0);
	g_assert_cmpuint(plan->placements->len, >, 0);
}

/* A session whose follow-up has a later one locked is placed before it. */
static void
test_between(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(
	    NULL,
	    "\"previous\":[{\"id\":\"f-1-2\",\"date\":\"2026-09-09\",\"start\":\"09:00\",\"mode\":"
	    "\"in-person\",\"room\":\"r-1\",\"companion\":null,\"locked\":true}],");
	CmSolverOptions options = {.effort = 3, .seed = 1};
	g_autoptr(CmPlan) plan = solve(fixture, &options);

	g_assert_cmpint(CM_ELEMENT(plan->placements, CmPlacement, 0)->date, <,
			fixture->caseload->from + 2);
}

static void
test_reasons(void)
{
	g_autoptr(CmPlannerFixture) fixture =
	    cm_planner_fixture_new(NULL, "\"busy\":[{\"kind\":\"room\",\"id\":\"r-2\",\"date\":"
					 "\"2026-09-14\",\"from\":\"00:00\",\"to\":\"23:59\"},"
					 "{\"kind\":\"room\",\"id\":\"r-2\",\"date\":\"2026-09-"
					 "15\",\"from\":\"00:00\",\"to\":\"23:59\"},"
					 "{\"kind\":\"room\",\"id\":\"r-2\",\"date\":\"2026-09-"
					 "16\",\"from\":\"00:00\",\"to\":\"23:59\"},"
					 "{\"kind\":\"room\",\"id\":\"r-2\",\"date\":\"2026-09-"
					 "17\",\"from\":\"00:00\",\"to\":\"23:59\"},"
					 "{\"kind\":\"room\",\"id\":\"r-2\",\"date\":\"2026-09-"
					 "18\",\"from\":\"00:00\",\"to\":\"23:59\"},"
					 "{\"kind\":\"room\",\"id\":\"r-2\",\"date\":\"2026-09-"
					 "08\",\"from\":\"00:00\",\"to\":\"23:59\"},"
					 "{\"kind\":\"room\",\"id\":\"r-2\",\"date\":\"2026-09-"
					 "09\",\"from\":\"00:00\",\"to\":\"23:59\"},"
					 "{\"kind\":\"room\",\"id\":\"r-2\",\"date\":\"2026-09-"
					 "10\",\"from\":\"00:00\",\"to\":\"23:59\"}],");
	CmSolverOptions options = {.effort = 3, .seed = 1};
	g_autoptr(CmPlan) plan = solve(fixture, &options);
	const CmUnscheduled *one = &g_array_index(plan->unscheduled, CmUnscheduled, 0);
	const CmUnscheduled *two = &g_array_index(plan->unscheduled, CmUnscheduled, 1);
	g_autofree gchar *first = cm_message_to_english(one->reason);
	g_autofree gchar *second = cm_message_to_english(two->reason);

	g_assert_cmpuint(plan->unscheduled->len, ==, 2);
	g_assert_cmpstr(
	    first, ==,
	    "No room is free at Deux when all others are: 2026-09-08, 2026-09-09, 2026-09-10, "
	    "2026-09-14, …. One more room at Deux would place it.");
	g_assert_cmpstr(second, ==, "The session before it, f-2-2, is not scheduled.");
}

/* Locked placements that no plan can hold. */
static void
test_refused(gconstpointer data)
{
	const gchar *const *pair = data;
	g_autofree gchar *more = g_strdup_printf(
	    "\"previous\":[{\"id\":\"f-1-2\",\"date\":\"%s\",\"start\":\"%s\",\"mode\":"
	    "\"in-person\",\"room\":\"r-1\",\"companion\":null,\"locked\":true}],",
	    pair[0], pair[1]);
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	g_autoptr(CmCaseload) caseload = cm_planner_fixture_read(more);
	g_autoptr(GError) error = NULL;
	g_autoptr(CmProblem) problem = cm_problem_new(caseload, fixture->policies, &error);

	g_assert_null(problem);
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	g_test_message("%s", error->message);
	g_assert_nonnull(g_strstr_len(error->message, -1, "f-1"));
}

static const gchar *const first_day[] = {"2026-09-07", "09:00"};
static const gchar *const closed_day[] = {"2026-09-12", "09:00"};
static const gchar *const off_grid[] = {"2026-09-09", "09:10"};

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/solver/same", test_same);
	g_test_add_func("/solver/same-sites", test_same_sites);
	g_test_add_func("/solver/better", test_better);
	g_test_add_func("/solver/stopped", test_stopped);
	g_test_add_func("/solver/watched", test_watched);
	g_test_add_func("/solver/between", test_between);
	g_test_add_func("/solver/reasons", test_reasons);
	g_test_add_data_func("/solver/refused/nothing-before", first_day, test_refused);
	g_test_add_data_func("/solver/refused/closed", closed_day, test_refused);
	g_test_add_data_func("/solver/refused/grid", off_grid, test_refused);
	return g_test_run();
}
