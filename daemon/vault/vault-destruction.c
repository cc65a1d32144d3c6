// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-destruction.h"

#include <string.h>

static const CmVaultEpoch *
get_epoch(const CmVaultCase *about, guint32 number)
{
	return cm_vault_record_get_fields(cm_vault_case_get_epoch(about, number),
					  CM_VAULT_KIND_EPOCH);
}

static gboolean
hash_equal(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_HASH_BYTES) == 0;
}

static gboolean
id_equal(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_ID_BYTES) == 0;
}

/* ---- whether it fits, and they may */

/* of this case, with all its epochs */
static gboolean
is_of(const CmVaultCase *about, const CmVaultDestruction *destruction)
{
	const CmVaultDestroyedEpoch *epochs = destruction->epochs.items;

	if (cm_vault_case_count_epochs(about) == 0)
		return FALSE;
	if (!id_equal(destruction->case_id, get_epoch(about, 1)->case_id) ||
	    destruction->epochs.count != cm_vault_case_count_epochs(about))
		return FALSE;
	for (guint i = 0; i < destruction->epochs.count; i++) {
		if (epochs[i].epoch != i + 1 ||
		    !hash_equal(epochs[i].key_commitment, get_epoch(about, i + 1)->key_commitment))
			return FALSE;
	}
	return TRUE;
}

/* the responsible and another, or two supervisors */
static CmVaultClass
judge_signers(const CmVaultPeople *people,
	      const CmVaultCase *about,
	      const CmVaultDestruction *destruction)
{
	const CmVaultEpoch *last = get_epoch(about, cm_vault_case_count_epochs(about));
	const CmVaultDirectoryEntry *first =
	    cm_vault_people_find(people, destruction->first, destruction->first_generation);
	const CmVaultDirectoryEntry *second =
	    cm_vault_people_find(people, destruction->second, destruction->second_generation);

	if (id_equal(destruction->first, last->responsible) ||
	    id_equal(destruction->second, last->responsible))
		return CM_VAULT_CLASS_OK;
	return (first->roles & second->roles & CM_VAULT_ROLE_SUPERVISOR) != 0
		   ? CM_VAULT_CLASS_OK
		   : CM_VAULT_CLASS_NOT_ENTITLED;
}

CmVaultClass
cm_vault_destruction_judge(const CmVaultPeople *people,
			   const CmVaultCase *about,
			   const CmVaultRecord *record)
{
	const CmVaultDestruction *destruction =
	    cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION);
	guint64 notes = cm_vault_case_count_notes(about);
	const CmVaultRecord *last = cm_vault_case_get_note(about, notes);

	if (!is_of(about, destruction) || destruction->last_sequence != notes ||
	    (last != NULL && !hash_equal(destruction->last_note, cm_vault_record_get_hash(last))))
		return CM_VAULT_CLASS_REPLACED;
	return judge_signers(people, about, destruction);
}

CmVaultClass
cm_vault_destruction_check_asked(const CmVaultPeople *people,
				 const CmVaultCase *about,
				 GBytes *octets,
				 CmVaultRecord **out_record)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found =
	    cm_vault_people_check_first(people, CM_VAULT_KIND_DESTRUCTION, octets, &record);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_destruction_judge(people, about, record);
	if (found == CM_VAULT_CLASS_OK)
		*out_record = g_steal_pointer(&record);
	return found;
}

CmVaultClass
cm_vault_destruction_check_done(const CmVaultPeople *people,
				const CmVaultCase *about,
				GBytes *octets,
				CmVaultRecord **out_record)
{
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultDestruction *destruction = NULL;
	CmVaultClass found =
	    cm_vault_people_check(people, CM_VAULT_KIND_DESTRUCTION, octets, &record);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	destruction = cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION);
	if (!is_of(about, destruction) ||
	    destruction->last_sequence <
		get_epoch(about, cm_vault_case_count_epochs(about))->last_sequence)
		return CM_VAULT_CLASS_REPLACED;
	found = judge_signers(people, about, destruction);
	if (found == CM_VAULT_CLASS_OK)
		*out_record = g_steal_pointer(&record);
	return found;
}

/* ---- signing, one after the other */

/* the record with `seed` at both places, and the signature of the one that is not `seed`'s taken out or put back */
static GBytes *
sign_one(const CmVaultDestruction *fields,
	 const guint8 *seed,
	 gsize place,
	 const guint8 other[CM_VAULT_SIGNATURE_BYTES])
{
	const guint8 *const seeds[] = {seed, seed};
	g_autoptr(GBytes) twice =
	    cm_vault_record_sign(CM_VAULT_KIND_DESTRUCTION, fields, seeds, G_N_ELEMENTS(seeds));
	gsize length = 0;
	guint8 *octets = NULL;

	if (twice == NULL)
		return NULL;
	octets = g_bytes_unref_to_data(g_steal_pointer(&twice), &length);
	memcpy(octets + length - place, other, CM_VAULT_SIGNATURE_BYTES);
	return g_bytes_new_take(octets, length);
}

GBytes *
cm_vault_destruction_ask(const CmVaultDestruction *fields, const guint8 *seed)
{
	static const guint8 none[CM_VAULT_SIGNATURE_BYTES];

	return sign_one(fields, seed, CM_VAULT_SIGNATURE_BYTES, none);
}

GBytes *
cm_vault_destruction_agree(const CmVaultRecord *asked, const guint8 *seed)
{
	const CmVaultDestruction *fields =
	    cm_vault_record_get_fields(asked, CM_VAULT_KIND_DESTRUCTION);

	return sign_one(fields, seed, (gsize)2 * CM_VAULT_SIGNATURE_BYTES, fields->signature_first);
}

gboolean
cm_vault_destruction_is_same(GBytes *asked, GBytes *whole)
{
	gsize length = 0;
	gsize other = 0;
	const guint8 *a = g_bytes_get_data(asked, &length);
	const guint8 *b = g_bytes_get_data(whole, &other);

	return length == other && length > CM_VAULT_SIGNATURE_BYTES &&
	       memcmp(a, b, length - CM_VAULT_SIGNATURE_BYTES) == 0;
}
