// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/courier/curl-source.h"
#include "daemon/common/secret.h"
#include "daemon/courier/transfer-pool.h"
#include "daemon/outbox/outbox-backoff.h"

/* One mail to one recipient, given to a mail server (RFC 5321) as it is read from its descriptor. The connection is in TLS, from its
 * beginning (smtps) or by STARTTLS (smtp), or there is none. */

/* A whole transfer takes at most this long, well under a lease. */
#define CM_SMTP_MAIL_SECONDS_MAX 720
/* The answer to the message itself is waited for so many times longer than any other (RFC 5321 section 4.5.3.2.6), 10 minutes at most. */
#define CM_SMTP_MAIL_LAST_ANSWER_TIMES 10
#define CM_SMTP_MAIL_LAST_ANSWER_SECONDS_MAX 600

/* A server, as it is configured; kept by whoever sends. */
typedef struct {
	gchar *url;  /* "smtps://host:465" or "smtp://host:587", without a path */
	gchar *ehlo; /* the name we greet with */
	gchar *user; /* NULL: no login */
	CmSecret *password;
	gchar *ca_file; /* NULL: the system's authorities */
	gchar *proxy;   /* NULL: none */
	guint timeout;  /* seconds, of each step */
} CmSmtpServer;

typedef struct {
	CmAttempt outcome;
	guint code; /* the server's, 0: none */
} CmSmtpResult;

typedef struct _CmSmtpMail CmSmtpMail;

typedef void (*CmSmtpMailDone)(const CmSmtpResult *result, gpointer user_data);

/* Begin. `fd` holds the message, CRLF lines, and is not closed; `sender` and `recipient` are addresses without brackets. `done` is called
 * from the main loop, once, unless the mail is freed before. Returns: (transfer full) */
CmSmtpMail *
cm_smtp_mail_new(CmTransferPool *pool,
		 const CmSmtpServer *server,
		 const gchar *sender,
		 const gchar *recipient,
		 gint fd,
		 CmSmtpMailDone done,
		 gpointer user_data);

/* Ends it in the middle, if it is there. */
void
cm_smtp_mail_free(CmSmtpMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmSmtpMail, cm_smtp_mail_free)

/* End it where it is; what is known of it then: RETURNED, NETWORK or UNCERTAIN. */
CmAttempt
cm_smtp_mail_abandon(CmSmtpMail *mail);

/* Whether an address can stand in an envelope: something around an @, no control characters, blanks or brackets. */
gboolean
cm_smtp_mail_check_address(const gchar *address);

/* How far a conversation came: the last command that was given. */
typedef enum {
	CM_SMTP_STEP_GREETING, /* up to and with STARTTLS and the login */
	CM_SMTP_STEP_LOGIN,
	CM_SMTP_STEP_SENDER,
	CM_SMTP_STEP_RECIPIENT,
	CM_SMTP_STEP_MESSAGE,
} CmSmtpStep;

/* What a conversation's end means. `answer`: the last code that the server gave, 0 for none; `whole`: every octet of the message was given to
 * the connection. Pure. */
CmAttempt
cm_smtp_mail_judge(CURLcode code, CmSmtpStep step, guint answer, gboolean whole);
