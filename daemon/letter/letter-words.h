// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* How a letter says things: in its reader's language and zone, whatever the process's are. Spaces that may not end a line are U+00A0. */

typedef struct {
	const gchar *language; /* "fr" or "en" */
	GTimeZone *zone;
} CmLetterWords;

/* `language`: "fr" or "en", `zone`: an IANA name; CM_ERROR_INVALID_INPUT for others. Returns: (transfer full) */
CmLetterWords *
cm_letter_words_new(const gchar *language,
		    const gchar *zone,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_letter_words_free(CmLetterWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmLetterWords, cm_letter_words_free)

/* A format marked with N_(), its {0} to {8} replaced by the arguments, up to 9, ended by NULL. Returns: (transfer full) */
gchar *
cm_letter_words_say(const CmLetterWords *words,
		    const gchar *format,
		    ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;

/* The same of a number; {0} is the number, {1} `argument`, which may be NULL. Returns: (transfer full) */
gchar *
cm_letter_words_count(const CmLetterWords *words,
		      const gchar *one,
		      const gchar *many,
		      guint64 count,
		      const gchar *argument) G_GNUC_WARN_UNUSED_RESULT;

/* "Tuesday, September 8, 2026", "mardi 8 septembre 2026". All Returns: (transfer full) */
gchar *
cm_letter_words_day(const CmLetterWords *words, gint64 instant) G_GNUC_WARN_UNUSED_RESULT;
/* The same with a capital: "Mardi 8 septembre 2026" */
gchar *
cm_letter_words_day_heading(const CmLetterWords *words, gint64 instant) G_GNUC_WARN_UNUSED_RESULT;
/* "10:15 a.m.", "10 h 15" */
gchar *
cm_letter_words_time(const CmLetterWords *words, gint64 instant) G_GNUC_WARN_UNUSED_RESULT;
/* "mardi 8 septembre 2026 à 10 h 15" */
gchar *
cm_letter_words_moment(const CmLetterWords *words, gint64 instant) G_GNUC_WARN_UNUSED_RESULT;
/* "10 h 15 à 11 h"; of an end that is none, the start */
gchar *
cm_letter_words_hours(const CmLetterWords *words,
		      gint64 start,
		      gint64 end) G_GNUC_WARN_UNUSED_RESULT;
/* "mardi 8 septembre 2026, de 10 h 15 à 11 h"; over midnight with both days */
gchar *
cm_letter_words_span(const CmLetterWords *words,
		     gint64 start,
		     gint64 end) G_GNUC_WARN_UNUSED_RESULT;

/* Days since 1970-01-01 of an instant in the zone: what is of one day has the same. */
gint64
cm_letter_words_get_day(const CmLetterWords *words, gint64 instant);
