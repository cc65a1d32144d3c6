// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-import.h"

#include "daemon/store/booking-notices.h"
#include "daemon/store/booking.h"
#include "daemon/store/import-rows.h"
#include "daemon/store/plan-rows.h"
#include "daemon/store/roster-hash.h"
#include "daemon/store/student-left.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* how often a long loop looks at its cancellable */
#define CANCEL_EVERY 1024

/* a row that is there already */
typedef struct {
	guint8 key[CM_SEAL_HASH_BYTES];
	guint8 hash[CM_SEAL_HASH_BYTES];
	gint64 row;
	gint64 position;
	gboolean kept;
} Present;

typedef struct {
	CmStore *store;
	CmImportRows rows;
	GArray *present[CM_STORE_KIND_LAST]; /* Present */
	CmStoreReport report;
	gint64 next_row;
	guint bookings; /* there before */
	gint64 now;
	gint64 actor;
	gboolean wrote;
	GCancellable *cancellable;
} Import;

static void
import_free(Import *import)
{
	for (guint i = 0; i < CM_STORE_KIND_LAST; i++) {
		g_array_unref(import->rows.rows[i]);
		g_array_unref(import->present[i]);
	}
	cm_record_free(import->rows.record);
	g_hash_table_unref(import->rows.seen);
	g_free(import);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Import, import_free)

static Import *
import_new(CmStore *store, const CmCaseload *caseload, GCancellable *cancellable)
{
	Import *import = g_new0(Import, 1);

	import->store = store;
	import->cancellable = cancellable;
	import->rows.caseload = caseload;
	import->rows.database = store->database;
	import->rows.seal = store->seal;
	import->rows.record = cm_record_new();
	import->rows.seen =
	    g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	for (guint i = 0; i < CM_STORE_KIND_LAST; i++) {
		import->rows.rows[i] = g_array_new(FALSE, TRUE, sizeof(gint64));
		import->present[i] = g_array_new(FALSE, TRUE, sizeof(Present));
	}
	return import;
}

/* ---- what is there */

static guint
present_hash(gconstpointer data)
{
	guint value = 0;

	/* a keyed hash is as good as random already */
	memcpy(&value, data, sizeof value);
	return value;
}

static gboolean
present_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, CM_SEAL_HASH_BYTES) == 0;
}

static gboolean
present_read(Import *import, const CmImportKind *kind, CmStatement *statement, Present *out)
{
	gconstpointer key = sqlite3_column_blob(statement, 1);
	gconstpointer hash = NULL;
	gsize length = (gsize)sqlite3_column_bytes(statement, 1);

	out->row = sqlite3_column_int64(statement, 0);
	out->position = sqlite3_column_int64(statement, 3);
	if (!kind->sealed_id)
		cm_seal_hash(import->store->seal, CM_SEAL_HASH_ID, kind->table, key, length,
			     out->key);
	else if (length == CM_SEAL_HASH_BYTES)
		memcpy(out->key, key, CM_SEAL_HASH_BYTES);
	else
		return FALSE; /* nocheck:error-unset: no error to set */
	hash = sqlite3_column_blob(statement, 2);
	if (sqlite3_column_bytes(statement, 2) != CM_SEAL_HASH_BYTES)
		return FALSE; /* nocheck:error-unset: no error to set */
	memcpy(out->hash, hash, CM_SEAL_HASH_BYTES);
	return TRUE;
}

