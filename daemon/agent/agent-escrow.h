// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-escrow.h"

/* Deposits, requests, refusals and releases as an agent has them of comodald: those about its person's own escrow key, and those that are
 * its person's to see as custodian or recipient (docs/vault-format.md, “Custodians”). What does not hold because somebody's keys were
 * revoked is left out, with what stands on it. */
typedef struct _CmAgentEscrow CmAgentEscrow;

/* Whether an organisation has custodians: then no key of a case is made that is not left with three of them. */
gboolean
cm_agent_escrow_is_wanted(const CmVaultPeople *people);

/* Check them, in an order in which each stands behind what it names. `bundle` is to live longer. CM_ERROR_STORE: one does not hold.
 * Returns: (transfer full) */
CmAgentEscrow *
cm_agent_escrow_read(CmVaultPeople *people,
		     const CmVaultRecord *bundle,
		     GBytes *records,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_agent_escrow_free(CmAgentEscrow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentEscrow, cm_agent_escrow_free)

/* Check what was made here as whoever gets it will: a release before its delay is over, or behind a refusal, does not hold. */
CmVaultClass
cm_agent_escrow_check(CmAgentEscrow *self, GBytes *octets) G_GNUC_WARN_UNUSED_RESULT;

/* All that hold, in their order. (transfer none) (element-type CmVaultRecord) */
const GPtrArray *
cm_agent_escrow_get_records(const CmAgentEscrow *self);

/* The one of that hash. (transfer none) (nullable) */
const CmVaultRecord *
cm_agent_escrow_find(const CmAgentEscrow *self, CmVaultKind kind, const guint8 *hash);

/* The person's newest deposit, if a new epoch may name it: with three who are custodians now, and nothing of it was released.
 * (transfer none) (nullable) */
const CmVaultRecord *
cm_agent_escrow_get_deposit(const CmAgentEscrow *self);

/* The newest deposit of one generation of somebody's keys, if a new epoch may name it. (transfer none) (nullable) */
const CmVaultRecord *
cm_agent_escrow_find_deposit(const CmAgentEscrow *self, const guint8 *person, guint32 generation);

/* The person's next deposit, which is not handed over yet. Its three custodians are those whose ids come next behind the person's, and from
 * the lowest on again: so each has about as many to keep. CM_ERROR_NOT_SUPPORTED: there are not three besides the person.
 * Returns: (transfer full) */
CmVaultRecord *
cm_agent_escrow_make_deposit(const CmAgentEscrow *self,
			     guint64 now,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
