// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-case.h"

/* Who co-signs what a trainee wrote. */

/* The note that co-signs the one at that place; 0: none yet. */
guint64
cm_agent_cosign_find(const CmAgentCase *about, guint64 sequence);

/* Whether the person may co-sign this note of a case. CM_ERROR_INVALID_INPUT: it asks for none; CM_ERROR_ACCESS_DENIED. */
gboolean
cm_agent_cosign_check(const CmAgentCase *about,
		      const CmVaultNote *note,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
