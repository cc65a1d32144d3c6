// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-directory.h"
#include "daemon/store/store-vault-append.h"
#include "daemon/store/store-vault.h"
#include "daemon/vault/vault-case.h"
#include "daemon/vault/vault-keyring.h"
#include "daemon/vault/vault-registrar.h"
#include "daemon/vault/vault-text.h"
#include "tests/unit/store-fixture.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* Notes written and read with all that comodald does, each durable before the next, against what no program can spare: one signature, one
 * verification, one encryption by bare libsodium, and one commit of the same octets by bare SQLite on the same disk. By the clock, for most
 * of it is waiting for the disk. */

#define NOTES 300
#define ROUNDS 3
#define UID 1000
#define STUDENT 1
#define NOW G_GINT64_CONSTANT(1790000000)
#define DAY 20260921
#define TEXT_BYTES 600
#define SIGNED_BYTES 370 /* about a note's header */
#define PADDED_BYTES 1024

typedef struct {
	CmStoreFixture *fixture;
	CmVaultRecord *organisation; /* its key */
	CmVaultRecord *bundle;       /* the author's */
	CmVaultPeople *people;
	CmVaultCase *file;
	CmVaultRecord *epoch;
	CmVaultRecord *grant;
	GBytes *content;
	guint8 case_id[CM_VAULT_ID_BYTES];
	guint8 key[CM_VAULT_KEY_BYTES];
	guint8 last[CM_VAULT_HASH_BYTES]; /* of the newest note */
	guint64 sequence;
} Bench;

static gdouble
now(void)
{
	return (gdouble)g_get_monotonic_time() / G_USEC_PER_SEC;
}

static void
check(CmVaultClass found)
{
	g_assert_cmpstr(cm_vault_class_to_string(found), ==, "ok");
}

/* ---- an organisation, an author, a case */

static void
add_directory(Bench *bench, const CmVaultRegistrarChange *changes, gsize count)
{
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(GError) error = NULL;
	guint64 sequence = 0;
	gboolean good = FALSE;

	check(cm_vault_registrar_sign(bench->people, bench->organisation, changes, count, NOW,
				      &octets));
	good = cm_store_directory_add(bench->fixture->store, octets, UID, NOW, &sequence, &error);
	g_assert_no_error(error);
	g_assert_true(good);
	g_clear_pointer(&bench->people, cm_vault_people_unref);
	bench->people = cm_store_directory_need_people(bench->fixture->store, &error);
	g_assert_no_error(error);
}

static CmVaultRecord *
enrol(Bench *bench)
{
	const guint8 *organisation = cm_vault_people_get_directory(bench->people)->organisation;
	const CmVaultBundle *keys = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];
	CmVaultEnrolment fields = {.organisation = organisation,
				   .person = person,
				   .sign_key = sign_key,
				   .box_key = box_key,
				   .made_at = NOW,
				   .label = {(const guint8 *)"Anne", 4}};
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(GError) error = NULL;
	CmVaultRecord *record = NULL;
	gboolean good = FALSE;

	good = cm_store_directory_begin(bench->fixture->store, UID, person, &fields.generation,
					&error);
	g_assert_no_error(error);
	g_assert_true(good);
	bench->bundle = cm_vault_keyring_generate(organisation, person, fields.generation, NOW);
	keys = cm_vault_record_get_fields(bench->bundle, CM_VAULT_KIND_BUNDLE);
	check(cm_vault_keyring_get_public(bench->bundle, sign_key, box_key));
	octets = cm_vault_record_sign(CM_VAULT_KIND_ENROLMENT, &fields, &keys->sign_seed, 1);
	check(cm_vault_people_check_enrolment(organisation, octets, &record));
	return record;
}

static void
append(Bench *bench, GByteArray *octets)
{
	const CmStoreVaultOrder order = {.uid = UID, .student = STUDENT, .now = NOW};
	g_autoptr(GBytes) records = g_byte_array_free_to_bytes(octets);
	g_autoptr(GError) error = NULL;
	guint cases = 0;
	gboolean good = FALSE;

	good = cm_store_vault_append(bench->fixture->store, &order, records, &cases, &error);
	g_assert_no_error(error);
	g_assert_true(good);
}

static void
join(GByteArray *out, GBytes *octets)
{
	g_byte_array_append(out, g_bytes_get_data(octets, NULL), (guint)g_bytes_get_size(octets));
}

