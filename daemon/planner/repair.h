// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/chain.h"

/* Finds a place for follow-ups of one site that miss sessions, across professionals: one goes where it would if a room, or its
 * professional's day, were free, and those of the site in its way look for another place; or it is put back first with a few others of
 * the site. The moves of improve.h stay within one professional, so that two who compete for a room can't trade there. */

typedef struct _CmRepairer CmRepairer;

/* Working memory; one a thread. Returns: (transfer full) */
CmRepairer *
cm_repairer_new(const CmProblem *problem, CmChainTable *table);
void
cm_repairer_free(CmRepairer *repairer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRepairer, cm_repairer_free)

typedef struct {
	gboolean
	    moved; /* follow-ups with a session elsewhere than in the previous plan are wanting, too */
	guint clearing;    /* how many attempts of 8 clear the way */
	guint attempts;    /* at most, for each follow-up that misses sessions */
	guint most;        /* attempts at most in all */
	gint temperature;  /* points, times 16; 0: only what is no dearer */
	guint rhythms;     /* tried for each follow-up that is put back */
	CmCrowdCost rooms; /* as in CmChainWish, by the session */
	CmStream stream;
	volatile gint *stop; /* or NULL */
	gint64 deadline;     /* monotonic microseconds, 0: none */
} CmRepairSlice;

/* The follow-ups of a site that miss sessions; with `moved`, also those that have one elsewhere than in the previous plan. */
guint
cm_repairer_count_wanting(const CmState *state, guint32 site, gboolean moved);

/* Try, as annealing does. Touches the follow-ups of the site, and so what crew.h says of a job on a site. */
void
cm_repairer_run(CmRepairer *repairer, CmState *state, guint32 site, CmRepairSlice *slice);
