// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/roster/caseload.h"
#include "daemon/roster/plan.h"

/* The parts of a plan's cost that one placed session brings, as tests/planning/FORMAT.md has them. Travel belongs to a day,
 * not to a session: its part stays 0. `rhythm` is the session's own 15 points when it is not at its follow-up's most frequent
 * weekday and start. `act` may be NULL: the student is present. */
CmCost
cm_session_cost_compute(const CmCaseload *caseload,
			const CmPlan *plan,
			const CmPlacement *placement,
			const CmActRules *act);
