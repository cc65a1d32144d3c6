// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/booking-state.h"

#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

static const CmBookingEdge edges[] = {
    {CM_BOOKING_NONE, CM_BOOKING_EVENT_HOLD, CM_BOOKING_HOLD},
    {CM_BOOKING_NONE, CM_BOOKING_EVENT_BOOK, CM_BOOKING_PLANNED},

    {CM_BOOKING_HOLD, CM_BOOKING_EVENT_CONFIRM, CM_BOOKING_PLANNED},
    {CM_BOOKING_HOLD, CM_BOOKING_EVENT_EXPIRE, CM_BOOKING_CANCELLED},
    {CM_BOOKING_HOLD, CM_BOOKING_EVENT_CANCEL, CM_BOOKING_CANCELLED},

    {CM_BOOKING_PLANNED, CM_BOOKING_EVENT_MOVE, CM_BOOKING_PLANNED},
    {CM_BOOKING_PLANNED, CM_BOOKING_EVENT_CANCEL, CM_BOOKING_CANCELLED},
    {CM_BOOKING_PLANNED, CM_BOOKING_EVENT_LATE_CANCEL, CM_BOOKING_LATE_CANCELLED},
    {CM_BOOKING_PLANNED, CM_BOOKING_EVENT_MARK_HELD, CM_BOOKING_HELD},
    {CM_BOOKING_PLANNED, CM_BOOKING_EVENT_NO_SHOW, CM_BOOKING_NO_SHOW},
    {CM_BOOKING_PLANNED, CM_BOOKING_EVENT_REFUSE, CM_BOOKING_REFUSED},

    {CM_BOOKING_HELD, CM_BOOKING_EVENT_LATE_CANCEL, CM_BOOKING_LATE_CANCELLED},
    {CM_BOOKING_HELD, CM_BOOKING_EVENT_NO_SHOW, CM_BOOKING_NO_SHOW},
    {CM_BOOKING_HELD, CM_BOOKING_EVENT_REFUSE, CM_BOOKING_REFUSED},
    {CM_BOOKING_HELD, CM_BOOKING_EVENT_REOPEN, CM_BOOKING_PLANNED},

    {CM_BOOKING_LATE_CANCELLED, CM_BOOKING_EVENT_MARK_HELD, CM_BOOKING_HELD},
    {CM_BOOKING_LATE_CANCELLED, CM_BOOKING_EVENT_NO_SHOW, CM_BOOKING_NO_SHOW},
    {CM_BOOKING_LATE_CANCELLED, CM_BOOKING_EVENT_REFUSE, CM_BOOKING_REFUSED},
    {CM_BOOKING_LATE_CANCELLED, CM_BOOKING_EVENT_REOPEN, CM_BOOKING_PLANNED},
    {CM_BOOKING_LATE_CANCELLED, CM_BOOKING_EVENT_REBOOK, CM_BOOKING_PLANNED},

    {CM_BOOKING_NO_SHOW, CM_BOOKING_EVENT_LATE_CANCEL, CM_BOOKING_LATE_CANCELLED},
    {CM_BOOKING_NO_SHOW, CM_BOOKING_EVENT_MARK_HELD, CM_BOOKING_HELD},
    {CM_BOOKING_NO_SHOW, CM_BOOKING_EVENT_REFUSE, CM_BOOKING_REFUSED},
    {CM_BOOKING_NO_SHOW, CM_BOOKING_EVENT_REOPEN, CM_BOOKING_PLANNED},
    {CM_BOOKING_NO_SHOW, CM_BOOKING_EVENT_REBOOK, CM_BOOKING_PLANNED},

    {CM_BOOKING_REFUSED, CM_BOOKING_EVENT_LATE_CANCEL, CM_BOOKING_LATE_CANCELLED},
    {CM_BOOKING_REFUSED, CM_BOOKING_EVENT_MARK_HELD, CM_BOOKING_HELD},
    {CM_BOOKING_REFUSED, CM_BOOKING_EVENT_NO_SHOW, CM_BOOKING_NO_SHOW},
    {CM_BOOKING_REFUSED, CM_BOOKING_EVENT_REOPEN, CM_BOOKING_PLANNED},
    {CM_BOOKING_REFUSED, CM_BOOKING_EVENT_REBOOK, CM_BOOKING_PLANNED},

    {CM_BOOKING_CANCELLED, CM_BOOKING_EVENT_REBOOK, CM_BOOKING_PLANNED},
};

