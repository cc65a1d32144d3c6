// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/reply.h"
#include "daemon/store/store-booking.h"

/* One change of what is booked, from the caller's words to the answer: whose it is, what stands against it, the write, all on the
 * worker's thread without anything in between. */

typedef enum {
	CM_BOOKING_VERB_BOOK,    /* orders[0], or with several a series of one appointment */
	CM_BOOKING_VERB_HOLD,    /* orders[0] */
	CM_BOOKING_VERB_SERIES,  /* orders */
	CM_BOOKING_VERB_CONFIRM, /* number */
	CM_BOOKING_VERB_MOVE,    /* number, orders[0].place */
	CM_BOOKING_VERB_CANCEL,  /* number */
	CM_BOOKING_VERB_OUTCOME, /* number */
	CM_BOOKING_VERB_ACCEPT, /* time_request: a move of what it is about, to orders[0].place or what it proposes */
	CM_BOOKING_VERB_LAST
} CmBookingVerb;

/* What of a place was asked for, and is not to be as it was. */
typedef enum {
	CM_BOOKING_ASKED_MODE = 1 << 0,
	CM_BOOKING_ASKED_ROOM = 1 << 1,
	CM_BOOKING_ASKED_COMPANION = 1 << 2,
	CM_BOOKING_ASKED_MINUTES = 1 << 3,
	CM_BOOKING_ASKED_SITE = 1 << 4,
} CmBookingAsked; /* flags */

typedef struct {
	CmBookingVerb verb;
	CmCaller *caller;
	GArray *orders;  /* CmStoreOrder, their texts and attendees those below */
	gint64 number;   /* of what is changed */
	gint64 expected; /* its version */
	guint moved;     /* CmBookingAsked: of a move */
	CmBookingEvent outcome;
	gint64 time_request; /* that is accepted */
	gint64 time_request_version;
	gint64 seconds; /* of a hold; 0: none */
	gint64 holder;
	gchar *act;
	GArray *attendees; /* CmStoreAttendee */
	gchar *title;
	gchar *note;
	gchar *key;
	gchar *asked; /* all of it, as a text */

	/* what came of it */
	gint64 series;
	GArray *stamps;        /* CmStoreStamp */
	GPtrArray *bookings;   /* CmStoreBooking, as they stand */
	CmStoreStamp accepted; /* the request for another time */
} CmBookingCall;

/* Returns: (transfer full) */
CmBookingCall *
cm_booking_call_new(CmBookingVerb verb, GDBusMethodInvocation *invocation);
void
cm_booking_call_free(CmBookingCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmBookingCall, cm_booking_call_free)

/* A CmReplyChange: `data` is the CmBookingCall. */
GVariant *
cm_booking_call_make(CmService *service,
		     CmStore *store,
		     const CmPolicySet *policies,
		     gpointer data,
		     gint *out_fd,
		     GCancellable *cancellable,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A CmReplyChanged: tells the bus what has changed. */
void
cm_booking_call_announce(CmService *service, gpointer data);
