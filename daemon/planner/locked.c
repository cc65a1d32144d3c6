// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/locked.h"

#include "daemon/planner/chain.h"
#include "daemon/planner/check.h"
#include "daemon/planner/slots.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static gboolean
has_locked(const CmProblem *problem)
{
	for (guint i = 0; i < problem->caseload->previous->len; i++)
		if (CM_ELEMENT(problem->caseload->previous, CmPlacement, i)->locked)
			return TRUE;
	return FALSE;
}

/* A locked session that could not be placed at all: no room or companion is left for it. */
static const gchar *
find_roomless(const CmState *state)
{
	const CmProblem *problem = state->problem;

	for (guint32 s = 0; s < problem->caseload->sessions->len; s++)
		if (problem->tasks[s].locked && state->spots[s].day < 0)
			return CM_ELEMENT(problem->caseload->sessions, CmSession, s)->id;
	return NULL;
}

gboolean
cm_locked_fill(CmState *state, CmChainTable *table, guint32 *out_followup)
{
	const CmProblem *problem = state->problem;
	const CmChainWish wish = CM_CHAIN_WISH_INIT;

	for (guint32 i = 0; i < problem->caseload->followups->len; i++) {
		const CmChain *chain = &problem->chains[i];
		gboolean missing = FALSE;

		for (guint s = 0; s < chain->mandatory; s++)
			missing = missing || state->spots[chain->tasks.first + s].day < 0;
		if (missing && !cm_chain_fill(table, state, i, &wish)) {
			*out_followup = i;
			return FALSE;
		}
	}
	return TRUE;
}

gboolean
cm_locked_check(const CmProblem *problem, GError **error)
{
	g_autoptr(CmState) state = NULL;
	g_autoptr(CmPlan) plan = NULL;
	g_autoptr(CmChainTable) table = NULL;
	g_autoptr(GError) broken = NULL;
	guint32 followup = 0;

	if (!has_locked(problem))
		return TRUE;
	state = cm_state_new(problem);
	if (find_roomless(state) != NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The session {0} is locked, and has no room or companion there."),
			     find_roomless(state), NULL);
		return FALSE;
	}
	plan = cm_state_to_plan(state);
	if (!cm_check_part(problem, plan, &broken)) {
		broken->code = CM_ERROR_INVALID_INPUT;
		g_propagate_error(error, g_steal_pointer(&broken));
		return FALSE;
	}
	table = cm_chain_table_new(problem);
	if (!cm_locked_fill(state, table, &followup)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The follow-up {0} has a locked session, and no place for those "
				"before it."),
			     CM_ELEMENT(problem->caseload->followups, CmFollowup, followup)->id,
			     NULL);
		return FALSE;
	}
	return TRUE;
}
