// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/database.h"

#include "daemon/store/store.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* virtual machine steps between two looks at the cancellable */
#define PROGRESS_STEPS 20000

struct _CmDatabase {
	sqlite3 *handle;
	GHashTable *statements; /* sql → sqlite3_stmt */
	GCancellable *cancellable;
};

void
cm_database_set_error(CmDatabase *database, GError **error)
{
	gint code = sqlite3_extended_errcode(database->handle);
	const gchar *detail = sqlite3_errmsg(database->handle);

	switch (code & 0xff) {
	case SQLITE_INTERRUPT:
		cm_error_set(error, CM_ERROR_CANCELLED, N_("Cancelled: nothing was changed."),
			     NULL);
		break;
	case SQLITE_FULL:
		cm_error_set(error, CM_ERROR_STORE, N_("The disk is full: nothing was changed."),
			     NULL);
		break;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database can't be written: it is read-only."), NULL);
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged ({0}). It was left as it is: restore a "
				"copy, or have it examined."),
			     detail, NULL);
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		cm_error_set(error, CM_ERROR_BUSY,
			     N_("Another program holds the database. Nothing was changed."), NULL);
		break;
	case SQLITE_CANTOPEN:
		cm_error_set(error, CM_ERROR_STORE, N_("The database can't be opened ({0})."),
			     detail, NULL);
		break;
	default:
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database can't be read or written ({0})."), detail, NULL);
		break;
	}
}

static gint
database_on_progress(gpointer user_data)
{
	CmDatabase *database = user_data;

	return g_cancellable_is_cancelled(database->cancellable);
}

void
cm_database_set_cancellable(CmDatabase *database, GCancellable *cancellable)
{
	g_set_object(&database->cancellable, cancellable);
	if (cancellable != NULL)
		sqlite3_progress_handler(database->handle, PROGRESS_STEPS, database_on_progress,
					 database);
	else
		sqlite3_progress_handler(database->handle, 0, NULL, NULL);
}

static gboolean
database_configure(CmDatabase *database, GError **error)
{
	sqlite3 *handle = database->handle;

	sqlite3_busy_timeout(handle, CM_STORE_BUSY_MS);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_extended_result_codes(handle, 1);
	/* sorting and rollbacks of statements hold sealed rows only, but no file is better than a
	 * file */
	return cm_database_execute(database,
				   "PRAGMA temp_store = MEMORY;"
				   "PRAGMA secure_delete = ON;"
				   "PRAGMA cell_size_check = ON;"
				   "PRAGMA mmap_size = 0;"
				   "PRAGMA cache_size = -32768;",
				   error);
}

gboolean
cm_database_set_durable(CmDatabase *database, GError **error)
{
	/* SQLite opens a file that it may not write for reading, and says so only at the first write */
	if (sqlite3_db_readonly(database->handle, "main") == 1) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database can't be written: it is read-only."), NULL);
		return FALSE;
	}
	return cm_database_execute(database,
				   "PRAGMA journal_mode = WAL;"
				   "PRAGMA synchronous = FULL;"
				   "PRAGMA journal_size_limit = 67108864;",
				   error);
}

static void
statement_finalize(gpointer data)
{
	sqlite3_finalize(data);
}

CmDatabase *
cm_database_open(const gchar *path, gint flags, GError **error)
{
	g_autoptr(CmDatabase) database = g_new0(CmDatabase, 1);
	gint code = sqlite3_open_v2(path, &database->handle,
				    flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL);

	database->statements =
	    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, statement_finalize);
	if (code != SQLITE_OK) {
		cm_database_set_error(database, error);
		return NULL;
	}
	if (!database_configure(database, error))
		return NULL;
	return g_steal_pointer(&database);
}

void
cm_database_free(CmDatabase *database)
{
	g_hash_table_unref(database->statements);
	sqlite3_close(database->handle);
	g_clear_object(&database->cancellable);
	g_free(database);
}

gboolean
cm_database_execute(CmDatabase *database, const gchar *sql, GError **error)
{
	if (sqlite3_exec(database->handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
		cm_database_set_error(database, error);
		return FALSE;
	}
	return TRUE;
}

CmStatement *
cm_database_prepare(CmDatabase *database, const gchar *sql, GError **error)
{
	sqlite3_stmt *statement = g_hash_table_lookup(database->statements, sql);

	if (statement != NULL) {
		g_return_val_if_fail(!sqlite3_stmt_busy(statement), NULL);
		return statement;
	}
	if (sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
			       NULL) != SQLITE_OK) {
		cm_database_set_error(database, error);
		return NULL;
	}
	g_hash_table_insert(database->statements, (gchar *)sql, statement);
	return statement;
}

