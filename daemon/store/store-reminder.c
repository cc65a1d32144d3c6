// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-reminder.h"

#include "daemon/consent/audience.h"
#include "daemon/store/booking-checks.h"
#include "daemon/store/consent-rows.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-reach.h"

#define HOUR 3600
G_STATIC_ASSERT(CM_STORE_REMINDER_KEEP_SECONDS == 34560000);

/* the longest time from the morning of the day before to the end of the day */
#define FIRST_VIDEO_SECONDS (49 * HOUR)

/* What comes. */
typedef struct {
	gint64 subject;
	gint64 start;
	gint64 professional;
	gint64 student; /* 0: not there */
	const gchar *profession;
	gboolean appointment;
	gboolean remote; /* by video, the student at home */
	gboolean first;  /* the first by video of its follow-up */
} Occasion;

typedef struct {
	CmStore *store;
	const CmPolicySet *policies;
	gint64 now;
	CmDay today;           /* the organisation's */
	GHashTable *reaches;   /* "KIND:NUMBER" → CmReachable */
	GHashTable *audiences; /* gint64 student → GArray of CmAudienceMember */
	CmStoreReminderReport report;
} Look;

static void
look_clear(Look *look)
{
	g_hash_table_unref(look->reaches);
	g_hash_table_unref(look->audiences);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

static CmDay
get_day(gint64 instant, GTimeZone *zone)
{
	gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, instant);

	return (CmDay)((instant + g_time_zone_get_offset(zone, interval)) / (24 * HOUR));
}

/* ---- what comes */

/* ?1 now, ?2 the last start */
static const gchar occasions_sql[] =
    "SELECT booking.session, booking.start_utc, booking.professional, coalesce(booking.student, "
    "0), "
    "professional.profession, 0, mode = 'video-remote', mode <> 'in-person' AND NOT EXISTS "
    "(SELECT 1 FROM session AS other JOIN booking AS earlier ON earlier.session = other.id "
    "WHERE other.followup = session.followup AND earlier.mode <> 'in-person' "
    "AND earlier.state IN ('planned', 'held') AND earlier.start_utc < booking.start_utc) "
    "FROM booking JOIN session ON session.id = booking.session "
    "JOIN professional ON professional.id = booking.professional "
    "WHERE state = 'planned' AND start_utc > ?1 AND start_utc <= ?2 "
    "UNION ALL SELECT appointment.id, start_utc, professional, 0, profession, 1, 0, 0 "
    "FROM appointment JOIN professional ON professional.id = appointment.professional "
    "WHERE state = 'planned' AND start_utc > ?1 AND start_utc <= ?2 ORDER BY 2, 1";

