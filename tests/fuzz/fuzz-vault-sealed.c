// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-escrow.h"
#include "daemon/vault/vault-keyring.h"
#include "daemon/vault/vault-minutes.h"
#include "daemon/vault/vault-text.h"

#include <sodium.h>
#include <string.h>

/* What is locked or sealed for somebody, changed where the octets say. What nobody signs (a keyring, what an agent remembers, a draft) opens
 * unchanged alone. What somebody signs (minutes, a deposit, a release) is signed again, as its author could: it opens to what was in it, or not
 * at all. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define PEOPLE 4
#define EDIT_BYTES 3
#define NOW 1790000000

typedef struct {
	guint8 seed[CM_VAULT_KEY_BYTES]; /* the organisation's */
	guint8 key[CM_VAULT_KEY_BYTES];
	guint8 organisation[CM_VAULT_HASH_BYTES];
	guint8 ids[PEOPLE][CM_VAULT_ID_BYTES];
	guint8 keys[PEOPLE][2][CM_VAULT_KEY_BYTES];
	CmVaultRecord
	    *bundles[PEOPLE]; /* the first's are the author's; the others are custodians */
	CmVaultPeople *people;
	CmVaultRecord *content;
	CmVaultPart text;
} World;

static const CmVaultBundle *
get_bundle(const World *world, guint person)
{
	return cm_vault_record_get_fields(world->bundles[person], CM_VAULT_KIND_BUNDLE);
}

static void
make_people(World *world)
{
	CmVaultDirectoryEntry entries[PEOPLE] = {{0}};
	CmVaultDirectory directory = {.organisation = world->organisation,
				      .sequence = 1,
				      .issued_at = 1,
				      .org_key = world->key,
				      .entries = {entries, PEOPLE}};
	const guint8 *seed = world->seed;
	g_autoptr(GBytes) octets = NULL;

	for (guint8 i = 0; i < PEOPLE; i++) {
		world->ids[i][0] = i + 1;
		world->bundles[i] =
		    cm_vault_keyring_generate(world->organisation, world->ids[i], 1, NOW);
		g_assert_cmpint(cm_vault_keyring_get_public(world->bundles[i], world->keys[i][0],
							    world->keys[i][1]),
				==, CM_VAULT_CLASS_OK);
		entries[i] = (CmVaultDirectoryEntry){.person = world->ids[i],
						     .generation = 1,
						     .state = CM_VAULT_STATE_CURRENT,
						     .roles = i == 0 ? CM_VAULT_ROLE_PROFESSIONAL
								     : CM_VAULT_ROLE_CUSTODIAN,
						     .since = 1,
						     .sign_key = world->keys[i][0],
						     .box_key = world->keys[i][1],
						     .enrolment = world->keys[i][0],
						     .label = {(const guint8 *)"A", 1}};
	}
	octets = cm_vault_record_sign(CM_VAULT_KIND_DIRECTORY, &directory, &seed, 1);
	g_assert_cmpint(cm_vault_people_new(octets, world->key, NULL, &world->people), ==,
			CM_VAULT_CLASS_OK);
}

static void
make_world(World *world)
{
	guint8 secret[crypto_sign_SECRETKEYBYTES];
	CmVaultSection section = {.text = {(const guint8 *)"Le plan.", 8}};
	const CmVaultContent content = {.language = {(const guint8 *)"fr_CA", 5},
					.sections = {&section, 1}};
	g_autoptr(GBytes) octets = NULL;

	g_assert_cmpint(sodium_init(), >=, 0);
	crypto_sign_seed_keypair(world->key, secret, world->seed);
	cm_vault_people_identify(world->key, world->organisation);
	make_people(world);
	octets = cm_vault_record_write(CM_VAULT_KIND_CONTENT, &content);
	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_CONTENT, octets, &world->content), ==,
			CM_VAULT_CLASS_OK);
	world->text.data =
	    g_bytes_get_data(cm_vault_record_get_octets(world->content), &world->text.length);
}

static void
clear_world(World *world)
{
	cm_vault_record_unref(world->content);
	cm_vault_people_unref(world->people);
	for (guint i = 0; i < PEOPLE; i++)
		cm_vault_record_unref(world->bundles[i]);
}

/* ---- changing */

static GBytes *
edit(GBytes *plain, const guint8 *data, gsize size)
{
	gsize length = g_bytes_get_size(plain);
	guint8 *octets = g_memdup2(g_bytes_get_data(plain, NULL), length);

	for (; size >= EDIT_BYTES; data += EDIT_BYTES, size -= EDIT_BYTES)
		octets[((gsize)data[0] << 8 | data[1]) % length] ^= data[2];
	return g_bytes_new_take(octets, length);
}

