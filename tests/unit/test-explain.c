// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/explain.h"

#include "daemon/planner/check.h"
#include "daemon/planner/solver.h"
#include "include/cm-message.h"
#include "tests/unit/planner-fixture.h"

#include <string.h>

#define STEP 5 /* one placed session in so many is asked about */

typedef struct {
	CmPlannerFixture *fixture;
	CmPlan *plan;
	CmState *state;
} Planned;

static void
planned_set_up(Planned *planned, gconstpointer data)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	CmSolverOptions options = {.effort = 1, .seed = 1, .threads = 1};

	planned->fixture = cm_planner_fixture_open(g_getenv("COMODAL_TEST_TEAM"), policies);
	planned->plan = cm_solver_run(planned->fixture->problem, &options, NULL);
	planned->state = cm_state_new(planned->fixture->problem);
	cm_state_load_plan(planned->state, planned->plan);
}

static void
planned_tear_down(Planned *planned, gconstpointer data)
{
	cm_state_free(planned->state);
	cm_plan_free(planned->plan);
	cm_planner_fixture_free(planned->fixture);
}

static gint64
get_total(const Planned *planned, const CmPlan *plan)
{
	CmCost cost = cm_check_get_cost(planned->fixture->problem, plan);

	return cm_cost_get_total(&cost);
}

/* The plan without one session, or with it elsewhere, in whatever room. */
static CmPlan *
change(const Planned *planned, guint32 session, const CmRemedyPlace *place)
{
	CmPlan *plan = cm_plan_new();
	CmDay from = planned->fixture->caseload->from;

	for (guint i = 0; i < planned->plan->placements->len; i++) {
		CmPlacement placement = *CM_ELEMENT(planned->plan->placements, CmPlacement, i);

		if (placement.session == session && place == NULL)
			continue;
		if (placement.session == session) {
			placement.date = from + place->day;
			placement.start = (CmMinute)place->start;
			placement.mode = place->mode;
		}
		g_array_append_val(plan->placements, placement);
	}
	return plan;
}

/* What it costs is what the plan would cost less, by the code that judges plans. */
static void
test_cost(Planned *planned, gconstpointer data)
{
	const CmProblem *problem = planned->fixture->problem;

	for (guint i = 0; i < planned->plan->placements->len; i += STEP) {
		guint32 session = CM_ELEMENT(planned->plan->placements, CmPlacement, i)->session;
		guint32 followup =
		    CM_ELEMENT(planned->fixture->caseload->sessions, CmSession, session)->followup;
		g_autoptr(CmPlan) without = change(planned, session, NULL);
		CmExplanation explanation;

		cm_explain_session(planned->state, session, &explanation);
		g_assert_true(explanation.placed);
		g_assert_cmpint(get_total(planned, planned->plan) - get_total(planned, without) +
				    1000 * problem->chains[followup].priority,
				==, cm_cost_get_total(&explanation.cost));
	}
}

/* A better place saves what it says, and is blocked unless it is free; the state is as it was. */
static void
test_elsewhere(Planned *planned, gconstpointer data)
{
	const CmProblem *problem = planned->fixture->problem;
	gint64 points = cm_state_get_points(planned->state);
	guint seen = 0;
	guint held = 0;

	for (guint i = 0; i < planned->plan->placements->len; i += STEP) {
		guint32 session = CM_ELEMENT(planned->plan->placements, CmPlacement, i)->session;
		CmExplanation explanation;

		cm_explain_session(planned->state, session, &explanation);
		for (guint e = 0; e < explanation.count; e++) {
			const CmElsewhere *elsewhere = &explanation.elsewhere[e];
			g_autofree gchar *blocks =
			    cm_explain_format_blocks(problem, session, elsewhere);
			g_autoptr(CmPlan) there = change(planned, session, &elsewhere->place);
			CmSpot stood = planned->state->spots[session];
			CmSpot spot = {.day = (gint16)elsewhere->place.day,
				       .start = (gint16)elsewhere->place.start,
				       .mode = elsewhere->place.mode,
				       .room = CM_NONE,
				       .companion = CM_NONE};
			g_autoptr(CmPlan) tried = NULL;
			gboolean allowed;

			g_assert_cmpint(elsewhere->saves, >, 0);
			g_assert_true(e == 0 ||
				      explanation.elsewhere[e - 1].saves >= elsewhere->saves);
			g_assert_cmpint(get_total(planned, planned->plan) -
					    get_total(planned, there),
					==, elsewhere->saves);
			g_assert_cmpuint(strlen(blocks), >, 0);
			cm_state_remove(planned->state, session);
			allowed = cm_state_place(planned->state, session, &spot);
			if (allowed) {
				tried = cm_state_to_plan(planned->state);
				allowed = cm_check_part(problem, tried, NULL);
				cm_state_remove(planned->state, session);
			}
			g_assert_true(cm_state_place(planned->state, session, &stood));
			g_assert_true(allowed == (elsewhere->obstructions == 0));
			seen++;
			held += elsewhere->holder != CM_NONE;
			g_assert_true(
			    elsewhere->holder == CM_NONE ||
			    (elsewhere->holder != session &&
			     planned->state->spots[elsewhere->holder].day == elsewhere->place.day));
		}
	}
	g_test_message("%u better places, %u held by a session", seen, held);
	g_assert_cmpuint(seen, >, 10);
	g_assert_cmpuint(held, >, 3);
	g_assert_cmpint(cm_state_get_points(planned->state), ==, points);
}

static void
test_not_placed(Planned *planned, gconstpointer data)
{
	guint32 session = CM_ELEMENT(planned->plan->placements, CmPlacement, 0)->session;
	CmExplanation explanation;

	cm_state_remove(planned->state, session);
	cm_explain_session(planned->state, session, &explanation);
	g_assert_false(explanation.placed);
	g_assert_true(explanation.diagnosis.free);
	g_assert_cmpint(explanation.count, ==, 0);
}

#define ADD(name, function)                                                                        \
	g_test_add("/explain/" name, Planned, NULL, planned_set_up, function, planned_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("cost", test_cost);
	ADD("elsewhere", test_elsewhere);
	ADD("not-placed", test_not_placed);
	return g_test_run();
}
