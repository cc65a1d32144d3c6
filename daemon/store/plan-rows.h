// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-plan.h"
#include "daemon/store/store-private.h"

/* The rows of a plan. The caller holds the transaction. Private to daemon/store. */

/* Write a plan as a draft; see cm_store_plan_add(). */
gboolean
cm_plan_rows_add(CmStore *store,
		 const CmCaseload *caseload,
		 const CmPlan *plan,
		 guint64 roster_version,
		 CmStorePresence presence,
		 gpointer presence_data,
		 gint64 *out_number,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Make a plan the published one and the one before it, if any, superseded. Its bookings are not
 * touched. */
gboolean
cm_plan_rows_set_published(CmStore *store, gint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forget the oldest drafts and superseded plans beyond CM_STORE_PLANS_MAX of each. */
gboolean
cm_plan_rows_forget_old(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fill a plan's two lists over `caseload`: of the bookings if `published`, else of the plan's own
 * rows. */
gboolean
cm_plan_rows_load(CmStore *store,
		  const CmCaseload *caseload,
		  gint64 number,
		  gboolean published,
		  CmPlan *plan,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;
