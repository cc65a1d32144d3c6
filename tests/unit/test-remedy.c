// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/remedy.h"

#include "daemon/planner/reach.h"
#include "daemon/planner/reason.h"
#include "daemon/planner/solver.h"
#include "daemon/policy/policy-loader.h"
#include "include/cm-message.h"
#include "tests/unit/planner-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* Every remedy named is applied to the caseload as a person would write it into the document, all else is locked where the plan
 * has it, and the planner, run anew, must place the session. Nothing here is shared with the code that found the remedy. */

#define SESSIONS_MAX 12 /* of one instance */

/* How an instance is made crowded before it is planned. */
typedef struct {
	const gchar *variable; /* environment: the caseload's file */
	guint rooms;           /* each site keeps so many, the last none; 0: all keep all */
	gint latest;           /* professionals stop by this minute; 0: as they do */
	guint expected;        /* remedies of so many kinds, at least */
} Instance;

static guint kinds_seen;

static CmPlannerFixture *
open_instance(const Instance *instance)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);

	return cm_planner_fixture_open(g_getenv(instance->variable), policies);
}

static void
crowd(CmCaseload *caseload, const Instance *instance)
{
	g_autofree guint *kept = g_new0(guint, caseload->sites->len);

	for (guint i = 0; instance->rooms > 0 && i < caseload->rooms->len; i++) {
		CmRoom *room = CM_ELEMENT(caseload->rooms, CmRoom, i);

		/* others refer to it by its index */
		if (kept[room->site]++ >= instance->rooms || room->site + 1 == caseload->sites->len)
			room->uses = 0;
	}
	for (guint p = 0; instance->latest > 0 && p < caseload->professionals->len; p++) {
		CmProfessional *professional =
		    CM_ELEMENT(caseload->professionals, CmProfessional, p);

		for (guint day = 0; day < CM_DAYS_PER_WEEK; day++) {
			CmRange *range = &professional->hours.day[day];

			for (guint w = 0; w < range->count; w++) {
				CmWindow *window =
				    CM_ELEMENT(caseload->windows, CmWindow, range->first + w);

				window->to = MIN(window->to, (CmMinute)instance->latest);
				if (window->from >= window->to)
					range->count = w;
			}
		}
	}
}

static CmPlan *
solve(const CmProblem *problem, guint64 effort)
{
	CmSolverOptions options = {.effort = effort, .seed = 1, .threads = 1};

	return cm_solver_run(problem, &options, NULL);
}

static gboolean
is_placed(const CmPlan *plan, guint32 session)
{
	for (guint i = 0; i < plan->placements->len; i++)
		if (CM_ELEMENT(plan->placements, CmPlacement, i)->session == session)
			return TRUE;
	return FALSE;
}

/* All placements are kept, and no other session may compete for the place. */
static void
lock(CmCaseload *caseload, const CmPlan *plan, guint32 session)
{
	g_array_set_size(caseload->previous, 0);
	caseload->replan_from = CM_DAY_NONE;
	g_array_append_vals(caseload->previous, plan->placements->data, plan->placements->len);
	for (guint i = 0; i < caseload->previous->len; i++)
		CM_ELEMENT(caseload->previous, CmPlacement, i)->locked = TRUE;
	for (guint i = 0; i < plan->unscheduled->len; i++) {
		guint32 other = g_array_index(plan->unscheduled, CmUnscheduled, i).session;

		if (other != session)
			CM_ELEMENT(caseload->sessions, CmSession, other)->modes = 0;
	}
}

/* The day's windows with one more; those that it meets become part of it, as windows of a day do not overlap. */
static void
add_hours(CmCaseload *caseload, CmWeekHours *hours, gint weekday, CmWindow added)
{
	CmRange range = hours->day[weekday];
	guint first = caseload->windows->len;

	for (guint i = 0; i < range.count; i++) {
		CmWindow window = g_array_index(caseload->windows, CmWindow, range.first + i);

		if (window.from < added.to && window.to > added.from) {
			g_assert_cmpint(window.from, >=, added.from);
			g_assert_cmpint(window.to, <=, added.to);
			continue;
		}
		g_array_append_val(caseload->windows, window);
	}
	g_array_append_val(caseload->windows, added);
	hours->day[weekday] = (CmRange){first, caseload->windows->len - first};
}

static void
apply_companion(CmCaseload *caseload, const CmRemedy *remedy)
{
	CmCompanion further = {.id = "k-further", .site = remedy->site};

	if (remedy->resource == CM_NONE) {
		add_hours(caseload, &further.hours, remedy->weekday, remedy->hours);
		g_array_append_val(caseload->companions, further);
		return;
	}
	add_hours(caseload, &CM_ELEMENT(caseload->companions, CmCompanion, remedy->resource)->hours,
		  remedy->weekday, remedy->hours);
}

