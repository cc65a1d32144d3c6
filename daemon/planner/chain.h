// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/chain-table.h"

/* The best places for all missing sessions of one follow-up at once, the rest of the plan staying as it is.
 *
 * A follow-up is a chain: each session a number of days after the one before, with counts since the last session in person.
 * Dynamic programming over (day, counts) finds the cheapest chain exactly for a given rhythm (weekday and start); rhythms are
 * tried from the most promising. Sessions that stand already are kept where they are. */

#define CM_CHAIN_RHYTHMS_MAX 64

/* Place the missing sessions of a follow-up, as many and as cheaply as can be, and recount it. FALSE, and nothing placed, when
 * nothing is within the wish's limit, or those that must stand can't be reached (a locked session after a missing one). */
gboolean
cm_chain_fill(CmChainTable *table, CmState *state, guint32 followup, const CmChainWish *wish);

/* What a follow-up would cost with its missing sessions, their added travel included; CM_CHAIN_NEVER where cm_chain_fill() would say FALSE. */
gint
cm_chain_estimate(CmChainTable *table,
		  const CmState *state,
		  guint32 followup,
		  const CmChainWish *wish);

/* Where the missing sessions would best go under the wish, nothing being placed: how many of the follow-up's sessions stand or would,
 * from the first, the places of the missing ones in table->spots. 0 when none would. */
guint
cm_chain_propose(CmChainTable *table,
		 const CmState *state,
		 guint32 followup,
		 const CmChainWish *wish);

/* The counts of sessions since the last in person after one more, held in person or not; from 0. -1 when it may not be so held. */
gint
cm_chain_step(const CmTask *task, guint counts, gboolean in_person);
