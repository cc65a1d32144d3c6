// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What was read of one mail that came in: plain values, each bounded, and the document "comodal-inbound/1" that carries them from the
 * process that parses foreign mail to the one that holds the database (inbound-document.h).
 *
 * Texts are valid UTF-8 without control characters (`text` and comments keep line feeds). Addresses are "local@domain" in lower case; what
 * is none is left out. An absent text is NULL. */

#define CM_INBOUND_DOCUMENT_MAX 61440 /* octets: it rests sealed, in one value */

#define CM_INBOUND_TEXT_MAX 4096 /* octets kept of what somebody wrote */
#define CM_INBOUND_COMMENT_MAX 2048
#define CM_INBOUND_SUBJECT_MAX 256
#define CM_INBOUND_ADDRESS_MAX 254
#define CM_INBOUND_WORD_MAX 320 /* of a Message-ID, a UID, a status */

#define CM_INBOUND_ADDRESSES_MAX 20
#define CM_INBOUND_REFERENCES_MAX 20
#define CM_INBOUND_EVENTS_MAX 8
#define CM_INBOUND_ATTENDEES_MAX 20
#define CM_INBOUND_REPORTS_MAX 20
#define CM_INBOUND_NOTES_MAX 10
#define CM_INBOUND_AUTHENTICATIONS_MAX 12
#define CM_INBOUND_RESULTS_MAX 12

#define CM_INBOUND_SHA256_SIZE 65 /* hexadecimal, with its NUL */

/* Why a mail is one that a machine sent by itself. */
typedef enum {
	CM_INBOUND_BY_A_PERSON,
	CM_INBOUND_AUTO_REPLIED,   /* RFC 3834: an answer, as of somebody who is away */
	CM_INBOUND_AUTO_GENERATED, /* RFC 3834: not in answer to anything */
	CM_INBOUND_AUTO_HEADER, /* X-Autoreply and its kin, Precedence, Exchange's class of message */
	CM_INBOUND_AUTO_NOBODY, /* sent from the empty address, or by a mail system */
	CM_INBOUND_AUTOMATIC_LAST
} CmInboundAutomatic;

/* "", "auto-replied", "auto-generated", "header", "nobody" */
const gchar *
cm_inbound_mail_automatic_to_string(CmInboundAutomatic automatic);
gboolean
cm_inbound_mail_automatic_from_string(const gchar *text,
				      CmInboundAutomatic *out_automatic) G_GNUC_WARN_UNUSED_RESULT;

/* One method's result of an Authentication-Results field (RFC 8601). */
typedef struct {
	gchar *method; /* "dkim", "spf", "dmarc" … */
	gchar *result; /* "pass", "fail" … */
	gchar *
	    domain; /* whom it speaks for (header.d, header.from, smtp.mailfrom's domain), lower case; or NULL */
} CmInboundResult;

typedef struct {
	gchar *server; /* its authserv-id, lower case */
	guint hops; /* Received fields above it: 0, or those that our own server added after it */
	GPtrArray *results; /* CmInboundResult */
} CmInboundAuthentication;

/* What a delivery report (RFC 3464) says of one recipient. */
typedef struct {
	gchar *action;             /* "failed", "delayed", "delivered", "relayed", "expanded" */
	gchar *status;             /* "5.1.1"; or NULL */
	gchar *final_recipient;    /* or NULL */
	gchar *original_recipient; /* or NULL */
} CmInboundReport;

typedef struct {
	gchar *address;
	gchar *partstat; /* as iTIP has it, upper case, "NEEDS-ACTION" when it says nothing */
	gchar *sent_by;  /* or NULL */
} CmInboundAttendee;

/* What an event of the calendar part says. */
typedef struct {
	gchar *uid;
	gchar *recurrence_id; /* or NULL */
	gint64 sequence;      /* -1: it says none */
	gint64 stamp;         /* instant; 0: none */
	gint64 start;         /* instants; 0: none, or of a zone that isn't known */
	gint64 end;
	gboolean all_day;
	gchar *organizer;     /* or NULL: Outlook leaves it out */
	gchar *comment;       /* or NULL */
	gchar *problem;       /* a message: what could not be read of it; or NULL */
	GPtrArray *attendees; /* CmInboundAttendee */
} CmInboundEvent;

typedef struct {
	gchar sha256
	    [CM_INBOUND_SHA256_SIZE]; /* of its octets as they came; "": they were not fetched */
	gint64 size;                  /* octets */
	gchar *
	    refused; /* a message (include/cm-message.h): why it was not read, then little else below is known; or NULL */
	GPtrArray *notes; /* gchar: messages: what was left unread of it */

	gchar *message_id; /* with its brackets, or NULL */
	gchar *subject;
	gchar *from;           /* the first address of From */
	gchar *return_path;    /* "" for the empty one; NULL: not said */
	gint64 date;           /* instant; 0: none */
	guint received;        /* Received fields */
	GPtrArray *references; /* gchar: In-Reply-To and References, the nearest first */
	GPtrArray *
	    recipients; /* gchar: addresses with a "+" of To, Cc, Delivered-To, X-Original-To, Envelope-To, each once */
	CmInboundAutomatic automatic;
	GPtrArray *authentications; /* CmInboundAuthentication, the topmost first */
	gchar *text;                /* what a person wrote, cut to CM_INBOUND_TEXT_MAX */

	gchar *method; /* of the calendar part, upper case: "REPLY" …; NULL: there is none */
	gchar *calendar_problem; /* a message: it can't be read; or NULL */
	GPtrArray *events;       /* CmInboundEvent */

	gboolean is_report; /* a delivery report */
	gchar *reported_id; /* Message-ID of what it reports on, with its brackets; or NULL */
	GPtrArray *reports; /* CmInboundReport */
} CmInboundMail;

/* An empty one. Returns: (transfer full) */
CmInboundMail *
cm_inbound_mail_new(void);

/* One that was not read: `message` says why (cm_message_new()). `size`: how long it is, or 0. Returns: (transfer full) */
CmInboundMail *
cm_inbound_mail_new_refused(gint64 size, const gchar *message);

void
cm_inbound_mail_free(CmInboundMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmInboundMail, cm_inbound_mail_free)

/* New, empty parts of it, already in their arrays. (transfer none) */
CmInboundEvent *
cm_inbound_mail_add_event(CmInboundMail *mail);
CmInboundAttendee *
cm_inbound_mail_add_attendee(CmInboundEvent *event);
CmInboundReport *
cm_inbound_mail_add_report(CmInboundMail *mail);
CmInboundAuthentication *
cm_inbound_mail_add_authentication(CmInboundMail *mail);
CmInboundResult *
cm_inbound_mail_add_result(CmInboundAuthentication *authentication);

/* Add a message to its notes, unless they are full. Takes `message`. */
void
cm_inbound_mail_take_note(CmInboundMail *mail, gchar *message);
