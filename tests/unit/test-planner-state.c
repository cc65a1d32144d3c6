// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/state.h"

#include "daemon/planner/check.h"
#include "daemon/planner/construct.h"
#include "daemon/planner/improve.h"
#include "daemon/planner/slots.h"
#include "tests/unit/planner-fixture.h"

#include <string.h>

static CmPlannerFixture *
open_generated(void)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);

	return cm_planner_fixture_open(g_getenv("COMODAL_TEST_CASELOAD"), policies);
}

static void
check_points(const CmState *state)
{
	CmCost cost = cm_state_get_cost(state, NULL);

	g_assert_cmpint(cm_state_get_points(state), ==, cm_cost_get_total(&cost));
}

/* The incremental count, the count from scratch and the independent check's agree, and no rule is broken. */
static void
check_state(const CmState *state)
{
	g_autoptr(CmPlan) plan = cm_state_to_plan(state);
	g_autoptr(GError) error = NULL;

	check_points(state);
	plan->cost = cm_state_get_cost(state, NULL);
	for (guint i = 0; i < plan->unscheduled->len; i++)
		g_array_index(plan->unscheduled, CmUnscheduled, i).reason = g_strdup("-");
	if (!cm_check_plan(state->problem, plan, &error))
		g_assert_no_error(error);
}

/* Sessions placed and removed in any order leave nothing behind. */
static void
test_undo(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_generated();
	const CmProblem *problem = fixture->problem;
	g_autoptr(CmState) state = cm_state_new(problem);
	g_autoptr(CmState) empty = cm_state_new(problem);
	CmStream stream = cm_stream_make(3, 1, 4);
	gsize taken = problem->tracks->len * (gsize)problem->days * problem->words;
	guint sessions = fixture->caseload->sessions->len;
	guint placed = 0;

	for (guint round = 0; round < 20000; round++) {
		guint32 session = cm_stream_below(&stream, sessions);
		guint32 kind = problem->tasks[session].kind;
		guint64 starts[CM_DAY_BITS_WORDS_MAX];
		gint day = (gint)cm_stream_below(&stream, (guint)problem->days);
		CmMode mode = cm_stream_below(&stream, CM_MODE_LAST);
		guint bit = cm_stream_below(&stream, (guint)problem->bits);
		gboolean alone = cm_stream_below(&stream, 2) == 0;

		if (state->spots[session].day >= 0) {
			if (alone)
				cm_state_count_session(state, session, -1);
			cm_state_remove(state, session);
		} else if (cm_slots_fill(state, kind, day, mode, CM_OBSTACLES_ALL, starts) &&
			   cm_day_bits_has(starts, bit)) {
			CmSpot spot = {
			    .day = (gint16)day,
			    .start = (gint16)(problem->first_minute + (gint)bit * problem->grid),
			    .mode = (guint8)mode,
			    .room = CM_NONE,
			    .companion = CM_NONE};

			g_assert_true(cm_state_place(state, session, &spot));
			if (alone)
				cm_state_count_session(state, session, 1);
			placed++;
		}
		/* the session alone was counted, or all of its follow-up is */
		if (!alone)
			cm_state_recount(state, cm_problem_kind(problem, kind)->followup);
		check_points(state);
	}
	g_assert_cmpuint(placed, >, 500);
	for (guint32 session = 0; session < sessions; session++) {
		if (state->spots[session].day >= 0)
			cm_state_remove(state, session);
		cm_state_recount(
		    state, CM_ELEMENT(fixture->caseload->sessions, CmSession, session)->followup);
	}
	g_assert_cmpint(cm_state_get_points(state), ==, cm_state_get_points(empty));
	g_assert_cmpint(memcmp(state->taken, empty->taken, taken * sizeof(guint64)), ==, 0);
}

static void
construct(CmChainTable *table, CmState *state)
{
	for (gint priority = 3; priority > 0; priority--)
		for (guint32 p = 0; p < state->problem->caseload->professionals->len; p++)
			cm_construct_priority(table, state, p, priority, NULL, NULL);
}

/* Hot moves, accepted and undone, keep every rule and every count. */
static void
test_moves(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_generated();
	const CmProblem *problem = fixture->problem;
	g_autoptr(CmState) state = cm_state_new(problem);
	g_autoptr(CmChainTable) table = cm_chain_table_new(problem);
	g_autoptr(CmImprover) improver = cm_improver_new(problem, table);
	CmImproveSlice slice = {
	    .moves = 40, .temperature = 16 * 60, .stream = cm_stream_make(1, 2, 3)};

	check_state(state);
	construct(table, state);
	check_state(state);
	for (guint round = 0; round < 60; round++) {
		for (guint32 p = 0; p < fixture->caseload->professionals->len; p++)
			cm_improver_run(improver, state, p, &slice);
		check_state(state);
	}
}

