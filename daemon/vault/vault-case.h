// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-people.h"

/* A case, as its records have it: epochs, envelopes, notes and heads, and what custodians did. What comodald checks before it stores a
 * record, and what an agent checks before it believes one, is this. No key is needed. */
typedef struct _CmVaultCase CmVaultCase;

#define CM_VAULT_CASE_RECORDS_MAX 100000 /* notes, envelopes and all */

/* Returns: (transfer full) */
CmVaultCase *
cm_vault_case_new(CmVaultPeople *people, const guint8 *case_id);
void
cm_vault_case_free(CmVaultCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmVaultCase, cm_vault_case_free)

/* Take the next record, of any kind that a case has, in an order in which each stands behind what it names. What is refused is left out,
 * and changes nothing. `out_record` may be NULL. */
CmVaultClass
cm_vault_case_add(CmVaultCase *self,
		  GBytes *octets,
		  CmVaultRecord **out_record) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a record that was taken before: one whose signer's keys were revoked since then stays good. */
CmVaultClass
cm_vault_case_add_kept(CmVaultCase *self,
		       GBytes *octets,
		       CmVaultRecord **out_record) G_GNUC_WARN_UNUSED_RESULT;

/* Whether that is why a release was not taken: its owner has refused. It opens nothing, and whoever goes through what is kept passes it
 * over; an epoch that rests on it is refused by itself. */
gboolean
cm_vault_case_is_passed_over(CmVaultClass found, GBytes *octets);

/* When all were added: whether the notes that the newest epoch counted are there. */
CmVaultClass
cm_vault_case_finish(const CmVaultCase *self) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) (nullable): by its number, from 1 */
const CmVaultRecord *
cm_vault_case_get_epoch(const CmVaultCase *self, guint32 number);
const CmVaultRecord *
cm_vault_case_get_note(const CmVaultCase *self, guint64 sequence);
guint32
cm_vault_case_count_epochs(const CmVaultCase *self);
guint64
cm_vault_case_count_notes(const CmVaultCase *self);

/* A record of that kind that was added, by its hash. (transfer none) (nullable) */
const CmVaultRecord *
cm_vault_case_find(const CmVaultCase *self, CmVaultKind kind, const guint8 *hash);

/* Whether a custodian released something of a deposit: nobody leaves a new key with it. */
gboolean
cm_vault_case_is_spent(const CmVaultCase *self, const guint8 *deposit);

/* Seal the key of an epoch that was added. `envelope` says to, recipient, rights, deposit and recipient_key; the rest is made here, but who
 * grants it comes from the bundle. */
CmVaultClass
cm_vault_case_grant(const CmVaultCase *self,
		    guint32 epoch,
		    const CmVaultRecord *bundle,
		    const CmVaultEnvelope *envelope,
		    const guint8 *key,
		    guint64 now,
		    GBytes **out_envelope) G_GNUC_WARN_UNUSED_RESULT;

/* The key in an envelope that was added, checked against its commitment. `box_secret`: the reader's, or an escrow key. */
CmVaultClass
cm_vault_case_open_envelope(const CmVaultRecord *envelope,
			    const guint8 *reader,
			    guint32 generation,
			    const guint8 *box_secret,
			    CmVaultSecret **out_key) G_GNUC_WARN_UNUSED_RESULT;

/* What an epoch's key is committed to. */
void
cm_vault_case_commit_key(const guint8 *organisation,
			 const guint8 *case_id,
			 guint32 epoch,
			 const guint8 *key,
			 guint8 out_commitment[CM_VAULT_HASH_BYTES]);
