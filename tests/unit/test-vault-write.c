// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-attachment.h"
#include "daemon/vault/vault-case.h"
#include "daemon/vault/vault-code.h"
#include "daemon/vault/vault-escrow.h"
#include "daemon/vault/vault-keyring.h"
#include "daemon/vault/vault-passphrase.h"
#include "daemon/vault/vault-text.h"

#include <sodium.h>
#include <string.h>

/* A whole life of a case, written by daemon/vault/ and opened again. With “--write FILE” it leaves everything as vectors, which
 * tests/vault/vault_test.py gives the second implementation. */

#define NOW G_GUINT64_CONSTANT(1790000000)
#define DAY 86400
#define PEOPLE 5 /* the owner, the successor, three custodians */

typedef struct {
	guint8 seed[CM_VAULT_KEY_BYTES];
	guint8 key[CM_VAULT_KEY_BYTES];
	guint8 organisation[CM_VAULT_HASH_BYTES];
	guint8 ids[PEOPLE][CM_VAULT_ID_BYTES];
	CmVaultRecord *bundles[PEOPLE];
	CmVaultPeople *people;
	guint8 case_id[CM_VAULT_ID_BYTES];
	guint8 case_key[CM_VAULT_KEY_BYTES];
	CmVaultCase *held;
	GKeyFile *vectors;
	GPtrArray *context; /* of the case, in hexadecimal */
} World;

static void
check_secret(const CmVaultSecret *secret, gconstpointer expected, gsize length)
{
	g_assert_cmpuint(cm_vault_secret_get_length(secret), ==, length);
	g_assert_true(memcmp(cm_vault_secret_peek(secret), expected, length) == 0);
}

static gchar *
to_hex(gconstpointer octets, gsize length)
{
	GString *text = g_string_new(NULL);

	for (gsize i = 0; i < length; i++)
		g_string_append_printf(text, "%02x", ((const guint8 *)octets)[i]);
	return g_string_free(text, FALSE);
}

static void
note_octets(World *world,
	    const gchar *vector,
	    const gchar *field,
	    gconstpointer octets,
	    gsize length)
{
	g_autofree gchar *text = to_hex(octets, length);

	g_key_file_set_string(world->vectors, vector, field, text);
}

