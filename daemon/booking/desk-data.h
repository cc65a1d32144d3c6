// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/desk.h"

/* What the desk keeps: everything that stands, by number, by session, and by whom and what it takes. For the desk's own files. */

/* A time that something of the roster, of the calendar or of another place takes. */
typedef struct _CmDeskStanding CmDeskStanding;

typedef struct {
	CmDay date;
	gint16 from;
	gint16 to;
	gboolean foreign;         /* from the professional's own calendar */
	CmDeskStanding *standing; /* NULL: busy, by the roster or the calendar */
} CmDeskUse;

struct _CmDeskStanding {
	CmDeskEntry entry;
	CmAttendee *attendees;
	CmDeskStanding *next; /* of the same session */
};

struct _CmDesk {
	const CmCaseload *caseload;
	const CmPolicySet *policies;
	CmDeskGates gates;
	GTimeZone *zone;
	GHashTable *standing;      /* number -> CmDeskStanding */
	CmDeskStanding **sessions; /* [session]: those of the session */
	GArray **uses
	    [CM_RESOURCE_LAST]; /* [kind][resource]: CmDeskUse by date and start; NULL while there are none */
	GArray **rooms;      /* [site]: guint32 */
	GArray **companions; /* [site]: guint32 */
	GArray *windows;     /* the caseload's, and one more: the day that may be asked about */
};

/* What may be asked about: minutes of a day. */
#define CM_DESK_DAY_FROM (6 * 60)
#define CM_DESK_DAY_TO (22 * 60)

/* The uses of somebody or something from a date on: the first in out_count; NULL when there are none. */
const CmDeskUse *
cm_desk_find_uses(const CmDesk *desk,
		  CmResource kind,
		  guint32 resource,
		  CmDay from,
		  CmDay to,
		  guint *out_count);

/* Whether it takes time when `asked` is asked about: not when it is its own, nor a hold that has ended. */
gboolean
cm_desk_counts(const CmDeskUse *use, const CmDeskEntry *asked, gint64 now);
gboolean
cm_desk_stands(const CmDeskStanding *standing, const CmDeskEntry *asked, gint64 now);

/* The day and minute of an instant in the roster's zone. */
CmDay
cm_desk_get_day(const CmDesk *desk, gint64 now);

/* Fill in what follows from the rest: of a session its people, length and site, of an appointment nowhere its professional's base. */
void
cm_desk_complete(const CmDesk *desk, CmDeskEntry *entry);
