// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/courier/comodald-link.h"
#include "daemon/courier/curl-source.h"
#include "daemon/courier/foreign-reader.h"
#include "daemon/common/secret.h"
#include "daemon/courier/transfer-pool.h"

/* A mailbox looked into again and again over IMAP (RFC 3501): what is new in it is read, one message at a time, taken apart, and handed to
 * comodald, which remembers how far it was read. Nothing is moved or deleted; fetching a message marks it as seen. Asked for in
 * small steps, for libcurl spoils long answers: at most CM_MAILBOX_POLL_WINDOW numbers at a time, each message by its own URL. */

#define CM_MAILBOX_POLL_WINDOW 200
/* so many times, at one look behind another, a message is asked for that does not come: then it is delivered as refused */
#define CM_MAILBOX_POLL_TRIES_MAX 3
/* what comodald's side calls it (Courier1.GetMailbox) */
#define CM_MAILBOX_POLL_NAME "inbox"
/* after failures, one behind another, it waits longer, up to this */
#define CM_MAILBOX_POLL_SECONDS_MAX 900

/* A mailbox, as it is configured; kept by whoever polls. */
typedef struct {
	gchar *url; /* "imaps://host:993" or "imap://host:143" (then STARTTLS), without a path */
	gchar *mailbox; /* "INBOX" */
	gchar *user;
	CmSecret *password;
	gchar *ca_file;     /* NULL: the system's authorities */
	gchar *proxy;       /* NULL: none */
	guint timeout;      /* seconds, of each step */
	guint poll_seconds; /* between two looks */
} CmMailboxSettings;

typedef struct _CmMailboxPoll CmMailboxPoll;

/* Nothing is looked at before cm_mailbox_poll_look(). Returns: (transfer full) */
CmMailboxPoll *
cm_mailbox_poll_new(CmTransferPool *pool,
		    CmForeignReader *reader,
		    CmComodaldLink *link,
		    const CmMailboxSettings *settings);
/* After the reader and the link, which call back. */
void
cm_mailbox_poll_free(CmMailboxPoll *poll);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmMailboxPoll, cm_mailbox_poll_free)

/* Look now, unless it is looking, and from now on again and again. */
void
cm_mailbox_poll_look(CmMailboxPoll *poll);

/* ---- what servers answer; pure */

/* Of "* STATUS … (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)". */
typedef struct {
	guint64 uidvalidity;
	guint64 uidnext;
	guint64 messages;
} CmMailboxStatus;

/* FALSE: one of them isn't there. */
gboolean
cm_mailbox_poll_parse_status(const gchar *answer,
			     CmMailboxStatus *out_status) G_GNUC_WARN_UNUSED_RESULT;

/* The numbers of "* SEARCH …" lines, rising, each once; NULL when one lies outside of `first` to `last`, or there are more than can be: the
 * answer is not to be believed. Returns: (transfer full) (nullable) (element-type guint64) */
GArray *
cm_mailbox_poll_parse_search(const gchar *answer, guint64 first, guint64 last);

/* The size of message `uid` in "* 3 FETCH (UID 5 RFC822.SIZE 1234)"; FALSE: it isn't there. */
gboolean
cm_mailbox_poll_parse_size(const gchar *answer,
			   guint64 uid,
			   guint64 *out_size) G_GNUC_WARN_UNUSED_RESULT;
