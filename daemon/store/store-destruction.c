// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-destruction.h"

#include "daemon/store/store-attachment.h"
#include "daemon/store/store-directory.h"
#include "daemon/store/store-disclosure.h"
#include "daemon/store/store-traces.h"
#include "daemon/store/student-left.h"
#include "daemon/store/vault-cache.h"
#include "daemon/store/vault-notice.h"
#include "daemon/store/vault-rows.h"
#include "daemon/vault/vault-destruction.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define SECONDS_PER_DAY 86400

/* A case and what is asked about it, in the transaction of a call. */
typedef struct {
	CmStore *store;
	const CmStoreDestructionOrder *order;
	CmVaultPeople *people;
	guint8 person[CM_VAULT_ID_BYTES]; /* the caller */
	gint64 row;
	CmVaultCase *about;
	CmStoreRetentionFile *file;
	CmDay today;
} Call;

static void
call_clear(Call *call)
{
	g_clear_pointer(&call->people, cm_vault_people_unref);
	g_clear_pointer(&call->about, cm_vault_case_free);
	g_clear_pointer(&call->file, cm_store_retention_file_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Call, call_clear)

static void
fail_not_found(GError **error)
{
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such file."), NULL);
}

static guint32
to_date(CmDay day)
{
	gint year = 0;
	gint month = 0;
	gint date = 0;

	cm_day_get_ymd(day, &year, &month, &date);
	return (guint32)(year * 10000 + month * 100 + date);
}

/* ---- reading */

/* what was asked about a case, and whether it was done; NULL without an error: nothing was */
static gboolean
read_record(CmStore *store, gint64 row, GBytes **out_octets, gboolean *out_done, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT octets, destroyed_at IS NOT NULL FROM vault_destruction WHERE file = ?1",
	    error);
	gboolean there = FALSE;

	*out_octets = NULL;
	*out_done = FALSE;
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	if (!cm_database_step(store->database, statement, &there, error))
		return FALSE;
	if (there) {
		*out_octets = cm_vault_rows_get(statement, 0);
		*out_done = sqlite3_column_int64(statement, 1) != 0;
	}
	return TRUE;
}

static gboolean
is_one_of_two(GBytes *octets, const guint8 *person)
{
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultDestruction *fields = NULL;

	if (octets == NULL ||
	    cm_vault_record_read(CM_VAULT_KIND_DESTRUCTION, octets, &record) != CM_VAULT_CLASS_OK)
		return FALSE;
	fields = cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION);
	return memcmp(fields->first, person, CM_VAULT_ID_BYTES) == 0 ||
	       memcmp(fields->second, person, CM_VAULT_ID_BYTES) == 0;
}

static gboolean
is_supervisor(const CmVaultPeople *people, const guint8 *person)
{
	const CmVaultList *entries = &cm_vault_people_get_directory(people)->entries;
	const CmVaultDirectoryEntry *items = entries->items;

	for (guint i = 0; i < entries->count; i++) {
		if (items[i].state == CM_VAULT_STATE_CURRENT &&
		    (items[i].roles & CM_VAULT_ROLE_SUPERVISOR) != 0 &&
		    memcmp(items[i].person, person, CM_VAULT_ID_BYTES) == 0)
			return TRUE;
	}
	return FALSE;
}

/* whether it is the caller's to look at for its destruction; what is not there and what is not theirs read alike */
static gboolean
need_case(CmStore *store, guint32 uid, const guint8 *name, gint64 *out_row, GError **error)
{
	g_autoptr(CmVaultPeople) people = cm_store_directory_need_people(store, error);
	g_autoptr(GBytes) asked = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gboolean may = FALSE;
	gboolean done = FALSE;
	gint64 student = 0;

	if (people == NULL || !cm_vault_rows_need_person(store, uid, person, error) ||
	    !cm_vault_rows_find_case(store, name, out_row, &student, error) ||
	    (*out_row != 0 && (!cm_vault_rows_is_reader(store, *out_row, person, &may, error) ||
			       !read_record(store, *out_row, &asked, &done, error))))
		return FALSE;
	if (*out_row != 0 && (may || is_supervisor(people, person) || is_one_of_two(asked, person)))
		return TRUE;
	fail_not_found(error);
	return FALSE;
}

