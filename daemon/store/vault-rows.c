// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/vault-rows.h"

#include "daemon/store/store-directory.h"
#include "daemon/vault/vault-fields.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* a case's records, and those of the escrow keys of whoever was responsible for it, in the order in which they came */
#define OF_CASE                                                                                    \
	"FROM vault_record WHERE (file = ?1 OR (file IS NULL AND person IN (SELECT person FROM "   \
	"vault_record WHERE file = ?1 AND kind = 'epoch')))"
#define CASE_RECORDS "SELECT octets " OF_CASE " ORDER BY id"
#define CASE_RECORDS_AFTER "SELECT octets " OF_CASE " AND id > ?2 ORDER BY id"
#define CASE_COUNT "SELECT count(*) " OF_CASE " AND id <= ?2"
#define CASE_FIND "SELECT coalesce(max(id), 0) " OF_CASE " AND hash = ?2"
#define ESCROW_RECORDS                                                                             \
	"SELECT octets FROM vault_record WHERE file IS NULL AND person = ?1 ORDER BY id"

void
cm_vault_rows_bind(CmStatement *statement, gint parameter, GBytes *octets)
{
	gsize length = 0;
	gconstpointer data = g_bytes_get_data(octets, &length);

	sqlite3_bind_blob64(statement, parameter, data, length, SQLITE_TRANSIENT);
}

GBytes *
cm_vault_rows_get(CmStatement *statement, gint column)
{
	return g_bytes_new(sqlite3_column_blob(statement, column),
			   (gsize)sqlite3_column_bytes(statement, column));
}

void
cm_vault_rows_append(GByteArray *out, GBytes *octets)
{
	gsize length = 0;
	gconstpointer data = g_bytes_get_data(octets, &length);

	g_byte_array_append(out, data, (guint)length);
}

GBytes *
cm_vault_rows_gather(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(GByteArray) all = g_byte_array_new();
	gboolean row = TRUE;

	while (row) {
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
		if (row)
			g_byte_array_append(all, sqlite3_column_blob(statement, 0),
					    (guint)sqlite3_column_bytes(statement, 0));
	}
	return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}

/* ---- who */

gboolean
cm_vault_rows_need_person(CmStore *store,
			  guint32 uid,
			  guint8 out_person[CM_VAULT_ID_BYTES],
			  GError **error)
{
	gboolean found = FALSE;

	if (!cm_store_directory_find_person(store, uid, out_person, &found, error))
		return FALSE;
	if (!found)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("You have not enrolled any keys yet."),
			     NULL);
	return found;
}

gboolean
cm_vault_rows_need_case(CmStore *store,
			const guint8 *person,
			const guint8 *name,
			gint64 *out_row,
			GError **error)
{
	gboolean reader = FALSE;
	gint64 student = 0;

	if (!cm_vault_rows_find_case(store, name, out_row, &student, error) ||
	    (*out_row != 0 && !cm_vault_rows_is_reader(store, *out_row, person, &reader, error)))
		return FALSE;
	if (!reader)
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing of yours by this number."), NULL);
	return reader;
}

/* ---- who signed, when */

gboolean
cm_vault_rows_check_signing(const CmVaultPeople *people,
			    const guint8 *person,
			    const CmVaultRecord *record,
			    gint64 now,
			    GError **error)
{
	CmVaultSigning signing = cm_vault_people_get_signing(record);
	guint64 off = signing.made_at > (guint64)now ? signing.made_at - (guint64)now
						     : (guint64)now - signing.made_at;

	if (memcmp(signing.person, person, CM_VAULT_ID_BYTES) != 0)
		return cm_vault_class_set_offered_error(CM_VAULT_CLASS_NOT_ENTITLED, "signature",
							error);
	if (signing.directory != cm_vault_people_get_directory(people)->sequence) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("It was made by another directory of keys than the newest: that "
				"one has to be read first."),
			     NULL);
		return FALSE;
	}
	if (off > CM_VAULT_ROWS_CLOCK_SECONDS) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("It is dated more than five minutes from now: the computer's "
				"clock has to be set."),
			     NULL);
		return FALSE;
	}
	return TRUE;
}

/* ---- cases */

gboolean
cm_vault_rows_find_case(CmStore *store,
			const guint8 *name,
			gint64 *out_row,
			gint64 *out_student,
			GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT id, student FROM vault_case WHERE name = ?1", error);
	gboolean row = FALSE;

	*out_row = 0;
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, name, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row) {
		*out_row = sqlite3_column_int64(statement, 0);
		*out_student = sqlite3_column_int64(statement, 1);
	}
	return TRUE;
}

