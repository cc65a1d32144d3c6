// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* A person's secret keys, sealed under a passphrase or under a recovery code. */

#define CM_VAULT_KEYRING_OPERATIONS_MIN 2
#define CM_VAULT_KEYRING_OPERATIONS_MAX 12
#define CM_VAULT_KEYRING_MEMORY_MIN 65536   /* KiB */
#define CM_VAULT_KEYRING_MEMORY_MAX 1048576 /* KiB */
#define CM_VAULT_KEYRING_CODE_BYTES 20

/* New keys for `person`, made at `now`. In guarded memory. Returns: (transfer full) (nullable): no locked memory */
CmVaultRecord *
cm_vault_keyring_generate(const guint8 *organisation,
			  const guint8 *person,
			  guint32 generation,
			  guint64 now) G_GNUC_WARN_UNUSED_RESULT;

/* Seal a bundle. `keyring` says slot, revision, operations and memory; who it is of comes from the bundle, salt, nonce and check are made
 * here. `secret`: the passphrase, UTF-8 without its line end, or the code's CM_VAULT_KEYRING_CODE_BYTES octets. CM_VAULT_CLASS_MALFORMED:
 * such a passphrase can't be; CM_VAULT_CLASS_PARAMETERS; CM_VAULT_CLASS_MEMORY. */
CmVaultClass
cm_vault_keyring_seal(const CmVaultKeyring *keyring,
		      const CmVaultRecord *bundle,
		      const guint8 *secret,
		      gsize length,
		      GBytes **out_keyring) G_GNUC_WARN_UNUSED_RESULT;

/* Open one of this organisation. It may take seconds. That its public keys are the directory's is for the caller to ask
 * (cm_vault_keyring_match()). */
CmVaultClass
cm_vault_keyring_open(GBytes *octets,
		      const guint8 *organisation,
		      const guint8 *secret,
		      gsize length,
		      CmVaultRecord **out_bundle) G_GNUC_WARN_UNUSED_RESULT;

/* The public keys of a bundle. */
CmVaultClass
cm_vault_keyring_get_public(const CmVaultRecord *bundle,
			    guint8 out_sign_key[CM_VAULT_KEY_BYTES],
			    guint8 out_box_key[CM_VAULT_KEY_BYTES]) G_GNUC_WARN_UNUSED_RESULT;

/* Whether they are those of a directory's entry: else CM_VAULT_CLASS_COMMITMENT. */
CmVaultClass
cm_vault_keyring_match(const CmVaultRecord *bundle,
		       const CmVaultDirectoryEntry *entry) G_GNUC_WARN_UNUSED_RESULT;

/* Both halves of a stretched passphrase, as it was typed: 64 octets. CM_VAULT_CLASS_PARAMETERS, CM_VAULT_CLASS_MALFORMED,
 * CM_VAULT_CLASS_MEMORY. */
CmVaultClass
cm_vault_keyring_stretch(const guint8 *passphrase,
			 gsize length,
			 const guint8 *salt,
			 guint32 operations,
			 guint32 memory,
			 CmVaultSecret **out_halves) G_GNUC_WARN_UNUSED_RESULT;

/* Argon2id's parameters for this machine: the most memory up to a quarter of `memory_bytes` and the limit, then the most operations, that
 * stay below a second, by trying. Never less than the least. */
void
cm_vault_keyring_choose_parameters(guint64 memory_bytes,
				   guint32 *out_operations,
				   guint32 *out_memory);
