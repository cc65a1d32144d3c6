// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/check.h"

#include "daemon/planner/solver.h"
#include "include/cm-error.h"
#include "tests/unit/planner-fixture.h"

/* A plan that is right, and each rule broken in turn: the check must say which. tests/judge holds the check's cost and its "valid"
 * against the judge in Python on real caseloads. */

static const gchar policy[] =
    "[Policy]\nProfession=suivi\n[Day]\nBufferMinutes=20\nMaxSessions=3\nMaxMinutes=135\nMaxSites="
    "1\n"
    "MaxConsecutiveVideoMinutes=60\nBreakMinutes=30\n[Act suivi]\nModalities=in-person;video\n"
    "InPersonEvery=2\nMinGapDays=2\nMaxGapDays=8\nCompanionBelowAge=10\nGuardianBelowAge=11\n";

typedef struct {
	const gchar *session;
	gint day; /* -1: not placed */
	gint start;
	CmMode mode;
	gint room; /* -1: none */
} Line;

typedef struct {
	const gchar *name;
	const gchar *expected; /* NULL: the plan is right */
	Line lines[5];
} Case;

#define REST                                                                                       \
	{"f-2-1", 1, 540, CM_MODE_IN_PERSON, 1}, {"f-2-2", 7, 540, CM_MODE_IN_PERSON, 1},          \
	{                                                                                          \
		"f-2-3", -1, 0, CM_MODE_IN_PERSON, -1                                              \
	}
#define FIRST                                                                                      \
	{                                                                                          \
		"f-1-1", 0, 540, CM_MODE_IN_PERSON, 0                                              \
	}
#define SECOND                                                                                     \
	{                                                                                          \
		"f-1-2", 8, 540, CM_MODE_VIDEO_SCHOOL, 0                                           \
	}

static const Case cases[] = {
    {"right", NULL, {FIRST, SECOND, REST}},
    {"closed", "without class", {{"f-1-1", 5, 540, CM_MODE_IN_PERSON, 0}, SECOND, REST}},
    {"pedagogical", "without class", {{"f-1-1", 4, 540, CM_MODE_IN_PERSON, 0}, SECOND, REST}},
    {"grid", "grid", {{"f-1-1", 0, 545, CM_MODE_IN_PERSON, 0}, SECOND, REST}},
    {"hours", "outside the hours of p-1", {{"f-1-1", 0, 690, CM_MODE_IN_PERSON, 0}, SECOND, REST}},
    {"open", "outside the hours of s-1", {{"f-1-1", 0, 900, CM_MODE_IN_PERSON, 0}, SECOND, REST}},
    {"blocked", "taken out of class", {{"f-1-1", 0, 510, CM_MODE_IN_PERSON, 0}, SECOND, REST}},
    {"remote", "from home", {{"f-1-1", 1, 930, CM_MODE_VIDEO_REMOTE, -1}, SECOND, REST}},
    {"guardian", "guardian", {{"f-1-1", 0, 930, CM_MODE_VIDEO_REMOTE, -1}, SECOND, REST}},
    {"no-room", "no room", {{"f-1-1", 0, 540, CM_MODE_IN_PERSON, -1}, SECOND, REST}},
    {"other-room", "does not serve", {{"f-1-1", 0, 540, CM_MODE_IN_PERSON, 1}, SECOND, REST}},
    {"companion", "companion", {FIRST, {"f-1-2", 1, 540, CM_MODE_VIDEO_SCHOOL, 0}, REST}},
    {"overlap", "overlap", {{"f-1-1", 1, 540, CM_MODE_IN_PERSON, 0}, SECOND, REST}},
    {"buffer",
     "too close",
     {FIRST,
      SECOND,
      {"f-2-1", 0, 600, CM_MODE_VIDEO_SCHOOL, 1},
      {"f-2-2", 7, 540, CM_MODE_IN_PERSON, 1},
      {"f-2-3", -1, 0, CM_MODE_IN_PERSON, -1}}},
    {"travel", "no time to come", {{"f-1-1", 1, 600, CM_MODE_IN_PERSON, 0}, SECOND, REST}},
    {"sites", "too many sites", {{"f-1-1", 1, 780, CM_MODE_IN_PERSON, 0}, SECOND, REST}},
    {"order",
     "too soon",
     {{"f-1-1", 2, 660, CM_MODE_IN_PERSON, 0}, {"f-1-2", 0, 660, CM_MODE_IN_PERSON, 0}, REST}},
    {"min-gap",
     "too soon",
     {{"f-1-1", 2, 660, CM_MODE_IN_PERSON, 0}, {"f-1-2", 3, 660, CM_MODE_IN_PERSON, 0}, REST}},
    {"max-gap", "too long", {FIRST, {"f-1-2", 9, 540, CM_MODE_VIDEO_SCHOOL, 0}, REST}},
    {"every",
     "in a row",
     {FIRST,
      SECOND,
      {"f-2-1", 1, 540, CM_MODE_VIDEO_SCHOOL, 1},
      {"f-2-2", 7, 540, CM_MODE_VIDEO_SCHOOL, 1},
      {"f-2-3", -1, 0, CM_MODE_IN_PERSON, -1}}},
    {"missing", "after one that is not", {{"f-1-1", -1, 0, CM_MODE_IN_PERSON, -1}, SECOND, REST}},
    {"horizon",
     "outside the horizon",
     {FIRST,
      SECOND,
      {"f-2-1", 1, 540, CM_MODE_IN_PERSON, 1},
      {"f-2-2", 7, 540, CM_MODE_IN_PERSON, 1},
      {"f-2-3", 14, 540, CM_MODE_IN_PERSON, 1}}},
};

