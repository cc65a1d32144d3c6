// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/plan.h"
#include "daemon/store/store.h"

/* Plans: drafts, the published one, and those it replaced. The published plan is its bookings,
 * which the overlap guard (docs/data-model.md) keeps free of double bookings whoever writes them.
 */

/* Drafts and superseded plans kept; adding or publishing one more forgets the oldest of its kind.
 */
#define CM_STORE_PLANS_MAX 20

typedef enum {
	CM_PLAN_STATE_DRAFT,
	CM_PLAN_STATE_PUBLISHED,
	CM_PLAN_STATE_SUPERSEDED,
	CM_PLAN_STATE_LAST
} CmPlanState;

/* "draft", "published", "superseded" */
const gchar *
cm_store_plan_state_to_string(CmPlanState state);

typedef struct {
	guint64 number; /* from 1, never given twice */
	CmPlanState state;
	gint64 made_at;      /* UTC, seconds */
	gint64 published_at; /* 0: never */
	guint placed;        /* as it was made */
	guint unscheduled;
	CmCost cost;
	guint64 roster_version; /* it was made from */
} CmPlanInfo;

/* Keep a plan over `caseload`, which is the roster at `roster_version`, as a new draft. A session,
 * room or companion that is no longer in the roster is a CM_ERROR_CONFLICT. */
gboolean
cm_store_plan_add(CmStore *store,
		  const CmCaseload *caseload,
		  const CmPlan *plan,
		  guint64 roster_version,
		  CmStorePresence presence,
		  gpointer presence_data,
		  guint64 *out_number,
		  GCancellable *cancellable,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of CmPlanInfo, newest first. Returns: (transfer full) (element-type CmPlanInfo) */
GArray *
cm_store_plan_list(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One plan's line of the list; number 0 is the published one. CM_ERROR_NOT_FOUND. */
gboolean
cm_store_plan_get_info(CmStore *store, guint64 number, CmPlanInfo *out_info, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A plan over `caseload` (the roster at its present version); number 0 is the published one. What
 * the plan says of sessions that the roster no longer has is left out; sessions the plan does not
 * know are among its unscheduled with a reason that says so. The cost is the one it was made with.
 * CM_ERROR_NOT_FOUND. Returns: (transfer full) */
CmPlan *
cm_store_plan_load(CmStore *store,
		   const CmCaseload *caseload,
		   guint64 number,
		   GCancellable *cancellable,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forget a draft. CM_ERROR_NOT_FOUND; CM_ERROR_CONFLICT for a plan that is or was published. `actor`: uid, for the audit log. */
gboolean
cm_store_plan_discard(CmStore *store, guint64 number, gint64 actor, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	guint placed;  /* bookings that stand now */
	guint added;   /* sessions that had none */
	guint changed; /* sessions that had another one */
	guint removed; /* bookings that no longer stand */
	guint kept;    /* those that stay though the plan has them elsewhere, or not */
} CmPublishReport;

/* Make a draft the published plan: its placements become the bookings, the plan it replaces is
 * superseded; in one transaction. What was booked by hand or has an outcome stays as it is, and is counted as kept where the draft
 * has it elsewhere; what was cancelled since the draft was made stays cancelled. A draft that would change a day which is over by
 * `now`, an instant, since it was made, or that does not agree with the order of what was booked since, is a CM_ERROR_CONFLICT. `expected` is the published plan's number as the caller knows it,
 * 0 for none. CM_ERROR_CONFLICT: another plan is published, the draft was made from an older
 * roster, is not a draft, or two of its sessions overlap (the message names them and the time).
 * CM_ERROR_NOT_FOUND. `out_report` may be NULL. */
gboolean
cm_store_plan_publish(CmStore *store,
		      guint64 number,
		      guint64 expected,
		      gint64 actor,
		      gint64 now,
		      CmPublishReport *out_report,
		      GCancellable *cancellable,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
