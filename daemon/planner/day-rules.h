// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/state.h"

/* What a professional's day allows: buffer, travel between sites, runs of video, and the day's limits (rules 3, 4 and 11). */

/* The starts that a day leaves to one more session of `minutes`, into out_starts; FALSE, and nothing written, when the day's
 * limits leave none at all. The day must itself be allowed. */
gboolean
cm_day_rules_fill(const CmProblem *problem,
		  const CmWorker *worker,
		  const CmDayLoad *load,
		  const CmVisit *visits,
		  const CmVisit *asked,
		  guint64 *out_starts);

/* Whether a day as it stands is allowed. */
gboolean
cm_day_rules_check(const CmWorker *worker, const CmDayLoad *load, const CmVisit *visits);

/* Minutes of the shortest round from base over a set of sites. */
gint
cm_day_rules_get_round(const CmWorker *worker, guint64 sites);
