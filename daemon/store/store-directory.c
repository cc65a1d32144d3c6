// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-directory.h"

#include "daemon/store/store-private.h"
#include "daemon/store/vault-rows.h"
#include "daemon/vault/vault-frames.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define META_KEY "vault_organisation_key"
#define BLOCK 256

static const CmSealPlace directory_place = {.table = "vault_directory", .column = "octets"};
static const CmSealPlace enrolment_place = {.table = "vault_keys", .column = "enrolment"};

/* ---- values */

static void
bind_sealed(CmStore *store,
	    CmStatement *statement,
	    gint parameter,
	    CmSealPlace place,
	    gint64 row,
	    GBytes *octets)
{
	g_autoptr(GByteArray) sealed = g_byte_array_new();
	gsize length = 0;
	gconstpointer data = g_bytes_get_data(octets, &length);

	place.row = row;
	cm_seal_close(store->seal, &place, data, length, BLOCK, sealed);
	sqlite3_bind_blob64(statement, parameter, sealed->data, sealed->len, SQLITE_TRANSIENT);
}

static GBytes *
open_sealed(CmStore *store,
	    CmStatement *statement,
	    gint column,
	    CmSealPlace place,
	    gint64 row,
	    GError **error)
{
	g_autoptr(GByteArray) plain = g_byte_array_new();

	place.row = row;
	if (!cm_seal_open(store->seal, &place, sqlite3_column_blob(statement, column),
			  (gsize)sqlite3_column_bytes(statement, column), BLOCK, plain, error))
		return NULL;
	return g_byte_array_free_to_bytes(g_steal_pointer(&plain));
}

/* ---- the directory at hand */

GBytes *
cm_store_directory_get_key(CmStore *store, GError **error)
{
	gint64 there = 0;

	if (!cm_database_query_integer(store->database,
				       "SELECT count(*) FROM meta WHERE name = '" META_KEY "'",
				       &there, error) ||
	    there == 0)
		return NULL;
	return cm_store_get_meta(store, META_KEY, error);
}

static GPtrArray *
list_successions(CmStore *store, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT octets FROM vault_succession ORDER BY from_sequence", error);
	gboolean row = TRUE;

	if (statement == NULL)
		return NULL;
	while (cm_database_step(store->database, statement, &row, error)) {
		if (!row)
			return g_steal_pointer(&list);
		g_ptr_array_add(list, cm_vault_rows_get(statement, 0));
	}
	return NULL;
}

typedef gboolean (*SetError)(CmVaultClass found, const gchar *what, GError **error);

static CmVaultPeople *
check_directory(CmStore *store, GBytes *key, GBytes *octets, SetError set_error, GError **error)
{
	g_autoptr(GPtrArray) successions = list_successions(store, error);
	CmVaultPeople *people = NULL;

	if (successions == NULL ||
	    !set_error(
		cm_vault_people_new(octets, g_bytes_get_data(key, NULL), successions, &people),
		"directory", error))
		return NULL;
	return people;
}

/* whether the one that is kept is still the newest: what it came with may have been undone */
static gboolean
is_newest(CmStore *store, CmStatement *newest)
{
	return store->vault_people != NULL &&
	       memcmp(cm_vault_record_get_hash(cm_vault_people_get_record(store->vault_people)),
		      sqlite3_column_blob(newest, 1), CM_VAULT_HASH_BYTES) == 0;
}

CmVaultPeople *
cm_store_directory_get_people(CmStore *store, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT sequence, hash, octets FROM vault_directory ORDER BY sequence DESC LIMIT 1",
	    error);
	g_autoptr(GBytes) key = NULL;
	g_autoptr(GBytes) octets = NULL;
	CmVaultPeople *people = NULL;
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error) || !row)
		return NULL;
	if (is_newest(store, statement))
		return cm_vault_people_ref(store->vault_people);
	octets = open_sealed(store, statement, 2, directory_place,
			     sqlite3_column_int64(statement, 0), error);
	key = octets != NULL ? cm_store_get_meta(store, META_KEY, error) : NULL;
	people = key != NULL ? check_directory(store, key, octets, cm_vault_class_set_error, error)
			     : NULL;
	if (people == NULL)
		return NULL;
	g_clear_pointer(&store->vault_people, cm_vault_people_unref);
	store->vault_people = cm_vault_people_ref(people);
	return people;
}

