// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-retention.h"

#include "daemon/store/booking-checks.h"
#include "daemon/store/consent-rows.h"
#include "daemon/store/store-directory.h"
#include "daemon/store/vault-rows.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define REASON_MAX 2000 /* octets */

void
cm_store_retention_file_free(CmStoreRetentionFile *file)
{
	if (file == NULL)
		return;
	g_free(file->reason);
	g_clear_pointer(&file->record, g_bytes_unref);
	g_free(file);
}

static void
free_file(gpointer file)
{
	cm_store_retention_file_free(file);
}

/* ---- reading */

/* The last service is whatever comodald saw last: a note, a draft, a session or an appointment that was not called off, of whatever
 * profession; the day on which the file was begun, at least. */
static const gchar list_sql[] =
    "SELECT file.id, file.name, file.student, "
    "(SELECT octets FROM vault_record WHERE file = file.id AND kind = 'epoch' "
    "ORDER BY id DESC LIMIT 1), "
    "(SELECT count(*) FROM vault_record WHERE file = file.id AND kind = 'note'), "
    "max(file.made_at, "
    "coalesce((SELECT max(stored_at) FROM vault_record WHERE file = file.id AND kind = 'note'), "
    "0), "
    "coalesce((SELECT max(changed_at) FROM vault_draft WHERE file = file.id), 0)), "
    "max(coalesce((SELECT max(date) FROM booking WHERE student = file.student AND "
    "state NOT IN ('cancelled', 'late-cancelled')), -1), "
    "coalesce((SELECT max(date) FROM appointment AS a JOIN appointment_attendee AS t "
    "ON t.appointment = a.id WHERE t.kind = 1 AND t.resource = file.student AND "
    "a.state NOT IN ('cancelled', 'late-cancelled', 'refused')), -1)), "
    "EXISTS (SELECT 1 FROM followup WHERE student = file.student AND state <> 'closed'), "
    "EXISTS (SELECT 1 FROM vault_record WHERE file = file.id AND kind = 'envelope' AND person = "
    "?1), "
    "hold.id, hold.placed_by, hold.placed_at, hold.reason, "
    "gone.octets, gone.asked_at, coalesce(gone.destroyed_at, 0), coalesce(gone.erased_at, 0), "
    "coalesce(gone.certified_at, 0) "
    "FROM vault_case AS file "
    "LEFT JOIN vault_hold AS hold ON hold.student = file.student AND hold.released_at IS NULL "
    "LEFT JOIN vault_destruction AS gone ON gone.file = file.id "
    "WHERE ?2 IS NULL OR file.name = ?2 ORDER BY file.id";

enum {
	COLUMN_NUMBER,
	COLUMN_NAME,
	COLUMN_STUDENT,
	COLUMN_EPOCH,
	COLUMN_NOTES,
	COLUMN_WRITTEN,
	COLUMN_MET,
	COLUMN_FOLLOWED,
	COLUMN_READER,
	COLUMN_HOLD,
	COLUMN_HELD_BY,
	COLUMN_HELD_AT,
	COLUMN_REASON,
	COLUMN_RECORD,
	COLUMN_ASKED,
	COLUMN_DESTROYED,
	COLUMN_ERASED,
	COLUMN_CERTIFIED
};

static gboolean
read_epoch(CmStatement *statement, CmStoreRetentionFile *file, GError **error)
{
	g_autoptr(GBytes) octets = cm_vault_rows_get(statement, COLUMN_EPOCH);
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultEpoch *epoch = NULL;

	if (!cm_vault_class_set_error(cm_vault_record_read(CM_VAULT_KIND_EPOCH, octets, &record),
				      "epoch", error))
		return FALSE;
	epoch = cm_vault_record_get_fields(record, CM_VAULT_KIND_EPOCH);
	file->file = epoch->file;
	memcpy(file->responsible, epoch->responsible, sizeof file->responsible);
	file->responsible_generation = epoch->responsible_generation;
	return TRUE;
}

static gboolean
read_destruction(CmStatement *statement, CmStoreRetentionFile *file, GError **error)
{
	g_autoptr(CmVaultRecord) record = NULL;

	if (sqlite3_column_type(statement, COLUMN_RECORD) == SQLITE_NULL)
		return TRUE;
	file->record = cm_vault_rows_get(statement, COLUMN_RECORD);
	file->asked_at = sqlite3_column_int64(statement, COLUMN_ASKED);
	file->destroyed_at = sqlite3_column_int64(statement, COLUMN_DESTROYED);
	file->erased_at = sqlite3_column_int64(statement, COLUMN_ERASED);
	file->certified_at = sqlite3_column_int64(statement, COLUMN_CERTIFIED);
	if (!cm_vault_class_set_error(
		cm_vault_record_read(CM_VAULT_KIND_DESTRUCTION, file->record, &record),
		"destruction", error))
		return FALSE;
	if (file->destroyed_at != 0)
		file->notes = (guint)((const CmVaultDestruction *)cm_vault_record_get_fields(
					  record, CM_VAULT_KIND_DESTRUCTION))
				  ->last_sequence;
	return TRUE;
}

