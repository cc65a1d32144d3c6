// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What a follow-up can be, and what can happen to it: one table, from which docs/states.md is drawn. Only an active one is planned
 * and booked. */

typedef enum {
	CM_FOLLOWUP_WAITING, /* not begun: for consent, for a place */
	CM_FOLLOWUP_ACTIVE,
	CM_FOLLOWUP_SUSPENDED,
	CM_FOLLOWUP_CLOSED,
	CM_FOLLOWUP_STATE_LAST
} CmFollowupState;

typedef enum {
	CM_FOLLOWUP_EVENT_START,
	CM_FOLLOWUP_EVENT_SUSPEND,
	CM_FOLLOWUP_EVENT_RESUME,
	CM_FOLLOWUP_EVENT_CLOSE,
	CM_FOLLOWUP_EVENT_REOPEN,
	CM_FOLLOWUP_EVENT_LAST
} CmFollowupEvent;

typedef struct {
	CmFollowupState from;
	CmFollowupEvent event;
	CmFollowupState to;
} CmFollowupEdge;

/* The table: at most one edge for a state and an event; what is not in it can't happen. (transfer none) */
const CmFollowupEdge *
cm_followup_state_get_edges(gsize *out_count);

/* Where an event leads. CM_ERROR_CONFLICT, naming the state, when it can't happen. */
gboolean
cm_followup_state_apply(CmFollowupState from,
			CmFollowupEvent event,
			CmFollowupState *out_to,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "waiting", "active", "suspended", "closed" */
const gchar *
cm_followup_state_to_string(CmFollowupState state);
gboolean
cm_followup_state_from_string(const gchar *text,
			      CmFollowupState *out_state) G_GNUC_WARN_UNUSED_RESULT;

/* "start", "suspend", "resume", "close", "reopen" */
const gchar *
cm_followup_state_event_to_string(CmFollowupEvent event);
gboolean
cm_followup_state_event_from_string(const gchar *text,
				    CmFollowupEvent *out_event) G_GNUC_WARN_UNUSED_RESULT;

/* The state as a person reads it, an argument of a message (include/cm-message.h). Returns: (transfer full) */
gchar *
cm_followup_state_dup_word(CmFollowupState state) G_GNUC_WARN_UNUSED_RESULT;
