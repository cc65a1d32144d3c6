// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-escrow.h"
#include "daemon/agent/agent-notes.h"

/* A person's escrow key, left with custodians before any case needs it. The worker's thread alone. */

/* See to it that the person has a deposit. Where no new epoch can name one (there is none yet, one of its custodians is none any more,
 * something of it was released) a new one is made and handed over, together with a new epoch of every case that the person is responsible
 * for: all of it in one call, and remembered. A case that does not hold is left out: what it has stays with the custodians of before, and
 * the list of cases shows it. `out_deposit` NULL: there are no custodians. Before a case is opened in `notes`, for it may get that epoch.
 * CM_ERROR_NOT_SUPPORTED: agent-escrow.h. (transfer full) */
gboolean
cm_agent_deposit_keep(CmAgentNotes *notes,
		      CmVaultRecord **out_deposit,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a new epoch, which names it: a case of the person's own that is remembered has to agree that it is the newest, for comodald
 * could show an older one, whose escrow key was released long ago. CM_ERROR_STORE: it does not agree. Leaves any case open in `notes`. */
gboolean
cm_agent_deposit_need(CmAgentNotes *notes,
		      CmVaultRecord **out_deposit,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* That of somebody else, who is to be responsible. CM_ERROR_NOT_FOUND: they have left none yet that counts; their own agent does, when they
 * unlock. `out_deposit` NULL: there are no custodians. (transfer full) */
gboolean
cm_agent_deposit_find(CmAgentNotes *notes,
		      const CmVaultDirectoryEntry *entry,
		      CmVaultRecord **out_deposit,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
