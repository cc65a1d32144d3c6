// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-roster.h"

#include "daemon/store/import-rows.h"
#include "daemon/store/roster-hash.h"
#include "daemon/store/roster-load.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define CYCLE_LENGTH_MAX 366

gboolean
cm_store_roster_get_version(CmStore *store, guint64 *out_version, GError **error)
{
	gint64 version = 0;

	if (!cm_store_get_counter(store, "roster-version", &version, error))
		return FALSE;
	*out_version = (guint64)version;
	return TRUE;
}

static CmCaseload *
roster_load(CmStore *store,
	    guint64 *out_version,
	    CmRosterNumbers *numbers,
	    GCancellable *cancellable,
	    GError **error)
{
	gint64 organisations = 0;
	guint64 version = 0;
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);

	if (transaction == NULL)
		return NULL;
	cm_database_set_cancellable(store->database, cancellable);
	if (!cm_store_roster_get_version(store, &version, error) ||
	    !cm_database_query_integer(store->database, "SELECT count(*) FROM organisation",
				       &organisations, error))
		return NULL;
	if (organisations == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is no caseload yet: import one first."), NULL);
		return NULL;
	}
	caseload = cm_roster_load_caseload(store, numbers, error);
	if (caseload == NULL)
		return NULL;
	if (out_version != NULL)
		*out_version = version;
	return g_steal_pointer(&caseload);
}

CmCaseload *
cm_store_roster_load(CmStore *store,
		     guint64 *out_version,
		     GCancellable *cancellable,
		     GError **error)
{
	return roster_load(store, out_version, NULL, cancellable, error);
}

CmCaseload *
cm_store_roster_load_numbered(CmStore *store,
			      guint64 *out_version,
			      CmRosterNumbers **out_numbers,
			      GCancellable *cancellable,
			      GError **error)
{
	g_autoptr(CmRosterNumbers) numbers = cm_roster_numbers_new();
	CmCaseload *caseload = roster_load(store, out_version, numbers, cancellable, error);

	if (caseload != NULL)
		*out_numbers = g_steal_pointer(&numbers);
	return caseload;
}

/* ---- at a glance */

void
cm_store_roster_free_summary(CmStoreSummary *summary)
{
	g_free(summary->organisation);
	g_free(summary->name);
	g_free(summary);
}

static gboolean
summary_read_organisation(CmStore *store, CmStoreSummary *summary, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT external_id, name FROM organisation", error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return FALSE;
	summary->organisation =
	    g_strdup(row ? (const gchar *)sqlite3_column_text(statement, 0) : "");
	summary->name = g_strdup(row ? (const gchar *)sqlite3_column_text(statement, 1) : "");
	return TRUE;
}

static gboolean
summary_count(CmStore *store, CmStoreSummary *summary, GError **error)
{
	static const gchar *const queries[CM_STORE_KIND_LAST] = {
	    [CM_STORE_KIND_ORGANISATION] = "SELECT count(*) FROM organisation",
	    [CM_STORE_KIND_CALENDAR] = "SELECT count(*) FROM calendar",
	    [CM_STORE_KIND_SITE] = "SELECT count(*) FROM site",
	    [CM_STORE_KIND_TRAVEL] = "SELECT count(*) FROM travel",
	    [CM_STORE_KIND_ROOM] = "SELECT count(*) FROM room",
	    [CM_STORE_KIND_COMPANION] = "SELECT count(*) FROM companion",
	    [CM_STORE_KIND_PROFESSIONAL] = "SELECT count(*) FROM professional",
	    [CM_STORE_KIND_STUDENT] = "SELECT count(*) FROM student",
	    [CM_STORE_KIND_CONTACT] = "SELECT count(*) FROM contact",
	    [CM_STORE_KIND_FOLLOWUP] = "SELECT count(*) FROM followup",
	    [CM_STORE_KIND_SESSION] = "SELECT count(*) FROM session",
	    [CM_STORE_KIND_BUSY] = "SELECT count(*) FROM busy",
	};

	for (guint i = 0; i < CM_STORE_KIND_LAST; i++) {
		gint64 count = 0;

		if (!cm_database_query_integer(store->database, queries[i], &count, error))
			return FALSE;
		summary->counts[i] = (guint)count;
	}
	return TRUE;
}

CmStoreSummary *
cm_store_roster_summarize(CmStore *store, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(CmStoreSummary) summary = g_new0(CmStoreSummary, 1);
	gint64 published = 0;

	if (transaction == NULL || !summary_read_organisation(store, summary, error) ||
	    !summary_count(store, summary, error) ||
	    !cm_store_roster_get_version(store, &summary->roster_version, error) ||
	    !cm_database_query_integer(
		store->database,
		"SELECT coalesce(max(number), 0) FROM plan WHERE state = 'published'", &published,
		error))
		return NULL;
	summary->published_plan = (guint64)published;
	return g_steal_pointer(&summary);
}

/* ---- a school calendar */

