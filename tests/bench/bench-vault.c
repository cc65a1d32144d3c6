// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-people.h"
#include "daemon/vault/vault-stream.h"
#include "daemon/vault/vault-text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* The vault's library against bare libsodium in the same run: a note's text locked and its header signed against one Ed25519 signature and
 * one XChaCha20-Poly1305 of the same sizes; a note checked and opened against one verification and one decryption; a long stream against
 * secretstream alone. The last column is what counts. */

#define NOTES 2000
#define TEXT_BYTES 600
#define STREAM_CHUNKS 8192 /* half a GiB */
#define SIGNED_BYTES 370   /* about a note's header */
#define PADDED_BYTES 1024

typedef struct {
	guint8 seed[CM_VAULT_KEY_BYTES];
	guint8 key[CM_VAULT_KEY_BYTES]; /* everybody's: only its cost counts */
	guint8 organisation[CM_VAULT_HASH_BYTES];
	guint8 some[CM_VAULT_HASH_BYTES];
	CmVaultPeople *people;
	GBytes *content;
	GBytes *notes[NOTES];
	GBytes *bodies[NOTES];
} Bench;

/* of this process, so that what else the machine does counts little */
static gdouble
now(void)
{
	struct timespec taken = {0};

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &taken);
	return (gdouble)taken.tv_sec + (gdouble)taken.tv_nsec / 1e9;
}

static void
show(const gchar *what, gdouble rate, const gchar *unit, gdouble reference)
{
	printf("%-34s %10.0f %s a CPU second   %5.2f of bare libsodium\n", what, rate, unit,
	       rate / reference);
}

static void
make_people(Bench *bench)
{
	guint8 secret[crypto_sign_SECRETKEYBYTES];
	const guint8 *seed = bench->seed;
	CmVaultDirectoryEntry entry = {.person = bench->some,
				       .generation = 1,
				       .state = CM_VAULT_STATE_CURRENT,
				       .since = 1,
				       .sign_key = bench->key,
				       .box_key = bench->some,
				       .enrolment = bench->some,
				       .label = {(const guint8 *)"A", 1}};
	CmVaultDirectory directory = {.organisation = bench->organisation,
				      .sequence = 1,
				      .issued_at = 1,
				      .org_key = bench->key,
				      .entries = {&entry, 1}};
	g_autoptr(GBytes) octets = NULL;

	memset(bench->some, 1, sizeof bench->some);
	crypto_sign_seed_keypair(bench->key, secret, bench->seed);
	cm_vault_people_identify(bench->key, bench->organisation);
	octets = cm_vault_record_sign(CM_VAULT_KIND_DIRECTORY, &directory, &seed, 1);
	g_assert_cmpint(cm_vault_people_new(octets, bench->key, NULL, &bench->people), ==,
			CM_VAULT_CLASS_OK);
}

static void
make_content(Bench *bench)
{
	static guint8 text[TEXT_BYTES];
	CmVaultSection section = {.text = {text, sizeof text}};
	CmVaultContent content = {.language = {(const guint8 *)"fr_CA", 5},
				  .sections = {&section, 1}};

	memset(text, 'e', sizeof text);
	bench->content = cm_vault_record_write(CM_VAULT_KIND_CONTENT, &content);
}

static void
write_note(Bench *bench, guint number)
{
	const CmVaultPart content = {g_bytes_get_data(bench->content, NULL),
				     g_bytes_get_size(bench->content)};
	const guint8 *seed = bench->seed;
	guint8 salt[CM_VAULT_TEXT_SALT_BYTES];
	guint8 commitment[CM_VAULT_HASH_BYTES];
	CmVaultNote note = {.organisation = bench->organisation,
			    .case_id = bench->some,
			    .epoch = 1,
			    .epoch_record = bench->some,
			    .note = bench->some,
			    .sequence = number + 1,
			    .previous = number > 0 ? bench->some : NULL,
			    .kind = CM_VAULT_NOTE_PROGRESS,
			    .author = bench->some,
			    .author_generation = 1,
			    .grant = bench->some,
			    .directory = 1,
			    .entered_at = 1790000000,
			    .entered_on = 20260921,
			    .occurred_on = 20260921,
			    .text_commitment = commitment};
	g_autoptr(CmVaultRecord) record = NULL;

	randombytes_buf(salt, sizeof salt);
	cm_vault_text_commit(&note, salt, &content, commitment);
	bench->notes[number] = cm_vault_record_sign(CM_VAULT_KIND_NOTE, &note, &seed, 1);
	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_NOTE, bench->notes[number], &record), ==,
			CM_VAULT_CLASS_OK);
	bench->bodies[number] = cm_vault_text_lock_body(record, 1, bench->key, salt, &content);
	g_assert_nonnull(bench->bodies[number]);
}

static void
read_note(Bench *bench, guint number)
{
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultRecord) content = NULL;

	g_assert_cmpint(
	    cm_vault_people_check(bench->people, CM_VAULT_KIND_NOTE, bench->notes[number], &record),
	    ==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(
	    cm_vault_text_open_body(bench->bodies[number], record, 1, bench->key, &content), ==,
	    CM_VAULT_CLASS_OK);
}

