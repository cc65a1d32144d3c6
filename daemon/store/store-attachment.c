// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-attachment.h"

#include "daemon/store/store-directory.h"
#include "daemon/store/vault-rows.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS "attachment, person, size, digest, kept_as, note IS NOT NULL, stored_at"

const gchar *
cm_store_attachment_get_folder(const CmStore *store)
{
	return store->attachments;
}

static void
take_row(CmStatement *statement, CmStoreAttachment *out_one)
{
	memcpy(out_one->attachment, sqlite3_column_blob(statement, 0), CM_VAULT_ID_BYTES);
	memcpy(out_one->person, sqlite3_column_blob(statement, 1), CM_VAULT_ID_BYTES);
	out_one->size = (guint64)sqlite3_column_int64(statement, 2);
	memcpy(out_one->digest, sqlite3_column_blob(statement, 3), CM_VAULT_HASH_BYTES);
	memcpy(out_one->kept_as, sqlite3_column_blob(statement, 4), CM_ATTACHMENT_FOLDER_ID_BYTES);
	out_one->named = sqlite3_column_int(statement, 5) != 0;
	out_one->stored_at = sqlite3_column_int64(statement, 6);
}

/* one of the case at `row`; `out_there` FALSE: none */
static gboolean
find(CmStore *store,
     gint64 row,
     const guint8 *attachment,
     CmStoreAttachment *out_one,
     gboolean *out_there,
     GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT " COLUMNS " FROM vault_attachment WHERE file = ?1 AND attachment = ?2", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_blob(statement, 2, attachment, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	if (!cm_database_step(store->database, statement, out_there, error))
		return FALSE;
	if (*out_there)
		take_row(statement, out_one);
	return TRUE;
}

static gboolean
is_persons(const CmStoreAttachment *one, const guint8 *person)
{
	return memcmp(one->person, person, CM_VAULT_ID_BYTES) == 0;
}

/* ---- who may hand one over */

/* whether somebody's newest envelope of a case is of its newest epoch, and lets them write */
static gboolean
is_writer(CmStore *store, gint64 row, const guint8 *person, gboolean *out_writer, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT octets, (SELECT count(*) FROM vault_record WHERE file = ?1 AND kind = 'epoch') "
	    "FROM vault_record WHERE file = ?1 AND kind = 'envelope' AND person = ?2 "
	    "ORDER BY id DESC",
	    error);
	gboolean there = statement != NULL;

	*out_writer = FALSE;
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_blob(statement, 2, person, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	while (there && !*out_writer) {
		g_autoptr(GBytes) octets = NULL;
		g_autoptr(CmVaultRecord) record = NULL;
		const CmVaultEnvelope *envelope = NULL;

		if (!cm_database_step(store->database, statement, &there, error))
			return FALSE;
		if (!there)
			return TRUE;
		octets = cm_vault_rows_get(statement, 0);
		if (!cm_vault_class_set_error(
			cm_vault_record_read(CM_VAULT_KIND_ENVELOPE, octets, &record), "envelope",
			error))
			return FALSE;
		envelope = cm_vault_record_get_fields(record, CM_VAULT_KIND_ENVELOPE);
		/* they come in the order of their epochs */
		if (envelope->epoch != (guint32)sqlite3_column_int64(statement, 1))
			return TRUE;
		*out_writer =
		    envelope->to == CM_VAULT_TO_PERSON &&
		    (envelope->rights & (CM_VAULT_RIGHT_WRITE | CM_VAULT_RIGHT_COSIGNED)) != 0;
	}
	return TRUE;
}

