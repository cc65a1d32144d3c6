// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-registrar.h"

#include "daemon/vault/vault-keyring.h"

#include <string.h>

/* ---- keys */

/* the same keys, of an organisation that their public key is the first of */
static CmVaultRecord *
name_after(const CmVaultRecord *bundle, const guint8 *organisation)
{
	CmVaultBundle fields =
	    *(const CmVaultBundle *)cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	CmVaultRecord *record = NULL;
	g_autoptr(CmVaultSecret) octets = NULL;
	g_autoptr(GBytes) bytes = NULL;

	fields.organisation = organisation;
	fields.person = organisation;
	octets = cm_vault_record_write_secret(CM_VAULT_KIND_BUNDLE, &fields);
	if (octets == NULL)
		return NULL;
	bytes = cm_vault_secret_free_to_bytes(g_steal_pointer(&octets));
	return cm_vault_record_read(CM_VAULT_KIND_BUNDLE, bytes, &record) == CM_VAULT_CLASS_OK
		   ? record
		   : NULL;
}

CmVaultRecord *
cm_vault_registrar_generate(guint64 now)
{
	/* a bundle names something from the start; this is replaced by what its key makes of it */
	static const guint8 nobody[CM_VAULT_HASH_BYTES] = {1};
	g_autoptr(CmVaultRecord) bundle = cm_vault_keyring_generate(nobody, nobody, 1, now);
	guint8 organisation[CM_VAULT_HASH_BYTES];
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];

	if (bundle == NULL ||
	    cm_vault_keyring_get_public(bundle, sign_key, box_key) != CM_VAULT_CLASS_OK)
		return NULL;
	cm_vault_people_identify(sign_key, organisation);
	return name_after(bundle, organisation);
}

CmVaultRecord *
cm_vault_registrar_generate_next(const guint8 *organisation, guint64 now)
{
	return cm_vault_keyring_generate(organisation, organisation, 1, now);
}

/* ---- the next directory */

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
	const CmVaultDirectoryEntry *one = a;
	const CmVaultDirectoryEntry *other = b;
	gint order = memcmp(one->person, other->person, CM_VAULT_ID_BYTES);

	if (order != 0)
		return order;
	return one->generation < other->generation ? -1 : one->generation > other->generation;
}

static CmVaultDirectoryEntry *
find_entry(const GArray *entries, const guint8 *person, guint32 generation)
{
	for (guint i = 0; i < entries->len; i++) {
		CmVaultDirectoryEntry *entry = &g_array_index(entries, CmVaultDirectoryEntry, i);

		if (memcmp(entry->person, person, CM_VAULT_ID_BYTES) == 0 &&
		    entry->generation == generation)
			return entry;
	}
	return NULL;
}

static void
retire_others(GArray *entries, const guint8 *person, guint64 sequence)
{
	for (guint i = 0; i < entries->len; i++) {
		CmVaultDirectoryEntry *entry = &g_array_index(entries, CmVaultDirectoryEntry, i);

		if (memcmp(entry->person, person, CM_VAULT_ID_BYTES) != 0 ||
		    entry->state != CM_VAULT_STATE_CURRENT)
			continue;
		entry->state = CM_VAULT_STATE_RETIRED;
		entry->until = sequence;
	}
}

