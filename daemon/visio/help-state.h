// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What becomes of "I can't get in": one table, from which docs/states.md is drawn. */

typedef enum {
	CM_HELP_NONE,
	CM_HELP_WAITING,
	CM_HELP_ANSWERED,
	CM_HELP_CLOSED,
	CM_HELP_STATE_LAST
} CmHelpState;

typedef enum {
	CM_HELP_EVENT_ASK, /* again, when the answer was no help: the same request waits once more */
	CM_HELP_EVENT_ANSWER,
	CM_HELP_EVENT_CLOSE,
	CM_HELP_EVENT_LAST
} CmHelpEvent;

typedef struct {
	CmHelpState from;
	CmHelpEvent event;
	CmHelpState to;
} CmHelpEdge;

/* The table: at most one edge for a state and an event; what is not in it can't happen. (transfer none) */
const CmHelpEdge *
cm_help_state_get_edges(gsize *out_count);

/* Where an event leads. CM_ERROR_CONFLICT, naming the state, when it can't happen. */
gboolean
cm_help_state_apply(CmHelpState from, CmHelpEvent event, CmHelpState *out_to, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* "none", "waiting", "answered", "closed" */
const gchar *
cm_help_state_to_string(CmHelpState state);
gboolean
cm_help_state_from_string(const gchar *text, CmHelpState *out_state) G_GNUC_WARN_UNUSED_RESULT;

/* "ask", "answer", "close" */
const gchar *
cm_help_state_event_to_string(CmHelpEvent event);
