// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-vault.h"

#include "daemon/store/store-directory.h"
#include "daemon/store/vault-rows.h"
#include "daemon/vault/vault-frames.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* ---- listing */

static const gchar list_sql[] =
    "SELECT file.id, file.name, file.student, "
    "(SELECT octets FROM vault_record WHERE file = file.id AND kind = 'epoch' "
    "ORDER BY id DESC LIMIT 1), "
    "(SELECT count(*) FROM vault_record WHERE file = file.id AND kind = 'epoch'), "
    "(SELECT count(*) FROM vault_record WHERE file = file.id AND kind = 'note'), "
    "(SELECT max(stored_at) FROM vault_record WHERE file = file.id) AS changed, "
    "(SELECT count(*) FROM vault_record AS note WHERE file = file.id AND " CM_VAULT_ROWS_WAITING
    ") "
    "FROM vault_case AS file WHERE (?2 = 0 OR student = ?2) AND (?3 IS NULL OR name = ?3) AND "
    "CASE WHEN ?4 IS NULL THEN file.id IN (SELECT file FROM vault_record WHERE kind = 'envelope' "
    "AND "
    "person = ?1) ELSE deposit = ?4 AND ?4 IN (SELECT deposit FROM vault_request WHERE recipient = "
    "?1 "
    "AND releases >= 2) END "
    "ORDER BY changed DESC, file.id DESC";

static gboolean
read_case(CmStatement *statement, const guint8 *person, CmStoreVaultCase *out_case, GError **error)
{
	g_autoptr(GBytes) octets = cm_vault_rows_get(statement, 3);
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultEpoch *epoch = NULL;

	if (!cm_vault_class_set_error(cm_vault_record_read(CM_VAULT_KIND_EPOCH, octets, &record),
				      "epoch", error))
		return FALSE;
	epoch = cm_vault_record_get_fields(record, CM_VAULT_KIND_EPOCH);
	out_case->number = sqlite3_column_int64(statement, 0);
	memcpy(out_case->name, sqlite3_column_blob(statement, 1), CM_VAULT_ID_BYTES);
	out_case->student = sqlite3_column_int64(statement, 2);
	out_case->file = epoch->file;
	out_case->responsible = memcmp(epoch->responsible, person, CM_VAULT_ID_BYTES) == 0;
	out_case->epochs = (guint)sqlite3_column_int64(statement, 4);
	out_case->notes = (guint)sqlite3_column_int64(statement, 5);
	out_case->changed_at = sqlite3_column_int64(statement, 6);
	out_case->waiting = (guint)sqlite3_column_int64(statement, 7);
	return TRUE;
}

GArray *
cm_store_vault_list(CmStore *store, const CmStoreVaultFilter *filter, GError **error)
{
	g_autoptr(GArray) cases = g_array_new(FALSE, TRUE, sizeof(CmStoreVaultCase));
	g_autoptr(CmStatement) statement = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gboolean row = TRUE;

	if (!cm_vault_rows_need_person(store, filter->uid, person, error))
		return NULL;
	statement = cm_database_prepare(store->database, list_sql, error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_blob(statement, 1, person, sizeof person, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, filter->student);
	if (filter->name != NULL)
		sqlite3_bind_blob(statement, 3, filter->name, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	if (filter->deposit != NULL)
		sqlite3_bind_blob(statement, 4, filter->deposit, CM_VAULT_HASH_BYTES,
				  SQLITE_STATIC);
	while (row) {
		CmStoreVaultCase one = {0};

		if (!cm_database_step(store->database, statement, &row, error) ||
		    (row && !read_case(statement, person, &one, error)))
			return NULL;
		if (row)
			g_array_append_val(cases, one);
	}
	return g_steal_pointer(&cases);
}

/* ---- reading */

static GBytes *
read_heads(CmStore *store, gint64 row, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT octets FROM vault_head WHERE file = ?1 ORDER BY person",
	    error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, row);
	return cm_vault_rows_gather(store, statement, error);
}

GBytes *
cm_store_vault_get_records(CmStore *store,
			   guint32 uid,
			   const guint8 *name,
			   const guint8 *after,
			   guint64 *out_before,
			   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(GByteArray) all = g_byte_array_new();
	g_autoptr(GBytes) records = NULL;
	g_autoptr(GBytes) heads = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gint64 row = 0;

	if (transaction == NULL || !cm_vault_rows_need_person(store, uid, person, error) ||
	    !cm_vault_rows_need_case(store, person, name, &row, error))
		return NULL;
	records = after != NULL
		      ? cm_vault_rows_read_case_after(store, row, after, out_before, error)
		      : cm_vault_rows_read_case(store, row, error);
	heads = records != NULL ? read_heads(store, row, error) : NULL;
	if (heads == NULL || !cm_transaction_commit(transaction, error))
		return NULL;
	cm_vault_rows_append(all, records);
	cm_vault_rows_append(all, heads);
	return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}

static GBytes *
read_all_bodies(CmStore *store, gint64 row, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT body.octets FROM vault_record AS note JOIN vault_body AS body "
	    "ON body.note = note.id WHERE note.file = ?1 ORDER BY note.id",
	    error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, row);
	return cm_vault_rows_gather(store, statement, error);
}

static gboolean
append_body(CmStore *store, gint64 row, const guint8 *hash, GByteArray *out, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT body.octets FROM vault_record AS note JOIN vault_body AS body "
	    "ON body.note = note.id WHERE note.hash = ?1 AND note.file = ?2",
	    error);
	gboolean there = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, hash, CM_VAULT_HASH_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, row);
	if (!cm_database_step(store->database, statement, &there, error))
		return FALSE;
	if (there)
		g_byte_array_append(out, sqlite3_column_blob(statement, 0),
				    (guint)sqlite3_column_bytes(statement, 0));
	else
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such note in this case."),
			     NULL);
	return there;
}

