// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/chain.h"

/* The first plan: every follow-up once, the urgent and the tight first. */

/* Place what a professional's sessions can keep of the previous plan: with same_room only those whose room and companion of then serve
 * and are free, to be called first for all. Follow-ups may then miss a session before others that stand, until
 * cm_construct_priority() has seen them. */
void
cm_construct_restore(CmState *state, guint32 professional, gboolean same_room, volatile gint *stop);

/* Place the follow-ups of one priority of one professional, each as well as those before it allow; where what rooms are held
 * to cost ([site], or NULL) says so, rather from home. Returns at once when *stop is set; what is left is then unscheduled. */
void
cm_construct_priority(CmChainTable *table,
		      CmState *state,
		      guint32 professional,
		      gint priority,
		      const CmCrowdCost *rooms,
		      volatile gint *stop);

/* Take away what cm_construct_restore() left standing where it may not: sessions behind a missing one, and video whose day is
 * no longer allowed without them. */
void
cm_construct_tidy(CmState *state, guint32 professional);