static void
clear_followup(CmState *state, guint32 followup)
{
	CmRange tasks = state->problem->chains[followup].tasks;

	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
		if (state->spots[s].day >= 0)
			cm_state_remove(state, s);
	cm_state_recount(state, followup);
}

static gboolean
is_whole(const CmState *state, guint32 professional)
{
	const CmProblem *problem = state->problem;
	CmRange chains = problem->workers[professional].chains;
	guint missing = 0;

	for (guint i = 0; i < chains.count; i++)
		missing += (guint)cm_state_misses_sessions(
		    state, g_array_index(problem->professional_chains, guint32, chains.first + i));
	return missing == 0;
}

/* Moves about what is missing leave a professional alone who misses nothing, be they ever so hot, and give back what is taken out. */
static void
test_missing(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_generated();
	const CmProblem *problem = fixture->problem;
	gsize spots = fixture->caseload->sessions->len * sizeof(CmSpot);
	g_autoptr(CmState) state = cm_state_new(problem);
	g_autoptr(CmState) before = cm_state_new(problem);
	g_autoptr(CmChainTable) table = cm_chain_table_new(problem);
	g_autoptr(CmImprover) improver = cm_improver_new(problem, table);
	CmImproveSlice slice = {.moves = 20,
				.missing = TRUE,
				.temperature = 16 * 1000,
				.stream = cm_stream_make(1, 2, 3)};
	guint32 followup;
	guint32 p = 0;

	construct(table, state);
	while (!is_whole(state, p))
		p++;
	cm_state_copy(before, state);
	cm_improver_run(improver, state, p, &slice);
	g_assert_cmpint(memcmp(state->spots, before->spots, spots), ==, 0);
	followup =
	    g_array_index(problem->professional_chains, guint32, problem->workers[p].chains.first);
	clear_followup(state, followup);
	g_assert_true(cm_state_misses_sessions(state, followup));
	slice.temperature = 0;
	cm_improver_run(improver, state, p, &slice);
	g_assert_false(cm_state_misses_sessions(state, followup));
	check_state(state);
}

static void
check_holes(const CmState *state, guint32 kind, gint start, guint expected)
{
	const CmProblem *problem = state->problem;
	guint bit = (guint)cm_problem_bit_up(problem, start);
	guint64 starts[CM_DAY_BITS_WORDS_MAX] = {0};
	guint16 holes[CM_DAY_BITS_WORDS_MAX * 64];

	cm_day_bits_set(starts, problem->words, (gint)bit, (gint)bit + 1);
	cm_slots_note_holes(state, kind, 1, CM_MODE_IN_PERSON, starts, holes);
	g_assert_cmpuint(holes[bit], ==, expected);
}

/* 45 minutes are two cells of 30: of one or three cells beside a session, to what is taken, to where the site opens and shuts or to noon
 * (nobody works until 13:00), one serves nobody. */
static void
test_holes(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	guint32 session = cm_planner_fixture_find(fixture, "f-1-2");
	guint32 kind = fixture->problem->tasks[session].kind;
	CmSpot spot = {.day = 1,
		       .start = 10 * 60,
		       .mode = CM_MODE_IN_PERSON,
		       .room = CM_NONE,
		       .companion = CM_NONE};

	check_holes(state, kind, 9 * 60 + 30, 2);
	check_holes(state, kind, 9 * 60, 0);
	g_assert_true(cm_state_place(state, session, &spot));
	check_holes(state, kind, 8 * 60, 0);
	check_holes(state, kind, 8 * 60 + 30, 2);
	check_holes(state, kind, 9 * 60, 0);
	check_holes(state, kind, 11 * 60, 0);
	check_holes(state, kind, 13 * 60, 1);
	check_holes(state, kind, 13 * 60 + 30, 1);
	check_holes(state, kind, 14 * 60, 1);
	check_holes(state, kind, 14 * 60 + 30, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/planner-state/undo", test_undo);
	g_test_add_func("/planner-state/moves", test_moves);
	g_test_add_func("/planner-state/missing", test_missing);
	g_test_add_func("/planner-state/holes", test_holes);
	return g_test_run();
}
