// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

#include <json-glib/json-glib.h>

/* Doors as staff see them: a comodal-door/1 document (docs/formats.md). */

typedef struct {
	CmService *service;
	CmCaller *caller;
	gint64 subject; /* 0: those that are near */
} CmDoorQuery;

/* On the worker's thread; `data` is a CmDoorQuery. CM_ERROR_NOT_FOUND: the subject is not theirs. */
gboolean
cm_door_document_make(CmStore *store,
		      CmPolicySet *policies,
		      gpointer data,
		      JsonBuilder *builder,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The telephone number that somebody gave at a door, in what they answered (JSON, or NULL); NULL: none. Returns: (transfer full) */
gchar *
cm_door_document_dup_phone(const gchar *answers);
