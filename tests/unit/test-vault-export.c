// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-box.h"
#include "daemon/vault/vault-export-reader.h"
#include "daemon/vault/vault-export.h"
#include "daemon/vault/vault-keyring.h"
#include "daemon/vault/vault-minutes.h"
#include "daemon/vault/vault-text.h"

#include <sodium.h>
#include <string.h>

/* An export that is written and read again, of minutes longer than a chunk; what reads wrong ones is held to exports.vectors. */

#define NOW G_GUINT64_CONSTANT(1790000000)
#define TEXT_BYTES 200000
#define PEOPLE 2

typedef struct {
	guint8 seed[CM_VAULT_KEY_BYTES];
	guint8 key[CM_VAULT_KEY_BYTES];
	guint8 keys[PEOPLE][2][CM_VAULT_KEY_BYTES];
	guint8 organisation[CM_VAULT_HASH_BYTES];
	gchar *fingerprint;
	guint8 ids[PEOPLE][CM_VAULT_ID_BYTES];
	CmVaultRecord *bundles[PEOPLE];
	CmVaultPeople *people;
	GBytes *content;
	GPtrArray *records;
	GByteArray *hashes;
} World;

/* the first directory, and, `before` it being given, the second, in which the first person's keys are stolen */
static CmVaultPeople *
sign_directory(const World *world, const CmVaultPeople *before)
{
	static const guint8 enrolment[CM_VAULT_HASH_BYTES] = {1};
	const guint8 *seeds = world->seed;
	CmVaultDirectoryEntry entries[PEOPLE] = {0};
	CmVaultDirectory directory = {.organisation = world->organisation,
				      .sequence = before != NULL ? 2 : 1,
				      .issued_at = NOW,
				      .org_key = world->key,
				      .entries = {entries, PEOPLE}};
	g_autoptr(GBytes) octets = NULL;
	CmVaultPeople *people = NULL;

	if (before != NULL)
		directory.previous = cm_vault_record_get_hash(cm_vault_people_get_record(before));
	for (guint i = 0; i < PEOPLE; i++) {
		gboolean stolen = before != NULL && i == 0;

		entries[i] = (CmVaultDirectoryEntry){.person = world->ids[i],
						     .generation = 1,
						     .state = stolen ? CM_VAULT_STATE_REVOKED
								     : CM_VAULT_STATE_CURRENT,
						     .roles = CM_VAULT_ROLE_PROFESSIONAL,
						     .since = 1,
						     .until = stolen ? 2 : 0,
						     .sign_key = world->keys[i][0],
						     .box_key = world->keys[i][1],
						     .enrolment = enrolment,
						     .label = {(const guint8 *)"Élise", 6}};
	}
	octets = cm_vault_record_sign(CM_VAULT_KIND_DIRECTORY, &directory, &seeds, 1);
	g_assert_cmpint(cm_vault_people_new(octets, world->key, NULL, &people), ==,
			CM_VAULT_CLASS_OK);
	return people;
}

static void
make_people(World *world)
{
	guint8 secret[crypto_sign_SECRETKEYBYTES];

	randombytes_buf(world->seed, sizeof world->seed);
	crypto_sign_seed_keypair(world->key, secret, world->seed);
	cm_vault_people_identify(world->key, world->organisation);
	world->fingerprint = cm_vault_hash_dup_fingerprint(world->key, NULL);
	for (guint i = 0; i < PEOPLE; i++) {
		world->ids[i][0] = (guint8)(i + 1);
		world->bundles[i] =
		    cm_vault_keyring_generate(world->organisation, world->ids[i], 1, NOW);
		g_assert_cmpint(cm_vault_keyring_get_public(world->bundles[i], world->keys[i][0],
							    world->keys[i][1]),
				==, CM_VAULT_CLASS_OK);
	}
	world->people = sign_directory(world, NULL);
}

static const CmVaultBundle *
bundle_of(const World *world, guint person)
{
	return cm_vault_record_get_fields(world->bundles[person], CM_VAULT_KIND_BUNDLE);
}