static void
open_case(Bench *bench)
{
	const CmVaultBundle *keys = cm_vault_record_get_fields(bench->bundle, CM_VAULT_KIND_BUNDLE);
	guint8 commitment[CM_VAULT_HASH_BYTES];
	guint8 subject[CM_VAULT_HASH_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];
	CmVaultEpoch epoch = {.organisation = keys->organisation,
			      .case_id = bench->case_id,
			      .epoch = 1,
			      .authority = CM_VAULT_AUTHORITY_OPENING,
			      .signer = keys->person,
			      .signer_generation = keys->generation,
			      .responsible = keys->person,
			      .responsible_generation = keys->generation,
			      .file = 3,
			      .reason = 1,
			      .key_commitment = commitment,
			      .subject = subject,
			      .directory = cm_vault_people_get_directory(bench->people)->sequence,
			      .made_at = NOW};
	CmVaultEnvelope envelope = {.to = CM_VAULT_TO_PERSON,
				    .recipient = keys->person,
				    .recipient_generation = keys->generation,
				    .recipient_key = box_key,
				    .rights = CM_VAULT_RIGHT_READ | CM_VAULT_RIGHT_WRITE};
	g_autoptr(GBytes) opened = NULL;
	g_autoptr(GBytes) granted = NULL;
	GByteArray *records = g_byte_array_new();

	randombytes_buf(bench->case_id, sizeof bench->case_id);
	randombytes_buf(bench->key, sizeof bench->key);
	crypto_scalarmult_base(box_key, keys->box_secret);
	cm_vault_case_commit_key(keys->organisation, bench->case_id, 1, bench->key, commitment);
	cm_vault_text_identify_subject(bench->key, keys->organisation, bench->case_id, "x",
				       subject);
	opened = cm_vault_record_sign(CM_VAULT_KIND_EPOCH, &epoch, &keys->sign_seed, 1);
	bench->file = cm_vault_case_new(bench->people, bench->case_id);
	check(cm_vault_case_add(bench->file, opened, &bench->epoch));
	check(cm_vault_case_grant(bench->file, 1, bench->bundle, &envelope, bench->key, NOW,
				  &granted));
	check(cm_vault_case_add(bench->file, granted, &bench->grant));
	join(records, opened);
	join(records, granted);
	append(bench, records);
}

static void
make_content(Bench *bench)
{
	guint8 text[TEXT_BYTES];
	CmVaultSection section = {.text = {text, sizeof text}};
	CmVaultContent content = {.language = {(const guint8 *)"fr_CA", 5},
				  .sections = {&section, 1}};

	memset(text, 'e', sizeof text);
	bench->content = cm_vault_record_write(CM_VAULT_KIND_CONTENT, &content);
}

/* ---- notes */

static void
write_note(Bench *bench)
{
	const CmVaultBundle *keys = cm_vault_record_get_fields(bench->bundle, CM_VAULT_KIND_BUNDLE);
	const CmVaultPart content = {g_bytes_get_data(bench->content, NULL),
				     g_bytes_get_size(bench->content)};
	guint8 salt[CM_VAULT_TEXT_SALT_BYTES];
	guint8 commitment[CM_VAULT_HASH_BYTES];
	guint8 id[CM_VAULT_ID_BYTES];
	CmVaultNote note = {.organisation = keys->organisation,
			    .case_id = bench->case_id,
			    .epoch = 1,
			    .epoch_record = cm_vault_record_get_hash(bench->epoch),
			    .note = id,
			    .sequence = ++bench->sequence,
			    .previous = bench->sequence > 1 ? bench->last : NULL,
			    .kind = CM_VAULT_NOTE_PROGRESS,
			    .author = keys->person,
			    .author_generation = keys->generation,
			    .grant = cm_vault_record_get_hash(bench->grant),
			    .directory = cm_vault_people_get_directory(bench->people)->sequence,
			    .entered_at = NOW,
			    .entered_on = DAY,
			    .occurred_on = DAY,
			    .text_commitment = commitment};
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(GBytes) body = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	GByteArray *records = g_byte_array_new();

	randombytes_buf(id, sizeof id);
	randombytes_buf(salt, sizeof salt);
	cm_vault_text_commit(&note, salt, &content, commitment);
	octets = cm_vault_record_sign(CM_VAULT_KIND_NOTE, &note, &keys->sign_seed, 1);
	check(cm_vault_record_read(CM_VAULT_KIND_NOTE, octets, &record));
	body = cm_vault_text_lock_body(record, 1, bench->key, salt, &content);
	memcpy(bench->last, cm_vault_record_get_hash(record), sizeof bench->last);
	join(records, octets);
	join(records, body);
	append(bench, records);
}

