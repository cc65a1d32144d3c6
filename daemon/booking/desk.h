// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/verdict.h"

/* The desk: everything that stands on everybody's calendar, by the roster of one version. It answers two questions by one function,
 * which is the planner's: where could this go, and may this stand there. What is offered is accepted, and what is accepted
 * without an objection is offered.
 *
 * Kept by one thread (the store's), and changed with every change of a booking. The store's guard against double bookings has the last
 * word: the desk says why, the guard says no. Everything refers to the caseload by index. */
typedef struct _CmDesk CmDesk;

typedef enum {
	CM_DESK_SESSION,           /* of a follow-up: booked, or held for a while */
	CM_DESK_GROUP,             /* several students */
	CM_DESK_INTERVENTION_PLAN, /* professionals, teacher, direction, parents, often the student */
	CM_DESK_MEETING,           /* without a student */
	CM_DESK_LAST
} CmDeskKind;

/* A student, a contact or a further professional of an appointment. */
typedef struct {
	guint8 kind; /* CmResource: PROFESSIONAL, STUDENT or CONTACT */
	guint32 index;
} CmAttendee;

/* Something on the calendar, or asked about. */
typedef struct {
	gint64
	    number; /* the store's: of the booking's session or of the appointment; 0: it does not stand yet */
	guint8 kind; /* CmDeskKind */
	guint8 mode; /* CmMode */
	guint32
	    session; /* CM_DESK_SESSION: the caseload's; its people, length and act are that session's. Otherwise CM_NONE */
	guint32 professional; /* who holds it; of a session the follow-up's */
	guint32
	    site; /* of an appointment, CM_NONE: its professional's base, without a room; of a session the student's */
	CmDay date;
	CmMinute start;
	gint minutes;      /* 0: the session's own */
	guint32 room;      /* or CM_NONE: when asked about, the best that is free */
	guint32 companion; /* the same */
	gint64 hold_until; /* an instant, 0: not a hold. A hold that has ended takes nothing */
	const gchar *act;  /* of an appointment, or NULL: the rules of no act */
	const CmAttendee
	    *attendees; /* of an appointment, beside its professional; copied by cm_desk_place() */
	guint attendee_count;
} CmDeskEntry;

#define CM_DESK_ENTRY_INIT                                                                         \
	{                                                                                          \
		.session = CM_NONE, .professional = CM_NONE, .site = CM_NONE, .room = CM_NONE,     \
		.companion = CM_NONE                                                               \
	}
#define CM_DESK_ATTENDEES_MAX 64

/* What a rule is asked about: one student on one day. */
typedef struct {
	const CmPolicy *policy;
	const gchar *act; /* or NULL */
	guint32 student;
	guint32 followup; /* CM_NONE for an appointment */
	guint32 session;  /* CM_NONE for an appointment */
	CmDay date;
	guint8 mode; /* CmMode */
	guint8 kind; /* CmDeskKind */
} CmDeskCase;

/* What the desk does not know itself: consents, suitability, derogations. Either function may be NULL. */
typedef struct {
	/* Add what stands against the case to the verdict. Nothing depends on the hour. */
	void (*judge)(gpointer data, const CmDeskCase *asked, CmVerdict *verdict);
	/* The approved derogation that opens this rule (`rule`, `key`: either may be NULL) for this case, or 0; `out_value`: what the
	 * limit becomes, CM_LIMIT_NONE when it ends altogether. */
	gint64 (*find_derogation)(gpointer data,
				  const CmDeskCase *asked,
				  const gchar *rule,
				  const gchar *key,
				  gint *out_value);
	gpointer data;
} CmDeskGates;

/* Both stay the caller's and outlive the desk. A desk has the roster's `busy`, and nothing of its `previous`. Returns: (transfer full) */
CmDesk *
cm_desk_new(const CmCaseload *caseload, const CmPolicySet *policies);
void
cm_desk_free(CmDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmDesk, cm_desk_free)

/* What `gates` points to is copied; its data outlives the desk or the next call. */
void
cm_desk_set_gates(CmDesk *desk, const CmDeskGates *gates);

/* -- What stands. An entry has a number, and is there once: placing it again moves it. Cancelled ones are removed; those that were
 * missed stand. */

void
cm_desk_place(CmDesk *desk, const CmDeskEntry *entry);
/* FALSE: there was none of this number. */
gboolean
cm_desk_remove(CmDesk *desk, gint64 number);
/* (transfer none), until the next change; NULL when there is none */
const CmDeskEntry *
cm_desk_lookup(const CmDesk *desk, gint64 number);
/* The booking of a session (not a hold), or NULL. */
const CmDeskEntry *
cm_desk_lookup_session(const CmDesk *desk, guint32 session);

/* Times taken by a professional's own calendar: all of them anew; what a former call said is forgotten. */
void
cm_desk_set_calendar(CmDesk *desk, guint32 professional, const CmBusy *busy, guint count);

/* -- The two questions. `now`: instant, for holds and for what is past in the roster's zone. */

/* May it stand there? Whatever has the entry's number, or is of its session, does not count against it. A room and a companion
 * that are not asked for are chosen. Returns: (transfer full) */
CmVerdict *
cm_desk_judge(const CmDesk *desk, const CmDeskEntry *asked, gint64 now);

typedef struct {
	CmDay date;
	CmMinute start;
	guint8 mode; /* CmMode */
	guint32 room;
	guint32 companion;
	gint points;     /* as the planner counts them: what ranks slots; 0 at best, or less */
	gboolean warned; /* cm_desk_judge() has something to say that does not block */
} CmSlot;

#define CM_SLOTS_MAX 64

/* The `count` best starts (up to CM_SLOTS_MAX) between two dates, both included, the best first. `asked` is what to place: its date,
 * start, room and companion don't matter, and of `modes` (CM_MODE_FLAG()s) one is chosen. `apart`: no two slots that overlap. Only
 * starts after `now`. */
guint
cm_desk_find_slots(const CmDesk *desk,
		   const CmDeskEntry *asked,
		   guint modes,
		   CmDay from,
		   CmDay to,
		   gboolean apart,
		   guint count,
		   gint64 now,
		   CmSlot *out_slots);

#define CM_DESK_DAYS_MAX 400 /* between two dates; later ones are not looked at */

/* "session", "group", "intervention-plan", "meeting": as in the store. */
const gchar *
cm_desk_kind_to_string(CmDeskKind kind);
gboolean
cm_desk_kind_from_string(const gchar *text, CmDeskKind *out_kind) G_GNUC_WARN_UNUSED_RESULT;
