// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/plan-diff.h"
#include "include/cm-error.h"
#include "tests/unit/document-fixture.h"

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <sys/mman.h>
#include <unistd.h>

static void
place(CmPlan *plan, guint32 session, CmDay date, CmMinute start, CmMode mode, guint32 room)
{
	CmPlacement placement = {.session = session,
				 .date = date,
				 .start = start,
				 .mode = (guint8)mode,
				 .room = room,
				 .companion = CM_NONE};

	g_array_append_val(plan->placements, placement);
}

static const CmPlanChange *
get_change(const CmPlanDiff *diff, guint index)
{
	g_assert_cmpuint(index, <, diff->changes->len);
	return CM_ELEMENT(diff->changes, CmPlanChange, index);
}

static void
test_kinds(void)
{
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();
	g_autoptr(CmPlan) from = cm_plan_new();
	g_autoptr(CmPlan) to = cm_plan_new();
	g_autoptr(CmPlanDiff) diff = NULL;

	place(from, 0, 100, 600, CM_MODE_IN_PERSON, 0);
	place(to, 0, 100, 600, CM_MODE_IN_PERSON, 1);
	place(from, 1, 90, 600, CM_MODE_IN_PERSON, 0);
	place(to, 2, 101, 540, CM_MODE_VIDEO_REMOTE, CM_NONE);
	diff = cm_plan_diff_new(from, caseload, to, caseload);
	g_assert_cmpuint(diff->changes->len, ==, 3);
	/* by date: where it stands now, or stood */
	g_assert_cmpint(get_change(diff, 0)->kind, ==, CM_PLAN_CHANGE_REMOVED);
	g_assert_cmpstr(get_change(diff, 0)->session, ==, "f-1-2");
	g_assert_cmpint(get_change(diff, 1)->kind, ==, CM_PLAN_CHANGE_ROOM);
	g_assert_cmpint(get_change(diff, 2)->kind, ==, CM_PLAN_CHANGE_ADDED);
	g_assert_cmpstr(get_change(diff, 2)->session, ==, "f-2-1");
	g_assert_cmpuint(diff->count[CM_PLAN_CHANGE_MOVED], ==, 0);
	g_assert_cmpuint(diff->unchanged, ==, 0);
}

static void
test_moved(void)
{
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();
	g_autoptr(CmPlan) from = cm_plan_new();
	g_autoptr(CmPlan) to = cm_plan_new();
	g_autoptr(CmPlanDiff) diff = NULL;

	place(from, 0, 100, 600, CM_MODE_IN_PERSON, 0);
	place(to, 0, 101, 600, CM_MODE_IN_PERSON, 0);
	place(from, 1, 100, 600, CM_MODE_IN_PERSON, 0);
	place(to, 1, 100, 615, CM_MODE_IN_PERSON, 0);
	place(from, 2, 100, 600, CM_MODE_IN_PERSON, 0);
	place(to, 2, 100, 600, CM_MODE_VIDEO_SCHOOL, 0);
	diff = cm_plan_diff_new(from, caseload, to, caseload);
	g_assert_cmpuint(diff->count[CM_PLAN_CHANGE_MOVED], ==, 3);
	g_assert_cmpuint(diff->changes->len, ==, 3);
}

/* the same sessions under other indices are the same */
static void
test_two_caseloads(void)
{
	g_autoptr(CmCaseload) before = cm_document_fixture_small();
	g_autoptr(CmCaseload) after = cm_document_fixture_small();
	g_autoptr(CmPlan) from = cm_plan_new();
	g_autoptr(CmPlan) to = cm_plan_new();
	g_autoptr(CmPlanDiff) diff = NULL;
	CmRoom swapped = *CM_ELEMENT(after->rooms, CmRoom, 0);

	*CM_ELEMENT(after->rooms, CmRoom, 0) = *CM_ELEMENT(after->rooms, CmRoom, 1);
	*CM_ELEMENT(after->rooms, CmRoom, 1) = swapped;
	place(from, 0, 100, 600, CM_MODE_IN_PERSON, 0);
	place(to, 0, 100, 600, CM_MODE_IN_PERSON, 1);
	diff = cm_plan_diff_new(from, before, to, after);
	g_assert_cmpuint(diff->changes->len, ==, 0);
	g_assert_cmpuint(diff->unchanged, ==, 1);
}

static void
test_no_plan(void)
{
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();
	g_autoptr(CmPlan) plan = cm_plan_new();
	g_autoptr(CmPlanDiff) first = NULL;
	g_autoptr(CmPlanDiff) last = NULL;

	place(plan, 0, 100, 600, CM_MODE_IN_PERSON, 0);
	first = cm_plan_diff_new(NULL, caseload, plan, caseload);
	last = cm_plan_diff_new(plan, caseload, NULL, caseload);
	g_assert_cmpuint(first->count[CM_PLAN_CHANGE_ADDED], ==, 1);
	g_assert_cmpuint(last->count[CM_PLAN_CHANGE_REMOVED], ==, 1);
}

static void
test_document(void)
{
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();
	g_autoptr(CmPlan) from = cm_plan_new();
	g_autoptr(CmPlan) to = cm_plan_new();
	g_autoptr(CmPlanDiff) diff = NULL;
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;
	JsonObject *root = NULL;
	JsonObject *change = NULL;
	int fd = memfd_create("diff", MFD_CLOEXEC);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	place(to, 0, 20696, 600, CM_MODE_IN_PERSON, 0);
	diff = cm_plan_diff_new(from, caseload, to, caseload);
	g_assert_true(cm_plan_diff_write_fd(diff, fd, &error));
	g_assert_no_error(error);
	text = cm_document_fixture_slurp(fd, NULL);
	g_assert_true(json_parser_load_from_data(parser, text, -1, &error));
	root = json_node_get_object(json_parser_get_root(parser));
	g_assert_cmpstr(json_object_get_string_member(root, "format"), ==, "comodal-plan-diff/1");
	g_assert_cmpint(
	    json_object_get_int_member(json_object_get_object_member(root, "counts"), "added"), ==,
	    1);
	change = json_array_get_object_element(json_object_get_array_member(root, "sessions"), 0);
	g_assert_cmpstr(json_object_get_string_member(change, "change"), ==, "added");
	g_assert_true(json_object_get_null_member(change, "from"));
	change = json_object_get_object_member(change, "to");
	g_assert_cmpstr(json_object_get_string_member(change, "date"), ==, "2026-08-31");
	g_assert_cmpstr(json_object_get_string_member(change, "room"), ==, "r-1");
	g_assert_false(cm_plan_diff_write_fd(diff, full, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_FAILED);
	close(fd);
	close(full);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plan-diff/kinds", test_kinds);
	g_test_add_func("/plan-diff/moved", test_moved);
	g_test_add_func("/plan-diff/two-caseloads", test_two_caseloads);
	g_test_add_func("/plan-diff/no-plan", test_no_plan);
	g_test_add_func("/plan-diff/document", test_document);
	return g_test_run();
}
