// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/json-document.h"

typedef struct {
	CmService *service;
	CmCaller *caller;
} CmRetentionQuery;

void
cm_retention_query_free(gpointer query);

/* A CmJsonDocumentMake for a CmRetentionQuery: comodal-retention/1. Who answers for the whole centre, and the directory's supervisors, see
 * every file; others those they can open, or are asked about. */
gboolean
cm_retention_document_make(CmStore *store,
			   CmPolicySet *policies,
			   gpointer data,
			   JsonBuilder *builder,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
