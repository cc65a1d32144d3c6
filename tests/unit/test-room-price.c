// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/room-price.h"

#include "tests/unit/planner-fixture.h"

#include <string.h>

/* The fixture's rooms are open nine days of 450 minutes; three quarters of these are what sessions can fill: 3037. */

/* f-2's school has a room for video alone, too. */
#define VIDEO_ROOM "{\"id\":\"r-3\",\"site\":\"s-2\",\"uses\":[\"video\"]}"

typedef struct {
	CmPlannerFixture *fixture;
	CmKind *kind;
	guint32 session; /* the first */
	guint32 site;
} Bench;

static void
open_bench(Bench *bench, CmPlannerFixture *fixture, const gchar *session)
{
	CmProblem *problem = fixture->problem;

	bench->fixture = fixture;
	bench->session = cm_planner_fixture_find(fixture, session);
	bench->kind = cm_problem_kind(problem, problem->tasks[bench->session].kind);
	bench->site = problem->chains[bench->kind->followup].site;
}

/* Of so many sessions in a row one must be in person. */
static void
set_every(const Bench *bench, guint sessions, guint16 every)
{
	CmProblem *problem = bench->fixture->problem;

	for (guint i = 0; i < sessions; i++) {
		problem->tasks[bench->session + i].every = every;
		problem->tasks[bench->session + i].radix = 1;
	}
	problem->chains[bench->kind->followup].states = every;
}

/* Points of a session at the site that lasts as long as those of the bench. */
static gint
get_price(const Bench *bench, guint32 site, CmMode mode)
{
	gint minute[CM_MODE_LAST];

	cm_room_price_find(bench->fixture->problem, site, minute);
	g_assert_cmpint(minute[CM_MODE_VIDEO_REMOTE], ==, 0);
	return minute[mode] * bench->kind->minutes / 16;
}

/* Who asks for all or nothing has no price at which it asks for what there is: the price stays near where it turns. */
static void
assert_about(gint price, gint expected)
{
	g_assert_cmpint(price, >, expected * 6 / 10);
	g_assert_cmpint(price, <, expected * 13 / 10);
}

/* Where not all find room a session is worth what its priority brings, if it needs one. */
static void
test_in_person(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	Bench bench;

	open_bench(&bench, fixture, "f-1-1");
	bench.kind->modes = CM_MODE_FLAG(CM_MODE_IN_PERSON);
	bench.kind->minutes = 1500;
	g_assert_cmpint(get_price(&bench, bench.site, CM_MODE_IN_PERSON), ==, 0);
	bench.kind->minutes = 1600;
	assert_about(get_price(&bench, bench.site, CM_MODE_IN_PERSON), 2000);
	g_assert_cmpint(get_price(&bench, 1 - bench.site, CM_MODE_IN_PERSON), ==, 0);
	bench.kind->modes |= CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE);
	g_assert_cmpint(get_price(&bench, bench.site, CM_MODE_IN_PERSON), ==, 0);
	/* it is never at home */
	memset(bench.kind->remote, 0,
	       CM_DAYS_PER_WEEK * fixture->problem->words * sizeof *bench.kind->remote);
	assert_about(get_price(&bench, bench.site, CM_MODE_IN_PERSON), 2000);
}

/* Every other session in person: of two the second, or none; it brings what one of priority 2 does. */
static void
test_every_other(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	Bench bench;

	open_bench(&bench, fixture, "f-1-1");
	bench.kind->modes = CM_MODE_FLAG(CM_MODE_IN_PERSON) | CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE);
	set_every(&bench, 2, 2);
	bench.kind->minutes = 3000;
	g_assert_cmpint(get_price(&bench, bench.site, CM_MODE_IN_PERSON), ==, 0);
	bench.kind->minutes = 4000;
	assert_about(get_price(&bench, bench.site, CM_MODE_IN_PERSON), 2000);
}

/* One room for both uses: both cost as much. */
static void
test_one_room(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	Bench bench;
	gint in_person;

	open_bench(&bench, fixture, "f-2-1");
	set_every(&bench, 3, 2);
	bench.kind->minutes = 1100;
	in_person = get_price(&bench, bench.site, CM_MODE_IN_PERSON);
	g_assert_cmpint(in_person, >, 500);
	assert_about(get_price(&bench, bench.site, CM_MODE_VIDEO_SCHOOL), in_person);
}

/* With a room for video alone the two in person of three have no room, the one by video has: only they have a price. */
static void
test_video_room(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new_with_room(VIDEO_ROOM);
	Bench bench;
	gint in_person;

	open_bench(&bench, fixture, "f-2-1");
	set_every(&bench, 3, 2);
	fixture->problem->tasks[bench.session].in_person = TRUE;
	bench.kind->minutes = 1500;
	g_assert_cmpint(get_price(&bench, bench.site, CM_MODE_IN_PERSON), ==, 0);
	bench.kind->minutes = 1600;
	in_person = get_price(&bench, bench.site, CM_MODE_IN_PERSON);
	assert_about(in_person, 1000);
	g_assert_cmpint(get_price(&bench, bench.site, CM_MODE_VIDEO_SCHOOL), <, in_person / 4);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/room-price/in-person", test_in_person);
	g_test_add_func("/room-price/every-other", test_every_other);
	g_test_add_func("/room-price/one-room", test_one_room);
	g_test_add_func("/room-price/video-room", test_video_room);
	return g_test_run();
}
