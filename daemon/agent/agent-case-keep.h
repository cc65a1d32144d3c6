// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-case.h"

/* A case that is kept for the next time, and gone on with. */

/* Go on with a case that was read before, and closed since: `records` are those that came behind what it knows, then its members' heads. FALSE:
 * it has to be read anew, which says why; then it is of no more use. */
gboolean
cm_agent_case_keep_continue(CmAgentCase *self,
			    const CmAgentCasePlace *place,
			    GBytes *records,
			    const CmAgentMemory *memory) G_GNUC_WARN_UNUSED_RESULT;

/* Whether what another reading of it knew is there, and the same. CM_ERROR_STORE. */
gboolean
cm_agent_case_keep_check(const CmAgentCase *self,
			 const CmAgentCase *before,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its end, to be remembered: as long as the case. */
CmVaultRememberedCase
cm_agent_case_keep_describe_end(const CmAgentCase *self);

/* Whether it is the person's own and opens with earlier keys of theirs, and not with these: it was not carried over yet. At least one epoch
 * is there. */
gboolean
cm_agent_case_keep_is_of_earlier_keys(const CmAgentCase *self);
