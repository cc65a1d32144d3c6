// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-time.h"

/* When somebody is busy, read from their own calendar (RFC 5545): start and end, nothing of what it is.
 *
 * What blocks: events that are neither transparent, free (X-MICROSOFT-CDO-BUSYSTATUS) nor cancelled; tentative ones block. Periods of
 * a VFREEBUSY but the free ones. A whole day blocks the civil day in the reader's zone; a time without a zone is of that zone
 * (X-WR-TIMEZONE, where there is one). Zones are taken by their names (IANA's, or Windows'); the file's own VTIMEZONEs are never read.
 * An event that isn't understood (its zone, its recurrence) is counted, not left out in silence. */

#define CM_BUSY_CALENDAR_MAX_BYTES (8 * 1024 * 1024)
#define CM_BUSY_CALENDAR_MAX_LINE_BYTES (256 * 1024) /* unfolded: descriptions are long */
#define CM_BUSY_CALENDAR_MAX_EVENTS 20000
#define CM_BUSY_CALENDAR_MAX_TIMES 5000 /* after those that touch were made one */
#define CM_BUSY_CALENDAR_MAX_SECONDS 20 /* to read one */

/* [start, end), seconds UTC */
typedef struct {
	gint64 start;
	gint64 end;
} CmBusyTime;

typedef struct {
	GArray *times; /* CmBusyTime, rising, apart from one another */
	guint events;  /* in the file */
	guint not_understood;
	guint first_line; /* of the first that was not understood */
} CmBusyCalendar;

/* What blocks between two instants; `zone`: the reader's. CM_ERROR_INVALID_INPUT: not iCalendar, or beyond a limit. Returns:
 * (transfer full) */
CmBusyCalendar *
cm_busy_calendar_read(const gchar *text,
		      gsize length,
		      GTimeZone *zone,
		      gint64 from,
		      gint64 to,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_busy_calendar_free(CmBusyCalendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmBusyCalendar, cm_busy_calendar_free)