GBytes *
cm_store_destruction_get_case(CmStore *store, guint32 uid, const guint8 *name, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	gint64 row = 0;

	return transaction != NULL && need_case(store, uid, name, &row, error)
		   ? cm_vault_rows_read_case(store, row, error)
		   : NULL;
}

GBytes *
cm_store_destruction_get_asked(CmStore *store, guint32 uid, const guint8 *name, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(GBytes) octets = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gboolean done = FALSE;
	gint64 student = 0;
	gint64 row = 0;

	if (transaction == NULL || !cm_vault_rows_need_person(store, uid, person, error) ||
	    !cm_vault_rows_find_case(store, name, &row, &student, error) ||
	    !read_record(store, row, &octets, &done, error))
		return NULL;
	if (!done && is_one_of_two(octets, person))
		return g_steal_pointer(&octets);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("Nobody asks you to destroy this file."), NULL);
	return NULL;
}

GBytes *
cm_store_destruction_get_done(CmStore *store, const guint8 *name, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(GByteArray) all = g_byte_array_new();
	g_autoptr(GBytes) record = NULL;
	g_autoptr(GBytes) epochs = NULL;
	gboolean done = FALSE;
	gint64 student = 0;
	gint64 row = 0;

	if (transaction == NULL || !cm_vault_rows_find_case(store, name, &row, &student, error) ||
	    !read_record(store, row, &record, &done, error))
		return NULL;
	if (!done) {
		fail_not_found(error);
		return NULL;
	}
	epochs = cm_vault_rows_read_case(store, row, error);
	if (epochs == NULL)
		return NULL;
	cm_vault_rows_append(all, epochs);
	cm_vault_rows_append(all, record);
	return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}

/* ---- what counts when it is asked, and again when it is agreed to */

gboolean
cm_store_destruction_find_backups(CmDay today, guint backup_days, CmDay *out_until, GError **error)
{
	if (backup_days == 0) {
		cm_error_set(error, CM_ERROR_POLICY,
			     N_("Nothing can be destroyed while comodald's configuration does not "
				"say how long backups are kept (group Backups, KeepDays)."),
			     NULL);
		return FALSE;
	}
	*out_until = today + CM_STORE_DESTRUCTION_DAYS + (CmDay)backup_days;
	return TRUE;
}

/* the case that a record names, with all that is at hand of it */
static gboolean
open_call(Call *call, GBytes *octets, GError **error)
{
	CmStore *store = call->store;
	g_autoptr(CmVaultRecord) record = NULL;
	const guint8 *name = NULL;
	gint64 student = 0;

	call->people = cm_store_directory_need_people(store, error);
	if (call->people == NULL ||
	    !cm_vault_rows_need_person(store, call->order->uid, call->person, error) ||
	    !cm_store_retention_find_day(store, call->order->now, &call->today, error) ||
	    !cm_vault_class_set_offered_error(
		cm_vault_record_read(CM_VAULT_KIND_DESTRUCTION, octets, &record), "destruction",
		error))
		return FALSE;
	name = ((const CmVaultDestruction *)cm_vault_record_get_fields(record,
								       CM_VAULT_KIND_DESTRUCTION))
		   ->case_id;
	if (!cm_vault_rows_find_case(store, name, &call->row, &student, error))
		return FALSE;
	if (call->row == 0) {
		fail_not_found(error);
		return FALSE;
	}
	call->file = cm_store_retention_find(store, call->order->policies, name, error);
	if (call->file == NULL || !cm_store_retention_check_due(call->file, call->today, error))
		return FALSE;
	call->about = cm_vault_case_new(call->people, name);
	return cm_vault_rows_load(store, call->row, NULL, call->about, error);
}

/* that rule, day and backups are those of now */
static gboolean
check_words(const Call *call, const CmVaultDestruction *destruction, GError **error)
{
	g_autofree gchar *basis = cm_retention_due_format_basis(&call->file->due);
	CmDay until = 0;

	if (!cm_store_destruction_find_backups(call->today, call->order->backup_days, &until,
					       error))
		return FALSE;
	/* of a question of some days ago, it is what was right then */
	until -= CM_STORE_DESTRUCTION_DAYS;
	if (destruction->due_on == to_date(call->file->due.due) &&
	    destruction->basis.length == strlen(basis) &&
	    memcmp(destruction->basis.data, basis, destruction->basis.length) == 0 &&
	    destruction->backups_until >= to_date(until))
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("The rule, the day or the time that backups are kept is another one now: "
			"it has to be asked anew."),
		     NULL);
	return FALSE;
}

