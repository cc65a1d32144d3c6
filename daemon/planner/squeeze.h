// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/state.h"
#include "daemon/planner/stream.h"

/* The small moves of a site whose rooms are short, across its professionals: a session that is left out goes where it would be best off
 * if a room were free, and those who stand there look for another place, each by itself, its follow-up's others staying where they are;
 * or it takes the room of another follow-up's last session that is worth no more. What is behind it follows where it needs no room.
 * repair.h does the same with whole follow-ups, which costs twenty times as much. */

typedef struct _CmSqueezer CmSqueezer;

/* Working memory; one a thread. Returns: (transfer full) */
CmSqueezer *
cm_squeezer_new(const CmProblem *problem);
void
cm_squeezer_free(CmSqueezer *squeezer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmSqueezer, cm_squeezer_free)

typedef struct {
	guint moves;      /* for each follow-up that misses sessions */
	guint most;       /* moves at most in all */
	gint temperature; /* points, times 16 */
	CmStream stream;
	volatile gint *stop; /* or NULL */
	gint64 deadline;     /* monotonic microseconds, 0: none */
} CmSqueezeSlice;

/* Try, as annealing does. Touches the follow-ups of the site, and so what crew.h says of a job on a site. */
void
cm_squeezer_run(CmSqueezer *squeezer, CmState *state, guint32 site, CmSqueezeSlice *slice);
