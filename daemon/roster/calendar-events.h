// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* The events of an iCalendar file as dates and titles. What libical's parser,
 * time zones and recurrences do with hostile input is capped before it sees any (daemon/calendar/calendar-feed.h). */

#define CM_CALENDAR_EVENTS_MAX_EVENT_DAYS 400 /* that one event may last */

/* Why an event has no dates. */
typedef enum {
	CM_CALENDAR_EVENT_FINE,
	CM_CALENDAR_EVENT_CANCELLED,
	CM_CALENDAR_EVENT_TIMED,   /* at a time of day */
	CM_CALENDAR_EVENT_NO_DATE, /* none, or none that exists */
	CM_CALENDAR_EVENT_TOO_LONG,
	CM_CALENDAR_EVENT_RECURRENCE, /* repeats in a way that is not followed */
} CmCalendarEventState;

typedef struct {
	guint line; /* of its BEGIN:VEVENT */
	CmCalendarEventState state;
	gchar *uid;        /* "" when it has none */
	gchar *summary;    /* "" when it has none */
	gchar *categories; /* separated by commas; "" when there are none */
	CmDay replaces; /* the occurrence of its UID's event that it stands for, or CM_DAY_NONE */
	GArray *spans;  /* CmAbsence: its occurrences, both dates included */
} CmCalendarEvent;

/* The events of a text, in its order; lines that are not UTF-8 are taken for Windows-1252. Occurrences after `horizon` (CM_DAY_NONE: after CM_SCHOOL_CALENDAR_MAX_DAYS) are left out. Fails with CM_ERROR_INVALID_INPUT. Returns:
 * (transfer full) (element-type CmCalendarEvent) */
GPtrArray *
cm_calendar_events_read(const gchar *text, CmDay horizon, GError **error) G_GNUC_WARN_UNUSED_RESULT;