static void
add(World *world, GBytes *octets)
{
	const CmVaultPart part = {g_bytes_get_data(octets, NULL), g_bytes_get_size(octets)};
	guint8 hash[CM_VAULT_HASH_BYTES];

	cm_vault_hash("record", &part, 1, hash);
	g_byte_array_append(world->hashes, hash, sizeof hash);
	g_ptr_array_add(world->records, g_bytes_ref(octets));
}

static CmVaultClass
write_minutes(World *world, CmVaultParticipant *participants, guint count, GBytes **out_octets)
{
	static const guint8 id[CM_VAULT_ID_BYTES] = {7};
	const CmVaultMinutes minutes = {.minutes = id,
					.held_on = 20260921,
					.entered_at = NOW,
					.participants = {participants, count}};
	const CmVaultPart part = {g_bytes_get_data(world->content, NULL),
				  g_bytes_get_size(world->content)};

	return cm_vault_minutes_write(world->people, world->bundles[0], &minutes, &part,
				      out_octets);
}

static void
make_records(World *world)
{
	g_autofree gchar *text = g_strnfill(TEXT_BYTES, 'x');
	CmVaultSection section = {.text = {(const guint8 *)text, TEXT_BYTES}};
	const CmVaultContent content = {.language = {(const guint8 *)"fr_CA", 5},
					.sections = {&section, 1}};
	CmVaultParticipant participants[] = {{.person = world->ids[1], .generation = 1},
					     {.person = world->ids[0], .generation = 1}};
	g_autoptr(GBytes) minutes = NULL;
	g_autoptr(GBytes) opened = NULL;
	g_autoptr(CmVaultRecord) record = NULL;

	world->content = cm_vault_record_write(CM_VAULT_KIND_CONTENT, &content);
	world->records = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	world->hashes = g_byte_array_new();
	g_assert_cmpint(write_minutes(world, participants, 2, &minutes), ==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(
	    cm_vault_people_check(world->people, CM_VAULT_KIND_MINUTES, minutes, &record), ==,
	    CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_minutes_open_for_export(record, world->ids[0], 1,
							 bundle_of(world, 0)->box_secret, &opened),
			==, CM_VAULT_CLASS_OK);
	add(world, cm_vault_record_get_octets(cm_vault_people_get_record(world->people)));
	add(world, minutes);
	add(world, opened);
}

static void
test_minutes(World *world)
{
	CmVaultParticipant participants[] = {{.person = world->ids[1], .generation = 1},
					     {.person = world->ids[1], .generation = 1}};
	const CmVaultBundle *reader = bundle_of(world, 1);
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	g_autoptr(CmVaultRecord) nothing = NULL;
	g_autoptr(GBytes) octets = NULL;

	g_assert_cmpint(cm_vault_people_check(world->people, CM_VAULT_KIND_MINUTES,
					      g_ptr_array_index(world->records, 1), &record),
			==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(
	    cm_vault_minutes_open(record, reader->person, 1, reader->box_secret, &content), ==,
	    CM_VAULT_CLASS_OK);
	g_assert_true(g_bytes_equal(cm_vault_record_get_octets(content), world->content));
	g_assert_cmpint(
	    cm_vault_minutes_open(record, reader->person, 2, reader->box_secret, &nothing), ==,
	    CM_VAULT_CLASS_NOT_ENTITLED);
	/* one twice, nobody, somebody whom the directory has not */
	g_assert_cmpint(write_minutes(world, participants, 2, &octets), ==,
			CM_VAULT_CLASS_MALFORMED);
	g_assert_cmpint(write_minutes(world, participants, 0, &octets), ==,
			CM_VAULT_CLASS_MALFORMED);
	participants[1] = (CmVaultParticipant){.person = world->ids[0], .generation = 2};
	g_assert_cmpint(write_minutes(world, participants, 2, &octets), ==,
			CM_VAULT_CLASS_NOT_ENTITLED);
	g_assert_null(octets);
}

/* ---- exports */

typedef struct {
	GByteArray *octets;
	gsize next;
	gsize longest; /* that was handed over at once */
} File;

static CmVaultClass
put(gpointer data, const guint8 *octets, gsize length)
{
	File *file = data;

	file->longest = MAX(file->longest, length);
	g_byte_array_append(file->octets, octets, (guint)length);
	return CM_VAULT_CLASS_OK;
}

static gsize
get(gpointer data, guint8 *out_octets, gsize length)
{
	File *file = data;
	gsize count = MIN(length, file->octets->len - file->next);

	memcpy(out_octets, file->octets->data + file->next, count);
	file->next += count;
	return count;
}

static void
rewind_file(gpointer data)
{
	((File *)data)->next = 0;
}

static void
check_text(gpointer data, const CmVaultRecord *of, const CmVaultRecord *content)
{
	World *world = data;

	g_assert_cmpint(cm_vault_record_get_kind(of), ==, CM_VAULT_KIND_MINUTES);
	g_assert_true(g_bytes_equal(cm_vault_record_get_octets(content), world->content));
	g_byte_array_append(world->hashes, (const guint8 *)"!", 1);
}

static void
write_export(World *world, const CmVaultExportOrder *order, File *file)
{
	g_autoptr(CmVaultExportWriter) writer = NULL;

	g_assert_cmpint(cm_vault_export_begin(order, world->hashes, put, file, &writer), ==,
			CM_VAULT_CLASS_OK);
	/* what the manifest does not name next, and an end before its last */
	g_assert_cmpint(cm_vault_export_add(writer, g_ptr_array_index(world->records, 1)), ==,
			CM_VAULT_CLASS_REPLACED);
	for (guint i = 0; i < world->records->len; i++) {
		g_assert_cmpint(cm_vault_export_end(writer), ==, CM_VAULT_CLASS_MISSING);
		g_assert_cmpint(cm_vault_export_add(writer, g_ptr_array_index(world->records, i)),
				==, CM_VAULT_CLASS_OK);
	}
	g_assert_cmpint(cm_vault_export_end(writer), ==, CM_VAULT_CLASS_OK);
	/* a chunk at a time, however long a record is */
	g_assert_cmpuint(file->longest, <, 66000);
	g_assert_cmpuint(file->octets->len, >, 2 * TEXT_BYTES);
}

static void
check_read(World *world, File *file, const CmVaultSecret *key)
{
	const CmVaultExportSource source = {get, rewind_file, file};
	const CmVaultExportSink sink = {.text = check_text, .data = world};
	guint texts = world->hashes->len;

	g_assert_cmpint(cm_vault_export_reader_run(&source, cm_vault_secret_peek(key),
						   world->fingerprint, &sink),
			==, CM_VAULT_CLASS_OK);
	g_assert_cmpuint(world->hashes->len, ==, texts + 1);
	g_byte_array_set_size(world->hashes, texts);
	/* the last octet of all, in a chunk behind others */
	file->octets->data[file->octets->len - 1] ^= 1;
	g_assert_cmpint(cm_vault_export_reader_run(&source, cm_vault_secret_peek(key),
						   world->fingerprint, &sink),
			==, CM_VAULT_CLASS_ALTERED);
	g_assert_cmpuint(world->hashes->len, ==, texts);
}

/* of these people's records; the key or the passphrase is its user's */
static CmVaultExportOrder
make_order(const World *world, guint exporter, guint8 purpose)
{
	return (CmVaultExportOrder){.people = world->people,
				    .bundle = world->bundles[exporter],
				    .purpose = purpose,
				    .operations = CM_VAULT_KEYRING_OPERATIONS_MIN,
				    .memory = CM_VAULT_KEYRING_MEMORY_MIN,
				    .asked_on = 20260921,
				    .now = NOW};
}

/* whoever has the keys of the second person */
static CmVaultSecret *
open_with_box(const World *world, const CmVaultExportSource *source)
{
	g_autoptr(CmVaultRecord) head = NULL;
	CmVaultSecret *key = NULL;

	g_assert_cmpint(cm_vault_export_reader_get_head(source, &head), ==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_export_open_box(head, bundle_of(world, 1)->box_secret, &key), ==,
			CM_VAULT_CLASS_OK);
	return key;
}

static CmVaultSecret *
open_with_passphrase(const CmVaultSecret *passphrase, const CmVaultExportSource *source)
{
	g_autoptr(CmVaultRecord) head = NULL;
	CmVaultSecret *key = NULL;

	g_assert_cmpint(cm_vault_export_reader_get_head(source, &head), ==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_export_open_passphrase(head, cm_vault_secret_peek(passphrase),
							cm_vault_secret_get_length(passphrase),
							&key),
			==, CM_VAULT_CLASS_OK);
	return key;
}

static void
test_key(World *world)
{
	guint8 box_key[CM_VAULT_KEY_BYTES];
	g_autoptr(GByteArray) octets = g_byte_array_new();
	File file = {.octets = octets};
	const CmVaultExportSource source = {get, rewind_file, &file};
	CmVaultExportOrder order = make_order(world, 0, CM_VAULT_PURPOSE_TRANSFER);
	g_autoptr(CmVaultRecord) head = NULL;
	g_autoptr(CmVaultSecret) key = NULL;

	order.recipient_key = box_key;
	cm_vault_box_get_public(bundle_of(world, 1)->box_secret, box_key);
	write_export(world, &order, &file);
	g_assert_cmpint(cm_vault_export_reader_get_head(&source, &head), ==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_export_open_box(head, bundle_of(world, 0)->box_secret, &key), ==,
			CM_VAULT_CLASS_WRONG_KEY);
	g_assert_cmpint(cm_vault_export_open_passphrase(head, (const guint8 *)"x", 1, &key), ==,
			CM_VAULT_CLASS_WRONG_KEY);
	key = open_with_box(world, &source);
	check_read(world, &file, key);
}

static void
test_passphrase(World *world)
{
	g_autoptr(CmVaultSecret) passphrase = cm_vault_export_make_passphrase();
	g_autoptr(GByteArray) octets = g_byte_array_new();
	File file = {.octets = octets};
	const CmVaultExportSource source = {get, rewind_file, &file};
	CmVaultExportOrder order = make_order(world, 0, CM_VAULT_PURPOSE_ACCESS);
	g_autoptr(CmVaultExportWriter) writer = NULL;
	g_autoptr(CmVaultRecord) head = NULL;
	g_autoptr(CmVaultSecret) key = NULL;

	order.passphrase = passphrase;
	order.memory = CM_VAULT_KEYRING_MEMORY_MIN - 1;
	g_assert_cmpint(cm_vault_export_begin(&order, world->hashes, put, &file, &writer), ==,
			CM_VAULT_CLASS_PARAMETERS);
	g_assert_cmpuint(octets->len, ==, 0);
	order.memory = CM_VAULT_KEYRING_MEMORY_MIN;
	write_export(world, &order, &file);
	g_assert_cmpint(cm_vault_export_reader_get_head(&source, &head), ==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_export_open_passphrase(head, (const guint8 *)"x", 1, &key), ==,
			CM_VAULT_CLASS_WRONG_KEY);
	key = open_with_passphrase(passphrase, &source);
	check_read(world, &file, key);
}

static void
count_records(gpointer data, const CmVaultRecord *record)
{
	++*(guint *)data;
}

/* the same record twice: a text finds the one that is kept */
static void
test_repeated(World *world)
{
	g_autoptr(CmVaultSecret) passphrase = cm_vault_export_make_passphrase();
	g_autoptr(GByteArray) octets = g_byte_array_new();
	g_autoptr(GPtrArray) records =
	    g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autoptr(GByteArray) hashes = g_byte_array_new();
	File file = {.octets = octets};
	guint count = 0;
	const CmVaultExportSource source = {get, rewind_file, &file};
	const CmVaultExportSink sink = {.record = count_records, .data = &count};
	World repeated = *world;
	CmVaultExportOrder order = make_order(world, 0, CM_VAULT_PURPOSE_ACCESS);
	g_autoptr(CmVaultSecret) key = NULL;

	order.passphrase = passphrase;
	repeated.records = records;
	repeated.hashes = hashes;
	for (guint i = 0; i < 4; i++)
		add(&repeated, g_ptr_array_index(world->records, i < 2 ? i : i - 1));
	write_export(&repeated, &order, &file);
	key = open_with_passphrase(passphrase, &source);
	g_assert_cmpint(cm_vault_export_reader_run(&source, cm_vault_secret_peek(key),
						   world->fingerprint, &sink),
			==, CM_VAULT_CLASS_OK);
	g_assert_cmpuint(count, ==, 2);
}

/* ---- keys that were stolen since */

static void
count_vouched(gpointer data, const CmVaultRecord *record)
{
	g_assert_cmpint(cm_vault_record_get_kind(record), ==, CM_VAULT_KIND_MINUTES);
	(*(guint *)data)++;
}

/* the class with nobody who is told of what is vouched for, and with somebody */
static void
check_stolen(World *world, guint exporter, CmVaultClass strict, CmVaultClass told, guint expected)
{
	guint8 box_key[CM_VAULT_KEY_BYTES];
	g_autoptr(GByteArray) octets = g_byte_array_new();
	File file = {.octets = octets};
	const CmVaultExportSource source = {get, rewind_file, &file};
	guint vouched = 0;
	const CmVaultExportSink sink = {.vouched = count_vouched, .data = &vouched};
	CmVaultExportOrder order = make_order(world, exporter, CM_VAULT_PURPOSE_TRANSFER);
	g_autoptr(CmVaultSecret) key = NULL;

	order.recipient_key = box_key;
	cm_vault_box_get_public(bundle_of(world, 1)->box_secret, box_key);
	write_export(world, &order, &file);
	key = open_with_box(world, &source);
	g_assert_cmpint(cm_vault_export_reader_run(&source, cm_vault_secret_peek(key),
						   world->fingerprint, NULL),
			==, strict);
	g_assert_cmpint(cm_vault_export_reader_run(&source, cm_vault_secret_peek(key),
						   world->fingerprint, &sink),
			==, told);
	g_assert_cmpuint(vouched, ==, expected);
}

/* what a stolen key had signed stands on the exporter's word, whose own keys are in force */
static void
test_stolen(World *world)
{
	g_autoptr(CmVaultPeople) later = sign_directory(world, world->people);
	GBytes *directory = cm_vault_record_get_octets(cm_vault_people_get_record(later));
	World after = *world;

	after.people = later;
	after.records = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	after.hashes = g_byte_array_new();
	add(&after, g_ptr_array_index(world->records, 0));
	add(&after, directory);
	add(&after, g_ptr_array_index(world->records, 1));
	add(&after, g_ptr_array_index(world->records, 2));
	check_stolen(&after, 1, CM_VAULT_CLASS_REVOKED, CM_VAULT_CLASS_OK, 1);
	check_stolen(&after, 0, CM_VAULT_CLASS_REVOKED, CM_VAULT_CLASS_REVOKED, 0);
	g_ptr_array_unref(after.records);
	g_byte_array_unref(after.hashes);
}

/* four groups of four letters of which none is taken for another: 80 bits */
static void
test_made_passphrase(void)
{
	g_autoptr(CmVaultSecret) one = cm_vault_export_make_passphrase();
	g_autoptr(CmVaultSecret) two = cm_vault_export_make_passphrase();
	g_autofree gchar *text =
	    g_strndup((const gchar *)cm_vault_secret_peek(one), cm_vault_secret_get_length(one));

	g_assert_true(
	    g_regex_match_simple("^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$", text, 0, 0));
	g_assert_true(memcmp(text, cm_vault_secret_peek(two), strlen(text)) != 0);
}

int
main(int argc, char **argv)
{
	World world = {0};
	gint result = 0;

	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(sodium_init(), >=, 0);
	make_people(&world);
	make_records(&world);
	g_test_add_data_func("/vault-export/minutes", &world, (GTestDataFunc)test_minutes);
	g_test_add_data_func("/vault-export/key", &world, (GTestDataFunc)test_key);
	g_test_add_data_func("/vault-export/passphrase", &world, (GTestDataFunc)test_passphrase);
	g_test_add_data_func("/vault-export/repeated", &world, (GTestDataFunc)test_repeated);
	g_test_add_data_func("/vault-export/stolen", &world, (GTestDataFunc)test_stolen);
	g_test_add_func("/vault-export/made-passphrase", test_made_passphrase);
	result = g_test_run();
	for (guint i = 0; i < PEOPLE; i++)
		cm_vault_record_unref(world.bundles[i]);
	cm_vault_people_unref(world.people);
	g_ptr_array_unref(world.records);
	g_byte_array_unref(world.hashes);
	g_bytes_unref(world.content);
	g_free(world.fingerprint);
	return result;
}