static void
note_bytes(World *world, const gchar *vector, const gchar *field, GBytes *bytes)
{
	note_octets(world, vector, field, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void
note_record(World *world, const gchar *vector, const gchar *field, const CmVaultRecord *record)
{
	note_bytes(world, vector, field, cm_vault_record_get_octets(record));
}

/* begin a vector that ends well */
static void
note_vector(World *world, const gchar *vector, const gchar *operation)
{
	g_autofree gchar *directory = NULL;

	g_key_file_set_string(world->vectors, vector, "Operation", operation);
	g_key_file_set_string(world->vectors, vector, "Expect", "ok");
	note_octets(world, vector, "Organisation", world->organisation, CM_VAULT_HASH_BYTES);
	note_octets(world, vector, "OrganisationKey", world->key, CM_VAULT_KEY_BYTES);
	note_octets(world, vector, "Case", world->case_id, CM_VAULT_ID_BYTES);
	if (world->people != NULL)
		note_record(world, vector, "Directory", cm_vault_people_get_record(world->people));
	if (world->context->len > 0) {
		g_ptr_array_add(world->context, NULL);
		directory = g_strjoinv(";", (gchar **)world->context->pdata);
		g_ptr_array_remove_index(world->context, world->context->len - 1);
		g_key_file_set_string(world->vectors, vector, "Context", directory);
	}
}

static const CmVaultBundle *
bundle_of(const World *world, guint person)
{
	return cm_vault_record_get_fields(world->bundles[person], CM_VAULT_KIND_BUNDLE);
}

static const CmVaultDirectoryEntry *
entry_of(const World *world, guint person)
{
	return cm_vault_people_find(world->people, world->ids[person], 1);
}

static GBytes *
enrol(World *world, guint person)
{
	const CmVaultBundle *bundle = bundle_of(world, person);
	static const gchar label[] = "Élise Bélanger, ps. éd.";
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];
	CmVaultEnrolment enrolment = {.organisation = world->organisation,
				      .person = world->ids[person],
				      .generation = 1,
				      .sign_key = sign_key,
				      .box_key = box_key,
				      .made_at = NOW,
				      .label = {(const guint8 *)label, sizeof label - 1}};

	g_assert_cmpint(cm_vault_keyring_get_public(world->bundles[person], sign_key, box_key), ==,
			CM_VAULT_CLASS_OK);
	return cm_vault_record_sign(CM_VAULT_KIND_ENROLMENT, &enrolment, &bundle->sign_seed, 1);
}

static void
make_people(World *world)
{
	guint8 secret[crypto_sign_SECRETKEYBYTES];
	const guint8 *seed = world->seed;
	CmVaultDirectoryEntry entries[PEOPLE] = {0};
	CmVaultRecord *enrolments[PEOPLE] = {NULL};
	CmVaultDirectory directory = {.organisation = world->organisation,
				      .sequence = 1,
				      .issued_at = NOW,
				      .org_key = world->key,
				      .entries = {entries, PEOPLE}};
	g_autoptr(GBytes) octets = NULL;

	randombytes_buf(world->seed, sizeof world->seed);
	crypto_sign_seed_keypair(world->key, secret, world->seed);
	cm_vault_people_identify(world->key, world->organisation);
	for (guint i = 0; i < PEOPLE; i++) {
		g_autoptr(GBytes) enrolment = NULL;
		const CmVaultEnrolment *fields = NULL;

		/* ascending */
		randombytes_buf(world->ids[i], CM_VAULT_ID_BYTES);
		world->ids[i][0] = (guint8)(i + 1);
		world->bundles[i] =
		    cm_vault_keyring_generate(world->organisation, world->ids[i], 1, NOW);
		g_assert_nonnull(world->bundles[i]);
		enrolment = enrol(world, i);
		g_assert_cmpint(
		    cm_vault_people_check_enrolment(world->organisation, enrolment, &enrolments[i]),
		    ==, CM_VAULT_CLASS_OK);
		fields = cm_vault_record_get_fields(enrolments[i], CM_VAULT_KIND_ENROLMENT);
		entries[i] = (CmVaultDirectoryEntry){
		    .person = fields->person,
		    .generation = 1,
		    .state = CM_VAULT_STATE_CURRENT,
		    .roles = i >= 2 ? CM_VAULT_ROLE_CUSTODIAN : CM_VAULT_ROLE_PROFESSIONAL,
		    .since = 1,
		    .sign_key = fields->sign_key,
		    .box_key = fields->box_key,
		    .enrolment = cm_vault_record_get_hash(enrolments[i]),
		    .label = fields->label};
	}
	octets = cm_vault_record_sign(CM_VAULT_KIND_DIRECTORY, &directory, &seed, 1);
	g_assert_cmpint(cm_vault_people_new(octets, world->key, NULL, &world->people), ==,
			CM_VAULT_CLASS_OK);
	for (guint i = 0; i < PEOPLE; i++) {
		g_assert_cmpint(cm_vault_keyring_match(world->bundles[i], entry_of(world, i)), ==,
				CM_VAULT_CLASS_OK);
		cm_vault_record_unref(enrolments[i]);
	}
	g_assert_cmpint(cm_vault_keyring_match(world->bundles[0], entry_of(world, 1)), ==,
			CM_VAULT_CLASS_COMMITMENT);
	note_vector(world, "written: directory", "directory");
	note_bytes(world, "written: directory", "Octets", octets);
}

/* a record that the case takes; noted with what stood before it */
static const CmVaultRecord *
take(World *world, const gchar *name, GBytes *octets)
{
	g_autofree gchar *vector = g_strdup_printf("written: %s", name);
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	g_assert_nonnull(octets);
	note_vector(world, vector, "case");
	note_bytes(world, vector, "Octets", octets);
	found = cm_vault_case_add(world->held, octets, &record);
	g_assert_cmpstr(cm_vault_class_to_string(found), ==, "ok");
	g_ptr_array_add(world->context,
			to_hex(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets)));
	return record;
}

static GBytes *
make_epoch(World *world, CmVaultEpoch epoch, guint signer, const guint8 *key)
{
	const CmVaultBundle *bundle = bundle_of(world, signer);
	guint8 commitment[CM_VAULT_HASH_BYTES];
	guint8 subject[CM_VAULT_HASH_BYTES];

	cm_vault_case_commit_key(world->organisation, world->case_id, epoch.epoch, key, commitment);
	cm_vault_text_identify_subject(key, world->organisation, world->case_id, "fiche 1",
				       subject);
	epoch.organisation = world->organisation;
	epoch.case_id = world->case_id;
	epoch.signer = bundle->person;
	epoch.signer_generation = 1;
	epoch.responsible = bundle->person;
	epoch.responsible_generation = 1;
	epoch.file = 3;
	epoch.key_commitment = commitment;
	epoch.subject = subject;
	epoch.directory = 1;
	epoch.made_at = NOW;
	return cm_vault_record_sign(CM_VAULT_KIND_EPOCH, &epoch, &bundle->sign_seed, 1);
}

