// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/state.h"

/* Where one session may go by its place in its follow-up: the order, the gaps and what its act asks of the sequence, as the
 * sessions around it stand. The session itself counts as not placed, wherever it stands. */
typedef struct {
	gint first; /* days, both included; none when last < first */
	gint last;
	gint
	    after; /* day of the session before; -1 when it is the first, or the one before is missing */
	gint before;        /* day of the next that stands, or problem->days */
	guint modes;        /* CM_MODE_FLAG()s of its kind that the sequence allows */
	gboolean missing;   /* the session before it is not placed: there is no reach */
	gboolean in_person; /* the sequence asks it in person */
	gboolean late;      /* MaxGapDays ends it before the horizon or the next session does */
} CmReach;

/* The days and modes of a session; `missing`, and no day, when the one before it is not placed. */
CmReach
cm_reach_find(const CmState *state, guint32 session);
