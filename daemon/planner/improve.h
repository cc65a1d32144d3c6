// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/chain.h"

/* The search over the follow-ups of one professional, on their open sheet. A large move takes a few related follow-ups away and puts
 * each back by its best chain; the result is kept when annealing would. Between two of them come many small ones (shift.h). */

typedef struct _CmImprover CmImprover;

/* Working memory; one a thread. Returns: (transfer full) */
CmImprover *
cm_improver_new(const CmProblem *problem, CmChainTable *table);
void
cm_improver_free(CmImprover *improver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmImprover, cm_improver_free)

typedef struct {
	guint moves;      /* large ones; where `missing`, for each follow-up that misses sessions */
	gboolean missing; /* only large moves, each about one of these */
	gint temperature; /* points, times 16; 0: only what is no worse */
	CmStream stream;
	volatile gint *stop; /* or NULL */
	gint64 deadline;     /* monotonic microseconds, 0: none */
} CmImproveSlice;

/* Make so many moves on a professional's follow-ups. The state touched is that of cm_state's note on threads. */
void
cm_improver_run(CmImprover *improver, CmState *state, guint32 professional, CmImproveSlice *slice);