static gboolean
read_hold(CmStore *store, CmStatement *statement, CmStoreRetentionFile *file, GError **error)
{
	const CmSealPlace place = {"vault_hold", "reason",
				   sqlite3_column_int64(statement, COLUMN_HOLD)};

	if (place.row == 0)
		return TRUE;
	file->held_by = sqlite3_column_int64(statement, COLUMN_HELD_BY);
	file->held_at = sqlite3_column_int64(statement, COLUMN_HELD_AT);
	return cm_consent_rows_open(store, statement, COLUMN_REASON, &place, &file->reason, error);
}

gboolean
cm_store_retention_find_profession(CmStore *store,
				   const guint8 *person,
				   gchar **out_profession,
				   GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT professional.profession FROM vault_person JOIN account USING (uid) "
	    "JOIN professional ON professional.id = account.professional WHERE person = ?1",
	    error);
	gboolean there = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &there, error))
		return FALSE;
	*out_profession = there ? g_strdup((const gchar *)sqlite3_column_text(statement, 0)) : NULL;
	return TRUE;
}

static gboolean
judge(CmStore *store,
      CmStatement *statement,
      const CmPolicySet *policies,
      CmStoreRetentionFile *file,
      GError **error)
{
	g_autofree gchar *profession = NULL;
	CmDay written = 0;
	CmDay met = (CmDay)sqlite3_column_int64(statement, COLUMN_MET);

	if (!cm_store_retention_find_day(store, sqlite3_column_int64(statement, COLUMN_WRITTEN),
					 &written, error) ||
	    !cm_store_retention_find_profession(store, file->responsible, &profession, error))
		return FALSE;
	cm_retention_due_find(policies, profession, file->file, MAX(written, met), &file->due);
	return TRUE;
}

static CmStoreRetentionFile *
read_file(CmStore *store, CmStatement *statement, const CmPolicySet *policies, GError **error)
{
	g_autoptr(CmStoreRetentionFile) file = g_new0(CmStoreRetentionFile, 1);

	file->number = sqlite3_column_int64(statement, COLUMN_NUMBER);
	memcpy(file->name, sqlite3_column_blob(statement, COLUMN_NAME), sizeof file->name);
	file->student = sqlite3_column_int64(statement, COLUMN_STUDENT);
	file->notes = (guint)sqlite3_column_int64(statement, COLUMN_NOTES);
	file->followed = sqlite3_column_int64(statement, COLUMN_FOLLOWED) != 0;
	file->reader = sqlite3_column_int64(statement, COLUMN_READER) != 0;
	return read_epoch(statement, file, error) && read_destruction(statement, file, error) &&
		       read_hold(store, statement, file, error) &&
		       judge(store, statement, policies, file, error)
		   ? g_steal_pointer(&file)
		   : NULL;
}

/* `person` and `name` may be NULL */
static GPtrArray *
list(CmStore *store,
     const CmPolicySet *policies,
     const guint8 *person,
     const guint8 *name,
     GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(free_file);
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, list_sql, error);
	gboolean row = TRUE;

	if (statement == NULL)
		return NULL;
	if (person != NULL)
		sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	if (name != NULL)
		sqlite3_bind_blob(statement, 2, name, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	while (row) {
		CmStoreRetentionFile *file = NULL;

		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
		if (!row)
			break;
		file = read_file(store, statement, policies, error);
		if (file == NULL)
			return NULL;
		g_ptr_array_add(files, file);
	}
	return g_steal_pointer(&files);
}

GPtrArray *
cm_store_retention_list(CmStore *store, const CmPolicySet *policies, guint32 uid, GError **error)
{
	guint8 person[CM_VAULT_ID_BYTES];
	gboolean found = FALSE;

	if (!cm_store_directory_find_person(store, uid, person, &found, error))
		return NULL;
	return list(store, policies, found ? person : NULL, NULL, error);
}

CmStoreRetentionFile *
cm_store_retention_find(CmStore *store,
			const CmPolicySet *policies,
			const guint8 *name,
			GError **error)
{
	g_autoptr(GPtrArray) files = list(store, policies, NULL, name, error);

	if (files == NULL)
		return NULL;
	if (files->len > 0)
		return g_ptr_array_steal_index(files, 0);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such file."), NULL);
	return NULL;
}

/* ---- whether it may go */

