// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Who comes to a session's door, and what becomes of it: one table, from which docs/states.md is drawn. */

typedef enum {
	CM_VISIT_GUEST,       /* whoever the session is for, or takes part in it */
	CM_VISIT_INTERPRETER, /* who interprets for them */
	CM_VISIT_HOST,        /* whose session it is */
	CM_VISIT_HELPER,      /* who helps at the school */
	CM_VISIT_ROLE_LAST
} CmVisitRole;

typedef enum {
	CM_VISIT_NONE,
	CM_VISIT_WAITING,
	CM_VISIT_INSIDE,
	CM_VISIT_LEFT,
	CM_VISIT_REFUSED,
	CM_VISIT_STATE_LAST
} CmVisitState;

typedef enum {
	CM_VISIT_EVENT_ARRIVE, /* to the waiting room; again: having left it, or after a refusal */
	CM_VISIT_EVENT_ENTER,  /* without being let in: a host, and who was inside already */
	CM_VISIT_EVENT_ADMIT,
	CM_VISIT_EVENT_REFUSE, /* also of who is inside */
	CM_VISIT_EVENT_LEAVE,
	CM_VISIT_EVENT_END, /* the host ended the session */
	CM_VISIT_EVENT_LAST
} CmVisitEvent;

typedef struct {
	CmVisitState from;
	CmVisitEvent event;
	CmVisitState to;
} CmVisitEdge;

/* The table: at most one edge for a state and an event; what is not in it can't happen. (transfer none) */
const CmVisitEdge *
cm_visit_state_get_edges(gsize *out_count);

/* Where an event leads. CM_ERROR_CONFLICT, naming the state, when it can't happen. */
gboolean
cm_visit_state_apply(CmVisitState from, CmVisitEvent event, CmVisitState *out_to, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* "none", "waiting", "inside", "left", "refused" */
const gchar *
cm_visit_state_to_string(CmVisitState state);
gboolean
cm_visit_state_from_string(const gchar *text, CmVisitState *out_state) G_GNUC_WARN_UNUSED_RESULT;

/* "arrive", "enter", "admit", "refuse", "leave", "end" */
const gchar *
cm_visit_state_event_to_string(CmVisitEvent event);

/* "guest", "interpreter", "host", "helper" */
const gchar *
cm_visit_state_role_to_string(CmVisitRole role);
gboolean
cm_visit_state_role_from_string(const gchar *text, CmVisitRole *out_role) G_GNUC_WARN_UNUSED_RESULT;
