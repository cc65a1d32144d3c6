// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/chain-table.h"

CmChainTable *
cm_chain_table_new(const CmProblem *problem)
{
	CmChainTable *table = g_new0(CmChainTable, 1);
	gsize days = (gsize)problem->days;
	gsize bits = (gsize)problem->bits;
	gsize kinds = 1;
	gsize tasks = 1;
	gsize states = 1;

	for (guint i = 0; i < problem->caseload->followups->len; i++) {
		const CmChain *chain = &problem->chains[i];

		kinds = MAX(kinds, chain->kinds.count);
		tasks = MAX(tasks, chain->tasks.count);
		states = MAX(states, chain->states);
	}
	table->problem = problem;
	table->days = g_new(gint, days);
	table->options = g_new(CmChainOption, kinds * days);
	table->starts = g_new(guint16, kinds * days * CM_CHAIN_MANNERS * bits);
	table->plain = g_new(gint32, tasks * CM_CHAIN_MANNERS * days);
	table->by_rhythm = g_new(gint32, kinds * CM_CHAIN_MANNERS * days);
	table->window = g_new(gint32, states * days);
	table->window_from = g_new(gint16, states * days);
	table->queue = g_new(gint16, days + 1);
	table->votes = g_new(gint16, CM_DAYS_PER_WEEK * bits);
	table->spots = g_new(CmSpot, tasks);
	for (guint i = 0; i < 2; i++) {
		table->reached[i] = g_new(gint32, states * days);
		table->steps[i] = g_new(CmChainStep, tasks * states * days);
	}
	return table;
}

void
cm_chain_table_free(CmChainTable *table)
{
	g_free(table->days);
	g_free(table->options);
	g_free(table->starts);
	g_free(table->plain);
	g_free(table->by_rhythm);
	g_free(table->window);
	g_free(table->window_from);
	g_free(table->queue);
	g_free(table->votes);
	g_free(table->spots);
	for (guint i = 0; i < 2; i++) {
		g_free(table->reached[i]);
		g_free(table->steps[i]);
	}
	g_free(table);
}
