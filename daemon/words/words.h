// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* How letters and pages say things: in their reader's language and zone, whatever the process's are. Spaces that may not end a line are
 * U+00A0. */

typedef struct {
	const gchar *language; /* as cm_catalog_get_languages() has it */
	GTimeZone *zone;
} CmWords;

/* `language`: one of cm_catalog_get_languages(), `zone`: an IANA name; CM_ERROR_INVALID_INPUT for others. Returns: (transfer full) */
CmWords *
cm_words_new(const gchar *language, const gchar *zone, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_words_free(CmWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmWords, cm_words_free)

/* A format marked with N_(), its {0} to {8} replaced by the arguments, up to 9, ended by NULL. Returns: (transfer full) */
gchar *
cm_words_say(const CmWords *words,
	     const gchar *format,
	     ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;

/* The same of an array of arguments that ends with NULL. Returns: (transfer full) */
gchar *
cm_words_fill(const CmWords *words,
	      const gchar *format,
	      const gchar *const *arguments) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a number; {0} is the number, {1} `argument`, which may be NULL. Returns: (transfer full) */
gchar *
cm_words_count(const CmWords *words,
	       const gchar *one,
	       const gchar *many,
	       guint64 count,
	       const gchar *argument) G_GNUC_WARN_UNUSED_RESULT;

/* "Tuesday, September 8, 2026", "mardi 8 septembre 2026". All Returns: (transfer full) */
gchar *
cm_words_day(const CmWords *words, gint64 instant) G_GNUC_WARN_UNUSED_RESULT;
/* The same with a capital: "Mardi 8 septembre 2026" */
gchar *
cm_words_day_heading(const CmWords *words, gint64 instant) G_GNUC_WARN_UNUSED_RESULT;
/* "10:15 a.m.", "10 h 15" */
gchar *
cm_words_time(const CmWords *words, gint64 instant) G_GNUC_WARN_UNUSED_RESULT;
/* "mardi 8 septembre 2026 à 10 h 15" */
gchar *
cm_words_moment(const CmWords *words, gint64 instant) G_GNUC_WARN_UNUSED_RESULT;
/* "10 h 15 à 11 h"; of an end that is none, the start */
gchar *
cm_words_hours(const CmWords *words, gint64 start, gint64 end) G_GNUC_WARN_UNUSED_RESULT;
/* "mardi 8 septembre 2026, de 10 h 15 à 11 h"; over midnight with both days */
gchar *
cm_words_span(const CmWords *words, gint64 start, gint64 end) G_GNUC_WARN_UNUSED_RESULT;

/* Days since 1970-01-01 of an instant in the zone: what is of one day has the same. */
gint64
cm_words_get_day(const CmWords *words, gint64 instant);

/* Without what would break a line, hide, or turn others' words around: controls, line ends, marks of direction. Returns:
 * (transfer full) */
gchar *
cm_words_clean(const gchar *text) G_GNUC_WARN_UNUSED_RESULT;