static const struct {
	const gchar *name;
	const gchar *word;
} states[CM_BOOKING_STATE_LAST] = {
    [CM_BOOKING_NONE] = {"none", N_("not booked")},
    [CM_BOOKING_HOLD] = {"hold", N_("on hold")},
    [CM_BOOKING_PLANNED] = {"planned", N_("planned")},
    [CM_BOOKING_HELD] = {"held", N_("held")},
    [CM_BOOKING_LATE_CANCELLED] = {"late-cancelled", N_("cancelled late")},
    [CM_BOOKING_NO_SHOW] = {"no-show", N_("no-show")},
    [CM_BOOKING_REFUSED] = {"refused", N_("refused by the student")},
    [CM_BOOKING_CANCELLED] = {"cancelled", N_("cancelled")},
};

const CmBookingEdge *
cm_booking_state_get_edges(gsize *out_count)
{
	*out_count = G_N_ELEMENTS(edges);
	return edges;
}

gboolean
cm_booking_state_apply(CmBookingState from,
		       CmBookingEvent event,
		       CmBookingState *out_to,
		       GError **error)
{
	g_autofree gchar *word = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(edges); i++) {
		if (edges[i].from == from && edges[i].event == event) {
			*out_to = edges[i].to;
			return TRUE;
		}
	}
	word = cm_booking_state_dup_word(from);
	cm_error_set(error, CM_ERROR_CONFLICT, N_("This is not possible: it is {0}."), word, NULL);
	return FALSE;
}

const gchar *
cm_booking_state_to_string(CmBookingState state)
{
	g_return_val_if_fail(state < CM_BOOKING_STATE_LAST, "");
	return states[state].name;
}

gboolean
cm_booking_state_from_string(const gchar *text, CmBookingState *out_state)
{
	for (guint i = 0; i < CM_BOOKING_STATE_LAST; i++) {
		if (g_strcmp0(text, states[i].name) == 0) {
			*out_state = (CmBookingState)i;
			return TRUE;
		}
	}
	return FALSE;
}

gchar *
cm_booking_state_dup_word(CmBookingState state)
{
	g_return_val_if_fail(state < CM_BOOKING_STATE_LAST, NULL);
	return cm_message_term(states[state].word);
}

const gchar *
cm_booking_state_event_to_string(CmBookingEvent event)
{
	static const gchar *const names[CM_BOOKING_EVENT_LAST] = {
	    [CM_BOOKING_EVENT_HOLD] = "hold",
	    [CM_BOOKING_EVENT_CONFIRM] = "confirm",
	    [CM_BOOKING_EVENT_EXPIRE] = "expire",
	    [CM_BOOKING_EVENT_BOOK] = "book",
	    [CM_BOOKING_EVENT_REBOOK] = "rebook",
	    [CM_BOOKING_EVENT_MOVE] = "move",
	    [CM_BOOKING_EVENT_CANCEL] = "cancel",
	    [CM_BOOKING_EVENT_LATE_CANCEL] = "late-cancel",
	    [CM_BOOKING_EVENT_MARK_HELD] = "mark-held",
	    [CM_BOOKING_EVENT_NO_SHOW] = "no-show",
	    [CM_BOOKING_EVENT_REFUSE] = "refuse",
	    [CM_BOOKING_EVENT_REOPEN] = "reopen",
	};

	g_return_val_if_fail(event < CM_BOOKING_EVENT_LAST, "");
	return names[event];
}

gboolean
cm_booking_state_outcome_from_string(const gchar *text, CmBookingEvent *out_event)
{
	static const struct {
		CmBookingState state;
		CmBookingEvent event;
	} outcomes[] = {
	    {CM_BOOKING_HELD, CM_BOOKING_EVENT_MARK_HELD},
	    {CM_BOOKING_LATE_CANCELLED, CM_BOOKING_EVENT_LATE_CANCEL},
	    {CM_BOOKING_NO_SHOW, CM_BOOKING_EVENT_NO_SHOW},
	    {CM_BOOKING_REFUSED, CM_BOOKING_EVENT_REFUSE},
	    {CM_BOOKING_PLANNED, CM_BOOKING_EVENT_REOPEN},
	};

	for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++) {
		if (g_strcmp0(text, states[outcomes[i].state].name) == 0) {
			*out_event = outcomes[i].event;
			return TRUE;
		}
	}
	return FALSE;
}

gboolean
cm_booking_state_takes_time(CmBookingState state)
{
	return state != CM_BOOKING_NONE && state != CM_BOOKING_CANCELLED &&
	       state != CM_BOOKING_LATE_CANCELLED;
}

gboolean
cm_booking_state_has_outcome(CmBookingState state)
{
	return state == CM_BOOKING_HELD || state == CM_BOOKING_LATE_CANCELLED ||
	       state == CM_BOOKING_NO_SHOW || state == CM_BOOKING_REFUSED;
}