static gdouble
measure_notes(Bench *bench, void (*each)(Bench *bench, guint number))
{
	gdouble start = now();

	for (guint i = 0; i < NOTES; i++)
		each(bench, i);
	return NOTES / (now() - start);
}

/* notes a second: written, and read */
static void
measure_bare(gdouble *out_written, gdouble *out_read)
{
	guint8 public[crypto_sign_PUBLICKEYBYTES];
	guint8 secret[crypto_sign_SECRETKEYBYTES];
	guint8 signature[crypto_sign_BYTES];
	guint8 header[SIGNED_BYTES] = {0};
	guint8 text[PADDED_BYTES] = {0};
	guint8 locked[PADDED_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES];
	guint8 nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
	guint8 key[CM_VAULT_KEY_BYTES] = {1};
	gdouble start = now();

	crypto_sign_keypair(public, secret);
	for (guint i = 0; i < NOTES; i++) {
		randombytes_buf(nonce, sizeof nonce);
		crypto_sign_detached(signature, NULL, header, sizeof header, secret);
		crypto_aead_xchacha20poly1305_ietf_encrypt(locked, NULL, text, sizeof text, NULL, 0,
							   NULL, nonce, key);
	}
	*out_written = NOTES / (now() - start);
	start = now();
	for (guint i = 0; i < NOTES; i++) {
		g_assert_cmpint(
		    crypto_sign_verify_detached(signature, header, sizeof header, public), ==, 0);
		g_assert_cmpint(crypto_aead_xchacha20poly1305_ietf_decrypt(
				    text, NULL, NULL, locked, sizeof locked, NULL, 0, nonce, key),
				==, 0);
	}
	*out_read = NOTES / (now() - start);
}

/* MiB a second */
static gdouble
measure_bare_stream(guint8 *plain, guint8 *locked)
{
	crypto_secretstream_xchacha20poly1305_state state;
	guint8 header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
	guint8 key[CM_VAULT_KEY_BYTES] = {1};
	gdouble start = now();

	crypto_secretstream_xchacha20poly1305_init_push(&state, header, key);
	for (guint i = 0; i < STREAM_CHUNKS; i++)
		crypto_secretstream_xchacha20poly1305_push(&state, locked, NULL, plain,
							   CM_VAULT_STREAM_CHUNK_BYTES, NULL, 0, 0);
	return STREAM_CHUNKS / 16 / (now() - start);
}

static gdouble
measure_stream(Bench *bench, guint8 *plain, guint8 *locked)
{
	guint8 header[CM_VAULT_STREAM_HEADER_BYTES];
	g_autoptr(CmVaultStream) stream = NULL;
	CmVaultAttachment attachment = {.organisation = bench->organisation,
					.case_id = bench->some,
					.attachment = bench->some,
					.stream = header};
	g_autoptr(GBytes) head = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	gdouble start = now();

	stream = cm_vault_stream_new_writer(bench->key, header);
	head = cm_vault_record_write(CM_VAULT_KIND_ATTACHMENT, &attachment);
	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_ATTACHMENT, head, &record), ==,
			CM_VAULT_CLASS_OK);
	cm_vault_stream_set_head(stream, record);
	for (guint i = 0; i < STREAM_CHUNKS; i++)
		g_assert_cmpint(cm_vault_stream_push(stream, plain, CM_VAULT_STREAM_CHUNK_BYTES,
						     i == STREAM_CHUNKS - 1, locked),
				==, CM_VAULT_CLASS_OK);
	return STREAM_CHUNKS / 16 / (now() - start);
}

int
main(void)
{
	g_autofree Bench *bench = g_new0(Bench, 1);
	g_autofree guint8 *plain = g_malloc0(CM_VAULT_STREAM_CHUNK_BYTES);
	g_autofree guint8 *locked = g_malloc(
	    CM_VAULT_STREAM_CHUNK_BYTES + CM_VAULT_STREAM_PLACE_BYTES + CM_VAULT_STREAM_TAG_BYTES);
	struct rusage before = {0};
	struct rusage after = {0};
	gdouble written = 0;
	gdouble opened = 0;
	gdouble bare = 0;

	g_assert_cmpint(sodium_init(), >=, 0);
	make_people(bench);
	make_content(bench);
	measure_bare(&written, &opened);
	show("a note signed and locked", measure_notes(bench, write_note), "notes", written);
	show("a note checked and opened", measure_notes(bench, read_note), "notes", opened);
	bare = measure_bare_stream(plain, locked);
	getrusage(RUSAGE_SELF, &before);
	show("a stream of half a GiB", measure_stream(bench, plain, locked), "MiB", bare);
	getrusage(RUSAGE_SELF, &after);
	printf("memory that the stream added to the most there was: %ld KiB\n",
	       after.ru_maxrss - before.ru_maxrss);
	cm_vault_people_unref(bench->people);
	g_bytes_unref(bench->content);
	for (guint i = 0; i < NOTES; i++) {
		g_bytes_unref(bench->notes[i]);
		g_bytes_unref(bench->bodies[i]);
	}
	return 0;
}
