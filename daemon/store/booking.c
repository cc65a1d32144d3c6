// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/booking.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

/* how often a long loop looks at its cancellable */
#define CANCEL_EVERY 1024

typedef struct {
	gint64 session;
	gint64 date;
	gint64 start;
	gint64 start_utc;
	gint64 end_utc;
	gint64 mode; /* CmMode */
	gint64 room; /* 0: none */
	gint64 companion;
	gint64 professional;
	gint64 student;
	gint64 locked;
	gboolean participants; /* of a target: whether it has any */
} Booking;

gboolean
cm_booking_get_count(CmStore *store, guint *out_count, GError **error)
{
	gint64 count = 0;

	if (!cm_database_query_integer(store->database, "SELECT count(*) FROM booking", &count,
				       error))
		return FALSE;
	*out_count = (guint)count;
	return TRUE;
}

/* ---- overlaps */

static gchar *
session_dup_id(CmStore *store, gint64 session, GError **error)
{
	CmSealPlace place = {.table = "session", .column = "sealed_id", .row = session};
	gboolean row = FALSE;
	g_autoptr(GByteArray) id = g_byte_array_new();
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT sealed_id FROM session WHERE id = ?1", error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, session);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	if (!row)
		return g_strdup("?");
	if (!cm_seal_open(store->seal, &place, sqlite3_column_blob(statement, 0),
			  (gsize)sqlite3_column_bytes(statement, 0), CM_STORE_ID_BLOCK, id, error))
		return NULL;
	return g_strndup((const gchar *)id->data, id->len);
}

/* The resource by its kind only: its id may tell who it is, and an error goes to the log. */
static const gchar *
overlap_get_format(gint kind)
{
	static const gchar *const formats[CM_RESOURCE_LAST] = {
	    [CM_RESOURCE_PROFESSIONAL] =
		N_("Sessions {0} and {1} overlap: the same professional on {2} at {3}."),
	    [CM_RESOURCE_STUDENT] =
		N_("Sessions {0} and {1} overlap: the same student on {2} at {3}."),
	    [CM_RESOURCE_CONTACT] =
		N_("Sessions {0} and {1} overlap: the same participant on {2} at {3}."),
	    [CM_RESOURCE_ROOM] = N_("Sessions {0} and {1} overlap: the same room on {2} at {3}."),
	    [CM_RESOURCE_COMPANION] =
		N_("Sessions {0} and {1} overlap: the same companion on {2} at {3}."),
	};

	g_return_val_if_fail(kind >= 0 && kind < CM_RESOURCE_LAST, formats[0]);
	return formats[kind];
}

gboolean
cm_booking_check_overlaps(CmStore *store, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT overlap.kind, overlap.session, overlap.other, booking.date, booking.start "
	    "FROM overlap JOIN booking ON booking.session = overlap.session "
	    "ORDER BY booking.start_utc, overlap.session, overlap.other, overlap.kind LIMIT 1",
	    error);
	g_autofree gchar *first = NULL;
	g_autofree gchar *second = NULL;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row)
		return TRUE;
	first = session_dup_id(store, sqlite3_column_int64(statement, 1), error);
	if (first == NULL)
		return FALSE;
	second = session_dup_id(store, sqlite3_column_int64(statement, 2), error);
	if (second == NULL)
		return FALSE;
	cm_day_format(sqlite3_column_int(statement, 3), date);
	cm_minute_format((CmMinute)sqlite3_column_int(statement, 4), start);
	cm_error_set(error, CM_ERROR_CONFLICT, overlap_get_format(sqlite3_column_int(statement, 0)),
		     first, second, date, start, NULL);
	return FALSE;
}

/* ---- a plan becomes the bookings */

static GTimeZone *
store_get_zone(CmStore *store, gchar **out_name, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT timezone FROM organisation", error);
	g_autoptr(GTimeZone) zone = NULL;
	const gchar *name = NULL;
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return NULL;
	name = row ? (const gchar *)sqlite3_column_text(statement, 0) : "UTC";
	zone = g_time_zone_new_identifier(name);
	if (zone == NULL) {
		cm_error_set(error, CM_ERROR_NOT_SUPPORTED,
			     N_("The time zone {0} is not known on this machine."), name, NULL);
		return NULL;
	}
	*out_name = g_strdup(name);
	return g_steal_pointer(&zone);
}

