// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/repair.h"

#include "daemon/planner/check.h"
#include "daemon/planner/construct.h"
#include "daemon/planner/squeeze.h"
#include "daemon/planner/trial.h"
#include "tests/unit/planner-fixture.h"

#define ATTEMPTS 20
#define MOVES 200

/* How places are looked for: with whole follow-ups, or session by session. */
typedef struct {
	void (*run)(const CmPlannerFixture *fixture, CmState *state, guint64 seed);
} Manner;

static CmPlannerFixture *
open_caseload(const gchar *path)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);

	return cm_planner_fixture_open(path, policies);
}

static CmPlannerFixture *
open_fixture(const gchar *name)
{
	g_autofree gchar *path = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						  "fixtures", "planner", name, NULL);

	return open_caseload(path);
}

/* Two professionals want the one room on Monday at 08:00; p-1 could also come on Tuesday. */
static CmPlannerFixture *
open_trade(void)
{
	return open_fixture("trade.json");
}

static void
place(CmState *state, guint32 session, gint day)
{
	const CmProblem *problem = state->problem;
	CmSpot spot = {.day = (gint16)day,
		       .start = 8 * 60,
		       .mode = CM_MODE_IN_PERSON,
		       .room = CM_NONE,
		       .companion = CM_NONE};

	g_assert_true(cm_state_place(state, session, &spot));
	cm_state_recount(state, cm_problem_kind(problem, problem->tasks[session].kind)->followup);
}

static void
run_about(const CmPlannerFixture *fixture, CmState *state, guint64 seed, gboolean moved)
{
	g_autoptr(CmChainTable) table = cm_chain_table_new(fixture->problem);
	g_autoptr(CmRepairer) repairer = cm_repairer_new(fixture->problem, table);
	CmRepairSlice slice = {.attempts = ATTEMPTS,
			       .most = 1000,
			       .stream = cm_stream_make(seed, 0, 0),
			       .clearing = 4,
			       .moved = moved};

	for (guint32 site = 0; site < fixture->caseload->sites->len; site++)
		cm_repairer_run(repairer, state, site, &slice);
}

static void
run(const CmPlannerFixture *fixture, CmState *state, guint64 seed)
{
	run_about(fixture, state, seed, FALSE);
}

static void
run_squeezer(const CmPlannerFixture *fixture, CmState *state, guint64 seed)
{
	g_autoptr(CmSqueezer) squeezer = cm_squeezer_new(fixture->problem);
	CmSqueezeSlice slice = {
	    .moves = MOVES, .most = 10000, .stream = cm_stream_make(seed, 0, 0)};

	for (guint32 site = 0; site < fixture->caseload->sites->len; site++)
		cm_squeezer_run(squeezer, state, site, &slice);
}

static void
check_state(const CmState *state)
{
	CmCost cost = cm_state_get_cost(state, NULL);
	g_autoptr(CmPlan) plan = cm_state_to_plan(state);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(cm_state_get_points(state), ==, cm_cost_get_total(&cost));
	plan->cost = cost;
	for (guint i = 0; i < plan->unscheduled->len; i++)
		g_array_index(plan->unscheduled, CmUnscheduled, i).reason = g_strdup("-");
	if (!cm_check_plan(state->problem, plan, &error))
		g_assert_no_error(error);
}

/* The one who can come another day leaves the room to the one who can't. */
static void
test_trade(gconstpointer data)
{
	const Manner *manner = data;
	g_autoptr(CmPlannerFixture) fixture = open_trade();
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	guint32 either = cm_planner_fixture_find(fixture, "f-1-1");
	guint32 monday = cm_planner_fixture_find(fixture, "f-2-1");

	place(state, either, 0);
	manner->run(fixture, state, 1);
	g_assert_cmpint(state->spots[monday].day, ==, 0);
	g_assert_cmpint(state->spots[either].day, ==, 1);
	check_state(state);
}

/* Who has nowhere else to go stays, and is left as it was. */
static void
test_no_trade(gconstpointer data)
{
	const Manner *manner = data;
	g_autoptr(CmPlannerFixture) fixture = open_trade();
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	guint32 either = cm_planner_fixture_find(fixture, "f-1-1");
	guint32 monday = cm_planner_fixture_find(fixture, "f-2-1");

	place(state, monday, 0);
	place(state, either, 1);
	cm_state_remove(state, either);
	cm_state_recount(state, either);
	manner->run(fixture, state, 1);
	g_assert_cmpint(state->spots[monday].day, ==, 0);
	g_assert_cmpint(state->spots[either].day, ==, 1);
	check_state(state);
}

/* A session that was moved without need goes back, when it is about those that were moved; and only then. */
static void
test_moved(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_trade();
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	guint32 either = cm_planner_fixture_find(fixture, "f-1-1");
	guint32 monday = cm_planner_fixture_find(fixture, "f-2-1");
	CmTask *task = &fixture->problem->tasks[either];

	/* nobody else wants the room on Monday, the day where it was */
	place(state, either, 1);
	fixture->problem->chains[monday].tasks.count = 0;
	task->previous_day = 0;
	task->previous_start = 8 * 60;
	task->previous_mode = CM_MODE_IN_PERSON;
	cm_state_recount(state, either);
	run_about(fixture, state, 1, FALSE);
	g_assert_cmpint(state->spots[either].day, ==, 1);
	run_about(fixture, state, 1, TRUE);
	g_assert_cmpint(state->spots[either].day, ==, 0);
}

