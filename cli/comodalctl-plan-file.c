// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/figures.h"
#include "cli/output.h"
#include "cli/plan-summary.h"
#include "cli/report.h"
#include "cli/search.h"
#include "cli/values.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/roster/caseload-reader.h"
#include "daemon/roster/plan-writer.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <unistd.h>

#define SECONDS_DEFAULT 30.0
#define THREADS_MAX 64
/* what of the time is kept for writing: a share of what reading took, and what a small file takes */
#define WRITE_SHARE 0.5
#define WRITE_SECONDS 0.03
/* a search of less finds nothing */
#define SEARCH_MIN 0.01

typedef struct {
	gchar **policies;
	gchar *out;
	gchar *seconds;
	gchar *effort;
	gchar *seed;
	gchar *threads;
	gboolean details;
} Options;

/* What one run works on. */
typedef struct {
	CmComodalctl *cli;
	Options options;
	gint64 started; /* monotonic, microseconds */
	CmSolverOptions solver;
	CmCaseload *caseload;
	CmPolicySet *policies;
	CmProblem *problem;
	CmPlan *plan;
	guint64 effort;
} Run;

static void
run_clear(Run *run)
{
	g_strfreev(run->options.policies);
	g_free(run->options.out);
	g_free(run->options.seconds);
	g_free(run->options.effort);
	g_free(run->options.seed);
	g_free(run->options.threads);
	g_clear_pointer(&run->plan, cm_plan_free);
	g_clear_pointer(&run->problem, cm_problem_free);
	g_clear_pointer(&run->policies, cm_policy_set_unref);
	g_clear_pointer(&run->caseload, cm_caseload_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static gdouble
get_elapsed(const Run *run)
{
	return (gdouble)(g_get_monotonic_time() - run->started) / G_USEC_PER_SEC;
}

static gboolean
parse_values(Run *run)
{
	const Options *options = &run->options;
	guint64 threads = 0;

	if (!cm_values_parse_seconds(run->cli, "--seconds", options->seconds,
				     &run->solver.seconds) ||
	    !cm_values_parse_number(run->cli, "--effort", options->effort, 1, G_MAXUINT64,
				    &run->solver.effort) ||
	    !cm_values_parse_number(run->cli, "--seed", options->seed, 0, G_MAXUINT64,
				    &run->solver.seed) ||
	    !cm_values_parse_number(run->cli, "--threads", options->threads, 1, THREADS_MAX,
				    &threads))
		return FALSE;
	run->solver.threads = (guint)threads;
	if (options->seconds == NULL && options->effort == NULL)
		run->solver.seconds = SECONDS_DEFAULT;
	return TRUE;
}

static CmExit
read_caseload(Run *run, const gchar *path)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	gboolean standard_input = g_str_equal(path, "-");
	gint fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		cm_error_set(&error, CM_ERROR_INVALID_INPUT, N_("{0}: {1}."), path,
			     g_strerror(errno), NULL);
		return cm_report_error(error);
	}
	run->caseload = cm_caseload_reader_read_fd(fd, faults, NULL, &error);
	if (!standard_input)
		close(fd);
	if (run->caseload != NULL)
		return CM_EXIT_OK;
	cm_report_faults(faults, standard_input ? NULL : path);
	return cm_report_error(error);
}

static CmExit
read_policies(Run *run)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) defaults = cm_policy_loader_list_default_directories(FALSE);
	gchar **directories = run->options.policies != NULL ? run->options.policies : defaults;

	run->policies = cm_policy_loader_load((const gchar *const *)directories, faults, &error);
	if (run->policies != NULL)
		return CM_EXIT_OK;
	cm_report_faults(faults, NULL);
	return cm_report_error(error);
}

static CmExit
search(Run *run)
{
	g_autoptr(GError) error = NULL;
	gdouble reading = get_elapsed(run);

	run->problem = cm_problem_new(run->caseload, run->policies, &error);
	if (run->problem == NULL)
		return cm_report_error(error);
	/* --seconds is for all of it: what was used is gone, what writing will take is kept */
	if (run->solver.seconds > 0) {
		gdouble reserve = WRITE_SECONDS + reading * WRITE_SHARE;

		run->solver.seconds =
		    MAX(run->solver.seconds - get_elapsed(run) - reserve, SEARCH_MIN);
	}
	run->plan = cm_search_run(run->problem, &run->solver, &run->effort, &error);
	return run->plan != NULL ? CM_EXIT_OK : cm_report_error(error);
}

static gboolean
write_plan(gint fd, gpointer user_data, GError **error)
{
	const Run *run = user_data;

	return cm_plan_writer_write_fd(run->plan, run->caseload, fd, error);
}

/* the effort, so that --effort can repeat the run; then what the plan comes to, unless the plan itself is on standard output */
static CmExit
print_result(Run *run)
{
	const gchar *out = run->options.out;
	g_autofree gchar *effort = g_strdup_printf("%" G_GUINT64_FORMAT, run->effort);
	g_autofree gchar *seconds = g_strdup_printf("%.2f", get_elapsed(run));
	g_autofree gchar *cost =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_cost_get_total(&run->plan->cost));
	gboolean standard_output = out == NULL || g_str_equal(out, "-");

	cm_report_note(N_("effort {0}, {1} s, cost {2}"), effort, seconds, cost, NULL);
	if (standard_output)
		return CM_EXIT_OK;
	return cm_plan_summary_print(run->cli, run->caseload, run->plan, 0, run->effort,
				     run->options.details);
}

static CmExit
run_steps(Run *run, const gchar *path)
{
	g_autoptr(GError) error = NULL;
	CmExit status = read_policies(run);

	if (status == CM_EXIT_OK)
		status = read_caseload(run, path);
	if (status == CM_EXIT_OK)
		status = search(run);
	if (status != CM_EXIT_OK)
		return status;
	if (!cm_output_write(run->options.out, write_plan, run, &error))
		return cm_report_error(error);
	return print_result(run);
}

CmExit
cm_comodalctl_plan_file_run(CmComodalctl *cli)
{
	g_auto(Run) run = {.cli = cli, .started = g_get_monotonic_time()};
	const GOptionEntry entries[] = {
	    {"policies", 'p', 0, G_OPTION_ARG_FILENAME_ARRAY, &run.options.policies,
	     N_("A folder of policies; may be repeated, later ones tighten"), N_("FOLDER")},
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &run.options.out,
	     N_("Where to; default standard output"), N_("FILE")},
	    {"seconds", 's', 0, G_OPTION_ARG_STRING, &run.options.seconds,
	     N_("How long all of it may take, reading and writing included; default 30"), "S"},
	    {"effort", 0, 0, G_OPTION_ARG_STRING, &run.options.effort,
	     N_("How many rounds to look instead: the same plan each time"), "N"},
	    {"seed", 0, 0, G_OPTION_ARG_STRING, &run.options.seed,
	     N_("Another number looks in another order"), "N"},
	    {"threads", 0, 0, G_OPTION_ARG_STRING, &run.options.threads,
	     N_("How many processors to use; default all"), "N"},
	    {"details", 'd', 0, G_OPTION_ARG_NONE, &run.options.details,
	     N_("Every professional and every reason"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!parse_values(&run))
		return CM_EXIT_USAGE;
	return run_steps(&run, arguments[0]);
}
