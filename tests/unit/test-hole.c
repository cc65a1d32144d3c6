// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/hole.h"

#include "tests/unit/planner-fixture.h"

#define ROW_MOST 12

static void
check_waste(const guint *sessions, const gchar *expected)
{
	guint16 waste[ROW_MOST + 1];
	g_autoptr(GString) found = g_string_new(NULL);

	cm_hole_fill_waste(sessions, ROW_MOST, waste);
	for (guint row = 0; row <= ROW_MOST; row++)
		g_string_append_printf(found, "%u", waste[row]);
	g_assert_cmpstr(found->str, ==, expected);
}

/* Rows are filled by any mixture of the lengths that sessions usually have. */
static void
test_lengths(void)
{
	const guint one[ROW_MOST + 1] = {[3] = 7};
	const guint two[ROW_MOST + 1] = {[3] = 95, [4] = 5};
	const guint rare[ROW_MOST + 1] = {[3] = 96, [4] = 4};

	check_waste(one, "0120120120120");
	check_waste(two, "0120010000000");
	check_waste(rare, "0120120120120");
}

/* Cells of a site in which somebody works on a weekday, by time of day. */
static gboolean
is_worked(const CmProblem *problem, guint32 site, guint weekday, gint minute)
{
	return cm_day_bits_has(problem->places[site].worked + weekday * problem->words,
			       (guint)cm_problem_bit_up(problem, minute));
}

/* The one professional works from 08:00 to 12:00 and from 13:00 to 16:30; the schools shut at 15:30. */
static void
test_worked(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	CmProblem *problem = fixture->problem;

	for (guint32 site = 0; site < 2; site++) {
		g_assert_true(is_worked(problem, site, 0, 8 * 60));
		g_assert_true(is_worked(problem, site, 0, 11 * 60 + 30));
		g_assert_false(is_worked(problem, site, 0, 12 * 60));
		g_assert_false(is_worked(problem, site, 0, 12 * 60 + 30));
		g_assert_true(is_worked(problem, site, 4, 13 * 60));
		g_assert_true(is_worked(problem, site, 4, 15 * 60));
		g_assert_false(is_worked(problem, site, 4, 15 * 60 + 30));
		g_assert_false(is_worked(problem, site, 5, 10 * 60));
	}
}

/* Only sessions that may need a room count for a site's usual lengths: not those without the student that can be by video. */
static void
test_home(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	CmProblem *problem = fixture->problem;
	guint32 task = cm_planner_fixture_find(fixture, "f-2-1");
	CmKind *kind = cm_problem_kind(problem, problem->tasks[task].kind);
	guint32 site = problem->chains[kind->followup].site;

	g_assert_cmpuint(problem->places[site].waste[4], ==, 0);
	g_assert_cmpuint(problem->places[site].waste[5], ==, 1);
	kind->present = FALSE;
	kind->modes = CM_MODE_FLAG(CM_MODE_IN_PERSON);
	cm_hole_compile(problem);
	g_assert_cmpuint(problem->places[site].waste[4], ==, 0);
	kind->modes |= CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE);
	cm_hole_compile(problem);
	g_assert_cmpuint(problem->places[site].waste[4], ==, 4);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hole/lengths", test_lengths);
	g_test_add_func("/hole/worked", test_worked);
	g_test_add_func("/hole/home", test_home);
	return g_test_run();
}