static CmPlan *
make_plan(const CmPlannerFixture *fixture, const Line *lines)
{
	CmPlan *plan = cm_plan_new();

	for (guint i = 0; i < 5; i++) {
		CmPlacement placement = {
		    .session = cm_planner_fixture_find(fixture, lines[i].session),
		    .date = fixture->caseload->from + lines[i].day,
		    .start = (CmMinute)lines[i].start,
		    .mode = (guint8)lines[i].mode,
		    .room = lines[i].room < 0 ? CM_NONE : (guint32)lines[i].room,
		    .companion = CM_NONE};
		CmUnscheduled unscheduled = {.session = placement.session, .reason = g_strdup("-")};

		if (lines[i].day < 0) {
			g_array_append_val(plan->unscheduled, unscheduled);
			continue;
		}
		g_free(unscheduled.reason);
		g_array_append_val(plan->placements, placement);
	}
	plan->cost = cm_check_get_cost(fixture->problem, plan);
	return plan;
}

static void
test_case(gconstpointer data)
{
	const Case *one = data;
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(policy, "");
	g_autoptr(CmPlan) plan = make_plan(fixture, one->lines);
	g_autoptr(GError) error = NULL;
	gboolean right = cm_check_plan(fixture->problem, plan, &error);

	if (one->expected == NULL) {
		g_assert_no_error(error);
		g_assert_true(right);
		return;
	}
	g_assert_false(right);
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_test_message("%s", error->message);
	g_assert_nonnull(g_strstr_len(error->message, -1, one->expected));
}

static void
test_cost(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(policy, "");
	g_autoptr(CmPlan) plan = make_plan(fixture, cases[0].lines);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(plan->cost.part[CM_COST_UNSCHEDULED], ==, 1000);
	/* f-1: on time, a day late at priority 2; f-2: a day late at priority 1, on time */
	g_assert_cmpint(plan->cost.part[CM_COST_LATENESS], ==, 8 + 4);
	/* two rounds to s-2 and back */
	g_assert_cmpint(plan->cost.part[CM_COST_TRAVEL], ==, 160);
	g_assert_cmpint(plan->cost.part[CM_COST_CORE], ==, 0);
	g_assert_cmpint(plan->cost.part[CM_COST_MODALITY], ==, 0);
	/* Monday and Tuesday; Tuesday and Monday */
	g_assert_cmpint(plan->cost.part[CM_COST_RHYTHM], ==, 30);
	g_assert_cmpint(plan->cost.part[CM_COST_MOVED], ==, 0);
	plan->cost.part[CM_COST_TRAVEL]++;
	g_assert_false(cm_check_plan(fixture->problem, plan, &error));
	g_assert_nonnull(g_strstr_len(error->message, -1, "travel"));
}

static void
test_busy(void)
{
	g_autoptr(CmPlannerFixture) fixture =
	    cm_planner_fixture_new(policy, "\"busy\":[{\"kind\":\"room\",\"id\":\"r-1\",\"date\":"
					   "\"2026-09-07\",\"from\":\"09:40\",\"to\":\"09:50\"}],");
	g_autoptr(CmPlan) plan = make_plan(fixture, cases[0].lines);
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_check_plan(fixture->problem, plan, &error));
	g_assert_nonnull(g_strstr_len(error->message, -1, "something else"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree gchar *path = g_strconcat("/check/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/check/cost", test_cost);
	g_test_add_func("/check/busy", test_busy);
	return g_test_run();
}
