// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-case.h"
#include "daemon/vault/vault-keyring.h"

#include <sodium.h>
#include <string.h>

/* Any records one after the other, as a case's: with signatures that hold, so that what lies behind them is reached. The bytes say of
 * each record its kind and what is changed of a right one; nothing that is not fit may be taken. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define STEPS_MAX 24

/* an epoch, one's own envelope, a note, and one that amends it */
static const guint8 plainest[] = {0, 0, 8, 1, 0, 2, 2, 8, 1, 2, 0x88, 5};

typedef struct {
	guint8 seed[CM_VAULT_KEY_BYTES];
	guint8 key[CM_VAULT_KEY_BYTES];
	guint8 organisation[CM_VAULT_HASH_BYTES];
	guint8 person[CM_VAULT_ID_BYTES];
	guint8 some[CM_VAULT_HASH_BYTES];
	CmVaultPeople *people;
	const CmVaultDirectoryEntry *entry;
	CmVaultCase *held;
	guint8 grant[CM_VAULT_HASH_BYTES];
} World;

static void
make_world(World *world)
{
	guint8 secret[crypto_sign_SECRETKEYBYTES];
	CmVaultDirectoryEntry entry = {.person = world->person,
				       .generation = 1,
				       .state = CM_VAULT_STATE_CURRENT,
				       .roles = CM_VAULT_ROLE_PROFESSIONAL,
				       .since = 1,
				       .sign_key = world->key,
				       .box_key = world->key,
				       .enrolment = world->some,
				       .label = {(const guint8 *)"A", 1}};
	CmVaultDirectory directory = {.organisation = world->organisation,
				      .sequence = 2,
				      .previous = world->some,
				      .issued_at = 1,
				      .org_key = world->key,
				      .entries = {&entry, 1}};
	const guint8 *seed = world->seed;
	g_autoptr(GBytes) octets = NULL;

	memset(world->some, 5, sizeof world->some);
	memset(world->person, 6, sizeof world->person);
	memset(world->grant, 7, sizeof world->grant);
	g_assert_cmpint(sodium_init(), >=, 0);
	crypto_sign_seed_keypair(world->key, secret, world->seed);
	cm_vault_people_identify(world->key, world->organisation);
	octets = cm_vault_record_sign(CM_VAULT_KIND_DIRECTORY, &directory, &seed, 1);
	g_assert_cmpint(cm_vault_people_new(octets, world->key, NULL, &world->people), ==,
			CM_VAULT_CLASS_OK);
	world->entry = cm_vault_people_find(world->people, world->person, 1);
	world->held = cm_vault_case_new(world->people, world->person);
}

static const guint8 *
hash_of(const World *world, const CmVaultRecord *record)
{
	return record != NULL ? cm_vault_record_get_hash(record) : world->some;
}

static GBytes *
make_epoch(const World *world, const guint8 *bytes)
{
	guint32 number = cm_vault_case_count_epochs(world->held) + 1 + (bytes[1] & 1);
	guint64 notes = cm_vault_case_count_notes(world->held) + (bytes[1] >> 1 & 1);
	const guint8 *seed = world->seed;
	CmVaultEpoch epoch = {
	    .organisation = world->organisation,
	    .case_id = world->person,
	    .epoch = number,
	    .previous = number == 1
			    ? NULL
			    : hash_of(world, cm_vault_case_get_epoch(world->held, number - 1)),
	    .authority = number == 1 ? 1 : 2 + (bytes[2] & 1),
	    .signer = world->person,
	    .signer_generation = 1,
	    .responsible = world->person,
	    .responsible_generation = 1 + (bytes[2] >> 1 & 1),
	    .file = 1 + (bytes[2] >> 2 & 1),
	    .reason = 2,
	    .key_commitment = world->some,
	    .subject = world->some,
	    .last_sequence = notes,
	    .last_note =
		notes == 0 ? NULL : hash_of(world, cm_vault_case_get_note(world->held, notes)),
	    .directory = 1 + (bytes[2] >> 3 & 1),
	    .made_at = 1};

	if (number == 1)
		epoch.reason = CM_VAULT_REASON_OPENED;
	if (epoch.authority == CM_VAULT_AUTHORITY_CUSTODIANS) {
		gboolean falls = memcmp(world->some, world->grant, sizeof world->grant) > 0;

		epoch.reason = CM_VAULT_REASON_LEFT_BEHIND;
		epoch.release_a = falls ? world->grant : world->some;
		epoch.release_b = falls ? world->some : world->grant;
	}
	return cm_vault_record_sign(CM_VAULT_KIND_EPOCH, &epoch, &seed, 1);
}

