// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* What one person was last told of one booking or appointment, and what they answered. */

typedef enum {
	CM_ANSWER_NEEDS_ACTION,
	CM_ANSWER_ACCEPTED,
	CM_ANSWER_DECLINED,
	CM_ANSWER_TENTATIVE,
	CM_ANSWER_LAST
} CmAnswer;

/* "needs-action", "accepted", "declined", "tentative" */
const gchar *
cm_store_invitation_answer_to_string(CmAnswer answer);
gboolean
cm_store_invitation_answer_from_string(const gchar *text,
				       CmAnswer *out_answer) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	CM_ANSWERED_BY_MAIL,
	CM_ANSWERED_BY_PAGE,
	CM_ANSWERED_BY_STAFF,
	CM_ANSWERED_BY_LAST
} CmAnsweredBy;

typedef struct {
	gint64 number;
	gint64 subject; /* the booking's session, or the appointment */
	CmResource recipient_kind;
	gint64 recipient;
	gchar *uid;       /* iCalendar's */
	gint64 sequence;  /* of the last letter made; -1: none yet */
	gboolean told;    /* a server took something */
	gboolean planned; /* what it said: planned, else cancelled */
	gint64 start_utc; /* what it said */
	gint64 end_utc;
	gint mode;   /* CmMode, what it said */
	gint64 room; /* what it said; 0: none */
	CmAnswer answer;
	gint64 answer_sequence;   /* of what was answered; -1: not answered */
	gint64 answer_stamp;      /* DTSTAMP of the answer; 0: none */
	gint64 answered_at;       /* 0: not answered */
	const gchar *answered_by; /* "mail", "page", "staff"; NULL: not answered */
	gint64 answered_start;    /* the hour that was answered on a page; 0: by other ways */
} CmStoreInvitation;

void
cm_store_invitation_free(CmStoreInvitation *invitation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreInvitation, cm_store_invitation_free)

/* What they answered to the hour that begins at `start`: nothing, when they answered another one. */
CmAnswer
cm_store_invitation_get_answer_to(const CmStoreInvitation *invitation, gint64 start);

/* One, or CM_ERROR_NOT_FOUND. Returns: (transfer full) */
CmStoreInvitation *
cm_store_invitation_get(CmStore *store, gint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All with an iCalendar UID: one for each person. Returns: (transfer full) (element-type CmStoreInvitation) */
GPtrArray *
cm_store_invitation_list_by_uid(CmStore *store,
				const gchar *uid,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of a booking or an appointment, with what each answered. Returns: (transfer full) (element-type CmStoreInvitation) */
GPtrArray *
cm_store_invitation_list_by_subject(CmStore *store,
				    gint64 subject,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All to bookings and appointments of some days, both included, by subject. Returns: (transfer full) (element-type CmStoreInvitation) */
GPtrArray *
cm_store_invitation_list_by_days(CmStore *store, CmDay from, CmDay to, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* iCalendar's UID of a booking or an appointment, the same for everybody and for ever. Returns: (transfer full) */
gchar *
cm_store_invitation_dup_uid(CmStore *store, gint64 subject);

/* What stands after the plus in the organizer's address of an invitation: the number and a keyed authenticator, of a-z and 0-9, so that
 * an answer proves which invitation it is to. Returns: (transfer full) */
gchar *
cm_store_invitation_dup_token(CmStore *store, gint64 number);

/* The number that a token (in any case) proves; 0: none, or a forged one. It says nothing of whether there is such an invitation. */
gint64
cm_store_invitation_read_token(CmStore *store, const gchar *token);

/* An answer. */
typedef struct {
	CmAnswer answer;
	gint64 sequence; /* of the invitation it answers */
	gint64 stamp;    /* DTSTAMP */
	gint64 at;       /* when it came */
	CmAnsweredBy by;
	gint64
	    start; /* on a page: the hour that it answers, which they may not have been told by a letter yet; else 0 */
} CmStoreAnswer;

typedef enum {
	CM_ANSWER_TAKEN,
	CM_ANSWER_STALE, /* it answers an hour that is no longer so, or came before one that is known */
	CM_ANSWER_GONE /* what it answers was cancelled */
} CmAnswerResult;

/* Record an answer, in the caller's transaction or one of its own. `actor`: uid for the audit log, CM_AUDIT_DAEMON. An answer to an older
 * sequence counts as long as the hour has not moved since. */
gboolean
cm_store_invitation_record_answer(CmStore *store,
				  gint64 number,
				  const CmStoreAnswer *answer,
				  gint64 actor,
				  CmAnswerResult *out_result,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Send the invitation again as it stands (a REFRESH asked for it): its next letter goes out though nothing changed. */
gboolean
cm_store_invitation_repeat(CmStore *store, gint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;
