// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem.h"
#include "daemon/roster/plan.h"

/* A roster as the planner may see it: whatever stands already (`locked` in `previous`: held, booked by hand, published for days that
 * are over) stays, also what breaks a rule of today, and none of it can keep a plan from being made. docs/planner.md, "What stands
 * already".
 *
 * What keeps the rules stays in the problem as locked. What breaks one stands apart: for the planner it is no session but time taken
 * from its people, room and companion. What its follow-up has behind it counts all the same (first in person, sessions by video in a
 * row, the least days between), and to a day that is still to come, where something stands apart, the planner adds nothing: such a
 * day's limits were passed by people, and it can't count them. */

typedef struct {
	const CmCaseload *whole;
	CmCaseload *
	    caseload; /* what to plan: people, places and calendars are the whole's, index by index */
	GArray *wholes;     /* guint32: the whole's index of each of its sessions */
	GArray *apart;      /* CmPlacement, of the whole */
	CmProblem *problem; /* of `caseload` */
} CmPlannerView;

/* What to plan of `whole`, whose `previous` and `replan_from` say what stands. Both outlive the view. Fails as cm_problem_new() does, but
 * never for what is locked. Returns: (transfer full) */
CmPlannerView *
cm_planner_view_new(const CmCaseload *whole,
		    const CmPolicySet *policies,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_planner_view_free(CmPlannerView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPlannerView, cm_planner_view_free)

/* A plan of the view as one of the whole, with what stands apart; the cost is that of the view. Returns: (transfer full) */
CmPlan *
cm_planner_view_restore(const CmPlannerView *view, const CmPlan *plan);

/* A plan of the whole as one of the view: without what stands apart. Returns: (transfer full) */
CmPlan *
cm_planner_view_reduce(const CmPlannerView *view, const CmPlan *plan);