static CmVaultClass
admit(GArray *entries, const CmVaultRegistrarChange *change, guint64 sequence)
{
	const CmVaultEnrolment *enrolment =
	    cm_vault_record_get_fields(change->enrolment, CM_VAULT_KIND_ENROLMENT);
	CmVaultDirectoryEntry entry = {.person = enrolment->person,
				       .generation = enrolment->generation,
				       .state = CM_VAULT_STATE_CURRENT,
				       .roles = change->roles,
				       .since = sequence,
				       .sign_key = enrolment->sign_key,
				       .box_key = enrolment->box_key,
				       .enrolment = cm_vault_record_get_hash(change->enrolment),
				       .label = enrolment->label};

	if (find_entry(entries, enrolment->person, enrolment->generation) != NULL)
		return CM_VAULT_CLASS_REPLACED;
	retire_others(entries, enrolment->person, sequence);
	g_array_append_val(entries, entry);
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
apply(GArray *entries, const CmVaultRegistrarChange *change, guint64 sequence)
{
	CmVaultDirectoryEntry *entry = NULL;

	if (change->enrolment != NULL)
		return admit(entries, change, sequence);
	entry = find_entry(entries, change->person, change->generation);
	if (entry == NULL)
		return CM_VAULT_CLASS_MISSING;
	/* keys that were retired may turn out to be stolen */
	if (entry->state == CM_VAULT_STATE_REVOKED ||
	    (entry->state == CM_VAULT_STATE_RETIRED && change->state != CM_VAULT_STATE_REVOKED))
		return CM_VAULT_CLASS_REPLACED;
	if (change->state == CM_VAULT_STATE_CURRENT) {
		entry->roles = change->roles;
		return CM_VAULT_CLASS_OK;
	}
	if (entry->state == CM_VAULT_STATE_CURRENT)
		entry->until = sequence;
	entry->state = change->state;
	return CM_VAULT_CLASS_OK;
}

/* whether what was signed is a directory: what is wrong with it is found by who reads it */
static CmVaultClass
check(GBytes *octets)
{
	g_autoptr(CmVaultRecord) record = NULL;

	if (octets == NULL)
		return CM_VAULT_CLASS_MEMORY;
	return cm_vault_record_read(CM_VAULT_KIND_DIRECTORY, octets, &record);
}

CmVaultClass
cm_vault_registrar_sign(const CmVaultPeople *people,
			const CmVaultRecord *bundle,
			const CmVaultRegistrarChange *changes,
			gsize count,
			guint64 now,
			GBytes **out_directory)
{
	const CmVaultBundle *keys = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	const CmVaultDirectory *before =
	    people != NULL ? cm_vault_people_get_directory(people) : NULL;
	g_autoptr(GArray) entries = g_array_new(FALSE, TRUE, sizeof(CmVaultDirectoryEntry));
	g_autoptr(GBytes) octets = NULL;
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];
	CmVaultDirectory directory = {
	    .organisation = keys->organisation,
	    .sequence = before != NULL ? before->sequence + 1 : 1,
	    .previous = people != NULL
			    ? cm_vault_record_get_hash(cm_vault_people_get_record(people))
			    : NULL,
	    .issued_at = now,
	    .org_key = sign_key};
	CmVaultClass found = cm_vault_keyring_get_public(bundle, sign_key, box_key);

	if (before != NULL && before->entries.count > 0)
		g_array_append_vals(entries, before->entries.items, before->entries.count);
	for (gsize i = 0; i < count && found == CM_VAULT_CLASS_OK; i++)
		found = apply(entries, &changes[i], directory.sequence);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	g_array_sort(entries, compare_entries);
	directory.entries = (CmVaultList){.items = entries->data, .count = entries->len};
	octets = cm_vault_record_sign(CM_VAULT_KIND_DIRECTORY, &directory, &keys->sign_seed, 1);
	found = check(octets);
	if (found == CM_VAULT_CLASS_OK)
		*out_directory = g_steal_pointer(&octets);
	return found;
}

CmVaultClass
cm_vault_registrar_succeed(const CmVaultPeople *people,
			   const CmVaultRecord *bundle,
			   const CmVaultRecord *next,
			   guint64 now,
			   GBytes **out_succession)
{
	const CmVaultBundle *old = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	const CmVaultBundle *new = cm_vault_record_get_fields(next, CM_VAULT_KIND_BUNDLE);
	const guint8 *seeds[] = {old->sign_seed, new->sign_seed};
	guint8 old_key[CM_VAULT_KEY_BYTES];
	guint8 new_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];
	CmVaultSuccession succession = {.organisation = old->organisation,
					.old_key = old_key,
					.new_key = new_key,
					.from_sequence =
					    cm_vault_people_get_directory(people)->sequence + 1,
					.made_at = now};
	CmVaultClass found = cm_vault_keyring_get_public(bundle, old_key, box_key);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_keyring_get_public(next, new_key, box_key);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	*out_succession =
	    cm_vault_record_sign(CM_VAULT_KIND_SUCCESSION, &succession, seeds, G_N_ELEMENTS(seeds));
	return *out_succession != NULL ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_MEMORY;
}
