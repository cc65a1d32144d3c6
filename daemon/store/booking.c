// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/booking.h"

#include "daemon/booking/booking-state.h"
#include "daemon/store/booking-notices.h"
#include "daemon/store/sealed-column.h"
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
	/* of what is there */
	CmBookingState state;
	gboolean by_hand;
	gint64 changed_at;
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
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT sealed_id FROM session WHERE id = ?1", error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, session);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	/* an appointment has no id */
	if (!row)
		return g_strdup_printf("%" G_GINT64_FORMAT, session);
	return cm_sealed_column_get_text(store, statement, 0, &place, CM_STORE_ID_BLOCK, error);
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
	    "FROM overlap JOIN booking ON booking.session = overlap.session UNION ALL "
	    "SELECT overlap.kind, overlap.other, overlap.session, booking.date, booking.start "
	    "FROM overlap JOIN booking ON booking.session = overlap.other "
	    "ORDER BY 4, 5, 2, 3, 1 LIMIT 1",
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
	    "WHERE p.plan = ?1 AND (followup.state = 'active' OR EXISTS (SELECT 1 FROM booking "
	    "WHERE booking.session = p.session AND booking.state <> 'cancelled')) "
	    "ORDER BY p.session",
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
	    "professional, student, locked, state, origin = 'hand', changed_at "
	    "FROM booking ORDER BY session",
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
		    .by_hand = sqlite3_column_int(statement, 12) != 0,
		    .changed_at = sqlite3_column_int64(statement, 13),
		};

		/* the column's CHECK allows nothing else */
		if (!cm_booking_state_from_string((const gchar *)sqlite3_column_text(statement, 11),
						  &booking.state))
			g_warn_if_reached();
		g_array_append_val(present, booking);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&present);
}

/* whatever the lock says: it is a wish about plans to come */
static gboolean
is_same_place(const Booking *a, const Booking *b)
{
	return a->session == b->session && a->date == b->date && a->start == b->start &&
	       a->start_utc == b->start_utc && a->end_utc == b->end_utc && a->mode == b->mode &&
	       a->room == b->room && a->companion == b->companion &&
	       a->professional == b->professional && a->student == b->student;
}

/* ---- what a plan leaves alone */

/* Days from `made_on` to the one before `today` are over since the draft was made: what it says of them is too late. */
typedef struct {
	gint64 made_at;
	CmDay made_on;
	CmDay today;
} Term;

static gboolean
is_over(const Term *term, gint64 date)
{
	return date >= term->made_on && date < term->today;
}

/* booked by hand, or said how it went: no plan takes it away */
static gboolean
is_standing(const Booking *present)
{
	return cm_booking_state_has_outcome(present->state) ||
	       (present->by_hand && present->state == CM_BOOKING_PLANNED);
}

/* what is there stays as it is, whatever the plan says */
static gboolean
is_kept(const Booking *present, const Booking *target, const Term *term)
{
	if (is_standing(present))
		return TRUE;
	/* cancelled after the draft was made: the draft did not know */
	if (present->state == CM_BOOKING_CANCELLED)
		return target == NULL || present->changed_at > term->made_at;
	return target == NULL && is_over(term, present->date);
}

static gboolean
check_not_over(const Booking *present, const Booking *target, const Term *term, GError **error)
{
	gchar date[CM_DAY_TEXT_SIZE];
	gint64 day = target->date;

	if (present != NULL && present->state == CM_BOOKING_PLANNED && is_over(term, present->date))
		day = present->date;
	if (!is_over(term, day))
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("The plan would change {0}, which is over since it was made: plan again."),
		     cm_day_format((CmDay)day, date), NULL);
	return FALSE;
}

