// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/booking-rows.h"

#include "daemon/store/booking-checks.h"
#include "daemon/store/sealed-column.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define TITLE_BLOCK 64

/* ---- reading */

/* both have the same columns, in the order of `Column` */
#define OF_SESSIONS                                                                                \
	"SELECT b.session, 'session', b.state, b.version, b.session, s.followup, NULL, b.series, " \
	"b.date, b.start, b.mode, st.site, b.room, b.companion, b.start_utc, b.end_utc, "          \
	"b.professional, b.student, s.act, NULL, NULL, NULL, b.origin, b.locked, b.changed_at, "   \
	"b.changed_by FROM booking AS b JOIN session AS s ON s.id = b.session "                    \
	"JOIN followup AS f ON f.id = s.followup JOIN student AS st ON st.id = f.student "
#define OF_APPOINTMENTS                                                                            \
	"SELECT a.id, a.kind, a.state, a.version, a.session, "                                     \
	"(SELECT followup FROM session WHERE id = a.session), a.request, a.series, a.date, "       \
	"a.start, a.mode, a.site, a.room, a.companion, a.start_utc, a.end_utc, a.professional, "   \
	"NULL, a.act, a.title, a.hold_until, a.holder, 'hand', 0, a.changed_at, a.changed_by "     \
	"FROM appointment AS a "

typedef enum {
	COLUMN_NUMBER,
	COLUMN_KIND,
	COLUMN_STATE,
	COLUMN_VERSION,
	COLUMN_SESSION,
	COLUMN_FOLLOWUP,
	COLUMN_REQUEST,
	COLUMN_SERIES,
	COLUMN_DATE,
	COLUMN_START,
	COLUMN_MODE,
	COLUMN_SITE,
	COLUMN_ROOM,
	COLUMN_COMPANION,
	COLUMN_START_UTC,
	COLUMN_END_UTC,
	COLUMN_PROFESSIONAL,
	COLUMN_STUDENT,
	COLUMN_ACT,
	COLUMN_TITLE,
	COLUMN_HOLD_UNTIL,
	COLUMN_HOLDER,
	COLUMN_ORIGIN,
	COLUMN_LOCKED,
	COLUMN_CHANGED_AT,
	COLUMN_CHANGED_BY,
} Column;

static gint64
integer_of(CmStatement *statement, Column column)
{
	return sqlite3_column_int64(statement, (gint)column);
}

static const gchar *
text_of(CmStatement *statement, Column column)
{
	return (const gchar *)sqlite3_column_text(statement, (gint)column);
}

static gboolean
read_title(CmStore *store, CmStatement *statement, CmStoreBooking *booking, GError **error)
{
	CmSealPlace place = {.table = "appointment", .column = "title", .row = booking->number};

	if (sqlite3_column_type(statement, COLUMN_TITLE) == SQLITE_NULL)
		return TRUE;
	booking->title =
	    cm_sealed_column_get_text(store, statement, COLUMN_TITLE, &place, TITLE_BLOCK, error);
	return booking->title != NULL;
}

/* the columns' CHECKs allow nothing else than what the conversions know */
static void
read_words(CmStatement *statement, CmStoreBooking *booking)
{
	if (!cm_store_booking_kind_from_string(text_of(statement, COLUMN_KIND), &booking->kind) ||
	    !cm_booking_state_from_string(text_of(statement, COLUMN_STATE), &booking->state) ||
	    !cm_mode_from_string(text_of(statement, COLUMN_MODE), &booking->place.mode))
		g_warn_if_reached();
}

