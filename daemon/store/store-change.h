// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/roster-change.h"
#include "daemon/store/store-import.h"

/* The roster changed by hand. */

typedef struct {
	const GPtrArray *changes; /* CmRosterChange */
	const CmCaseload *
	    caseload; /* what the roster becomes: cm_roster_change_apply() of the version below and these changes */
	guint64 version;   /* of the roster that it was made from */
	gboolean withdraw; /* booked sessions that can't stand any more may go */
	gboolean dry_run;
	gint64 actor; /* uid */
	gint64 now;   /* seconds UTC */
	CmStorePresence presence;
	gpointer presence_data;
} CmStoreChangeRequest;

/* Bring the roster to it, in one transaction, each change with its entry in the audit log ("student.add", "room.edit" …). Bookings
 * follow as in an import (store-import.h), but only where `withdraw` says so; what has taken place, consents, answers about
 * suitability, derogations and requests never go, nor what is still booked with whoever would be removed. What stands against it is
 * added to `problems` and fails with CM_ERROR_INVALID_INPUT. CM_ERROR_CONFLICT: the roster has another version by now; make the
 * caseload again. `out_numbers`: of each change's thing, 0 where there is none (transfer full); `out_report` as of an import. */
gboolean
cm_store_change_roster(CmStore *store,
		       const CmStoreChangeRequest *request,
		       GPtrArray *problems,
		       GArray **out_numbers,
		       CmStoreReport *out_report,
		       GCancellable *cancellable,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
