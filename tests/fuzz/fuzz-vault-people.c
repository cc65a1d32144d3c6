// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-people.h"

#include <sodium.h>
#include <string.h>

/* The organisation's own word, changed where the octets say and signed again, so that what lies behind the signature is reached: a directory
 * that holds is one that may be written, one that follows another gives and takes nothing for a time that is over. Any octets as an
 * enrolment or a succession: refused. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define PEOPLE 4
#define EDIT_BYTES 3

typedef struct {
	guint8 seed[CM_VAULT_KEY_BYTES];
	guint8 key[CM_VAULT_KEY_BYTES];
	guint8 organisation[CM_VAULT_HASH_BYTES];
	guint8 ids[PEOPLE][CM_VAULT_ID_BYTES];
	guint8 keys[2 * PEOPLE][CM_VAULT_KEY_BYTES];
	CmVaultDirectoryEntry entries[PEOPLE];
	CmVaultPeople *people; /* the first directory */
} World;

static GBytes *
write_directory(const World *world, CmVaultDirectory *directory)
{
	const guint8 *seed = world->seed;

	return cm_vault_record_sign(CM_VAULT_KIND_DIRECTORY, directory, &seed, 1);
}

static void
make_world(World *world)
{
	guint8 secret[crypto_sign_SECRETKEYBYTES];
	CmVaultDirectory directory = {.organisation = world->organisation,
				      .sequence = 1,
				      .issued_at = 1,
				      .org_key = world->key,
				      .entries = {world->entries, PEOPLE}};
	g_autoptr(GBytes) octets = NULL;

	g_assert_cmpint(sodium_init(), >=, 0);
	crypto_sign_seed_keypair(world->key, secret, world->seed);
	cm_vault_people_identify(world->key, world->organisation);
	for (guint8 i = 0; i < PEOPLE; i++) {
		guint8 seed[CM_VAULT_KEY_BYTES] = {8, i};

		crypto_sign_seed_keypair(world->keys[2 * i], secret, seed);
		crypto_scalarmult_base(world->keys[2 * i + 1], seed);
		world->ids[i][0] = i + 1;
		world->entries[i] = (CmVaultDirectoryEntry){
		    .person = world->ids[i],
		    .generation = 1,
		    .state = CM_VAULT_STATE_CURRENT,
		    .roles = i == 0 ? CM_VAULT_ROLE_PROFESSIONAL : CM_VAULT_ROLE_CUSTODIAN,
		    .since = 1,
		    .sign_key = world->keys[2 * i],
		    .box_key = world->keys[2 * i + 1],
		    .enrolment = world->keys[2 * i],
		    .label = {(const guint8 *)"A", 1}};
	}
	octets = write_directory(world, &directory);
	g_assert_cmpint(cm_vault_people_new(octets, world->key, NULL, &world->people), ==,
			CM_VAULT_CLASS_OK);
}

/* the next directory, with the octets that are changed; NULL: that can't be one */
static GBytes *
make_next(World *world, const guint8 *data, gsize size)
{
	CmVaultDirectory directory = {
	    .organisation = world->organisation,
	    .sequence = 2,
	    .previous = cm_vault_record_get_hash(cm_vault_people_get_record(world->people)),
	    .issued_at = 2,
	    .org_key = world->key,
	    .entries = {world->entries, PEOPLE}};
	g_autoptr(GBytes) plain = write_directory(world, &directory);
	g_autoptr(CmVaultRecord) record = NULL;
	gsize length = g_bytes_get_size(plain);
	guint8 *octets = g_memdup2(g_bytes_get_data(plain, NULL), length);
	g_autoptr(GBytes) changed = NULL;

	for (; size >= EDIT_BYTES; data += EDIT_BYTES, size -= EDIT_BYTES)
		octets[((gsize)data[0] << 8 | data[1]) % length] ^= data[2];
	changed = g_bytes_new_take(octets, length);
	if (cm_vault_record_read(CM_VAULT_KIND_DIRECTORY, changed, &record) != CM_VAULT_CLASS_OK)
		return NULL;
	directory =
	    *(const CmVaultDirectory *)cm_vault_record_get_fields(record, CM_VAULT_KIND_DIRECTORY);
	return write_directory(world, &directory);
}

/* whoever was there is there still, with the keys and the beginning that they had */
static void
check_kept(const World *world, const CmVaultPeople *next)
{
	for (guint i = 0; i < PEOPLE; i++) {
		const CmVaultDirectoryEntry *entry = cm_vault_people_find(next, world->ids[i], 1);

		g_assert_nonnull(entry);
		g_assert_true(
		    memcmp(entry->sign_key, world->entries[i].sign_key, CM_VAULT_KEY_BYTES) == 0);
		g_assert_true(
		    memcmp(entry->box_key, world->entries[i].box_key, CM_VAULT_KEY_BYTES) == 0);
		g_assert_cmpuint(entry->since, ==, 1);
		g_assert_true(entry->until == 0 || entry->until == 2);
	}
}

static void
check_next(World *world, const guint8 *data, gsize size)
{
	g_autoptr(GBytes) octets = make_next(world, data, size);
	g_autoptr(CmVaultPeople) next = NULL;

	if (octets == NULL ||
	    cm_vault_people_new(octets, world->key, NULL, &next) != CM_VAULT_CLASS_OK)
		return;
	g_assert_true(memcmp(cm_vault_people_get_directory(next)->org_key, world->key,
			     CM_VAULT_KEY_BYTES) == 0);
	if (cm_vault_people_follow(next, world->people) == CM_VAULT_CLASS_OK)
		check_kept(world, next);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	World world = {0};
	g_autoptr(GBytes) octets = g_bytes_new(data, size);
	g_autoptr(CmVaultRecord) enrolment = NULL;
	g_autoptr(CmVaultRecord) succession = NULL;

	make_world(&world);
	check_next(&world, data, size);
	/* no seed of an enrolment signs for this organisation */
	g_assert_cmpint(cm_vault_people_check_enrolment(world.organisation, octets, &enrolment), !=,
			CM_VAULT_CLASS_OK);
	g_assert_cmpint(
	    cm_vault_people_check_succession(world.organisation, world.key, octets, &succession),
	    !=, CM_VAULT_CLASS_OK);
	cm_vault_people_unref(world.people);
	return 0;
}
