// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/booking-checks.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

/* ---- time */

GTimeZone *
cm_booking_checks_get_zone(CmStore *store, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT timezone FROM organisation", error);
	const gchar *name = NULL;
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return NULL;
	name = row ? (const gchar *)sqlite3_column_text(statement, 0) : "UTC";
	/* kept, since GLib reads the zone's file anew for each that nobody holds */
	if (store->zone != NULL && g_str_equal(g_time_zone_get_identifier(store->zone), name))
		return store->zone;
	g_clear_pointer(&store->zone, g_time_zone_unref);
	store->zone = g_time_zone_new_identifier(name);
	if (store->zone == NULL)
		cm_error_set(error, CM_ERROR_NOT_SUPPORTED,
			     N_("The time zone {0} is not known on this machine."), name, NULL);
	return store->zone;
}

gboolean
cm_booking_checks_set_instants(CmStore *store, CmStoreBooking *booking, GError **error)
{
	const CmStorePlace *place = &booking->place;
	GTimeZone *zone = cm_booking_checks_get_zone(store, error);

	if (zone == NULL)
		return FALSE;
	if (place->minutes < 1 || place->start < 0 ||
	    place->start + place->minutes > CM_MINUTES_PER_DAY) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("It must last a minute or more, and end before midnight."), NULL);
		return FALSE;
	}
	booking->start_utc = cm_time_to_utc(place->date, place->start, zone);
	booking->end_utc = booking->start_utc + 60 * (gint64)place->minutes;
	return TRUE;
}

/* ---- what it refers to */

/* the column of a row, -1 when there is no such row */
static gboolean
look_up(CmStore *store, const gchar *sql, gint64 number, gint64 *out_value, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_value = row ? sqlite3_column_int64(statement, 0) : -1;
	return TRUE;
}

static gboolean
check_there(CmStore *store,
	    const gchar *sql,
	    gint64 number,
	    const gchar *format,
	    gint64 *out_value,
	    GError **error)
{
	gint64 value = -1;

	if (!look_up(store, sql, number, &value, error))
		return FALSE;
	if (value < 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, format, NULL);
		return FALSE;
	}
	if (out_value != NULL)
		*out_value = value;
	return TRUE;
}

static gboolean
check_attendee(CmStore *store, const CmStoreAttendee *attendee, GError **error)
{
	switch (attendee->kind) {
	case CM_RESOURCE_PROFESSIONAL:
		return check_there(store, "SELECT 0 FROM professional WHERE id = ?1",
				   attendee->number, N_("There is no such professional."), NULL,
				   error);
	case CM_RESOURCE_STUDENT:
		return check_there(store, "SELECT 0 FROM student WHERE id = ?1", attendee->number,
				   N_("There is no such student."), NULL, error);
	case CM_RESOURCE_CONTACT:
		return check_there(store, "SELECT 0 FROM contact WHERE id = ?1", attendee->number,
				   N_("There is no such contact."), NULL, error);
	case CM_RESOURCE_ROOM:
	case CM_RESOURCE_COMPANION:
	case CM_RESOURCE_LAST:
	default:
		cm_error_set(
		    error, CM_ERROR_INVALID_INPUT,
		    N_("Only professionals, students and contacts take part in an appointment."),
		    NULL);
		return FALSE;
	}
}

/* nobody sits in a room of another school */
static gboolean
check_site(const CmStoreBooking *booking, gint64 site, const gchar *format, GError **error)
{
	if (site == booking->place.site)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, format, NULL);
	return FALSE;
}

gboolean
cm_booking_checks_references(CmStore *store, const CmStoreBooking *booking, GError **error)
{
	gint64 site = 0;

	if (booking->attendees->len > CM_STORE_ATTENDEES_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("At most 64 people take part in an appointment."), NULL);
		return FALSE;
	}
	if (!check_there(store, "SELECT 0 FROM professional WHERE id = ?1", booking->professional,
			 N_("There is no such professional."), NULL, error))
		return FALSE;
	if (booking->place.site != 0 &&
	    !check_there(store, "SELECT 0 FROM site WHERE id = ?1", booking->place.site,
			 N_("There is no such school or office."), NULL, error))
		return FALSE;
	if (booking->place.room != 0 &&
	    (!check_there(store, "SELECT site FROM room WHERE id = ?1", booking->place.room,
			  N_("There is no such room."), &site, error) ||
	     !check_site(booking, site, N_("The room is in another school."), error)))
		return FALSE;
	if (booking->place.companion != 0 &&
	    (!check_there(store, "SELECT site FROM companion WHERE id = ?1",
			  booking->place.companion, N_("There is no such companion."), &site,
			  error) ||
	     !check_site(booking, site, N_("The companion is at another school."), error)))
		return FALSE;
	if (booking->request != 0 &&
	    !check_there(store, "SELECT 0 FROM service_request WHERE id = ?1", booking->request,
			 N_("There is no such request for service."), NULL, error))
		return FALSE;
	for (guint i = 0; i < booking->attendees->len; i++) {
		if (!check_attendee(store, CM_ELEMENT(booking->attendees, CmStoreAttendee, i),
				    error))
			return FALSE;
	}
	return TRUE;
}

/* ---- claims */

/* who or what, by kind: an id may tell who it is, and an error goes to the log */
static const gchar *const taken[CM_RESOURCE_LAST] = {
    [CM_RESOURCE_PROFESSIONAL] = N_("The professional is booked on {0} from {1} to {2} already."),
    [CM_RESOURCE_STUDENT] = N_("The student is booked on {0} from {1} to {2} already."),
    [CM_RESOURCE_CONTACT] = N_("Somebody who takes part is booked on {0} from {1} to {2} already."),
    [CM_RESOURCE_ROOM] = N_("The room is booked on {0} from {1} to {2} already."),
    [CM_RESOURCE_COMPANION] = N_("The companion is booked on {0} from {1} to {2} already."),
};

