// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-keyring.h"

/* A person's unlocked keys, from their passphrase or recovery code to the moment they are locked again. Each of these takes about a
 * second (Argon2id) and is for a thread. */
typedef struct _CmAgentIdentity CmAgentIdentity;

#define CM_AGENT_IDENTITY_PASSPHRASE_MIN 12 /* characters, once composed */

/* Where somebody's keyring rests, and whose it must be. */
typedef struct {
	const gchar *folder;
	const guint8 *organisation; /* 32 octets */
	guint64 memory_bytes;       /* of the machine: what Argon2id may take a quarter of */
	gboolean replace; /* an enrolment may put another keyring in the place of what is there */
} CmAgentIdentityPlace;

/* Whether a passphrase is long enough to be taken: CM_ERROR_INVALID_INPUT says what is wrong with it. */
gboolean
cm_agent_identity_check_passphrase(const CmVaultSecret *passphrase,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Open the keyring. `entry`: the person's current entry in the directory, that the keys must be those of; NULL as long as they stand in
 * none. CM_ERROR_ACCESS_DENIED: not the passphrase. CM_ERROR_NOT_FOUND, CM_ERROR_KEY: agent-keyfile.h. CM_ERROR_STORE: it was altered, or
 * its keys are not the directory's. Returns: (transfer full) */
CmAgentIdentity *
cm_agent_identity_unlock(const CmAgentIdentityPlace *place,
			 const CmVaultSecret *passphrase,
			 const CmVaultDirectoryEntry *entry,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Open a recovery keyring with its code as it was typed, and make it the keyring of this machine under a new passphrase; an old one is
 * replaced. CM_ERROR_INVALID_INPUT names the row that was typed wrong. Otherwise as cm_agent_identity_unlock().
 * Returns: (transfer full) */
CmAgentIdentity *
cm_agent_identity_recover(const CmAgentIdentityPlace *place,
			  GBytes *recovery,
			  const CmVaultSecret *typed,
			  const CmVaultSecret *passphrase,
			  const CmVaultDirectoryEntry *entry,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lock: wipe the keys. */
void
cm_agent_identity_free(CmAgentIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentIdentity, cm_agent_identity_free)

/* The keys (kind bundle), as long as the identity. (transfer none) */
const CmVaultRecord *
cm_agent_identity_get_bundle(const CmAgentIdentity *identity);

/* Replace the keyring by one under another passphrase, whole or not at all. The present one is asked for again.
 * CM_ERROR_ACCESS_DENIED: it is not the one. */
gboolean
cm_agent_identity_change_passphrase(const CmAgentIdentityPlace *place,
				    const CmVaultSecret *passphrase,
				    const CmVaultSecret *next,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Seal the keys under a recovery code of CM_VAULT_KEYRING_CODE_BYTES octets: what comodald keeps for the person. `revision` is higher than
 * that of the one before. Returns: (transfer full) */
GBytes *
cm_agent_identity_seal_recovery(const CmVaultRecord *bundle,
				const CmVaultSecret *code,
				guint64 revision,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Seal the keys under a passphrase with parameters for this machine, and write them. */
gboolean
cm_agent_identity_store(const CmAgentIdentityPlace *place,
			const CmVaultRecord *bundle,
			const CmVaultSecret *passphrase,
			guint64 revision,
			gboolean replace,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
