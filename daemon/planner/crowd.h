// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"

/* What taking a room of a site is held to cost more than staying at home, in points: something where the sessions of its students would
 * fill its rooms, as if each were held in one; 0 elsewhere. It guides the search and is in no plan's cost. */
gint
cm_crowd_get_room_points(const CmProblem *problem, guint32 site);

/* What a session in a room of a site is worth, in points: as much as the last one let in brings when its rooms are given to those
 * follow-ups that bring most for their time in a room. 0 where all find room. */
gint
cm_crowd_get_price(const CmProblem *problem, guint32 site);