static const gchar *const busy[CM_RESOURCE_LAST] = {
    [CM_RESOURCE_PROFESSIONAL] = N_("The professional is busy on {0} from {1} to {2}."),
    [CM_RESOURCE_STUDENT] = N_("The student is busy on {0} from {1} to {2}."),
    [CM_RESOURCE_CONTACT] = N_("Somebody who takes part is busy on {0} from {1} to {2}."),
    [CM_RESOURCE_ROOM] = N_("The room is taken on {0} from {1} to {2}."),
    [CM_RESOURCE_COMPANION] = N_("The companion is busy on {0} from {1} to {2}."),
};

static gchar *
format_instant(gint64 instant, GTimeZone *zone, const gchar *format)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant);
	g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone(utc, zone) : NULL;

	return local != NULL ? g_date_time_format(local, format) : g_strdup("?");
}

/* the first row of `sql` (?1 the booking, ?2 its date, ?3 and ?4 its minutes) is what is in the way: kind, from, to (instants) */
static gboolean
check_free(CmStore *store,
	   const CmStoreBooking *booking,
	   const gchar *sql,
	   const gchar *const *formats,
	   GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	GTimeZone *zone = NULL;
	g_autofree gchar *date = NULL;
	g_autofree gchar *from = NULL;
	g_autofree gchar *to = NULL;
	gboolean row = FALSE;
	gint kind = 0;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, booking->number);
	sqlite3_bind_int64(statement, 2, booking->place.date);
	sqlite3_bind_int64(statement, 3, booking->place.start);
	sqlite3_bind_int64(statement, 4, booking->place.start + booking->place.minutes);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row)
		return TRUE;
	zone = cm_booking_checks_get_zone(store, error);
	if (zone == NULL)
		return FALSE;
	kind = CLAMP(sqlite3_column_int(statement, 0), 0, CM_RESOURCE_LAST - 1);
	date = format_instant(sqlite3_column_int64(statement, 1), zone, "%Y-%m-%d");
	from = format_instant(sqlite3_column_int64(statement, 1), zone, "%H:%M");
	to = format_instant(sqlite3_column_int64(statement, 2), zone, "%H:%M");
	cm_error_set(error, CM_ERROR_CONFLICT, formats[kind], date, from, to, NULL);
	return FALSE;
}

gboolean
cm_booking_checks_claims(CmStore *store, const CmStoreBooking *booking, GError **error)
{
	return check_free(store, booking,
			  "SELECT overlap.kind, other.start_utc, other.end_utc FROM overlap "
			  "JOIN claim AS other ON other.session = overlap.other "
			  "AND other.kind = overlap.kind AND other.resource = overlap.resource "
			  "WHERE overlap.session = ?1 UNION ALL "
			  "SELECT overlap.kind, other.start_utc, other.end_utc FROM overlap "
			  "JOIN claim AS other ON other.session = overlap.session "
			  "AND other.kind = overlap.kind AND other.resource = overlap.resource "
			  "WHERE overlap.other = ?1 ORDER BY 1, 2 LIMIT 1",
			  taken, error) &&
	       /* a busy time is civil, and of one day: its instants are as far from the booking's as their minutes */
	       check_free(store, booking,
			  "SELECT claim.kind, claim.start_utc + 60 * (busy.from_minute - ?3), "
			  "claim.start_utc + 60 * (busy.to_minute - ?3) FROM claim "
			  "JOIN busy ON busy.kind = claim.kind AND busy.resource = claim.resource "
			  "AND busy.date = ?2 AND busy.from_minute < ?4 AND busy.to_minute > ?3 "
			  "WHERE claim.session = ?1 ORDER BY 1, 2 LIMIT 1",
			  busy, error) &&
	       check_free(store, booking,
			  "SELECT 0, there.start_utc, there.end_utc FROM claim "
			  "JOIN calendar_source AS source ON source.professional = claim.resource "
			  "JOIN calendar_busy AS there ON there.source = source.id "
			  "AND there.start_utc < claim.end_utc AND there.end_utc > claim.start_utc "
			  "WHERE claim.session = ?1 AND claim.kind = 0 AND ?2 >= 0 AND ?3 < ?4 "
			  "ORDER BY 2 LIMIT 1",
			  busy, error);
}

/* ---- versions */

gboolean
cm_booking_checks_version(CmStore *store,
			  const CmStoreBooking *booking,
			  gint64 expected,
			  GError **error)
{
	GTimeZone *zone = NULL;
	g_autofree gchar *state = NULL;
	g_autofree gchar *when = NULL;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];

	if ((booking != NULL ? booking->version : 0) == expected)
		return TRUE;
	if (booking == NULL) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("This has changed meanwhile: it is not booked any more."), NULL);
		return FALSE;
	}
	zone = cm_booking_checks_get_zone(store, error);
	if (zone == NULL)
		return FALSE;
	state = cm_booking_state_dup_word(booking->state);
	when = format_instant(booking->changed_at, zone, "%Y-%m-%d %H:%M");
	cm_error_set(
	    error, CM_ERROR_CONFLICT,
	    booking->by_hand
		? N_("This has changed meanwhile: {0}, on {1} at {2}, by hand ({3}).")
		: N_("This has changed meanwhile: {0}, on {1} at {2}, by a published plan."),
	    state, cm_day_format(booking->place.date, date),
	    cm_minute_format(booking->place.start, start), when, NULL);
	return FALSE;
}