static GBytes *
make_content(void)
{
	static const gchar text[] = "Rencontre de trente minutes.\nL'élève a parlé de l'école.";
	CmVaultSection section = {.text = {(const guint8 *)text, sizeof text - 1}};
	CmVaultContent content = {.language = {(const guint8 *)"fr_CA", 5},
				  .sections = {&section, 1}};

	return cm_vault_record_write(CM_VAULT_KIND_CONTENT, &content);
}

static const CmVaultRecord *
write_note(World *world, const CmVaultRecord *epoch, const CmVaultRecord *grant)
{
	const CmVaultBundle *bundle = bundle_of(world, 0);
	g_autoptr(GBytes) content = make_content();
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(GBytes) body = NULL;
	g_autoptr(CmVaultRecord) opened = NULL;
	guint8 id[CM_VAULT_ID_BYTES];
	guint8 salt[CM_VAULT_TEXT_SALT_BYTES];
	guint8 commitment[CM_VAULT_HASH_BYTES];
	CmVaultPart part = {g_bytes_get_data(content, NULL), g_bytes_get_size(content)};
	CmVaultNote note = {.organisation = world->organisation,
			    .case_id = world->case_id,
			    .epoch = 1,
			    .epoch_record = cm_vault_record_get_hash(epoch),
			    .note = id,
			    .sequence = 1,
			    .kind = CM_VAULT_NOTE_OPENING,
			    .author = bundle->person,
			    .author_generation = 1,
			    .grant = cm_vault_record_get_hash(grant),
			    .directory = 1,
			    .entered_at = NOW,
			    .entered_on = 20260921,
			    .occurred_on = 20260921,
			    .text_commitment = commitment};
	const CmVaultRecord *record = NULL;

	randombytes_buf(id, sizeof id);
	randombytes_buf(salt, sizeof salt);
	cm_vault_text_commit(&note, salt, &part, commitment);
	octets = cm_vault_record_sign(CM_VAULT_KIND_NOTE, &note, &bundle->sign_seed, 1);
	record = take(world, "note", octets);
	body = cm_vault_text_lock_body(record, 1, world->case_key, salt, &part);
	g_assert_cmpint(cm_vault_text_open_body(body, record, 1, world->case_key, &opened), ==,
			CM_VAULT_CLASS_OK);
	g_assert_true(g_bytes_equal(cm_vault_record_get_octets(opened), content));
	note_vector(world, "written: body", "body");
	note_bytes(world, "written: body", "Octets", body);
	note_bytes(world, "written: body", "Plain", content);
	note_octets(world, "written: body", "Key", world->case_key, CM_VAULT_KEY_BYTES);
	note_record(world, "written: body", "Note", record);
	g_key_file_set_integer(world->vectors, "written: body", "Epoch", 1);
	return record;
}

static const CmVaultRecord *
grant(World *world, const gchar *name, CmVaultEnvelope envelope)
{
	g_autoptr(GBytes) octets = NULL;

	envelope.recipient_generation = 1;
	g_assert_cmpint(cm_vault_case_grant(world->held, 1, world->bundles[0], &envelope,
					    world->case_key, NOW, &octets),
			==, CM_VAULT_CLASS_OK);
	return take(world, name, octets);
}

static const CmVaultRecord *
make_deposit(World *world)
{
	const CmVaultDirectoryEntry *custodians[] = {entry_of(world, 2), entry_of(world, 3),
						     entry_of(world, 4)};
	const CmVaultDirectoryEntry *wrong[] = {entry_of(world, 1), entry_of(world, 3),
						entry_of(world, 4)};
	g_autoptr(GBytes) octets = NULL;
	const CmVaultRecord *deposit = NULL;

	g_assert_cmpint(
	    cm_vault_escrow_deposit(world->people, world->bundles[0], wrong, 1, NOW, &octets), ==,
	    CM_VAULT_CLASS_NOT_ENTITLED);
	g_assert_null(octets);
	g_assert_cmpint(
	    cm_vault_escrow_deposit(world->people, world->bundles[0], custodians, 1, NOW, &octets),
	    ==, CM_VAULT_CLASS_OK);
	deposit = take(world, "deposit", octets);
	g_assert_cmpint(cm_vault_escrow_check_custodians(world->people, deposit), ==,
			CM_VAULT_CLASS_OK);
	return deposit;
}

