// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-calendar.h"

#include "daemon/store/sealed-column.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define LOCATION_BLOCK 128

static const gchar *const state_names[CM_CALENDAR_STATE_LAST] = {
    [CM_CALENDAR_NEVER_READ] = "never-read",
    [CM_CALENDAR_READ] = "read",
    [CM_CALENDAR_FAILED] = "failed",
};

static const gchar *const failure_names[CM_CALENDAR_FAILURE_LAST] = {
    [CM_CALENDAR_FAILURE_NONE] = "",
    [CM_CALENDAR_FAILURE_UNREACHABLE] = "unreachable",
    [CM_CALENDAR_FAILURE_CERTIFICATE] = "certificate",
    [CM_CALENDAR_FAILURE_REFUSED] = "refused",
    [CM_CALENDAR_FAILURE_TOO_LARGE] = "too-large",
    [CM_CALENDAR_FAILURE_NOT_CALENDAR] = "not-calendar",
    [CM_CALENDAR_FAILURE_PARTLY] = "partly",
};

const gchar *
cm_store_calendar_state_to_string(CmCalendarState state)
{
	g_return_val_if_fail(state < CM_CALENDAR_STATE_LAST, "");
	return state_names[state];
}

const gchar *
cm_store_calendar_failure_to_string(CmCalendarFailure failure)
{
	g_return_val_if_fail(failure < CM_CALENDAR_FAILURE_LAST, "");
	return failure_names[failure];
}

gboolean
cm_store_calendar_failure_from_string(const gchar *text, CmCalendarFailure *out_failure)
{
	for (guint i = 0; i < CM_CALENDAR_FAILURE_LAST; i++) {
		if (g_str_equal(failure_names[i], text)) {
			*out_failure = (CmCalendarFailure)i;
			return TRUE;
		}
	}
	return FALSE;
}

gboolean
cm_store_calendar_is_stale(const CmStoreCalendar *calendar, gint64 now)
{
	return calendar->state != CM_CALENDAR_READ ||
	       now - calendar->read_at > CM_STORE_CALENDAR_STALE_SECONDS;
}

/* ---- reading */

static void
calendar_free(gpointer data)
{
	CmStoreCalendar *calendar = data;

	if (calendar->location != NULL)
		sodium_memzero(calendar->location, strlen(calendar->location));
	g_free(calendar->location);
	g_free(calendar);
}

static gchar *
location_open(CmStore *store, gint64 number, CmStatement *statement, gint column, GError **error)
{
	CmSealPlace place = {"calendar_source", "location", number};

	return cm_sealed_column_get_text(store, statement, column, &place, LOCATION_BLOCK, error);
}

static CmStoreCalendar *
calendar_read(CmStore *store, CmStatement *statement, GError **error)
{
	const gchar *state = (const gchar *)sqlite3_column_text(statement, 4);
	const gchar *failure = (const gchar *)sqlite3_column_text(statement, 5);
	gint64 number = sqlite3_column_int64(statement, 0);
	gchar *location = location_open(store, number, statement, 3, error);
	CmStoreCalendar *calendar = NULL;

	if (location == NULL)
		return NULL;
	calendar = g_new0(CmStoreCalendar, 1);
	calendar->number = number;
	calendar->version = sqlite3_column_int64(statement, 1);
	calendar->professional = sqlite3_column_int64(statement, 2);
	calendar->location = location;
	for (guint i = 0; i < CM_CALENDAR_STATE_LAST; i++) {
		if (g_strcmp0(state_names[i], state) == 0)
			calendar->state = (CmCalendarState)i;
	}
	/* one of a newer program is a failure all the same */
	if (!cm_store_calendar_failure_from_string(failure != NULL ? failure : "",
						   &calendar->failure))
		calendar->failure = CM_CALENDAR_FAILURE_UNREACHABLE;
	calendar->read_at = sqlite3_column_int64(statement, 6);
	calendar->tried_at = sqlite3_column_int64(statement, 7);
	calendar->times = (guint)sqlite3_column_int64(statement, 8);
	return calendar;
}

GPtrArray *
cm_store_calendar_list(CmStore *store, gint64 professional, GError **error)
{
	g_autoptr(GPtrArray) calendars = g_ptr_array_new_with_free_func(calendar_free);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT id, version, professional, location, state, failure, read_at, tried_at, "
	    "(SELECT count(*) FROM calendar_busy WHERE source = id) FROM calendar_source "
	    "WHERE ?1 IN (0, professional) ORDER BY id",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, professional);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreCalendar *calendar = calendar_read(store, statement, error);

		if (calendar == NULL)
			return NULL;
		g_ptr_array_add(calendars, calendar);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&calendars);
}