void
cm_database_release_statement(CmStatement *statement)
{
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

gboolean
cm_database_step(CmDatabase *database, CmStatement *statement, gboolean *out_row, GError **error)
{
	gint code = sqlite3_step(statement);

	if (code != SQLITE_ROW && code != SQLITE_DONE) {
		cm_database_set_error(database, error);
		return FALSE;
	}
	*out_row = code == SQLITE_ROW;
	return TRUE;
}

gboolean
cm_database_run(CmDatabase *database, CmStatement *statement, GError **error)
{
	gboolean row = TRUE;

	while (row) {
		if (!cm_database_step(database, statement, &row, error))
			return FALSE;
	}
	sqlite3_reset(statement);
	return TRUE;
}

static CmStatement *
prepare_integers(CmDatabase *database,
		 const gchar *sql,
		 const gint64 *values,
		 guint count,
		 GError **error)
{
	CmStatement *statement = cm_database_prepare(database, sql, error);

	for (guint i = 0; statement != NULL && i < count; i++)
		sqlite3_bind_int64(statement, (gint)i + 1, values[i]);
	return statement;
}

gboolean
cm_database_run_integers(CmDatabase *database,
			 const gchar *sql,
			 const gint64 *values,
			 guint count,
			 GError **error)
{
	g_autoptr(CmStatement) statement = prepare_integers(database, sql, values, count, error);

	return statement != NULL && cm_database_run(database, statement, error);
}

GArray *
cm_database_list_integers(CmDatabase *database,
			  const gchar *sql,
			  const gint64 *values,
			  guint count,
			  GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(CmStatement) statement = prepare_integers(database, sql, values, count, error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(database, statement, &row, error))
		return NULL;
	while (row) {
		gint64 value = sqlite3_column_int64(statement, 0);

		g_array_append_val(found, value);
		if (!cm_database_step(database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&found);
}

gboolean
cm_database_query_integer(CmDatabase *database, const gchar *sql, gint64 *out_value, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(database, statement, &row, error))
		return FALSE;
	if (!row) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged: a row that must be there is missing."),
			     NULL);
		return FALSE;
	}
	*out_value = sqlite3_column_int64(statement, 0);
	return TRUE;
}

guint
cm_database_get_changes(CmDatabase *database)
{
	return (guint)sqlite3_changes(database->handle);
}

sqlite3 *
cm_database_get_handle(CmDatabase *database)
{
	return database->handle;
}

gboolean
cm_database_is_in_transaction(CmDatabase *database)
{
	return !sqlite3_get_autocommit(database->handle);
}

static CmTransaction *
transaction_begin(CmDatabase *database, const gchar *sql, GError **error)
{
	CmTransaction *transaction = NULL;
	gboolean nested = cm_database_is_in_transaction(database);

	if (!cm_database_execute(database, nested ? "SAVEPOINT nested" : sql, error))
		return NULL;
	transaction = g_new0(CmTransaction, 1);
	transaction->database = database;
	transaction->nested = nested;
	return transaction;
}

CmTransaction *
cm_transaction_new(CmDatabase *database, GError **error)
{
	return transaction_begin(database, "BEGIN IMMEDIATE", error);
}

CmTransaction *
cm_transaction_new_reading(CmDatabase *database, GError **error)
{
	return transaction_begin(database, "BEGIN", error);
}

gboolean
cm_transaction_commit(CmTransaction *transaction, GError **error)
{
	/* freeing it must not undo it, nor a savepoint around it that has the same name */
	if (transaction->nested) {
		transaction->released =
		    cm_database_execute(transaction->database, "RELEASE nested", error);
		return transaction->released;
	}
	/* a commit that failed leaves the transaction open; freeing it rolls back */
	return cm_database_execute(transaction->database, "COMMIT", error);
}

void
cm_transaction_free(CmTransaction *transaction)
{
	sqlite3 *handle = transaction->database->handle;

	/* some errors, a full disk for one, have rolled back already */
	if (!transaction->released && cm_database_is_in_transaction(transaction->database)) {
		/* the rollback must not be interrupted by what caused it */
		sqlite3_progress_handler(handle, 0, NULL, NULL);
		sqlite3_exec(
		    handle, transaction->nested ? "ROLLBACK TO nested; RELEASE nested" : "ROLLBACK",
		    NULL, NULL, NULL);
	}
	cm_database_set_cancellable(transaction->database, NULL);
	g_free(transaction);
}
