// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "daemon/roster/plan.h"

/* A plan and the roster it is over, read together: what a document about plans is made from. */
typedef struct {
	CmRosterSnapshot *roster;
	CmPlan *plan;
	guint64 number; /* never 0 */
	gboolean published;
} CmPlanView;

/* Read one; number 0 is the published plan. Waits for the store: not on the main loop. CM_ERROR_NOT_FOUND. Returns: (transfer
 * full) */
CmPlanView *
cm_plan_view_load(CmService *service, guint64 number, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

void
cm_plan_view_free(CmPlanView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPlanView, cm_plan_view_free)