static CmStoreBooking *
read_columns(CmStore *store, CmStatement *statement, gint64 now, GError **error)
{
	g_autoptr(CmStoreBooking) booking = g_new0(CmStoreBooking, 1);

	booking->number = integer_of(statement, COLUMN_NUMBER);
	booking->version = integer_of(statement, COLUMN_VERSION);
	booking->session = integer_of(statement, COLUMN_SESSION);
	booking->followup = integer_of(statement, COLUMN_FOLLOWUP);
	booking->request = integer_of(statement, COLUMN_REQUEST);
	booking->series = integer_of(statement, COLUMN_SERIES);
	booking->start_utc = integer_of(statement, COLUMN_START_UTC);
	booking->end_utc = integer_of(statement, COLUMN_END_UTC);
	booking->place.date = (CmDay)integer_of(statement, COLUMN_DATE);
	booking->place.start = (CmMinute)integer_of(statement, COLUMN_START);
	booking->place.minutes = (gint)((booking->end_utc - booking->start_utc) / 60);
	booking->place.site = integer_of(statement, COLUMN_SITE);
	booking->place.room = integer_of(statement, COLUMN_ROOM);
	booking->place.companion = integer_of(statement, COLUMN_COMPANION);
	booking->professional = integer_of(statement, COLUMN_PROFESSIONAL);
	booking->student = integer_of(statement, COLUMN_STUDENT);
	booking->act = g_strdup(text_of(statement, COLUMN_ACT));
	booking->hold_until = integer_of(statement, COLUMN_HOLD_UNTIL);
	booking->by_hand = g_str_equal(text_of(statement, COLUMN_ORIGIN), "hand");
	booking->locked = integer_of(statement, COLUMN_LOCKED) != 0;
	booking->changed_at = integer_of(statement, COLUMN_CHANGED_AT);
	booking->changed_by = sqlite3_column_type(statement, COLUMN_CHANGED_BY) == SQLITE_NULL
				  ? -1
				  : integer_of(statement, COLUMN_CHANGED_BY);
	booking->holder = sqlite3_column_type(statement, COLUMN_HOLDER) == SQLITE_NULL
			      ? -1
			      : integer_of(statement, COLUMN_HOLDER);
	booking->attendees = g_array_new(FALSE, TRUE, sizeof(CmStoreAttendee));
	read_words(statement, booking);
	/* the row goes when somebody books, or the daemon has time */
	if (booking->state == CM_BOOKING_HOLD && booking->hold_until <= now)
		booking->state = CM_BOOKING_CANCELLED;
	return read_title(store, statement, booking, error) ? g_steal_pointer(&booking) : NULL;
}

static gboolean
read_attendees(CmStore *store, CmStoreBooking *booking, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT 2, contact FROM booking_participant WHERE session = ?1 UNION ALL "
	    "SELECT kind, resource FROM appointment_attendee WHERE appointment = ?1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, booking->number);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		CmStoreAttendee attendee = {.kind = (CmResource)sqlite3_column_int(statement, 0),
					    .number = sqlite3_column_int64(statement, 1)};

		g_array_append_val(booking->attendees, attendee);
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_booking_rows_read(CmStore *store,
		     gint64 number,
		     gint64 now,
		     CmStoreBooking **out_booking,
		     GError **error)
{
	g_autoptr(CmStoreBooking) booking = NULL;
	gboolean row = FALSE;
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    OF_SESSIONS "WHERE b.session = ?1 UNION ALL " OF_APPOINTMENTS "WHERE a.id = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row) {
		booking = read_columns(store, statement, now, error);
		if (booking == NULL || !read_attendees(store, booking, error))
			return FALSE;
	}
	*out_booking = g_steal_pointer(&booking);
	return TRUE;
}

#define FILTERED(table)                                                                            \
	"WHERE " table ".date BETWEEN ?1 AND ?2 AND (?7 IS NULL OR " table ".state = ?7) "         \
	"AND (?6 = 0 OR " table ".series = ?6) "

gboolean
cm_booking_rows_read_all(CmStore *store,
			 const CmStoreBookingFilter *filter,
			 gint64 now,
			 GPtrArray *bookings,
			 GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT * FROM (" OF_SESSIONS FILTERED(
		"b") "AND (?3 = 0 OR b.professional = ?3) AND (?4 = 0 OR f.student = ?4) "
		     "AND (?5 = 0 OR s.followup = ?5) UNION ALL " OF_APPOINTMENTS FILTERED(
			 "a") "AND (?3 = 0 OR a.professional = ?3 OR EXISTS (SELECT 1 FROM "
			      "appointment_attendee AS p "
			      "WHERE p.appointment = a.id AND p.kind = 0 AND p.resource = ?3)) "
			      "AND (?4 = 0 OR EXISTS (SELECT 1 FROM appointment_attendee AS p "
			      "WHERE p.appointment = a.id AND p.kind = 1 AND p.resource = ?4)) "
			      "AND (?5 = 0 OR a.session IN (SELECT id FROM session WHERE followup "
			      "= ?5))) "
			      "ORDER BY 15, 1 LIMIT ?8",
	    error);
	gint64 values[] = {filter->from,    filter->to,       filter->professional,
			   filter->student, filter->followup, filter->series};
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(values); i++)
		sqlite3_bind_int64(statement, (gint)i + 1, values[i]);
	if (filter->state != CM_BOOKING_NONE)
		sqlite3_bind_text(statement, 7, cm_booking_state_to_string(filter->state), -1,
				  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 8, CM_STORE_BOOKINGS_MAX);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		g_autoptr(CmStoreBooking) booking = read_columns(store, statement, now, error);

		if (booking == NULL || !read_attendees(store, booking, error))
			return FALSE;
		g_ptr_array_add(bookings, g_steal_pointer(&booking));
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_booking_rows_read_session(CmStore *store,
			     gint64 session,
			     CmBookingSession *out_session,
			     GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT f.id, f.professional, f.student, student.site, s.minutes, f.state = 'active' "
	    "FROM session AS s JOIN followup AS f ON f.id = s.followup "
	    "JOIN student ON student.id = f.student WHERE s.id = ?1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, session);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such session."), NULL);
		return FALSE;
	}
	out_session->followup = sqlite3_column_int64(statement, 0);
	out_session->professional = sqlite3_column_int64(statement, 1);
	out_session->student = sqlite3_column_int64(statement, 2);
	out_session->site = sqlite3_column_int64(statement, 3);
	out_session->minutes = sqlite3_column_int(statement, 4);
	out_session->active = sqlite3_column_int(statement, 5) != 0;
	return TRUE;
}

