// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/remedy.h"

/* Another session of the professional that can stand elsewhere, so that an unscheduled one gets a place on one of `days` (rising,
 * of the problem), or so that the session before it in its follow-up comes sooner. The session moved keeps its order, its rules
 * and its manner (in person or by video). FALSE when the first few tries find none. The state is used and left as it was. */
gboolean
cm_swap_find(CmState *state, guint32 session, const gint *days, guint count, CmRemedy *out_remedy);
