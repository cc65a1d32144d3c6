// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/booking-notices.h"

#include "daemon/store/store-notice.h"

/* everybody of what is booked now and still to take place */
#define PEOPLE                                                                                     \
	"SELECT session, 0 AS kind, professional AS person, start_utc, end_utc, mode, room, "      \
	"companion FROM booking WHERE state = 'planned' UNION ALL "                                \
	"SELECT session, 1, student, start_utc, end_utc, mode, room, companion FROM booking "      \
	"WHERE state = 'planned' AND student IS NOT NULL UNION ALL "                               \
	"SELECT session, 2, contact, start_utc, end_utc, mode, room, companion "                   \
	"FROM booking_participant JOIN booking USING (session) WHERE state = 'planned' "

/* by subject: a professional has many that wait, a booking few */
#define QUEUE(from, subject)                                                                       \
	"INSERT INTO notice (kind, recipient_kind, recipient, subject, queued_at) "                \
	"SELECT ?1, " subject ".kind, " subject ".person, " subject ".session, ?3 FROM " from      \
	" AND NOT EXISTS (SELECT 1 FROM notice INDEXED BY notice_subject WHERE subject = " subject \
	".session AND kind = ?1 AND recipient_kind = " subject ".kind AND recipient = " subject    \
	".person AND sent_at IS NULL AND letter IS NULL)"

static const struct {
	CmNoticeKind kind;
	const gchar *sql;
} notices[] = {
    {CM_NOTICE_BOOKING_CANCELLED,
     QUEUE("told WHERE told.end_utc > ?2 AND NOT EXISTS (SELECT 1 FROM booking "
	   "WHERE booking.session = told.session AND state = 'planned' AND CASE told.kind "
	   "WHEN 0 THEN professional = told.person WHEN 1 THEN student IS told.person "
	   "ELSE EXISTS (SELECT 1 FROM booking_participant AS p "
	   "WHERE p.session = told.session AND p.contact = told.person) END)",
	   "told")},
    {CM_NOTICE_BOOKING_MOVED,
     QUEUE("(" PEOPLE ") AS now CROSS JOIN told ON told.session = now.session AND "
	   "told.kind = now.kind AND told.person = now.person WHERE "
	   "max(now.end_utc, told.end_utc) > ?2 AND (now.start_utc <> told.start_utc OR "
	   "now.end_utc <> told.end_utc OR now.mode <> told.mode OR "
	   "now.room IS NOT told.room OR now.companion IS NOT told.companion)",
	   "now")},
    {CM_NOTICE_BOOKING_BOOKED,
     QUEUE("(" PEOPLE ") AS now WHERE now.end_utc > ?2 AND NOT EXISTS (SELECT 1 FROM told "
	   "WHERE told.session = now.session AND told.kind = now.kind AND "
	   "told.person = now.person)",
	   "now")},
};

gboolean
cm_booking_notices_begin(CmStore *store, GError **error)
{
	return cm_database_execute(store->database,
				   "CREATE TEMPORARY TABLE IF NOT EXISTS told (session INTEGER, "
				   "kind INTEGER, person INTEGER, start_utc INTEGER, "
				   "end_utc INTEGER, mode TEXT, room INTEGER, companion INTEGER, "
				   "PRIMARY KEY (session, kind, person)) STRICT, WITHOUT ROWID; "
				   "DELETE FROM told; INSERT INTO told " PEOPLE,
				   error);
}

static gboolean
queue_kind(CmStore *store, guint index, gint64 now, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, notices[index].sql, error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, cm_notice_kind_to_string(notices[index].kind), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, now);
	sqlite3_bind_int64(statement, 3, store->clock());
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_booking_notices_queue(CmStore *store, gint64 now, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(notices); i++) {
		if (!queue_kind(store, i, now, error))
			return FALSE;
	}
	if (store->queued != NULL)
		store->queued(store->queued_data);
	return cm_database_execute(store->database, "DELETE FROM told;", error);
}

gboolean
cm_booking_notices_retell(CmStore *store, gint64 student, gint64 now, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    QUEUE("(SELECT session, 1 AS kind, student AS person FROM booking "
		  "WHERE student = ?4 AND state = 'planned' AND end_utc > ?2) AS now WHERE TRUE",
		  "now"),
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, cm_notice_kind_to_string(CM_NOTICE_BOOKING_BOOKED), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, now);
	sqlite3_bind_int64(statement, 3, now);
	sqlite3_bind_int64(statement, 4, student);
	if (store->queued != NULL)
		store->queued(store->queued_data);
	return cm_notice_revive(store, CM_RESOURCE_STUDENT, student, error) &&
	       cm_database_run(store->database, statement, error);
}
