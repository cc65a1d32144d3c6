// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-memory.h"
#include "daemon/vault/vault-people.h"

/* What keys that were stolen since had signed before (docs/vault-format.md, “revoked”). It is believed where the agent remembers it; where a
 * record that it remembers, or that a later generation of the same person signed, names it by its hash, itself or by way of those that
 * stand before. */
typedef struct _CmAgentVouch CmAgentVouch;

/* Of all records of a case: `frames` (element-type CmVaultFrame); `known`: what is remembered of it, NULL: nothing. Both as long as the
 * answer is used. Returns: (transfer full) */
CmAgentVouch *
cm_agent_vouch_new(CmVaultPeople *people, const GArray *frames, const CmVaultRememberedCase *known);
void
cm_agent_vouch_free(CmAgentVouch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentVouch, cm_agent_vouch_free)

/* Whether one of them, which was found to be of a revoked signer, is believed all the same. */
gboolean
cm_agent_vouch_covers(CmAgentVouch *self, GBytes *octets);

/* Have one, or one that stands on one that was, left out: it is of no use, and takes nothing else with it. Epochs and notes can't be. */
gboolean
cm_agent_vouch_leave_out(CmAgentVouch *self, CmVaultClass found, GBytes *octets);
