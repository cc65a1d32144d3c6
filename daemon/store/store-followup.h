// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/followup-state.h"
#include "daemon/store/store.h"

/* The states of follow-ups, and what a change of one does to what is booked. */

typedef struct {
	CmFollowupState state;
	guint coming; /* sessions booked or on hold that have not begun */
} CmStoreFollowup;

/* Its state alone, or CM_ERROR_NOT_FOUND. */
gboolean
cm_store_followup_get_state(CmStore *store,
			    gint64 number,
			    CmFollowupState *out_state,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How a follow-up stands at `now`, or CM_ERROR_NOT_FOUND. */
gboolean
cm_store_followup_get(CmStore *store,
		      gint64 number,
		      gint64 now,
		      CmStoreFollowup *out_followup,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The numbers of those that are not active: their sessions are neither planned nor booked. Returns: (transfer full) (element-type
 * gint64): a set */
GHashTable *
cm_store_followup_find_inactive(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	gint64 actor; /* uid */
	gint64 now;
	CmFollowupState was;   /* as the caller knows it: another one is a conflict */
	CmFollowupEvent event; /* what happens to it */
	gboolean withdraw;     /* cancel what is still to come, where it leads out of `active` */
} CmStoreFollowupCall;

/* In one transaction with its audit entries. CM_ERROR_CONFLICT: it is in another state, the event can't happen in this one, or
 * something is still to come and `withdraw` is not set (the message says how much). What was cancelled is appended to `withdrawn`
 * (CmStoreStamp), with its notices queued. */
gboolean
cm_store_followup_change(CmStore *store,
			 gint64 number,
			 const CmStoreFollowupCall *call,
			 CmFollowupState *out_state,
			 GArray *withdrawn,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
