// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/time-request-state.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

static const CmTimeRequestEdge edges[] = {
    {CM_TIME_REQUEST_WAITING, CM_TIME_REQUEST_EVENT_ACCEPT, CM_TIME_REQUEST_ACCEPTED},
    {CM_TIME_REQUEST_WAITING, CM_TIME_REQUEST_EVENT_DECLINE, CM_TIME_REQUEST_DECLINED},
    {CM_TIME_REQUEST_WAITING, CM_TIME_REQUEST_EVENT_WITHDRAW, CM_TIME_REQUEST_WITHDRAWN},
    {CM_TIME_REQUEST_WAITING, CM_TIME_REQUEST_EVENT_REPLACE, CM_TIME_REQUEST_WITHDRAWN},
    {CM_TIME_REQUEST_WAITING, CM_TIME_REQUEST_EVENT_FALL, CM_TIME_REQUEST_WITHDRAWN},
};

static const gchar *const states[CM_TIME_REQUEST_STATE_LAST] = {
    [CM_TIME_REQUEST_WAITING] = "waiting",
    [CM_TIME_REQUEST_ACCEPTED] = "accepted",
    [CM_TIME_REQUEST_DECLINED] = "declined",
    [CM_TIME_REQUEST_WITHDRAWN] = "withdrawn",
};

static const gchar *const events[CM_TIME_REQUEST_EVENT_LAST] = {
    [CM_TIME_REQUEST_EVENT_ACCEPT] = "accept",     [CM_TIME_REQUEST_EVENT_DECLINE] = "decline",
    [CM_TIME_REQUEST_EVENT_WITHDRAW] = "withdraw", [CM_TIME_REQUEST_EVENT_REPLACE] = "replace",
    [CM_TIME_REQUEST_EVENT_FALL] = "fall",
};

const CmTimeRequestEdge *
cm_time_request_state_get_edges(gsize *out_count)
{
	*out_count = G_N_ELEMENTS(edges);
	return edges;
}

static const gchar *
get_refusal(CmTimeRequestState from)
{
	if (from == CM_TIME_REQUEST_ACCEPTED)
		return N_("This request for another time is accepted already.");
	if (from == CM_TIME_REQUEST_DECLINED)
		return N_("This request for another time is declined already.");
	return N_("This request for another time does not stand any more: it was withdrawn, or "
		  "what it is about was moved, cancelled or has begun.");
}

gboolean
cm_time_request_state_apply(CmTimeRequestState from,
			    CmTimeRequestEvent event,
			    CmTimeRequestState *out_to,
			    GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(edges); i++) {
		if (edges[i].from == from && edges[i].event == event) {
			*out_to = edges[i].to;
			return TRUE;
		}
	}
	cm_error_set(error, CM_ERROR_CONFLICT, get_refusal(from), NULL);
	return FALSE;
}

const gchar *
cm_time_request_state_to_string(CmTimeRequestState state)
{
	g_return_val_if_fail(state < CM_TIME_REQUEST_STATE_LAST, "");
	return states[state];
}

gboolean
cm_time_request_state_from_string(const gchar *text, CmTimeRequestState *out_state)
{
	for (guint i = 0; i < CM_TIME_REQUEST_STATE_LAST; i++) {
		if (g_strcmp0(text, states[i]) == 0) {
			*out_state = (CmTimeRequestState)i;
			return TRUE;
		}
	}
	return FALSE;
}

const gchar *
cm_time_request_state_event_to_string(CmTimeRequestEvent event)
{
	g_return_val_if_fail(event < CM_TIME_REQUEST_EVENT_LAST, "");
	return events[event];
}