static const CmVaultRecord *
make_request(World *world, const CmVaultRecord *deposit)
{
	const CmVaultBundle *custodian = bundle_of(world, 2);
	static const guint8 id[CM_VAULT_ID_BYTES] = {1};
	CmVaultRequest request = {.organisation = world->organisation,
				  .request = id,
				  .person = world->ids[0],
				  .generation = 1,
				  .deposit = cm_vault_record_get_hash(deposit),
				  .custodian = custodian->person,
				  .custodian_generation = 1,
				  .recipient = world->ids[1],
				  .recipient_generation = 1,
				  .reason = 2,
				  .delay = 7 * DAY,
				  .directory = 1,
				  .made_at = NOW};
	g_autoptr(GBytes) octets =
	    cm_vault_record_sign(CM_VAULT_KIND_REQUEST, &request, &custodian->sign_seed, 1);

	return take(world, "request", octets);
}

/* the owner is gone: two custodians release, the successor opens what is left */
static void
open_escrow(World *world,
	    const CmVaultRecord *deposit,
	    const CmVaultRecord *envelope,
	    const CmVaultRecord *const releases[2])
{
	const CmVaultBundle *successor = bundle_of(world, 1);
	g_autoptr(CmVaultSecret) secret = NULL;
	g_autoptr(CmVaultSecret) key = NULL;
	g_autoptr(CmVaultSecret) one = NULL;
	g_autoptr(CmVaultSecret) two = NULL;

	g_assert_cmpint(cm_vault_escrow_open_release(releases[0], successor->person, 1,
						     successor->box_secret, &one),
			==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_escrow_open_release(releases[1], successor->person, 1,
						     successor->box_secret, &two),
			==, CM_VAULT_CLASS_OK);
	/* one half, twice, is not two */
	g_assert_cmpint(cm_vault_escrow_combine(deposit, 0, cm_vault_secret_peek(one), 2,
						cm_vault_secret_peek(one), &secret),
			==, CM_VAULT_CLASS_ALTERED);
	g_assert_cmpint(cm_vault_escrow_combine(deposit, 0, cm_vault_secret_peek(one), 2,
						cm_vault_secret_peek(two), &secret),
			==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_case_open_envelope(envelope, successor->person, 1,
						    cm_vault_secret_peek(secret), &key),
			==, CM_VAULT_CLASS_OK);
	check_secret(key, world->case_key, CM_VAULT_KEY_BYTES);
	note_vector(world, "written: halves", "combine");
	note_record(world, "written: halves", "Octets", deposit);
	note_octets(world, "written: halves", "Plain", cm_vault_secret_peek(secret),
		    CM_VAULT_KEY_BYTES);
	g_key_file_set_string(world->vectors, "written: halves", "Custodians", "0;2");
	{
		g_autofree gchar *first = to_hex(cm_vault_secret_peek(one), CM_VAULT_KEY_BYTES);
		g_autofree gchar *last = to_hex(cm_vault_secret_peek(two), CM_VAULT_KEY_BYTES);
		g_autofree gchar *both = g_strdup_printf("%s;%s", first, last);

		g_key_file_set_string(world->vectors, "written: halves", "Halves", both);
	}
}

static void
take_over(World *world,
	  const CmVaultRecord *deposit,
	  const CmVaultRecord *epoch,
	  const CmVaultRecord *note,
	  const CmVaultRecord *envelope)
{
	static const guint custodians[] = {2, 4};
	const CmVaultRecord *request = make_request(world, deposit);
	const CmVaultRecord *releases[2] = {NULL, NULL};
	guint8 next_key[CM_VAULT_KEY_BYTES];
	g_autoptr(GBytes) next = NULL;
	guint last = 0;

	for (guint i = 0; i < 2; i++) {
		g_autofree gchar *name = g_strdup_printf("release %u", i + 1);
		g_autoptr(GBytes) early = NULL;
		g_autoptr(GBytes) octets = NULL;
		CmVaultRecord *bundle = world->bundles[custodians[i]];

		g_assert_cmpint(cm_vault_escrow_release(world->people, bundle, deposit, request,
							NOW + 7 * DAY - 1, &early),
				==, CM_VAULT_CLASS_OK);
		g_assert_cmpint(cm_vault_case_add(world->held, early, NULL), ==,
				CM_VAULT_CLASS_WAITING);
		g_assert_cmpint(cm_vault_escrow_release(world->people, bundle, deposit, request,
							NOW + 7 * DAY, &octets),
				==, CM_VAULT_CLASS_OK);
		releases[i] = take(world, name, octets);
	}
	open_escrow(world, deposit, envelope, releases);
	/* they stand in ascending order */
	last = memcmp(cm_vault_record_get_hash(releases[0]), cm_vault_record_get_hash(releases[1]),
		      CM_VAULT_HASH_BYTES) < 0;
	randombytes_buf(next_key, sizeof next_key);
	next = make_epoch(world,
			  (CmVaultEpoch){.epoch = 2,
					 .previous = cm_vault_record_get_hash(epoch),
					 .authority = CM_VAULT_AUTHORITY_CUSTODIANS,
					 .release_a = cm_vault_record_get_hash(releases[1 - last]),
					 .release_b = cm_vault_record_get_hash(releases[last]),
					 .reason = CM_VAULT_REASON_LEFT_BEHIND,
					 .last_sequence = 1,
					 .last_note = cm_vault_record_get_hash(note)},
			  1, next_key);
	take(world, "taken over", next);
	g_assert_cmpint(cm_vault_case_finish(world->held), ==, CM_VAULT_CLASS_OK);
}

