// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/inbound-mail.h"

/* What a mail is taken for, and what follows from it: docs/inbox.md has the table, row by row. Pure: equal arguments, equal answers; who
 * asks has looked up whose the addresses are and what the tokens prove. */

/* Hops after which a mail goes in circles. */
#define CM_REPLY_MATCH_RECEIVED_MAX 50

typedef enum {
	CM_REPLY_KIND_REPLY,
	CM_REPLY_KIND_COUNTER,
	CM_REPLY_KIND_REFRESH,
	CM_REPLY_KIND_BOUNCE,
	CM_REPLY_KIND_AUTOMATIC,
	CM_REPLY_KIND_LOOP,
	CM_REPLY_KIND_OTHER,
	CM_REPLY_KIND_REFUSED,
	CM_REPLY_KIND_LAST
} CmReplyKind;

typedef enum {
	CM_REPLY_STATE_APPLIED, /* what follows from it is done */
	CM_REPLY_STATE_REVIEW,  /* a person decides */
	CM_REPLY_STATE_IGNORED, /* it is noted, and nothing follows */
	CM_REPLY_STATE_DECIDED, /* a person has */
	CM_REPLY_STATE_LAST
} CmReplyState;

/* "reply", "counter", "refresh", "bounce", "automatic", "loop", "other", "refused"; "applied", "review", "ignored", "decided" */
const gchar *
cm_reply_match_kind_to_string(CmReplyKind kind);
const gchar *
cm_reply_match_state_to_string(CmReplyState state);

typedef enum {
	CM_REPLY_ANSWER_NONE, /* as yet */
	CM_REPLY_ANSWER_ACCEPTED,
	CM_REPLY_ANSWER_DECLINED,
	CM_REPLY_ANSWER_TENTATIVE,
} CmReplyAnswer;

/* An invitation whose UID the calendar message names. */
typedef struct {
	gint64 number;
	gboolean told;    /* a server took something of it */
	gboolean planned; /* what that said: else cancelled */
	gint64 sequence;  /* of its last letter */
	gint64 start_utc; /* what was told; 0: nothing */
	gint64 end_utc;
	CmReplyAnswer answer;
	gint64
	    answer_sequence; /* of what was answered, or of the letter that last told another hour: an answer to an older one is to an hour
				 * that is no longer so; -1: neither */
	gint64 answer_stamp; /* 0: not answered */
	gint attendee;       /* which ATTENDEE is its recipient, by index; -1: none */
	gboolean sender;     /* From is an address of its recipient */
} CmReplyInvitation;

typedef struct {
	const CmInboundMail *mail;
	const gchar *server; /* authserv-id that is believed, lower case; NULL: none */
	gint64 now;
	gboolean from_ourselves; /* From is the functional mailbox */
	gboolean is_ours;        /* its Message-ID is of a letter of ours */
	gboolean forged;         /* it came to an address of ours whose token proves nothing */
	gint64 proven;           /* the invitation that a token proves; 0: none */
	gint64
	    letter; /* the letter that a token proves, or whose Message-ID the report names; 0: none */
	const CmReplyInvitation *invitations; /* of the first event's UID */
	guint count;
} CmReplyQuestion;

typedef struct {
	CmReplyKind kind;
	CmReplyState state;
	const gchar *reason; /* N_(): why it is so; "" for what needs no words */
	gint64 invitation;   /* whose it is, also of one to review; 0: not known */
	gint64 letter;       /* of a bounce; 0: not known */
	CmReplyAnswer answer;
	gint64 sequence; /* of the invitation that it answers */
	gint64 stamp;    /* of the answer, never later than now */
	gint64 start;    /* proposed; 0: any other time */
	gint64 end;
	gboolean hard; /* of a bounce: for good, so that the address is no good */
} CmReplyVerdict;

/* Never fails: what can't be judged is to be reviewed. */
CmReplyVerdict
cm_reply_match_judge(const CmReplyQuestion *question);

/* What the server that is believed says of who sent it. */
typedef enum {
	CM_REPLY_SENDER_UNKNOWN, /* it says nothing, or none is believed */
	CM_REPLY_SENDER_PROVEN, /* From's domain vouches for it: DMARC, or DKIM or SPF of the same domain */
	CM_REPLY_SENDER_FAILED, /* it isn't from there */
} CmReplySender;

/* `server`: authserv-id; NULL: none is believed. */
CmReplySender
cm_reply_match_judge_sender(const CmInboundMail *mail, const gchar *server);
