// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "daemon/roster/plan.h"

/* Shows what a plan comes to. */

/* Of a plan in memory, on standard output. `number` and `effort` are told in JSON unless they are 0. */
CmExit
cm_plan_summary_print(const CmComodalctl *cli,
		      const CmCaseload *caseload,
		      const CmPlan *plan,
		      guint64 number,
		      guint64 effort,
		      gboolean details);

/* Of a plan that the daemon keeps (0: the published one), over the roster as it stands. */
CmExit
cm_plan_summary_print_kept(const CmComodalctl *cli,
			   GDBusConnection *bus,
			   guint64 plan,
			   guint64 effort,
			   gboolean details);