static gint64
mode_of_column(CmStatement *statement, gint column)
{
	CmMode mode = CM_MODE_IN_PERSON;

	/* the column's CHECK allows nothing else */
	if (!cm_mode_from_string((const gchar *)sqlite3_column_text(statement, column), &mode))
		g_return_val_if_reached(CM_MODE_IN_PERSON);
	return mode;
}

static GArray *
load_targets(CmStore *store, gint64 plan, GTimeZone *zone, GError **error)
{
	g_autoptr(GArray) targets = g_array_new(FALSE, TRUE, sizeof(Booking));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT p.session, p.date, p.start, p.mode, p.room, p.companion, p.locked, "
	    "p.student_present, session.minutes, followup.professional, followup.student, "
	    "EXISTS (SELECT 1 FROM session_participant AS s WHERE s.session = p.session) "
	    "FROM plan_placement AS p JOIN session ON session.id = p.session "
	    "JOIN followup ON followup.id = session.followup "
	    "WHERE p.plan = ?1 ORDER BY p.session",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, plan);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		Booking target = {
		    .session = sqlite3_column_int64(statement, 0),
		    .date = sqlite3_column_int64(statement, 1),
		    .start = sqlite3_column_int64(statement, 2),
		    .mode = mode_of_column(statement, 3),
		    .room = sqlite3_column_int64(statement, 4),
		    .companion = sqlite3_column_int64(statement, 5),
		    .locked = sqlite3_column_int64(statement, 6),
		    .professional = sqlite3_column_int64(statement, 9),
		    .student = sqlite3_column_int(statement, 7) != 0
				   ? sqlite3_column_int64(statement, 10)
				   : 0,
		    .participants = sqlite3_column_int(statement, 11) != 0,
		};

		target.start_utc = cm_time_to_utc((CmDay)target.date, (CmMinute)target.start, zone);
		target.end_utc = target.start_utc + 60 * sqlite3_column_int64(statement, 8);
		g_array_append_val(targets, target);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&targets);
}

static GArray *
load_present(CmStore *store, GError **error)
{
	g_autoptr(GArray) present = g_array_new(FALSE, TRUE, sizeof(Booking));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT session, date, start, start_utc, end_utc, mode, room, companion, "
	    "professional, student, locked FROM booking ORDER BY session",
	    error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		Booking booking = {
		    .session = sqlite3_column_int64(statement, 0),
		    .date = sqlite3_column_int64(statement, 1),
		    .start = sqlite3_column_int64(statement, 2),
		    .start_utc = sqlite3_column_int64(statement, 3),
		    .end_utc = sqlite3_column_int64(statement, 4),
		    .mode = mode_of_column(statement, 5),
		    .room = sqlite3_column_int64(statement, 6),
		    .companion = sqlite3_column_int64(statement, 7),
		    .professional = sqlite3_column_int64(statement, 8),
		    .student = sqlite3_column_int64(statement, 9),
		    .locked = sqlite3_column_int64(statement, 10),
		};

		g_array_append_val(present, booking);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&present);
}

static gboolean
booking_equal(const Booking *a, const Booking *b)
{
	return a->session == b->session && a->date == b->date && a->start == b->start &&
	       a->start_utc == b->start_utc && a->end_utc == b->end_utc && a->mode == b->mode &&
	       a->room == b->room && a->companion == b->companion &&
	       a->professional == b->professional && a->student == b->student &&
	       a->locked == b->locked;
}

static void
bind_or_null(CmStatement *statement, gint parameter, gint64 row)
{
	if (row != 0)
		sqlite3_bind_int64(statement, parameter, row);
	else
		sqlite3_bind_null(statement, parameter);
}

