// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/offer.h"

#include "daemon/planner/check.h"
#include "daemon/planner/points.h"
#include "daemon/planner/solver.h"
#include "tests/unit/planner-fixture.h"

static CmPlannerFixture *
open_generated(void)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);

	return cm_planner_fixture_open(g_getenv("COMODAL_TEST_CASELOAD"), policies);
}

/* What the plan costs with the session there, by the code that judges plans; -1 when a rule forbids it. Travel is left out. */
static gint64
judge(const CmProblem *problem, const CmPlan *plan, guint32 session, const CmSpot *spot)
{
	g_autoptr(CmState) state = cm_state_new(problem);
	g_autoptr(CmPlan) whole = NULL;
	CmCost cost;

	cm_state_load_plan(state, plan);
	cm_state_remove(state, session);
	if (!cm_state_place(state, session, spot))
		return -1;
	whole = cm_state_to_plan(state);
	if (!cm_check_part(problem, whole, NULL))
		return -1;
	cost = cm_check_get_cost(problem, whole);
	return cm_cost_get_total(&cost) - cost.part[CM_COST_TRAVEL];
}

/* All places of one session, tried one by one by the judging code, against the offers. */
static void
check_session(const CmProblem *problem, const CmPlan *plan, CmState *state, guint32 session)
{
	const CmSpot stood = state->spots[session];
	CmOffer offers[CM_OFFERS_MAX];
	gint64 base = -1;
	guint next = 0;
	guint count;

	cm_state_remove(state, session);
	count = cm_offer_find(state, session, CM_OFFERS_MAX, offers);
	g_assert_true(cm_state_place(state, session, &stood));
	g_assert_cmpuint(count, >, 0);
	for (guint i = 0; i < count; i++) {
		CmSpot spot = {.day = offers[i].day,
			       .start = offers[i].start,
			       .mode = offers[i].mode,
			       .room = CM_NONE,
			       .companion = CM_NONE};
		gint64 cost = judge(problem, plan, session, &spot);

		g_assert_cmpint(cost, >=, 0);
		if (base < 0)
			base = cost - offers[i].points;
		g_assert_cmpint(cost - base, ==, offers[i].points);
		g_assert_true(i == 0 || offers[i - 1].points <= offers[i].points);
	}
	/* none that is cheaper than the last was left out */
	for (gint day = 0; day < problem->days; day++)
		for (guint mode = 0; mode < CM_MODE_LAST; mode++)
			for (gint bit = 0; bit < problem->bits; bit++) {
				CmSpot spot = {
				    .day = (gint16)day,
				    .start = (gint16)(problem->first_minute + bit * problem->grid),
				    .mode = (guint8)mode,
				    .room = CM_NONE,
				    .companion = CM_NONE};
				gint64 cost = judge(problem, plan, session, &spot);

				next += cost >= 0 && (count < CM_OFFERS_MAX ||
						      cost - base < offers[count - 1].points);
			}
	if (count < CM_OFFERS_MAX)
		g_assert_cmpuint(next, ==, count);
	else
		g_assert_cmpuint(next, <, count);
}

static void
test_all(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_generated();
	const CmProblem *problem = fixture->problem;
	CmSolverOptions options = {.effort = 5, .seed = 1, .threads = 1};
	g_autoptr(CmPlan) plan = cm_solver_run(problem, &options, NULL);
	g_autoptr(CmState) state = cm_state_new(problem);

	cm_state_load_plan(state, plan);
	for (guint32 s = 0; s < fixture->caseload->sessions->len; s += 9)
		if (state->spots[s].day >= 0)
			check_session(problem, plan, state, s);
}

/* Fewer are the first of more. */
static void
test_fewer(void)
{
	g_autoptr(CmPlannerFixture) fixture = open_generated();
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	CmOffer many[CM_OFFERS_MAX];
	CmOffer few[5];
	guint offered = 0;

	for (guint32 s = 0; s < fixture->caseload->sessions->len; s++) {
		guint all = cm_offer_find(state, s, CM_OFFERS_MAX, many);
		guint count = cm_offer_find(state, s, G_N_ELEMENTS(few), few);

		g_assert_cmpuint(count, ==, MIN(all, G_N_ELEMENTS(few)));
		offered += count;
		for (guint i = 0; i < count; i++)
			g_assert_true(many[i].day == few[i].day && many[i].start == few[i].start &&
				      many[i].mode == few[i].mode &&
				      many[i].points == few[i].points);
	}
	g_assert_cmpuint(offered, >, 0);
	g_assert_cmpuint(cm_offer_find(state, 0, 0, few), ==, 0);
}

/* The session before it does not stand: it has no place. */
static void
test_missing(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	CmOffer offers[3];

	g_assert_cmpuint(cm_offer_find(state, cm_planner_fixture_find(fixture, "f-1-2"), 3, offers),
			 ==, 0);
	g_assert_cmpuint(cm_offer_find(state, cm_planner_fixture_find(fixture, "f-1-1"), 3, offers),
			 ==, 3);
	/* on its target day, the first start that is free of lessons */
	g_assert_cmpint(offers[0].day, ==, 0);
	g_assert_cmpint(offers[0].start, ==, 9 * 60);
	g_assert_cmpint(offers[0].points, ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/offer/all", test_all);
	g_test_add_func("/offer/fewer", test_fewer);
	g_test_add_func("/offer/missing", test_missing);
	return g_test_run();
}
