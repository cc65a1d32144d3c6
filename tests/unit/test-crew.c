// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/crew.h"

#include "tests/unit/planner-fixture.h"

/* Found from the caseload alone. */
static gboolean
share_a_site(const CmCaseload *caseload, guint32 a, guint32 b)
{
	for (guint i = 0; i < caseload->followups->len; i++) {
		const CmFollowup *one = CM_ELEMENT(caseload->followups, CmFollowup, i);

		for (guint j = 0; one->professional == a && j < caseload->followups->len; j++) {
			const CmFollowup *two = CM_ELEMENT(caseload->followups, CmFollowup, j);

			if (two->professional == b &&
			    CM_ELEMENT(caseload->students, CmStudent, one->student)->site ==
				CM_ELEMENT(caseload->students, CmStudent, two->student)->site)
				return TRUE;
		}
	}
	return FALSE;
}

/* The first of an order can begin at once on both threads when anybody could run beside it. */
static void
test_arrange(void)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	g_autoptr(CmPlannerFixture) fixture =
	    cm_planner_fixture_open(g_getenv("COMODAL_TEST_TEAM"), policies);
	const CmCaseload *caseload = fixture->problem->caseload;
	guint count = caseload->professionals->len;
	g_autoptr(CmCrew) crew = cm_crew_new(fixture->problem, 1, 1);
	g_autofree guint32 *order = g_new(guint32, count);
	g_autofree guint *weights = g_new(guint, count);
	g_autofree gboolean *seen = g_new0(gboolean, count);
	gboolean beside = FALSE;

	for (guint32 i = 0; i < count; i++) {
		order[i] = count - 1 - i;
		weights[i] = 10 + i;
	}
	for (guint32 i = 1; i < count; i++)
		beside |= !share_a_site(caseload, order[0], order[i]);
	cm_crew_arrange(crew, CM_CREW_PROFESSIONALS, weights, order, count);
	g_assert_cmpuint(order[0], ==, count - 1);
	g_assert_true(!beside || !share_a_site(caseload, order[0], order[1]));
	for (guint32 i = 0; i < count; i++) {
		g_assert_false(seen[order[i]]);
		seen[order[i]] = TRUE;
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/crew/arrange", test_arrange);
	return g_test_run();
}
