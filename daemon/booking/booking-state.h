// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What a booking can be, and what can happen to it: one table, from which docs/states.md is drawn. Sessions of follow-ups,
 * appointments and holds share it. */

typedef enum {
	CM_BOOKING_NONE, /* nothing is booked; never stored */
	CM_BOOKING_HOLD, /* claimed for a while, for somebody to confirm */
	CM_BOOKING_PLANNED,
	CM_BOOKING_HELD, /* it took place; "held" as in "the session was held" */
	CM_BOOKING_LATE_CANCELLED,
	CM_BOOKING_NO_SHOW,
	CM_BOOKING_REFUSED, /* the student came and would not */
	CM_BOOKING_CANCELLED,
	CM_BOOKING_STATE_LAST
} CmBookingState;

typedef enum {
	CM_BOOKING_EVENT_HOLD,
	CM_BOOKING_EVENT_CONFIRM, /* of a hold, in time */
	CM_BOOKING_EVENT_EXPIRE,  /* of a hold, by the daemon */
	CM_BOOKING_EVENT_BOOK,
	CM_BOOKING_EVENT_REBOOK, /* what did not take place, for another time */
	CM_BOOKING_EVENT_MOVE,
	CM_BOOKING_EVENT_CANCEL,
	/* outcomes; of what has one already: a correction */
	CM_BOOKING_EVENT_LATE_CANCEL,
	CM_BOOKING_EVENT_MARK_HELD,
	CM_BOOKING_EVENT_NO_SHOW,
	CM_BOOKING_EVENT_REFUSE,
	CM_BOOKING_EVENT_REOPEN, /* the outcome was a mistake: planned as before */
	CM_BOOKING_EVENT_LAST
} CmBookingEvent;

typedef struct {
	CmBookingState from;
	CmBookingEvent event;
	CmBookingState to;
} CmBookingEdge;

/* The table: at most one edge for a state and an event; what is not in it can't happen. (transfer none) */
const CmBookingEdge *
cm_booking_state_get_edges(gsize *out_count);

/* Where an event leads. CM_ERROR_CONFLICT, naming the state, when it can't happen. */
gboolean
cm_booking_state_apply(CmBookingState from,
		       CmBookingEvent event,
		       CmBookingState *out_to,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "hold", "planned", "held", "late-cancelled", "no-show", "refused", "cancelled"; "none" */
const gchar *
cm_booking_state_to_string(CmBookingState state);
gboolean
cm_booking_state_from_string(const gchar *text,
			     CmBookingState *out_state) G_GNUC_WARN_UNUSED_RESULT;

/* "hold", "confirm", "expire", "book", "rebook", "move", "cancel", "late-cancel", "mark-held", "no-show", "refuse", "reopen" */
const gchar *
cm_booking_state_event_to_string(CmBookingEvent event);

/* The event that gives what was booked an outcome: "held", "late-cancelled", "no-show", "refused", or "planned" to take one
 * back. FALSE for another text. */
gboolean
cm_booking_state_outcome_from_string(const gchar *text,
				     CmBookingEvent *out_event) G_GNUC_WARN_UNUSED_RESULT;

/* The state as a person reads it, an argument of a message (include/cm-message.h). Returns: (transfer full) */
gchar *
cm_booking_state_dup_word(CmBookingState state) G_GNUC_WARN_UNUSED_RESULT;

/* Whether it takes the time of who and what is booked (the overlap guard's view due_claim says the same). */
gboolean
cm_booking_state_takes_time(CmBookingState state);

/* Whether somebody has said how it went. */
gboolean
cm_booking_state_has_outcome(CmBookingState state);