static GBytes *
make_envelope(const World *world, const guint8 *bytes)
{
	static const guint8 sealed[112] = {1};
	guint32 number = MAX(1, cm_vault_case_count_epochs(world->held) - (bytes[1] & 1));
	const guint8 *seed = world->seed;
	CmVaultEnvelope envelope = {
	    .organisation = world->organisation,
	    .case_id = world->person,
	    .epoch = number,
	    .epoch_record = hash_of(world, cm_vault_case_get_epoch(world->held, number)),
	    .granter = world->person,
	    .granter_generation = 1,
	    .to = CM_VAULT_TO_PERSON,
	    .recipient = world->person,
	    .recipient_generation = 1,
	    .recipient_key = bytes[1] & 2 ? world->some : world->key,
	    .rights = 1 | (bytes[2] & 15),
	    .key_commitment = world->some,
	    .directory = 2,
	    .made_at = 1,
	    .sealed = sealed};

	return cm_vault_record_sign(CM_VAULT_KIND_ENVELOPE, &envelope, &seed, 1);
}

static GBytes *
make_note(const World *world, const guint8 *bytes)
{
	guint64 sequence =
	    cm_vault_case_count_notes(world->held) + 1 + (bytes[1] & 1) - (bytes[1] >> 1 & 1);
	guint32 number = MAX(1, cm_vault_case_count_epochs(world->held) - (bytes[1] >> 2 & 1));
	guint8 id[CM_VAULT_ID_BYTES] = {1, bytes[2]};
	const guint8 *seed = world->seed;
	CmVaultNote note = {
	    .organisation = world->organisation,
	    .case_id = world->person,
	    .epoch = number,
	    .epoch_record = hash_of(world, cm_vault_case_get_epoch(world->held, number)),
	    .note = id,
	    .sequence = sequence,
	    .previous = sequence <= 1
			    ? NULL
			    : hash_of(world, cm_vault_case_get_note(world->held, sequence - 1)),
	    .kind = 1 + (bytes[1] >> 4) % 10,
	    .author = world->person,
	    .author_generation = 1,
	    .grant = world->grant,
	    .directory = 1 + (bytes[1] >> 3 & 1),
	    .entered_at = G_GUINT64_CONSTANT(1790000000),
	    .entered_on = 20260921,
	    .cosign = bytes[2] >> 7,
	    .occurred_on = 20260921,
	    .text_commitment = world->some};

	if (note.kind >= CM_VAULT_NOTE_AMENDMENT)
		note.about = hash_of(world, cm_vault_case_get_note(world->held, bytes[2] & 3));
	return cm_vault_record_sign(CM_VAULT_KIND_NOTE, &note, &seed, 1);
}

static CmVaultClass
take(World *world, GBytes *octets)
{
	g_autoptr(CmVaultRecord) record = NULL;
	guint32 epochs = cm_vault_case_count_epochs(world->held);
	guint64 notes = cm_vault_case_count_notes(world->held);
	CmVaultClass found = cm_vault_case_add(world->held, octets, &record);
	guint64 grown = cm_vault_case_count_epochs(world->held) - epochs +
			cm_vault_case_count_notes(world->held) - notes;

	if (found != CM_VAULT_CLASS_OK) {
		g_assert_cmpuint(grown, ==, 0);
		return found;
	}
	g_assert_cmpuint(grown, <=, 1);
	if (cm_vault_record_get_kind(record) == CM_VAULT_KIND_ENVELOPE)
		memcpy(world->grant, cm_vault_record_get_hash(record), sizeof world->grant);
	/* the same note or epoch is never taken twice */
	if (grown == 1)
		g_assert_cmpint(cm_vault_case_add(world->held, octets, NULL), !=,
				CM_VAULT_CLASS_OK);
	return found;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	World world = {0};
	CmVaultClass found = CM_VAULT_CLASS_OK;

	make_world(&world);
	for (gsize i = 0; i + 3 <= MIN(size, STEPS_MAX * 3); i += 3) {
		g_autoptr(GBytes) octets = NULL;

		if (data[i] % 4 == 0)
			octets = make_epoch(&world, data + i);
		else if (data[i] % 4 == 1)
			octets = make_envelope(&world, data + i);
		else if (data[i] % 4 == 2)
			octets = make_note(&world, data + i);
		else
			octets = g_bytes_new(data + i, size - i);
		found = take(&world, octets);
		/* what lies behind the form is reached: the plainest case is one */
		if (i + 3 <= sizeof plainest && memcmp(data, plainest, i + 3) == 0)
			g_assert_cmpint(found, ==, CM_VAULT_CLASS_OK);
	}
	cm_vault_case_free(world.held);
	cm_vault_people_unref(world.people);
	return 0;
}
