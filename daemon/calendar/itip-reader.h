// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/calendar/invitation.h"

/* Reading somebody else's calendar message: text in, plain values out, in bounded time and memory. Limits are checked before libical
 * sees a line; the zones that a message brings along are dropped unread (daemon/calendar/zone-name.h). What clients get wrong and can be
 * understood is taken: no ORGANIZER (Outlook), Windows' zones, addresses in any writing, encodings that are not UTF-8. */

#define CM_ITIP_MAX_BYTES (256 * 1024)
#define CM_ITIP_MAX_LINE_BYTES (16 * 1024) /* unfolded */
#define CM_ITIP_MAX_EVENTS 100
#define CM_ITIP_MAX_COMPONENTS 500
#define CM_ITIP_MAX_PROPERTIES 2000 /* of all components */
#define CM_ITIP_MAX_ATTENDEES 500   /* of all events */
#define CM_ITIP_MAX_OCCURRENCES 400 /* of one event */
#define CM_ITIP_MAX_HORIZON_DAYS 800

/* no instant */
#define CM_ITIP_NONE G_MININT64

typedef struct {
	gchar *address; /* in small letters, without "mailto:"; NULL: it is none of mail */
	gchar *cn;      /* NULL: none */
	gchar *sent_by; /* as address */
	const gchar *
	    partstat; /* "NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"; static */
} CmItipPerson;

typedef struct {
	guint line; /* of its BEGIN:VEVENT */
	gchar *uid;
	gint64 recurrence_id; /* the start that it stands for; CM_ITIP_NONE: not one of a series */
	gboolean following;   /* and those after it */
	guint sequence;       /* 0 when it isn't said */
	gint64 stamp;         /* DTSTAMP; CM_ITIP_NONE: not said */
	CmItipPerson *organizer; /* NULL: not said (Outlook's replies) */
	GPtrArray *attendees;    /* CmItipPerson */
	gint64
	    start; /* UTC; of a whole day: its midnight in UTC; CM_ITIP_NONE: not said or not understood */
	gint64 end;
	gboolean all_day;
	gboolean cancelled; /* STATUS */
	gboolean recurs;
	GArray *
	    starts; /* gint64: of a series the starts up to the horizon, else the one; none when not understood */
	gchar *zone;    /* as IANA names what start was told in; NULL: UTC, or none */
	gchar *summary; /* NULL: none, as the next */
	gchar *location;
	gchar *comment; /* what the person wrote: COMMENTs, and Outlook's X-ALT-DESC is none */
	gchar *
	    problem; /* a message (include/cm-message.h): what of it was not understood; NULL: nothing */
} CmItipEvent;

typedef struct {
	CmItipMethod method;
	gchar *product;    /* PRODID; NULL: not said */
	GPtrArray *events; /* CmItipEvent, at least one */
} CmItip;

/* `method`: what the part's Content-Type says, of an object without a METHOD of its own; NULL: nothing. `zone`: of times that name none. `horizon`: starts of a series after it are left out (seconds UTC; at most CM_ITIP_MAX_HORIZON_DAYS
 * after the event begins). Fails with CM_ERROR_INVALID_INPUT: not an iCalendar object, cut off, without a METHOD or an event, or beyond
 * a limit (the message says the line), and with CM_ERROR_NOT_SUPPORTED for a METHOD or objects that are not understood here. No
 * message repeats what was read, but for names of properties and zones. Returns: (transfer full) */
CmItip *
cm_itip_reader_read(const gchar *text,
		    gsize length,
		    const gchar *method,
		    GTimeZone *zone,
		    gint64 horizon,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_itip_free(CmItip *itip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmItip, cm_itip_free)