gboolean
cm_booking_rows_find_hold(CmStore *store, gint64 session, gint64 *out_number, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT coalesce(max(id), 0) FROM appointment "
				"WHERE session = ?1 AND state = 'hold'",
				error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, session);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_number = row ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

GArray *
cm_booking_rows_list_ended(CmStore *store, gint64 now, GError **error)
{
	return cm_database_list_integers(
	    store->database,
	    "SELECT id FROM appointment WHERE hold_until IS NOT NULL AND hold_until <= ?1", &now, 1,
	    error);
}

/* ---- writing */

static void
bind_or_null(CmStatement *statement, gint parameter, gint64 value, gint64 nothing)
{
	if (value != nothing)
		sqlite3_bind_int64(statement, parameter, value);
	else
		sqlite3_bind_null(statement, parameter);
}

static void
bind_place(CmStatement *statement, gint first, const CmStoreBooking *booking, const gchar *zone)
{
	sqlite3_bind_int64(statement, first, booking->place.date);
	sqlite3_bind_int64(statement, first + 1, booking->place.start);
	sqlite3_bind_text(statement, first + 2, zone, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, first + 3, booking->start_utc);
	sqlite3_bind_int64(statement, first + 4, booking->end_utc);
	sqlite3_bind_text(statement, first + 5, cm_mode_to_string(booking->place.mode), -1,
			  SQLITE_STATIC);
	bind_or_null(statement, first + 6, booking->place.room, 0);
	bind_or_null(statement, first + 7, booking->place.companion, 0);
	sqlite3_bind_int64(statement, first + 8, booking->professional);
}

gboolean
cm_booking_rows_write_session(CmStore *store, const CmStoreBooking *booking, GError **error)
{
	GTimeZone *zone = cm_booking_checks_get_zone(store, error);
	g_autoptr(CmStatement) statement = NULL;

	if (zone == NULL)
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO booking (session, version, state, date, start, zone, start_utc, end_utc, "
	    "mode, room, companion, professional, student, origin, series, changed_at, changed_by) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) "
	    "ON CONFLICT (session) DO UPDATE SET version = excluded.version, "
	    "state = excluded.state, date = excluded.date, start = excluded.start, "
	    "zone = excluded.zone, start_utc = excluded.start_utc, end_utc = excluded.end_utc, "
	    "mode = excluded.mode, room = excluded.room, companion = excluded.companion, "
	    "professional = excluded.professional, student = excluded.student, "
	    "locked = 0, origin = excluded.origin, series = excluded.series, "
	    "changed_at = excluded.changed_at, changed_by = excluded.changed_by",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, booking->session);
	sqlite3_bind_int64(statement, 2, booking->version);
	sqlite3_bind_text(statement, 3, cm_booking_state_to_string(booking->state), -1,
			  SQLITE_STATIC);
	bind_place(statement, 4, booking, g_time_zone_get_identifier(zone));
	bind_or_null(statement, 13, booking->student, 0);
	sqlite3_bind_text(statement, 14, booking->by_hand ? "hand" : "plan", -1, SQLITE_STATIC);
	bind_or_null(statement, 15, booking->series, 0);
	sqlite3_bind_int64(statement, 16, booking->changed_at);
	bind_or_null(statement, 17, booking->changed_by, -1);
	return cm_database_run(store->database, statement, error) &&
	       cm_database_run_integers(
		   store->database,
		   "INSERT INTO booking_participant (session, contact) "
		   "SELECT DISTINCT session, contact FROM session_participant "
		   "WHERE session = ?1 AND contact NOT IN "
		   "(SELECT contact FROM booking_participant WHERE session = ?1)",
		   &booking->session, 1, error);
}

