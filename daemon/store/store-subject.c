// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-subject.h"

#include "daemon/store/store-private.h"

/* ?1 the thing's number, ?2 the professional's or 0 */
static const gchar *const queries[CM_SUBJECT_LAST] = {
    [CM_SUBJECT_PROFESSIONAL] =
	"SELECT count(*) FROM professional WHERE id = ?1 AND (?2 = 0 OR id = ?2)",
    [CM_SUBJECT_STUDENT] = "SELECT count(*) FROM student WHERE id = ?1 AND (?2 = 0 OR EXISTS "
			   "(SELECT 1 FROM followup WHERE student = ?1 AND professional = ?2))",
    [CM_SUBJECT_CONTACT] =
	"SELECT count(*) FROM contact WHERE id = ?1 AND (?2 = 0 OR EXISTS "
	"(SELECT 1 FROM session_participant AS part JOIN session ON session.id = part.session "
	"JOIN followup ON followup.id = session.followup "
	"WHERE part.contact = ?1 AND followup.professional = ?2) OR EXISTS "
	"(SELECT 1 FROM guardianship JOIN followup USING (student) "
	"WHERE guardianship.contact = ?1 AND followup.professional = ?2))",
    [CM_SUBJECT_FOLLOWUP] =
	"SELECT count(*) FROM followup WHERE id = ?1 AND (?2 = 0 OR professional = ?2)",
    [CM_SUBJECT_SESSION] =
	"SELECT count(*) FROM session JOIN followup ON followup.id = session.followup "
	"WHERE session.id = ?1 AND (?2 = 0 OR followup.professional = ?2)",
    [CM_SUBJECT_APPOINTMENT] =
	"SELECT count(*) FROM appointment WHERE id = ?1 AND (?2 = 0 OR professional = ?2 OR EXISTS "
	"(SELECT 1 FROM appointment_attendee "
	"WHERE appointment = ?1 AND kind = 0 AND resource = ?2))",
    [CM_SUBJECT_HELD_APPOINTMENT] =
	"SELECT count(*) FROM appointment WHERE id = ?1 AND (?2 = 0 OR professional = ?2)",
    [CM_SUBJECT_REQUEST] =
	"SELECT count(*) FROM service_request AS request WHERE id = ?1 AND (?2 = 0 OR EXISTS "
	"(SELECT 1 FROM followup WHERE student = request.student AND professional = ?2))",
    [CM_SUBJECT_CONSENT] =
	"SELECT count(*) FROM consent WHERE id = ?1 AND (?2 = 0 OR EXISTS "
	"(SELECT 1 FROM followup WHERE student = consent.student AND professional = ?2))",
    [CM_SUBJECT_DEROGATION] =
	"SELECT count(*) FROM derogation WHERE id = ?1 AND (?2 = 0 OR EXISTS "
	"(SELECT 1 FROM followup WHERE professional = ?2 AND (id = derogation.followup OR id = "
	"(SELECT followup FROM session WHERE id = derogation.session))))",
    [CM_SUBJECT_CALENDAR] =
	"SELECT count(*) FROM calendar_source WHERE id = ?1 AND (?2 = 0 OR professional = ?2)",
    [CM_SUBJECT_TIME_REQUEST] =
	"SELECT count(*) FROM time_request AS request WHERE id = ?1 AND (?2 = 0 OR EXISTS "
	"(SELECT 1 FROM session JOIN followup ON followup.id = session.followup "
	"WHERE session.id = request.subject AND followup.professional = ?2) OR EXISTS "
	"(SELECT 1 FROM appointment WHERE id = request.subject AND professional = ?2))",
};

gboolean
cm_store_subject_look_up(CmStore *store,
			 CmSubject subject,
			 gint64 number,
			 gint64 professional,
			 gboolean *out_there,
			 GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	gboolean row = FALSE;

	if (professional < 0) {
		*out_there = FALSE;
		return TRUE;
	}
	statement = cm_database_prepare(store->database, queries[subject], error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_int64(statement, 2, professional);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_there = row && sqlite3_column_int64(statement, 0) > 0;
	return TRUE;
}

static const gchar known_sql[] =
    "SELECT followup.student FROM booking JOIN session ON session.id = booking.session "
    "JOIN followup ON followup.id = session.followup WHERE booking.professional = ?1 AND "
    "booking.state IN ('held', 'late-cancelled', 'no-show', 'refused') "
    "UNION SELECT request.student FROM appointment JOIN service_request AS request "
    "ON request.id = appointment.request JOIN professional "
    "ON professional.id = appointment.professional WHERE professional.id = ?1 AND "
    "request.profession = professional.profession AND request.state IN ('offered', 'served') AND "
    "(appointment.state IN ('planned', 'held', 'late-cancelled', 'no-show') OR "
    "(appointment.state = 'hold' AND appointment.hold_until > ?2))";

GArray *
cm_store_subject_list_known_students(CmStore *store,
				     gint64 professional,
				     gint64 now,
				     GError **error)
{
	const gint64 values[] = {professional, now};

	return cm_database_list_integers(store->database, known_sql, values, G_N_ELEMENTS(values),
					 error);
}