GBytes *
cm_store_vault_get_bodies(CmStore *store,
			  guint32 uid,
			  const guint8 *name,
			  const guint8 *notes,
			  gsize count,
			  GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(GByteArray) all = g_byte_array_new();
	guint8 person[CM_VAULT_ID_BYTES];
	gint64 row = 0;

	if (transaction == NULL || !cm_vault_rows_need_person(store, uid, person, error) ||
	    !cm_vault_rows_need_case(store, person, name, &row, error))
		return NULL;
	if (count == 0)
		return read_all_bodies(store, row, error);
	for (gsize i = 0; i < count; i++)
		if (!append_body(store, row, notes + i * CM_VAULT_HASH_BYTES, all, error))
			return NULL;
	return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}

/* ---- drafts */

static gboolean
find_draft(CmStore *store,
	   gint64 row,
	   const CmVaultDraft *draft,
	   GBytes *octets,
	   gint64 *out_revision,
	   gboolean *out_same,
	   GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT revision, octets FROM vault_draft WHERE file = ?1 AND "
				"person = ?2 AND draft = ?3",
				error);
	g_autoptr(GBytes) kept = NULL;
	gboolean there = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_blob(statement, 2, draft->person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 3, draft->draft, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &there, error))
		return FALSE;
	kept = there ? cm_vault_rows_get(statement, 1) : NULL;
	*out_revision = there ? sqlite3_column_int64(statement, 0) : 0;
	*out_same = kept != NULL && g_bytes_equal(kept, octets);
	return TRUE;
}

static gboolean
write_draft(CmStore *store,
	    gint64 row,
	    const CmVaultDraft *draft,
	    GBytes *octets,
	    gint64 now,
	    GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    /* a row keeps its id while it is there: what is called draft 2 stays draft 2, however often it is written anew */
	    "INSERT INTO vault_draft (file, person, draft, revision, octets, changed_at) VALUES "
	    "(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (file, person, draft) DO UPDATE SET "
	    "revision = excluded.revision, octets = excluded.octets, changed_at = "
	    "excluded.changed_at",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_blob(statement, 2, draft->person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 3, draft->draft, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, (gint64)draft->revision);
	cm_vault_rows_bind(statement, 5, octets);
	sqlite3_bind_int64(statement, 6, now);
	return cm_database_run(store->database, statement, error);
}

/* comodald can't tell more of a draft than whose it is */
static CmVaultClass
check_draft(const CmVaultPeople *people, const guint8 *person, const CmVaultDraft *draft)
{
	if (memcmp(draft->organisation, cm_vault_people_get_directory(people)->organisation,
		   CM_VAULT_HASH_BYTES) != 0)
		return CM_VAULT_CLASS_ORGANISATION;
	if (memcmp(draft->person, person, CM_VAULT_ID_BYTES) != 0)
		return CM_VAULT_CLASS_NOT_ENTITLED;
	return draft->revision > G_MAXINT64 ? CM_VAULT_CLASS_LIMIT : CM_VAULT_CLASS_OK;
}

gboolean
cm_store_vault_put_draft(CmStore *store, guint32 uid, GBytes *octets, gint64 now, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmVaultPeople) people =
	    transaction != NULL ? cm_store_directory_need_people(store, error) : NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultDraft *draft = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gint64 revision = 0;
	gint64 row = 0;
	gboolean same = FALSE;

	if (people == NULL || !cm_vault_rows_need_person(store, uid, person, error) ||
	    !cm_vault_class_set_offered_error(
		cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &record), "draft", error))
		return FALSE;
	draft = cm_vault_record_get_fields(record, CM_VAULT_KIND_DRAFT);
	if (!cm_vault_class_set_offered_error(check_draft(people, person, draft), "draft", error) ||
	    !cm_vault_rows_need_case(store, person, draft->case_id, &row, error) ||
	    !find_draft(store, row, draft, octets, &revision, &same, error))
		return FALSE;
	if (same)
		return TRUE;
	return cm_vault_class_set_offered_error(
		   (gint64)draft->revision > revision ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_ROLLBACK,
		   "draft", error) &&
	       write_draft(store, row, draft, octets, now, error) &&
	       cm_transaction_commit(transaction, error);
}

GBytes *
cm_store_vault_get_drafts(CmStore *store, guint32 uid, const guint8 *name, GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gint64 row = 0;

	if (!cm_vault_rows_need_person(store, uid, person, error) ||
	    (name != NULL && !cm_vault_rows_need_case(store, person, name, &row, error)))
		return NULL;
	statement = cm_database_prepare(store->database,
					"SELECT octets FROM vault_draft WHERE person = ?1 AND "
					"(?2 = 0 OR file = ?2) ORDER BY id",
					error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_blob(statement, 1, person, sizeof person, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, row);
	return cm_vault_rows_gather(store, statement, error);
}

gboolean
cm_store_vault_drop_draft(CmStore *store,
			  guint32 uid,
			  const guint8 *name,
			  const guint8 *draft,
			  GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gint64 row = 0;

	if (!cm_vault_rows_need_person(store, uid, person, error) ||
	    !cm_vault_rows_need_case(store, person, name, &row, error))
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "DELETE FROM vault_draft WHERE file = ?1 AND person = ?2 AND draft = ?3", error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_blob(statement, 2, person, sizeof person, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 3, draft, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}
