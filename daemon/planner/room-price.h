// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"

/* What a minute in a room of the site is worth, in points times 16, by a session's mode ([CM_MODE_LAST]; 0 from home): the prices at
 * which its follow-ups together ask for as much of the rooms' time as sessions can fill, of those for sessions in person, of those for
 * video, and of all. At a price each follow-up has the number of sessions, and of these in person and by video, that bring it most
 * (1000 × priority points each, less what they pay), as its modes, FirstInPerson and InPersonEvery allow; days and hours are not
 * looked at. All are 0 where all find room.
 *
 * These are the multipliers of a Lagrangean relaxation of that choice, found by raising what is asked for too much and lowering what is
 * not, ever less. */
void
cm_room_price_find(const CmProblem *problem, guint32 site, gint *out_minute);