static gboolean
sum(CmStore *store, const gchar *sql, const guint8 *person, guint64 *out_sum, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	if (person != NULL)
		sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_sum = row ? (guint64)sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

/* octets that there is room for, 0: none */
static gboolean
measure_room(CmStore *store,
	     const CmStoreAttachmentOffer *offer,
	     const guint8 *person,
	     guint64 *out_most,
	     GError **error)
{
	guint64 own = 0;
	guint64 all = 0;

	if (!sum(store, "SELECT coalesce(sum(size), 0) FROM vault_attachment WHERE person = ?1",
		 person, &own, error) ||
	    !sum(store, "SELECT coalesce(sum(size), 0) FROM vault_attachment", NULL, &all, error))
		return FALSE;
	*out_most = MIN(offer->person_max > own ? offer->person_max - own : 0,
			offer->total_max > all ? offer->total_max - all : 0);
	return TRUE;
}

/* everything about an offer but the octets */
static gboolean
check(CmStore *store,
      const CmStoreAttachmentOffer *offer,
      guint8 out_person[CM_VAULT_ID_BYTES],
      gint64 *out_row,
      guint64 *out_most,
      GError **error)
{
	CmStoreAttachment taken;
	gboolean writer = FALSE;
	gboolean there = FALSE;

	if (!cm_vault_rows_need_person(store, offer->uid, out_person, error) ||
	    !cm_vault_rows_need_case(store, out_person, offer->case_name, out_row, error) ||
	    !is_writer(store, *out_row, out_person, &writer, error) ||
	    !find(store, *out_row, offer->attachment, &taken, &there, error) ||
	    !measure_room(store, offer, out_person, out_most, error))
		return FALSE;
	if (!writer)
		return cm_vault_class_set_offered_error(CM_VAULT_CLASS_NOT_ENTITLED, "attachment",
							error);
	if (there)
		cm_error_set(error, CM_ERROR_EXISTS, N_("There is an attachment of this id."),
			     NULL);
	return !there;
}

gboolean
cm_store_attachment_admit(CmStore *store,
			  const CmStoreAttachmentOffer *offer,
			  guint8 *out_organisation,
			  guint64 *out_most,
			  GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(CmVaultPeople) people =
	    transaction != NULL ? cm_store_directory_need_people(store, error) : NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	guint64 most = 0;
	gint64 row = 0;

	if (people == NULL || !check(store, offer, person, &row, &most, error))
		return FALSE;
	if (most < CM_VAULT_ATTACHMENT_HEAD_BYTES + CM_VAULT_ATTACHMENT_CHUNK_BYTES)
		return cm_attachment_folder_fail_room(error);
	memcpy(out_organisation, cm_vault_people_get_directory(people)->organisation,
	       CM_VAULT_HASH_BYTES);
	*out_most = most;
	return TRUE;
}

static gboolean
run_with_id(CmStore *store, const gchar *sql, const guint8 *id, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, id, CM_ATTACHMENT_FOLDER_ID_BYTES, SQLITE_TRANSIENT);
	return cm_database_run(store->database, statement, error);
}

