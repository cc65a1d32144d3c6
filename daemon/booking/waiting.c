// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/waiting.h"

#include <stdlib.h>

#define NO CM_WAITING_STATE_LAST

/* [state][event]; NO: it can't happen */
static const guint8 transitions[CM_WAITING_STATE_LAST][CM_WAITING_EVENT_LAST] = {
    [CM_WAITING_WAITING] = {CM_WAITING_OFFERED, NO, CM_WAITING_SERVED, CM_WAITING_WITHDRAWN},
    [CM_WAITING_OFFERED] = {NO, CM_WAITING_WAITING, CM_WAITING_SERVED, CM_WAITING_WITHDRAWN},
    [CM_WAITING_SERVED] = {NO, NO, NO, NO},
    [CM_WAITING_WITHDRAWN] = {NO, NO, NO, NO},
};

static const gchar *const state_names[CM_WAITING_STATE_LAST] = {
    [CM_WAITING_WAITING] = "waiting",
    [CM_WAITING_OFFERED] = "offered",
    [CM_WAITING_SERVED] = "served",
    [CM_WAITING_WITHDRAWN] = "withdrawn",
};

static const gchar *const event_names[CM_WAITING_EVENT_LAST] = {
    [CM_WAITING_EVENT_OFFER] = "offer",
    [CM_WAITING_EVENT_EXPIRE] = "expire",
    [CM_WAITING_EVENT_SERVE] = "serve",
    [CM_WAITING_EVENT_WITHDRAW] = "withdraw",
};

gboolean
cm_waiting_get_next(CmWaitingState state, CmWaitingEvent event, CmWaitingState *out_state)
{
	g_return_val_if_fail(state < CM_WAITING_STATE_LAST && event < CM_WAITING_EVENT_LAST, FALSE);
	if (transitions[state][event] == NO)
		return FALSE;
	*out_state = (CmWaitingState)transitions[state][event];
	return TRUE;
}

const gchar *
cm_waiting_state_to_string(CmWaitingState state)
{
	g_return_val_if_fail(state < CM_WAITING_STATE_LAST, "");
	return state_names[state];
}

gboolean
cm_waiting_state_from_string(const gchar *text, CmWaitingState *out_state)
{
	for (guint i = 0; i < CM_WAITING_STATE_LAST; i++) {
		if (g_str_equal(state_names[i], text)) {
			*out_state = (CmWaitingState)i;
			return TRUE;
		}
	}
	return FALSE;
}

const gchar *
cm_waiting_event_to_string(CmWaitingEvent event)
{
	g_return_val_if_fail(event < CM_WAITING_EVENT_LAST, "");
	return event_names[event];
}

/* ---- who comes first */

static gint
compare(const void *a, const void *b)
{
	const CmWaitingCandidate *first = a;
	const CmWaitingCandidate *second = b;

	if (first->fits != second->fits)
		return first->fits ? -1 : 1;
	if (first->points != second->points)
		return first->points > second->points ? -1 : 1;
	if (first->received_on != second->received_on)
		return first->received_on < second->received_on ? -1 : 1;
	return (first->request > second->request) - (first->request < second->request);
}

void
cm_waiting_rank(CmWaitingCandidate *candidates, guint count, CmDay today)
{
	for (guint i = 0; i < count; i++) {
		CmWaitingCandidate *candidate = &candidates[i];
		gint days = CLAMP(today - candidate->received_on, 0, CM_WAITING_DAYS_MAX);

		candidate->points = CM_WAITING_PRIORITY_DAYS * (3 - candidate->priority) + days -
				    candidate->travel -
				    CM_WAITING_WARNING_DAYS * (gint)candidate->warnings;
	}
	if (count > 0)
		qsort(candidates, count, sizeof *candidates, compare);
}

/* a pair that nobody measured costs nothing here: the desk says that it can't be reached */
static gint
get_minutes(const CmCaseload *caseload, guint32 from, guint32 to)
{
	return MAX(cm_caseload_get_travel(caseload, from, to), 0);
}

gint
cm_waiting_get_added_travel(const CmCaseload *caseload, guint32 before, guint32 after, guint32 site)
{
	return get_minutes(caseload, before, site) + get_minutes(caseload, site, after) -
	       get_minutes(caseload, before, after);
}