/* signed again by a person, and believed; NULL: it can't be */
static CmVaultRecord *
edit_signed(const World *world,
	    CmVaultKind kind,
	    guint signer,
	    GBytes *plain,
	    const guint8 *data,
	    gsize size)
{
	const guint8 *seed = get_bundle(world, signer)->sign_seed;
	g_autoptr(GBytes) changed = edit(plain, data, size);
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) form = NULL;
	CmVaultRecord *record = NULL;

	if (cm_vault_record_read(kind, changed, &form) != CM_VAULT_CLASS_OK)
		return NULL;
	octets = cm_vault_record_sign(kind, cm_vault_record_get_fields(form, kind), &seed, 1);
	return cm_vault_people_check(world->people, kind, octets, &record) == CM_VAULT_CLASS_OK
		   ? record
		   : NULL;
}

static void
assert_text(const World *world, const CmVaultRecord *content)
{
	g_assert_true(g_bytes_equal(cm_vault_record_get_octets(content),
				    cm_vault_record_get_octets(world->content)));
}

/* ---- what nobody signs */

static void
check_keyring(const World *world, const guint8 *data, gsize size)
{
	static const guint8 code[CM_VAULT_KEYRING_CODE_BYTES] = {9};
	const CmVaultKeyring fields = {.slot = 2, .revision = 1};
	g_autoptr(GBytes) plain = NULL;
	g_autoptr(GBytes) changed = NULL;
	g_autoptr(CmVaultRecord) bundle = NULL;
	CmVaultClass found =
	    cm_vault_keyring_seal(&fields, world->bundles[0], code, sizeof code, &plain);

	g_assert_cmpint(found, ==, CM_VAULT_CLASS_OK);
	changed = edit(plain, data, size);
	found = cm_vault_keyring_open(changed, world->organisation, code, sizeof code, &bundle);
	g_assert_true((found == CM_VAULT_CLASS_OK) == g_bytes_equal(plain, changed));
}

static void
check_memory(const World *world, const guint8 *data, gsize size)
{
	CmVaultRememberedCase known = {.case_id = world->ids[1],
				       .epoch = 1,
				       .epoch_record = world->key,
				       .sequence = 1,
				       .last_note = world->key};
	const CmVaultRemembered fields = {
	    .directory = 1, .directory_record = world->key, .cases = {&known, 1}};
	g_autoptr(GBytes) plain = cm_vault_text_lock_memory(world->bundles[0], 1, &fields);
	g_autoptr(GBytes) changed = edit(plain, data, size);
	g_autoptr(CmVaultRecord) remembered = NULL;
	CmVaultClass found = cm_vault_text_open_memory(changed, world->bundles[0], &remembered);

	g_assert_true((found == CM_VAULT_CLASS_OK) == g_bytes_equal(plain, changed));
}

static void
check_draft(const World *world, const guint8 *data, gsize size)
{
	const CmVaultDraft fields = {.case_id = world->ids[1],
				     .draft = world->ids[2],
				     .revision = 1,
				     .kind = CM_VAULT_NOTE_PROGRESS,
				     .occurred_on = 20261101};
	g_autoptr(GBytes) plain =
	    cm_vault_text_lock_draft(world->bundles[0], &fields, &world->text);
	g_autoptr(GBytes) changed = edit(plain, data, size);
	g_autoptr(CmVaultRecord) content = NULL;
	CmVaultClass found = cm_vault_text_open_draft(changed, world->bundles[0], &content);

	g_assert_true((found == CM_VAULT_CLASS_OK) == g_bytes_equal(plain, changed));
	if (found == CM_VAULT_CLASS_OK)
		assert_text(world, content);
}

/* ---- what somebody signs */

static void
check_minutes(const World *world, const guint8 *data, gsize size)
{
	CmVaultParticipant participants[2] = {{.person = world->ids[0], .generation = 1},
					      {.person = world->ids[1], .generation = 1}};
	const CmVaultMinutes fields = {.minutes = world->ids[2],
				       .held_on = 20261105,
				       .entered_at = NOW,
				       .participants = {participants, 2}};
	g_autoptr(GBytes) plain = NULL;
	g_autoptr(CmVaultRecord) changed = NULL;
	g_autoptr(CmVaultRecord) content = NULL;

	g_assert_cmpint(
	    cm_vault_minutes_write(world->people, world->bundles[0], &fields, &world->text, &plain),
	    ==, CM_VAULT_CLASS_OK);
	changed = edit_signed(world, CM_VAULT_KIND_MINUTES, 0, plain, data, size);
	if (changed != NULL &&
	    cm_vault_minutes_open(changed, world->ids[1], 1, get_bundle(world, 1)->box_secret,
				  &content) == CM_VAULT_CLASS_OK)
		assert_text(world, content);
}

