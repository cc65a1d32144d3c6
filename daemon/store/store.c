// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store.h"

#include "daemon/store/attachment-folder.h"
#include "daemon/store/page-people.h"
#include "daemon/store/schema.h"
#include "daemon/store/store-private.h"
#include "daemon/store/vault-cache.h"
#include "daemon/vault/vault-people.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define META_DATABASE_ID "database-id"
#define META_KEY_CHECK "key-check"

const gchar *
cm_store_kind_to_string(CmStoreKind kind)
{
	static const gchar *const names[CM_STORE_KIND_LAST] = {
	    [CM_STORE_KIND_ORGANISATION] = "organisation",
	    [CM_STORE_KIND_CALENDAR] = "calendar",
	    [CM_STORE_KIND_SITE] = "site",
	    [CM_STORE_KIND_TRAVEL] = "travel",
	    [CM_STORE_KIND_ROOM] = "room",
	    [CM_STORE_KIND_COMPANION] = "companion",
	    [CM_STORE_KIND_PROFESSIONAL] = "professional",
	    [CM_STORE_KIND_STUDENT] = "student",
	    [CM_STORE_KIND_CONTACT] = "contact",
	    [CM_STORE_KIND_FOLLOWUP] = "followup",
	    [CM_STORE_KIND_SESSION] = "session",
	    [CM_STORE_KIND_BUSY] = "busy",
	};

	g_return_val_if_fail(kind < CM_STORE_KIND_LAST, "");
	return names[kind];
}

/* ---- counters and meta */

gboolean
cm_store_get_counter(CmStore *store, const gchar *name, gint64 *out_value, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT value FROM counter WHERE name = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_value = row ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

gboolean
cm_store_set_counter(CmStore *store, const gchar *name, gint64 value, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "UPDATE counter SET value = ?2 WHERE name = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, value);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_next_counter(CmStore *store, const gchar *name, gint64 *out_value, GError **error)
{
	gint64 value = 0;

	if (!cm_store_get_counter(store, name, &value, error) ||
	    !cm_store_set_counter(store, name, value + 1, error))
		return FALSE;
	*out_value = value + 1;
	return TRUE;
}

GBytes *
cm_store_get_meta(CmStore *store, const gchar *name, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT value FROM meta WHERE name = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	if (!row) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged: a row that must be there is missing."),
			     NULL);
		return NULL;
	}
	return g_bytes_new(sqlite3_column_blob(statement, 0),
			   (gsize)sqlite3_column_bytes(statement, 0));
}

gboolean
cm_store_set_meta(CmStore *store,
		  const gchar *name,
		  gconstpointer data,
		  gsize length,
		  GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"INSERT INTO meta (name, value) VALUES (?1, ?2) "
				"ON CONFLICT (name) DO UPDATE SET value = excluded.value",
				error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 2, data, (gint)length, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

/* ---- files */

static gboolean
path_check_private(const gchar *path, gboolean missing_ok, GError **error)
{
	struct stat status;

	if (lstat(path, &status) != 0) {
		if (errno == ENOENT && missing_ok)
			return TRUE;
		cm_error_set(error, CM_ERROR_STORE, N_("{0}: {1}."), path, g_strerror(errno), NULL);
		return FALSE;
	}
	if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("{0} is a symbolic link or a special file: the database must be a "
				"file."),
			     path, NULL);
		return FALSE;
	}
	if (status.st_uid != geteuid()) {
		cm_error_set(error, CM_ERROR_STORE, N_("{0} belongs to somebody else."), path,
			     NULL);
		return FALSE;
	}
	if ((status.st_mode & 0077) != 0) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("{0} is open to others: chmod go-rwx it, and think of who may have "
				"read it."),
			     path, NULL);
		return FALSE;
	}
	/* before SQLite sees it: it would open the file for reading, and leave a -shm that can't be written */
	if ((status.st_mode & S_IWUSR) == 0) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("{0} is read-only: the database can't be written."), path, NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
store_check_files(const gchar *path, GError **error)
{
	static const gchar *const suffixes[] = {"", "-wal", "-shm", "-journal"};

	for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree gchar *file = g_strconcat(path, suffixes[i], NULL);

		if (!path_check_private(file, TRUE, error))
			return FALSE;
	}
	return TRUE;
}

