// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-reader.h"
#include "daemon/roster/plan-reader.h"
#include "daemon/roster/plan-writer.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Any bytes as a plan over a small caseload: a plan that can be written and read again, or an error with a fault. */

static const gchar caseload_text[] =
    "{\"format\":\"comodal-caseload/1\",\"organisation\":{\"id\":\"o\",\"name\":\"\","
    "\"timezone\":\"UTC\",\"locale\":\"fr_CA\"},\"horizon\":{\"from\":\"2026-08-31\","
    "\"to\":\"2026-09-11\"},\"grid_minutes\":15,\"calendars\":[{\"id\":\"k\",\"cycle_length\":1,"
    "\"days\":[]}],\"sites\":[{\"id\":\"s\",\"name\":\"\",\"kind\":\"school\",\"lat\":0,\"lon\":0,"
    "\"open\":[\"08:00\",\"15:00\"],\"calendar\":\"k\"}],\"travel_minutes\":{},"
    "\"rooms\":[{\"id\":\"r\",\"site\":\"s\",\"uses\":[\"video\"]}],"
    "\"companions\":[{\"id\":\"c\",\"site\":\"s\",\"hours\":{}}],"
    "\"professionals\":[{\"id\":\"p\",\"name\":\"\",\"profession\":\"x\",\"base\":\"s\","
    "\"sites\":[],\"hours\":{},\"absences\":[]}],"
    "\"students\":[{\"id\":\"e\",\"name\":\"\",\"site\":\"s\",\"birth_date\":\"2018-01-01\","
    "\"remote_hours\":{},\"blocked\":[],\"core\":[]}],\"contacts\":[],"
    "\"followups\":[{\"id\":\"f\",\"professional\":\"p\",\"student\":\"e\",\"priority\":1,"
    "\"not_before\":\"2026-08-31\",\"sessions\":["
    "{\"id\":\"1\",\"act\":\"a\",\"minutes\":30,\"target_date\":\"2026-08-31\","
    "\"participants\":[],\"prefer\":null},"
    "{\"id\":\"2\",\"act\":\"a\",\"minutes\":30,\"target_date\":\"2026-08-31\","
    "\"participants\":[],\"prefer\":null}]}]}";

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static int
open_bytes(gconstpointer data, gsize size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	return fd;
}

static void
check_plan(const CmPlan *plan, const CmCaseload *caseload)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPlan) again = NULL;
	g_autoptr(GError) error = NULL;
	int fd = memfd_create("again", MFD_CLOEXEC);

	g_assert_true(cm_plan_writer_write_fd(plan, caseload, fd, &error));
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	again = cm_plan_reader_read_fd(fd, caseload, faults, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(again->placements->len, ==, plan->placements->len);
	g_assert_cmpint(cm_cost_get_total(&again->cost), ==, cm_cost_get_total(&plan->cost));
	close(fd);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmPlan) plan = NULL;
	g_autoptr(GError) error = NULL;
	int fd = open_bytes(caseload_text, strlen(caseload_text));

	caseload = cm_caseload_reader_read_fd(fd, faults, NULL, &error);
	g_assert_no_error(error);
	close(fd);
	fd = open_bytes(data, size);
	plan = cm_plan_reader_read_fd(fd, caseload, faults, NULL, &error);
	close(fd);
	g_assert_true((plan == NULL) == (error != NULL));
	g_assert_true((plan == NULL) == (cm_faults_get_total(faults) > 0));
	if (plan != NULL)
		check_plan(plan, caseload);
	return 0;
}