static void
test_life(World *world)
{
	const CmVaultRecord *deposit = NULL;
	const CmVaultRecord *epoch = NULL;
	const CmVaultRecord *own = NULL;
	const CmVaultRecord *escrow = NULL;
	const CmVaultRecord *note = NULL;
	g_autoptr(GBytes) first = NULL;

	randombytes_buf(world->case_id, sizeof world->case_id);
	randombytes_buf(world->case_key, sizeof world->case_key);
	world->held = cm_vault_case_new(world->people, world->case_id);
	deposit = make_deposit(world);
	first = make_epoch(world,
			   (CmVaultEpoch){.epoch = 1,
					  .authority = CM_VAULT_AUTHORITY_OPENING,
					  .reason = CM_VAULT_REASON_OPENED,
					  .deposit = cm_vault_record_get_hash(deposit)},
			   0, world->case_key);
	epoch = take(world, "epoch 1", first);
	own = grant(world, "envelope",
		    (CmVaultEnvelope){.to = CM_VAULT_TO_PERSON,
				      .recipient = world->ids[0],
				      .recipient_key = entry_of(world, 0)->box_key,
				      .rights = CM_VAULT_RIGHT_READ | CM_VAULT_RIGHT_WRITE});
	escrow = grant(
	    world, "envelope to the escrow key",
	    (CmVaultEnvelope){.to = CM_VAULT_TO_ESCROW,
			      .recipient = world->ids[0],
			      .recipient_key = ((const CmVaultDeposit *)cm_vault_record_get_fields(
						    deposit, CM_VAULT_KIND_DEPOSIT))
						   ->escrow_key,
			      .deposit = cm_vault_record_get_hash(deposit),
			      .rights = CM_VAULT_RIGHT_READ});
	note = write_note(world, epoch, own);
	take_over(world, deposit, epoch, note, escrow);
}

