// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

/* A thin layer over one SQLite connection: prepared statements kept by their text, transactions
 * that roll back by themselves, errors in our domain. Private to daemon/store. */

typedef struct _CmDatabase CmDatabase;

/* One use of a prepared statement; releasing it resets it. */
typedef sqlite3_stmt CmStatement;

/* Open `path`, which has no symbolic link in it, with flags of sqlite3_open_v2(), and set what
 * every connection of ours has: foreign_keys, secure_delete, defensive, no trusted schema,
 * CM_STORE_BUSY_MS. Writes nothing. Returns: (transfer full) */
CmDatabase *
cm_database_open(const gchar *path, gint flags, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* WAL and synchronous=FULL: once the file is known to be ours. */
gboolean
cm_database_set_durable(CmDatabase *database, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_database_free(CmDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmDatabase, cm_database_free)

/* Until the next call, `cancellable` (may be NULL) ends statements with CM_ERROR_CANCELLED. */
void
cm_database_set_cancellable(CmDatabase *database, GCancellable *cancellable);

/* Set a CM_ERROR for what SQLite last said. */
void
cm_database_set_error(CmDatabase *database, GError **error);

/* Run one or more statements without values. */
gboolean
cm_database_execute(CmDatabase *database,
		    const gchar *sql,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A statement, ready to be bound; `sql` is a literal, the statement is kept for the next time. One
 * use at a time. Returns: (transfer full): of the use; g_autoptr(CmStatement) ends it */
CmStatement *
cm_database_prepare(CmDatabase *database,
		    const gchar *sql,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* End a use: reset it and forget its values. */
void
cm_database_release_statement(CmStatement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStatement, cm_database_release_statement)

/* The next row: out_row is FALSE after the last one. */
gboolean
cm_database_step(CmDatabase *database, CmStatement *statement, gboolean *out_row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Run to the end and reset, so that it can be bound and run again. */
gboolean
cm_database_run(CmDatabase *database,
		CmStatement *statement,
		GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Like cm_database_run() of a statement with integers bound from ?1 on. */
gboolean
cm_database_run_integers(CmDatabase *database,
			 const gchar *sql,
			 const gint64 *values,
			 guint count,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first column of all rows of a query with integers bound from ?1 on (gint64). Returns: (transfer full) */
GArray *
cm_database_list_integers(CmDatabase *database,
			  const gchar *sql,
			  const gint64 *values,
			  guint count,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first column of the only row of a query without values; CM_ERROR_STORE when there is none. */
gboolean
cm_database_query_integer(CmDatabase *database, const gchar *sql, gint64 *out_value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Rows changed by the last statement. */
guint
cm_database_get_changes(CmDatabase *database);

/* The connection itself. (transfer none) */
sqlite3 *
cm_database_get_handle(CmDatabase *database);

/* A transaction that is rolled back when its g_autoptr goes out of scope before
 * cm_transaction_commit(). */
typedef struct {
	CmDatabase *database;
	gboolean nested;
	gboolean released; /* a nested one that was kept */
} CmTransaction;

/* BEGIN IMMEDIATE; inside a transaction, a savepoint: what it did can be undone alone, and is durable with the whole.
 * Returns: (transfer full) */
CmTransaction *
cm_transaction_new(CmDatabase *database, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* BEGIN, to read one state in several statements; inside a transaction, a savepoint. Returns: (transfer full) */
CmTransaction *
cm_transaction_new_reading(CmDatabase *database, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Commit and end it; on failure all is rolled back. A nested one can't say whether the whole will be committed. */
gboolean
cm_transaction_commit(CmTransaction *transaction, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a transaction is open. */
gboolean
cm_database_is_in_transaction(CmDatabase *database);

void
cm_transaction_free(CmTransaction *transaction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmTransaction, cm_transaction_free)