static void
apply_move(CmCaseload *caseload, const CmRemedy *remedy)
{
	for (guint i = 0; i < caseload->previous->len; i++) {
		CmPlacement *placement = CM_ELEMENT(caseload->previous, CmPlacement, i);

		if (placement->session != remedy->resource)
			continue;
		placement->date = caseload->from + remedy->to.day;
		placement->start = (CmMinute)remedy->to.start;
		placement->mode = remedy->to.mode;
	}
}

/* One line of the policies that a limit stands in, written anew. */
static gchar *
rewrite(const CmPlannerFixture *fixture, guint32 session, const CmRemedy *remedy, const gchar *path)
{
	const CmSession *asked = CM_ELEMENT(fixture->caseload->sessions, CmSession, session);
	g_autofree gchar *group = remedy->limit < CM_LIMIT_MAX_GAP
				      ? g_strdup("Day")
				      : g_strconcat("Act ", asked->act, NULL);
	const gchar *key =
	    cm_reason_get_limit_key(fixture->problem, session, (CmRemedyLimit)remedy->limit);
	g_autoptr(GKeyFile) file = g_key_file_new();

	g_assert_true(g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL));
	g_assert_true(g_key_file_has_key(file, group, key, NULL));
	if (remedy->limit == CM_LIMIT_SEQUENCE)
		g_key_file_remove_key(file, group, key, NULL);
	else
		g_key_file_set_integer(file, group, key, remedy->value);
	return g_key_file_to_data(file, NULL, NULL);
}

/* The test's policies, with the limit of one profession as the remedy has it. */
static CmPolicySet *
rewrite_policies(const CmPlannerFixture *fixture, guint32 session, const CmRemedy *remedy)
{
	const CmCaseload *caseload = fixture->caseload;
	const CmSession *asked = CM_ELEMENT(caseload->sessions, CmSession, session);
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, asked->followup);
	const gchar *profession =
	    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional)->profession;
	g_autofree gchar *source = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						    "planning", "policies", NULL);
	g_autofree gchar *folder = g_dir_make_tmp("comodal-remedy-XXXXXX", NULL);
	const gchar *const directories[] = {folder, NULL};
	g_autoptr(GDir) files = g_dir_open(source, 0, NULL);
	g_autoptr(GError) error = NULL;
	CmPolicySet *policies;
	const gchar *name;

	for (name = g_dir_read_name(files); name != NULL; name = g_dir_read_name(files)) {
		g_autofree gchar *from = g_build_filename(source, name, NULL);
		g_autofree gchar *to = g_build_filename(folder, name, NULL);
		g_autofree gchar *text = NULL;

		if (!g_str_has_suffix(name, ".policy"))
			continue;
		if (g_str_has_prefix(name, profession))
			text = rewrite(fixture, session, remedy, from);
		else
			g_assert_true(g_file_get_contents(from, &text, NULL, NULL));
		g_assert_true(g_file_set_contents(to, text, -1, NULL));
	}
	policies = cm_policy_loader_load(directories, NULL, &error);
	g_assert_no_error(error);
	g_dir_rewind(files);
	for (name = g_dir_read_name(files); name != NULL; name = g_dir_read_name(files)) {
		g_autofree gchar *to = g_build_filename(folder, name, NULL);

		(void)g_unlink(to);
	}
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	return policies;
}

static void
apply(CmCaseload *caseload, guint32 session, const CmRemedy *remedy)
{
	CmRoom room = {.id = "r-further", .site = remedy->resource, .uses = remedy->use};

	switch ((CmRemedyKind)remedy->kind) {
	case CM_REMEDY_MOVE:
		apply_move(caseload, remedy);
		break;
	case CM_REMEDY_ROOM:
		g_array_append_val(caseload->rooms, room);
		break;
	case CM_REMEDY_COMPANION:
		apply_companion(caseload, remedy);
		break;
	case CM_REMEDY_CONTACT:
		add_hours(caseload,
			  &CM_ELEMENT(caseload->contacts, CmContact, remedy->resource)->hours,
			  remedy->weekday, remedy->hours);
		break;
	case CM_REMEDY_PROFESSIONAL:
		add_hours(
		    caseload,
		    &CM_ELEMENT(caseload->professionals, CmProfessional, remedy->resource)->hours,
		    remedy->weekday, remedy->hours);
		break;
	case CM_REMEDY_HOME:
		add_hours(
		    caseload,
		    &CM_ELEMENT(caseload->students, CmStudent, remedy->resource)->remote_hours,
		    remedy->weekday, remedy->hours);
		break;
	case CM_REMEDY_MODE:
		CM_ELEMENT(caseload->sessions, CmSession, session)->modes |=
		    CM_MODE_FLAG(remedy->mode);
		break;
	case CM_REMEDY_HORIZON:
		caseload->to = remedy->date;
		break;
	case CM_REMEDY_LIMIT:
	case CM_REMEDY_LAST:
		break;
	}
}