/* the whole case from the database, checked, and one text opened */
static void
read_case(Bench *bench)
{
	CmStore *store = bench->fixture->store;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) records =
	    cm_store_vault_get_records(store, UID, bench->case_id, NULL, NULL, &error);
	g_autoptr(GBytes) bodies =
	    cm_store_vault_get_bodies(store, UID, bench->case_id, NULL, 0, &error);

	g_assert_no_error(error);
	g_assert_nonnull(records);
	g_assert_nonnull(bodies);
}

/* ---- the least that it can cost */

static sqlite3 *
open_bare(const gchar *folder)
{
	g_autofree gchar *path = g_build_filename(folder, "bare.db", NULL);
	sqlite3 *database = NULL;

	g_assert_cmpint(sqlite3_open(path, &database), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(database,
				     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
				     "CREATE TABLE note (header BLOB, body BLOB)",
				     NULL, NULL, NULL),
			==, SQLITE_OK);
	return database;
}

static void
write_bare(sqlite3 *database, sqlite3_stmt *insert)
{
	guint8 public[crypto_sign_PUBLICKEYBYTES];
	static guint8 secret[crypto_sign_SECRETKEYBYTES];
	guint8 signature[crypto_sign_BYTES];
	guint8 header[SIGNED_BYTES] = {0};
	guint8 text[PADDED_BYTES] = {0};
	guint8 locked[PADDED_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES];
	guint8 nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
	guint8 key[CM_VAULT_KEY_BYTES] = {1};

	if (sodium_is_zero(secret, sizeof secret))
		crypto_sign_keypair(public, secret);
	memcpy(public, secret + crypto_sign_SEEDBYTES, sizeof public);
	randombytes_buf(nonce, sizeof nonce);
	crypto_sign_detached(signature, NULL, header, sizeof header, secret);
	crypto_aead_xchacha20poly1305_ietf_encrypt(locked, NULL, text, sizeof text, NULL, 0, NULL,
						   nonce, key);
	g_assert_cmpint(crypto_sign_verify_detached(signature, header, sizeof header, public), ==,
			0);
	sqlite3_bind_blob(insert, 1, header, sizeof header, SQLITE_STATIC);
	sqlite3_bind_blob(insert, 2, locked, sizeof locked, SQLITE_STATIC);
	g_assert_cmpint(sqlite3_step(insert), ==, SQLITE_DONE);
	sqlite3_reset(insert);
}

static gdouble
measure_bare(sqlite3 *database)
{
	sqlite3_stmt *insert = NULL;
	gdouble start = now();

	g_assert_cmpint(
	    sqlite3_prepare_v2(database, "INSERT INTO note VALUES (?1, ?2)", -1, &insert, NULL), ==,
	    SQLITE_OK);
	for (guint i = 0; i < NOTES; i++)
		write_bare(database, insert);
	sqlite3_finalize(insert);
	return NOTES / (now() - start);
}

static gdouble
measure_notes(Bench *bench)
{
	gdouble start = now();

	for (guint i = 0; i < NOTES; i++)
		write_note(bench);
	return NOTES / (now() - start);
}

static void
set_up(Bench *bench)
{
	CmVaultRegistrarChange admission = {.roles = CM_VAULT_ROLE_PROFESSIONAL};
	g_autoptr(CmVaultRecord) enrolment = NULL;

	bench->fixture = cm_store_fixture_new();
	bench->organisation = cm_vault_registrar_generate(NOW);
	add_directory(bench, NULL, 0);
	enrolment = enrol(bench);
	admission.enrolment = enrolment;
	add_directory(bench, &admission, 1);
	make_content(bench);
	open_case(bench);
}

int
main(void)
{
	g_autofree Bench *bench = g_new0(Bench, 1);
	sqlite3 *database = NULL;

	g_assert_cmpint(sodium_init(), >=, 0);
	set_up(bench);
	database = open_bare(bench->fixture->folder);
	for (guint i = 0; i < ROUNDS; i++) {
		gdouble bare = measure_bare(database);
		gdouble notes = measure_notes(bench);
		gdouble start = now();

		printf(
		    "a note stored, %4u in the case: %6.0f a second   %5.2f of bare libsodium and "
		    "SQLite (%.0f)\n",
		    (guint)bench->sequence, notes, notes / bare, bare);
		read_case(bench);
		printf("the case of %4u notes read: %.1f ms\n", (guint)bench->sequence,
		       1000 * (now() - start));
	}
	sqlite3_close(database);
	cm_vault_case_free(bench->file);
	cm_vault_record_unref(bench->epoch);
	cm_vault_record_unref(bench->grant);
	cm_vault_record_unref(bench->bundle);
	cm_vault_record_unref(bench->organisation);
	cm_vault_people_unref(bench->people);
	g_bytes_unref(bench->content);
	cm_store_fixture_free(bench->fixture);
	return 0;
}
