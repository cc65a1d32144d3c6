// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/solver.h"

/* A search for a plan in this process, followed by a person: a progress line on standard error, Ctrl-C (or SIGTERM) to stop
 * it and keep the best so far, a second one to abandon it.
 *
 * `options`: its stop and watch are the search's own. Fails with CM_ERROR_CANCELLED when it was abandoned.
 * Returns: (transfer full) */
CmPlan *
cm_search_run(const CmProblem *problem,
	      const CmSolverOptions *options,
	      guint64 *out_effort,
	      GError **error) G_GNUC_WARN_UNUSED_RESULT;
