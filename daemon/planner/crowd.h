// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"

/* What taking a room of a site is held to cost more than staying at home, in points, by a session's mode: so much a session, or so much
 * for each of its minutes, whichever is more. It guides the search and is in no plan's cost. */
typedef struct {
	gint session[CM_MODE_LAST];
	gint minute[CM_MODE_LAST]; /* times 16 */
} CmCrowdCost;

/* Of a session of so many minutes. */
static inline gint
cm_crowd_get_cost(const CmCrowdCost *cost, CmMode mode, gint minutes)
{
	return MAX(cost->session[mode], cost->minute[mode] * minutes / 16);
}

/* Rooms of a site, each once. */
guint
cm_crowd_count_rooms(const CmProblem *problem, guint32 site);

/* Minutes of the term that one room of it is open. */
gint64
cm_crowd_count_open(const CmProblem *problem, guint32 site);

/* Spread what a session in a room is held to cost, in points, over its modes: as much in person; less by video at school where rooms
 * serve video alone, which are seldom short; nothing from home. `out_points` is [CM_MODE_LAST]. */
void
cm_crowd_spread(const CmProblem *problem, guint32 site, gint points, gint *out_points);

/* The same where the sessions of its students would fill the rooms of the site, as if each were held in one; 0 elsewhere. The minutes
 * cost nothing. */
void
cm_crowd_find_cost(const CmProblem *problem, guint32 site, CmCrowdCost *out_cost);
