// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/concern.h"

#include "daemon/consent/audience.h"

gboolean
cm_concern_check_told(CmOutboxPeople *people,
		      const CmStoreBooking *booking,
		      gint64 student,
		      CmResource kind,
		      gint64 person,
		      gboolean *out_told,
		      GError **error)
{
	const gchar *profession = NULL;
	g_autoptr(GArray) audience = NULL;

	if (!cm_outbox_people_get_profession(people, booking->professional, &profession, error) ||
	    !cm_outbox_people_find_audience(people, student, profession, &audience, error))
		return FALSE;
	*out_told = FALSE;
	for (guint i = 0; i < audience->len; i++) {
		const CmAudienceMember *member = &g_array_index(audience, CmAudienceMember, i);

		if (member->kind == kind && member->number == person)
			*out_told = TRUE;
	}
	return TRUE;
}

gboolean
cm_concern_check(CmOutboxPeople *people,
		 const CmStoreBooking *booking,
		 CmResource kind,
		 gint64 person,
		 gboolean *out_theirs,
		 GError **error)
{
	gboolean theirs = (kind == CM_RESOURCE_PROFESSIONAL && booking->professional == person) ||
			  (kind == CM_RESOURCE_STUDENT && booking->student == person);
	gboolean contact = kind == CM_RESOURCE_CONTACT;

	for (guint i = 0; !theirs && i < booking->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    &g_array_index(booking->attendees, CmStoreAttendee, i);

		if (attendee->kind == kind && attendee->number == person)
			theirs = TRUE;
		else if (contact && attendee->kind == CM_RESOURCE_STUDENT &&
			 !cm_concern_check_told(people, booking, attendee->number, kind, person,
						&theirs, error))
			return FALSE;
	}
	if (!theirs && contact && booking->student != 0 &&
	    !cm_concern_check_told(people, booking, booking->student, kind, person, &theirs, error))
		return FALSE;
	*out_theirs = theirs;
	return TRUE;
}

/* ---- what may be */

#define OF_BOOKINGS "SELECT b.start_utc, b.session FROM booking AS b "
#define OF_APPOINTMENTS "SELECT a.start_utc, a.id FROM appointment AS a "
#define NOT_HELD "a.end_utc > ?2 AND a.state <> 'hold' "
#define ATTENDED                                                                                   \
	"JOIN appointment_attendee AS p ON p.appointment = a.id WHERE p.kind = ?3 AND "            \
	"p.resource = ?1 AND " NOT_HELD
#define ORDERED "ORDER BY 1, 2"

static const gchar *
get_sql(CmResource kind)
{
	switch (kind) {
	case CM_RESOURCE_PROFESSIONAL:
		return OF_BOOKINGS
		    "WHERE b.professional = ?1 AND b.end_utc > ?2 UNION " OF_APPOINTMENTS
		    "WHERE a.professional = ?1 AND " NOT_HELD
		    "UNION " OF_APPOINTMENTS ATTENDED ORDERED;
	case CM_RESOURCE_STUDENT:
		return OF_BOOKINGS
		    "WHERE b.student = ?1 AND b.end_utc > ?2 UNION " OF_APPOINTMENTS ATTENDED
			ORDERED;
	case CM_RESOURCE_CONTACT:
		return OF_BOOKINGS
		    "JOIN booking_participant AS p ON p.session = b.session WHERE p.contact = ?1 "
		    "AND b.end_utc > ?2 UNION " OF_BOOKINGS
		    "JOIN guardianship AS g ON g.student = b.student WHERE g.contact = ?1 "
		    "AND b.end_utc > ?2 UNION " OF_APPOINTMENTS ATTENDED "UNION " OF_APPOINTMENTS
		    "JOIN appointment_attendee AS p ON p.appointment = a.id "
		    "JOIN guardianship AS g ON p.kind = 1 AND g.student = p.resource "
		    "WHERE g.contact = ?1 AND " NOT_HELD ORDERED;
	case CM_RESOURCE_ROOM:
	case CM_RESOURCE_COMPANION:
	case CM_RESOURCE_LAST:
	default:
		return NULL;
	}
}

GArray *
cm_concern_list(CmStore *store, CmResource kind, gint64 person, gint64 since, GError **error)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
	const gchar *sql = get_sql(kind);
	g_autoptr(CmStatement) statement = NULL;
	gboolean row = FALSE;

	if (sql == NULL)
		return g_steal_pointer(&numbers);
	statement = cm_database_prepare(store->database, sql, error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, person);
	sqlite3_bind_int64(statement, 2, since);
	sqlite3_bind_int(statement, 3, (gint)kind);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		gint64 number = sqlite3_column_int64(statement, 1);

		g_array_append_val(numbers, number);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&numbers);
}
