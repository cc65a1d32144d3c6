// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/search.h"

#include "cli/figures.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "include/cm-error.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#define SHOW_MSEC 100

/* What the solver's thread and the one that talks with the person share. */
typedef struct {
	const CmProblem *problem;
	CmSolverOptions options;
	volatile gint stop;
	volatile gint finished;
	GMutex lock;
	CmSolverProgress progress; /* under the lock */
	CmPlan *plan;              /* the thread's result */
	guint64 effort;
	guint interrupts;
	gint64 first_cost;
	CmProgress *line;
} Search;

/* in the solver's thread */
static void
on_progress(const CmSolverProgress *progress, gpointer user_data)
{
	Search *search = user_data;

	g_mutex_lock(&search->lock);
	search->progress = *progress;
	g_mutex_unlock(&search->lock);
}

static gpointer
solve(gpointer user_data)
{
	Search *search = user_data;

	search->plan = cm_solver_run(search->problem, &search->options, &search->effort);
	g_atomic_int_set(&search->finished, 1);
	g_main_context_wakeup(NULL);
	return NULL;
}

static gboolean
on_show(gpointer user_data)
{
	Search *search = user_data;
	CmSolverProgress progress;
	g_autofree gchar *text = NULL;

	g_mutex_lock(&search->lock);
	progress = search->progress;
	g_mutex_unlock(&search->lock);
	text = cm_figures_format_search(&search->first_cost, cm_cost_get_total(&progress.cost),
					progress.unscheduled);
	cm_terminal_show_progress(search->line, progress.share, text);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt(gpointer user_data)
{
	Search *search = user_data;

	search->interrupts++;
	g_atomic_int_set(&search->stop, 1);
	if (search->interrupts == 1)
		cm_report_note(
		    N_("\nStopping and keeping what there is. Press Ctrl-C again to abandon it."),
		    NULL);
	return G_SOURCE_CONTINUE;
}

static void
follow(Search *search)
{
	guint interrupt = g_unix_signal_add(SIGINT, on_interrupt, search);
	guint terminate = g_unix_signal_add(SIGTERM, on_interrupt, search);
	guint show = g_timeout_add(SHOW_MSEC, on_show, search);
	GThread *thread = g_thread_new("search", solve, search);

	while (g_atomic_int_get(&search->finished) == 0)
		g_main_context_iteration(NULL, TRUE);
	g_thread_join(thread);
	/* a second Ctrl-C that came meanwhile counts */
	while (g_main_context_iteration(NULL, FALSE))
		continue;
	g_source_remove(show);
	g_source_remove(terminate);
	g_source_remove(interrupt);
}

CmPlan *
cm_search_run(const CmProblem *problem,
	      const CmSolverOptions *options,
	      guint64 *out_effort,
	      GError **error)
{
	Search search = {.problem = problem, .options = *options};

	search.options.stop = &search.stop;
	search.options.watch = on_progress;
	search.options.watch_data = &search;
	g_mutex_init(&search.lock);
	search.line = cm_terminal_new_progress();
	follow(&search);
	cm_terminal_free_progress(search.line);
	g_mutex_clear(&search.lock);
	if (search.interrupts > 1) {
		cm_plan_free(search.plan);
		cm_error_set(error, CM_ERROR_CANCELLED, N_("Abandoned: nothing was changed."),
			     NULL);
		return NULL;
	}
	*out_effort = search.effort;
	return search.plan;
}
