// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What becomes of a request for another time of what is booked: one table, from which docs/states.md is drawn. Not a request for
 * service, which waits for a first hour (waiting.h). */

typedef enum {
	CM_TIME_REQUEST_WAITING,
	CM_TIME_REQUEST_ACCEPTED,  /* it was moved */
	CM_TIME_REQUEST_DECLINED,  /* its time stays */
	CM_TIME_REQUEST_WITHDRAWN, /* nobody asks any more, or there is nothing left to ask of */
	CM_TIME_REQUEST_STATE_LAST
} CmTimeRequestState;

typedef enum {
	CM_TIME_REQUEST_EVENT_ACCEPT,
	CM_TIME_REQUEST_EVENT_DECLINE,
	CM_TIME_REQUEST_EVENT_WITHDRAW, /* by whoever asked, or for them */
	CM_TIME_REQUEST_EVENT_REPLACE,  /* the same person asks anew */
	CM_TIME_REQUEST_EVENT_FALL, /* what it is about was moved, cancelled or begun without it */
	CM_TIME_REQUEST_EVENT_LAST
} CmTimeRequestEvent;

typedef struct {
	CmTimeRequestState from;
	CmTimeRequestEvent event;
	CmTimeRequestState to;
} CmTimeRequestEdge;

/* The table: at most one edge for a state and an event; what is not in it can't happen. (transfer none) */
const CmTimeRequestEdge *
cm_time_request_state_get_edges(gsize *out_count);

/* Where an event leads. CM_ERROR_CONFLICT, naming the state, when it can't happen. */
gboolean
cm_time_request_state_apply(CmTimeRequestState from,
			    CmTimeRequestEvent event,
			    CmTimeRequestState *out_to,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "waiting", "accepted", "declined", "withdrawn" */
const gchar *
cm_time_request_state_to_string(CmTimeRequestState state);
gboolean
cm_time_request_state_from_string(const gchar *text,
				  CmTimeRequestState *out_state) G_GNUC_WARN_UNUSED_RESULT;

/* "accept", "decline", "withdraw", "replace", "fall" */
const gchar *
cm_time_request_state_event_to_string(CmTimeRequestEvent event);
