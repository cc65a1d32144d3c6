// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-private.h"
#include "daemon/vault/vault-case.h"

/* Cases that were checked lately: the next note of one is checked without all of its signatures. Private to daemon/store. */

#define CM_VAULT_CACHE_CASES 16

/* A case as it stands in the database, to be added to; NULL when it is not kept, or was kept of another state of the database or another
 * directory. It is the caller's until it is put back: one that something failed on is not. `out_case` may become NULL without an error.
 * (transfer full) */
gboolean
cm_vault_cache_take(CmStore *store,
		    gint64 row,
		    const CmVaultPeople *people,
		    CmVaultCase **out_case,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keep it, in the transaction that it was added to in; takes it. The one used longest ago gives way. */
gboolean
cm_vault_cache_put(CmStore *store,
		   gint64 row,
		   const CmVaultPeople *people,
		   CmVaultCase *kept,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* With all that it keeps; NULL is none. */
void
cm_vault_cache_free(struct _CmVaultCache *cache);
