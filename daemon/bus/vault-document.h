// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/json-document.h"

typedef struct {
	CmService *service;
	CmCaller *caller;
	gint64 student;  /* 0: any */
	GBytes *name;    /* NULL: any case */
	GBytes *deposit; /* instead what was left with this one, and released to the caller; NULL */
} CmVaultQuery;

/* A CmJsonDocumentMake for a CmVaultQuery: comodal-cases/1. */
gboolean
cm_vault_document_make(CmStore *store,
		       CmPolicySet *policies,
		       gpointer data,
		       JsonBuilder *builder,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