static gboolean
booking_write(CmStore *store,
	      const Booking *booking,
	      const gchar *zone,
	      gint64 version,
	      GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO booking (session, version, date, start, zone, start_utc, end_utc, mode, "
	    "room, companion, professional, student, locked) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
	    "ON CONFLICT (session) DO UPDATE SET version = excluded.version, state = 'planned', "
	    "date = excluded.date, start = excluded.start, zone = excluded.zone, "
	    "start_utc = excluded.start_utc, end_utc = excluded.end_utc, mode = excluded.mode, "
	    "room = excluded.room, companion = excluded.companion, "
	    "professional = excluded.professional, student = excluded.student, "
	    "locked = excluded.locked",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, booking->session);
	sqlite3_bind_int64(statement, 2, version);
	sqlite3_bind_int64(statement, 3, booking->date);
	sqlite3_bind_int64(statement, 4, booking->start);
	sqlite3_bind_text(statement, 5, zone, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 6, booking->start_utc);
	sqlite3_bind_int64(statement, 7, booking->end_utc);
	sqlite3_bind_text(statement, 8, cm_mode_to_string((CmMode)booking->mode), -1,
			  SQLITE_STATIC);
	bind_or_null(statement, 9, booking->room);
	bind_or_null(statement, 10, booking->companion);
	sqlite3_bind_int64(statement, 11, booking->professional);
	bind_or_null(statement, 12, booking->student);
	sqlite3_bind_int64(statement, 13, booking->locked);
	return cm_database_run(store->database, statement, error);
}

static gboolean
booking_write_participants(CmStore *store, gint64 session, GError **error)
{
	return cm_database_run_integers(
		   store->database,
		   "DELETE FROM booking_participant WHERE session = ?1 AND contact NOT IN "
		   "(SELECT contact FROM session_participant WHERE session = ?1)",
		   &session, 1, error) &&
	       cm_database_run_integers(
		   store->database,
		   "INSERT INTO booking_participant (session, contact) "
		   "SELECT session, contact FROM session_participant WHERE session = ?1 AND "
		   "contact NOT IN (SELECT contact FROM booking_participant WHERE session = ?1)",
		   &session, 1, error);
}

/* What has to go goes first: less to overlap on the way. */
static gboolean
remove_others(CmStore *store,
	      const GArray *present,
	      const GArray *targets,
	      CmPublishReport *report,
	      GError **error)
{
	guint at = 0;

	for (guint i = 0; i < present->len; i++) {
		gint64 session = g_array_index(present, Booking, i).session;

		while (at < targets->len && g_array_index(targets, Booking, at).session < session)
			at++;
		if (at < targets->len && g_array_index(targets, Booking, at).session == session)
			continue;
		if (!cm_database_run_integers(store->database,
					      "DELETE FROM booking WHERE session = ?1", &session, 1,
					      error))
			return FALSE;
		report->removed++;
	}
	return TRUE;
}

static gboolean
write_targets(CmStore *store,
	      const GArray *present,
	      const GArray *targets,
	      const gchar *zone,
	      CmPublishReport *report,
	      GCancellable *cancellable,
	      GError **error)
{
	gint64 version = 0;
	guint at = 0;

	if (!cm_store_next_counter(store, "booking-version", &version, error))
		return FALSE;
	for (guint i = 0; i < targets->len; i++) {
		const Booking *target = CM_ELEMENT(targets, Booking, i);
		const Booking *before = NULL;

		while (at < present->len &&
		       g_array_index(present, Booking, at).session < target->session)
			at++;
		if (at < present->len &&
		    g_array_index(present, Booking, at).session == target->session)
			before = CM_ELEMENT(present, Booking, at);
		if (before != NULL && booking_equal(before, target))
			continue;
		if (i % CANCEL_EVERY == 0 && g_cancellable_is_cancelled(cancellable)) {
			cm_error_set(error, CM_ERROR_CANCELLED,
				     N_("Cancelled: nothing was changed."), NULL);
			return FALSE;
		}
		if (!booking_write(store, target, zone, version, error))
			return FALSE;
		if ((before != NULL || target->participants) &&
		    !booking_write_participants(store, target->session, error))
			return FALSE;
		if (before != NULL)
			report->changed++;
		else
			report->added++;
	}
	report->placed = targets->len;
	return TRUE;
}

