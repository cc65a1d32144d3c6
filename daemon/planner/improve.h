// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/chain.h"

/* Large-neighbourhood search over the follow-ups of one professional: take a few related ones away, put each back by the best
 * chain, keep the result when annealing would. */

typedef struct _CmImprover CmImprover;

/* Working memory; one a thread. Returns: (transfer full) */
CmImprover *
cm_improver_new(const CmProblem *problem, CmChainTable *table);
void
cm_improver_free(CmImprover *improver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmImprover, cm_improver_free)

typedef struct {
	guint moves;
	gint temperature; /* points, times 16; 0: only what is no worse */
	CmStream stream;
	volatile gint *stop; /* or NULL */
	gint64 deadline;     /* monotonic microseconds, 0: none */
} CmImproveSlice;

/* Make so many moves on a professional's follow-ups. The state touched is that of cm_state's note on threads. */
void
cm_improver_run(CmImprover *improver, CmState *state, guint32 professional, CmImproveSlice *slice);
