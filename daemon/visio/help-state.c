// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/help-state.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

static const CmHelpEdge edges[] = {
    {CM_HELP_NONE, CM_HELP_EVENT_ASK, CM_HELP_WAITING},
    {CM_HELP_WAITING, CM_HELP_EVENT_ANSWER, CM_HELP_ANSWERED},
    {CM_HELP_WAITING, CM_HELP_EVENT_CLOSE, CM_HELP_CLOSED},
    {CM_HELP_ANSWERED, CM_HELP_EVENT_ASK, CM_HELP_WAITING},
    {CM_HELP_ANSWERED, CM_HELP_EVENT_ANSWER, CM_HELP_ANSWERED},
    {CM_HELP_ANSWERED, CM_HELP_EVENT_CLOSE, CM_HELP_CLOSED},
};

static const gchar *const states[CM_HELP_STATE_LAST] = {
    [CM_HELP_NONE] = "none",
    [CM_HELP_WAITING] = "waiting",
    [CM_HELP_ANSWERED] = "answered",
    [CM_HELP_CLOSED] = "closed",
};

static const gchar *const events[CM_HELP_EVENT_LAST] = {
    [CM_HELP_EVENT_ASK] = "ask",
    [CM_HELP_EVENT_ANSWER] = "answer",
    [CM_HELP_EVENT_CLOSE] = "close",
};

const CmHelpEdge *
cm_help_state_get_edges(gsize *out_count)
{
	*out_count = G_N_ELEMENTS(edges);
	return edges;
}

gboolean
cm_help_state_apply(CmHelpState from, CmHelpEvent event, CmHelpState *out_to, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(edges); i++) {
		if (edges[i].from == from && edges[i].event == event) {
			*out_to = edges[i].to;
			return TRUE;
		}
	}
	cm_error_set(error, CM_ERROR_CONFLICT,
		     from == CM_HELP_CLOSED ? N_("This request for help is closed.")
					    : N_("This request for help waits already."),
		     NULL);
	return FALSE;
}

const gchar *
cm_help_state_to_string(CmHelpState state)
{
	g_return_val_if_fail(state < CM_HELP_STATE_LAST, "");
	return states[state];
}

gboolean
cm_help_state_from_string(const gchar *text, CmHelpState *out_state)
{
	for (guint i = 0; i < CM_HELP_STATE_LAST; i++) {
		if (g_strcmp0(text, states[i]) == 0) {
			*out_state = (CmHelpState)i;
			return TRUE;
		}
	}
	return FALSE;
}

const gchar *
cm_help_state_event_to_string(CmHelpEvent event)
{
	g_return_val_if_fail(event < CM_HELP_EVENT_LAST, "");
	return events[event];
}
