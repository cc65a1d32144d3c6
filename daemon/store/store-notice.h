// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* Notices: whom a change promises to tell, queued in the transaction of the change. What a notice says is made when it is sent, from
 * what then stands; nothing here sends. */

typedef enum {
	CM_NOTICE_BOOKING_BOOKED,     /* subject: the booking or appointment */
	CM_NOTICE_BOOKING_MOVED,      /* the same */
	CM_NOTICE_BOOKING_CANCELLED,  /* the same */
	CM_NOTICE_HOLD_OFFERED,       /* the appointment: somebody has a claim until an hour */
	CM_NOTICE_HOLD_EXPIRED,       /* the same */
	CM_NOTICE_CONSENT_NEEDED,     /* the student */
	CM_NOTICE_CONSENT_CHANGED,    /* the consent: given, withdrawn, opposed */
	CM_NOTICE_BIRTHDAY,           /* the student: what parents are told changes */
	CM_NOTICE_SUITABILITY_DUE,    /* the follow-up */
	CM_NOTICE_DEROGATION_ASKED,   /* the derogation */
	CM_NOTICE_DEROGATION_DECIDED, /* the same */
	CM_NOTICE_REQUEST_OFFERED,    /* the request for service */
	CM_NOTICE_ABSENCE,            /* the professional: away */
	CM_NOTICE_CALENDAR_FAILED,    /* the calendar source: it can't be read any more */
	CM_NOTICE_TIME_ASKED,    /* the request for another time (store-time-request.h), to staff */
	CM_NOTICE_TIME_DECLINED, /* the same, to whoever asked: the time stays */
	CM_NOTICE_ANSWER_GIVEN, /* the invitation (store-invitation.h), to the professional: yes, or perhaps */
	CM_NOTICE_ANSWER_DECLINED, /* the same: no, which is urgent */
	/* the booking or appointment: soon. Queued to those who are told, each at their hour: a student's is the student's own */
	CM_NOTICE_SESSION_REMINDER,
	CM_NOTICE_FIRST_VIDEO, /* the booking: its follow-up's first by video, how to get ready. The same */
	CM_NOTICE_HELP_ASKED, /* the request for help (store-help.h), to staff: somebody can't get in */
	CM_NOTICE_CUSTODY_ASKED, /* the request of a custodian, to whom it is about: they can refuse */
	CM_NOTICE_CUSTODY_WATCHED,   /* the same, to administrators */
	CM_NOTICE_DESTRUCTION_ASKED, /* the case: its second is asked to agree to its destruction */
	CM_NOTICE_MINUTES_GIVEN,     /* the minutes, to who took part: they can be read */
	CM_NOTICE_MINUTES_CORRECTED, /* the same, which put earlier ones right */
	CM_NOTICE_LAST
} CmNoticeKind;

/* Beside the people of CmResource: an account, by its uid. */
#define CM_NOTICE_TO_ACCOUNT ((CmResource)4)

/* What waits to be told. */
typedef struct {
	gint64 number;
	CmNoticeKind kind;
	CmResource recipient_kind; /* professional, student, contact, or CM_NOTICE_TO_ACCOUNT */
	gint64 recipient;
	gint64 subject;
	gint64 queued_at; /* seconds UTC */
} CmNotice;

/* "booking.moved" */
const gchar *
cm_notice_kind_to_string(CmNoticeKind kind);

/* FALSE for a name that is none. */
gboolean
cm_notice_kind_from_string(const gchar *name, CmNoticeKind *out_kind) G_GNUC_WARN_UNUSED_RESULT;

/* Queue one, in the transaction that the caller holds. The same one that still waits, and is in no letter yet, is not queued twice. */
gboolean
cm_notice_queue(CmStore *store,
		CmNoticeKind kind,
		CmResource recipient_kind,
		gint64 recipient,
		gint64 subject,
		GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What could not be told to somebody waits again, since they can be reached now; in the transaction that the caller holds. */
gboolean
cm_notice_revive(CmStore *store, CmResource recipient_kind, gint64 recipient, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* All that wait and are in no letter yet, oldest first: CmNotice. Returns: (transfer full) */
GArray *
cm_notice_list_waiting(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
