// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/plan.h"
#include "daemon/roster/roster-numbers.h"
#include "daemon/store/store.h"

/* What stands whatever a plan says, put into a roster that is to be planned. */

/* Write it into `caseload`, whose `previous` is what is booked: sessions booked by hand, and those somebody said how they went, are
 * locked where they stand; appointments and holds are `busy` for all their people, rooms and companions, and what professionals' own
 * calendars say is `busy` for them. `out_fixed` [session] is set
 * to 1 for what this locks. On the worker's thread. */
gboolean
cm_standing_read(CmStore *store,
		 CmCaseload *caseload,
		 const CmRosterNumbers *numbers,
		 gint64 now,
		 guint8 *out_fixed,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is booked replaced by what a plan says, as cm_planner_view_new() needs it to judge that plan: locked are those of `fixed`, and
 * what the plan leaves where it was booked before `today`. */
void
cm_standing_set_plan(CmCaseload *caseload, const CmPlan *plan, const guint8 *fixed, CmDay today);
