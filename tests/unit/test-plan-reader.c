// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/plan-reader.h"
#include "daemon/roster/plan-writer.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "tests/unit/document-fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const gchar good[] =
    "{\"format\":\"comodal-plan/1\",\"organisation\":\"small\",\"sessions\":["
    "{\"id\":\"f-2-1\",\"date\":\"2026-09-09\",\"start\":\"08:15\",\"mode\":\"video-school\","
    "\"room\":\"r-2\",\"companion\":\"c-2\"},"
    "{\"id\":\"f-1-1\",\"date\":\"2026-08-31\",\"start\":\"10:00\",\"mode\":\"in-person\","
    "\"room\":\"r-1\",\"companion\":null}],"
    "\"unscheduled\":[{\"id\":\"f-1-2\",\"reason\":\"no room\"}],"
    "\"cost\":{\"unscheduled\":1000,\"lateness\":1,\"travel\":2,\"core\":3,\"modality\":4,"
    "\"rhythm\":5,\"preference\":6,\"moved\":7,\"total\":1028}}";

static CmPlan *
read_text(const CmCaseload *caseload,
	  const gchar *text,
	  gsize length,
	  CmFaults *faults,
	  GError **error)
{
	int fd = cm_document_fixture_open(text, length);
	CmPlan *plan = cm_plan_reader_read_fd(fd, caseload, faults, NULL, error);

	close(fd);
	return plan;
}

static void
assert_good(const CmPlan *plan)
{
	const CmPlacement *first = CM_ELEMENT(plan->placements, CmPlacement, 0);
	const CmPlacement *second = CM_ELEMENT(plan->placements, CmPlacement, 1);

	g_assert_cmpuint(plan->placements->len, ==, 2);
	g_assert_cmpuint(plan->unscheduled->len, ==, 1);
	/* by session, whatever their order in the document */
	g_assert_cmpuint(first->session, ==, 0);
	g_assert_cmpuint(second->session, ==, 2);
	g_assert_cmpint(first->start, ==, 600);
	g_assert_cmpuint(first->room, ==, 0);
	g_assert_cmpuint(first->companion, ==, CM_NONE);
	g_assert_cmpuint(second->companion, ==, 1);
	g_assert_cmpuint(second->mode, ==, CM_MODE_VIDEO_SCHOOL);
	g_assert_cmpstr(CM_ELEMENT(plan->unscheduled, CmUnscheduled, 0)->reason, ==, "no room");
	g_assert_cmpint(plan->cost.part[CM_COST_MOVED], ==, 7);
	g_assert_cmpint(cm_cost_get_total(&plan->cost), ==, 1028);
}

static void
test_good(void)
{
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPlan) plan = NULL;
	g_autoptr(GError) error = NULL;

	plan = read_text(caseload, good, strlen(good), faults, &error);
	g_assert_no_error(error);
	assert_good(plan);
}

/* what is written is read as the same, a message as its text in this language */
static void
test_round_trip(void)
{
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPlan) plan = NULL;
	g_autoptr(CmPlan) again = NULL;
	g_autoptr(GError) error = NULL;
	CmUnscheduled *unscheduled = NULL;
	int fd = memfd_create("plan", MFD_CLOEXEC);

	plan = read_text(caseload, good, strlen(good), faults, &error);
	g_assert_no_error(error);
	unscheduled = CM_ELEMENT(plan->unscheduled, CmUnscheduled, 0);
	g_free(unscheduled->reason);
	unscheduled->reason = cm_message_new("no {0}", "room", NULL);
	g_assert_true(cm_plan_writer_write_fd(plan, caseload, fd, &error));
	g_assert_no_error(error);
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	again = cm_plan_reader_read_fd(fd, caseload, faults, NULL, &error);
	g_assert_no_error(error);
	assert_good(again);
	close(fd);
}

static void
test_faults(void)
{
	static const struct {
		const gchar *from;
		const gchar *to;
		const gchar *path;
		const gchar *fragment;
	} cases[] = {
	    {"comodal-plan/1", "comodal-plan/2", "$.format", "not supported"},
	    {"comodal-plan/1", "comodal-caseload/1", "$.format", "expected the format"},
	    {"\"small\"", "\"large\"", "$.organisation", "\"small\""},
	    {"\"f-2-1\"", "\"f-9-9\"", "$.sessions[0].id", "no session \"f-9-9\""},
	    {"\"f-2-1\"", "\"f-1-1\"", "$.sessions[1].id", "stands twice"},
	    {"\"f-1-2\"", "\"f-1-1\"", "$.unscheduled[0].id", "stands twice"},
	    {"\"f-1-2\"", "\"f-1-1\"", "$", "\"f-1-2\" stands in neither list"},
	    {"2026-09-09", "2026-09-31", "$.sessions[0].date", "date that exists"},
	    {"08:15", "8:15", "$.sessions[0].start", "time from"},
	    {"video-school", "video", "$.sessions[0].mode", "expected one of"},
	    {"\"r-2\"", "\"r-9\"", "$.sessions[0].room", "no room \"r-9\""},
	    {"\"c-2\"", "\"c-9\"", "$.sessions[0].companion", "no companion \"c-9\""},
	    {"\"no room\"", "\"\"", "$.unscheduled[0].reason", "1 to 1000 bytes"},
	    {"\"moved\":7", "\"moved\":8", "$.cost.total", "sum of the others, 1029"},
	    {"\"moved\":7,", "", "$.cost.moved", "missing"},
	    {"\"core\":3", "\"core\":-3", "$.cost.core", "whole number from 0"},
	};
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(good);
		g_autoptr(CmFaults) faults = cm_faults_new();
		g_autoptr(GError) error = NULL;
		gint code = i == 0 ? CM_ERROR_NOT_SUPPORTED : CM_ERROR_INVALID_INPUT;
		gboolean found = FALSE;

		g_assert_cmpuint(g_string_replace(text, cases[i].from, cases[i].to, 1), ==, 1);
		g_assert_null(read_text(caseload, text->str, text->len, faults, &error));
		g_assert_error(error, CM_ERROR, code);
		for (guint j = 0; j < cm_faults_get_kept(faults); j++) {
			const CmFault *fault = cm_faults_get(faults, j);

			g_test_message("%u %s: %s", i, fault->path, fault->message);
			found |= g_str_equal(fault->path, cases[i].path) &&
				 strstr(fault->message, cases[i].fragment) != NULL;
		}
		g_assert_true(found);
	}
}

static void
test_cut_anywhere(void)
{
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();

	for (gsize i = 0; i < strlen(good); i++) {
		g_autoptr(CmFaults) faults = cm_faults_new();
		g_autoptr(GError) error = NULL;

		g_assert_null(read_text(caseload, good, i, faults, &error));
		g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	}
}

static void
test_no_space(void)
{
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();
	g_autoptr(CmPlan) plan = cm_plan_new();
	g_autoptr(GError) error = NULL;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	g_assert_false(cm_plan_writer_write_fd(plan, caseload, full, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_FAILED);
	close(full);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plan-reader/good", test_good);
	g_test_add_func("/plan-reader/round-trip", test_round_trip);
	g_test_add_func("/plan-reader/faults", test_faults);
	g_test_add_func("/plan-reader/cut-anywhere", test_cut_anywhere);
	g_test_add_func("/plan-reader/no-space", test_no_space);
	return g_test_run();
}
