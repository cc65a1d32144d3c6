// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/inbound-mail.h"
#include "daemon/inbox/reply-match.h"
#include "daemon/policy/policy.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-invitation.h"

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

/* When a mail was last taken from any mailbox: an instant, 0 for never. */
gboolean
cm_store_inbox_get_last(CmStore *store, gint64 *out_at, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a mail is judged by: of the daemon's configuration, and the policies, which say who is told for a student. */
typedef struct {
	const CmPolicySet *policies;
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

/* ---- what came */

typedef struct {
	gint64 number;
	gint64 version;
	gchar *mailbox;      /* that it was read from */
	gint64 received_at;  /* instant */
	gchar *kind;         /* cm_reply_match_kind_to_string() */
	gchar *state;        /* cm_reply_match_state_to_string() */
	gchar *reason;       /* a message, or "" */
	gint64 invitation;   /* that it answers, 0: not known */
	gint64 letter;       /* that it reports on, 0: not known */
	gint64 booking;      /* the invitation's subject, 0: not known */
	gint64 professional; /* whose booking that is, 0: not known */
	CmResource
	    recipient_kind; /* who was invited, when `invitation` is known; or CM_NOTICE_TO_ACCOUNT */
	gint64 recipient;
	gint64 decided_by; /* uid; -1: nobody has */
	gint64 decided_at;
	CmInboundMail *mail; /* what was read of it */
} CmStoreInbound;

void
cm_store_inbox_inbound_free(CmStoreInbound *inbound);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreInbound, cm_store_inbox_inbound_free)

#define CM_STORE_INBOX_LISTED_MAX 500
#define CM_STORE_INBOX_REPEATS_MAX                                                                 \
	3 /* of one invitation within 24 hours, because a calendar asked (REFRESH) */

/* The newest first; `review`: only those that a person is to decide. `professional`: only of their bookings, 0: all. Returns: (transfer
 * full) (element-type CmStoreInbound) */
GPtrArray *
cm_store_inbox_list(CmStore *store, gboolean review, gint64 professional, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* One, or CM_ERROR_NOT_FOUND. Returns: (transfer full) */
CmStoreInbound *
cm_store_inbox_get(CmStore *store, gint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A person decides what a mail to review is taken for: an answer of whom it is known to be from (CM_ANSWER_NEEDS_ACTION: nothing, it is
 * put aside). In one transaction with what follows. `teller`: the professional who decides, 0: none. CM_ERROR_CONFLICT: another version,
 * it is not to be reviewed any more, what it answers is cancelled. CM_ERROR_INVALID_INPUT: nobody knows which invitation it is about. */
gboolean
cm_store_inbox_decide(CmStore *store,
		      const CmStoreCall *call,
		      gint64 number,
		      gint64 expected,
		      CmAnswer answer,
		      gint64 teller,
		      CmStoreStamp *out_stamp,
		      gint64 *out_booking,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
