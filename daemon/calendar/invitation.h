// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Writing calendar messages (RFC 5545, 5546), and the feeds that a telephone subscribes to. What each client needs is taken into account:
 * single events are in UTC and need no VTIMEZONE; a series has one that Outlook takes; each message names one recipient only. */

typedef enum {
	CM_ITIP_REQUEST, /* an invitation, or what became of it */
	CM_ITIP_CANCEL,
	CM_ITIP_REPLY,
	CM_ITIP_COUNTER,        /* an attendee proposes another time */
	CM_ITIP_DECLINECOUNTER, /* which the organizer does not take */
	CM_ITIP_REFRESH,        /* an attendee asks for what stands */
	CM_ITIP_PUBLISH,        /* for information only */
	CM_ITIP_LAST
} CmItipMethod;

/* A weekly series; its hour is the same in its zone, summer and winter. */
typedef struct {
	guint interval;           /* every so many weeks, from 1 */
	guint weekdays;           /* bit 0 is Monday; 0: the day that it begins on */
	gint64 until;             /* the last start */
	const gint64 *exceptions; /* starts that do not take place */
	guint n_exceptions;
} CmInvitationSeries;

/* One event. NULL and 0 are "none" everywhere; texts are UTF-8, of which controls are left out; instants are seconds UTC. */
typedef struct {
	const gchar *uid;
	guint sequence;
	gint64 stamp;
	gint64 start;
	gint64 end;
	const gchar *zone; /* IANA's name; needed by a series and what belongs to one */
	const gchar *summary;
	const gchar *description;
	const gchar *location;
	const gchar *url;        /* http or https, as the next */
	const gchar *conference; /* where to join by video */
	const gchar *organizer_name;
	const gchar *organizer_address; /* a bare mail address */
	const gchar *attendee_name;
	const gchar *attendee_address;
	const gchar *partstat; /* "ACCEPTED" and so on; NULL: "NEEDS-ACTION" */
	gboolean cancelled;
	const gchar *comment;
	const CmInvitationSeries *series; /* the event is the first of it */
	gint64 recurrence_id;             /* the event stands for this start of the series */
	gboolean following;               /* and for all after it (RANGE=THISANDFUTURE) */
} CmInvitation;

#define CM_INVITATION_MAX_EVENTS 5000
#define CM_INVITATION_MAX_EXCEPTIONS 400

/* The calendar object, lines folded and ended by CRLF. PUBLISH takes any events; the others those of one UID: one, or a series with the
 * events that stand for some of its starts. All but PUBLISH need an organizer, an attendee and a UID; CANCEL marks its events cancelled
 * and PUBLISH names no attendee, whatever they say. `language`: "fr_CA", of the texts; NULL: not said.
 *
 * May be called in any thread. A caller decides the sequence (RFC 5546 section 2.1.4: REQUEST rises with the time, CANCEL always; the others echo).
 *
 * Fails with CM_ERROR_INVALID_INPUT, for an address or a link with a character that it may not have among others, and with
 * CM_ERROR_NOT_SUPPORTED for a series in a zone whose rules Outlook would not take. Returns: (transfer full) */
gchar *
cm_invitation_write(CmItipMethod method,
		    const CmInvitation *const *events,
		    guint n,
		    const gchar *language,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same as a calendar to subscribe to: METHOD:PUBLISH, with the name that clients show (NULL: none) and how often to look again
 * (RFC 7986's REFRESH-INTERVAL, and X-PUBLISHED-TTL for those that don't know it; 0: not said). */
gchar *
cm_invitation_write_feed(const gchar *name,
			 guint refresh_minutes,
			 const CmInvitation *const *events,
			 guint n,
			 const gchar *language,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "REQUEST" and so on. */
const gchar *
cm_invitation_method_to_string(CmItipMethod method);
