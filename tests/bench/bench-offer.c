// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/offer.h"

#include "daemon/planner/solver.h"
#include "daemon/roster/plan-writer.h"
#include "tests/bench/offer-sweep.h"
#include "tests/unit/planner-fixture.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The ten best places for one session in forty weeks, against a plain interval sweep in C over the same calendars, and against the
 * same sweep in JavaScript where node is there: medians of many sessions, one after the other in one run, and their ratios. All
 * must answer the same. */

#define OFFERS 10
#define ASKED_MAX 200
#define REPEATS 20
#define ALONE                                                                                      \
	8 /* one follow-up in so many is a new one, of one session, at any time of the forty weeks */

typedef struct {
	const gchar *title;
	gboolean alone;
	guint32 sessions[ASKED_MAX];
	gdouble bits[ASKED_MAX]; /* microseconds */
	gdouble sweep[ASKED_MAX];
	guint count;
} Series;

static gint
compare_double(gconstpointer a, gconstpointer b)
{
	gdouble left = *(const gdouble *)a;
	gdouble right = *(const gdouble *)b;

	return left < right ? -1 : left > right;
}

static gdouble
get_median(gdouble *values, guint count)
{
	qsort(values, count, sizeof(gdouble), compare_double);
	return count > 0 ? values[count / 2] : 0;
}

static gboolean
is_alone(guint32 followup)
{
	return followup % ALONE == 0;
}

/* The new follow-ups: only their first session is asked for, in the middle of the year. */
static void
set_alone(CmCaseload *caseload)
{
	for (guint32 i = 0; i < caseload->followups->len; i++) {
		CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, i);
		CmSession *first =
		    CM_ELEMENT(caseload->sessions, CmSession, followup->sessions.first);

		if (!is_alone(i))
			continue;
		followup->not_before = caseload->from;
		first->target_date = (caseload->from + caseload->to) / 2;
		for (guint32 s = 1; s < followup->sessions.count; s++)
			CM_ELEMENT(caseload->sessions, CmSession, followup->sessions.first + s)
			    ->modes = 0;
	}
}

static void
choose(const CmCaseload *caseload, const CmState *state, Series *series)
{
	guint step = series->alone ? 1 : MAX(caseload->sessions->len / ASKED_MAX, 1);

	for (guint32 s = 0; s < caseload->sessions->len && series->count < ASKED_MAX; s += step)
		if (state->spots[s].day >= 0 &&
		    is_alone(CM_ELEMENT(caseload->sessions, CmSession, s)->followup) ==
			series->alone)
			series->sessions[series->count++] = s;
}

static gdouble
get_microseconds(gint64 since)
{
	return (gdouble)(g_get_monotonic_time() - since) / REPEATS;
}

static gboolean
is_same(const CmOffer *a, const CmOffer *b, guint count)
{
	for (guint i = 0; i < count; i++)
		if (a[i].day != b[i].day || a[i].start != b[i].start || a[i].mode != b[i].mode ||
		    a[i].points != b[i].points)
			return FALSE;
	return TRUE;
}

static void
print_answer(FILE *answers, guint32 session, const CmOffer *offers, guint count)
{
	fprintf(answers, "%u", session);
	for (guint i = 0; i < count; i++)
		fprintf(answers, " %d/%d/%d/%d", offers[i].day, offers[i].start, offers[i].mode,
			offers[i].points);
	fprintf(answers, "\n");
}

static void
measure(CmState *state, const CmOfferSweep *sweep, Series *series, FILE *answers)
{
	for (guint i = 0; i < series->count; i++) {
		guint32 session = series->sessions[i];
		const CmSpot stood = state->spots[session];
		CmOffer offers[OFFERS];
		CmOffer others[OFFERS];
		guint count = 0;
		guint other_count = 0;
		gint64 since;

		cm_state_remove(state, session);
		since = g_get_monotonic_time();
		for (guint r = 0; r < REPEATS; r++)
			count = cm_offer_find(state, session, OFFERS, offers);
		series->bits[i] = get_microseconds(since);
		since = g_get_monotonic_time();
		for (guint r = 0; r < REPEATS; r++)
			other_count = cm_offer_sweep_find(sweep, session, OFFERS, others);
		series->sweep[i] = get_microseconds(since);
		g_assert_cmpuint(count, ==, other_count);
		g_assert_true(is_same(offers, others, count));
		g_assert_true(cm_state_place(state, session, &stood));
		print_answer(answers, session, offers, count);
	}
}

