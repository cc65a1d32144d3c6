// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-vault-minutes.h"

#include "daemon/store/store-directory.h"
#include "daemon/store/vault-notice.h"
#include "daemon/store/vault-rows.h"
#include "daemon/vault/vault-people.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* whoever may read them, as ?1 */
#define READABLE                                                                                   \
	"(author = ?1 OR id IN (SELECT minutes FROM vault_minutes_reader WHERE person = ?1))"

/* ---- keeping */

/* by one value; `sql` as of cm_database_prepare() */
static gboolean
find_minutes(CmStore *store,
	     const gchar *sql,
	     const guint8 *value,
	     gsize length,
	     gint64 *out_row,
	     GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, value, (int)length, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_row = row ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

/* whoever could not open them is not to be told that there are some */
static CmVaultClass
check_participants(const CmVaultPeople *people, const CmVaultMinutes *minutes)
{
	const CmVaultParticipant *participants = minutes->participants.items;

	for (guint i = 0; i < minutes->participants.count; i++)
		if (cm_vault_people_find_at(people, participants[i].person,
					    participants[i].generation, minutes->directory) == NULL)
			return CM_VAULT_CLASS_NOT_ENTITLED;
	return CM_VAULT_CLASS_OK;
}

/* what they correct is there, and the author's to read */
static gboolean
check_about(CmStore *store, const CmVaultMinutes *minutes, GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	gboolean row = FALSE;

	if (cm_vault_layout_is_none(minutes->about, CM_VAULT_HASH_BYTES))
		return TRUE;
	statement = cm_database_prepare(
	    store->database, "SELECT 1 FROM vault_minutes WHERE hash = ?2 AND " READABLE, error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, minutes->author, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 2, minutes->about, CM_VAULT_HASH_BYTES, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row)
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("The minutes that these correct are not there."), NULL);
	return row;
}

static gboolean
check_count(CmStore *store, const guint8 *author, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT count(*) FROM vault_minutes WHERE author = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, author, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (sqlite3_column_int64(statement, 0) < CM_STORE_VAULT_MINUTES_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("You have kept as many minutes as there can be: 20000."), NULL);
	return FALSE;
}

