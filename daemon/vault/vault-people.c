// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-people.h"

#include <string.h>

typedef struct {
	gsize person;
	gsize generation;
} Signer;

typedef struct {
	gsize directory;
	gsize made_at;
	guint n_signers;
	Signer signers[2];
} Signers;

#define CM_SIGNED(type, person, generation, made_at)                                               \
	{                                                                                          \
		G_STRUCT_OFFSET(type, directory), G_STRUCT_OFFSET(type, made_at), 1,               \
		{                                                                                  \
			{                                                                          \
				G_STRUCT_OFFSET(type, person), G_STRUCT_OFFSET(type, generation)   \
			}                                                                          \
		}                                                                                  \
	}

static const Signers signers[CM_VAULT_KIND_LAST] = {
    [CM_VAULT_KIND_EPOCH] = CM_SIGNED(CmVaultEpoch, signer, signer_generation, made_at),
    [CM_VAULT_KIND_ENVELOPE] = CM_SIGNED(CmVaultEnvelope, granter, granter_generation, made_at),
    [CM_VAULT_KIND_NOTE] = CM_SIGNED(CmVaultNote, author, author_generation, entered_at),
    [CM_VAULT_KIND_HEAD] = CM_SIGNED(CmVaultHead, signer, signer_generation, made_at),
    [CM_VAULT_KIND_DEPOSIT] = CM_SIGNED(CmVaultDeposit, person, generation, made_at),
    [CM_VAULT_KIND_REQUEST] = CM_SIGNED(CmVaultRequest, custodian, custodian_generation, made_at),
    [CM_VAULT_KIND_REFUSAL] = CM_SIGNED(CmVaultRefusal, person, generation, made_at),
    [CM_VAULT_KIND_RELEASE] = CM_SIGNED(CmVaultRelease, custodian, custodian_generation, made_at),
    [CM_VAULT_KIND_MINUTES] = CM_SIGNED(CmVaultMinutes, author, author_generation, entered_at),
    [CM_VAULT_KIND_EXPORT] = CM_SIGNED(CmVaultExport, exporter, exporter_generation, made_at),
    [CM_VAULT_KIND_MANIFEST] = CM_SIGNED(CmVaultManifest, exporter, exporter_generation, made_at),
    [CM_VAULT_KIND_DESTRUCTION] = {G_STRUCT_OFFSET(CmVaultDestruction, directory),
				   G_STRUCT_OFFSET(CmVaultDestruction, made_at),
				   2,
				   {{G_STRUCT_OFFSET(CmVaultDestruction, first),
				     G_STRUCT_OFFSET(CmVaultDestruction, first_generation)},
				    {G_STRUCT_OFFSET(CmVaultDestruction, second),
				     G_STRUCT_OFFSET(CmVaultDestruction, second_generation)}}},
};

struct _CmVaultPeople {
	gint references;
	CmVaultRecord *record;
	const CmVaultDirectory *directory;
	guint8 heir_of[CM_VAULT_KEY_BYTES]; /* the key before the one that signed it */
	guint64 heir_since; /* the first directory that it could sign; 0: there was none before */
};

static gboolean
equal(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_HASH_BYTES) == 0;
}

void
cm_vault_people_identify(const guint8 *organisation_key,
			 guint8 out_organisation[CM_VAULT_HASH_BYTES])
{
	const CmVaultPart part = {organisation_key, CM_VAULT_KEY_BYTES};

	cm_vault_hash("organisation", &part, 1, out_organisation);
}

CmVaultClass
cm_vault_people_check_enrolment(const guint8 *organisation,
				GBytes *octets,
				CmVaultRecord **out_enrolment)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_ENROLMENT, octets, &record);
	const CmVaultEnrolment *enrolment = NULL;

	if (found != CM_VAULT_CLASS_OK)
		return found;
	enrolment = cm_vault_record_get_fields(record, CM_VAULT_KIND_ENROLMENT);
	if (!equal(enrolment->organisation, organisation))
		return CM_VAULT_CLASS_ORGANISATION;
	found = cm_vault_record_verify(record, 1, enrolment->sign_key);
	if (found == CM_VAULT_CLASS_OK)
		*out_enrolment = g_steal_pointer(&record);
	return found;
}

