// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/bookings.h"

/* What the verbs about a session's door share: which session is meant, and how it is said. */

typedef struct {
	CmBookings bookings;
	CmDBusDoor *door;
	gint64 number;       /* of the session or the appointment that is meant */
	JsonObject *booking; /* or NULL, where they may not see it */
	gchar *title;        /* "Léa Gagnon, Tuesday, October 6, 10:30–11:15, video" */
} CmSubjects;

/* Connect, and read who is who. */
gboolean
cm_subjects_open(CmSubjects *subjects,
		 const CmComodalctl *cli,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_subjects_clear(CmSubjects *subjects);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmSubjects, cm_subjects_clear)

/* Find what is meant: a number alone, as `comodalctl door` shows it; else as cm_bookings_find() does; no words: the session by video that is
 * now or next. */
gboolean
cm_subjects_find(CmSubjects *subjects,
		 const gchar *const *words,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same as words, with a word of the configuration's if one is missing; NULL with CM_ERROR_FAILED. (transfer none) */
const gchar *
cm_subjects_get_text(JsonNode *document,
		     const gchar *member,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "10:28", of today; else with the day: "Tue Oct 6 10:28". Returns: (transfer full) */
gchar *
cm_subjects_format_instant(gint64 instant) G_GNUC_WARN_UNUSED_RESULT;

/* "Tue Oct 6 10:28", of today too: beside another day's hour an hour alone would be taken for that day's. Returns: (transfer full) */
gchar *
cm_subjects_format_moment(gint64 instant) G_GNUC_WARN_UNUSED_RESULT;
