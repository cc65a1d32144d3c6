// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/construct.h"

#define RHYTHMS 12

typedef struct {
	guint32 followup;
	gint first; /* target of the first session */
} Turn;

static gint
compare_turn(gconstpointer a, gconstpointer b)
{
	const Turn *left = a;
	const Turn *right = b;

	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	return left->followup < right->followup ? -1 : left->followup > right->followup;
}

void
cm_construct_priority(CmChainTable *table,
		      CmState *state,
		      guint32 professional,
		      gint priority,
		      volatile gint *stop)
{
	const CmProblem *problem = state->problem;
	CmRange chains = problem->workers[professional].chains;
	g_autoptr(GArray) turns = g_array_new(FALSE, FALSE, sizeof(Turn));
	const CmChainWish wish = {.rhythms = RHYTHMS, .shut_day = -1, .free_day = -1};

	for (guint i = 0; i < chains.count; i++) {
		guint32 followup =
		    g_array_index(problem->professional_chains, guint32, chains.first + i);
		const CmChain *chain = &problem->chains[followup];
		Turn turn = {.followup = followup};

		if (chain->priority != priority || chain->tasks.count == 0)
			continue;
		turn.first = problem->tasks[chain->tasks.first].target;
		g_array_append_val(turns, turn);
	}
	g_array_sort(turns, compare_turn);
	for (guint i = 0; i < turns->len; i++) {
		guint32 followup = g_array_index(turns, Turn, i).followup;

		if (stop != NULL && g_atomic_int_get(stop) != 0)
			return;
		/* what must stand was placed before: a chain that can't be filled stays as it is */
		if (!cm_chain_fill(table, state, followup, &wish))
			g_debug("A follow-up could not be placed.");
	}
}