GArray *
cm_store_calendar_list_busy(CmStore *store, gint64 from, GError **error)
{
	g_autoptr(GArray) busy = g_array_new(FALSE, FALSE, sizeof(CmCalendarBusy));
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT professional, start_utc, end_utc FROM calendar_busy "
				"JOIN calendar_source ON calendar_source.id = calendar_busy.source "
				"WHERE end_utc > ?1 ORDER BY professional, start_utc, end_utc",
				error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, from);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmCalendarBusy one = {.professional = sqlite3_column_int64(statement, 0),
				      .time = {sqlite3_column_int64(statement, 1),
					       sqlite3_column_int64(statement, 2)}};

		g_array_append_val(busy, one);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&busy);
}

/* ---- changing */

/* what a row was */
typedef struct {
	gint64 version;
	gint64 professional;
	gboolean failed;
} Before;

static gboolean
before_read(CmStore *store, gint64 number, gint64 expected, Before *out_before, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT version, professional, state = 'failed' FROM calendar_source WHERE id = ?1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no calendar by this number."),
			     NULL);
		return FALSE;
	}
	out_before->version = sqlite3_column_int64(statement, 0);
	out_before->professional = sqlite3_column_int64(statement, 1);
	out_before->failed = sqlite3_column_int(statement, 2) != 0;
	if (out_before->version == expected)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("This calendar was read or changed since you looked; look again."), NULL);
	return FALSE;
}

static gboolean
audit(CmStore *store,
      const gchar *action,
      gint64 number,
      gint64 before,
      gint64 after,
      CmCalendarFailure failure,
      guint times,
      gint64 actor,
      gint64 now,
      GError **error)
{
	CmAuditEntry entry = {.uid = actor,
			      .action = action,
			      .subject = number,
			      .version_before = before,
			      .version_after = after,
			      .at = now};
	g_auto(GVariantDict) figures = G_VARIANT_DICT_INIT(NULL);

	if (after == 0 || before == 0)
		return cm_audit_append(store, &entry, error);
	g_variant_dict_insert(&figures, "times", "u", times);
	g_variant_dict_insert(&figures, "failure", "s", failure_names[failure]);
	return cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error);
}

static gboolean
check_new(CmStore *store, gint64 professional, const gchar *location, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT (SELECT count(*) FROM professional WHERE id = ?1), "
				"(SELECT count(*) FROM calendar_source WHERE professional = ?1)",
				error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, professional);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (sqlite3_column_int64(statement, 0) == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is no professional by this number."), NULL);
		return FALSE;
	}
	if (sqlite3_column_int64(statement, 1) >= CM_STORE_CALENDARS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Nobody has more than {0} calendars: remove one first."),
			     G_STRINGIFY(CM_STORE_CALENDARS_MAX), NULL);
		return FALSE;
	}
	if (*location != '\0' && strlen(location) <= CM_STORE_CALENDAR_LOCATION_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is no place of a calendar."), NULL);
	return FALSE;
}