/* The path with its folder resolved: SQLite is told to follow no link. */
static gchar *
store_prepare_folder(const gchar *path, GError **error)
{
	g_autofree gchar *folder = g_path_get_dirname(path);
	g_autofree gchar *name = g_path_get_basename(path);
	g_autofree gchar *resolved = NULL;

	if (g_mkdir(folder, 0700) != 0 && errno != EEXIST) {
		cm_error_set(error, CM_ERROR_STORE, N_("{0}: {1}."), folder, g_strerror(errno),
			     NULL);
		return NULL;
	}
	resolved = realpath(folder, NULL);
	if (resolved == NULL) {
		cm_error_set(error, CM_ERROR_STORE, N_("{0}: {1}."), folder, g_strerror(errno),
			     NULL);
		return NULL;
	}
	if (!path_check_private(resolved, FALSE, error))
		return NULL;
	return g_build_filename(resolved, name, NULL);
}

/* One process at a time. A file of its own: closing a descriptor of the database would drop
 * SQLite's locks. */
static gint
store_lock(const gchar *path, GError **error)
{
	g_autofree gchar *file = g_strconcat(path, ".lock", NULL);
	gint descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (descriptor < 0) {
		cm_error_set(error, CM_ERROR_STORE, N_("{0}: {1}."), file, g_strerror(errno), NULL);
		return -1;
	}
	if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
		close(descriptor);
		cm_error_set(error, CM_ERROR_BUSY,
			     N_("Another comodald has the database {0} open."), path, NULL);
		return -1;
	}
	return descriptor;
}

/* SQLite gives its other files the mode of the database. */
static gboolean
store_make_file(const gchar *path, GError **error)
{
	gint descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (descriptor < 0 && errno != EEXIST) {
		cm_error_set(error, CM_ERROR_STORE, N_("{0}: {1}."), path, g_strerror(errno), NULL);
		return FALSE;
	}
	if (descriptor >= 0)
		close(descriptor);
	return TRUE;
}

/* ---- opening */

static gboolean
store_fill_new(CmStore *store, CmServiceKey *key, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	guint8 id[CM_SEAL_DATABASE_ID_BYTES];
	guint8 check[CM_SEAL_HASH_BYTES];

	if (transaction == NULL || !cm_schema_create(store->database, error))
		return FALSE;
	randombytes_buf(id, sizeof id);
	store->seal = cm_seal_new(key, id, error);
	store->audit = store->seal != NULL ? cm_audit_new(key, id, error) : NULL;
	if (store->audit == NULL)
		return FALSE;
	cm_seal_hash(store->seal, CM_SEAL_HASH_CHECK, "service-key", NULL, 0, check);
	return cm_store_set_meta(store, META_DATABASE_ID, id, sizeof id, error) &&
	       cm_store_set_meta(store, META_KEY_CHECK, check, sizeof check, error) &&
	       cm_transaction_commit(transaction, error);
}

static gboolean
store_check_key(CmStore *store, CmServiceKey *key, GError **error)
{
	guint8 check[CM_SEAL_HASH_BYTES];
	g_autoptr(GBytes) kept = NULL;
	g_autofree gchar *fingerprint = NULL;
	g_autoptr(GBytes) id = cm_store_get_meta(store, META_DATABASE_ID, error);

	if (id == NULL)
		return FALSE;
	kept = cm_store_get_meta(store, META_KEY_CHECK, error);
	if (kept == NULL)
		return FALSE;
	if (g_bytes_get_size(id) != CM_SEAL_DATABASE_ID_BYTES ||
	    g_bytes_get_size(kept) != sizeof check) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged: a row that must be there is missing."),
			     NULL);
		return FALSE;
	}
	store->seal = cm_seal_new(key, g_bytes_get_data(id, NULL), error);
	store->audit =
	    store->seal != NULL ? cm_audit_new(key, g_bytes_get_data(id, NULL), error) : NULL;
	if (store->audit == NULL)
		return FALSE;
	cm_seal_hash(store->seal, CM_SEAL_HASH_CHECK, "service-key", NULL, 0, check);
	if (sodium_memcmp(check, g_bytes_get_data(kept, NULL), sizeof check) == 0)
		return TRUE;
	fingerprint = cm_service_key_dup_fingerprint(key);
	cm_error_set(error, CM_ERROR_KEY,
		     N_("The database was made with another service key than {0}: find the one it "
			"was made with, or its recovery sheet. Nothing was changed."),
		     fingerprint, NULL);
	return FALSE;
}

