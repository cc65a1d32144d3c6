// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/points.h"

/* Days by what they cost by their date alone, least first: both ways from the one that a session was meant for. What is cheap is found
 * first, and spares a look at most of the rest. */
typedef struct {
	const CmProblem *problem;
	guint32 session;
	gint priority;
	gint first; /* days, both included */
	gint last;
	gint after; /* the next of either side */
	gint before;
} CmOutward;

/* All days from `first` to `last`: none when last < first. */
static inline CmOutward
cm_outward_make(const CmProblem *problem, guint32 session, gint priority, gint first, gint last)
{
	gint target = first <= last ? CLAMP(problem->tasks[session].target, first, last) : first;

	return (CmOutward){.problem = problem,
			   .session = session,
			   .priority = priority,
			   .first = first,
			   .last = last,
			   .after = target,
			   .before = target - 1};
}

/* The next day and its lateness; of two that cost the same the later. FALSE when none is left of at most `most` points. */
static inline gboolean
cm_outward_next(CmOutward *outward, gint most, gint *out_day, gint *out_points)
{
	gboolean any_after = outward->after <= outward->last;
	gboolean any_before = outward->before >= outward->first;
	gint late = any_after ? cm_points_get_lateness(outward->problem, outward->session,
						       outward->priority, outward->after)
			      : G_MAXINT;
	gint early = any_before ? cm_points_get_lateness(outward->problem, outward->session,
							 outward->priority, outward->before)
				: G_MAXINT;

	if ((!any_after && !any_before) || MIN(late, early) > most)
		return FALSE;
	*out_points = MIN(late, early);
	*out_day = late <= early ? outward->after++ : outward->before--;
	return TRUE;
}