static void
check_remedy(const Instance *instance,
	     const CmPlannerFixture *fixture,
	     const CmPlan *plan,
	     guint32 session,
	     const CmRemedy *remedy)
{
	g_autoptr(CmPlannerFixture) copy = open_instance(instance);
	g_autofree gchar *text = cm_reason_format_remedy(fixture->problem, session, remedy);
	g_autofree gchar *english = cm_message_to_english(text);
	g_autoptr(CmPolicySet) policies = cm_policy_set_ref(fixture->policies);
	g_autoptr(CmProblem) problem = NULL;
	g_autoptr(CmPlan) again = NULL;
	g_autoptr(GError) error = NULL;

	g_test_message("%s: %s", CM_ELEMENT(copy->caseload->sessions, CmSession, session)->id,
		       english);
	crowd(copy->caseload, instance);
	lock(copy->caseload, plan, session);
	apply(copy->caseload, session, remedy);
	if (remedy->kind == CM_REMEDY_LIMIT) {
		g_clear_pointer(&policies, cm_policy_set_unref);
		policies = rewrite_policies(fixture, session, remedy);
	}
	problem = cm_problem_new(copy->caseload, policies, &error);
	g_assert_no_error(error);
	again = solve(problem, 1);
	g_assert_true(is_placed(again, session));
	kinds_seen |= 1u << remedy->kind;
}

static void
test_instance(gconstpointer data)
{
	const Instance *instance = data;
	g_autoptr(CmPlannerFixture) fixture = open_instance(instance);
	g_autoptr(CmProblem) crowded = NULL;
	g_autoptr(CmPlan) plan = NULL;
	g_autoptr(CmState) state = NULL;
	g_autoptr(GError) error = NULL;
	guint remedies = 0;
	guint asked = 0;

	crowd(fixture->caseload, instance);
	crowded = cm_problem_new(fixture->caseload, fixture->policies, &error);
	g_assert_no_error(error);
	cm_problem_free(fixture->problem);
	fixture->problem = g_steal_pointer(&crowded);
	plan = solve(fixture->problem, 10);
	state = cm_state_new(fixture->problem);
	cm_state_load_plan(state, plan);
	for (guint i = 0; i < plan->unscheduled->len && asked < SESSIONS_MAX; i++) {
		guint32 session = g_array_index(plan->unscheduled, CmUnscheduled, i).session;
		CmDiagnosis diagnosis;

		if (cm_reach_find(state, session).missing)
			continue;
		asked++;
		cm_remedy_find(state, session, TRUE, &diagnosis);
		for (guint r = 0; r < diagnosis.count; r++)
			check_remedy(instance, fixture, plan, session, &diagnosis.remedies[r]);
		remedies += diagnosis.count;
	}
	g_test_message("%u sessions, %u remedies", asked, remedies);
	g_assert_cmpuint(remedies, >=, instance->expected);
}

static const Instance pair = {"COMODAL_TEST_PAIR", 0, 0, 1};
static const Instance pair_roomless = {"COMODAL_TEST_PAIR", 1, 0, 2};
static const Instance month = {"COMODAL_TEST_CASELOAD", 1, 0, 2};
static const Instance month_short = {"COMODAL_TEST_CASELOAD", 0, 10 * 60, 2};
static const Instance team = {"COMODAL_TEST_TEAM", 2, 12 * 60, 4};

/* A small caseload, with every day but some taken from the professional. */
typedef struct {
	const gchar *policy;
	const gchar *free;    /* days of the month, comma-separated; NULL: all */
	const gchar *stands;  /* session */
	gint day;             /* where it stands, at nine in person */
	gint cut;             /* days taken off the horizon's end */
	const gchar *asked;   /* session */
	CmRemedyKind kind;    /* that must be named */
	const gchar *english; /* how */
} Small;

#define POLICY "[Policy]\nProfession=suivi\n"

static const Small companion = {POLICY "[Act suivi]\nModalities=video\nCompanionBelowAge=12\n",
				NULL,
				NULL,
				0,
				0,
				"f-2-1",
				CM_REMEDY_COMPANION,
				"One more adult at Deux to sit with the student on Mondays from "
				"08:00 to 08:45 would place it."};
static const Small sessions_a_day = {
    POLICY "[Day]\nMaxSessions=1\n[Act suivi]\nModalities=in-person\n",
    "08",
    "f-1-1",
    1,
    0,
    "f-2-1",
    CM_REMEDY_LIMIT,
    "A derogation (MaxSessions) for 2 sessions on 2026-09-08 would place it at 10:30."};