CmVaultPeople *
cm_store_directory_need_people(CmStore *store, GError **error)
{
	g_autoptr(GError) local = NULL;
	CmVaultPeople *people = cm_store_directory_get_people(store, &local);

	if (people == NULL && local == NULL)
		cm_error_set(&local, CM_ERROR_NOT_FOUND,
			     N_("The organisation has no directory of keys yet: its administrator "
				"makes one with “comodalctl directory init”."),
			     NULL);
	if (people == NULL)
		g_propagate_error(error, g_steal_pointer(&local));
	return people;
}

/* ---- adding to it */

/* the key that the last succession gave, and from which directory on; without one, the first key */
static gboolean
find_last_key(CmStore *store,
	      guint8 out_key[CM_VAULT_KEY_BYTES],
	      guint64 *out_since,
	      GError **error)
{
	const CmVaultSuccession *fields = NULL;
	g_autoptr(GPtrArray) successions = list_successions(store, error);
	g_autoptr(GBytes) first = NULL;
	g_autoptr(CmVaultRecord) last = NULL;

	if (successions == NULL)
		return FALSE;
	if (successions->len == 0) {
		first = cm_store_get_meta(store, META_KEY, error);
		if (first != NULL)
			memcpy(out_key, g_bytes_get_data(first, NULL), CM_VAULT_KEY_BYTES);
		return first != NULL;
	}
	if (!cm_vault_class_set_error(
		cm_vault_record_read(CM_VAULT_KIND_SUCCESSION,
				     g_ptr_array_index(successions, successions->len - 1), &last),
		"succession", error))
		return FALSE;
	fields = cm_vault_record_get_fields(last, CM_VAULT_KIND_SUCCESSION);
	memcpy(out_key, fields->new_key, CM_VAULT_KEY_BYTES);
	*out_since = fields->from_sequence;
	return TRUE;
}

/* whether this very succession is at hand */
static gboolean
has_succession(CmStore *store, GBytes *octets, gboolean *out_there, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT 1 FROM vault_succession WHERE octets = ?1", error);

	if (statement == NULL)
		return FALSE;
	cm_vault_rows_bind(statement, 1, octets);
	return cm_database_step(store->database, statement, out_there, error);
}

static gboolean
add_succession(CmStore *store, GBytes *octets, GError **error)
{
	g_autoptr(CmVaultPeople) people = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmStatement) statement = NULL;
	const CmVaultDirectory *directory = NULL;
	const CmVaultSuccession *fields = NULL;
	guint8 key[CM_VAULT_KEY_BYTES];
	guint64 since = 0;
	gboolean there = FALSE;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!has_succession(store, octets, &there, error) || there)
		return there;
	people = cm_store_directory_need_people(store, error);
	if (people == NULL || !find_last_key(store, key, &since, error))
		return FALSE;
	directory = cm_vault_people_get_directory(people);
	found = cm_vault_people_check_succession(directory->organisation, key, octets, &record);
	if (found == CM_VAULT_CLASS_OK) {
		fields = cm_vault_record_get_fields(record, CM_VAULT_KIND_SUCCESSION);
		/* what was signed already stays as it is */
		if (fields->from_sequence <= directory->sequence)
			found = CM_VAULT_CLASS_ROLLBACK;
		/* else none would hold any more, nor any directory */
		else if (fields->from_sequence <= since)
			found = CM_VAULT_CLASS_CHAIN;
	}
	if (!cm_vault_class_set_offered_error(found, "succession", error))
		return FALSE;
	statement = cm_database_prepare(
	    store->database, "INSERT INTO vault_succession (from_sequence, octets) VALUES (?1, ?2)",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, (gint64)fields->from_sequence);
	cm_vault_rows_bind(statement, 2, octets);
	return cm_database_run(store->database, statement, error);
}

