// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

#include <json-glib/json-glib.h>

/* Requests for help as staff see them: a comodal-help/1 document (docs/formats.md). */

typedef struct {
	CmService *service;
	CmCaller *caller;
	gint64 subject; /* 0: any */
	gint64 number;  /* 0: any */
	gboolean all;   /* those closed too */
} CmHelpQuery;

/* On the worker's thread; `data` is a CmHelpQuery. */
gboolean
cm_help_document_make(CmStore *store,
		      CmPolicySet *policies,
		      gpointer data,
		      JsonBuilder *builder,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