static gboolean
insert(CmStore *store, gint64 number, gint64 professional, const gchar *location, GError **error)
{
	CmSealPlace place = {"calendar_source", "location", number};
	g_autoptr(GByteArray) sealed = g_byte_array_new();
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO calendar_source (id, professional, location, state, version) "
	    "VALUES (?1, ?2, ?3, 'never-read', 1)",
	    error);

	if (statement == NULL)
		return FALSE;
	cm_seal_close(store->seal, &place, location, strlen(location), LOCATION_BLOCK, sealed);
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_int64(statement, 2, professional);
	sqlite3_bind_blob(statement, 3, sealed->data, (gint)sealed->len, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_calendar_add(CmStore *store,
		      gint64 professional,
		      const gchar *location,
		      gint64 actor,
		      gint64 now,
		      gint64 *out_number,
		      GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 number = 0;

	if (transaction == NULL || !check_new(store, professional, location, error) ||
	    !cm_store_next_counter(store, "row", &number, error) ||
	    !insert(store, number, professional, location, error) ||
	    !audit(store, "calendar.add", number, 0, 1, CM_CALENDAR_FAILURE_NONE, 0, actor, now,
		   error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_number = number;
	return TRUE;
}

gboolean
cm_store_calendar_remove(CmStore *store,
			 gint64 number,
			 gint64 expected,
			 gint64 actor,
			 gint64 now,
			 GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	Before before = {0};

	return transaction != NULL && before_read(store, number, expected, &before, error) &&
	       cm_database_run_integers(store->database,
					"DELETE FROM calendar_source WHERE id = ?1", &number, 1,
					error) &&
	       audit(store, "calendar.remove", number, before.version, 0, CM_CALENDAR_FAILURE_NONE,
		     0, actor, now, error) &&
	       cm_transaction_commit(transaction, error);
}

static gboolean
check_times(const CmBusyTime *times, guint count, GError **error)
{
	gboolean good = count <= CM_BUSY_CALENDAR_MAX_TIMES;

	for (guint i = 0; i < count && good; i++)
		good =
		    times[i].end > times[i].start && (i == 0 || times[i].start > times[i - 1].end);
	if (!good)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Busy times must rise and stand apart, {0} at most."),
			     G_STRINGIFY(CM_BUSY_CALENDAR_MAX_TIMES), NULL);
	return good;
}

static gboolean
write_times(CmStore *store, gint64 number, const CmBusyTime *times, guint count, GError **error)
{
	if (!cm_database_run_integers(
		store->database, "DELETE FROM calendar_busy WHERE source = ?1", &number, 1, error))
		return FALSE;
	for (guint i = 0; i < count; i++) {
		gint64 values[] = {number, times[i].start, times[i].end};

		if (!cm_database_run_integers(store->database,
					      "INSERT INTO calendar_busy (source, start_utc, "
					      "end_utc) VALUES (?1, ?2, ?3)",
					      values, G_N_ELEMENTS(values), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
write_state(CmStore *store,
	    gint64 number,
	    const Before *before,
	    gboolean read,
	    CmCalendarFailure failure,
	    gint64 now,
	    GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE calendar_source SET version = version + 1, state = ?2, failure = ?3, "
	    "tried_at = ?4, read_at = CASE WHEN ?5 THEN ?4 ELSE read_at END WHERE id = ?1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2,
			  state_names[failure == CM_CALENDAR_FAILURE_NONE ? CM_CALENDAR_READ
									  : CM_CALENDAR_FAILED],
			  -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, failure_names[failure], -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, now);
	sqlite3_bind_int(statement, 5, read);
	if (!cm_database_run(store->database, statement, error))
		return FALSE;
	/* said once, not at every try */
	return failure == CM_CALENDAR_FAILURE_NONE || before->failed ||
	       cm_notice_queue(store, CM_NOTICE_CALENDAR_FAILED, CM_RESOURCE_PROFESSIONAL,
			       before->professional, number, error);
}

gboolean
cm_store_calendar_set_times(CmStore *store,
			    gint64 number,
			    gint64 expected,
			    const CmBusyTime *times,
			    guint count,
			    CmCalendarFailure failure,
			    gint64 actor,
			    gint64 now,
			    gint64 *out_version,
			    GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	Before before = {0};

	if (!check_times(times, count, error))
		return FALSE;
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !before_read(store, number, expected, &before, error) ||
	    !write_times(store, number, times, count, error) ||
	    !write_state(store, number, &before, TRUE, failure, now, error) ||
	    !audit(store, "calendar.read", number, before.version, before.version + 1, failure,
		   count, actor, now, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_version = before.version + 1;
	return TRUE;
}

gboolean
cm_store_calendar_set_failed(CmStore *store,
			     gint64 number,
			     gint64 expected,
			     CmCalendarFailure failure,
			     gint64 actor,
			     gint64 now,
			     gint64 *out_version,
			     GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	Before before = {0};

	if (failure == CM_CALENDAR_FAILURE_NONE) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("There is no such failure."), NULL);
		return FALSE;
	}
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !before_read(store, number, expected, &before, error) ||
	    !write_state(store, number, &before, FALSE, failure, now, error) ||
	    !audit(store, "calendar.fail", number, before.version, before.version + 1, failure, 0,
		   actor, now, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_version = before.version + 1;
	return TRUE;
}

gboolean
cm_store_calendar_touch(CmStore *store,
			gint64 number,
			gint64 expected,
			gboolean read,
			gint64 now,
			GError **error)
{
	const gint64 values[] = {number, now, read ? 1 : 0};
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	Before before = {0};

	if (transaction == NULL || !before_read(store, number, expected, &before, error))
		return FALSE;
	if (before.failed == (read != FALSE)) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("This calendar was read or changed since you looked; look again."),
			     NULL);
		return FALSE;
	}
	return cm_database_run_integers(
		   store->database,
		   "UPDATE calendar_source SET tried_at = ?2, "
		   "read_at = CASE WHEN ?3 THEN ?2 ELSE read_at END WHERE id = ?1",
		   values, G_N_ELEMENTS(values), error) &&
	       cm_transaction_commit(transaction, error);
}
