// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-fields.h"
#include "daemon/vault/vault-hash.h"
#include "daemon/vault/vault-secret.h"

/* One record: its octets, and its fields as views of them. */
typedef struct _CmVaultRecord CmVaultRecord;

#define CM_VAULT_RECORD_HEAD_BYTES 16
#define CM_VAULT_SIGNATURE_BYTES 64

/* A set of kinds that are asked for: CM_VAULT_RECORD_OF(kind) | … */
#define CM_VAULT_RECORD_OF(kind) (G_GUINT64_CONSTANT(1) << (kind))

/* Whether a record of one of `kinds` begins here; how long it is by its own word, and what. `octets` may go on behind it. Everything
 * of “What a reader must reject” up to and with the second “truncated”. */
CmVaultClass
cm_vault_record_frame(const guint8 *octets,
		      gsize length,
		      guint64 kinds,
		      CmVaultKind *out_kind,
		      gsize *out_length) G_GNUC_WARN_UNUSED_RESULT;

/* Read one record, that `octets` holds and nothing else; nothing of it is verified but its form and its ⊘. The record keeps `octets`. */
CmVaultClass
cm_vault_record_read(CmVaultKind kind,
		     GBytes *octets,
		     CmVaultRecord **out_record) G_GNUC_WARN_UNUSED_RESULT;

CmVaultRecord *
cm_vault_record_ref(CmVaultRecord *record);

/* Takes a gpointer, so that it is a GDestroyNotify; NULL is none. */
void
cm_vault_record_unref(gpointer record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmVaultRecord, cm_vault_record_unref)

CmVaultKind
cm_vault_record_get_kind(const CmVaultRecord *record);

/* The structure of its kind (vault-fields.h), as long as the record. NULL when it is of another kind. (transfer none) */
gconstpointer
cm_vault_record_get_fields(const CmVaultRecord *record, CmVaultKind kind);

/* The same of a record that may be of another kind; then NULL. (transfer none) (nullable) */
gconstpointer
cm_vault_record_find_fields(const CmVaultRecord *record, CmVaultKind kind);

/* (transfer none) */
GBytes *
cm_vault_record_get_octets(const CmVaultRecord *record);

/* H("record", octets). (transfer none) */
const guint8 *
cm_vault_record_get_hash(const CmVaultRecord *record);

/* All octets before the member at `offset` of its structure. (transfer none) */
const guint8 *
cm_vault_record_get_before(const CmVaultRecord *record, gsize offset, gsize *out_length);

/* The octets of a record of these fields, whatever they say. Returns: (transfer full) */
GBytes *
cm_vault_record_write(CmVaultKind kind, gconstpointer fields);

/* The same in guarded memory; NULL: there is none. Returns: (transfer full) (nullable) */
CmVaultSecret *
cm_vault_record_write_secret(CmVaultKind kind, gconstpointer fields);

/* Write and sign it with `n_seeds` Ed25519 seeds, as many as its kind has signatures. NULL when memory can't be locked.
 * Returns: (transfer full) (nullable) */
GBytes *
cm_vault_record_sign(CmVaultKind kind,
		     gconstpointer fields,
		     const guint8 *const *seeds,
		     guint n_seeds) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the signature number `slot` (from 1) holds by `sign_key`: CM_VAULT_CLASS_OK or CM_VAULT_CLASS_SIGNATURE. */
CmVaultClass
cm_vault_record_verify(const CmVaultRecord *record,
		       guint slot,
		       const guint8 *sign_key) G_GNUC_WARN_UNUSED_RESULT;