static gboolean
check_asked(const Call *call, GBytes *octets, GError **error)
{
	g_autoptr(CmVaultRecord) record = NULL;

	return cm_vault_class_set_offered_error(
		   cm_vault_destruction_check_asked(call->people, call->about, octets, &record),
		   "destruction", error) &&
	       cm_vault_rows_check_signing(call->people, call->person, record, call->order->now,
					   error) &&
	       check_words(call, cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION),
			   error);
}

static gboolean
audit(const Call *call, const gchar *action, GVariant *figures, GError **error)
{
	const CmAuditEntry entry = {.uid = call->order->uid,
				    .action = action,
				    .subject = call->row,
				    .at = call->order->now};

	return cm_audit_append_figures(call->store, &entry, figures, error);
}

/* ---- asking */

/* Of what was asked before about the case, and stands: whom. NULL: nobody. */
static const guint8 *
find_second(const CmVaultRecord *asked)
{
	return asked != NULL ? ((const CmVaultDestruction *)cm_vault_record_get_fields(
				    asked, CM_VAULT_KIND_DESTRUCTION))
				   ->second
			     : NULL;
}

/* the question that this one takes the place of, if it still could be agreed to; NULL in `out_asked`: there is none */
static gboolean
read_asked(const Call *call, CmVaultRecord **out_asked, GError **error)
{
	g_autoptr(GBytes) octets = NULL;
	gboolean done = FALSE;

	if (!read_record(call->store, call->row, &octets, &done, error))
		return FALSE;
	if (octets == NULL || call->order->now - call->file->asked_at >
				  (gint64)CM_STORE_DESTRUCTION_DAYS * SECONDS_PER_DAY)
		return TRUE;
	return cm_vault_class_set_error(
	    cm_vault_record_read(CM_VAULT_KIND_DESTRUCTION, octets, out_asked), "destruction",
	    error);
}

/* a letter to the second: one for a question, however often the first signs it anew; and none to whom it asks no longer */
static gboolean
notify_second(const Call *call, const CmVaultRecord *before, GBytes *octets, GError **error)
{
	g_autoptr(CmVaultRecord) record = NULL;
	const guint8 *second = NULL;

	if (!cm_vault_class_set_error(
		cm_vault_record_read(CM_VAULT_KIND_DESTRUCTION, octets, &record), "destruction",
		error))
		return FALSE;
	second = find_second(record);
	if (before != NULL && memcmp(find_second(before), second, CM_VAULT_ID_BYTES) == 0)
		return TRUE;
	return cm_database_run_integers(
		   call->store->database,
		   "DELETE FROM notice WHERE kind = 'destruction.asked' AND subject = ?1 AND "
		   "sent_at IS NULL AND letter IS NULL",
		   &call->row, 1, error) &&
	       cm_vault_notice_queue(call->store, CM_NOTICE_DESTRUCTION_ASKED, second, call->row,
				     error);
}

