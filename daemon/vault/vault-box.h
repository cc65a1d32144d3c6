// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* seal and lock of docs/vault-format.md, and how a sealed key is bound to the record that it stands in. */

#define CM_VAULT_BOX_SEALED_BYTES 112 /* a key and a binding, sealed */
#define CM_VAULT_BOX_NONCE_BYTES 24
#define CM_VAULT_BOX_TAG_BYTES 16

/* seal(public_key, key + binding). FALSE: nothing can be sealed to such a key. */
gboolean
cm_vault_box_seal(const guint8 *public_key,
		  const guint8 *key,
		  const guint8 *binding,
		  guint8 out_sealed[CM_VAULT_BOX_SEALED_BYTES]) G_GNUC_WARN_UNUSED_RESULT;

/* Open it: CM_VAULT_CLASS_WRONG_KEY, or CM_VAULT_CLASS_REPLACED when it is bound to something else. */
CmVaultClass
cm_vault_box_open(const guint8 *box_secret,
		  const guint8 *sealed,
		  const guint8 *binding,
		  CmVaultSecret **out_key) G_GNUC_WARN_UNUSED_RESULT;

/* lock(): `length` octets of plain text and the tag to `out_locked`. */
void
cm_vault_box_lock(const guint8 *key,
		  const guint8 *nonce,
		  const CmVaultPart *bound,
		  const CmVaultPart *plain,
		  guint8 *out_locked);

/* The contrary: CM_VAULT_CLASS_ALTERED. */
CmVaultClass
cm_vault_box_unlock(const guint8 *key,
		    const guint8 *nonce,
		    const CmVaultPart *bound,
		    const CmVaultPart *locked,
		    CmVaultSecret **out_plain) G_GNUC_WARN_UNUSED_RESULT;

/* Write a record whose last field is `plain`, locked, bound to all octets before: a keyring, a body, a draft, a memory. That field of
 * `fields` is of the right length, and NULL. `nonce` is the one in `fields`. Returns: (transfer full) */
GBytes *
cm_vault_box_lock_record(CmVaultKind kind,
			 gconstpointer fields,
			 const guint8 *key,
			 const guint8 *nonce,
			 const CmVaultPart *plain);

/* H("binding", all octets before sealed) of an envelope's or a release's fields, whatever “sealed” is. */
void
cm_vault_box_bind(CmVaultKind kind, gconstpointer fields, guint8 out_binding[CM_VAULT_HASH_BYTES]);

/* The public key of a secret one. */
void
cm_vault_box_get_public(const guint8 *box_secret, guint8 out_public[CM_VAULT_KEY_BYTES]);
