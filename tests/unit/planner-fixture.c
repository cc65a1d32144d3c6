// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/planner-fixture.h"

#include "daemon/policy/policy-loader.h"
#include "daemon/roster/caseload-reader.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const gchar caseload_text[] =
    "{\"format\":\"comodal-caseload/1\","
    "\"organisation\":{\"id\":\"o\",\"name\":\"O\",\"timezone\":\"America/"
    "Toronto\",\"locale\":\"fr_CA\"},"
    "\"horizon\":{\"from\":\"2026-09-07\",\"to\":\"2026-09-18\"},\"grid_minutes\":30,"
    "\"calendars\":[{\"id\":\"c\",\"cycle_length\":10,\"days\":["
    "{\"date\":\"2026-09-07\",\"kind\":\"class\",\"cycle_day\":1},"
    "{\"date\":\"2026-09-08\",\"kind\":\"class\",\"cycle_day\":2},"
    "{\"date\":\"2026-09-09\",\"kind\":\"class\",\"cycle_day\":3},"
    "{\"date\":\"2026-09-10\",\"kind\":\"class\",\"cycle_day\":4},"
    "{\"date\":\"2026-09-11\",\"kind\":\"pedagogical\"},"
    "{\"date\":\"2026-09-14\",\"kind\":\"class\",\"cycle_day\":5},"
    "{\"date\":\"2026-09-15\",\"kind\":\"class\",\"cycle_day\":6},"
    "{\"date\":\"2026-09-16\",\"kind\":\"class\",\"cycle_day\":7},"
    "{\"date\":\"2026-09-17\",\"kind\":\"class\",\"cycle_day\":8},"
    "{\"date\":\"2026-09-18\",\"kind\":\"class\",\"cycle_day\":9}]}],"
    "\"sites\":[{\"id\":\"s-1\",\"name\":\"Un\",\"kind\":\"school\",\"lat\":48,\"lon\":-68,"
    "\"open\":[\"08:00\",\"15:30\"],\"calendar\":\"c\"},"
    "{\"id\":\"s-2\",\"name\":\"Deux\",\"kind\":\"school\",\"lat\":48.1,\"lon\":-68,"
    "\"open\":[\"08:00\",\"15:30\"],\"calendar\":\"c\"}],"
    "\"travel_minutes\":{\"s-1\":{\"s-2\":40},\"s-2\":{\"s-1\":40}},"
    "\"rooms\":[{\"id\":\"r-1\",\"site\":\"s-1\",\"uses\":[\"in-person\",\"video\"]},"
    "{\"id\":\"r-2\",\"site\":\"s-2\",\"uses\":[\"in-person\",\"video\"]}],"
    "\"companions\":[],"
    "\"professionals\":[{\"id\":\"p-1\",\"name\":\"P\",\"profession\":\"suivi\",\"base\":\"s-1\","
    "\"sites\":[\"s-1\",\"s-2\"],\"absences\":[],\"hours\":{"
    "\"mon\":[[\"08:00\",\"12:00\"],[\"13:00\",\"16:30\"]],\"tue\":[[\"08:00\",\"12:00\"],[\"13:"
    "00\",\"16:30\"]],"
    "\"wed\":[[\"08:00\",\"12:00\"],[\"13:00\",\"16:30\"]],\"thu\":[[\"08:00\",\"12:00\"],[\"13:"
    "00\",\"16:30\"]],"
    "\"fri\":[[\"08:00\",\"12:00\"],[\"13:00\",\"16:30\"]]}}],"
    "\"students\":[{\"id\":\"e-1\",\"name\":\"E\",\"site\":\"s-1\",\"birth_date\":\"2016-09-09\","
    "\"remote_hours\":{\"mon\":[[\"15:30\",\"16:30\"]]},\"blocked\":[{\"cycle_day\":1,\"from\":"
    "\"08:10\",\"to\":\"09:00\"}],"
    "\"core\":[{\"cycle_day\":2,\"from\":\"09:10\",\"to\":\"10:10\"}]},"
    "{\"id\":\"e-2\",\"name\":\"F\",\"site\":\"s-2\",\"birth_date\":\"2016-01-01\",\"remote_"
    "hours\":{},"
    "\"blocked\":[],\"core\":[]}],"
    "\"contacts\":[],"
    "\"followups\":[{\"id\":\"f-1\",\"professional\":\"p-1\",\"student\":\"e-1\",\"priority\":2,"
    "\"not_before\":\"2026-09-07\",\"sessions\":["
    "{\"id\":\"f-1-1\",\"act\":\"suivi\",\"minutes\":45,\"target_date\":\"2026-09-07\","
    "\"participants\":[],\"prefer\":null},"
    "{\"id\":\"f-1-2\",\"act\":\"suivi\",\"minutes\":45,\"target_date\":\"2026-09-14\","
    "\"participants\":[],\"prefer\":\"video\"}]},"
    "{\"id\":\"f-2\",\"professional\":\"p-1\",\"student\":\"e-2\",\"priority\":1,"
    "\"not_before\":\"2026-09-07\",\"sessions\":["
    "{\"id\":\"f-2-1\",\"act\":\"suivi\",\"minutes\":45,\"target_date\":\"2026-09-07\","
    "\"participants\":[],\"prefer\":null},"
    "{\"id\":\"f-2-2\",\"act\":\"suivi\",\"minutes\":45,\"target_date\":\"2026-09-14\","
    "\"participants\":[],\"prefer\":null},"
    "{\"id\":\"f-2-3\",\"act\":\"suivi\",\"minutes\":45,\"target_date\":\"2026-09-21\","
    "\"participants\":[],\"prefer\":null}]}]";