static const Small minutes_a_day = {
    POLICY "[Day]\nMaxMinutes=60\n[Act suivi]\nModalities=in-person\n",
    "08",
    "f-1-1",
    1,
    0,
    "f-2-1",
    CM_REMEDY_LIMIT,
    "A derogation (MaxMinutes) for 90 minutes of sessions on 2026-09-08 would place it at 10:30."};
static const Small schools_a_day = {
    POLICY "[Day]\nMaxSites=1\n[Act suivi]\nModalities=in-person\n",
    "08",
    "f-1-1",
    1,
    0,
    "f-2-1",
    CM_REMEDY_LIMIT,
    "A derogation (MaxSites) for 2 schools on 2026-09-08 would place it at 10:30."};
static const Small gap = {
    POLICY "[Act suivi]\nModalities=in-person\nMaxGapDays=2\n",
    "07,10",
    "f-1-1",
    0,
    0,
    "f-1-2",
    CM_REMEDY_LIMIT,
    "A derogation (MaxGapDays) for 3 days after the session before it would place it on 2026-09-10 "
    "at 08:00."};
static const Small term = {POLICY "[Act suivi]\nModalities=in-person\n",
			   NULL,
			   "f-1-1",
			   7,
			   4,
			   "f-1-2",
			   CM_REMEDY_HORIZON,
			   "A term that ends on 2026-09-15 would place it."};

static void
take_days(CmCaseload *caseload, const gchar *free)
{
	for (CmDay date = caseload->from; free != NULL && date <= caseload->to; date++) {
		CmBusy busy = {.kind = CM_RESOURCE_PROFESSIONAL, .date = date, .window = {0, 1439}};
		gchar text[CM_DAY_TEXT_SIZE];

		if (strstr(free, cm_day_format(date, text) + 8) == NULL)
			g_array_append_val(caseload->busy, busy);
	}
}

static void
test_small(gconstpointer data)
{
	const Small *small = data;
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(small->policy, "");
	g_autoptr(CmProblem) problem = NULL;
	g_autoptr(CmState) state = NULL;
	g_autoptr(GError) error = NULL;
	guint32 asked = cm_planner_fixture_find(fixture, small->asked);
	CmSpot spot = {.day = (gint16)small->day,
		       .start = 9 * 60,
		       .mode = CM_MODE_IN_PERSON,
		       .room = CM_NONE,
		       .companion = CM_NONE};
	CmDiagnosis diagnosis;
	gboolean named = FALSE;

	take_days(fixture->caseload, small->free);
	fixture->caseload->to -= small->cut;
	problem = cm_problem_new(fixture->caseload, fixture->policies, &error);
	g_assert_no_error(error);
	state = cm_state_new(problem);
	if (small->stands != NULL)
		g_assert_true(
		    cm_state_place(state, cm_planner_fixture_find(fixture, small->stands), &spot));
	cm_remedy_find(state, asked, TRUE, &diagnosis);
	g_assert_false(diagnosis.free);
	for (guint i = 0; i < diagnosis.count; i++) {
		g_autofree gchar *text =
		    cm_reason_format_remedy(problem, asked, &diagnosis.remedies[i]);
		g_autofree gchar *english = cm_message_to_english(text);

		g_test_message("%s", english);
		if (diagnosis.remedies[i].kind != small->kind)
			continue;
		named = TRUE;
		g_assert_cmpstr(english, ==, small->english);
	}
	g_assert_true(named);
}

static void
test_kinds(void)
{
	g_test_message("kinds: %x", kinds_seen);
	g_assert_cmpuint(__builtin_popcount(kinds_seen), >=, 5);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/remedy/pair", &pair, test_instance);
	g_test_add_data_func("/remedy/pair-one-room", &pair_roomless, test_instance);
	g_test_add_data_func("/remedy/month-one-room", &month, test_instance);
	g_test_add_data_func("/remedy/month-mornings", &month_short, test_instance);
	g_test_add_data_func("/remedy/team-short", &team, test_instance);
	g_test_add_func("/remedy/kinds", test_kinds);
	g_test_add_data_func("/remedy/small/companion", &companion, test_small);
	g_test_add_data_func("/remedy/small/sessions-a-day", &sessions_a_day, test_small);
	g_test_add_data_func("/remedy/small/minutes-a-day", &minutes_a_day, test_small);
	g_test_add_data_func("/remedy/small/schools-a-day", &schools_a_day, test_small);
	g_test_add_data_func("/remedy/small/gap", &gap, test_small);
	g_test_add_data_func("/remedy/small/term", &term, test_small);
	return g_test_run();
}
