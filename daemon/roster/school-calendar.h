// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

#include <gio/gio.h>

/* A school's year from the iCalendar file that the school publishes: which days are class days of which cycle day, which are
 * pedagogical or closed, and, event by event, what was understood.
 *
 * All-day events are read by their SUMMARY (their CATEGORIES where it says nothing), in French or English, with accents or
 * without: "Jour 3", "J3", "Day 5", "Jour-cycle 4"; "Journée pédagogique", "PD day"; "Congé", "Férié", "Relâche", "No school".
 * A date with several is closed rather than pedagogical, pedagogical rather than a class day.
 *
 * Weekdays of which the file says nothing: where at least half of the class days between the first and the last "Jour N"
 * have theirs, the file goes day by day: before the first and after the last there is no school, and a weekday that the cycle
 * does not count is closed. Otherwise they are class days, and their cycle day follows from the days before by the closure
 * rule; before the first "Jour N" only if that is not the cycle's first. Where the file contradicts the rule, the file wins and
 * the event's line says so. */

#define CM_SCHOOL_CALENDAR_MAX_BYTES (1024 * 1024)
#define CM_SCHOOL_CALENDAR_MAX_LINE_BYTES (16 * 1024) /* unfolded */
#define CM_SCHOOL_CALENDAR_MAX_EVENTS 5000
#define CM_SCHOOL_CALENDAR_MAX_DAYS 800

typedef enum {
	CM_SCHOOL_CLOSURE_SLIDE, /* after a closed or pedagogical day the cycle goes on where it stopped */
	CM_SCHOOL_CLOSURE_CONSUME, /* a closed or pedagogical weekday uses up its cycle day */
} CmSchoolClosure;

typedef struct {
	gint
	    cycle_length; /* 0: the highest cycle day that the file names, 10 when that is below 5 */
	gint first_cycle_day; /* of the first class day, where the file does not say; 0: 1 */
	CmDay from;           /* the dates to keep; CM_DAY_NONE: from the first date understood */
	CmDay to;             /* CM_DAY_NONE: to the last */
	CmSchoolClosure closure;
} CmSchoolCalendarOptions;

typedef enum {
	CM_SCHOOL_VERDICT_UNDERSTOOD,
	CM_SCHOOL_VERDICT_IGNORED,        /* cancelled, at a time of day, outside the dates */
	CM_SCHOOL_VERDICT_NOT_UNDERSTOOD, /* whoever reads this decides */
	CM_SCHOOL_VERDICT_LAST
} CmSchoolVerdict;

/* What became of one event, or (line 0) of a day of which the file says nothing. */
typedef struct {
	guint line; /* where the event begins in the file */
	CmSchoolVerdict verdict;
	CmDay first;    /* CM_DAY_NONE when it has no readable date */
	CmDay last;     /* included */
	gchar *message; /* include/cm-message.h; never quotes the file */
} CmSchoolCalendarLine;

typedef struct {
	gint cycle_length;
	GArray *days;  /* CmCalendarDay, dates rise strictly: what a CmCalendar takes */
	GArray *lines; /* CmSchoolCalendarLine, by line */
} CmSchoolCalendar;

/* Read one. The descriptor is read from its current offset to its end and stays the caller's. Fails with CM_ERROR_INVALID_INPUT
 * when it is no iCalendar file, is too long, or has no date that is understood; CM_ERROR_FAILED when it can't be
 * read; CM_ERROR_CANCELLED. Returns: (transfer full) */
CmSchoolCalendar *
cm_school_calendar_read_fd(int fd,
			   const CmSchoolCalendarOptions *options,
			   GCancellable *cancellable,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_school_calendar_free(CmSchoolCalendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmSchoolCalendar, cm_school_calendar_free)

/* "understood", "ignored", "not-understood" */
const gchar *
cm_school_verdict_to_string(CmSchoolVerdict verdict);

/* "slide" or "consume" */
gboolean
cm_school_closure_from_string(const gchar *text,
			      CmSchoolClosure *out_closure) G_GNUC_WARN_UNUSED_RESULT;

/* Put it into a caseload as a new calendar: appended, its days too. For callers that fill a caseload by hand. */
void
cm_school_calendar_add_to_caseload(const CmSchoolCalendar *calendar,
				   const gchar *id,
				   CmCaseload *caseload);