/* what was kept and what was placed around it are still in the follow-ups' order */
static gboolean
check_order(CmStore *store, gint64 version, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT later.date FROM booking AS placed "
	    "JOIN session AS one ON one.id = placed.session "
	    "JOIN session AS other ON other.followup = one.followup AND other.id <> one.id "
	    "JOIN booking AS later ON later.session = other.id "
	    "WHERE placed.version = ?1 AND later.version <> ?1 "
	    "AND later.state NOT IN ('cancelled', 'late-cancelled') "
	    "AND ((other.position > one.position AND later.start_utc < placed.start_utc) OR "
	    "(other.position < one.position AND later.start_utc > placed.start_utc)) LIMIT 1",
	    error);
	gchar date[CM_DAY_TEXT_SIZE];
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, version);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row)
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_CONFLICT,
	    N_("The plan does not agree with what stands on {0}, booked since it was made: "
	       "plan again."),
	    cm_day_format(sqlite3_column_int(statement, 0), date), NULL);
	return FALSE;
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
	    "room, companion, professional, student, locked, changed_at) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) "
	    "ON CONFLICT (session) DO UPDATE SET version = excluded.version, state = 'planned', "
	    "date = excluded.date, start = excluded.start, zone = excluded.zone, "
	    "start_utc = excluded.start_utc, end_utc = excluded.end_utc, mode = excluded.mode, "
	    "room = excluded.room, companion = excluded.companion, "
	    "professional = excluded.professional, student = excluded.student, "
	    "locked = excluded.locked, origin = 'plan', series = NULL, changed_by = NULL, "
	    "changed_at = excluded.changed_at",
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
	sqlite3_bind_int64(statement, 14, booking->changed_at);
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
	      const Term *term,
	      CmPublishReport *report,
	      GError **error)
{
	guint at = 0;

	for (guint i = 0; i < present->len; i++) {
		const Booking *there = CM_ELEMENT(present, Booking, i);
		gint64 session = there->session;

		while (at < targets->len && g_array_index(targets, Booking, at).session < session)
			at++;
		if (at < targets->len && g_array_index(targets, Booking, at).session == session)
			continue;
		if (is_kept(there, NULL, term)) {
			report->kept += there->state != CM_BOOKING_CANCELLED ? 1 : 0;
			continue;
		}
		if (!cm_database_run_integers(store->database,
					      "DELETE FROM booking WHERE session = ?1", &session, 1,
					      error))
			return FALSE;
		report->removed++;
	}
	return TRUE;
}

typedef struct {
	const gchar *zone;
	gint64 version;
	gint64 now;
	const Term *term;
} Writing;

static gboolean
write_targets(CmStore *store,
	      const GArray *present,
	      const GArray *targets,
	      const Writing *writing,
	      CmPublishReport *report,
	      GCancellable *cancellable,
	      GError **error)
{
	guint at = 0;

	for (guint i = 0; i < targets->len; i++) {
		Booking *target = CM_ELEMENT(targets, Booking, i);
		const Booking *before = NULL;

		while (at < present->len &&
		       g_array_index(present, Booking, at).session < target->session)
			at++;
		if (at < present->len &&
		    g_array_index(present, Booking, at).session == target->session)
			before = CM_ELEMENT(present, Booking, at);
		if (before != NULL && before->state != CM_BOOKING_CANCELLED &&
		    is_same_place(before, target) &&
		    (before->locked == target->locked || is_standing(before))) {
			report->placed++;
			continue;
		}
		if (before != NULL && is_kept(before, target, writing->term)) {
			report->kept++;
			continue;
		}
		if (!check_not_over(before, target, writing->term, error))
			return FALSE;
		target->changed_at = writing->now;
		report->placed++;
		if (i % CANCEL_EVERY == 0 && g_cancellable_is_cancelled(cancellable)) {
			cm_error_set(error, CM_ERROR_CANCELLED,
				     N_("Cancelled: nothing was changed."), NULL);
			return FALSE;
		}
		if (!booking_write(store, target, writing->zone, writing->version, error))
			return FALSE;
		if ((before != NULL || target->participants) &&
		    !booking_write_participants(store, target->session, error))
			return FALSE;
		if (before != NULL && before->state != CM_BOOKING_CANCELLED)
			report->changed++;
		else
			report->added++;
	}
	return TRUE;
}

static CmDay
day_of(gint64 instant, GTimeZone *zone)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant);
	g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone(utc, zone) : NULL;
	g_autofree gchar *text = local != NULL ? g_date_time_format(local, "%Y-%m-%d") : NULL;
	CmDay day = CM_DAY_NONE;

	return text != NULL && cm_day_parse(text, &day) ? day : CM_DAY_NONE;
}

static gboolean
term_read(CmStore *store, gint64 plan, gint64 now, GTimeZone *zone, Term *out_term, GError **error)
{
	CmPlanInfo info = {0};

	if (!cm_store_plan_get_info(store, (guint64)plan, &info, error))
		return FALSE;
	out_term->made_at = info.made_at;
	out_term->made_on = day_of(info.made_at, zone);
	out_term->today = day_of(now, zone);
	return TRUE;
}