static gboolean
calendar_check(gint cycle_length, const CmCalendarDay *days, guint day_count, GError **error)
{
	if (cycle_length < 1 || cycle_length > CYCLE_LENGTH_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("A cycle has 1 to 366 days."), NULL);
		return FALSE;
	}
	for (guint i = 0; i < day_count; i++) {
		const CmCalendarDay *day = &days[i];
		gboolean class_day = day->kind == CM_DAY_KIND_CLASS;
		gchar date[CM_DAY_TEXT_SIZE];

		if ((i == 0 || days[i - 1].date < day->date) &&
		    (class_day ? day->cycle_day >= 1 && day->cycle_day <= cycle_length
			       : day->cycle_day == 0))
			continue;
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("{0}: a class day needs a day of the cycle, another day has none, "
				"and a date stands once."),
			     cm_day_format(day->date, date), NULL);
		return FALSE;
	}
	return TRUE;
}

/* the row of a calendar and its content's hash; row 0: there is none */
static gboolean
calendar_find(CmStore *store, const gchar *id, gint64 *out_row, GBytes **out_hash, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT id, hash FROM calendar WHERE external_id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_row = row ? sqlite3_column_int64(statement, 0) : 0;
	if (row)
		*out_hash = g_bytes_new(sqlite3_column_blob(statement, 1),
					(gsize)sqlite3_column_bytes(statement, 1));
	return TRUE;
}

static gboolean
calendar_write(CmStore *store,
	       const CmImportRows *rows,
	       gint64 found,
	       const guint8 *hash,
	       GError **error)
{
	const CmImportKind *kind = cm_import_rows_get_kind(CM_STORE_KIND_CALENDAR);
	g_autoptr(CmStatement) statement = NULL;
	gint64 row = found;
	gint64 position = 0;
	gint64 version = 0;

	if (found == 0 && !cm_store_next_counter(store, "row", &row, error))
		return FALSE;
	/* a new one comes last, a known one keeps its place */
	if (!cm_database_query_integer(store->database,
				       "SELECT coalesce(max(position), -1) + 1 FROM calendar",
				       &position, error))
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO calendar (id, position, external_id, hash, cycle_length) "
	    "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET "
	    "hash = excluded.hash, cycle_length = excluded.cycle_length",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_int64(statement, 2, position);
	sqlite3_bind_text(statement, 3, cm_import_rows_get_id(rows, CM_STORE_KIND_CALENDAR, 0), -1,
			  SQLITE_STATIC);
	sqlite3_bind_blob(statement, 4, hash, CM_SEAL_HASH_BYTES, SQLITE_STATIC);
	cm_record_bind(rows->record, store->seal, row, statement, 5);
	return cm_database_run(store->database, statement, error) &&
	       kind->write_parts(rows, 0, row, found == 0, error) &&
	       cm_store_next_counter(store, "roster-version", &version, error) &&
	       cm_roster_hash_update(store, error);
}

/* the calendar as a caseload of its own, so that it is hashed and written as an import does */
static CmCaseload *
calendar_wrap(const gchar *id, gint cycle_length, const CmCalendarDay *days, guint day_count)
{
	CmCaseload *caseload = cm_caseload_new();
	CmCalendar calendar = {.id = cm_caseload_intern(caseload, id),
			       .cycle_length = cycle_length,
			       .days = {.first = 0, .count = day_count}};

	g_array_append_val(caseload->calendars, calendar);
	if (day_count > 0)
		g_array_append_vals(caseload->calendar_days, days, day_count);
	return caseload;
}

gboolean
cm_store_roster_set_calendar(CmStore *store,
			     const gchar *calendar,
			     gint cycle_length,
			     const CmCalendarDay *days,
			     guint day_count,
			     gint64 actor,
			     guint64 *out_version,
			     GError **error)
{
	g_autoptr(CmCaseload) wrapped = calendar_wrap(calendar, cycle_length, days, day_count);
	g_autoptr(CmRecord) record = cm_record_new();
	g_autoptr(CmTransaction) transaction = NULL;
	g_autoptr(GBytes) before = NULL;
	CmImportRows rows = {.caseload = wrapped,
			     .database = store->database,
			     .seal = store->seal,
			     .record = record};
	guint8 hash[CM_SEAL_HASH_BYTES];
	CmAuditEntry entry = {.action = "calendar.import"};
	guint64 version = 0;
	gint64 row = 0;

	if (!calendar_check(cycle_length, days, day_count, error))
		return FALSE;
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !calendar_find(store, calendar, &row, &before, error) ||
	    !cm_store_get_counter(store, "roster-version", &entry.version_before, error))
		return FALSE;
	cm_record_reset(record, cm_import_rows_get_kind(CM_STORE_KIND_CALENDAR)->table);
	cm_import_rows_get_kind(CM_STORE_KIND_CALENDAR)->fill(&rows, 0);
	cm_record_hash(record, store->seal, hash);
	if ((before == NULL || g_bytes_get_size(before) != sizeof hash ||
	     memcmp(g_bytes_get_data(before, NULL), hash, sizeof hash) != 0) &&
	    !calendar_write(store, &rows, row, hash, error))
		return FALSE;
	entry.uid = actor;
	entry.subject = row;
	if (!cm_store_roster_get_version(store, &version, error))
		return FALSE;
	entry.version_after = (gint64)version;
	if ((entry.version_after != entry.version_before &&
	     !cm_audit_append(store, &entry, error)) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	if (out_version != NULL)
		*out_version = version;
	return TRUE;
}
