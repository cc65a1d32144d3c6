// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-booking.h"

/* The inbox: how far a mailbox was read, and what became of each mail. What a mail is taken for is decided by daemon/inbox/reply-match.h
 * (docs/inbox.md has the table); this carries it out. */

#define CM_STORE_MAILBOX_NAME_MAX 200 /* octets */

typedef struct {
	gint64 uidvalidity; /* 0: it was never read */
	gint64 uid;         /* the last that was taken */
	gint64 read_at;     /* instant */
} CmStoreMailbox;

/* How far mailbox `name` was read; all 0 for one that never was. */
gboolean
cm_store_inbox_get_mailbox(CmStore *store,
			   const gchar *name,
			   CmStoreMailbox *out_mailbox,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a mail is judged by, of the daemon's configuration. */
typedef struct {
	const gchar
	    *address; /* the functional mailbox that letters are sent from, "suivis@css.example" */
	const gchar *
	    server; /* authserv-id of the server whose Authentication-Results count; NULL: none do */
} CmStoreInboxSettings;

/* What became of a mail. */
typedef struct {
	gboolean
	    taken; /* FALSE: it was taken before, and nothing is changed but how far the mailbox was read */
	gint64 number; /* of the inbound mail, 0 when it was not taken */
	gint64
	    booking; /* whose answer, request or cancellation changed; 0: none. Those who watch it are to be told */
} CmStoreInboxTaken;

/* Take a mail's document ("comodal-inbound/1", daemon/inbox/inbound-mail.h): the mail, all that it changes, its notices and audit
 * entries, and how far the mailbox is read now, in one transaction. Taken again, after the courier died before it heard the answer, it
 * changes nothing. A document that can't be read is kept as refused: it never holds up those behind it. `uid` 0: there is no cursor (a
 * file given by hand). CM_ERROR_INVALID_INPUT: the mailbox's name is empty or too long. */
gboolean
cm_store_inbox_take(CmStore *store,
		    const gchar *mailbox,
		    gint64 uidvalidity,
		    gint64 uid,
		    GBytes *document,
		    const CmStoreInboxSettings *settings,
		    gint64 now,
		    CmStoreInboxTaken *out_taken,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