gboolean
cm_store_destruction_ask(CmStore *store,
			 const CmStoreDestructionOrder *order,
			 GBytes *octets,
			 GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_auto(Call) call = {.store = store, .order = order};
	g_autoptr(CmVaultRecord) before = NULL;
	g_autoptr(CmStatement) statement = NULL;

	if (transaction == NULL || !open_call(&call, octets, error) ||
	    !check_asked(&call, octets, error) || !read_asked(&call, &before, error))
		return FALSE;
	statement = cm_database_prepare(store->database,
					"INSERT OR REPLACE INTO vault_destruction (file, octets, "
					"asked_by, asked_at) VALUES (?1, ?2, ?3, ?4)",
					error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, call.row);
	cm_vault_rows_bind(statement, 2, octets);
	sqlite3_bind_int64(statement, 3, order->uid);
	sqlite3_bind_int64(statement, 4, order->now);
	return cm_database_run(store->database, statement, error) &&
	       notify_second(&call, before, octets, error) &&
	       audit(&call, "destruction.ask", NULL, error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_destruction_withdraw(CmStore *store,
			      const CmStoreDestructionOrder *order,
			      const guint8 *name,
			      gboolean anybody,
			      GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	Call call = {.store = store, .order = order};
	g_autoptr(GBytes) octets = NULL;
	gboolean enrolled = FALSE;
	gboolean done = FALSE;
	gint64 student = 0;

	if (transaction == NULL ||
	    !cm_store_directory_find_person(store, order->uid, call.person, &enrolled, error) ||
	    !cm_vault_rows_find_case(store, name, &call.row, &student, error) ||
	    !read_record(store, call.row, &octets, &done, error))
		return FALSE;
	if (octets == NULL || done ||
	    (!anybody && !(enrolled && is_one_of_two(octets, call.person)))) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("Nobody asks you to destroy this file."),
			     NULL);
		return FALSE;
	}
	return cm_database_run_integers(store->database,
					"DELETE FROM vault_destruction WHERE file = ?1", &call.row,
					1, error) &&
	       audit(&call, "destruction.withdraw", NULL, error) &&
	       cm_transaction_commit(transaction, error);
}

/* ---- destroying */

/* what in the octets of a row nothing else in the database has: behind what names people, keys and other records */
static const struct {
	const gchar *sql;
	gsize
	    before; /* octets at its beginning that others have too; counted from its end when `tail` */
	gsize tail;
} rows[] = {
    {"SELECT octets FROM vault_record WHERE file = ?1 AND kind = 'envelope'", 0, 176},
    {"SELECT octets FROM vault_record WHERE file = ?1 AND kind = 'note'", 0, 96},
    {"SELECT octets FROM vault_head WHERE file = ?1", 0, 64},
    {"SELECT octets FROM vault_draft WHERE file = ?1", 192, 0},
    {"SELECT body.octets FROM vault_body AS body JOIN vault_record AS note ON note.id = body.note "
     "WHERE note.file = ?1",
     128, 0},
};

static gboolean
gather_traces(const Call *call, CmStoreTraces *traces, GError **error)
{
	CmDatabase *database = call->store->database;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(CmStatement) statement =
		    cm_database_prepare(database, rows[i].sql, error);
		gboolean more = TRUE;

		if (statement == NULL)
			return FALSE;
		sqlite3_bind_int64(statement, 1, call->row);
		while (more) {
			const guint8 *octets = NULL;
			gsize length = 0;
			gsize before = 0;

			if (!cm_database_step(database, statement, &more, error))
				return FALSE;
			octets = more ? sqlite3_column_blob(statement, 0) : NULL;
			length = more ? (gsize)sqlite3_column_bytes(statement, 0) : 0;
			before = rows[i].tail > 0 ? length - MIN(length, rows[i].tail)
						  : MIN(length, rows[i].before);
			if (octets != NULL)
				cm_store_traces_add(traces, octets + before, length - before);
		}
	}
	return TRUE;
}