static gboolean
insert(CmStore *store,
       const CmStoreAttachmentOffer *offer,
       const CmStoreAttachmentStream *stream,
       const guint8 *person,
       gint64 row,
       GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	gint64 number = 0;

	if (!cm_store_next_counter(store, "row", &number, error))
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO vault_attachment (id, file, attachment, person, size, digest, kept_as, "
	    "stored_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_int64(statement, 2, row);
	sqlite3_bind_blob(statement, 3, offer->attachment, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_blob(statement, 4, person, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_int64(statement, 5, (gint64)stream->size);
	sqlite3_bind_blob(statement, 6, stream->digest, CM_VAULT_HASH_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_blob(statement, 7, stream->kept_as, CM_ATTACHMENT_FOLDER_ID_BYTES,
			  SQLITE_TRANSIENT);
	sqlite3_bind_int64(statement, 8, offer->now);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_attachment_keep(CmStore *store,
			 const CmStoreAttachmentOffer *offer,
			 const CmStoreAttachmentStream *stream,
			 GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	guint64 most = 0;
	gint64 row = 0;

	/* should comodald end between the file and its row, the file is known to be nobody's */
	if (!run_with_id(store, "INSERT OR IGNORE INTO vault_attachment_left (kept_as) VALUES (?1)",
			 stream->kept_as, error))
		return FALSE;
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !check(store, offer, person, &row, &most, error))
		return FALSE;
	if (stream->size > most)
		return cm_attachment_folder_fail_room(error);
	/* the file first: one without a row is nobody's, a row without its file would be a loss */
	return insert(store, offer, stream, person, row, error) &&
	       run_with_id(store, "DELETE FROM vault_attachment_left WHERE kept_as = ?1",
			   stream->kept_as, error) &&
	       cm_attachment_folder_finish(store->attachments, stream->kept_as, error) &&
	       cm_transaction_commit(transaction, error);
}

/* ---- whoever reads it */

static gboolean
find_own(CmStore *store,
	 guint32 uid,
	 const guint8 *case_name,
	 const guint8 *attachment,
	 CmStoreAttachment *out_one,
	 GError **error)
{
	guint8 person[CM_VAULT_ID_BYTES];
	gboolean there = FALSE;
	gint64 row = 0;

	if (!cm_vault_rows_need_person(store, uid, person, error) ||
	    !cm_vault_rows_need_case(store, person, case_name, &row, error) ||
	    !find(store, row, attachment, out_one, &there, error))
		return FALSE;
	if (there && (out_one->named || is_persons(out_one, person)))
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such attachment."), NULL);
	return FALSE;
}

gint
cm_store_attachment_open(CmStore *store,
			 guint32 uid,
			 const guint8 *case_name,
			 const guint8 *attachment,
			 guint64 *out_size,
			 GError **error)
{
	CmStoreAttachment one;
	guint64 length = 0;
	gint fd = -1;

	if (!find_own(store, uid, case_name, attachment, &one, error))
		return -1;
	fd = cm_attachment_folder_open(store->attachments, one.kept_as, &length, error);
	if (fd < 0)
		return -1;
	if (length == one.size) {
		*out_size = length;
		return fd;
	}
	close(fd);
	cm_error_set(error, CM_ERROR_STORE,
		     N_("The attachment's file is not as long as it was: it is damaged."), NULL);
	return -1;
}

gboolean
cm_store_attachment_drop(CmStore *store,
			 guint32 uid,
			 const guint8 *case_name,
			 const guint8 *attachment,
			 GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStatement) statement = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gint64 row = 0;

	if (transaction == NULL || !cm_vault_rows_need_person(store, uid, person, error) ||
	    !cm_vault_rows_need_case(store, person, case_name, &row, error))
		return FALSE;
	statement = cm_database_prepare(store->database,
					"DELETE FROM vault_attachment WHERE file = ?1 AND "
					"attachment = ?2 AND person = ?3 AND note IS NULL",
					error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_blob(statement, 2, attachment, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_blob(statement, 3, person, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	return cm_database_run(store->database, statement, error) &&
	       cm_transaction_commit(transaction, error);
}

/* ---- notes that name them */

static CmVaultClass
compare(const CmStoreAttachment *one, const CmVaultNoteAttachment *named, const guint8 *person)
{
	if (!one->named && !is_persons(one, person))
		return CM_VAULT_CLASS_MISSING;
	if (one->size != named->size ||
	    memcmp(one->digest, named->digest, CM_VAULT_HASH_BYTES) != 0)
		return CM_VAULT_CLASS_COMMITMENT;
	return CM_VAULT_CLASS_OK;
}

static gboolean
mark(CmStore *store, gint64 row, const guint8 *attachment, gint64 note_row, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"UPDATE vault_attachment SET note = ?3 WHERE file = ?1 AND "
				"attachment = ?2 AND note IS NULL",
				error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_blob(statement, 2, attachment, CM_VAULT_ID_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_int64(statement, 3, note_row);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_attachment_name(CmStore *store,
			 gint64 row,
			 const guint8 *person,
			 gint64 note_row,
			 const CmVaultList *named,
			 CmVaultClass *out_found,
			 GError **error)
{
	const CmVaultNoteAttachment *items = named->items;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	for (guint i = 0; found == CM_VAULT_CLASS_OK && i < named->count; i++) {
		CmStoreAttachment one;
		gboolean there = FALSE;

		if (!find(store, row, items[i].attachment, &one, &there, error))
			return FALSE;
		found = there ? compare(&one, &items[i], person) : CM_VAULT_CLASS_MISSING;
		if (found == CM_VAULT_CLASS_OK &&
		    !mark(store, row, items[i].attachment, note_row, error))
			return FALSE;
	}
	*out_found = found;
	return TRUE;
}

/* ---- a case's */

GArray *
cm_store_attachment_list(CmStore *store, gint64 row, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(CmStoreAttachment));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT " COLUMNS " FROM vault_attachment WHERE file = ?1 ORDER BY id",
	    error);
	gboolean there = TRUE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, row);
	while (there) {
		CmStoreAttachment one;

		if (!cm_database_step(store->database, statement, &there, error))
			return NULL;
		if (!there)
			break;
		take_row(statement, &one);
		g_array_append_val(list, one);
	}
	return g_steal_pointer(&list);
}

gboolean
cm_store_attachment_delete_case(CmStore *store, gint64 row, guint *out_count, GError **error)
{
	if (!cm_database_run_integers(
		store->database, "DELETE FROM vault_attachment WHERE file = ?1", &row, 1, error))
		return FALSE;
	*out_count = cm_database_get_changes(store->database);
	return TRUE;
}

/* ---- what nobody needs */

gboolean
cm_store_attachment_forget_unnamed(CmStore *store, gint64 now, guint *out_count, GError **error)
{
	const gint64 before = now - CM_STORE_ATTACHMENT_SECONDS;

	/* a draft may hold its key: what is in it only its author knows */
	if (!cm_database_run_integers(
		store->database,
		"DELETE FROM vault_attachment WHERE note IS NULL AND stored_at < ?1 AND NOT EXISTS "
		"(SELECT 1 FROM vault_draft AS draft WHERE draft.file = vault_attachment.file AND "
		"draft.person = vault_attachment.person)",
		&before, 1, error))
		return FALSE;
	*out_count = cm_database_get_changes(store->database);
	return TRUE;
}

/* (element-type 16 octets) */
static GArray *
list_left(CmStore *store, guint count, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, CM_ATTACHMENT_FOLDER_ID_BYTES);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT kept_as FROM vault_attachment_left LIMIT ?1", error);
	gboolean there = statement != NULL;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, count);
	while (there) {
		if (!cm_database_step(store->database, statement, &there, error))
			return NULL;
		if (there)
			g_array_append_vals(ids, sqlite3_column_blob(statement, 0), 1);
	}
	return g_steal_pointer(&ids);
}

static const guint8 *
get_id(const GArray *ids, guint place)
{
	return (const guint8 *)ids->data + (gsize)place * CM_ATTACHMENT_FOLDER_ID_BYTES;
}

static gboolean
forget_left(CmStore *store, const GArray *ids, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < ids->len; i++) {
		if (!run_with_id(store, "DELETE FROM vault_attachment_left WHERE kept_as = ?1",
				 get_id(ids, i), error))
			return FALSE;
	}
	return cm_transaction_commit(transaction, error);
}

gboolean
cm_store_attachment_remove_left(CmStore *store, guint count, guint *out_removed, GError **error)
{
	g_autoptr(GArray) ids = NULL;

	/* a row that was forgotten in a transaction may come back */
	g_return_val_if_fail(!cm_database_is_in_transaction(store->database), FALSE);
	*out_removed = 0;
	ids = list_left(store, count, error);
	if (ids == NULL || ids->len == 0)
		return ids != NULL;
	if (!cm_attachment_folder_remove(store->attachments, ids, error) ||
	    !forget_left(store, ids, error))
		return FALSE;
	*out_removed = ids->len;
	return TRUE;
}

gboolean
cm_store_attachment_count_strangers(CmStore *store,
				    const GArray *ids,
				    guint first,
				    guint count,
				    guint *out_strangers,
				    GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT 1 FROM vault_attachment WHERE kept_as = ?1 "
				"UNION ALL SELECT 1 FROM vault_attachment_left WHERE kept_as = ?1",
				error);

	*out_strangers = 0;
	if (statement == NULL)
		return FALSE;
	for (guint i = first; i < ids->len && i - first < count; i++) {
		gboolean there = FALSE;

		sqlite3_bind_blob(statement, 1, get_id(ids, i), CM_ATTACHMENT_FOLDER_ID_BYTES,
				  SQLITE_TRANSIENT);
		if (!cm_database_step(store->database, statement, &there, error))
			return FALSE;
		sqlite3_reset(statement);
		*out_strangers += !there;
	}
	return TRUE;
}

gboolean
cm_store_attachment_count_missing(CmStore *store,
				  guint count,
				  gint64 *inout_after,
				  guint *out_missing,
				  GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT kept_as, size, id FROM vault_attachment WHERE id > ?1 ORDER BY id LIMIT ?2",
	    error);
	gint64 after = *inout_after;
	gboolean there = TRUE;

	*out_missing = 0;
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, after);
	sqlite3_bind_int64(statement, 2, count);
	while (there) {
		guint64 length = 0;
		gint fd = -1;

		if (!cm_database_step(store->database, statement, &there, error))
			return FALSE;
		if (!there)
			break;
		fd = cm_attachment_folder_open(store->attachments,
					       sqlite3_column_blob(statement, 0), &length, NULL);
		if (fd >= 0)
			close(fd);
		if (fd < 0 || length != (guint64)sqlite3_column_int64(statement, 1))
			(*out_missing)++;
		after = sqlite3_column_int64(statement, 2);
	}
	*inout_after = after != *inout_after ? after : 0;
	return TRUE;
}