static GArray *
list_occasions(Look *look, gint64 until, GError **error)
{
	g_autoptr(GArray) occasions = g_array_new(FALSE, FALSE, sizeof(Occasion));
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(look->store->database, occasions_sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, look->now);
	sqlite3_bind_int64(statement, 2, until);
	if (!cm_database_step(look->store->database, statement, &row, error))
		return NULL;
	while (row) {
		Occasion occasion = {
		    .subject = sqlite3_column_int64(statement, 0),
		    .start = sqlite3_column_int64(statement, 1),
		    .professional = sqlite3_column_int64(statement, 2),
		    .student = sqlite3_column_int64(statement, 3),
		    .profession = g_intern_string((const gchar *)sqlite3_column_text(statement, 4)),
		    .appointment = sqlite3_column_int(statement, 5) != 0,
		    .remote = sqlite3_column_int(statement, 6) != 0,
		    .first = sqlite3_column_int(statement, 7) != 0};

		g_array_append_val(occasions, occasion);
		if (!cm_database_step(look->store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&occasions);
}

/* how far ahead anything can be due */
static gboolean
find_horizon(Look *look, gint64 *out_seconds, GError **error)
{
	gint64 hours = 0;

	if (!cm_database_query_integer(look->store->database,
				       "SELECT coalesce(max(remind_hours), 0) FROM reach", &hours,
				       error))
		return FALSE;
	*out_seconds = MAX(FIRST_VIDEO_SECONDS, MAX(hours, CM_REACHABLE_REMIND_HOURS) * HOUR);
	return TRUE;
}

/* ---- who is told */

static const CmReachable *
get_reach(Look *look, CmResource kind, gint64 person, GError **error)
{
	g_autofree gchar *key = g_strdup_printf("%d:%" G_GINT64_FORMAT, (gint)kind, person);
	CmReachable *reachable = g_hash_table_lookup(look->reaches, key);

	if (reachable != NULL)
		return reachable;
	reachable = cm_store_reach_get(look->store, kind, person, error);
	if (reachable != NULL)
		g_hash_table_insert(look->reaches, g_steal_pointer(&key), reachable);
	return reachable;
}

/* those who are told for a student today */
static const GArray *
get_audience(Look *look, const Occasion *occasion, GError **error)
{
	GArray *audience = g_hash_table_lookup(look->audiences, &occasion->student);
	const CmPolicy *policy = cm_policy_set_lookup(look->policies, occasion->profession);
	g_autoptr(GHashTable) files = NULL;
	const CmConsentFile *file = NULL;
	gint64 *key = NULL;

	if (audience != NULL)
		return audience;
	files = cm_consent_rows_load(look->store, occasion->student, error);
	if (files == NULL)
		return NULL;
	file = g_hash_table_lookup(files, &occasion->student);
	if (policy == NULL && cm_policy_set_get_count(look->policies) > 0)
		policy = cm_policy_set_get(look->policies, 0);
	if (file != NULL && policy != NULL)
		audience = cm_audience_find(file, policy, look->today);
	else
		audience = g_array_new(FALSE, FALSE, sizeof(CmAudienceMember));
	key = g_new(gint64, 1);
	*key = occasion->student;
	g_hash_table_insert(look->audiences, key, audience);
	return audience;
}

/* ---- whose time has come */

static gboolean
is_day_before(const Look *look, const Occasion *occasion, const CmReachable *reachable)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(reachable->zone);

	if (zone == NULL)
		zone = g_time_zone_new_utc();
	return look->now >= cm_time_to_utc(get_day(occasion->start, zone) - 1, 0, zone);
}

/* ?1 the subject, ?2 an instant, ?3 the kind of recipient, ?4 the recipient: whether they were told of it since, or are about to be, with a
 * student's notice that waits to be theirs; what came to nothing was not told */
static const gchar told_sql[] =
    "SELECT count(*) FROM (SELECT 1 FROM notice WHERE subject = ?1 AND kind IN "
    "('booking.booked', 'booking.moved') AND queued_at > ?2 AND coalesce(outcome, 'told') = 'told' "
    "AND ((recipient_kind = ?3 AND recipient = ?4) OR (recipient_kind = 1 AND sent_at IS NULL)) "
    "LIMIT 1)";
/* ?1 the subject, ?2 the start, ?3 the kind of recipient, ?4 the recipient */
static const gchar announced_sql[] =
    "SELECT count(*) FROM reminder WHERE subject = ?1 AND start_utc = ?2 AND recipient_kind = ?3 "
    "AND recipient = ?4 AND kind = 'first-video'";

static gboolean
ask(Look *look,
    const gchar *sql,
    const gint64 *values,
    guint count,
    gboolean *out_yes,
    GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(look->store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	for (guint i = 0; i < count; i++)
		sqlite3_bind_int64(statement, (gint)i + 1, values[i]);
	if (!cm_database_step(look->store->database, statement, &row, error))
		return FALSE;
	*out_yes = row && sqlite3_column_int64(statement, 0) > 0;
	return TRUE;
}

/* once for a start: what is in the table was told */
static gboolean
remind(Look *look,
       const Occasion *occasion,
       const CmReachable *reachable,
       gboolean first_video,
       GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    look->store->database,
	    "INSERT INTO reminder (subject, recipient_kind, recipient, kind, start_utc) "
	    "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, occasion->subject);
	sqlite3_bind_int(statement, 2, (gint)reachable->kind);
	sqlite3_bind_int64(statement, 3, reachable->person);
	sqlite3_bind_text(statement, 4, first_video ? "first-video" : "session", -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, occasion->start);
	if (!cm_database_run(look->store->database, statement, error))
		return FALSE;
	if (cm_database_get_changes(look->store->database) == 0)
		return TRUE;
	look->report.first_videos += first_video ? 1 : 0;
	look->report.reminders += first_video ? 0 : 1;
	return cm_notice_queue(look->store,
			       first_video ? CM_NOTICE_FIRST_VIDEO : CM_NOTICE_SESSION_REMINDER,
			       reachable->kind, reachable->person, occasion->subject, error);
}

/* `guest`: whoever joins the video from elsewhere */
static gboolean
consider(Look *look,
	 const Occasion *occasion,
	 CmResource kind,
	 gint64 person,
	 gboolean guest,
	 GError **error)
{
	const CmReachable *reachable = get_reach(look, kind, person, error);
	gint64 told[] = {occasion->subject, 0, (gint64)kind, person};
	gint64 announced[] = {occasion->subject, occasion->start, (gint64)kind, person};
	gboolean yes = FALSE;

	if (reachable == NULL)
		return FALSE;
	if (!cm_reachable_takes_mail(reachable))
		return TRUE;
	if (guest && occasion->first && is_day_before(look, occasion, reachable))
		return remind(look, occasion, reachable, TRUE, error);
	told[1] = occasion->start - HOUR * (gint64)reachable->remind_hours;
	if (look->now < told[1] || reachable->remind_hours == 0)
		return TRUE;
	if (!ask(look, told_sql, told, G_N_ELEMENTS(told), &yes, error))
		return FALSE;
	if (!yes && !ask(look, announced_sql, announced, G_N_ELEMENTS(announced), &yes, error))
		return FALSE;
	return yes || remind(look, occasion, reachable, FALSE, error);
}

static gboolean
consider_audience(Look *look, const Occasion *occasion, GError **error)
{
	const GArray *audience = get_audience(look, occasion, error);

	if (audience == NULL)
		return FALSE;
	for (guint i = 0; i < audience->len; i++) {
		const CmAudienceMember *member = &g_array_index(audience, CmAudienceMember, i);

		if (!consider(look, occasion, member->kind, member->number, occasion->remote,
			      error))
			return FALSE;
	}
	return TRUE;
}

/* a student is not told, but those are who are told for them */
static gboolean
consider_attendee(Look *look, const Occasion *occasion, CmStoreRecipient who, GError **error)
{
	Occasion of_student = *occasion;

	if (who.kind != CM_RESOURCE_STUDENT)
		return consider(look, occasion, who.kind, who.person,
				who.kind == CM_RESOURCE_CONTACT, error);
	of_student.student = who.person;
	return consider_audience(look, &of_student, error);
}

static gboolean
consider_others(Look *look, const Occasion *occasion, GError **error)
{
	g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(CmStoreRecipient));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    look->store->database,
	    occasion->appointment
		? "SELECT kind, resource FROM appointment_attendee WHERE appointment = ?1"
		: "SELECT 2, contact FROM booking_participant WHERE session = ?1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, occasion->subject);
	if (!cm_database_step(look->store->database, statement, &row, error))
		return FALSE;
	while (row) {
		CmStoreRecipient who = {(CmResource)sqlite3_column_int(statement, 0),
					sqlite3_column_int64(statement, 1)};

		g_array_append_val(others, who);
		if (!cm_database_step(look->store->database, statement, &row, error))
			return FALSE;
	}
	for (guint i = 0; i < others->len; i++) {
		if (!consider_attendee(look, occasion, g_array_index(others, CmStoreRecipient, i),
				       error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_store_reminder_look(CmStore *store,
		       const CmPolicySet *policies,
		       gint64 now,
		       CmStoreReminderReport *out_report,
		       GError **error)
{
	/* the latest is a start of the plan, not what a clock said */
	static const gchar forget_sql[] = "DELETE FROM reminder WHERE start_utc < "
					  "(SELECT max(start_utc) FROM reminder) - "
					  "34560000";
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_auto(Look) look = {.store = store,
			     .policies = policies,
			     .now = now,
			     .reaches = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
							      (GDestroyNotify)cm_reachable_free),
			     .audiences = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
								(GDestroyNotify)g_array_unref)};
	g_autoptr(GArray) occasions = NULL;
	GTimeZone *zone = NULL;
	gint64 horizon = 0;

	if (transaction == NULL || !find_horizon(&look, &horizon, error))
		return FALSE;
	zone = cm_booking_checks_get_zone(store, error);
	if (zone == NULL)
		return FALSE;
	look.today = get_day(now, zone);
	occasions = list_occasions(&look, now + horizon, error);
	if (occasions == NULL)
		return FALSE;
	for (guint i = 0; i < occasions->len; i++) {
		const Occasion *occasion = &g_array_index(occasions, Occasion, i);

		if (!consider(&look, occasion, CM_RESOURCE_PROFESSIONAL, occasion->professional,
			      FALSE, error) ||
		    (occasion->student != 0 && !consider_audience(&look, occasion, error)) ||
		    !consider_others(&look, occasion, error))
			return FALSE;
	}
	if (!cm_database_execute(store->database, forget_sql, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_report = look.report;
	return TRUE;
}
