// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Civil time as the planning contract has it: a day and a minute after midnight, no zone. */

/* Days since 1970-01-01, proleptic Gregorian. */
typedef gint32 CmDay;
#define CM_DAY_NONE G_MININT32

/* Minutes after midnight, 0 to 1439. A window's end may be no later than 23:59 in the contract. */
typedef gint16 CmMinute;

#define CM_DAYS_PER_WEEK 7
#define CM_MINUTES_PER_DAY 1440

/* [from, to) */
typedef struct {
	CmMinute from;
	CmMinute to;
} CmWindow;

/* "YYYY-MM-DD", exactly, of a day that exists, years 1900 to 2199. Returns FALSE and leaves out_day if not. */
gboolean
cm_day_parse(const gchar *text, CmDay *out_day) G_GNUC_WARN_UNUSED_RESULT;

#define CM_DAY_TEXT_SIZE 11
/* Writes "YYYY-MM-DD" and its NUL into `buffer`; returns `buffer`. */
gchar *
cm_day_format(CmDay day, gchar buffer[CM_DAY_TEXT_SIZE]);

/* 0 for Monday to 6 for Sunday. */
gint
cm_day_get_weekday(CmDay day);

/* The month from 1, the day from 1. */
void
cm_day_get_ymd(CmDay day, gint *out_year, gint *out_month, gint *out_day);

/* Full years between a birth date and a day; a birthday on February 29 is kept on March 1 of a common year
 * (the contract's judge counts so). */
gint
cm_day_get_age(CmDay birth, CmDay day);

/* "HH:MM", two digits each, 00:00 to 23:59. */
gboolean
cm_minute_parse(const gchar *text, CmMinute *out_minute) G_GNUC_WARN_UNUSED_RESULT;

#define CM_MINUTE_TEXT_SIZE 6
/* Writes "HH:MM" and its NUL into `buffer`; returns `buffer`. */
gchar *
cm_minute_format(CmMinute minute, gchar buffer[CM_MINUTE_TEXT_SIZE]);

/* A zone by its name in the system's data, as "America/Toronto". NULL for what is none, or no such name: GLib opens whatever file a name
 * leads to, and believes what stands in it. Returns: (transfer full) (nullable) */
GTimeZone *
cm_time_find_zone(const gchar *name) G_GNUC_WARN_UNUSED_RESULT;

/* The date of an instant (seconds since the epoch, UTC) in a zone. */
CmDay
cm_time_get_day(gint64 instant, GTimeZone *zone);

/* The instant of a civil time in a zone, in seconds since the epoch, UTC, as RFC 5545 section 3.3.5 has it: a time that
 * occurs twice is the first one, a time that does not occur takes the offset before the gap. */
gint64
cm_time_to_utc(CmDay day, CmMinute minute, GTimeZone *zone);
