// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/state.h"

/* What placements cost, in the contract's points. */

#define CM_POINTS_UNSCHEDULED 1000 /* times the priority */
#define CM_POINTS_MODALITY 30
#define CM_POINTS_RHYTHM 15
#define CM_POINTS_MOVED 60

/* Lateness, core, modality, preference and moved of one placed session, added to `cost`. */
void
cm_points_add_session(const CmProblem *problem, guint32 session, const CmSpot *spot, CmCost *cost);

/* What a session costs when it is not scheduled, added to `cost`. */
void
cm_points_add_unscheduled(const CmProblem *problem, guint32 session, CmCost *cost);

/* Points of a follow-up's rhythm; `spots` are its sessions', in order. */
gint
cm_points_get_rhythm(const CmProblem *problem, const CmSpot *spots, guint count);

/* Whether the session `one` of these, which stands, makes its follow-up's rhythm cost CM_POINTS_RHYTHM more than without it: fewer of the
 * others are at its weekday and start than at some other. */
gboolean
cm_points_is_out_of_rhythm(const CmProblem *problem, const CmSpot *spots, guint count, guint one);

static inline gint
cm_points_get_lateness(const CmProblem *problem, guint32 session, gint priority, gint day)
{
	gint late = day - problem->tasks[session].target;

	return late > 0 ? 4 * priority * late : -late;
}

/* Whether the session's wish for a mode is not met. */
static inline gboolean
cm_points_misses_wish(const CmTask *task, gboolean in_person)
{
	return task->prefer != CM_PREFER_NONE && (task->prefer == CM_PREFER_IN_PERSON) != in_person;
}

/* Core and preference of a start bit. */
static inline gint
cm_points_get_start(const CmProblem *problem,
		    const CmKind *kind,
		    gint day,
		    gint cycle_day,
		    CmMode mode,
		    guint bit)
{
	gint points = 0;

	if (kind->core != NULL && mode != CM_MODE_VIDEO_REMOTE)
		points += kind->core[(guint)cycle_day * (guint)problem->bits + bit];
	if (kind->preference != NULL)
		points += kind->preference[problem->weekdays[day] * (guint)problem->bits + bit];
	return points;
}