/* the first directory says which organisation this is, by the key that signed it */
static GBytes *
get_or_take_key(CmStore *store, GBytes *octets, GError **error)
{
	g_autoptr(GError) local = NULL;
	GBytes *key = cm_store_directory_get_key(store, &local);
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultDirectory *fields = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (key != NULL)
		return key;
	if (local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	found = cm_vault_record_read(CM_VAULT_KIND_DIRECTORY, octets, &record);
	if (found == CM_VAULT_CLASS_OK) {
		fields = cm_vault_record_get_fields(record, CM_VAULT_KIND_DIRECTORY);
		if (fields->sequence != 1)
			found = CM_VAULT_CLASS_MISSING;
	}
	if (!cm_vault_class_set_offered_error(found, "directory", error))
		return NULL;
	if (!cm_store_set_meta(store, META_KEY, fields->org_key, CM_VAULT_KEY_BYTES, error))
		return NULL;
	return g_bytes_new(fields->org_key, CM_VAULT_KEY_BYTES);
}

static gboolean
insert_directory(CmStore *store, const CmVaultPeople *people, GError **error)
{
	const CmVaultRecord *record = cm_vault_people_get_record(people);
	gint64 sequence = (gint64)cm_vault_people_get_directory(people)->sequence;
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO vault_directory (sequence, hash, octets) VALUES (?1, ?2, ?3)", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, sequence);
	sqlite3_bind_blob(statement, 2, cm_vault_record_get_hash(record), CM_VAULT_HASH_BYTES,
			  SQLITE_TRANSIENT);
	bind_sealed(store, statement, 3, directory_place, sequence,
		    cm_vault_record_get_octets(record));
	return cm_database_run(store->database, statement, error);
}

/* whether an earlier one of that number is at hand, and this very one */
static gboolean
has_directory(CmStore *store, const CmVaultPeople *people, gboolean *out_there, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT 1 FROM vault_directory WHERE sequence = ?1 AND hash = ?2",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, (gint64)cm_vault_people_get_directory(people)->sequence);
	sqlite3_bind_blob(statement, 2,
			  cm_vault_record_get_hash(cm_vault_people_get_record(people)),
			  CM_VAULT_HASH_BYTES, SQLITE_TRANSIENT);
	return cm_database_step(store->database, statement, out_there, error);
}

static gboolean
add_directory(CmStore *store, GBytes *octets, GError **error)
{
	g_autoptr(GBytes) key = get_or_take_key(store, octets, error);
	g_autoptr(CmVaultPeople) people =
	    key != NULL
		? check_directory(store, key, octets, cm_vault_class_set_offered_error, error)
		: NULL;
	g_autoptr(CmVaultPeople) before = NULL;
	g_autoptr(GError) local = NULL;
	gboolean there = FALSE;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (people == NULL || !has_directory(store, people, &there, error) || there)
		return people != NULL && there;
	before = cm_store_directory_get_people(store, &local);
	if (before == NULL && local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (before != NULL)
		found = cm_vault_people_follow(people, before);
	else if (cm_vault_people_get_directory(people)->sequence != 1)
		found = CM_VAULT_CLASS_MISSING;
	return cm_vault_class_set_offered_error(found, "directory", error) &&
	       insert_directory(store, people, error);
}

gboolean
cm_store_directory_add(CmStore *store,
		       GBytes *octets,
		       gint64 actor,
		       gint64 now,
		       guint64 *out_sequence,
		       GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmAuditEntry entry = {.uid = actor, .action = "directory.add", .at = now};
	g_autoptr(GArray) frames = NULL;
	g_autoptr(CmVaultPeople) people = NULL;

	if (transaction == NULL ||
	    !cm_vault_class_set_offered_error(
		cm_vault_frames_split(octets,
				      CM_VAULT_RECORD_OF(CM_VAULT_KIND_DIRECTORY) |
					  CM_VAULT_RECORD_OF(CM_VAULT_KIND_SUCCESSION),
				      &frames),
		"directory", error))
		return FALSE;
	for (guint i = 0; i < frames->len; i++) {
		const CmVaultFrame *frame = &g_array_index(frames, CmVaultFrame, i);

		if (frame->kind == CM_VAULT_KIND_SUCCESSION
			? !add_succession(store, frame->octets, error)
			: !add_directory(store, frame->octets, error))
			return FALSE;
	}
	people = cm_store_directory_need_people(store, error);
	if (people == NULL)
		return FALSE;
	*out_sequence = cm_vault_people_get_directory(people)->sequence;
	entry.version_after = (gint64)*out_sequence;
	return cm_audit_append(store, &entry, error) && cm_transaction_commit(transaction, error);
}

static gboolean
append_directories(CmStore *store, guint64 after, GByteArray *out, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT sequence, octets FROM vault_directory WHERE sequence > ?1 ORDER BY sequence",
	    error);
	gboolean row = TRUE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, (gint64)MIN(after, G_MAXINT64));
	while (cm_database_step(store->database, statement, &row, error)) {
		g_autoptr(GBytes) octets = NULL;

		if (!row)
			return TRUE;
		octets = open_sealed(store, statement, 1, directory_place,
				     sqlite3_column_int64(statement, 0), error);
		if (octets == NULL)
			return FALSE;
		cm_vault_rows_append(out, octets);
	}
	return FALSE;
}

