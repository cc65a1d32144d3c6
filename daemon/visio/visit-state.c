// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/visit-state.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

static const CmVisitEdge edges[] = {
    {CM_VISIT_NONE, CM_VISIT_EVENT_ARRIVE, CM_VISIT_WAITING},
    {CM_VISIT_NONE, CM_VISIT_EVENT_ENTER, CM_VISIT_INSIDE},
    {CM_VISIT_WAITING, CM_VISIT_EVENT_ADMIT, CM_VISIT_INSIDE},
    {CM_VISIT_WAITING, CM_VISIT_EVENT_REFUSE, CM_VISIT_REFUSED},
    {CM_VISIT_WAITING, CM_VISIT_EVENT_LEAVE, CM_VISIT_LEFT},
    {CM_VISIT_WAITING, CM_VISIT_EVENT_END, CM_VISIT_LEFT},
    {CM_VISIT_INSIDE, CM_VISIT_EVENT_REFUSE, CM_VISIT_REFUSED},
    {CM_VISIT_INSIDE, CM_VISIT_EVENT_LEAVE, CM_VISIT_LEFT},
    {CM_VISIT_INSIDE, CM_VISIT_EVENT_END, CM_VISIT_LEFT},
    {CM_VISIT_LEFT, CM_VISIT_EVENT_ARRIVE, CM_VISIT_WAITING},
    {CM_VISIT_LEFT, CM_VISIT_EVENT_ENTER, CM_VISIT_INSIDE},
    {CM_VISIT_REFUSED, CM_VISIT_EVENT_ARRIVE, CM_VISIT_WAITING},
    {CM_VISIT_REFUSED, CM_VISIT_EVENT_ADMIT, CM_VISIT_INSIDE},
};

static const gchar *const states[CM_VISIT_STATE_LAST] = {
    [CM_VISIT_NONE] = "none", [CM_VISIT_WAITING] = "waiting", [CM_VISIT_INSIDE] = "inside",
    [CM_VISIT_LEFT] = "left", [CM_VISIT_REFUSED] = "refused",
};

static const gchar *const events[CM_VISIT_EVENT_LAST] = {
    [CM_VISIT_EVENT_ARRIVE] = "arrive", [CM_VISIT_EVENT_ENTER] = "enter",
    [CM_VISIT_EVENT_ADMIT] = "admit",   [CM_VISIT_EVENT_REFUSE] = "refuse",
    [CM_VISIT_EVENT_LEAVE] = "leave",   [CM_VISIT_EVENT_END] = "end",
};

static const gchar *const roles[CM_VISIT_ROLE_LAST] = {
    [CM_VISIT_GUEST] = "guest",
    [CM_VISIT_INTERPRETER] = "interpreter",
    [CM_VISIT_HOST] = "host",
    [CM_VISIT_HELPER] = "helper",
};

const CmVisitEdge *
cm_visit_state_get_edges(gsize *out_count)
{
	*out_count = G_N_ELEMENTS(edges);
	return edges;
}

static const gchar *
get_refusal(CmVisitState from)
{
	switch (from) {
	case CM_VISIT_WAITING:
		return N_("They wait already.");
	case CM_VISIT_INSIDE:
		return N_("They are inside already.");
	case CM_VISIT_LEFT:
		return N_("They have left.");
	case CM_VISIT_REFUSED:
		return N_("They were not let in.");
	case CM_VISIT_NONE:
	case CM_VISIT_STATE_LAST:
	default:
		return N_("Nobody is at the door.");
	}
}

gboolean
cm_visit_state_apply(CmVisitState from, CmVisitEvent event, CmVisitState *out_to, GError **error)
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
cm_visit_state_to_string(CmVisitState state)
{
	g_return_val_if_fail(state < CM_VISIT_STATE_LAST, "");
	return states[state];
}

gboolean
cm_visit_state_from_string(const gchar *text, CmVisitState *out_state)
{
	for (guint i = 0; i < CM_VISIT_STATE_LAST; i++) {
		if (g_strcmp0(text, states[i]) == 0) {
			*out_state = (CmVisitState)i;
			return TRUE;
		}
	}
	return FALSE;
}

const gchar *
cm_visit_state_event_to_string(CmVisitEvent event)
{
	g_return_val_if_fail(event < CM_VISIT_EVENT_LAST, "");
	return events[event];
}

const gchar *
cm_visit_state_role_to_string(CmVisitRole role)
{
	g_return_val_if_fail(role < CM_VISIT_ROLE_LAST, "");
	return roles[role];
}

gboolean
cm_visit_state_role_from_string(const gchar *text, CmVisitRole *out_role)
{
	for (guint i = 0; i < CM_VISIT_ROLE_LAST; i++) {
		if (g_strcmp0(text, roles[i]) == 0) {
			*out_role = (CmVisitRole)i;
			return TRUE;
		}
	}
	return FALSE;
}
