// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/points.h"

static gboolean
is_previous(const CmTask *task, const CmSpot *spot)
{
	return task->previous_day == spot->day && task->previous_start == spot->start &&
	       task->previous_mode == spot->mode;
}

void
cm_points_add_session(const CmProblem *problem, guint32 session, const CmSpot *spot, CmCost *cost)
{
	const CmTask *task = &problem->tasks[session];
	const CmKind *kind = cm_problem_kind(problem, task->kind);
	const CmChain *chain = &problem->chains[kind->followup];
	guint bit = (guint)MIN(cm_problem_bit_up(problem, spot->start), problem->bits - 1);

	cost->part[CM_COST_LATENESS] +=
	    cm_points_get_lateness(problem, session, chain->priority, spot->day);
	if (kind->core != NULL && spot->mode != CM_MODE_VIDEO_REMOTE) {
		const CmDate *date = cm_problem_date(problem, chain->site, spot->day);

		cost->part[CM_COST_CORE] +=
		    kind->core[(guint)date->cycle_day * (guint)problem->bits + bit];
	}
	if (kind->preference != NULL)
		cost->part[CM_COST_PREFERENCE] +=
		    kind->preference[problem->weekdays[spot->day] * (guint)problem->bits + bit];
	if (cm_points_misses_wish(task, spot->mode == CM_MODE_IN_PERSON))
		cost->part[CM_COST_MODALITY] += CM_POINTS_MODALITY;
	if (task->previous_day != G_MININT32 && !is_previous(task, spot))
		cost->part[CM_COST_MOVED] += CM_POINTS_MOVED;
}

void
cm_points_add_unscheduled(const CmProblem *problem, guint32 session, CmCost *cost)
{
	const CmTask *task = &problem->tasks[session];
	const CmKind *kind = cm_problem_kind(problem, task->kind);

	cost->part[CM_COST_UNSCHEDULED] +=
	    CM_POINTS_UNSCHEDULED * problem->chains[kind->followup].priority;
	if (task->previous_day != G_MININT32)
		cost->part[CM_COST_MOVED] += CM_POINTS_MOVED;
}

static gboolean
is_same_rhythm(const CmProblem *problem, const CmSpot *a, const CmSpot *b)
{
	return a->day >= 0 && b->day >= 0 && a->start == b->start &&
	       problem->weekdays[a->day] == problem->weekdays[b->day];
}

gint
cm_points_get_rhythm(const CmProblem *problem, const CmSpot *spots, guint count)
{
	gint placed = 0;
	gint most = 0;

	for (guint i = 0; i < count; i++) {
		gint same = 0;

		if (spots[i].day < 0)
			continue;
		placed++;
		/* those that are left can't be more */
		if (count - i <= (guint)most)
			continue;
		for (guint j = i; j < count; j++)
			same += is_same_rhythm(problem, &spots[i], &spots[j]);
		most = MAX(most, same);
	}
	return CM_POINTS_RHYTHM * (placed - most);
}

gboolean
cm_points_is_out_of_rhythm(const CmProblem *problem, const CmSpot *spots, guint count, guint one)
{
	guint with = 0;

	for (guint i = 0; i < count; i++)
		with += i != one && is_same_rhythm(problem, &spots[i], &spots[one]);
	/* no longer than those that are left could be more */
	for (guint i = 0; i + with < count; i++) {
		guint same = 0;

		for (guint j = i; i != one && j < count; j++)
			same += j != one && is_same_rhythm(problem, &spots[i], &spots[j]);
		if (same > with)
			return TRUE;
	}
	return FALSE;
}
