// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/chain.h"

#include "tests/unit/planner-fixture.h"

static const gchar policy[] = "[Policy]\nProfession=suivi\n"
			      "[Act suivi]\nModalities=in-person\nMinGapDays=1\nMaxGapDays=3\n";

#define TAKEN(date)                                                                                \
	"{\"kind\":\"room\",\"id\":\"r-1\",\"date\":\"" date                                       \
	"\",\"from\":\"08:00\",\"to\":\"16:30\"}"

/* The only room of f-1's school on all days but the first and three of the last week. */
static const gchar busy[] = "\"busy\":[" TAKEN("2026-09-08") "," TAKEN("2026-09-09") "," TAKEN(
    "2026-09-10") "," TAKEN("2026-09-14") "," TAKEN("2026-09-16") "],";

static gint
find_day(const CmPlannerFixture *fixture, const CmState *state, const gchar *session)
{
	return state->spots[cm_planner_fixture_find(fixture, session)].day;
}

/* On its cheapest day, the first, the first session leaves no day to the second within its gap: eight days late it does. */
static void
test_late_for_the_next(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(policy, busy);
	g_autoptr(CmChainTable) table = cm_chain_table_new(fixture->problem);
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	CmChainWish wish = CM_CHAIN_WISH_INIT;

	g_assert_true(cm_chain_fill(table, state, 0, &wish));
	g_assert_cmpint(find_day(fixture, state, "f-1-1"), ==, 8);
	g_assert_cmpint(find_day(fixture, state, "f-1-2"), ==, 10);
}

/* The same where being so late costs more than is allowed: nothing is placed. */
static void
test_too_late(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(policy, busy);
	g_autoptr(CmChainTable) table = cm_chain_table_new(fixture->problem);
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	CmChainWish wish = CM_CHAIN_WISH_INIT;
	gint cost;

	cost = cm_chain_estimate(table, state, 0, &wish);
	g_assert_cmpint(cost, >=, 4 * 2 * (8 + 3)); /* lateness of priority 2 */
	wish.limit = cost - 1;
	g_assert_false(cm_chain_fill(table, state, 0, &wish));
	g_assert_cmpint(find_day(fixture, state, "f-1-1"), ==, -1);
	wish.limit = cost;
	g_assert_true(cm_chain_fill(table, state, 0, &wish));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/chain/late-for-the-next", test_late_for_the_next);
	g_test_add_func("/chain/too-late", test_too_late);
	return g_test_run();
}