/* Nothing gets dearer, and nothing is forbidden, on a caseload like a real one. */
static void
test_generated(gconstpointer data)
{
	const Manner *manner = data;
	g_autoptr(CmPlannerFixture) fixture = open_caseload(g_getenv("COMODAL_TEST_CASELOAD"));
	const CmProblem *problem = fixture->problem;
	g_autoptr(CmChainTable) table = cm_chain_table_new(problem);
	g_autoptr(CmState) state = cm_state_new(problem);
	gint64 before;

	for (gint priority = 3; priority > 0; priority--)
		for (guint32 p = 0; p < problem->caseload->professionals->len; p++)
			cm_construct_priority(table, state, p, priority, NULL, NULL);
	/* as if these had found no place */
	for (guint32 s = 0; s < problem->caseload->sessions->len; s++) {
		guint32 followup = cm_problem_kind(problem, problem->tasks[s].kind)->followup;

		if (followup % 5 != 0 || state->spots[s].day < 0)
			continue;
		cm_state_remove(state, s);
		cm_state_recount(state, followup);
	}
	before = cm_state_get_points(state);
	for (guint64 seed = 0; seed < 5; seed++) {
		manner->run(fixture, state, seed);
		check_state(state);
		g_assert_cmpint(cm_state_get_points(state), <=, before);
	}
	g_assert_cmpint(cm_state_get_points(state), <, before);
}

/* The day of a session by its name; -1: left out. */
static gint
get_day(const CmPlannerFixture *fixture, const CmState *state, const gchar *session)
{
	return state->spots[cm_planner_fixture_find(fixture, session)].day;
}

/* One session of priority 2 leaves the room to one of priority 1 that two others can follow without a room. */
static void
test_follow(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_fixture("outbid.json");
	g_autoptr(CmState) state = cm_state_new(fixture->problem);

	place(state, cm_planner_fixture_find(fixture, "f-1-1"), 0);
	run_squeezer(fixture, state, 1);
	g_assert_cmpint(get_day(fixture, state, "f-1-1"), ==, -1);
	g_assert_cmpint(get_day(fixture, state, "f-2-1"), ==, 0);
	g_assert_cmpint(get_day(fixture, state, "f-2-2"), ==, 1);
	g_assert_cmpint(get_day(fixture, state, "f-2-3"), ==, 2);
	check_state(state);
}

/* One of priority 2 would be best off on Monday, where one of priority 3 stands: it takes the room of Tuesday from one of priority 1. */
static void
test_supplant(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_fixture("outbid.json");
	g_autoptr(CmState) state = cm_state_new(fixture->problem);

	place(state, cm_planner_fixture_find(fixture, "f-5-1"), 0);
	place(state, cm_planner_fixture_find(fixture, "f-3-1"), 1);
	run_squeezer(fixture, state, 1);
	g_assert_cmpint(get_day(fixture, state, "f-5-1"), ==, 0);
	g_assert_cmpint(get_day(fixture, state, "f-4-1"), ==, 1);
	g_assert_cmpint(get_day(fixture, state, "f-3-1"), ==, -1);
	check_state(state);
}

/* A trial that is undone leaves everything as it was. */
static void
test_undo(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_trade();
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	guint32 either = cm_planner_fixture_find(fixture, "f-1-1");
	gint64 before;
	CmTrial trial;

	place(state, either, 0);
	before = cm_state_get_points(state);
	cm_trial_init(&trial);
	cm_trial_start(&trial, state, 1);
	g_assert_true(cm_trial_choose(&trial, 0));
	g_assert_false(cm_trial_choose(&trial, 0));
	g_assert_false(cm_trial_choose(&trial, 1));
	cm_trial_take_away(&trial);
	g_assert_cmpint(state->spots[either].day, ==, -1);
	place(state, either, 1);
	cm_trial_undo(&trial);
	g_assert_cmpint(state->spots[either].day, ==, 0);
	g_assert_cmpint(cm_state_get_points(state), ==, before);
	cm_trial_clear(&trial);
}

int
main(int argc, char **argv)
{
	static const Manner repairs = {run};
	static const Manner squeezes = {run_squeezer};

	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/repair/trade", &repairs, test_trade);
	g_test_add_data_func("/repair/no-trade", &repairs, test_no_trade);
	g_test_add_func("/repair/moved", test_moved);
	g_test_add_data_func("/repair/generated", &repairs, test_generated);
	g_test_add_data_func("/squeeze/trade", &squeezes, test_trade);
	g_test_add_data_func("/squeeze/no-trade", &squeezes, test_no_trade);
	g_test_add_data_func("/squeeze/generated", &squeezes, test_generated);
	g_test_add_func("/squeeze/follow", test_follow);
	g_test_add_func("/squeeze/supplant", test_supplant);
	g_test_add_func("/repair/undo", test_undo);
	return g_test_run();
}
