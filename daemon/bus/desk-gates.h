// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/desk.h"
#include "daemon/bus/roster-cache.h"
#include "daemon/store/store.h"

/* What the store has of consent, suitability and derogations, as the desk asks for it: student by student, kept for one call. The
 * worker's thread only. */

typedef struct _CmDeskGatesSource CmDeskGatesSource;

CmDeskGatesSource *
cm_desk_gates_new(void);
void
cm_desk_gates_free(CmDeskGatesSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmDeskGatesSource, cm_desk_gates_free)

/* Set a desk's gates for the call in hand: what was read before is forgotten. All three outlive the call. */
void
cm_desk_gates_begin(CmDeskGatesSource *source,
		    CmStore *store,
		    const CmRosterSnapshot *roster,
		    CmDesk *desk);
