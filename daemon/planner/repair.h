// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/chain.h"

/* Finds a place for follow-ups that miss sessions across professionals: one goes where it would if a room, or its professional's day,
 * were free, and those in its way, whoever's they are, look for another place. The moves of improve.h stay within one professional,
 * so that two who compete for a room can't trade there. */

typedef struct _CmRepairer CmRepairer;

/* Working memory. Returns: (transfer full) */
CmRepairer *
cm_repairer_new(const CmProblem *problem, CmChainTable *table);
void
cm_repairer_free(CmRepairer *repairer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRepairer, cm_repairer_free)

typedef struct {
	guint attempts;   /* at most, for each follow-up that misses sessions */
	guint most;       /* attempts at most in all */
	gint temperature; /* points, times 16; 0: only what is no dearer */
	CmStream stream;
	volatile gint *stop; /* or NULL */
	gint64 deadline;     /* monotonic microseconds, 0: none */
} CmRepairSlice;

/* Try, as annealing does. Touches any part of the state: nobody else may work on it meanwhile. */
void
cm_repairer_run(CmRepairer *repairer, CmState *state, CmRepairSlice *slice);
