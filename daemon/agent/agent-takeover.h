// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-escrow.h"
#include "daemon/agent/agent-notes.h"

/* What somebody left behind, taken over by whom two custodians released it to. The worker's thread alone. */

/* How it went. */
typedef struct {
	guint taken;  /* files that are the person's now */
	guint closed; /* files that did not open: nothing of them was changed */
} CmAgentTakeover;

/* Put two halves together, open what was left, and begin a new epoch of each file by the person: all that open, in one call, or none. The
 * owner's own access ends; whoever else reads goes on. CM_ERROR_CONFLICT: there are not two releases that open yet; CM_ERROR_ACCESS_DENIED:
 * they are not for these keys. */
gboolean
cm_agent_takeover_run(CmAgentNotes *notes,
		      const CmAgentEscrow *escrow,
		      const CmVaultRecord *request,
		      CmAgentTakeover *out_result,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
