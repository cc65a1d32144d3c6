// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-escrow.h"
#include "daemon/agent/agent-notes.h"

/* What somebody left behind, taken over by whom two custodians released it to. The worker's thread alone. */

/* Put two halves together, open what was left, and begin a new epoch of each file by the person: all that open, in one call, or none. The
 * owner's own access ends; whoever else reads goes on. `out_taken`: how many are the person's now; `out_left` (agent-left.h, transfer full):
 * those of which nothing was changed, and why. CM_ERROR_CONFLICT: there are not two releases that open yet; CM_ERROR_ACCESS_DENIED:
 * they are not for these keys. */
gboolean
cm_agent_takeover_run(CmAgentNotes *notes,
		      const CmAgentEscrow *escrow,
		      const CmVaultRecord *request,
		      guint *out_taken,
		      GPtrArray **out_left,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
