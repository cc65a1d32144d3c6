// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/school-calendar.h"

/* The days of a school year: what is said of some of them, and the cycle that runs through the others (school-calendar.h has
 * the rules). Plain arithmetic. */

#define CM_SCHOOL_NO_EVENT G_MAXUINT

typedef enum {
	CM_SCHOOL_FINDING_OTHER_DAY, /* the event names another cycle day than the rule gives, `expected` */
	CM_SCHOOL_FINDING_NO_CLASS, /* the event names a cycle day on a day without class */
	CM_SCHOOL_FINDING_SECOND, /* the event names another cycle day than one before it, `expected` */
	CM_SCHOOL_FINDING_UNNAMED, /* a weekday that the cycle passes over; no event */
	CM_SCHOOL_FINDING_LAST
} CmSchoolFinding;

typedef void (*CmSchoolFindingFunc)(CmSchoolFinding finding,
				    CmDay day,
				    guint event,
				    gint expected,
				    gpointer user_data);

typedef struct _CmSchoolYear CmSchoolYear;

/* Both dates included. */
CmSchoolYear *
cm_school_year_new(CmDay from, CmDay to, gint cycle_length, CmSchoolClosure closure);
void
cm_school_year_free(CmSchoolYear *year);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmSchoolYear, cm_school_year_free)

/* An event says what a day is; `cycle_day` is 0 when it names none. Other dates than the year's are passed over. */
void
cm_school_year_mark(CmSchoolYear *year, CmDay day, CmDayKind kind, gint cycle_day, guint event);

/* Run the cycle through the year and append its days (CmCalendarDay) to `days`: weekdays, and weekends with class. Each finding
 * is told in the order of the days. */
void
cm_school_year_fill(CmSchoolYear *year,
		    gint first_cycle_day,
		    CmSchoolFindingFunc tell,
		    gpointer user_data,
		    GArray *days);
