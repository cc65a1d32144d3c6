// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/followup-state.h"

#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

static const CmFollowupEdge edges[] = {
    {CM_FOLLOWUP_WAITING, CM_FOLLOWUP_EVENT_START, CM_FOLLOWUP_ACTIVE},
    {CM_FOLLOWUP_WAITING, CM_FOLLOWUP_EVENT_CLOSE, CM_FOLLOWUP_CLOSED},

    {CM_FOLLOWUP_ACTIVE, CM_FOLLOWUP_EVENT_SUSPEND, CM_FOLLOWUP_SUSPENDED},
    {CM_FOLLOWUP_ACTIVE, CM_FOLLOWUP_EVENT_CLOSE, CM_FOLLOWUP_CLOSED},

    {CM_FOLLOWUP_SUSPENDED, CM_FOLLOWUP_EVENT_RESUME, CM_FOLLOWUP_ACTIVE},
    {CM_FOLLOWUP_SUSPENDED, CM_FOLLOWUP_EVENT_CLOSE, CM_FOLLOWUP_CLOSED},

    {CM_FOLLOWUP_CLOSED, CM_FOLLOWUP_EVENT_REOPEN, CM_FOLLOWUP_ACTIVE},
};

static const struct {
	const gchar *name;
	const gchar *word;
} states[CM_FOLLOWUP_STATE_LAST] = {
    [CM_FOLLOWUP_WAITING] = {"waiting", N_("waiting")},
    [CM_FOLLOWUP_ACTIVE] = {"active", N_("active")},
    [CM_FOLLOWUP_SUSPENDED] = {"suspended", N_("suspended")},
    [CM_FOLLOWUP_CLOSED] = {"closed", N_("closed")},
};

static const gchar *const events[CM_FOLLOWUP_EVENT_LAST] = {
    [CM_FOLLOWUP_EVENT_START] = "start",   [CM_FOLLOWUP_EVENT_SUSPEND] = "suspend",
    [CM_FOLLOWUP_EVENT_RESUME] = "resume", [CM_FOLLOWUP_EVENT_CLOSE] = "close",
    [CM_FOLLOWUP_EVENT_REOPEN] = "reopen",
};

const CmFollowupEdge *
cm_followup_state_get_edges(gsize *out_count)
{
	*out_count = G_N_ELEMENTS(edges);
	return edges;
}

gboolean
cm_followup_state_apply(CmFollowupState from,
			CmFollowupEvent event,
			CmFollowupState *out_to,
			GError **error)
{
	g_autofree gchar *word = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(edges); i++) {
		if (edges[i].from == from && edges[i].event == event) {
			*out_to = edges[i].to;
			return TRUE;
		}
	}
	word = cm_followup_state_dup_word(from);
	cm_error_set(error, CM_ERROR_CONFLICT, N_("This is not possible: the follow-up is {0}."),
		     word, NULL);
	return FALSE;
}

const gchar *
cm_followup_state_to_string(CmFollowupState state)
{
	g_return_val_if_fail(state < CM_FOLLOWUP_STATE_LAST, "");
	return states[state].name;
}

gboolean
cm_followup_state_from_string(const gchar *text, CmFollowupState *out_state)
{
	for (guint i = 0; i < CM_FOLLOWUP_STATE_LAST; i++) {
		if (g_strcmp0(text, states[i].name) == 0) {
			*out_state = (CmFollowupState)i;
			return TRUE;
		}
	}
	return FALSE;
}

const gchar *
cm_followup_state_event_to_string(CmFollowupEvent event)
{
	g_return_val_if_fail(event < CM_FOLLOWUP_EVENT_LAST, "");
	return events[event];
}

gboolean
cm_followup_state_event_from_string(const gchar *text, CmFollowupEvent *out_event)
{
	for (guint i = 0; i < CM_FOLLOWUP_EVENT_LAST; i++) {
		if (g_strcmp0(text, events[i]) == 0) {
			*out_event = (CmFollowupEvent)i;
			return TRUE;
		}
	}
	return FALSE;
}

gchar *
cm_followup_state_dup_word(CmFollowupState state)
{
	g_return_val_if_fail(state < CM_FOLLOWUP_STATE_LAST, NULL);
	return cm_message_term(states[state].word);
}