GBytes *
cm_store_directory_list(CmStore *store, guint64 after, GError **error)
{
	g_autoptr(GByteArray) all = g_byte_array_new();
	g_autoptr(GPtrArray) successions = list_successions(store, error);

	if (successions == NULL)
		return NULL;
	for (guint i = 0; i < successions->len; i++)
		cm_vault_rows_append(all, g_ptr_array_index(successions, i));
	return append_directories(store, after, all, error)
		   ? g_byte_array_free_to_bytes(g_steal_pointer(&all))
		   : NULL;
}

/* ---- enrolling */

/* the row and the person of an account; `out_row` 0: there is none */
static gboolean
find_owner(CmStore *store,
	   guint32 uid,
	   gint64 *out_row,
	   guint8 out_person[CM_VAULT_ID_BYTES],
	   GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT id, person FROM vault_person WHERE uid = ?1", error);
	gboolean row = FALSE;

	*out_row = 0;
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, uid);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row) {
		*out_row = sqlite3_column_int64(statement, 0);
		memcpy(out_person, sqlite3_column_blob(statement, 1), CM_VAULT_ID_BYTES);
	}
	return TRUE;
}

gboolean
cm_store_directory_find_person(CmStore *store,
			       guint32 uid,
			       guint8 out_person[CM_VAULT_ID_BYTES],
			       gboolean *out_found,
			       GError **error)
{
	gint64 row = 0;

	if (!find_owner(store, uid, &row, out_person, error))
		return FALSE;
	*out_found = row > 0;
	return TRUE;
}

static gboolean
make_owner(CmStore *store, guint32 uid, guint8 out_person[CM_VAULT_ID_BYTES], GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "INSERT INTO vault_person (person, uid) VALUES (?1, ?2)", error);

	if (statement == NULL)
		return FALSE;
	randombytes_buf(out_person, CM_VAULT_ID_BYTES);
	sqlite3_bind_blob(statement, 1, out_person, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_int64(statement, 2, uid);
	return cm_database_run(store->database, statement, error);
}

static guint32
find_next_generation(const CmVaultPeople *people, const guint8 *person)
{
	const CmVaultDirectory *directory = cm_vault_people_get_directory(people);
	const CmVaultDirectoryEntry *entries = directory->entries.items;
	guint32 newest = 0;

	for (guint i = 0; i < directory->entries.count; i++)
		if (memcmp(entries[i].person, person, CM_VAULT_ID_BYTES) == 0)
			newest = MAX(newest, entries[i].generation);
	return newest + 1;
}

gboolean
cm_store_directory_begin(CmStore *store,
			 guint32 uid,
			 guint8 out_person[CM_VAULT_ID_BYTES],
			 guint32 *out_generation,
			 GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmVaultPeople) people =
	    transaction != NULL ? cm_store_directory_need_people(store, error) : NULL;
	gint64 row = 0;

	if (people == NULL || !find_owner(store, uid, &row, out_person, error) ||
	    (row == 0 && !make_owner(store, uid, out_person, error)) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_generation = find_next_generation(people, out_person);
	return TRUE;
}

/* whether what came is a whole enrolment, and a recovery keyring, of this person and generation */
static CmVaultClass
check_keys(const CmVaultPeople *people,
	   const guint8 *person,
	   guint32 generation,
	   GBytes *enrolment,
	   GBytes *recovery)
{
	const guint8 *organisation = cm_vault_people_get_directory(people)->organisation;
	g_autoptr(CmVaultRecord) enrolled = NULL;
	g_autoptr(CmVaultRecord) kept = NULL;
	const CmVaultEnrolment *keys = NULL;
	const CmVaultKeyring *keyring = NULL;
	CmVaultClass found = cm_vault_people_check_enrolment(organisation, enrolment, &enrolled);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_record_read(CM_VAULT_KIND_KEYRING, recovery, &kept);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	keys = cm_vault_record_get_fields(enrolled, CM_VAULT_KIND_ENROLMENT);
	keyring = cm_vault_record_get_fields(kept, CM_VAULT_KIND_KEYRING);
	if (memcmp(keyring->organisation, organisation, CM_VAULT_HASH_BYTES) != 0)
		return CM_VAULT_CLASS_ORGANISATION;
	if (keyring->slot != CM_VAULT_SLOT_RECOVERY)
		return CM_VAULT_CLASS_KIND;
	return memcmp(keys->person, person, CM_VAULT_ID_BYTES) == 0 &&
		       memcmp(keyring->person, person, CM_VAULT_ID_BYTES) == 0 &&
		       keys->generation == generation && keyring->generation == generation
		   ? CM_VAULT_CLASS_OK
		   : CM_VAULT_CLASS_REPLACED;
}