gboolean
cm_vault_rows_insert_case(CmStore *store,
			  const guint8 *name,
			  gint64 student,
			  gint64 now,
			  gint64 *out_row,
			  GError **error)
{
	g_autoptr(CmStatement) statement = NULL;

	if (!cm_store_next_counter(store, "row", out_row, error))
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO vault_case (id, name, student, made_at) VALUES (?1, ?2, ?3, ?4)", error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, *out_row);
	sqlite3_bind_blob(statement, 2, name, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_int64(statement, 3, student);
	sqlite3_bind_int64(statement, 4, now);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_vault_rows_is_reader(CmStore *store,
			gint64 row,
			const guint8 *person,
			gboolean *out_reader,
			GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT 1 FROM vault_record WHERE kind = 'envelope' AND person = ?1 AND file = ?2 "
	    "UNION ALL SELECT 1 FROM vault_case AS file JOIN vault_request AS request "
	    "ON request.deposit = file.deposit WHERE file.id = ?2 AND request.recipient = ?1 AND "
	    "request.releases >= 2 LIMIT 1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_int64(statement, 2, row);
	return cm_database_step(store->database, statement, out_reader, error);
}

/* ---- records */

gboolean
cm_vault_rows_find_record(CmStore *store, const guint8 *hash, gint64 *out_row, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT id FROM vault_record WHERE hash = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, hash, CM_VAULT_HASH_BYTES, SQLITE_TRANSIENT);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_row = row ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

gboolean
cm_vault_rows_insert_record(CmStore *store,
			    const CmVaultRecord *record,
			    gint64 row,
			    const guint8 *person,
			    gint64 now,
			    gint64 *out_id,
			    GError **error)
{
	g_autoptr(CmStatement) statement = NULL;

	if (!cm_store_next_counter(store, "row", out_id, error))
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO vault_record (id, file, kind, hash, person, octets, stored_at) "
	    "VALUES (?1, nullif(?2, 0), ?3, ?4, ?5, ?6, ?7)",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, *out_id);
	sqlite3_bind_int64(statement, 2, row);
	sqlite3_bind_text(statement, 3,
			  cm_vault_fields_get_layout(cm_vault_record_get_kind(record))->name, -1,
			  SQLITE_STATIC);
	sqlite3_bind_blob(statement, 4, cm_vault_record_get_hash(record), CM_VAULT_HASH_BYTES,
			  SQLITE_TRANSIENT);
	sqlite3_bind_blob(statement, 5, person, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	cm_vault_rows_bind(statement, 6, cm_vault_record_get_octets(record));
	sqlite3_bind_int64(statement, 7, now);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_vault_rows_insert_body(CmStore *store, gint64 note, GBytes *octets, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "INSERT INTO vault_body (note, octets) VALUES (?1, ?2)", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, note);
	cm_vault_rows_bind(statement, 2, octets);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_vault_rows_put_head(CmStore *store,
		       gint64 row,
		       const guint8 *person,
		       GBytes *octets,
		       GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"INSERT INTO vault_head (file, person, octets) VALUES (?1, ?2, ?3) "
				"ON CONFLICT (file, person) DO UPDATE SET octets = excluded.octets",
				error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_blob(statement, 2, person, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	cm_vault_rows_bind(statement, 3, octets);
	return cm_database_run(store->database, statement, error);
}

/* ---- all of a case */

static CmStatement *
prepare_records(CmStore *store, gint64 row, const guint8 *person, GError **error)
{
	CmStatement *statement =
	    cm_database_prepare(store->database, row != 0 ? CASE_RECORDS : ESCROW_RECORDS, error);

	if (statement == NULL)
		return NULL;
	if (row != 0)
		sqlite3_bind_int64(statement, 1, row);
	else
		sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	return statement;
}

static gboolean
load_kept(CmVaultCase *into, GBytes *octets, GError **error)
{
	CmVaultClass found = cm_vault_case_add_kept(into, octets, NULL);

	return cm_vault_case_is_passed_over(found, octets) ||
	       cm_vault_class_set_error(found, "record", error);
}

gboolean
cm_vault_rows_load(CmStore *store,
		   gint64 row,
		   const guint8 *person,
		   CmVaultCase *into,
		   GError **error)
{
	g_autoptr(CmStatement) statement = prepare_records(store, row, person, error);
	gboolean more = TRUE;

	if (statement == NULL)
		return FALSE;
	while (more) {
		g_autoptr(GBytes) octets = NULL;

		if (!cm_database_step(store->database, statement, &more, error))
			return FALSE;
		octets = more ? cm_vault_rows_get(statement, 0) : NULL;
		if (octets != NULL && !load_kept(into, octets, error))
			return FALSE;
	}
	return TRUE;
}

GBytes *
cm_vault_rows_read_case(CmStore *store, gint64 row, GError **error)
{
	g_autoptr(CmStatement) statement = prepare_records(store, row, NULL, error);

	return statement != NULL ? cm_vault_rows_gather(store, statement, error) : NULL;
}

/* a number that a query about a case and one record, or its row, gives */
static gboolean
ask_number(CmStore *store, CmStatement *statement, gint64 row, gint64 *out_number, GError **error)
{
	gboolean there = FALSE;

	sqlite3_bind_int64(statement, 1, row);
	if (!cm_database_step(store->database, statement, &there, error))
		return FALSE;
	*out_number = there ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

/* its own row; 0: it is none of the case's */
static gboolean
find_in_case(CmStore *store, gint64 row, const guint8 *hash, gint64 *out_row, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, CASE_FIND, error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 2, hash, CM_VAULT_HASH_BYTES, SQLITE_TRANSIENT);
	return ask_number(store, statement, row, out_row, error);
}

GBytes *
cm_vault_rows_read_case_after(CmStore *store,
			      gint64 row,
			      const guint8 *after,
			      guint64 *out_before,
			      GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	g_autoptr(CmStatement) counting = cm_database_prepare(store->database, CASE_COUNT, error);
	gint64 last = 0;
	gint64 count = 0;

	if (counting == NULL || !find_in_case(store, row, after, &last, error))
		return NULL;
	sqlite3_bind_int64(counting, 2, last);
	statement = cm_database_prepare(store->database, CASE_RECORDS_AFTER, error);
	if (statement == NULL || !ask_number(store, counting, row, &count, error))
		return NULL;
	*out_before = (guint64)count;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_int64(statement, 2, last);
	return cm_vault_rows_gather(store, statement, error);
}
