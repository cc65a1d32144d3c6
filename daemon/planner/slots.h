// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/state.h"

/* Where a session can go: the feasible starts of a kind on a day in a mode, by AND and shift over the day's bits. */

/* What may forbid a start, so that a question can leave some out ("and if there were a room?"). */
typedef enum {
	CM_OBSTACLE_HOURS = 1 << 0,    /* the professional's: hours, absence, taken times */
	CM_OBSTACLE_CONTACTS = 1 << 1, /* the participants' hours, their taken times and sessions */
	CM_OBSTACLE_STUDENT = 1 << 2,  /* lessons, opening, home hours, taken times and sessions */
	CM_OBSTACLE_DAY = 1 << 3,      /* the professional's other sessions and the day's limits */
	CM_OBSTACLE_ROOM = 1 << 4,
	CM_OBSTACLE_COMPANION = 1 << 5,
	CM_OBSTACLE_CALENDAR = 1 << 6, /* no class that day */
	CM_OBSTACLE_LAST = 1 << 7,
} CmObstacle;
#define CM_OBSTACLES_ALL (CM_OBSTACLE_LAST - 1)

/* The starts (bits) for a session of the kind on a day in a mode, given all that stands in the state; FALSE when there is none
 * (out_starts is then not to be read). The day is 0 to problem->days - 1. Order within the follow-up, not_before and what the
 * act asks of the sequence are the caller's. `obstacles` says which to heed. */
gboolean
cm_slots_fill(const CmState *state,
	      guint32 kind,
	      gint day,
	      CmMode mode,
	      guint obstacles,
	      guint64 *out_starts);

/* A room (a companion) of the site that is free for a session of the kind at a start, as a track; CM_NONE when there is none. */
guint32
cm_slots_pick_room(const CmState *state, guint32 kind, gint day, CmMode mode, gint start);
guint32
cm_slots_pick_companion(const CmState *state, guint32 kind, gint day, gint start);

/* For each of some starts of a kind on a day in a mode: the cells of holes (hole.h) that it would leave beside it, in the room that it would
 * take. `starts` are free ones; of `out_holes`, [bit], those of other starts are not written. */
void
cm_slots_note_holes(const CmState *state,
		    guint32 kind,
		    gint day,
		    CmMode mode,
		    const guint64 *starts,
		    guint16 *out_holes);

/* Whether the room and the companion of a spot, where they are set, serve a session of the kind and are free then. */
gboolean
cm_slots_is_served(const CmState *state, guint32 kind, const CmSpot *spot);

/* Whether a session of the kind needs a companion on a day in a mode. */
static inline gboolean
cm_slots_needs_companion(const CmKind *kind, gint day, CmMode mode)
{
	return mode == CM_MODE_VIDEO_SCHOOL && day < kind->companion_until;
}