static const gchar plain_policy[] =
    "[Policy]\nProfession=suivi\n[Act suivi]\nModalities=in-person;video\n";

static CmCaseload *
read_caseload(int fd)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	CmCaseload *caseload = cm_caseload_reader_read_fd(fd, faults, NULL, &error);

	for (guint i = 0; i < cm_faults_get_kept(faults); i++)
		g_test_message("%s: %s", cm_faults_get(faults, i)->path,
			       cm_faults_get(faults, i)->message);
	g_assert_no_error(error);
	return caseload;
}

static CmPlannerFixture *
compile(CmCaseload *caseload, CmPolicySet *policies)
{
	CmPlannerFixture *fixture = g_new0(CmPlannerFixture, 1);
	g_autoptr(GError) error = NULL;

	fixture->caseload = caseload;
	fixture->policies = policies;
	fixture->problem = cm_problem_new(caseload, policies, &error);
	g_assert_no_error(error);
	return fixture;
}

static CmCaseload *
read_text(const gchar *text)
{
	int fd = memfd_create("caseload", MFD_CLOEXEC);
	CmCaseload *caseload;

	g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	caseload = read_caseload(fd);
	close(fd);
	return caseload;
}

CmCaseload *
cm_planner_fixture_read(const gchar *more)
{
	g_autofree gchar *text = g_strconcat(caseload_text, ",", more, "\"unknown\":0}", NULL);

	return read_text(text);
}

static CmPolicySet *
read_policy(const gchar *policy)
{
	g_autoptr(GError) error = NULL;
	CmPolicySet *policies = cm_policy_loader_load_text(
	    "suivi", policy != NULL ? policy : plain_policy, NULL, NULL, &error);

	g_assert_no_error(error);
	return policies;
}

CmPlannerFixture *
cm_planner_fixture_new(const gchar *policy, const gchar *more)
{
	return compile(cm_planner_fixture_read(more), read_policy(policy));
}

CmPlannerFixture *
cm_planner_fixture_new_with_room(const gchar *room)
{
	g_autofree gchar *rooms = g_strconcat("},", room, "],\"companions\"", NULL);
	g_autoptr(GString) text = g_string_new(caseload_text);

	g_string_append_c(text, '}');
	g_assert_cmpuint(g_string_replace(text, "}],\"companions\"", rooms, 0), ==, 1);
	return compile(read_text(text->str), read_policy(NULL));
}

CmPlannerFixture *
cm_planner_fixture_open(const gchar *path, const gchar *directory)
{
	const gchar *directories[] = {directory, NULL};
	g_autoptr(GError) error = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	CmCaseload *caseload = read_caseload(fd);
	CmPolicySet *policies = cm_policy_loader_load(directories, NULL, &error);

	close(fd);
	g_assert_no_error(error);
	return compile(caseload, policies);
}

void
cm_planner_fixture_free(CmPlannerFixture *fixture)
{
	cm_problem_free(fixture->problem);
	cm_policy_set_unref(fixture->policies);
	cm_caseload_free(fixture->caseload);
	g_free(fixture);
}

guint32
cm_planner_fixture_find(const CmPlannerFixture *fixture, const gchar *session)
{
	for (guint32 i = 0; i < fixture->caseload->sessions->len; i++)
		if (g_str_equal(CM_ELEMENT(fixture->caseload->sessions, CmSession, i)->id, session))
			return i;
	g_assert_not_reached();
}