gboolean
cm_store_retention_check_due(const CmStoreRetentionFile *file, CmDay today, GError **error)
{
	const CmRule *decides = file->due.floor != NULL ? file->due.floor : file->due.rule;
	gchar day[CM_DAY_TEXT_SIZE];

	if (file->destroyed_at != 0)
		cm_error_set(error, CM_ERROR_CONFLICT, N_("This file was destroyed already."),
			     NULL);
	else if (file->reason != NULL)
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("A legal hold keeps all files about this student."), NULL);
	else if (file->due.rule == NULL)
		cm_error_set(error, CM_ERROR_POLICY,
			     N_("Your organisation gave no rule for how long such a file is kept: "
				"it is never due."),
			     NULL);
	else if (file->followed)
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("The student's follow-up is not closed: the file is not due yet."),
			     NULL);
	else if (file->due.due == CM_DAY_NONE || today < file->due.due)
		cm_error_set(error, CM_ERROR_POLICY, N_("This file is kept until {0} ({1}, {2})."),
			     file->due.due == CM_DAY_NONE ? "2199-12-31"
							  : cm_day_format(file->due.due - 1, day),
			     decides->article, decides->source, NULL);
	else
		return TRUE;
	return FALSE;
}

gboolean
cm_store_retention_find_day(CmStore *store, gint64 now, CmDay *out_day, GError **error)
{
	GTimeZone *zone = cm_booking_checks_get_zone(store, error);

	if (zone == NULL)
		return FALSE;
	*out_day = cm_time_get_day(now, zone);
	return TRUE;
}

/* ---- holds */

static gboolean
find_student(CmStore *store, gint64 number, gint64 *out_student, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT student FROM vault_case WHERE id = ?1", error);
	gboolean there = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &there, error))
		return FALSE;
	if (there)
		*out_student = sqlite3_column_int64(statement, 0);
	else
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such file."), NULL);
	return there;
}

static gboolean
is_held(CmStore *store, gint64 student, gboolean *out_held, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT 1 FROM vault_hold WHERE student = ?1 AND released_at IS NULL",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, student);
	return cm_database_step(store->database, statement, out_held, error);
}

static gboolean
audit_hold(CmStore *store,
	   const gchar *action,
	   gint64 number,
	   guint32 uid,
	   gint64 now,
	   GError **error)
{
	const CmAuditEntry entry = {.uid = uid, .action = action, .subject = number, .at = now};

	return cm_audit_append(store, &entry, error);
}

static gboolean
insert_hold(CmStore *store,
	    gint64 student,
	    const gchar *reason,
	    guint32 uid,
	    gint64 now,
	    GError **error)
{
	CmSealPlace place = {"vault_hold", "reason", 0};
	g_autoptr(CmStatement) statement = NULL;

	if (!cm_store_next_counter(store, "row", &place.row, error))
		return FALSE;
	statement = cm_database_prepare(store->database,
					"INSERT INTO vault_hold (id, student, reason, placed_by, "
					"placed_at) VALUES (?1, ?2, ?3, ?4, ?5)",
					error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, place.row);
	sqlite3_bind_int64(statement, 2, student);
	cm_consent_rows_bind_sealed(store, statement, 3, &place, reason);
	sqlite3_bind_int64(statement, 4, uid);
	sqlite3_bind_int64(statement, 5, now);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_retention_hold(CmStore *store,
			gint64 number,
			const gchar *reason,
			guint32 uid,
			gint64 now,
			GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gboolean held = FALSE;
	gint64 student = 0;

	if (transaction == NULL || !find_student(store, number, &student, error) ||
	    !is_held(store, student, &held, error))
		return FALSE;
	if (*reason == '\0' || strlen(reason) > REASON_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Why it is held has to be said, in 2000 bytes at most."), NULL);
		return FALSE;
	}
	if (held) {
		cm_error_set(error, CM_ERROR_CONFLICT, N_("It is held already."), NULL);
		return FALSE;
	}
	return insert_hold(store, student, reason, uid, now, error) &&
	       audit_hold(store, "retention.hold", number, uid, now, error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_retention_release(CmStore *store, gint64 number, guint32 uid, gint64 now, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 values[] = {0, uid, now};

	if (transaction == NULL || !find_student(store, number, &values[0], error) ||
	    !cm_database_run_integers(store->database,
				      "UPDATE vault_hold SET released_by = ?2, released_at = ?3 "
				      "WHERE student = ?1 AND released_at IS NULL",
				      values, G_N_ELEMENTS(values), error))
		return FALSE;
	if (cm_database_get_changes(store->database) == 0) {
		cm_error_set(error, CM_ERROR_CONFLICT, N_("It is not held."), NULL);
		return FALSE;
	}
	return audit_hold(store, "retention.release", number, uid, now, error) &&
	       cm_transaction_commit(transaction, error);
}
