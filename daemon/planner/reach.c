// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/reach.h"

/* Sessions by video of the same act in a row on one side; `step` is -1 or 1. The first in person, or the end, ends the row. */
static gint
count_video(const CmState *state, guint32 session, gint step)
{
	const CmProblem *problem = state->problem;
	const CmCaseload *caseload = problem->caseload;
	const CmSession *asked = CM_ELEMENT(caseload->sessions, CmSession, session);
	CmRange tasks = problem->chains[asked->followup].tasks;
	gint run = 0;

	for (guint32 s = session + (guint32)step;
	     s - tasks.first < tasks.count && state->spots[s].day >= 0; s += (guint32)step) {
		if (!g_str_equal(CM_ELEMENT(caseload->sessions, CmSession, s)->act, asked->act))
			continue;
		if (state->spots[s].mode == CM_MODE_IN_PERSON)
			break;
		run++;
	}
	return run;
}

static void
bound_by_next(const CmState *state, guint32 session, CmReach *reach)
{
	const CmProblem *problem = state->problem;
	const CmTask *next = &problem->tasks[session + 1];

	reach->before = state->spots[session + 1].day;
	reach->last = MIN(reach->last, reach->before - next->min_gap);
	reach->first = MAX(reach->first, reach->before - next->max_gap);
}

CmReach
cm_reach_find(const CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;
	const CmTask *task = &problem->tasks[session];
	const CmKind *kind = cm_problem_kind(problem, task->kind);
	const CmChain *chain = &problem->chains[kind->followup];
	CmReach reach = {.first = chain->first_day,
			 .last = problem->days - 1,
			 .after = -1,
			 .before = problem->days,
			 .modes = kind->modes};

	if (session > chain->tasks.first && state->spots[session - 1].day < 0) {
		reach.missing = TRUE;
		reach.last = reach.first - 1;
		return reach;
	}
	if (session + 1 < chain->tasks.first + chain->tasks.count &&
	    state->spots[session + 1].day >= 0)
		bound_by_next(state, session, &reach);
	if (session > chain->tasks.first) {
		reach.after = state->spots[session - 1].day;
		reach.first = MAX(reach.first, reach.after + task->min_gap);
		reach.late = reach.after + task->max_gap < reach.last;
		reach.last = MIN(reach.last, reach.after + task->max_gap);
	}
	reach.in_person =
	    task->in_person ||
	    (task->every > 0 &&
	     count_video(state, session, -1) + 1 + count_video(state, session, 1) >= task->every);
	if (reach.in_person)
		reach.modes &= CM_MODE_FLAG(CM_MODE_IN_PERSON);
	return reach;
}