static void
test_keyring(World *world)
{
	static const guint8 words[] = "quatre oies sur le quai";
	g_autoptr(CmVaultSecret) code = cm_vault_secret_new_random(CM_VAULT_KEYRING_CODE_BYTES);
	g_autoptr(CmVaultSecret) rows = cm_vault_code_write(cm_vault_secret_peek(code));
	g_autoptr(CmVaultSecret) typed = NULL;
	g_autoptr(GBytes) sealed = NULL;
	g_autoptr(GBytes) recovery = NULL;
	g_autoptr(CmVaultRecord) opened = NULL;
	g_autoptr(CmVaultRecord) recovered = NULL;
	CmVaultKeyring fields = {.slot = CM_VAULT_SLOT_PASSPHRASE,
				 .revision = 1,
				 .operations = CM_VAULT_KEYRING_OPERATIONS_MIN,
				 .memory = CM_VAULT_KEYRING_MEMORY_MIN};
	guint row = 0;

	g_assert_cmpint(
	    cm_vault_keyring_seal(&fields, world->bundles[0], words, sizeof words - 1, &sealed), ==,
	    CM_VAULT_CLASS_OK);
	g_assert_cmpint(
	    cm_vault_keyring_open(sealed, world->organisation, words, sizeof words - 1, &opened),
	    ==, CM_VAULT_CLASS_OK);
	g_assert_true(g_bytes_equal(cm_vault_record_get_octets(opened),
				    cm_vault_record_get_octets(world->bundles[0])));
	fields.memory--;
	g_clear_pointer(&sealed, g_bytes_unref);
	g_assert_cmpint(
	    cm_vault_keyring_seal(&fields, world->bundles[0], words, sizeof words - 1, &sealed), ==,
	    CM_VAULT_CLASS_PARAMETERS);
	fields.memory++;
	g_assert_cmpint(
	    cm_vault_keyring_seal(&fields, world->bundles[0], words, sizeof words - 1, &sealed), ==,
	    CM_VAULT_CLASS_OK);
	note_vector(world, "written: keyring", "keyring");
	note_bytes(world, "written: keyring", "Octets", sealed);
	note_octets(world, "written: keyring", "Secret", words, sizeof words - 1);
	g_key_file_set_integer(world->vectors, "written: keyring", "Slot", 1);
	fields = (CmVaultKeyring){.slot = CM_VAULT_SLOT_RECOVERY, .revision = 1};
	g_assert_cmpint(cm_vault_keyring_seal(&fields, world->bundles[0],
					      cm_vault_secret_peek(code),
					      CM_VAULT_KEYRING_CODE_BYTES, &recovery),
			==, CM_VAULT_CLASS_OK);
	typed =
	    cm_vault_code_read(cm_vault_secret_peek(rows), cm_vault_secret_get_length(rows), &row);
	g_assert_nonnull(typed);
	check_secret(typed, cm_vault_secret_peek(code), CM_VAULT_KEYRING_CODE_BYTES);
	g_assert_cmpint(cm_vault_keyring_open(recovery, world->organisation,
					      cm_vault_secret_peek(typed),
					      CM_VAULT_KEYRING_CODE_BYTES, &recovered),
			==, CM_VAULT_CLASS_OK);
	note_vector(world, "written: recovery", "keyring");
	note_bytes(world, "written: recovery", "Octets", recovery);
	note_octets(world, "written: recovery", "Secret", cm_vault_secret_peek(code),
		    CM_VAULT_KEYRING_CODE_BYTES);
	g_key_file_set_integer(world->vectors, "written: recovery", "Slot", 2);
	note_vector(world, "written: code", "code");
	note_octets(world, "written: code", "Octets", cm_vault_secret_peek(rows),
		    cm_vault_secret_get_length(rows) - 1);
	note_octets(world, "written: code", "Plain", cm_vault_secret_peek(code),
		    CM_VAULT_KEYRING_CODE_BYTES);
	/* a row that was typed wrong is named */
	cm_vault_secret_get(rows)[CM_VAULT_CODE_ROW_LENGTH + 3] ^= 1;
	g_assert_null(
	    cm_vault_code_read(cm_vault_secret_peek(rows), cm_vault_secret_get_length(rows), &row));
	g_assert_cmpuint(row, ==, 2);
}

static void
test_local(World *world)
{
	g_autoptr(GBytes) content = make_content();
	const CmVaultPart part = {g_bytes_get_data(content, NULL), g_bytes_get_size(content)};
	static const guint8 id[CM_VAULT_ID_BYTES] = {9};
	const CmVaultDraft draft = {.case_id = id,
				    .draft = id,
				    .revision = 1,
				    .kind = CM_VAULT_NOTE_PROGRESS,
				    .occurred_on = 20260921};
	const CmVaultRemembered remembered = {.directory = 1,
					      .directory_record = cm_vault_record_get_hash(
						  cm_vault_people_get_record(world->people))};
	g_autoptr(GBytes) locked = cm_vault_text_lock_draft(world->bundles[0], &draft, &part);
	g_autoptr(GBytes) memory = cm_vault_text_lock_memory(world->bundles[0], 1, &remembered);
	g_autoptr(CmVaultRecord) opened = NULL;
	g_autoptr(CmVaultRecord) known = NULL;

	g_assert_cmpint(cm_vault_text_open_draft(locked, world->bundles[0], &opened), ==,
			CM_VAULT_CLASS_OK);
	g_assert_true(g_bytes_equal(cm_vault_record_get_octets(opened), content));
	g_assert_cmpint(cm_vault_text_open_memory(memory, world->bundles[0], &known), ==,
			CM_VAULT_CLASS_OK);
	note_vector(world, "written: draft", "draft");
	note_bytes(world, "written: draft", "Octets", locked);
	note_bytes(world, "written: draft", "Plain", content);
	note_record(world, "written: draft", "Bundle", world->bundles[0]);
	note_vector(world, "written: memory", "memory");
	note_bytes(world, "written: memory", "Octets", memory);
	note_record(world, "written: memory", "Bundle", world->bundles[0]);
}

