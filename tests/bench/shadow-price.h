// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"

/* Prices of what follow-ups share, by day: rooms of a site (for in person, for video, and all of them together), companions of a
 * site, a professional's sessions and their time. Each is a number of units that a plan can't use more of:
 *
 * - rooms, companions: cells of the grid in which some session of the caseload could be held there;
 * - a professional's sessions: MaxSessions; their minutes: MaxMinutes;
 * - their time: the cells of their windows, a session taking those up to where the next one may begin.
 */

typedef struct _CmShadowPrices CmShadowPrices;

/* All free. Returns: (transfer full) */
CmShadowPrices *
cm_shadow_prices_new(const CmProblem *problem);
void
cm_shadow_prices_free(CmShadowPrices *prices);

/* Begin with what a cell of a crowded site is worth: sessions that need a room take the term's cells in the order of `worth` (points a
 * session, 0: needs none) a cell; the first that finds none left sets the price. */
void
cm_shadow_prices_guess(CmShadowPrices *prices, const gdouble *worth);

/* What a session pays on a day in a mode. */
gdouble
cm_shadow_prices_get(const CmShadowPrices *prices, guint32 session, gint day, CmMode mode);

/* Forget what is used; note that a session is held. */
void
cm_shadow_prices_start(CmShadowPrices *prices);
void
cm_shadow_prices_use(CmShadowPrices *prices, guint32 session, gint day, CmMode mode);

/* What all that there is would earn. */
gdouble
cm_shadow_prices_get_earned(const CmShadowPrices *prices);

/* Dearer where too much is used, cheaper where too little; `points` is how far the whole should get by it. */
void
cm_shadow_prices_move(CmShadowPrices *prices, gdouble points);
