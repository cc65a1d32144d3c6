// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-comodald.h"
#include "daemon/agent/agent-identity.h"
#include "daemon/agent/agent-shelf.h"
#include "daemon/vault/vault-people.h"

/* The keys of an agent, present, locked or unlocked: the worker's thread alone. */
typedef struct _CmAgentKeys CmAgentKeys;

/* `folder`: where the keyring rests. Returns: (transfer full) */
CmAgentKeys *
cm_agent_keys_new(const gchar *folder);

/* Locked first. */
void
cm_agent_keys_free(CmAgentKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentKeys, cm_agent_keys_free)

/* Where the keyring rests, and what is remembered. (transfer none) */
const gchar *
cm_agent_keys_get_folder(const CmAgentKeys *keys);

/* "absent", "locked" or "unlocked". */
const gchar *
cm_agent_keys_get_state(const CmAgentKeys *keys);

/* The unlocked keys (kind bundle), until they are locked. NULL with `error` set (CM_ERROR_KEY) when they are locked. (transfer none) */
const CmVaultRecord *
cm_agent_keys_get_bundle(const CmAgentKeys *keys, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Open the keyring. Open ones stay open unless the passphrase is the one. CM_ERROR_INVALID_INPUT: it is not; else errors as
 * cm_agent_identity_unlock(). */
gboolean
cm_agent_keys_unlock(CmAgentKeys *keys,
		     const CmVaultSecret *passphrase,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether there is anything to wipe: open keys, or new ones that are not kept yet. */
gboolean
cm_agent_keys_are_open(const CmAgentKeys *keys);

/* Wipe the open keys, and those that were not kept yet. */
void
cm_agent_keys_lock(CmAgentKeys *keys);

/* CM_ERROR_INVALID_INPUT: it is not the present one; else errors as cm_agent_identity_change_passphrase(). */
gboolean
cm_agent_keys_change_passphrase(CmAgentKeys *keys,
				const CmVaultSecret *passphrase,
				const CmVaultSecret *next,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Begin to make keys for the person who comodald says the caller is; `fingerprint`: of their organisation, as they have it on paper.
 * `out_rows`: the recovery code, until the enrolment ends (transfer none); `out_fingerprint`: of the new keys. CM_ERROR_INVALID_INPUT: not
 * that organisation; CM_ERROR_EXISTS: there is a keyring, and `again` was not said. */
gboolean
cm_agent_keys_begin_enrolment(CmAgentKeys *keys,
			      CmAgentComodald *comodald,
			      const gchar *fingerprint,
			      gboolean again,
			      GCancellable *cancellable,
			      const CmVaultSecret **out_rows,
			      gchar **out_fingerprint,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keep them, and hand the public part over; what was typed is as for cm_agent_enrolment_finish(). Nothing is kept when it fails, and it can
 * be tried again. `out_earlier`: where the keyring and the memory are now that these took the place of (agent-earlier.h); NULL: there was
 * none. */
gboolean
cm_agent_keys_finish_enrolment(CmAgentKeys *keys,
			       CmAgentComodald *comodald,
			       const CmVaultSecret *typed,
			       const CmVaultSecret *passphrase,
			       const gchar *label,
			       GCancellable *cancellable,
			       gchar **out_earlier,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bring the keys back with the recovery code, under a new passphrase, and open them. CM_ERROR_INVALID_INPUT: it is not the code; else
 * errors as cm_agent_identity_recover(). */
gboolean
cm_agent_keys_recover(CmAgentKeys *keys,
		      CmAgentComodald *comodald,
		      const CmVaultSecret *typed,
		      const CmVaultSecret *passphrase,
		      GCancellable *cancellable,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is kept checked until they are locked. (transfer none) */
CmAgentShelf *
cm_agent_keys_get_shelf(const CmAgentKeys *keys);

/* Read the organisation's directory anew, or what is new of it (agent-directory.h). `out_people`: NULL when there is none yet. (transfer full) */
gboolean
cm_agent_keys_check_directory(CmAgentKeys *keys,
			      CmAgentComodald *comodald,
			      GCancellable *cancellable,
			      CmVaultPeople **out_people,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