static gboolean
insert_readers(CmStore *store, gint64 row, const CmVaultMinutes *minutes, GError **error)
{
	const CmVaultParticipant *participants = minutes->participants.items;

	for (guint i = 0; i < minutes->participants.count; i++) {
		g_autoptr(CmStatement) statement = cm_database_prepare(
		    store->database,
		    "INSERT INTO vault_minutes_reader (person, minutes, opened) VALUES (?1, ?2, "
		    "?1 = ?3)",
		    error);

		if (statement == NULL)
			return FALSE;
		sqlite3_bind_blob(statement, 1, participants[i].person, CM_VAULT_ID_BYTES,
				  SQLITE_STATIC);
		sqlite3_bind_int64(statement, 2, row);
		sqlite3_bind_blob(statement, 3, minutes->author, CM_VAULT_ID_BYTES, SQLITE_STATIC);
		if (!cm_database_run(store->database, statement, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
insert(CmStore *store, const CmVaultRecord *record, gint64 now, gint64 *out_row, GError **error)
{
	const CmVaultMinutes *minutes = cm_vault_record_get_fields(record, CM_VAULT_KIND_MINUTES);
	g_autoptr(CmStatement) statement = NULL;

	if (!cm_store_next_counter(store, "row", out_row, error))
		return FALSE;
	statement = cm_database_prepare(store->database,
					"INSERT INTO vault_minutes (id, name, hash, author, "
					"octets, stored_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
					error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, *out_row);
	sqlite3_bind_blob(statement, 2, minutes->minutes, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 3, cm_vault_record_get_hash(record), CM_VAULT_HASH_BYTES,
			  SQLITE_STATIC);
	sqlite3_bind_blob(statement, 4, minutes->author, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	cm_vault_rows_bind(statement, 5, cm_vault_record_get_octets(record));
	sqlite3_bind_int64(statement, 6, now);
	return cm_database_run(store->database, statement, error) &&
	       insert_readers(store, *out_row, minutes, error);
}

/* who took part, but whoever wrote them */
static gboolean
notify(CmStore *store, const CmVaultMinutes *minutes, gint64 row, GError **error)
{
	const CmVaultParticipant *participants = minutes->participants.items;
	CmNoticeKind kind = cm_vault_layout_is_none(minutes->about, CM_VAULT_HASH_BYTES)
				? CM_NOTICE_MINUTES_GIVEN
				: CM_NOTICE_MINUTES_CORRECTED;

	for (guint i = 0; i < minutes->participants.count; i++) {
		if (memcmp(participants[i].person, minutes->author, CM_VAULT_ID_BYTES) == 0)
			continue;
		if (!cm_vault_notice_queue(store, kind, participants[i].person, row, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
audit(CmStore *store, guint32 uid, const gchar *action, gint64 row, gint64 now, GError **error)
{
	const CmAuditEntry entry = {.uid = uid, .action = action, .subject = row, .at = now};

	return cm_audit_append(store, &entry, error);
}

/* those that are there already, and those that may come to be */
static gboolean
check_place(CmStore *store, const CmVaultRecord *record, gboolean *out_there, GError **error)
{
	const CmVaultMinutes *minutes = cm_vault_record_get_fields(record, CM_VAULT_KIND_MINUTES);
	gint64 same = 0;
	gint64 other = 0;

	if (!find_minutes(store, "SELECT id FROM vault_minutes WHERE hash = ?1",
			  cm_vault_record_get_hash(record), CM_VAULT_HASH_BYTES, &same, error) ||
	    !find_minutes(store, "SELECT id FROM vault_minutes WHERE name = ?1", minutes->minutes,
			  CM_VAULT_ID_BYTES, &other, error))
		return FALSE;
	*out_there = same != 0;
	return *out_there ||
	       cm_vault_class_set_offered_error(
		   other != 0 ? CM_VAULT_CLASS_REPLACED : CM_VAULT_CLASS_OK, "minutes", error);
}

gboolean
cm_store_vault_minutes_put(CmStore *store, guint32 uid, GBytes *octets, gint64 now, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmVaultPeople) people =
	    transaction != NULL ? cm_store_directory_need_people(store, error) : NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultMinutes *minutes = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gboolean there = FALSE;
	gint64 row = 0;

	if (people == NULL || !cm_vault_rows_need_person(store, uid, person, error) ||
	    !cm_vault_class_set_offered_error(
		cm_vault_people_check(people, CM_VAULT_KIND_MINUTES, octets, &record), "minutes",
		error) ||
	    !check_place(store, record, &there, error))
		return FALSE;
	if (there)
		return TRUE;
	minutes = cm_vault_record_get_fields(record, CM_VAULT_KIND_MINUTES);
	return cm_vault_rows_check_signing(people, person, record, now, error) &&
	       cm_vault_class_set_offered_error(check_participants(people, minutes), "minutes",
						error) &&
	       check_about(store, minutes, error) && check_count(store, person, error) &&
	       insert(store, record, now, &row, error) && notify(store, minutes, row, error) &&
	       audit(store, uid, "minutes.put", row, now, error) &&
	       cm_transaction_commit(transaction, error);
}

/* ---- reading */

static GBytes *
gather(CmStore *store, CmStatement *statement, gint64 *last, GError **error)
{
	g_autoptr(GByteArray) all = g_byte_array_new();
	gboolean row = TRUE;

	while (row && all->len < CM_STORE_VAULT_MINUTES_ANSWER_MAX) {
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
		if (!row)
			break;
		g_byte_array_append(all, sqlite3_column_blob(statement, 1),
				    (guint)sqlite3_column_bytes(statement, 1));
		*last = sqlite3_column_int64(statement, 0);
	}
	return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}

/* whoever fetched some by their name need not be told that they are there */
static gboolean
note_opened(CmStore *store, const guint8 *person, gint64 row, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE vault_minutes_reader SET opened = 1 WHERE person = ?1 AND minutes = ?2 AND "
	    "opened = 0",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, row);
	return cm_database_run(store->database, statement, error);
}

GBytes *
cm_store_vault_minutes_get(CmStore *store,
			   const CmStoreVaultMinutesFilter *filter,
			   gint64 *out_last,
			   GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	g_autoptr(GBytes) records = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gint64 last = filter->after;

	if (!cm_vault_rows_need_person(store, filter->uid, person, error))
		return NULL;
	statement = cm_database_prepare(
	    store->database,
	    "SELECT id, octets FROM vault_minutes WHERE id > ?2 AND (?3 IS NULL OR name = ?3) "
	    "AND " READABLE " ORDER BY id",
	    error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_blob(statement, 1, person, sizeof person, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, filter->after);
	if (filter->name != NULL)
		sqlite3_bind_blob(statement, 3, filter->name, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	records = gather(store, statement, &last, error);
	if (records == NULL)
		return NULL;
	if (filter->name != NULL && g_bytes_get_size(records) == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There are no such minutes."), NULL);
		return NULL;
	}
	if (filter->name != NULL && !note_opened(store, person, last, error))
		return NULL;
	*out_last = last;
	return g_steal_pointer(&records);
}

/* ---- taking away */

static gboolean
find_own(CmStore *store, const guint8 *person, const guint8 *name, gint64 *out_row, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT id, author = ?1 FROM vault_minutes WHERE name = ?2 AND " READABLE, error);
	gboolean row = FALSE;

	*out_row = 0;
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 2, name, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row)
		return TRUE;
	if (sqlite3_column_int(statement, 1) == 0) {
		cm_error_set(error, CM_ERROR_ACCESS_DENIED,
			     N_("Somebody else wrote these minutes: only they can take them away."),
			     NULL);
		return FALSE;
	}
	*out_row = sqlite3_column_int64(statement, 0);
	return TRUE;
}

static gboolean
delete_rows(CmStore *store, const gchar *sql, gint64 row, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_vault_minutes_drop(CmStore *store,
			    guint32 uid,
			    const guint8 *name,
			    gint64 now,
			    GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	guint8 person[CM_VAULT_ID_BYTES];
	gint64 row = 0;

	if (transaction == NULL || !cm_vault_rows_need_person(store, uid, person, error) ||
	    !find_own(store, person, name, &row, error))
		return FALSE;
	if (row == 0)
		return TRUE;
	return delete_rows(store, "DELETE FROM vault_minutes_reader WHERE minutes = ?1", row,
			   error) &&
	       delete_rows(store, "DELETE FROM vault_minutes WHERE id = ?1", row, error) &&
	       audit(store, uid, "minutes.drop", row, now, error) &&
	       cm_transaction_commit(transaction, error);
}