static gboolean
write_attendees(CmStore *store, const CmStoreBooking *booking, GError **error)
{
	if (!cm_database_run_integers(store->database,
				      "DELETE FROM appointment_attendee WHERE appointment = ?1",
				      &booking->number, 1, error))
		return FALSE;
	for (guint i = 0; i < booking->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    CM_ELEMENT(booking->attendees, CmStoreAttendee, i);
		gint64 values[] = {booking->number, attendee->kind, attendee->number};

		if (!cm_database_run_integers(
			store->database,
			"INSERT INTO appointment_attendee (appointment, kind, resource) "
			"SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM appointment_attendee "
			"WHERE appointment = ?1 AND kind = ?2 AND resource = ?3)",
			values, G_N_ELEMENTS(values), error))
			return FALSE;
	}
	return TRUE;
}

static void
bind_title(CmStore *store, CmStatement *statement, gint parameter, const CmStoreBooking *booking)
{
	CmSealPlace place = {.table = "appointment", .column = "title", .row = booking->number};
	g_autoptr(GByteArray) sealed = NULL;

	if (booking->title == NULL)
		return;
	sealed = g_byte_array_new();
	cm_seal_close(store->seal, &place, booking->title, strlen(booking->title), TITLE_BLOCK,
		      sealed);
	sqlite3_bind_blob(statement, parameter, sealed->data, (gint)sealed->len, SQLITE_TRANSIENT);
}

gboolean
cm_booking_rows_write_appointment(CmStore *store, const CmStoreBooking *booking, GError **error)
{
	GTimeZone *zone = cm_booking_checks_get_zone(store, error);
	g_autoptr(CmStatement) statement = NULL;

	if (zone == NULL)
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO appointment (id, version, state, date, start, zone, start_utc, end_utc, "
	    "mode, room, companion, professional, kind, hold_until, holder, session, request, act, "
	    "site, title, series, changed_at, changed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
	    "?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23) "
	    "ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state, "
	    "date = excluded.date, start = excluded.start, zone = excluded.zone, "
	    "start_utc = excluded.start_utc, end_utc = excluded.end_utc, mode = excluded.mode, "
	    "room = excluded.room, companion = excluded.companion, "
	    "hold_until = excluded.hold_until, holder = excluded.holder, site = excluded.site, "
	    "changed_at = excluded.changed_at, changed_by = excluded.changed_by",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, booking->number);
	sqlite3_bind_int64(statement, 2, booking->version);
	sqlite3_bind_text(statement, 3, cm_booking_state_to_string(booking->state), -1,
			  SQLITE_STATIC);
	bind_place(statement, 4, booking, g_time_zone_get_identifier(zone));
	sqlite3_bind_text(statement, 13, cm_store_booking_kind_to_string(booking->kind), -1,
			  SQLITE_STATIC);
	bind_or_null(statement, 14, booking->hold_until, 0);
	bind_or_null(statement, 15, booking->holder, -1);
	bind_or_null(statement, 16, booking->session, 0);
	bind_or_null(statement, 17, booking->request, 0);
	sqlite3_bind_text(statement, 18, booking->act, -1, SQLITE_STATIC);
	bind_or_null(statement, 19, booking->place.site, 0);
	bind_title(store, statement, 20, booking);
	bind_or_null(statement, 21, booking->series, 0);
	sqlite3_bind_int64(statement, 22, booking->changed_at);
	sqlite3_bind_int64(statement, 23, booking->changed_by);
	return cm_database_run(store->database, statement, error) &&
	       write_attendees(store, booking, error);
}

gboolean
cm_booking_rows_remove_appointment(CmStore *store, gint64 number, GError **error)
{
	return cm_database_run_integers(store->database,
					"DELETE FROM appointment_attendee WHERE appointment = ?1",
					&number, 1, error) &&
	       cm_database_run_integers(store->database, "DELETE FROM appointment WHERE id = ?1",
					&number, 1, error);
}
