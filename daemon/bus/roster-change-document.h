// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "daemon/roster/json-sink.h"
#include "daemon/roster/roster-change.h"
#include "daemon/store/store-change.h"

/* Changes of the roster by hand: from a document in a descriptor to its result. */

typedef struct {
	CmCaller *caller;
	gint fd; /* closed with it; -1 for none */
	gboolean dry_run;
	gboolean withdraw;
} CmRosterChangeRequest;

/* Takes the descriptor. Returns: (transfer full) */
CmRosterChangeRequest *
cm_roster_change_document_new_request(const CmCaller *caller, gint fd);
void
cm_roster_change_document_free_request(gpointer request);

/* A CmReplyWrite: read the document of the request (`data`), do what it says, and write what came of it to `fd`. */
gboolean
cm_roster_change_document_write(CmService *service,
				const CmPolicySet *policies,
				gpointer data,
				gint fd,
				GCancellable *cancellable,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes of a file or a memfd from its current offset, at most `maximum` of them. Fails with CM_ERROR_INVALID_INPUT. Returns:
 * (transfer full) */
GBytes *
cm_roster_change_document_read(gint fd, gsize maximum, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The member "problems" of a result. */
void
cm_roster_change_document_add_problems(CmJsonSink *sink, const GPtrArray *problems);

/* What came of changes. */
typedef struct {
	GPtrArray *problems; /* CmRosterProblem; none: it was done */
	GArray *numbers;     /* gint64 of each change, or NULL */
	CmStoreReport report;
} CmRosterChangeOutcome;

void
cm_roster_change_document_clear_outcome(CmRosterChangeOutcome *outcome);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmRosterChangeOutcome, cm_roster_change_document_clear_outcome)

/* Do changes (an array of CmRosterChange) as the request says: TRUE also when there are problems, which are in the outcome. Not on
 * the main loop. */
gboolean
cm_roster_change_document_run(CmService *service,
			      const CmPolicySet *policies,
			      const CmRosterChangeRequest *request,
			      const GPtrArray *changes,
			      CmRosterChangeOutcome *out_outcome,
			      GCancellable *cancellable,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
