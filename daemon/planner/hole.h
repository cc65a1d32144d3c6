// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"

/* What of a room's free time serves nobody. A row of free cells ends where a session stands, where the site shuts and where nobody who
 * comes there works any more (at noon, say); what of it sessions of the lengths usual there can't fill is a hole. */

/* Note for each site when its professionals work there, and what rows of free cells are worth (CmPlace, `worked` and `waste`). Needs the
 * follow-ups and the kinds of the problem. */
void
cm_hole_compile(CmProblem *problem);

/* Of each row of up to `most` free cells, those that no sessions of usual lengths fill: `sessions[c]` is how many sessions take `c` cells;
 * a length is usual that one session in twenty has. Both arrays are [most + 1]. */
void
cm_hole_fill_waste(const guint *sessions, gint most, guint16 *out_waste);

/* The cells of holes beside a session of `cells` from `bit` on in a room of the site; `shut` are the cells of the day that are taken there
 * or outside `worked`. */
guint
cm_hole_count(const CmProblem *problem, guint32 site, const guint64 *shut, gint bit, gint cells);
