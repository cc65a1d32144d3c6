// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/roster-change-document.h"

/* A table brought into the roster: from a CSV file in a descriptor to what came of it. */

typedef struct {
	CmRosterChangeRequest *change; /* who, the descriptor, and what an import by hand may do */
	gchar *kind;
	GVariant *mapping; /* a{ss}, or NULL */
	gchar *dates;      /* "", "day-first", "month-first" */
	gchar *source;     /* "": none */
	gboolean skip_bad;
} CmRosterTableRequest;

void
cm_roster_table_document_free_request(gpointer request);

/* A CmReplyWrite of such a request. */
gboolean
cm_roster_table_document_write(CmService *service,
			       const CmPolicySet *policies,
			       gpointer data,
			       gint fd,
			       GCancellable *cancellable,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
