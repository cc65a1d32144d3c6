// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem.h"
#include "daemon/roster/plan.h"

/* Plans a problem. Pure computation: no file, no main loop, no global; threads are its own and are joined before it returns. */

/* How the search goes; given to CmSolverWatch from the thread that called cm_solver_run(). */
typedef struct {
	gdouble share;       /* of the time or effort spent, 0 to 1 */
	guint64 effort;      /* rounds done */
	CmCost cost;         /* of the best plan so far */
	guint32 unscheduled; /* sessions the best plan so far leaves out */
} CmSolverProgress;

typedef void (*CmSolverWatch)(const CmSolverProgress *progress, gpointer user_data);

typedef struct {
	gdouble seconds; /* wall clock from the start of the run; 0: no limit of time */
	guint64
	    effort; /* rounds; 0: no limit. One of the two limits is not 0. With effort alone the plan is the same
			       * to the byte for any number of threads. */
	guint64 seed;        /* of the random streams */
	guint threads;       /* 0: as many as there are processors */
	volatile gint *stop; /* set to 1 by another thread: return the best so far; may be NULL */
	CmSolverWatch watch; /* called a few times a second; may be NULL */
	gpointer watch_data;
} CmSolverOptions;

/* The best plan found: always valid, every session in one of its two lists, its cost exact, each unscheduled session with
 * a reason. The effort reached is in out_effort if that is not NULL. Returns: (transfer full), never NULL: whatever can be wrong
 * was found by cm_problem_new(). */
CmPlan *
cm_solver_run(const CmProblem *problem,
	      const CmSolverOptions *options,
	      guint64 *out_effort) G_GNUC_WARN_UNUSED_RESULT;
