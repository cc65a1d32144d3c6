// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"
#include "daemon/vault/vault-record.h"

/* The vault's cases: records that comodald can check and can't open (docs/vault-format.md, “Cases” and “Notes”). Who reads one must have
 * an envelope in it. How they grow: store-vault-append.h. */

typedef struct {
	gint64 number;
	guint8 name[CM_VAULT_ID_BYTES]; /* in the records */
	gint64 student;
	guint8 file;          /* 1 school record … 4: an epoch's */
	gboolean responsible; /* whether the caller is, by the newest epoch */
	guint epochs;
	guint notes;
	guint waiting; /* how many of them for a co-signature */
	gint64 changed_at;
} CmStoreVaultCase;

/* Which cases: of those that the account has an envelope in. */
typedef struct {
	guint32 uid;
	gint64 student;     /* 0: any */
	const guint8 *name; /* NULL: any */
	const guint8 *
	    deposit; /* instead those that were left with this one, once it was released to the account; NULL */
} CmStoreVaultFilter;

/* The newest changed first. Returns: (transfer full) (element-type CmStoreVaultCase) */
GArray *
cm_store_vault_list(CmStore *store,
		    const CmStoreVaultFilter *filter,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The records of a case in the order in which they came, those of its responsibles' escrow keys among them, then the heads that its members
 * left. `after`: only those records that stand behind the one of that hash, and in `out_before` how many stand up to it (0: it is none of
 * them, and all are given); NULL: all. CM_ERROR_NOT_FOUND: it is not there, or not the account's to read. Returns: (transfer full) */
GBytes *
cm_store_vault_get_records(CmStore *store,
			   guint32 uid,
			   const guint8 *name,
			   const guint8 *after,
			   guint64 *out_before,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bodies of a case: of the `count` notes whose hashes stand in `notes`, in that order, or with 0 of all. CM_ERROR_NOT_FOUND as above, or
 * one of them is no note of it. Returns: (transfer full) */
GBytes *
cm_store_vault_get_bodies(CmStore *store,
			  guint32 uid,
			  const guint8 *name,
			  const guint8 *notes,
			  gsize count,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- drafts: one's own alone */

/* Keep a draft, of a case that is the account's to read; of a lower or the same revision than what is kept: CM_ERROR_CONFLICT, but for
 * the very same octets. */
gboolean
cm_store_vault_put_draft(CmStore *store, guint32 uid, GBytes *octets, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* An account's drafts of a case, or with NULL of all. Returns: (transfer full) */
GBytes *
cm_store_vault_get_drafts(CmStore *store, guint32 uid, const guint8 *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Forget one; none is no error. */
gboolean
cm_store_vault_drop_draft(CmStore *store,
			  guint32 uid,
			  const guint8 *name,
			  const guint8 *draft,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