/* the epochs stay */
static gboolean
delete_all(const Call *call, GError **error)
{
	static const gchar *const deletions[] = {
	    "DELETE FROM vault_body WHERE note IN (SELECT id FROM vault_record WHERE file = ?1)",
	    "DELETE FROM vault_draft WHERE file = ?1",
	    "DELETE FROM vault_head WHERE file = ?1",
	    "DELETE FROM vault_record WHERE file = ?1 AND kind IN ('envelope', 'note')",
	    /* a key that custodians release finds nothing here to open, and adds nothing */
	    "UPDATE vault_case SET deposit = NULL WHERE id = ?1",
	};
	g_autoptr(CmVaultCase) kept = NULL;
	guint attachments = 0;

	if (!cm_store_attachment_delete_case(call->store, call->row, &attachments, error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(deletions); i++) {
		if (!cm_database_run_integers(call->store->database, deletions[i], &call->row, 1,
					      error))
			return FALSE;
	}
	return cm_vault_cache_take(call->store, call->row, call->people, &kept, error);
}

static gboolean
keep_record(const Call *call, GBytes *octets, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    call->store->database,
	    "UPDATE vault_destruction SET octets = ?2, destroyed_at = ?3 WHERE file = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, call->row);
	cm_vault_rows_bind(statement, 2, octets);
	sqlite3_bind_int64(statement, 3, call->order->now);
	return cm_database_run(call->store->database, statement, error);
}

/* that it is what was asked, of not too long ago, and both have signed */
static gboolean
check_whole(const Call *call, GBytes *octets, GError **error)
{
	g_autoptr(GBytes) asked = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultDestruction *destruction = NULL;
	gboolean done = FALSE;

	if (!read_record(call->store, call->row, &asked, &done, error))
		return FALSE;
	if (asked == NULL || !cm_vault_destruction_is_same(asked, octets)) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("This is not what was asked: look at it again."), NULL);
		return FALSE;
	}
	if (!cm_vault_class_set_offered_error(cm_vault_case_add(call->about, octets, &record),
					      "destruction", error))
		return FALSE;
	destruction = cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION);
	if (memcmp(destruction->second, call->person, CM_VAULT_ID_BYTES) != 0)
		return cm_vault_class_set_offered_error(CM_VAULT_CLASS_NOT_ENTITLED, "signature",
							error);
	if (destruction->directory != cm_vault_people_get_directory(call->people)->sequence ||
	    call->order->now - call->file->asked_at >
		(gint64)CM_STORE_DESTRUCTION_DAYS * SECONDS_PER_DAY) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("It was asked too long ago, or by an older directory of keys: it "
				"has to be asked anew."),
			     NULL);
		return FALSE;
	}
	return check_words(call, destruction, error);
}

static gboolean
destroy(Call *call, GBytes *octets, CmStoreTraces *traces, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(call->store->database, error);
	guint notes = 0;
	guint requests = 0;

	if (transaction == NULL || !open_call(call, octets, error) ||
	    !check_whole(call, octets, error) || !gather_traces(call, traces, error))
		return FALSE;
	notes = call->file->notes;
	return delete_all(call, error) && keep_record(call, octets, error) &&
	       cm_student_left_forget(call->store, error) &&
	       cm_store_disclosure_forget(call->store, &requests, error) &&
	       audit(call, "destruction.agree",
		     g_variant_new_parsed("{'notes': <%u>, 'requests': <%u>}", notes, requests),
		     error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_destruction_agree(CmStore *store,
			   const CmStoreDestructionOrder *order,
			   GBytes *octets,
			   CmStoreErasure **out_erasure,
			   GError **error)
{
	g_autoptr(CmStoreTraces) traces = cm_store_traces_new();
	g_autoptr(GError) local = NULL;
	g_auto(Call) call = {.store = store, .order = order};

	if (!destroy(&call, octets, traces, error))
		return FALSE;
	/* it is destroyed, whatever comes of its traces */
	*out_erasure = cm_store_erasure_new_of(store, g_steal_pointer(&traces), call.row, &local);
	if (*out_erasure == NULL)
		g_message("a file was destroyed, and the database's own files are still to be "
			  "cleaned of it: %s",
			  local->message);
	return TRUE;
}

/* ---- what time brings */

static gboolean
end_questions(CmStore *store, gint64 now, guint *out_over, GError **error)
{
	gint64 before = now - (gint64)CM_STORE_DESTRUCTION_DAYS * SECONDS_PER_DAY;

	if (!cm_database_run_integers(store->database,
				      "DELETE FROM vault_destruction WHERE destroyed_at IS NULL "
				      "AND asked_at < ?1",
				      &before, 1, error))
		return FALSE;
	*out_over = cm_database_get_changes(store->database);
	return TRUE;
}

/* a record as a line of the audit log: what, by whom, why, and the record's own hash */
static gboolean
certify(CmStore *store, gint64 row, const CmVaultRecord *record, gint64 now, GError **error)
{
	const CmVaultDestruction *fields =
	    cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION);
	const CmAuditEntry entry = {
	    .uid = CM_AUDIT_DAEMON, .action = "destruction.certify", .subject = row, .at = now};
	const gint64 values[] = {row, now};
	gchar name[CM_VAULT_ID_BYTES * 2 + 1];
	gchar hash[CM_VAULT_HASH_BYTES * 2 + 1];
	gchar first[CM_VAULT_ID_BYTES * 2 + 1];
	gchar second[CM_VAULT_ID_BYTES * 2 + 1];
	g_autofree gchar *basis =
	    g_strndup((const gchar *)fields->basis.data, fields->basis.length);

	sodium_bin2hex(name, sizeof name, fields->case_id, CM_VAULT_ID_BYTES);
	sodium_bin2hex(hash, sizeof hash, cm_vault_record_get_hash(record), CM_VAULT_HASH_BYTES);
	sodium_bin2hex(first, sizeof first, fields->first, CM_VAULT_ID_BYTES);
	sodium_bin2hex(second, sizeof second, fields->second, CM_VAULT_ID_BYTES);
	return cm_audit_append_figures(
		   store, &entry,
		   g_variant_new_parsed("{'case': <%s>, 'record': <%s>, 'first': <%s>, 'second': "
					"<%s>, 'basis': <%s>, 'due': <%u>, 'backups': <%u>}",
					name, hash, first, second, basis, fields->due_on,
					fields->backups_until),
		   error) &&
	       cm_database_run_integers(
		   store->database,
		   "UPDATE vault_destruction SET certified_at = ?2 WHERE file = ?1", values,
		   G_N_ELEMENTS(values), error);
}

static gboolean
certify_if_over(CmStore *store,
		gint64 row,
		gint64 now,
		CmDay today,
		guint *out_count,
		GError **error)
{
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	gboolean done = FALSE;

	if (!read_record(store, row, &octets, &done, error) ||
	    !cm_vault_class_set_error(
		cm_vault_record_read(CM_VAULT_KIND_DESTRUCTION, octets, &record), "destruction",
		error))
		return FALSE;
	if (to_date(today) <= ((const CmVaultDestruction *)cm_vault_record_get_fields(
				   record, CM_VAULT_KIND_DESTRUCTION))
				  ->backups_until)
		return TRUE;
	(*out_count)++;
	return certify(store, row, record, now, error);
}

static GArray *
list_pending(CmStore *store, GError **error)
{
	g_autoptr(GArray) pending = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT file FROM vault_destruction WHERE erased_at IS NOT NULL "
				"AND certified_at IS NULL "
				"ORDER BY file",
				error);
	gboolean more = TRUE;

	if (statement == NULL)
		return NULL;
	while (more) {
		gint64 row = 0;

		if (!cm_database_step(store->database, statement, &more, error))
			return NULL;
		row = more ? sqlite3_column_int64(statement, 0) : 0;
		if (more)
			g_array_append_val(pending, row);
	}
	return g_steal_pointer(&pending);
}