static gboolean
import_load_present(Import *import, CmStoreKind which, GError **error)
{
	const CmImportKind *kind = cm_import_rows_get_kind(which);
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(import->store->database, kind->list_sql, error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(import->store->database, statement, &row, error))
		return FALSE;
	while (row) {
		Present present = {0};

		if (!present_read(import, kind, statement, &present)) {
			cm_error_set(
			    error, CM_ERROR_STORE,
			    N_("The database is damaged: a hash has a wrong length ({0})."),
			    kind->table, NULL);
			return FALSE;
		}
		g_array_append_val(import->present[which], present);
		if (!cm_database_step(import->store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- rows written */

static gint64
import_get_position(const Import *import, CmStoreKind which, guint32 index)
{
	const CmCaseload *caseload = import->rows.caseload;
	const CmSession *session = NULL;

	if (which != CM_STORE_KIND_SESSION)
		return index;
	session = CM_ELEMENT(caseload->sessions, CmSession, index);
	return index -
	       CM_ELEMENT(caseload->followups, CmFollowup, session->followup)->sessions.first;
}

static gboolean
import_upsert(Import *import,
	      CmStoreKind which,
	      guint32 index,
	      const Present *wanted,
	      gboolean is_new,
	      GError **error)
{
	const CmImportKind *kind = cm_import_rows_get_kind(which);
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(import->store->database, kind->upsert_sql, error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, wanted->row);
	sqlite3_bind_int64(statement, 2, wanted->position);
	if (kind->sealed_id)
		sqlite3_bind_blob(statement, 3, wanted->key, CM_SEAL_HASH_BYTES, SQLITE_STATIC);
	else
		sqlite3_bind_text(statement, 3, cm_import_rows_get_id(&import->rows, which, index),
				  -1, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 4, wanted->hash, CM_SEAL_HASH_BYTES, SQLITE_STATIC);
	cm_record_bind(import->rows.record, import->store->seal, wanted->row, statement, 5);
	if (!cm_database_run(import->store->database, statement, error))
		return FALSE;
	import->wrote = TRUE;
	return kind->write_parts == NULL ||
	       kind->write_parts(&import->rows, index, wanted->row, is_new, error);
}

/* A booking of another act is another promise: whether the student is there may differ. */
static gboolean
import_withdraw_act(Import *import, guint32 index, gint64 row, GError **error)
{
	const CmSession *session = CM_ELEMENT(import->rows.caseload->sessions, CmSession, index);
	g_autoptr(CmStatement) statement = NULL;

	if (import->bookings == 0)
		return TRUE;
	statement =
	    cm_database_prepare(import->store->database,
				"DELETE FROM booking WHERE session = ?1 AND NOT " CM_BOOKING_STANDS
				"AND EXISTS (SELECT 1 FROM session WHERE id = ?1 AND act <> ?3)",
				error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_int64(statement, 2, import->now);
	sqlite3_bind_text(statement, 3, session->act, -1, SQLITE_STATIC);
	if (!cm_database_run(import->store->database, statement, error))
		return FALSE;
	import->report.withdrawn += cm_database_get_changes(import->store->database);
	return TRUE;
}

static gboolean
import_move(Import *import, CmStoreKind which, const Present *wanted, GError **error)
{
	const CmImportKind *kind = cm_import_rows_get_kind(which);
	gint64 values[] = {wanted->row, wanted->position};

	if (kind->move_sql == NULL)
		return TRUE;
	import->wrote = TRUE;
	return cm_database_run_integers(import->store->database, kind->move_sql, values,
					G_N_ELEMENTS(values), error);
}

/* a row that was not there */
static gboolean
import_add(Import *import, CmStoreKind which, guint32 index, const Present *wanted, GError **error)
{
	import->report.kinds[which].added++;
	return import_upsert(import, which, index, wanted, TRUE, error) &&
	       (which != CM_STORE_KIND_STUDENT ||
		cm_student_left_return(
		    import->store, CM_ELEMENT(import->rows.caseload->students, CmStudent, index),
		    wanted->row, import->actor, import->now, error));
}

static gboolean
import_one(Import *import, CmStoreKind which, guint32 index, GHashTable *by_key, GError **error)
{
	const CmImportKind *kind = cm_import_rows_get_kind(which);
	CmStoreChange *change = &import->report.kinds[which];
	Present wanted = {.position = import_get_position(import, which, index)};
	Present *present = NULL;

	cm_import_rows_compute_key(&import->rows, which, index, wanted.key);
	cm_record_reset(import->rows.record, kind->table);
	kind->fill(&import->rows, index);
	cm_record_hash(import->rows.record, import->store->seal, wanted.hash);
	present = g_hash_table_lookup(by_key, wanted.key);
	wanted.row = present != NULL ? present->row : ++import->next_row;
	g_array_append_val(import->rows.rows[which], wanted.row);
	if (present == NULL)
		return import_add(import, which, index, &wanted, error);
	present->kept = TRUE;
	if (memcmp(present->hash, wanted.hash, CM_SEAL_HASH_BYTES) != 0) {
		change->changed++;
		if (which == CM_STORE_KIND_SESSION &&
		    !import_withdraw_act(import, index, wanted.row, error))
			return FALSE;
		return import_upsert(import, which, index, &wanted, FALSE, error);
	}
	change->untouched++;
	return present->position == wanted.position || import_move(import, which, &wanted, error);
}

static gboolean
import_kind(Import *import, CmStoreKind which, GError **error)
{
	g_autoptr(GHashTable) by_key = g_hash_table_new(present_hash, present_equal);
	GArray *all = import->present[which];
	guint32 count = cm_import_rows_count(&import->rows, which);

	if (!import_load_present(import, which, error))
		return FALSE;
	for (guint i = 0; i < all->len; i++) {
		Present *present = CM_ELEMENT(all, Present, i);

		g_hash_table_insert(by_key, present->key, present);
	}
	for (guint32 i = 0; i < count; i++) {
		if (i % CANCEL_EVERY == 0 && g_cancellable_is_cancelled(import->cancellable)) {
			cm_error_set(error, CM_ERROR_CANCELLED,
				     N_("Cancelled: nothing was changed."), NULL);
			return FALSE;
		}
		if (!import_one(import, which, i, by_key, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- what goes */

/* Bookings of what is about to go. */
static gboolean
import_withdraw_removed(Import *import, GError **error)
{
	static const struct {
		CmStoreKind kind;
		const gchar *sql;
	} takers[] = {
	    {CM_STORE_KIND_SESSION,
	     "DELETE FROM booking WHERE session = ?1 AND NOT " CM_BOOKING_STANDS},
	    {CM_STORE_KIND_ROOM, "DELETE FROM booking WHERE room = ?1 AND NOT " CM_BOOKING_STANDS},
	    {CM_STORE_KIND_COMPANION,
	     "DELETE FROM booking WHERE companion = ?1 AND NOT " CM_BOOKING_STANDS},
	};

	for (guint i = 0; i < G_N_ELEMENTS(takers); i++) {
		const GArray *all = import->present[takers[i].kind];

		for (guint j = 0; j < all->len; j++) {
			const Present *present = CM_ELEMENT(all, Present, j);

			gint64 values[] = {present->row, import->now};

			if (present->kept)
				continue;
			if (!cm_database_run_integers(import->store->database, takers[i].sql,
						      values, G_N_ELEMENTS(values), error))
				return FALSE;
			import->report.withdrawn +=
			    cm_database_get_changes(import->store->database);
		}
	}
	return TRUE;
}

/* Whether something is booked with it, or is part of something that stays: a row that is referred to can't go. */
static gboolean
import_is_in_use(Import *import, CmStoreKind which, gint64 row, gboolean *out_used, GError **error)
{
	static const gchar *const queries[CM_STORE_KIND_LAST] = {
	    [CM_STORE_KIND_SESSION] = "SELECT EXISTS (SELECT 1 FROM booking WHERE session = ?1) OR "
				      "EXISTS (SELECT 1 FROM appointment WHERE session = ?1) OR "
				      "EXISTS (SELECT 1 FROM derogation WHERE session = ?1)",
	    [CM_STORE_KIND_FOLLOWUP] =
		"SELECT EXISTS (SELECT 1 FROM session WHERE followup = ?1) OR "
		"EXISTS (SELECT 1 FROM suitability WHERE followup = ?1) OR "
		"EXISTS (SELECT 1 FROM derogation WHERE followup = ?1)",
	    /* of a student who stays: no document says who decides for them */
	    [CM_STORE_KIND_CONTACT] =
		"SELECT EXISTS (SELECT 1 FROM consent WHERE contact = ?1) OR "
		"EXISTS (SELECT 1 FROM guardianship AS g WHERE g.contact = ?1 AND "
		"(EXISTS (SELECT 1 FROM followup WHERE student = g.student) OR "
		"EXISTS (SELECT 1 FROM consent WHERE student = g.student))) OR "
		"EXISTS (SELECT 1 FROM booking_participant WHERE contact = ?1) OR "
		"EXISTS (SELECT 1 FROM session_participant WHERE contact = ?1) OR "
		"EXISTS (SELECT 1 FROM appointment_attendee WHERE kind = 2 AND resource = ?1)",
	    [CM_STORE_KIND_STUDENT] =
		"SELECT EXISTS (SELECT 1 FROM followup WHERE student = ?1) OR "
		"EXISTS (SELECT 1 FROM consent WHERE student = ?1) OR "
		"EXISTS (SELECT 1 FROM service_request WHERE student = ?1) OR "
		"EXISTS (SELECT 1 FROM booking WHERE student = ?1) OR "
		"EXISTS (SELECT 1 FROM appointment_attendee WHERE kind = 1 AND resource = ?1)",
	    [CM_STORE_KIND_PROFESSIONAL] =
		"SELECT EXISTS (SELECT 1 FROM followup WHERE professional = ?1) OR "
		"EXISTS (SELECT 1 FROM booking WHERE professional = ?1) OR "
		"EXISTS (SELECT 1 FROM appointment WHERE professional = ?1) OR "
		"EXISTS (SELECT 1 FROM appointment_attendee WHERE kind = 0 AND resource = ?1)",
	    [CM_STORE_KIND_COMPANION] =
		"SELECT EXISTS (SELECT 1 FROM booking WHERE companion = ?1) OR "
		"EXISTS (SELECT 1 FROM appointment WHERE companion = ?1)",
	    [CM_STORE_KIND_ROOM] = "SELECT EXISTS (SELECT 1 FROM booking WHERE room = ?1) OR "
				   "EXISTS (SELECT 1 FROM appointment WHERE room = ?1)",
	    [CM_STORE_KIND_SITE] = "SELECT EXISTS (SELECT 1 FROM student WHERE site = ?1) OR "
				   "EXISTS (SELECT 1 FROM professional WHERE base = ?1) OR "
				   "EXISTS (SELECT 1 FROM professional_site WHERE site = ?1) OR "
				   "EXISTS (SELECT 1 FROM room WHERE site = ?1) OR "
				   "EXISTS (SELECT 1 FROM companion WHERE site = ?1) OR "
				   "EXISTS (SELECT 1 FROM appointment WHERE site = ?1)",
	    [CM_STORE_KIND_CALENDAR] = "SELECT EXISTS (SELECT 1 FROM site WHERE calendar = ?1)",
	};
	g_autoptr(CmStatement) statement = NULL;
	gboolean found = FALSE;

	*out_used = FALSE;
	if (queries[which] == NULL)
		return TRUE;
	statement = cm_database_prepare(import->store->database, queries[which], error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	if (!cm_database_step(import->store->database, statement, &found, error))
		return FALSE;
	*out_used = found && sqlite3_column_int(statement, 0) != 0;
	return TRUE;
}

static gboolean
import_remove_row(Import *import, CmStoreKind which, gint64 row, GError **error)
{
	if (which == CM_STORE_KIND_STUDENT && !cm_student_left_keep(import->store, row, error))
		return FALSE;
	import->report.kinds[which].removed++;
	import->wrote = TRUE;
	return cm_database_run_integers(import->store->database,
					cm_import_rows_get_kind(which)->delete_sql, &row, 1, error);
}

/* Last what others refer to. */
static gboolean
import_remove(Import *import, GError **error)
{
	for (guint which = CM_STORE_KIND_LAST; which-- > 0;) {
		const GArray *all = import->present[which];

		for (guint i = 0; i < all->len; i++) {
			const Present *present = CM_ELEMENT(all, Present, i);
			gboolean used = FALSE;

			if (present->kept)
				continue;
			if (!import_is_in_use(import, (CmStoreKind)which, present->row, &used,
					      error))
				return FALSE;
			if (used) {
				import->report.kept++;
				continue;
			}
			if (!import_remove_row(import, (CmStoreKind)which, present->row, error))
				return FALSE;
		}
	}
	return TRUE;
}

static gboolean
import_follow_bookings(Import *import, GError **error)
{
	if (import->bookings == 0)
		return TRUE;
	if (!import_withdraw_removed(import, error))
		return FALSE;
	if (import->wrote &&
	    !cm_booking_follow_roster(import->store, import->now, &import->report.withdrawn, error))
		return FALSE;
	return cm_booking_notices_queue(import->store, import->now, error);
}

/* ---- the whole */

/* What is promised at a local time can't move to another instant behind people's backs. */
static gboolean
import_check_zone(Import *import, GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	gboolean row = FALSE;

	if (import->bookings == 0)
		return TRUE;
	statement =
	    cm_database_prepare(import->store->database,
				"SELECT timezone FROM organisation WHERE timezone <> ?1", error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, import->rows.caseload->timezone, -1, SQLITE_STATIC);
	if (!cm_database_step(import->store->database, statement, &row, error))
		return FALSE;
	if (row) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("The time zone can't change from {0} to {1} while a plan is "
				"published."),
			     (const gchar *)sqlite3_column_text(statement, 0),
			     import->rows.caseload->timezone, NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
import_bump_version(Import *import, GError **error)
{
	gint64 version = 0;

	if (import->wrote &&
	    (!cm_store_next_counter(import->store, "roster-version", &version, error) ||
	     !cm_store_set_counter(import->store, "row", import->next_row, error) ||
	     !cm_roster_hash_update(import->store, error)))
		return FALSE;
	if (!cm_store_get_counter(import->store, "roster-version", &version, error))
		return FALSE;
	import->report.roster_version = (guint64)version;
	return TRUE;
}

/* `previous`, when nothing is published: it becomes the published plan */
static gboolean
import_adopt_previous(Import *import, const CmStoreImportOptions *options, GError **error)
{
	const CmCaseload *caseload = import->rows.caseload;
	g_autoptr(CmPlan) plan = NULL;
	CmPublishReport published = {0};
	gint64 count = 0;
	gint64 number = 0;

	if (caseload->previous->len == 0)
		return TRUE;
	if (!cm_database_query_integer(import->store->database,
				       "SELECT count(*) FROM plan WHERE state = 'published'",
				       &count, error))
		return FALSE;
	if (count > 0) {
		import->report.previous_ignored = caseload->previous->len;
		return TRUE;
	}
	plan = cm_plan_new();
	g_array_append_vals(plan->placements, caseload->previous->data, caseload->previous->len);
	if (!cm_plan_rows_add(import->store, caseload, plan, import->report.roster_version,
			      options != NULL ? options->presence : NULL,
			      options != NULL ? options->presence_data : NULL, &number, error) ||
	    !cm_plan_rows_set_published(import->store, number, error) ||
	    !cm_booking_apply_plan(import->store, number, import->now, &published,
				   import->cancellable, error))
		return FALSE;
	import->report.previous_adopted = published.placed;
	return TRUE;
}

static gboolean
import_run(Import *import, const CmStoreImportOptions *options, GError **error)
{
	if (!cm_booking_get_count(import->store, &import->bookings, error) ||
	    !cm_store_get_counter(import->store, "row", &import->next_row, error) ||
	    !import_check_zone(import, error) ||
	    (import->bookings > 0 && !cm_booking_notices_begin(import->store, error)))
		return FALSE;
	for (guint i = 0; i < CM_STORE_KIND_LAST; i++) {
		if (!import_kind(import, (CmStoreKind)i, error))
			return FALSE;
	}
	return import_follow_bookings(import, error) && import_remove(import, error) &&
	       import_bump_version(import, error) && import_adopt_previous(import, options, error);
}

/* how many of each kind differ: numbers, no names */
static gboolean
audit_import(CmStore *store,
	     const CmStoreReport *report,
	     gint64 before,
	     gint64 actor,
	     GError **error)
{
	CmAuditEntry entry = {.uid = actor,
			      .action = "roster.import",
			      .version_before = before,
			      .version_after = (gint64)report->roster_version};
	g_auto(GVariantDict) figures = G_VARIANT_DICT_INIT(NULL);

	if (entry.version_before == entry.version_after)
		return TRUE;
	for (guint i = 0; i < CM_STORE_KIND_LAST; i++) {
		const CmStoreChange *change = &report->kinds[i];

		if (change->added + change->changed + change->removed > 0)
			g_variant_dict_insert(&figures, cm_store_kind_to_string((CmStoreKind)i),
					      "(uuu)", change->added, change->changed,
					      change->removed);
	}
	g_variant_dict_insert(&figures, "withdrawn", "u", report->withdrawn);
	return cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error);
}

gboolean
cm_store_import_caseload(CmStore *store,
			 const CmCaseload *caseload,
			 const CmStoreImportOptions *options,
			 CmStoreReport *out_report,
			 GCancellable *cancellable,
			 GError **error)
{
	g_autoptr(Import) import = import_new(store, caseload, cancellable);
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 before = 0;

	if (transaction == NULL)
		return FALSE;
	import->now = options != NULL ? options->now : 0;
	import->actor = options != NULL ? options->actor : CM_AUDIT_DAEMON;
	cm_database_set_cancellable(store->database, cancellable);
	if (!cm_store_get_counter(store, "roster-version", &before, error) ||
	    (options != NULL && options->begin != NULL &&
	     !options->begin(store, options->step_data, error)) ||
	    !import_run(import, options, error))
		return FALSE;
	/* who has a last step says there what was done */
	if (options != NULL && options->finish != NULL) {
		if (!options->finish(store, &import->report, options->step_data, error))
			return FALSE;
	} else if (!audit_import(store, &import->report, before,
				 options != NULL ? options->actor : CM_AUDIT_DAEMON, error)) {
		return FALSE;
	}
	/* a dry run ends as what fails: rolled back */
	if ((options == NULL || !options->dry_run) && !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_report = import->report;
	return TRUE;
}