gboolean
cm_booking_apply_plan(CmStore *store,
		      gint64 plan,
		      CmPublishReport *out_report,
		      GCancellable *cancellable,
		      GError **error)
{
	CmPublishReport report = {0};
	g_autofree gchar *zone_name = NULL;
	g_autoptr(GArray) targets = NULL;
	g_autoptr(GArray) present = NULL;
	g_autoptr(GTimeZone) zone = store_get_zone(store, &zone_name, error);

	if (zone == NULL)
		return FALSE;
	targets = load_targets(store, plan, zone, error);
	if (targets == NULL)
		return FALSE;
	present = load_present(store, error);
	if (present == NULL)
		return FALSE;
	if (!remove_others(store, present, targets, &report, error) ||
	    !write_targets(store, present, targets, zone_name, &report, cancellable, error) ||
	    !cm_booking_check_overlaps(store, error))
		return FALSE;
	*out_report = report;
	return TRUE;
}

/* ---- the roster changes under the bookings */

static gboolean
run_counted(CmStore *store, const gchar *sql, gint64 value, guint *out_count, GError **error)
{
	if (!cm_database_run_integers(store->database, sql, &value, 1, error))
		return FALSE;
	*out_count += cm_database_get_changes(store->database);
	return TRUE;
}

gboolean
cm_booking_follow_roster(CmStore *store, guint *out_withdrawn, GError **error)
{
	gint64 version = 0;
	guint changed = 0;
	guint withdrawn = 0;

	if (!cm_store_next_counter(store, "booking-version", &version, error))
		return FALSE;
	/* a room of another school than the student's */
	if (!run_counted(store,
			 "DELETE FROM booking WHERE room IS NOT NULL AND ?1 > 0 AND "
			 "(SELECT site FROM room WHERE id = booking.room) <> "
			 "(SELECT student.site FROM session "
			 "JOIN followup ON followup.id = session.followup "
			 "JOIN student ON student.id = followup.student "
			 "WHERE session.id = booking.session)",
			 version, &withdrawn, error))
		return FALSE;
	if (!run_counted(store,
			 "UPDATE booking SET version = ?1, professional = followup.professional, "
			 "student = CASE WHEN booking.student IS NULL THEN NULL ELSE "
			 "followup.student END, end_utc = start_utc + 60 * session.minutes "
			 "FROM session JOIN followup ON followup.id = session.followup "
			 "WHERE session.id = booking.session AND "
			 "(booking.professional <> followup.professional OR "
			 "booking.student <> followup.student OR "
			 "booking.end_utc <> booking.start_utc + 60 * session.minutes)",
			 version, &changed, error) ||
	    !run_counted(store,
			 "UPDATE booking SET version = ?1 WHERE session IN ("
			 "SELECT session FROM (SELECT session, contact FROM booking_participant "
			 "EXCEPT SELECT session, contact FROM session_participant) UNION "
			 "SELECT session FROM (SELECT session, contact FROM session_participant "
			 "EXCEPT SELECT session, contact FROM booking_participant))",
			 version, &changed, error))
		return FALSE;
	if (changed > 0 &&
	    (!run_counted(store,
			  "DELETE FROM booking_participant WHERE EXISTS (SELECT 1 FROM booking "
			  "WHERE booking.session = booking_participant.session AND version = ?1) "
			  "AND NOT EXISTS (SELECT 1 FROM session_participant AS s WHERE "
			  "s.session = booking_participant.session AND "
			  "s.contact = booking_participant.contact)",
			  version, &changed, error) ||
	     !run_counted(store,
			  "INSERT INTO booking_participant (session, contact) "
			  "SELECT s.session, s.contact FROM session_participant AS s "
			  "JOIN booking ON booking.session = s.session "
			  "WHERE booking.version = ?1 AND NOT EXISTS (SELECT 1 FROM "
			  "booking_participant AS b WHERE b.session = s.session AND "
			  "b.contact = s.contact)",
			  version, &changed, error) ||
	     /* of two that now overlap, the one that the import changed goes */
	     !run_counted(store,
			  "DELETE FROM booking WHERE version = ?1 AND session IN "
			  "(SELECT session FROM overlap UNION SELECT other FROM overlap)",
			  version, &withdrawn, error)))
		return FALSE;
	*out_withdrawn += withdrawn;
	return cm_booking_check_overlaps(store, error);
}
