// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"
#include "daemon/vault/vault-record.h"

/* The minutes of meetings: records that comodald can check and can't open (docs/vault-format.md, “Minutes”), for whoever they are sealed for,
 * and their author. They are in no chain: their author takes them away with the record. */

#define CM_STORE_VAULT_MINUTES_MAX 20000 /* of one author */
#define CM_STORE_VAULT_MINUTES_ANSWER_MAX                                                          \
	(64u << 20) /* octets of an answer: those that are left come with the next */

/* Keep minutes that the account's own newest keys signed, now, by the newest directory, for people who are in force in it. The very same
 * again is passed over. CM_ERROR_INVALID_INPUT: they do not hold; CM_ERROR_CONFLICT: of another directory or time than now, others have
 * this id, or there are CM_STORE_VAULT_MINUTES_MAX; CM_ERROR_ACCESS_DENIED; CM_ERROR_NOT_FOUND: they correct what is not there for the
 * account. */
gboolean
cm_store_vault_minutes_put(CmStore *store, guint32 uid, GBytes *octets, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Which minutes: of those that the account wrote or that are sealed for it. */
typedef struct {
	guint32 uid;
	const guint8 *name; /* only these; NULL: all */
	gint64 after;       /* a place, as `out_last` gave it; 0: from the beginning */
} CmStoreVaultMinutesFilter;

/* In the order in which they came, until the answer is long enough; `out_last` is the last one's place, or `after` when there are no more.
 * Those that are asked for by name count as opened by the account from then on. CM_ERROR_NOT_FOUND: those that are asked for by name are not there, or not the account's to read. Returns: (transfer full) */
GBytes *
cm_store_vault_minutes_get(CmStore *store,
			   const CmStoreVaultMinutesFilter *filter,
			   gint64 *out_last,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Take one's own away; none is no error. CM_ERROR_ACCESS_DENIED: somebody else wrote them. */
gboolean
cm_store_vault_minutes_drop(CmStore *store,
			    guint32 uid,
			    const guint8 *name,
			    gint64 now,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
