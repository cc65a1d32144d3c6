// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/desk-starts.h"

/* The best of all allowed starts of a question. */

/* As cm_desk_find_slots() has it; `modes` are CM_MODE_FLAG()s. */
guint
cm_desk_slots_find(const CmDeskQuestion *question,
		   guint modes,
		   gboolean apart,
		   guint count,
		   CmSlot *out_slots);

/* The room and the companion of a start, as indices of the whole caseload: those asked for, or the best that are free. */
void
cm_desk_slots_pick(const CmDeskQuestion *question,
		   const CmDeskDay *day,
		   gint start,
		   guint32 *out_room,
		   guint32 *out_companion);
