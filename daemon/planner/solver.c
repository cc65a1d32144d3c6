// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/solver.h"

#include "daemon/planner/construct.h"
#include "daemon/planner/improve.h"
#include "daemon/planner/locked.h"
#include "daemon/planner/problem-data.h"
#include "daemon/planner/reason.h"

CmPlan *
cm_solver_run(const CmProblem *problem, const CmSolverOptions *options, guint64 *out_effort)
{
	g_autoptr(CmState) state = cm_state_new(problem);
	g_autoptr(CmState) best = cm_state_new(problem);
	g_autoptr(CmChainTable) table = cm_chain_table_new(problem);
	g_autoptr(CmImprover) improver = cm_improver_new(problem, table);
	gint64 start = g_get_monotonic_time();
	gint64 deadline = start + (gint64)(options->seconds * 1e6);
	guint32 followup;
	guint64 round = 0;
	CmPlan *plan;

	if (!cm_locked_fill(state, table, &followup))
		g_debug("x");
	for (gint prio = 3; prio >= 1; prio--)
		for (guint32 p = 0; p < problem->caseload->professionals->len; p++)
			cm_construct_priority(table, state, p, prio, options->stop);
	g_printerr("construct %.3f s: %" G_GINT64_FORMAT "\n", (double)(g_get_monotonic_time() - start) / 1e6, cm_state_get_points(state));
	cm_state_copy(best, state);
	while (g_get_monotonic_time() < deadline) {
		gdouble share = (double)(g_get_monotonic_time() - start) / (double)(deadline - start);
		const gchar *t0 = g_getenv("T0");
		gint temperature = (gint)(16 * (t0 ? g_ascii_strtod(t0, NULL) : 10.0) * (1 - share));
		for (guint32 p = 0; p < problem->caseload->professionals->len; p++) {
			CmImproveSlice slice = {.moves = 200, .temperature = temperature, .deadline = deadline,
				.stream = cm_stream_make(options->seed, p, round)};
			cm_improver_run(improver, state, p, &slice);
		}
		if (cm_state_get_points(state) < cm_state_get_points(best))
			cm_state_copy(best, state);
		round++;
	}
	g_printerr("rounds %u: %" G_GINT64_FORMAT "\n", (guint)round, cm_state_get_points(best));
	plan = cm_state_to_plan(best);
	plan->cost = cm_state_get_cost(best, NULL);
	for (guint i = 0; i < plan->unscheduled->len; i++)
		g_array_index(plan->unscheduled, CmUnscheduled, i).reason = g_strdup("x");
	*out_effort = round;
	return plan;
}
