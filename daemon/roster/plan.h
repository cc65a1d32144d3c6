// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* A plan in memory: one comodal-plan/1 document over one caseload (tests/planning/FORMAT.md). */

/* The parts of a plan's cost, in points, by the contract's names. */
typedef enum {
	CM_COST_UNSCHEDULED,
	CM_COST_LATENESS,
	CM_COST_TRAVEL,
	CM_COST_CORE,
	CM_COST_MODALITY,
	CM_COST_RHYTHM,
	CM_COST_PREFERENCE,
	CM_COST_MOVED,
	CM_COST_LAST
} CmCostPart;

typedef struct {
	gint64 part[CM_COST_LAST];
} CmCost;

typedef struct {
	guint32 session;
	gchar *reason; /* a message (include/cm-message.h), never empty; owned by the plan */
} CmUnscheduled;

typedef struct {
	GArray *placements;  /* CmPlacement, by session index */
	GArray *unscheduled; /* CmUnscheduled, by session index */
	CmCost cost;
} CmPlan;

CmPlan *
cm_plan_new(void);
void
cm_plan_free(CmPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPlan, cm_plan_free)

/* Put both lists in the order of their sessions' indices. */
void
cm_plan_sort(CmPlan *plan);

/* What a plan in that order says of a session that it leaves out, the plan's own; NULL when it places it. */
CmUnscheduled *
cm_plan_find_unscheduled(const CmPlan *plan, guint32 session);

/* The sum of the parts. */
gint64
cm_cost_get_total(const CmCost *cost);

/* "unscheduled", "lateness", … */
const gchar *
cm_cost_part_to_string(CmCostPart part);
