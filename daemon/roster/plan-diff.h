// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/plan.h"

/* What changes for people when one plan takes another's place, session by session. The plans may be of two caseloads, before
 * and after a change of the roster: sessions, rooms and companions are matched by their ids. */

typedef enum {
	CM_PLAN_CHANGE_ADDED,   /* placed now, not before */
	CM_PLAN_CHANGE_REMOVED, /* placed before, not now */
	CM_PLAN_CHANGE_MOVED, /* another date, start or mode: what the contract's cost calls moved */
	CM_PLAN_CHANGE_ROOM,  /* only another room or companion */
	CM_PLAN_CHANGE_LAST
} CmPlanChangeKind;

typedef struct {
	CmPlanChangeKind kind;
	const gchar *session; /* its id */
	CmPlacement from;     /* indices of the caseload before; unless added */
	CmPlacement to;       /* indices of the caseload after; unless removed */
} CmPlanChange;

typedef struct {
	const CmCaseload *before;
	const CmCaseload *after;
	GArray *
	    changes; /* CmPlanChange, by date and start (where it stands now, or stood), then by id */
	guint count[CM_PLAN_CHANGE_LAST];
	guint unchanged;
	guint unscheduled_before;
	guint unscheduled_after;
} CmPlanDiff;

/* The difference of two plans, each over its caseload, which stay the caller's and outlive it. A NULL plan is one without any
 * session (nothing was published). Returns: (transfer full) */
CmPlanDiff *
cm_plan_diff_new(const CmPlan *from,
		 const CmCaseload *before,
		 const CmPlan *to,
		 const CmCaseload *after);
void
cm_plan_diff_free(CmPlanDiff *diff);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPlanDiff, cm_plan_diff_free)

/* "added", "removed", "moved", "room" */
const gchar *
cm_plan_change_kind_to_string(CmPlanChangeKind kind);

/* Writes it as a comodal-plan-diff/1 document (docs/formats.md). Fails with CM_ERROR_FAILED when the descriptor can't be
 * written. */
gboolean
cm_plan_diff_write_fd(const CmPlanDiff *diff, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;
