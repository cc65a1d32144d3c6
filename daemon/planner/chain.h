// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/chain-table.h"
#include "daemon/planner/state.h"
#include "daemon/planner/stream.h"

/* The best places for all missing sessions of one follow-up at once, the rest of the plan staying as it is.
 *
 * A follow-up is a chain: each session a number of days after the one before, with counts since the last session in person.
 * Dynamic programming over (day, counts) finds the cheapest chain exactly for a given rhythm (weekday and start); rhythms are
 * tried from the most promising. Sessions that stand already are kept where they are. */

#define CM_CHAIN_RHYTHMS_MAX 64

typedef struct {
	guint rhythms;    /* at most so many are tried, up to CM_CHAIN_RHYTHMS_MAX */
	CmStream *stream; /* breaks ties; NULL: the earliest start */
	gint shut_day;    /* no session in person this day; -1: none */
	gint free_day;    /* travel of this day counts as nothing; -1: none */
	guint32 site;     /* of shut_day and free_day */
} CmChainWish;

/* Place the missing sessions of a follow-up, as many and as cheaply as can be, and recount it. FALSE, and nothing placed, when
 * those that must stand can't be reached (a locked session after a missing one). */
gboolean
cm_chain_fill(CmChainTable *table, CmState *state, guint32 followup, const CmChainWish *wish);
