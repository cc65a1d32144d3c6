// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/crowd.h"

#include "tests/unit/planner-fixture.h"

/* A follow-up's sessions last longer than its site's room is open in all the term: only there is home to be preferred. */
static void
test_crowded(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	guint32 session = cm_planner_fixture_find(fixture, "f-1-1");
	CmKind *kind = cm_problem_kind(fixture->problem, fixture->problem->tasks[session].kind);
	guint32 site = fixture->problem->chains[kind->followup].site;

	g_assert_cmpint(cm_crowd_get_room_points(fixture->problem, site), ==, 0);
	g_assert_cmpint(cm_crowd_get_room_points(fixture->problem, 1 - site), ==, 0);
	/* nine days of class, open 450 minutes */
	kind->minutes = 9 * 450;
	g_assert_cmpint(cm_crowd_get_room_points(fixture->problem, site), >, 0);
	g_assert_cmpint(cm_crowd_get_room_points(fixture->problem, 1 - site), ==, 0);
}

/* Only half of what is asked has room: a room is worth what a session brings, if it needs one. */
static void
test_price(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	guint32 session = cm_planner_fixture_find(fixture, "f-1-1");
	CmKind *kind = cm_problem_kind(fixture->problem, fixture->problem->tasks[session].kind);
	guint32 site = fixture->problem->chains[kind->followup].site;

	kind->modes = CM_MODE_FLAG(CM_MODE_IN_PERSON);
	g_assert_cmpint(cm_crowd_get_price(fixture->problem, site), ==, 0);
	kind->minutes = 9 * 450;
	/* of priority 2 */
	g_assert_cmpint(cm_crowd_get_price(fixture->problem, site), >=, 1999);
	g_assert_cmpint(cm_crowd_get_price(fixture->problem, site), <=, 2000);
	g_assert_cmpint(cm_crowd_get_price(fixture->problem, 1 - site), ==, 0);
	kind->modes |= CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE);
	g_assert_cmpint(cm_crowd_get_price(fixture->problem, site), ==, 0);
	/* every third of them in person: a room for a third of the time */
	fixture->problem->tasks[session].every = 3;
	fixture->problem->tasks[session + 1].every = 3;
	g_assert_cmpint(cm_crowd_get_price(fixture->problem, site), ==, 0);
	kind->minutes = 3 * 9 * 450;
	g_assert_cmpint(cm_crowd_get_price(fixture->problem, site), >, 5900);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/crowd/crowded", test_crowded);
	g_test_add_func("/crowd/price", test_price);
	return g_test_run();
}
