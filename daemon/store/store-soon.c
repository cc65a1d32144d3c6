// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-soon.h"

#include "daemon/store/store-pass.h"
#include "daemon/store/store-private.h"
#include "daemon/visio/session-door.h"

/* the schema lets none be longer */
#define LONGEST_SECONDS 86400

/* ?1 and ?2: starts; ?3: ends after; ?4: now; ?5: most. By professional, for that is how sessions are found by their hour. */
#define VIDEO                                                                                      \
	"start_utc BETWEEN ?1 AND ?2 AND end_utc > ?3 AND mode <> 'in-person' AND state NOT IN "   \
	"('hold', 'cancelled', 'late-cancelled') "
static const gchar sql[] =
    "WITH soon (subject, start, student) AS MATERIALIZED ("
    "SELECT session, start_utc, student FROM professional CROSS JOIN booking "
    "ON booking.professional = professional.id WHERE " VIDEO
    "UNION ALL SELECT appointment.id, start_utc, NULL FROM professional CROSS JOIN appointment "
    "ON appointment.professional = professional.id WHERE " VIDEO "), "
    "attendee (subject, start, kind, person) AS ("
    "SELECT subject, start, kind, resource FROM soon CROSS JOIN appointment_attendee "
    "ON appointment = subject "
    "UNION ALL SELECT subject, start, 2, contact FROM soon CROSS JOIN booking_participant "
    "ON session = subject "
    "UNION ALL SELECT subject, start, 1, student FROM soon WHERE student IS NOT NULL), "
    "who (subject, start, kind, person) AS (SELECT * FROM attendee "
    "UNION ALL SELECT subject, start, 2, contact FROM attendee CROSS JOIN guardianship "
    "ON student = person WHERE kind = 1), "
    "held (hash, start) AS ("
    "SELECT hash, start FROM who CROSS JOIN link ON link.kind = who.kind "
    "AND link.person = who.person LEFT JOIN reach ON reach.kind = link.kind "
    "AND reach.person = link.person WHERE link.subject IN (0, who.subject) "
    "AND scope <> 'feed' AND revoked_at IS NULL AND epoch = coalesce(link_epoch, 1) "
    "UNION ALL SELECT hash, start FROM soon CROSS JOIN pass ON pass.subject = soon.subject "
    "WHERE until_utc > ?4 AND revoked_at IS NULL) "
    "SELECT hash, min(start) FROM held GROUP BY hash ORDER BY 2, 1 LIMIT ?5 + 1";

GByteArray *
cm_store_soon_list(CmStore *store,
		   gint64 now,
		   gint64 until,
		   guint most,
		   gboolean *out_all,
		   GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	g_autoptr(GByteArray) hashes = g_byte_array_new();
	const gint64 last_end = now - CM_SESSION_DOOR_CLOSES_AFTER;
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, last_end - LONGEST_SECONDS);
	sqlite3_bind_int64(statement, 2, until + CM_SESSION_DOOR_OPENS_BEFORE);
	sqlite3_bind_int64(statement, 3, last_end);
	sqlite3_bind_int64(statement, 4, now);
	sqlite3_bind_int64(statement, 5, most);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row && hashes->len < most * CM_STORE_KEY_BYTES) {
		g_byte_array_append(hashes, sqlite3_column_blob(statement, 0), CM_STORE_KEY_BYTES);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	*out_all = !row;
	return g_steal_pointer(&hashes);
}