gboolean
cm_booking_apply_plan(CmStore *store,
		      gint64 plan,
		      gint64 now,
		      CmPublishReport *out_report,
		      GCancellable *cancellable,
		      GError **error)
{
	CmPublishReport report = {0};
	Term term = {0};
	Writing writing = {.now = now, .term = &term};
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
	writing.zone = zone_name;
	if (!cm_booking_notices_begin(store, error) ||
	    !term_read(store, plan, now, zone, &term, error) ||
	    !cm_store_next_counter(store, "booking-version", &writing.version, error) ||
	    !remove_others(store, present, targets, &term, &report, error) ||
	    !write_targets(store, present, targets, &writing, &report, cancellable, error) ||
	    !cm_booking_check_overlaps(store, error) ||
	    (report.kept > 0 && !check_order(store, writing.version, error)) ||
	    !cm_booking_notices_queue(store, now, error))
		return FALSE;
	*out_report = report;
	return TRUE;
}

/* ---- the roster changes under the bookings */

/* still to take place: what took place keeps the people it had */
#define FOLLOWS "booking.state = 'planned' AND booking.start_utc >= ?2 "

typedef struct {
	CmStore *store;
	gint64 version;
	gint64 now;
} Following;

static gboolean
run_counted(const Following *following, const gchar *sql, guint *out_count, GError **error)
{
	CmStore *store = following->store;
	gint64 values[] = {following->version, following->now};

	if (!cm_database_run_integers(store->database, sql, values, G_N_ELEMENTS(values), error))
		return FALSE;
	*out_count += cm_database_get_changes(store->database);
	return TRUE;
}

gboolean
cm_booking_follow_roster(CmStore *store, gint64 now, guint *out_withdrawn, GError **error)
{
	Following following = {.store = store, .now = now};
	guint changed = 0;
	guint withdrawn = 0;

	if (!cm_store_next_counter(store, "booking-version", &following.version, error))
		return FALSE;
	/* a room of another school than the student's */
	if (!run_counted(
		&following,
		"DELETE FROM booking WHERE room IS NOT NULL AND ?1 > 0 AND NOT " CM_BOOKING_STANDS
		"AND "
		"(SELECT site FROM room WHERE id = booking.room) <> "
		"(SELECT student.site FROM session "
		"JOIN followup ON followup.id = session.followup "
		"JOIN student ON student.id = followup.student "
		"WHERE session.id = booking.session)",
		&withdrawn, error))
		return FALSE;
	if (!run_counted(&following,
			 "UPDATE booking SET version = ?1, professional = followup.professional, "
			 "student = CASE WHEN booking.student IS NULL THEN NULL ELSE "
			 "followup.student END, end_utc = start_utc + 60 * session.minutes "
			 "FROM session JOIN followup ON followup.id = session.followup "
			 "WHERE session.id = booking.session AND " FOLLOWS "AND "
			 "(booking.professional <> followup.professional OR "
			 "booking.student <> followup.student OR "
			 "booking.end_utc <> booking.start_utc + 60 * session.minutes)",
			 &changed, error) ||
	    !run_counted(&following,
			 "UPDATE booking SET version = ?1 WHERE " FOLLOWS "AND session IN ("
			 "SELECT session FROM (SELECT session, contact FROM booking_participant "
			 "EXCEPT SELECT session, contact FROM session_participant) UNION "
			 "SELECT session FROM (SELECT session, contact FROM session_participant "
			 "EXCEPT SELECT session, contact FROM booking_participant))",
			 &changed, error))
		return FALSE;
	if (changed > 0 &&
	    (!run_counted(&following,
			  "DELETE FROM booking_participant WHERE EXISTS (SELECT 1 FROM booking "
			  "WHERE booking.session = booking_participant.session AND version = ?1) "
			  "AND NOT EXISTS (SELECT 1 FROM session_participant AS s WHERE "
			  "s.session = booking_participant.session AND "
			  "s.contact = booking_participant.contact)",
			  &changed, error) ||
	     !run_counted(&following,
			  "INSERT INTO booking_participant (session, contact) "
			  "SELECT s.session, s.contact FROM session_participant AS s "
			  "JOIN booking ON booking.session = s.session "
			  "WHERE booking.version = ?1 AND NOT EXISTS (SELECT 1 FROM "
			  "booking_participant AS b WHERE b.session = s.session AND "
			  "b.contact = s.contact)",
			  &changed, error) ||
	     /* of two that now overlap, the one that the import changed goes */
	     !run_counted(
		 &following,
		 "DELETE FROM booking WHERE version = ?1 AND origin = 'plan' AND session IN "
		 "(SELECT session FROM overlap UNION SELECT other FROM overlap)",
		 &withdrawn, error)))
		return FALSE;
	*out_withdrawn += withdrawn;
	return cm_booking_check_overlaps(store, error);
}
