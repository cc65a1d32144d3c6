// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

#include <json-glib/json-glib.h>

/* `comodal-time-requests/1` (docs/formats.md): requests for another time, with what is booked, what the desk says of the time proposed
 * and what it offers instead. */

#define CM_TIME_REQUEST_DOCUMENT_MAX 100 /* requests in one */
#define CM_TIME_REQUEST_SLOTS_MAX 16     /* of each */

typedef struct {
	CmCaller *caller;
	gint64 number;  /* only this one; 0: all */
	gint64 subject; /* only of it; 0: all */
	gboolean all;   /* those decided too */
	guint count;    /* slots of each */
	guint days;     /* how far they are looked for */
} CmTimeRequestQuery;

/* A CmReplyChange: `data` is a CmTimeRequestQuery. */
GVariant *
cm_time_request_document_make(CmService *service,
			      CmStore *store,
			      const CmPolicySet *policies,
			      gpointer data,
			      gint *out_fd,
			      GCancellable *cancellable,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