static gboolean
certify_all(CmStore *store, gint64 now, guint *out_count, GError **error)
{
	g_autoptr(GArray) pending = list_pending(store, error);
	CmDay today = 0;

	if (pending == NULL)
		return FALSE;
	/* an organisation without a roster has no day, and no case */
	if (pending->len > 0 && !cm_store_retention_find_day(store, now, &today, error))
		return FALSE;
	for (guint i = 0; i < pending->len; i++) {
		if (!certify_if_over(store, g_array_index(pending, gint64, i), now, today,
				     out_count, error))
			return FALSE;
	}
	return TRUE;
}

/* requests that were still open when the last file was destroyed, and are closed now */
static gboolean
forget_requests(CmStore *store, gint64 now, GError **error)
{
	const CmAuditEntry entry = {
	    .uid = CM_AUDIT_DAEMON, .action = "disclosure.purge", .at = now};
	guint requests = 0;

	return cm_store_disclosure_forget(store, &requests, error) &&
	       (requests == 0 ||
		cm_audit_append_figures(store, &entry,
					g_variant_new_parsed("{'rows': <%u>}", requests), error));
}

gboolean
cm_store_destruction_look(CmStore *store,
			  gint64 now,
			  CmStoreDestructionReport *out_report,
			  GError **error)
{
	CmStoreDestructionReport report = {0};
	g_autoptr(CmTransaction) transaction = NULL;

	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !cm_store_erasure_count_left(store, &report.left, error) ||
	    !end_questions(store, now, &report.over, error) ||
	    !forget_requests(store, now, error) ||
	    !certify_all(store, now, &report.certified, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_report = report;
	return TRUE;
}