static void
test_stream(World *world)
{
	guint8 key[CM_VAULT_KEY_BYTES];
	guint8 header[CM_VAULT_STREAM_HEADER_BYTES];
	g_autofree guint8 *plain = g_malloc0(CM_VAULT_STREAM_CHUNK_BYTES);
	g_autofree guint8 *locked = g_malloc0(
	    CM_VAULT_STREAM_CHUNK_BYTES + CM_VAULT_STREAM_PLACE_BYTES + CM_VAULT_STREAM_TAG_BYTES);
	g_autoptr(GByteArray) octets = g_byte_array_new();
	g_autoptr(CmVaultStream) stream = NULL;
	g_autoptr(GBytes) head = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultAttachment attachment = {.organisation = world->organisation,
					.case_id = world->ids[0],
					.attachment = world->ids[1],
					.stream = header};

	randombytes_buf(key, sizeof key);
	stream = cm_vault_stream_new_writer(key, header);
	head = cm_vault_record_write(CM_VAULT_KIND_ATTACHMENT, &attachment);
	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_ATTACHMENT, head, &record), ==,
			CM_VAULT_CLASS_OK);
	cm_vault_stream_set_head(stream, record);
	g_byte_array_append(octets, g_bytes_get_data(head, NULL), (guint)g_bytes_get_size(head));
	g_assert_cmpint(
	    cm_vault_stream_push(stream, plain, CM_VAULT_STREAM_CHUNK_BYTES, FALSE, locked), ==,
	    CM_VAULT_CLASS_OK);
	g_byte_array_append(octets, locked,
			    CM_VAULT_STREAM_CHUNK_BYTES + CM_VAULT_STREAM_PLACE_BYTES +
				CM_VAULT_STREAM_TAG_BYTES);
	g_assert_cmpint(cm_vault_stream_push(stream, plain, 3, TRUE, locked), ==,
			CM_VAULT_CLASS_OK);
	g_byte_array_append(octets, locked,
			    3 + CM_VAULT_STREAM_PLACE_BYTES + CM_VAULT_STREAM_TAG_BYTES);
	note_vector(world, "written: stream", "stream");
	note_octets(world, "written: stream", "Key", key, sizeof key);
	note_octets(world, "written: stream", "Octets", octets->data, octets->len);
	g_key_file_set_string(world->vectors, "written: stream", "Kind", "attachment");
}

/* ---- an attachment whole */

typedef struct {
	gsize left; /* octets of a file of nothing but “a” */
	GByteArray *stream;
} Ends;

static gboolean
read_letters(guint8 *octets, gsize length, gsize *out_length, gpointer user_data)
{
	Ends *ends = user_data;

	*out_length = MIN(length, ends->left);
	memset(octets, 'a', *out_length);
	ends->left -= *out_length;
	return TRUE;
}

static gboolean
write_stream(const guint8 *octets, gsize length, gpointer user_data)
{
	g_byte_array_append(((Ends *)user_data)->stream, octets, (guint)length);
	return TRUE;
}

static void
test_attachment(World *world, gsize length)
{
	const CmVaultAttachment which = {.organisation = world->organisation,
					 .case_id = world->ids[0],
					 .attachment = world->ids[1]};
	g_autofree gchar *name = g_strdup_printf("written: attachment of %" G_GSIZE_FORMAT, length);
	g_autoptr(GByteArray) stream = g_byte_array_new();
	Ends ends = {length, stream};
	const CmVaultAttachmentIo io = {read_letters, write_stream, &ends};
	CmVaultAttachmentMeasure measure = {0};
	CmVaultClass found = CM_VAULT_CLASS_LAST;
	guint8 key[CM_VAULT_KEY_BYTES];

	randombytes_buf(key, sizeof key);
	g_assert_true(cm_vault_attachment_lock(&which, key, &io, &measure, &found));
	g_assert_cmpint(found, ==, CM_VAULT_CLASS_OK);
	note_vector(world, name, "attachment");
	note_octets(world, name, "Organisation", world->organisation, CM_VAULT_HASH_BYTES);
	note_octets(world, name, "Case", world->ids[0], CM_VAULT_ID_BYTES);
	note_octets(world, name, "Attachment", world->ids[1], CM_VAULT_ID_BYTES);
	note_octets(world, name, "Key", key, sizeof key);
	note_octets(world, name, "Digest", measure.digest, sizeof measure.digest);
	note_octets(world, name, "Octets", stream->data, stream->len);
	g_key_file_set_uint64(world->vectors, name, "Size", measure.plain);
	g_key_file_set_uint64(world->vectors, name, "NoteSize", measure.stream);
}

