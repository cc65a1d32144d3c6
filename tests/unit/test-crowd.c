// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/crowd.h"

#include "tests/unit/planner-fixture.h"

#define VIDEO_ROOM "{\"id\":\"r-3\",\"site\":\"s-2\",\"uses\":[\"video\"]}"

static guint32
find_site(const CmPlannerFixture *fixture, const gchar *session)
{
	guint32 kind = fixture->problem->tasks[cm_planner_fixture_find(fixture, session)].kind;

	return fixture->problem->chains[cm_problem_kind(fixture->problem, kind)->followup].site;
}

/* A follow-up's sessions last longer than its site's room is open in all the term: only there is home to be preferred. */
static void
test_crowded(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	guint32 session = cm_planner_fixture_find(fixture, "f-1-1");
	guint32 site = find_site(fixture, "f-1-1");
	CmCrowdCost cost;

	cm_crowd_find_cost(fixture->problem, site, &cost);
	g_assert_cmpint(cost.session[CM_MODE_IN_PERSON], ==, 0);
	/* nine days of class, open 450 minutes */
	cm_problem_kind(fixture->problem, fixture->problem->tasks[session].kind)->minutes = 9 * 450;
	cm_crowd_find_cost(fixture->problem, site, &cost);
	g_assert_cmpint(cost.session[CM_MODE_IN_PERSON], >, 0);
	g_assert_cmpint(cost.session[CM_MODE_VIDEO_SCHOOL], ==, cost.session[CM_MODE_IN_PERSON]);
	g_assert_cmpint(cost.session[CM_MODE_VIDEO_REMOTE], ==, 0);
	cm_crowd_find_cost(fixture->problem, 1 - site, &cost);
	g_assert_cmpint(cost.session[CM_MODE_IN_PERSON], ==, 0);
}

/* A room for video alone leaves the others to sessions in person, and only there. */
static void
test_video_room(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new_with_room(VIDEO_ROOM);
	guint32 site = find_site(fixture, "f-2-1");
	gint points[CM_MODE_LAST];

	g_assert_cmpint(cm_crowd_count_rooms(fixture->problem, site), ==, 2);
	cm_crowd_spread(fixture->problem, site, 400, points);
	g_assert_cmpint(points[CM_MODE_IN_PERSON], ==, 400);
	g_assert_cmpint(points[CM_MODE_VIDEO_SCHOOL], >, 0);
	g_assert_cmpint(points[CM_MODE_VIDEO_SCHOOL], <, 200);
	g_assert_cmpint(points[CM_MODE_VIDEO_REMOTE], ==, 0);
	cm_crowd_spread(fixture->problem, 1 - site, 400, points);
	g_assert_cmpint(points[CM_MODE_VIDEO_SCHOOL], ==, 400);
}

/* What is more of both: a short session costs its share, a shorter one what any does. */
static void
test_cost(void)
{
	const CmCrowdCost cost = {.session = {200, 60, 0}, .minute = {16 * 10, 16, 0}};

	g_assert_cmpint(cm_crowd_get_cost(&cost, CM_MODE_IN_PERSON, 45), ==, 450);
	g_assert_cmpint(cm_crowd_get_cost(&cost, CM_MODE_IN_PERSON, 15), ==, 200);
	g_assert_cmpint(cm_crowd_get_cost(&cost, CM_MODE_VIDEO_SCHOOL, 45), ==, 60);
	g_assert_cmpint(cm_crowd_get_cost(&cost, CM_MODE_VIDEO_REMOTE, 45), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/crowd/crowded", test_crowded);
	g_test_add_func("/crowd/video-room", test_video_room);
	g_test_add_func("/crowd/cost", test_cost);
	return g_test_run();
}
