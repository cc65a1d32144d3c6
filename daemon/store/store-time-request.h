// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/time-request-state.h"
#include "daemon/store/store-booking.h"

/* Requests for another time of what is booked: a family answers an invitation with another hour, presses "another time" on its page,
 * or says so to somebody of the staff. Nothing moves by itself: a person accepts or declines. One waits for a person and what is booked,
 * a newer one takes its place.
 *
 * Every change is one transaction with its audit entry and its notices. A request stands for the version of what is booked that it was
 * made against: when that was moved, cancelled or has begun, the request falls (`withdrawn`), found out before anything here is answered.
 *
 * Errors of all of them: CM_ERROR_NOT_FOUND; CM_ERROR_CONFLICT: another version, an event that can't happen in this state;
 * CM_ERROR_INVALID_INPUT. */

#define CM_STORE_TIME_REQUESTS_MAX 10          /* of one person, for one thing that is booked */
#define CM_STORE_TIME_REQUEST_TEXT_MAX 2000    /* octets: what was written with it, the answer */
#define CM_STORE_TIME_REQUEST_DAYS_MAX 400     /* from now to what is proposed */
#define CM_STORE_TIME_REQUESTS_LISTED_MAX 1000 /* at once */

/* How it came. */
typedef enum {
	CM_TIME_REQUEST_SOURCE_MAIL,
	CM_TIME_REQUEST_SOURCE_PAGE,
	CM_TIME_REQUEST_SOURCE_STAFF,
	CM_TIME_REQUEST_SOURCE_LAST
} CmTimeRequestSource;

/* "mail", "page", "staff" */
const gchar *
cm_store_time_request_source_to_string(CmTimeRequestSource source);
gboolean
cm_store_time_request_source_from_string(const gchar *text,
					 CmTimeRequestSource *out_source) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	gint64 number;
	gint64 version;
	CmTimeRequestState state;
	gint64 subject;         /* the booking's session, or the appointment */
	gint64 subject_version; /* as it was then */
	CmResource asker_kind;  /* professional, student, contact, or CM_NOTICE_TO_ACCOUNT */
	gint64 asker;
	gint64 start_utc; /* proposed; 0: any other time */
	gint64 end_utc;
	CmDay date; /* the same by the organisation's clock; CM_DAY_NONE: any other time */
	CmMinute start;
	gchar *remark; /* what was written with it, or NULL */
	gchar *answer; /* to a declined one, or NULL */
	CmTimeRequestSource source;
	gint sequence; /* of the invitation that it answers */
	gint64 asked_at;
	gint64 changed_by; /* uid, CM_AUDIT_DAEMON, or -1 while nobody has */
	gint64 changed_at;
} CmStoreTimeRequest;

void
cm_store_time_request_free(CmStoreTimeRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreTimeRequest, cm_store_time_request_free)

/* Let those fall whose subject has changed since. To be called before any is shown or changed; the functions below do. */
gboolean
cm_store_time_request_settle(CmStore *store, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a list is kept to; 0 for all. */
typedef struct {
	gint64 number;
	gint64 subject;
	gint64 professional; /* whose subject it is */
	gboolean open;       /* those that wait only */
	guint limit;         /* 0: CM_STORE_TIME_REQUESTS_LISTED_MAX */
} CmStoreTimeRequestFilter;

/* Oldest first. Returns: (transfer full) (element-type CmStoreTimeRequest) */
GPtrArray *
cm_store_time_request_list(CmStore *store,
			   const CmStoreTimeRequestFilter *filter,
			   gint64 now,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One, or CM_ERROR_NOT_FOUND. Returns: (transfer full) */
CmStoreTimeRequest *
cm_store_time_request_get(CmStore *store, gint64 number, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What is asked. */
typedef struct {
	gint64 subject;
	gint64 subject_version; /* as the asker knows it; 0: as it stands */
	CmResource asker_kind;
	gint64 asker;
	gint64
	    start_utc; /* proposed; or 0 and `date` and `start` by the organisation's clock, or neither */
	gint64 end_utc; /* 0: as long as now */
	CmDay date;     /* CM_DAY_NONE */
	CmMinute start;
	const gchar *remark; /* or NULL */
	CmTimeRequestSource source;
	gint sequence;
} CmStoreTimeRequestOrder;

#define CM_STORE_TIME_REQUEST_ORDER_INIT                                                           \
	{                                                                                          \
		.date = CM_DAY_NONE                                                                \
	}

/* Ask. The professional is told ("time.asked", of the request's number), unless they ask themselves. CM_ERROR_NOT_FOUND: nothing
 * is booked by this number, or the asker has no part in it. CM_ERROR_CONFLICT: it is not to come any more, or has changed.
 * CM_ERROR_INVALID_INPUT: that is when it stands, it is past or too far, too long a remark, CM_STORE_TIME_REQUESTS_MAX. */
gboolean
cm_store_time_request_ask(CmStore *store,
			  const CmStoreCall *call,
			  const CmStoreTimeRequestOrder *order,
			  CmStoreStamp *out_stamp,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Accept: what it is about moves to `place`, as cm_store_booking_move() does it, with all its errors, and everybody is told of the
 * move. Under a key the answer is both stamps, the booking's first. */
gboolean
cm_store_time_request_accept(CmStore *store,
			     const CmStoreCall *call,
			     gint64 number,
			     gint64 expected,
			     const CmStorePlace *place,
			     CmStoreStamp *out_booking,
			     CmStoreStamp *out_stamp,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Decline, with an answer or NULL: its time stays. Whoever asked is told ("time.declined", of the request's number). */
gboolean
cm_store_time_request_decline(CmStore *store,
			      const CmStoreCall *call,
			      gint64 number,
			      gint64 expected,
			      const gchar *answer,
			      CmStoreStamp *out_stamp,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Nobody asks any more. Nobody is told; "time.asked" that still waits tells of nothing then. */
gboolean
cm_store_time_request_withdraw(CmStore *store,
			       const CmStoreCall *call,
			       gint64 number,
			       gint64 expected,
			       CmStoreStamp *out_stamp,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
