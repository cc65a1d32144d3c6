// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/sheet.h"
#include "daemon/planner/stream.h"

/* The small moves of the search, over the sessions of one professional's open sheet. */

#define CM_SHIFT_STEPS_MAX 10 /* sessions that one move touches */

typedef struct {
	guint32 session;
	CmSpot spot; /* where it was */
} CmShiftStep;

typedef struct {
	CmSheet *sheet;
	CmStream *stream;
	gint temperature; /* points, times 16 */
	CmShiftStep steps[CM_SHIFT_STEPS_MAX];
	guint count;
} CmShift;

/* Move one session: taken away and put where a heat bath would, all its days considered, each with its best start and mode. TRUE when it
 * stands elsewhere. */
gboolean
cm_shift_move(CmShift *shift, guint32 session);

/* Move one session to where it would rather be, those who stand there to other places; all of it is undone unless the whole is
 * cheaper or within an exponential variate of the temperature. TRUE when it is kept. */
gboolean
cm_shift_push(CmShift *shift, guint32 session);