static void
check_composed(const gchar *text, const gchar *expected)
{
	g_autoptr(CmVaultSecret) composed =
	    cm_vault_passphrase_compose((const guint8 *)text, strlen(text));

	if (expected == NULL) {
		g_assert_null(composed);
		return;
	}
	g_assert_nonnull(composed);
	check_secret(composed, expected, strlen(expected));
}

static void
test_passphrase(void)
{
	static const gchar *const texts[] = {
	    "abc",           "e\u0301te\u0301", "\u0344",
	    "a\u0323\u0302", "a\u0302\u0323",   "\u1100\u1161\u11a8",
	    "\u212b",        "q\u0307\u0323",   "\u0958",
	    "\u0301e",       "a\u0305\u0301",   "\u00e9\u0301"};

	/* as GLib composes them, which leaves copies in memory */
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree gchar *expected =
		    g_utf8_normalize(texts[i], -1, G_NORMALIZE_DEFAULT_COMPOSE);

		check_composed(texts[i], expected);
	}
	check_composed("", NULL);
	check_composed("a\nb", NULL);
	check_composed("\xc3", NULL);
}

static void
test_secret(void)
{
	g_autoptr(CmVaultSecret) secret = cm_vault_secret_new_copy("abcdef", 6);
	g_autoptr(CmVaultSecret) none = cm_vault_secret_new(0);
	GBytes *bytes = NULL;

	g_assert_cmpuint(cm_vault_secret_get_length(none), ==, 0);
	cm_vault_secret_truncate(secret, 2);
	check_secret(secret, "ab", 2);
	g_assert_cmpint(cm_vault_secret_peek(secret)[3], ==, 0);
	bytes = cm_vault_secret_free_to_bytes(g_steal_pointer(&secret));
	g_assert_cmpuint(g_bytes_get_size(bytes), ==, 2);
	g_bytes_unref(bytes);
}

static void
test_classes(void)
{
	for (guint i = 1; i < CM_VAULT_CLASS_LAST; i++) {
		g_autoptr(GError) error = NULL;

		g_assert_nonnull(cm_vault_class_to_string((CmVaultClass)i));
		g_assert_false(cm_vault_class_set_error((CmVaultClass)i, "note", &error));
		g_assert_nonnull(error);
	}
	g_assert_true(cm_vault_class_set_error(CM_VAULT_CLASS_OK, "note", NULL));
}

static void
test_parameters(void)
{
	guint32 operations = 0;
	guint32 memory = 0;

	/* a machine with little memory gets the least, and not less */
	cm_vault_keyring_choose_parameters(1, &operations, &memory);
	g_assert_cmpuint(memory, ==, CM_VAULT_KEYRING_MEMORY_MIN);
	g_assert_cmpuint(operations, >=, CM_VAULT_KEYRING_OPERATIONS_MIN);
	g_assert_cmpuint(operations, <=, CM_VAULT_KEYRING_OPERATIONS_MAX);
}

int
main(int argc, char **argv)
{
	World world = {0};
	gint result = 0;

	world.vectors = g_key_file_new();
	world.context = g_ptr_array_new_with_free_func(g_free);
	g_assert_cmpint(sodium_init(), >=, 0);
	make_people(&world);
	if (argc == 3 && g_str_equal(argv[1], "--write")) {
		test_keyring(&world);
		test_local(&world);
		test_stream(&world);
		test_attachment(&world, 0);
		test_attachment(&world, CM_VAULT_STREAM_CHUNK_BYTES);
		test_attachment(&world, CM_VAULT_STREAM_CHUNK_BYTES + 1);
		test_life(&world);
		result = g_key_file_save_to_file(world.vectors, argv[2], NULL) ? 0 : 1;
	} else {
		g_test_init(&argc, &argv, NULL);
		g_test_add_data_func("/vault-write/keyring", &world, (GTestDataFunc)test_keyring);
		g_test_add_data_func("/vault-write/local", &world, (GTestDataFunc)test_local);
		g_test_add_data_func("/vault-write/stream", &world, (GTestDataFunc)test_stream);
		g_test_add_data_func("/vault-write/life", &world, (GTestDataFunc)test_life);
		g_test_add_func("/vault-write/passphrase", test_passphrase);
		g_test_add_func("/vault-write/secret", test_secret);
		g_test_add_func("/vault-write/classes", test_classes);
		g_test_add_func("/vault-write/parameters", test_parameters);
		result = g_test_run();
	}
	for (guint i = 0; i < PEOPLE; i++)
		cm_vault_record_unref(world.bundles[i]);
	cm_vault_case_free(world.held);
	cm_vault_people_unref(world.people);
	g_key_file_unref(world.vectors);
	g_ptr_array_unref(world.context);
	return result;
}
