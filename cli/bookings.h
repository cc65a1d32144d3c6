// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"
#include "include/cm-time.h"

/* What the verbs of the desk share: who is meant, which session is next, what is booked, and how it is said. */

typedef struct {
	const CmComodalctl *cli;
	GDBusConnection *bus;
	CmDBusRoster *roster;
	CmDBusBooking *booking;
	CmDBusDesk *desk;
	JsonNode *followups;
	JsonNode *students;
	JsonNode *professionals;
	JsonNode *contacts;
	JsonNode *sites;
	JsonNode *rooms;
	CmDay today;
	CmMinute minute; /* of now */
	gint64 own; /* the professional that they are, as cm_bookings_find_own() found; 0: none */
} CmBookings;

/* Connect and read who is who. */
gboolean
cm_bookings_open(CmBookings *bookings,
		 const CmComodalctl *cli,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_bookings_clear(CmBookings *bookings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmBookings, cm_bookings_clear)

/* Find out which professional they are. */
gboolean
cm_bookings_find_own(CmBookings *bookings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The follow-up that a student's name (or a follow-up's id) means; `with`: of this professional, or NULL. (transfer none) */
JsonObject *
cm_bookings_find_followup(CmBookings *bookings, const gchar *who, const gchar *with, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What is to be booked. */
typedef struct {
	gint64 session;
	gint64 expected; /* version of what was cancelled, or 0 */
	gint64 minutes;
} CmBookingsNext;

/* The next sessions of a follow-up that nothing is booked for, up to `wanted`; at least one. */
gboolean
cm_bookings_find_next(CmBookings *bookings,
		      JsonObject *followup,
		      guint wanted,
		      CmBookingsNext *out_next,
		      guint *out_count,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	CM_BOOKINGS_COMING, /* the first that has not ended */
	CM_BOOKINGS_BEGUN,  /* the last that has begun */
	CM_BOOKINGS_VIDEO, /* the first by video that has not ended, the person's own where they have some */
} CmBookingsWhich;

/* What is booked, from words as "14:00", "tue 14:00", "Léa G", "Léa tue", or nothing for what has begun last. `words` are ended by NULL.
 * Returns: (transfer full): json_object_unref() */
JsonObject *
cm_bookings_find(CmBookings *bookings,
		 const gchar *const *words,
		 CmBookingsWhich which,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is booked from today on of a follow-up, as a document. Returns: (transfer full) */
JsonNode *
cm_bookings_list_coming(CmBookings *bookings,
			gint64 followup,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What was booked about a student on a day and not cancelled, by its start; of the person's own where cm_bookings_find_own() found them.
 * Returns: (transfer full) (element-type JsonObject) */
GPtrArray *
cm_bookings_list_day(CmBookings *bookings, gint64 student, CmDay day, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Whether words end in an hour or a day, and so name something that is booked and not a student: "14:00", "Léa tue". What may be a
 * name is one: "Léa Mar" is Léa Martin before it is Léa on a Tuesday. */
gboolean
cm_bookings_say_when(CmBookings *bookings, const gchar *const *words) G_GNUC_WARN_UNUSED_RESULT;

/* "Léa Gagnon, Tuesday, October 6, 10:30–11:15, in person, A-12" of a booking of a document. Returns: (transfer full) */
gchar *
cm_bookings_describe(const CmBookings *bookings, JsonObject *booking) G_GNUC_WARN_UNUSED_RESULT;

/* Say what was done: `verb` (a msgid with {0}) about each booking, who is told, and what the rules have to say. As JSON with --json. */
CmExit
cm_bookings_report(const CmBookings *bookings, JsonNode *document, const gchar *verb);

/* The same of an error: what would help besides. */
CmExit
cm_bookings_report_error(const GError *error);

/* One booking as it stands, as a document. Returns: (transfer full) */
JsonNode *
cm_bookings_get(CmBookings *bookings, gint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The last words of a line as DAY TIME, and how many come before. FALSE, and the usage reported, when they are none. */
gboolean
cm_bookings_parse_when(const CmBookings *bookings,
		       const gchar *const *words,
		       guint *out_before,
		       CmDay *out_day,
		       CmMinute *out_minute) G_GNUC_WARN_UNUSED_RESULT;

/* Words joined by blanks, the first `count` of them. Returns: (transfer full) */
gchar *
cm_bookings_join(const gchar *const *words, guint count) G_GNUC_WARN_UNUSED_RESULT;
