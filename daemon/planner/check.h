// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem.h"
#include "daemon/roster/plan.h"

/* Judges a plan by the contract, from the caseload and the policies alone: it shares no code with the search, nor the search's
 * bitsets. For whoever is about to trust a plan: the store before it publishes, tests. */

/* The rules of the contract, by number; 0 is the plan's form. */
#define CM_CHECK_RULES 14

/* Whether the plan breaks no rule and its cost is what it says. Fails with CM_ERROR_CONFLICT: the message names the first broken
 * rule's session and what is wrong with it. */
gboolean
cm_check_plan(const CmProblem *problem,
	      const CmPlan *plan,
	      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a part of a plan: sessions in neither list, sessions after a missing one and the plan's own cost pass. */
gboolean
cm_check_part(const CmProblem *problem,
	      const CmPlan *plan,
	      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the placements of a plan that cm_check_plan() or cm_check_part() accepts cost; sessions that are not placed count as
 * unscheduled. */
CmCost
cm_check_get_cost(const CmProblem *problem, const CmPlan *plan);

/* Which sessions of a part of a plan break a rule, all of them: 1 at their index in `out_broken`, the rest is left as it is. Of a day
 * that is too full it is the last that breaks it. FALSE when none does. */
gboolean
cm_check_find_broken(const CmProblem *problem, const CmPlan *plan, guint8 *out_broken);