static gboolean
store_open_database(CmStore *store, const gchar *path, CmServiceKey *key, GError **error)
{
	guint version = 0;

	store->database = cm_database_open(path, SQLITE_OPEN_READWRITE, error);
	if (store->database == NULL ||
	    !cm_schema_get_version(store->database, CM_STORE_SCHEMA_VERSION, &version, error))
		return FALSE;
	if (version == 0)
		return cm_database_set_durable(store->database, error) &&
		       store_fill_new(store, key, error);
	if (!store_check_key(store, key, error) || !cm_database_set_durable(store->database, error))
		return FALSE;
	if (version == CM_STORE_SCHEMA_VERSION)
		return TRUE;
	return cm_schema_migrate(store->database, path, cm_schema_get_steps(), version,
				 CM_STORE_SCHEMA_VERSION, error);
}

static gint64
get_system_time(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

CmStore *
cm_store_open(const gchar *path, CmServiceKey *key, GError **error)
{
	g_autoptr(CmStore) store = g_new0(CmStore, 1);
	g_autofree gchar *resolved = NULL;

	store->lock = -1;
	store->clock = get_system_time;
	resolved = store_prepare_folder(path, error);
	if (resolved == NULL)
		return NULL;
	store->lock = store_lock(resolved, error);
	if (store->lock < 0)
		return NULL;
	if (!store_check_files(resolved, error) || !store_make_file(resolved, error) ||
	    !store_open_database(store, resolved, key, error))
		return NULL;
	store->attachments = cm_attachment_folder_dup_path(resolved);
	return g_steal_pointer(&store);
}

void
cm_store_close(CmStore *store)
{
	g_clear_pointer(&store->database, cm_database_free);
	g_clear_pointer(&store->seal, cm_seal_free);
	g_clear_pointer(&store->zone, g_time_zone_unref);
	g_clear_pointer(&store->audit, cm_audit_free);
	g_free(store->heads_folder);
	g_free(store->attachments);
	cm_store_outbox_clear_settings(store);
	cm_page_people_free(store->page_people);
	g_clear_pointer(&store->vault_people, cm_vault_people_unref);
	cm_vault_cache_free(store->vault_cache);
	/* last: another process may open the database from here on */
	if (store->lock >= 0)
		close(store->lock);
	g_free(store);
}

void
cm_store_set_clock(CmStore *store, CmStoreClock clock)
{
	store->clock = clock;
}

void
cm_store_set_queued(CmStore *store, CmStoreQueued queued, gpointer user_data)
{
	store->queued = queued;
	store->queued_data = user_data;
}

/* ---- groups */

gboolean
cm_store_begin_group(CmStore *store, GError **error)
{
	return cm_database_execute(store->database, "BEGIN IMMEDIATE", error);
}

gboolean
cm_store_has_group(CmStore *store)
{
	return cm_database_is_in_transaction(store->database);
}

gboolean
cm_store_end_group(CmStore *store, GError **error)
{
	if (!cm_store_has_group(store)) {
		cm_page_people_forget(store);
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database could not be written: nothing was changed."), NULL);
		return FALSE;
	}
	if (cm_database_execute(store->database, "COMMIT", error))
		return TRUE;
	cm_page_people_forget(store);
	/* a commit that failed may leave it open */
	if (cm_store_has_group(store))
		sqlite3_exec(cm_database_get_handle(store->database), "ROLLBACK", NULL, NULL, NULL);
	return FALSE; /* nocheck:error-unset: COMMIT has set it */
}

/* ---- checking */

static gboolean
store_check_guard(CmStore *store, GError **error)
{
	gint64 wrong = 0;

	if (!cm_database_query_integer(
		store->database,
		"SELECT (SELECT count(*) FROM overlap) + (SELECT count(*) FROM "
		"(SELECT kind, resource, start_utc, end_utc, session FROM claim EXCEPT "
		"SELECT kind, resource, start_utc, end_utc, session FROM due_claim)) + "
		"(SELECT count(*) FROM "
		"(SELECT kind, resource, start_utc, end_utc, session FROM due_claim EXCEPT "
		"SELECT kind, resource, start_utc, end_utc, session FROM claim))",
		&wrong, error))
		return FALSE;
	if (wrong > 0) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged: its record of who is taken when does not "
				"agree with its bookings."),
			     NULL);
		return FALSE;
	}
	return TRUE;
}

gboolean
cm_store_check(CmStore *store, GCancellable *cancellable, GError **error)
{
	gboolean good = FALSE;

	cm_database_set_cancellable(store->database, cancellable);
	good = cm_schema_verify(store->database, error) && store_check_guard(store, error);
	cm_database_set_cancellable(store->database, NULL);
	return good;
}
