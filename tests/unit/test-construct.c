// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/construct.h"

#include "daemon/planner/solver.h"
#include "tests/unit/planner-fixture.h"

static CmPlannerFixture *
open_team(void)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);

	return cm_planner_fixture_open(g_getenv("COMODAL_TEST_TEAM"), policies);
}

/* Make a plan the previous one, as cm_problem_new() does of a caseload that has it. */
static void
set_previous(CmProblem *problem, const CmPlan *plan)
{
	for (guint i = 0; i < plan->placements->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(plan->placements, CmPlacement, i);
		CmTask *task = &problem->tasks[placement->session];

		task->previous_day = placement->date - problem->caseload->from;
		task->previous_start = placement->start;
		task->previous_mode = placement->mode;
		task->previous_room = placement->room;
		task->previous_companion =
		    placement->companion == CM_NONE
			? CM_NONE
			: problem->caseload->rooms->len + placement->companion;
	}
}

static void
restore(CmState *state)
{
	guint professionals = state->problem->caseload->professionals->len;

	for (gint same = 1; same >= 0; same--)
		for (guint32 p = 0; p < professionals; p++)
			cm_construct_restore(state, p, same, NULL);
}

static guint
count_elsewhere(const CmState *state, const CmPlan *plan)
{
	guint count = 0;

	for (guint i = 0; i < plan->placements->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(plan->placements, CmPlacement, i);
		const CmSpot *spot = &state->spots[placement->session];

		count += spot->day != placement->date - state->problem->caseload->from ||
			 spot->start != placement->start || spot->mode != placement->mode;
	}
	return count;
}

/* Where nothing has changed everything is put back, whoever comes first: rooms stay with those who had them. */
static void
test_restore(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_team();
	CmSolverOptions options = {.effort = 1, .seed = 1, .threads = 1};
	g_autoptr(CmPlan) plan = cm_solver_run(fixture->problem, &options, NULL);
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	CmCost cost;

	g_assert_cmpuint(plan->placements->len, >, 400);
	set_previous(fixture->problem, plan);
	restore(state);
	g_assert_cmpuint(count_elsewhere(state, plan), ==, 0);
	cost = cm_state_get_cost(state, NULL);
	g_assert_cmpint(cost.part[CM_COST_MOVED], ==, 0);
}

/* One room is taken: its sessions go to another where there is one, all others stay in theirs. */
static void
test_restore_without_a_room(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_team();
	CmSolverOptions options = {.effort = 1, .seed = 1, .threads = 1};
	g_autoptr(CmPlan) plan = cm_solver_run(fixture->problem, &options, NULL);
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	guint in_room = 0;

	set_previous(fixture->problem, plan);
	for (guint i = 0; i < plan->placements->len; i++)
		in_room += CM_ELEMENT(plan->placements, CmPlacement, i)->room == 0;
	g_assert_cmpuint(in_room, >, 0);
	for (gint day = 0; day < fixture->problem->days; day++)
		cm_day_bits_set(cm_state_taken(state, 0, day), fixture->problem->words, 0,
				fixture->problem->bits);
	restore(state);
	g_assert_cmpuint(count_elsewhere(state, plan), <=, in_room);
	for (guint32 s = 0; s < fixture->caseload->sessions->len; s++)
		g_assert_true(state->spots[s].day < 0 || state->spots[s].room != 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/construct/restore", test_restore);
	g_test_add_func("/construct/restore-without-a-room", test_restore_without_a_room);
	return g_test_run();
}