/* `half` NULL: that of a release that was changed */
static void
check_release(const World *world,
	      const CmVaultRecord *deposit,
	      const CmVaultSecret *half,
	      const guint8 *data,
	      gsize size)
{
	const CmVaultRequest fields = {.organisation = world->organisation,
				       .request = world->ids[3],
				       .person = world->ids[0],
				       .generation = 1,
				       .deposit = cm_vault_record_get_hash(deposit),
				       .custodian = world->ids[2],
				       .custodian_generation = 1,
				       .recipient = world->ids[0],
				       .recipient_generation = 1,
				       .reason = 1,
				       .delay = 259200,
				       .directory = 1,
				       .made_at = NOW};
	const guint8 *seed = get_bundle(world, 2)->sign_seed;
	g_autoptr(GBytes) octets = cm_vault_record_sign(CM_VAULT_KIND_REQUEST, &fields, &seed, 1);
	g_autoptr(CmVaultRecord) request = NULL;
	g_autoptr(CmVaultRecord) changed = NULL;
	g_autoptr(CmVaultSecret) opened = NULL;
	g_autoptr(GBytes) plain = NULL;

	g_assert_cmpint(
	    cm_vault_people_check(world->people, CM_VAULT_KIND_REQUEST, octets, &request), ==,
	    CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_escrow_release(world->people, world->bundles[1], deposit, request,
						NOW, &plain),
			==, CM_VAULT_CLASS_OK);
	changed = edit_signed(world, CM_VAULT_KIND_RELEASE, 1, plain, data, size);
	if (changed != NULL && cm_vault_escrow_open_release(changed, world->ids[0], 1,
							    get_bundle(world, 0)->box_secret,
							    &opened) == CM_VAULT_CLASS_OK)
		g_assert_true(memcmp(cm_vault_secret_peek(opened), cm_vault_secret_peek(half),
				     cm_vault_secret_get_length(half)) == 0);
}

/* two halves of it, as its custodians open them; NULL: they do not */
static CmVaultSecret *
open_deposit(const World *world, const CmVaultRecord *deposit, CmVaultSecret **out_first)
{
	g_autoptr(CmVaultSecret) first = NULL;
	g_autoptr(CmVaultSecret) second = NULL;
	CmVaultSecret *secret = NULL;

	if (cm_vault_escrow_open_half(deposit, world->ids[1], 1, get_bundle(world, 1)->box_secret,
				      &first) != CM_VAULT_CLASS_OK ||
	    cm_vault_escrow_open_half(deposit, world->ids[2], 1, get_bundle(world, 2)->box_secret,
				      &second) != CM_VAULT_CLASS_OK ||
	    cm_vault_escrow_combine(deposit, 0, cm_vault_secret_peek(first), 1,
				    cm_vault_secret_peek(second), &secret) != CM_VAULT_CLASS_OK)
		return NULL;
	if (out_first != NULL)
		*out_first = g_steal_pointer(&first);
	return secret;
}

static void
check_deposit(const World *world, gboolean release, const guint8 *data, gsize size)
{
	const CmVaultDirectoryEntry *const custodians[CM_VAULT_ESCROW_CUSTODIANS] = {
	    cm_vault_people_find(world->people, world->ids[1], 1),
	    cm_vault_people_find(world->people, world->ids[2], 1),
	    cm_vault_people_find(world->people, world->ids[3], 1)};
	g_autoptr(GBytes) plain = NULL;
	g_autoptr(CmVaultRecord) whole = NULL;
	g_autoptr(CmVaultRecord) changed = NULL;
	g_autoptr(CmVaultSecret) half = NULL;
	g_autoptr(CmVaultSecret) secret = NULL;
	g_autoptr(CmVaultSecret) opened = NULL;

	g_assert_cmpint(
	    cm_vault_escrow_deposit(world->people, world->bundles[0], custodians, 1, NOW, &plain),
	    ==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_people_check(world->people, CM_VAULT_KIND_DEPOSIT, plain, &whole),
			==, CM_VAULT_CLASS_OK);
	secret = open_deposit(world, whole, &half);
	g_assert_nonnull(secret);
	if (release) {
		check_release(world, whole, half, data, size);
		return;
	}
	changed = edit_signed(world, CM_VAULT_KIND_DEPOSIT, 0, plain, data, size);
	opened = changed != NULL ? open_deposit(world, changed, NULL) : NULL;
	if (opened != NULL)
		g_assert_true(memcmp(cm_vault_secret_peek(opened), cm_vault_secret_peek(secret),
				     CM_VAULT_KEY_BYTES) == 0);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	World world = {0};

	if (size == 0)
		return 0;
	make_world(&world);
	switch (data[0] % 6) {
	case 0:
		check_keyring(&world, data + 1, size - 1);
		break;
	case 1:
		check_memory(&world, data + 1, size - 1);
		break;
	case 2:
		check_draft(&world, data + 1, size - 1);
		break;
	case 3:
		check_minutes(&world, data + 1, size - 1);
		break;
	default:
		check_deposit(&world, data[0] % 6 == 5, data + 1, size - 1);
		break;
	}
	clear_world(&world);
	return 0;
}
