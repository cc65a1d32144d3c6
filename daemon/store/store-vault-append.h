// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* How the vault's cases (store-vault.h) grow: who adds to one signs with their own newest keys, by the newest directory, and of now. */

/* Who hands records over, and when. */
typedef struct {
	guint32 uid;
	gint64 student; /* whom a new case is about; 0: there is none to be */
	gint64 now;
} CmStoreVaultOrder;

/* Take records that follow what is at hand, of one case or several, in an order in which each stands behind what it names: epochs,
 * envelopes, notes each with its body, heads; deposits. All of them, or none. A new epoch comes with the envelopes of its responsible and,
 * where it names a deposit, of their escrow key. What is at hand already is passed over, so that a call whose answer was lost can be made
 * again. `out_cases`: how many cases have changed.
 *
 * CM_ERROR_INVALID_INPUT: one does not hold, or comes without what it must come with. CM_ERROR_CONFLICT: it does not follow what is at
 * hand (somebody else was first), is of an older directory, or of another time than now. CM_ERROR_ACCESS_DENIED: whoever signed it was not
 * entitled, or is not the caller. */
gboolean
cm_store_vault_append(CmStore *store,
		      const CmStoreVaultOrder *order,
		      GBytes *octets,
		      guint *out_cases,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