/* The sweep in JavaScript prints its answers, then its medians: the answers must be ours, byte for byte. */
static void
compare_node(const gchar *folder, const gchar *caseload, Series *series, guint count)
{
	g_autofree gchar *node = g_find_program_in_path("node");
	g_autofree gchar *script =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests", "bench", "offer.js", NULL);
	g_autofree gchar *plan = g_build_filename(folder, "plan.json", NULL);
	g_autofree gchar *answers = g_build_filename(folder, "answers", NULL);
	g_autofree gchar *offers = g_strdup_printf("%d", OFFERS);
	g_autofree gchar *alone = g_strdup_printf("%d", ALONE);
	g_autoptr(GSubprocess) process = NULL;
	g_autofree gchar *output = NULL;
	g_auto(GStrv) medians = NULL;
	g_autoptr(GError) error = NULL;

	if (node == NULL) {
		printf("node is not there: no figures of JavaScript.\n");
		return;
	}
	process = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, node, script, caseload,
				   plan, answers, offers, alone, NULL);
	g_assert_no_error(error);
	if (!g_subprocess_communicate_utf8(process, NULL, NULL, &output, NULL, &error))
		g_assert_no_error(error);
	g_assert_true(g_subprocess_get_successful(process));
	medians = g_strsplit(output, " ", -1);
	for (guint i = 0; i < count; i++) {
		gdouble median = g_ascii_strtod(medians[i], NULL);

		printf("%-40s JavaScript %8.1f µs, %5.1f times the planner's\n", series[i].title,
		       median, median / get_median(series[i].bits, series[i].count));
	}
}

static void
write_plan(const CmPlan *plan, const CmCaseload *caseload, const gchar *folder)
{
	g_autofree gchar *path = g_build_filename(folder, "plan.json", NULL);
	gint fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(fd, >=, 0);
	if (!cm_plan_writer_write_fd(plan, caseload, fd, &error))
		g_assert_no_error(error);
	close(fd);
}

static void
remove_folder(const gchar *folder)
{
	static const gchar *const names[] = {"plan.json", "answers"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree gchar *path = g_build_filename(folder, names[i], NULL);

		(void)unlink(path);
	}
	(void)rmdir(folder);
}

int
main(int argc, char **argv)
{
	const gchar *path = argc > 1 ? argv[1] : "";
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_open(path, policies);
	g_autofree gchar *folder = g_dir_make_tmp("comodal-offer-XXXXXX", NULL);
	g_autofree gchar *answers_path = g_build_filename(folder, "answers", NULL);
	CmSolverOptions options = {.effort = 1, .seed = 1, .threads = 2};
	Series series[] = {{.title = "a session among those of its follow-up"},
			   {.title = "a new one, any day of forty weeks", .alone = TRUE}};
	g_autoptr(CmProblem) problem = NULL;
	g_autoptr(CmPlan) plan = NULL;
	g_autoptr(CmState) state = NULL;
	g_autoptr(CmOfferSweep) sweep = NULL;
	g_autoptr(GError) error = NULL;
	FILE *answers = fopen(answers_path, "w");

	set_alone(fixture->caseload);
	problem = cm_problem_new(fixture->caseload, fixture->policies, &error);
	g_assert_no_error(error);
	plan = cm_solver_run(problem, &options, NULL);
	state = cm_state_new(problem);
	cm_state_load_plan(state, plan);
	sweep = cm_offer_sweep_new(fixture->caseload, fixture->policies, plan);
	write_plan(plan, fixture->caseload, folder);
	printf("%u sessions placed over %d days\n", plan->placements->len, problem->days);
	for (guint i = 0; i < G_N_ELEMENTS(series); i++) {
		choose(fixture->caseload, state, &series[i]);
		measure(state, sweep, &series[i], answers);
	}
	fclose(answers);
	for (guint i = 0; i < G_N_ELEMENTS(series); i++) {
		gdouble bits = get_median(series[i].bits, series[i].count);
		gdouble plain = get_median(series[i].sweep, series[i].count);

		printf("%-40s planner %8.1f µs, sweep in C %8.1f µs: %.1f times\n", series[i].title,
		       bits, plain, plain / bits);
	}
	compare_node(folder, path, series, G_N_ELEMENTS(series));
	remove_folder(folder);
	return 0;
}
