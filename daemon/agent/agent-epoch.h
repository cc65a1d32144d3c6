// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-access.h"

/* An epoch of a case: a new key for what comes, and an envelope of it for everybody who goes on reading (docs/vault-format.md, “Cases”). */

/* What the responsible of a case may do in it. */
#define CM_AGENT_EPOCH_RIGHTS (CM_VAULT_RIGHT_READ | CM_VAULT_RIGHT_WRITE)

/* Why there is another, and who has what from then on. */
typedef struct {
	guint8 authority;                         /* CM_VAULT_AUTHORITY_… */
	guint8 reason;                            /* CM_VAULT_REASON_… */
	guint8 file;                              /* of the first; later ones are of the same */
	const CmVaultDirectoryEntry *responsible; /* NULL: the person whose agent this is */
	const CmVaultRecord
	    *deposit; /* the responsible's (agent-deposit.h); NULL: there are no custodians */
	const guint8 *releases[2]; /* hashes, ascending, by CM_VAULT_AUTHORITY_CUSTODIANS */
	const GArray *
	    readers; /* CmAgentAccessReader: who reads it besides, with their rights; NULL: nobody. The responsible is passed over */
} CmAgentEpochOrder;

/* Whether a deposit is one that no epoch of the case is ahead of: none names a newer one of the same keys, or another by its number, and nothing
 * of it was released. What comodald has of a person can lack the newest; the case tells. CM_ERROR_STORE. */
gboolean
cm_agent_epoch_check_deposit(const CmAgentCase *about,
			     const CmVaultRecord *deposit,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Add the next epoch, or the first, to a case, and its records to `records`: the epoch; envelopes of its key for the responsible, for their
 * custodians, and for the readers; of the earlier keys that are at hand, for the custodians, and for the responsible where they have none.
 * Of a first epoch cm_agent_case_begin() makes the case. CM_ERROR_ACCESS_DENIED, CM_ERROR_INVALID_INPUT: it would not hold;
 * CM_ERROR_STORE: its deposit does not, as above. */
gboolean
cm_agent_epoch_add(CmAgentCase *about,
		   const CmAgentEpochOrder *order,
		   guint64 now,
		   GByteArray *records,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
