// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/calendar/zone-name.h"
#include "include/cm-time.h"

#include <libical/ical.h>

/* The times of somebody else's events, by our own arithmetic: libical's neither keeps to RFC 5545 section 3.3.5 where the clock changes
 * nor ends on hostile zones. */

/* A time of an event: an instant, or a day. */
typedef struct {
	CmDay day;
	gint seconds; /* after midnight */
	gboolean whole_day;
	GTimeZone *zone; /* NULL: UTC */
} CmMoment;

/* How names of zones are understood. */
typedef struct {
	GTimeZone *standard; /* of times without one */
	CmZoneNames *names;
} CmMomentZones;

#define CM_MOMENT_MAX_EVENT_DAYS 400 /* that an event may last */

/* The value of a property of times. FALSE: it is no time, or its zone is not known here. */
gboolean
cm_moment_read(const CmMomentZones *zones,
	       icalproperty *property,
	       struct icaltimetype time,
	       CmMoment *out_moment) G_GNUC_WARN_UNUSED_RESULT;

/* The instant of the same hour on another day (`moment->day`: of the moment itself), seconds UTC. */
gint64
cm_moment_get_instant(const CmMoment *moment, CmDay day);

/* How long an event lasts, by its DTEND or its DURATION: seconds of a timed event, days of one of whole days. FALSE: not understood, or
 * longer than CM_MOMENT_MAX_EVENT_DAYS. */
gboolean
cm_moment_read_length(const CmMomentZones *zones,
		      icalcomponent *event,
		      const CmMoment *start,
		      gint64 *out_length) G_GNUC_WARN_UNUSED_RESULT;

/* The name of a property of times that libical could not read, and took out of the event; NULL: none. Static. */
const gchar *
cm_moment_find_lost(icalcomponent *event);
