// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-identity.h"

/* The keys of an agent, present, locked or unlocked: the worker's thread alone. */
typedef struct _CmAgentKeys CmAgentKeys;

/* `folder`: where the keyring rests. Returns: (transfer full) */
CmAgentKeys *
cm_agent_keys_new(const gchar *folder);

/* Locked first. */
void
cm_agent_keys_free(CmAgentKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentKeys, cm_agent_keys_free)

/* "absent", "locked" or "unlocked". */
const gchar *
cm_agent_keys_get_state(const CmAgentKeys *keys);

/* The unlocked keys (kind bundle), until they are locked. NULL with `error` set (CM_ERROR_KEY) when they are locked. (transfer none) */
const CmVaultRecord *
cm_agent_keys_get_bundle(const CmAgentKeys *keys, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Open the keyring. Open ones stay open unless the passphrase is the one. Errors as cm_agent_identity_unlock(). */
gboolean
cm_agent_keys_unlock(CmAgentKeys *keys,
		     const CmVaultSecret *passphrase,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Wipe the open keys. */
void
cm_agent_keys_lock(CmAgentKeys *keys);

/* Errors as cm_agent_identity_change_passphrase(). */
gboolean
cm_agent_keys_change_passphrase(CmAgentKeys *keys,
				const CmVaultSecret *passphrase,
				const CmVaultSecret *next,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
