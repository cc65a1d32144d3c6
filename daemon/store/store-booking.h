// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/booking-state.h"
#include "daemon/store/store.h"

/* What is booked, by hand or by a plan: sessions of follow-ups, and appointments beside them (groups, meetings of intervention
 * plans, other meetings). A thing's number is its session's, or the appointment's own. Everything refers to people and places by
 * their numbers (roster-numbers.h). Holds: store-hold.h; several at once: store-series.h.
 *
 * Every change is one transaction with its audit entry and its notices, carries the version it was made against, and clears the
 * holds that have ended before it claims anything. Errors of all of them: CM_ERROR_NOT_FOUND; CM_ERROR_CONFLICT: another version
 * (the message says what it is now), somebody or something taken or busy then, an event that can't happen in this state. */

typedef enum {
	CM_STORE_BOOKING_SESSION, /* of a follow-up; of a hold: what it is for */
	CM_STORE_BOOKING_GROUP,
	CM_STORE_BOOKING_INTERVENTION_PLAN,
	CM_STORE_BOOKING_MEETING,
	CM_STORE_BOOKING_KIND_LAST
} CmStoreBookingKind;

/* "session", "group", "intervention-plan", "meeting" */
const gchar *
cm_store_booking_kind_to_string(CmStoreBookingKind kind);
gboolean
cm_store_booking_kind_from_string(const gchar *text,
				  CmStoreBookingKind *out_kind) G_GNUC_WARN_UNUSED_RESULT;

#define CM_STORE_ATTENDEES_MAX 64
#define CM_STORE_TITLE_MAX 500 /* octets */

typedef struct {
	CmResource kind; /* professional, student or contact */
	gint64 number;
} CmStoreAttendee;

/* When and where. Of a session the length and the site are its own: what stands here is passed over. */
typedef struct {
	CmDay date;
	CmMinute start;
	gint minutes; /* it ends before midnight */
	CmMode mode;
	gint64 site; /* 0: nowhere */
	gint64 room; /* 0: none */
	gint64 companion;
} CmStorePlace;

typedef struct {
	gint64 number;
	CmStoreBookingKind kind;
	CmBookingState state;
	gint64 version;
	gint64 session;  /* 0: an appointment that is none's */
	gint64 followup; /* the session's, or 0 */
	gint64 request;  /* for service, or 0 */
	gint64 series;   /* 0: alone */
	CmStorePlace place;
	gint64 start_utc;
	gint64 end_utc;
	gint64 professional;
	gint64 student;    /* of a session, when they are there; else 0 */
	GArray *attendees; /* CmStoreAttendee: of a session its participants */
	gchar *act;        /* or NULL */
	gchar *title;      /* or NULL */
	gint64 hold_until; /* instant, 0: not a hold */
	gint64 holder;     /* uid, -1: not a hold */
	gboolean by_hand;  /* else by a plan */
	gboolean locked;   /* by a plan */
	gint64 changed_at; /* instant, 0: never since a plan placed it */
	gint64 changed_by; /* uid, -1: a plan */
} CmStoreBooking;

void
cm_store_booking_free(CmStoreBooking *booking);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreBooking, cm_store_booking_free)

/* One, or CM_ERROR_NOT_FOUND. A hold that has ended and was not cleared yet stands as `cancelled`. Returns: (transfer full) */
CmStoreBooking *
cm_store_booking_get(CmStore *store, gint64 number, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What a list is kept to; 0 (CM_BOOKING_NONE) for all. */
typedef struct {
	CmDay from; /* both included */
	CmDay to;
	gint64 professional; /* whose it is, or who attends */
	gint64 student;
	gint64 followup;
	gint64 series;
	CmBookingState state;
} CmStoreBookingFilter;

#define CM_STORE_BOOKINGS_MAX 1000000

/* By start, then by number. Returns: (transfer full) (element-type CmStoreBooking) */
GPtrArray *
cm_store_booking_list(CmStore *store,
		      const CmStoreBookingFilter *filter,
		      gint64 now,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who changes something, and what goes with it. */
typedef struct {
	gint64 actor; /* uid, CM_AUDIT_DAEMON */
	gint64 now;   /* instant */
	const gchar *
	    key; /* the caller's name for this call, or NULL: a call made again under the same key within
				CM_STORE_REQUEST_KEY_SECONDS is answered the same and does nothing; CM_ERROR_CONFLICT when it
				asks for something else */
	const gchar *
	    asked; /* all that the caller asked for, as a text, for the key; NULL: what the function is given */
	const gchar *note;   /* what somebody wrote, or NULL: to the audit log */
	const gchar *remark; /* a JSON value for the audit log, as the warnings; or NULL */
} CmStoreCall;

#define CM_STORE_REQUEST_KEY_SECONDS (2 * 86400)
#define CM_STORE_REQUEST_KEY_MAX 200 /* octets */

/* What a change has made. */
typedef struct {
	gint64 number;
	gint64 version;
} CmStoreStamp;

/* Something to book. */
typedef struct {
	CmStoreBookingKind kind;
	gint64 session;  /* of a session */
	gint64 expected; /* of a session: the version of what is cancelled, 0: not booked */
	gboolean student_present; /* of a session: what its act's policy says */
	gint64 professional;      /* of an appointment: whose it is */
	gint64 request;           /* for service, which it answers; or 0 */
	CmStorePlace place;
	const CmStoreAttendee *attendees; /* of an appointment */
	guint attendee_count;
	const gchar *act;   /* of an appointment, or NULL */
	const gchar *title; /* of an appointment, or NULL */
} CmStoreOrder;

/* The answer that a call was given already under its key and `asked`: appended to `stamps` (of CmStoreStamp; of a series its number
 * comes first), which stays empty when there was none. For who decides something before the call that an answer must not depend on. */
gboolean
cm_store_booking_look_up_answer(CmStore *store,
				const CmStoreCall *call,
				GArray *stamps,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Book. CM_ERROR_CONFLICT also: the follow-up is not active, somebody holds a time for the session. */
gboolean
cm_store_booking_book(CmStore *store,
		      const CmStoreCall *call,
		      const CmStoreOrder *order,
		      CmStoreStamp *out_stamp,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* To another time or place; of a session the length stays. */
gboolean
cm_store_booking_move(CmStore *store,
		      const CmStoreCall *call,
		      gint64 number,
		      gint64 expected,
		      const CmStorePlace *place,
		      CmStoreStamp *out_stamp,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of a hold: let go of it. */
gboolean
cm_store_booking_cancel(CmStore *store,
			const CmStoreCall *call,
			gint64 number,
			gint64 expected,
			CmStoreStamp *out_stamp,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `outcome`: one of the events that cm_booking_state_outcome_from_string() knows. CM_ERROR_INVALID_INPUT: it has not begun yet
 * (a late cancellation can be said before). */
gboolean
cm_store_booking_set_outcome(CmStore *store,
			     const CmStoreCall *call,
			     gint64 number,
			     gint64 expected,
			     CmBookingEvent outcome,
			     CmStoreStamp *out_stamp,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
