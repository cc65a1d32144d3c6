// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/calendar/moment.h"

/* Following the recurrence of somebody else's event within limits: by days, so that the hour is the same on each in the event's own zone,
 * and only rules that are sure to match often (cm_calendar_feed_check_rule()). */

/* One start; `excepted`: an EXDATE takes it out. FALSE: it is enough. */
typedef gboolean (*CmRecurrenceVisit)(CmDay day, gint64 instant, gboolean excepted, gpointer data);

typedef enum {
	CM_RECURRENCE_DONE,           /* to the end of the rule or the horizon */
	CM_RECURRENCE_STOPPED,        /* a visit said so */
	CM_RECURRENCE_NOT_UNDERSTOOD, /* RDATE, several rules, a rule that isn't followed */
} CmRecurrenceEnd;

/* Whether the event has a rule or dates at which it repeats. */
gboolean
cm_recurrence_repeats(icalcomponent *event);

/* Visits the starts of an event before `horizon` (seconds UTC), also those that its EXDATEs take out, so that whoever counts steps sees
 * them all; an event that does not repeat has one, wherever it is. */
CmRecurrenceEnd
cm_recurrence_visit(const CmMomentZones *zones,
		    icalcomponent *event,
		    const CmMoment *start,
		    gint64 horizon,
		    CmRecurrenceVisit visit,
		    gpointer data);