typedef struct {
	gint64 owner;
	guint32 generation;
	GBytes *enrolment;
	GBytes *recovery;
	gint64 now;
} Keys;

static gboolean
keep_keys(CmStore *store, const Keys *keys, GError **error)
{
	const gint64 replaced[] = {keys->owner, keys->generation};
	g_autoptr(CmStatement) statement = NULL;
	gint64 row = 0;

	if (!cm_database_run_integers(store->database,
				      "DELETE FROM vault_keys WHERE owner = ?1 AND generation = ?2",
				      replaced, G_N_ELEMENTS(replaced), error) ||
	    !cm_store_next_counter(store, "row", &row, error))
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO vault_keys (id, owner, generation, enrolment, recovery, made_at) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_int64(statement, 2, keys->owner);
	sqlite3_bind_int64(statement, 3, keys->generation);
	bind_sealed(store, statement, 4, enrolment_place, row, keys->enrolment);
	cm_vault_rows_bind(statement, 5, keys->recovery);
	sqlite3_bind_int64(statement, 6, keys->now);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_directory_enrol(CmStore *store,
			 guint32 uid,
			 GBytes *enrolment,
			 GBytes *recovery,
			 gint64 now,
			 GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmVaultPeople) people =
	    transaction != NULL ? cm_store_directory_need_people(store, error) : NULL;
	CmAuditEntry entry = {.uid = uid, .action = "directory.enrol", .at = now};
	Keys keys = {.enrolment = enrolment, .recovery = recovery, .now = now};
	guint8 person[CM_VAULT_ID_BYTES] = {0};

	if (people == NULL || !find_owner(store, uid, &keys.owner, person, error))
		return FALSE;
	keys.generation = find_next_generation(people, person);
	if (!cm_vault_class_set_offered_error(
		check_keys(people, person, keys.generation, enrolment, recovery), "enrolment",
		error))
		return FALSE;
	entry.subject = keys.owner;
	entry.version_after = keys.generation;
	return keep_keys(store, &keys, error) && cm_audit_append(store, &entry, error) &&
	       cm_transaction_commit(transaction, error);
}

GBytes *
cm_store_directory_list_enrolments(CmStore *store, GError **error)
{
	g_autoptr(CmVaultPeople) people = cm_store_directory_need_people(store, error);
	g_autoptr(CmStatement) statement =
	    people != NULL
		? cm_database_prepare(store->database,
				      "SELECT keys.id, person, generation, enrolment "
				      "FROM vault_keys AS keys JOIN vault_person AS owner "
				      "ON owner.id = keys.owner WHERE uid IS NOT NULL "
				      "ORDER BY keys.id",
				      error)
		: NULL;
	g_autoptr(GByteArray) all = g_byte_array_new();
	gboolean row = TRUE;

	if (statement == NULL)
		return NULL;
	while (cm_database_step(store->database, statement, &row, error)) {
		g_autoptr(GBytes) octets = NULL;

		if (!row)
			return g_byte_array_free_to_bytes(g_steal_pointer(&all));
		if (cm_vault_people_find(people, sqlite3_column_blob(statement, 1),
					 (guint32)sqlite3_column_int64(statement, 2)) != NULL)
			continue;
		octets = open_sealed(store, statement, 3, enrolment_place,
				     sqlite3_column_int64(statement, 0), error);
		if (octets == NULL)
			return NULL;
		cm_vault_rows_append(all, octets);
	}
	return NULL;
}

GBytes *
cm_store_directory_get_recovery(CmStore *store, guint32 uid, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT recovery FROM vault_keys JOIN vault_person AS owner ON owner.id = owner "
	    "WHERE uid = ?1 ORDER BY generation DESC",
	    error);
	g_autoptr(GBytes) all = NULL;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, uid);
	all = cm_vault_rows_gather(store, statement, error);
	if (all == NULL || g_bytes_get_size(all) > 0)
		return g_steal_pointer(&all);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("You have not enrolled any keys yet."), NULL);
	return NULL;
}

gboolean
cm_store_directory_forget_account(CmStore *store, guint32 uid, GError **error)
{
	const gint64 value = uid;

	return cm_database_run_integers(
	    store->database, "UPDATE vault_person SET uid = NULL WHERE uid = ?1", &value, 1, error);
}
