// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* The people of an organisation, as a directory that holds has them; and whether what they signed holds. */
typedef struct _CmVaultPeople CmVaultPeople;

/* An organisation's id: H("organisation", its first key). */
void
cm_vault_people_identify(const guint8 *organisation_key,
			 guint8 out_organisation[CM_VAULT_HASH_BYTES]);

/* Take a directory, if it holds: its organisation's first key is `organisation_key`, `successions` are all successions up to now in
 * order (element-type GBytes, or NULL). */
CmVaultClass
cm_vault_people_new(GBytes *directory,
		    const guint8 *organisation_key,
		    const GPtrArray *successions,
		    CmVaultPeople **out_people) G_GNUC_WARN_UNUSED_RESULT;
CmVaultPeople *
cm_vault_people_ref(CmVaultPeople *people);
void
cm_vault_people_unref(CmVaultPeople *people);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmVaultPeople, cm_vault_people_unref)

/* (transfer none) */
const CmVaultDirectory *
cm_vault_people_get_directory(const CmVaultPeople *people);
const CmVaultRecord *
cm_vault_people_get_record(const CmVaultPeople *people);

/* Whether it may take the place of `before`, which is remembered: the same one, or the next. */
CmVaultClass
cm_vault_people_follow(const CmVaultPeople *people,
		       const CmVaultPeople *before) G_GNUC_WARN_UNUSED_RESULT;

/* One generation of a person's keys, NULL when there is none. (transfer none) (nullable) */
const CmVaultDirectoryEntry *
cm_vault_people_find(const CmVaultPeople *people, const guint8 *person, guint32 generation);

/* The same if it was in force in the directory of that number: not before it came, not once it was retired or revoked.
 * (transfer none) (nullable) */
const CmVaultDirectoryEntry *
cm_vault_people_find_at(const CmVaultPeople *people,
			const guint8 *person,
			guint32 generation,
			guint64 sequence);

/* Whether it is a custodian now. */
gboolean
cm_vault_people_is_custodian(const CmVaultPeople *people, const guint8 *person, guint32 generation);

/* Read a record that one person signed, or two, and check organisation, directory, signers and signatures. `kind` is one of epoch,
 * envelope, note, head, deposit, request, refusal, release, minutes, export, manifest, destruction. */
CmVaultClass
cm_vault_people_check(const CmVaultPeople *people,
		      CmVaultKind kind,
		      GBytes *octets,
		      CmVaultRecord **out_record) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a record that was checked before, when it came: one whose signer's keys were revoked since then stays good. */
CmVaultClass
cm_vault_people_check_kept(const CmVaultPeople *people,
			   CmVaultKind kind,
			   GBytes *octets,
			   CmVaultRecord **out_record) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a record that the first of two has signed, and the other not yet: both have keys that count. */
CmVaultClass
cm_vault_people_check_first(const CmVaultPeople *people,
			    CmVaultKind kind,
			    GBytes *octets,
			    CmVaultRecord **out_record) G_GNUC_WARN_UNUSED_RESULT;

/* Who signed a record of one of these kinds, the first of two; by which directory, and when. */
typedef struct {
	const guint8 *person; /* as long as the record */
	guint32 generation;
	guint64 directory;
	guint64 made_at;
} CmVaultSigning;

CmVaultSigning
cm_vault_people_get_signing(const CmVaultRecord *record);

/* The kinds that cm_vault_people_check() knows, as CM_VAULT_RECORD_OF(). */
guint64
cm_vault_people_get_kinds(void);

/* Read and check what a person made to be taken into the directory. */
CmVaultClass
cm_vault_people_check_enrolment(const guint8 *organisation,
				GBytes *octets,
				CmVaultRecord **out_enrolment) G_GNUC_WARN_UNUSED_RESULT;

/* Read and check a succession from `key`, the one that counts now. */
CmVaultClass
cm_vault_people_check_succession(const guint8 *organisation,
				 const guint8 *key,
				 GBytes *octets,
				 CmVaultRecord **out_succession) G_GNUC_WARN_UNUSED_RESULT;
