// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* Bring the roster to what a caseload says. */

typedef struct {
	guint added;
	guint changed;
	guint removed;
	guint untouched;
} CmStoreChange;

typedef struct {
	CmStoreChange kinds[CM_STORE_KIND_LAST];
	guint
	    kept; /* things that the document does not have, and that stay since something is booked with them, see below */
	guint withdrawn;        /* published bookings that no longer stand, see below */
	guint previous_adopted; /* placements of the document's `previous` that became the published
				   plan */
	guint previous_ignored; /* those that did not, because there is a published plan already */
	guint64 roster_version; /* after the import; the same as before when nothing differed */
} CmStoreReport;

typedef struct {
	gboolean dry_run; /* compare only: the report is filled, nothing is written */
	CmStorePresence presence;
	gpointer presence_data;
	gint64 now;   /* an instant: what is before it is past; 0: nothing is */
	gint64 actor; /* uid, or CM_AUDIT_DAEMON; without options: the daemon */

	/* within the transaction, before anything is compared and after everything is written, of a dry run too: FALSE ends it.
	 * Either may be NULL. */
	gboolean (*begin)(CmStore *store, gpointer step_data, GError **error);
	gboolean (*finish)(CmStore *store,
			   const CmStoreReport *report,
			   gpointer step_data,
			   GError **error);
	gpointer step_data;
} CmStoreImportOptions;

/* Import, in one transaction. Things are matched by their id: what the caseload does not have is
 * removed, what differs is changed. `options` may be NULL.
 *
 * Published bookings follow: one whose session, room or companion is gone, whose act changed, whose
 * student changed site, or that now overlaps another because its people or its length changed, is
 * withdrawn and counted; others take the new length and people. A new time zone while something is
 * published is a CM_ERROR_CONFLICT.
 *
 * Of what is booked, an import takes away nothing that was booked by hand, that has an outcome, or that is past: what such a
 * booking needs (its session, people, room) stays in the roster though the document does not have it, and is counted as kept; it keeps
 * its people and its length once it is past. One booked by hand that would now overlap another is a CM_ERROR_CONFLICT. In the same
 * way whoever has a consent, an answer about suitability, a derogation or a request for service on record stays, with whoever decides
 * for a student who stays: no document has these.
 *
 * `previous` becomes the published plan when none is (an empty database, a restored export); else
 * it is left aside and counted. Placements of it that overlap are a CM_ERROR_CONFLICT. */
gboolean
cm_store_import_caseload(CmStore *store,
			 const CmCaseload *caseload,
			 const CmStoreImportOptions *options,
			 CmStoreReport *out_report,
			 GCancellable *cancellable,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
