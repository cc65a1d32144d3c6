// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-comodald.h"

/* What comodald has on record of who asked for a file, or allowed that it goes elsewhere. The worker's thread alone. */

typedef struct {
	guint64 number; /* 0: nothing is recorded, nor has to be */
	guint32 since;  /* as records have days */
	gchar *basis;   /* of the record, and what else is to be said behind it */
} CmAgentDisclosure;

void
cm_agent_disclosure_clear(CmAgentDisclosure *disclosure);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmAgentDisclosure, cm_agent_disclosure_clear)

/* For an export of a case with this purpose (CM_VAULT_PURPOSE_…): what is recorded, or else `since` and `basis` as they were given. `number`:
 * which, 0: the only open one. CM_ERROR_POLICY: a transfer that may not be done, or not yet; CM_ERROR_INVALID_INPUT: no day at all. */
gboolean
cm_agent_disclosure_find(CmAgentComodald *comodald,
			 const guint8 *case_id,
			 guint8 purpose,
			 guint64 number,
			 guint32 since,
			 const gchar *basis,
			 GCancellable *cancellable,
			 CmAgentDisclosure *out_disclosure,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