CmVaultClass
cm_vault_people_check_succession(const guint8 *organisation,
				 const guint8 *key,
				 GBytes *octets,
				 CmVaultRecord **out_succession)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_SUCCESSION, octets, &record);
	const CmVaultSuccession *succession = NULL;

	if (found != CM_VAULT_CLASS_OK)
		return found;
	succession = cm_vault_record_get_fields(record, CM_VAULT_KIND_SUCCESSION);
	if (!equal(succession->organisation, organisation))
		return CM_VAULT_CLASS_ORGANISATION;
	if (!equal(succession->old_key, key))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	found = cm_vault_record_verify(record, 1, succession->old_key);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_record_verify(record, 2, succession->new_key);
	if (found == CM_VAULT_CLASS_OK)
		*out_succession = g_steal_pointer(&record);
	return found;
}

/* all successions, and the key that signs the directory of this number: `people` is told whose heir it is */
static CmVaultClass
find_key(CmVaultPeople *people,
	 const guint8 *organisation,
	 const GPtrArray *successions,
	 guint64 sequence,
	 guint8 key[CM_VAULT_KEY_BYTES])
{
	guint8 last[CM_VAULT_KEY_BYTES];
	guint64 since = 0;

	memcpy(last, key, sizeof last);
	for (guint i = 0; successions != NULL && i < successions->len; i++) {
		g_autoptr(CmVaultRecord) record = NULL;
		const CmVaultSuccession *succession = NULL;
		CmVaultClass found = cm_vault_people_check_succession(
		    organisation, last, g_ptr_array_index(successions, i), &record);

		if (found != CM_VAULT_CLASS_OK)
			return found;
		succession = cm_vault_record_get_fields(record, CM_VAULT_KIND_SUCCESSION);
		if (succession->from_sequence <= since)
			return CM_VAULT_CLASS_CHAIN;
		since = succession->from_sequence;
		memcpy(last, succession->new_key, sizeof last);
		if (sequence < since)
			continue;
		memcpy(people->heir_of, key, CM_VAULT_KEY_BYTES);
		people->heir_since = since;
		memcpy(key, last, CM_VAULT_KEY_BYTES);
	}
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
check_directory(CmVaultPeople *people, const guint8 *organisation_key, const GPtrArray *successions)
{
	const CmVaultDirectory *directory = people->directory;
	guint8 organisation[CM_VAULT_HASH_BYTES];
	guint8 key[CM_VAULT_KEY_BYTES];
	CmVaultClass found = CM_VAULT_CLASS_OK;

	cm_vault_people_identify(organisation_key, organisation);
	memcpy(key, organisation_key, sizeof key);
	if (!equal(directory->organisation, organisation))
		return CM_VAULT_CLASS_ORGANISATION;
	found = find_key(people, organisation, successions, directory->sequence, key);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (!equal(directory->org_key, key))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	return cm_vault_record_verify(people->record, 1, key);
}

CmVaultClass
cm_vault_people_new(GBytes *directory,
		    const guint8 *organisation_key,
		    const GPtrArray *successions,
		    CmVaultPeople **out_people)
{
	g_autoptr(CmVaultPeople) people = g_new0(CmVaultPeople, 1);
	CmVaultClass found = CM_VAULT_CLASS_OK;

	people->references = 1;
	found = cm_vault_record_read(CM_VAULT_KIND_DIRECTORY, directory, &people->record);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	people->directory = cm_vault_record_get_fields(people->record, CM_VAULT_KIND_DIRECTORY);
	found = check_directory(people, organisation_key, successions);
	if (found == CM_VAULT_CLASS_OK)
		*out_people = g_steal_pointer(&people);
	return found;
}

CmVaultPeople *
cm_vault_people_ref(CmVaultPeople *people)
{
	g_atomic_int_inc(&people->references);
	return people;
}

void
cm_vault_people_unref(CmVaultPeople *people)
{
	if (people == NULL || !g_atomic_int_dec_and_test(&people->references))
		return;
	cm_vault_record_unref(people->record);
	g_free(people);
}

const CmVaultDirectory *
cm_vault_people_get_directory(const CmVaultPeople *people)
{
	return people->directory;
}

const CmVaultRecord *
cm_vault_people_get_record(const CmVaultPeople *people)
{
	return people->record;
}

const CmVaultDirectoryEntry *
cm_vault_people_find(const CmVaultPeople *people, const guint8 *person, guint32 generation)
{
	const CmVaultDirectoryEntry *entries = people->directory->entries.items;
	guint low = 0;
	guint high = people->directory->entries.count;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		gint order = memcmp(entries[middle].person, person, CM_VAULT_ID_BYTES);

		if (order == 0 && entries[middle].generation == generation)
			return &entries[middle];
		if (order < 0 || (order == 0 && entries[middle].generation < generation))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const CmVaultDirectoryEntry *
cm_vault_people_find_at(const CmVaultPeople *people,
			const guint8 *person,
			guint32 generation,
			guint64 sequence)
{
	const CmVaultDirectoryEntry *entry = cm_vault_people_find(people, person, generation);

	if (entry == NULL || sequence < entry->since ||
	    (entry->until != 0 && sequence >= entry->until))
		return NULL;
	return entry;
}

gboolean
cm_vault_people_is_custodian(const CmVaultPeople *people, const guint8 *person, guint32 generation)
{
	const CmVaultDirectoryEntry *entry = cm_vault_people_find(people, person, generation);

	return entry != NULL && entry->state == CM_VAULT_STATE_CURRENT &&
	       (entry->roles & CM_VAULT_ROLE_CUSTODIAN) != 0;
}

/* what was said of a key stays said: it may only come to its end, and that now; a retired one may turn out to be stolen */
static gboolean
is_kept(const CmVaultDirectoryEntry *old, const CmVaultDirectoryEntry *now, guint64 sequence)
{
	if (now == NULL || now->since != old->since || now->state < old->state)
		return FALSE;
	if (now->until != old->until && (old->until != 0 || now->until != sequence))
		return FALSE;
	return equal(now->sign_key, old->sign_key) && equal(now->box_key, old->box_key) &&
	       equal(now->enrolment, old->enrolment);
}

static gboolean
are_kept(const CmVaultPeople *people, const CmVaultPeople *before)
{
	const CmVaultDirectoryEntry *old = before->directory->entries.items;
	const CmVaultDirectoryEntry *now = people->directory->entries.items;
	guint64 sequence = people->directory->sequence;

	for (guint i = 0; i < before->directory->entries.count; i++)
		if (!is_kept(&old[i],
			     cm_vault_people_find(people, old[i].person, old[i].generation),
			     sequence))
			return FALSE;
	for (guint i = 0; i < people->directory->entries.count; i++)
		if (now[i].since != sequence &&
		    cm_vault_people_find(before, now[i].person, now[i].generation) == NULL)
			return FALSE;
	return TRUE;
}

/* whether the key that signed it is the one of before, or took its place with this very directory: a succession that an old key signs
 * later, when it no longer counts, gives nothing */
static gboolean
is_heir(const CmVaultPeople *people, const CmVaultPeople *before)
{
	return equal(people->directory->org_key, before->directory->org_key) ||
	       (people->heir_since == people->directory->sequence &&
		equal(people->heir_of, before->directory->org_key));
}

CmVaultClass
cm_vault_people_follow(const CmVaultPeople *people, const CmVaultPeople *before)
{
	const CmVaultDirectory *new = people->directory;
	const CmVaultDirectory *old = before->directory;

	if (new->sequence < old->sequence)
		return CM_VAULT_CLASS_ROLLBACK;
	if (new->sequence == old->sequence)
		return equal(cm_vault_record_get_hash(people->record),
			     cm_vault_record_get_hash(before->record))
			   ? CM_VAULT_CLASS_OK
			   : CM_VAULT_CLASS_REPLACED;
	if (new->sequence - old->sequence > 1)
		return CM_VAULT_CLASS_MISSING;
	if (!equal(new->previous, cm_vault_record_get_hash(before->record)))
		return CM_VAULT_CLASS_CHAIN;
	if (!is_heir(people, before))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	return are_kept(people, before) ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_REPLACED;
}

typedef enum {
	CHECK_NEW,
	CHECK_KEPT, /* it was checked before */
	CHECK_FIRST /* only the first signature is there */
} CheckHow;

static CmVaultClass
check_signer(const CmVaultPeople *people,
	     const CmVaultRecord *record,
	     const guint8 *fields,
	     guint slot,
	     guint64 sequence,
	     CheckHow how)
{
	const Signer *signer = &signers[cm_vault_record_get_kind(record)].signers[slot - 1];
	const CmVaultDirectoryEntry *entry =
	    cm_vault_people_find(people, *(const guint8 *const *)(fields + signer->person),
				 *(const guint32 *)(gconstpointer)(fields + signer->generation));

	if (entry == NULL || sequence < entry->since)
		return CM_VAULT_CLASS_UNKNOWN_SIGNER;
	if ((how != CHECK_FIRST || slot == 1) &&
	    cm_vault_record_verify(record, slot, entry->sign_key) != CM_VAULT_CLASS_OK)
		return CM_VAULT_CLASS_SIGNATURE;
	if (entry->state == CM_VAULT_STATE_CURRENT)
		return CM_VAULT_CLASS_OK;
	/* what a stolen key signed before can't be told from what its owner signed, but by who saw it then */
	return sequence >= entry->until ||
		       (entry->state == CM_VAULT_STATE_REVOKED && how != CHECK_KEPT)
		   ? CM_VAULT_CLASS_REVOKED
		   : CM_VAULT_CLASS_OK;
}

guint64
cm_vault_people_get_kinds(void)
{
	guint64 kinds = 0;

	for (guint kind = 0; kind < CM_VAULT_KIND_LAST; kind++)
		if (signers[kind].n_signers > 0)
			kinds |= CM_VAULT_RECORD_OF(kind);
	return kinds;
}

static CmVaultClass
check(const CmVaultPeople *people,
      CmVaultKind kind,
      GBytes *octets,
      CheckHow how,
      CmVaultRecord **out_record)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found = cm_vault_record_read(kind, octets, &record);
	const guint8 *fields = NULL;
	guint64 sequence = 0;

	g_return_val_if_fail(signers[kind].n_signers > 0, CM_VAULT_CLASS_KIND);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	fields = cm_vault_record_get_fields(record, kind);
	/* each of these begins with its organisation */
	if (!equal(*(const guint8 *const *)(gconstpointer)fields, people->directory->organisation))
		return CM_VAULT_CLASS_ORGANISATION;
	sequence = *(const guint64 *)(gconstpointer)(fields + signers[kind].directory);
	if (sequence > people->directory->sequence)
		return CM_VAULT_CLASS_ROLLBACK;
	for (guint slot = 1; slot <= signers[kind].n_signers && found == CM_VAULT_CLASS_OK; slot++)
		found = check_signer(people, record, fields, slot, sequence, how);
	if (found == CM_VAULT_CLASS_OK)
		*out_record = g_steal_pointer(&record);
	return found;
}

CmVaultClass
cm_vault_people_check(const CmVaultPeople *people,
		      CmVaultKind kind,
		      GBytes *octets,
		      CmVaultRecord **out_record)
{
	return check(people, kind, octets, CHECK_NEW, out_record);
}

CmVaultClass
cm_vault_people_check_kept(const CmVaultPeople *people,
			   CmVaultKind kind,
			   GBytes *octets,
			   CmVaultRecord **out_record)
{
	return check(people, kind, octets, CHECK_KEPT, out_record);
}

CmVaultClass
cm_vault_people_check_first(const CmVaultPeople *people,
			    CmVaultKind kind,
			    GBytes *octets,
			    CmVaultRecord **out_record)
{
	return check(people, kind, octets, CHECK_FIRST, out_record);
}

CmVaultSigning
cm_vault_people_get_signing(const CmVaultRecord *record)
{
	CmVaultKind kind = cm_vault_record_get_kind(record);
	const Signers *known = &signers[kind];
	const guint8 *fields = cm_vault_record_get_fields(record, kind);
	CmVaultSigning signing = {0};

	g_return_val_if_fail(known->n_signers > 0, signing);
	signing.person = *(const guint8 *const *)(gconstpointer)(fields + known->signers[0].person);
	signing.generation =
	    *(const guint32 *)(gconstpointer)(fields + known->signers[0].generation);
	signing.directory = *(const guint64 *)(gconstpointer)(fields + known->directory);
	signing.made_at = *(const guint64 *)(gconstpointer)(fields + known->made_at);
	return signing;
}
