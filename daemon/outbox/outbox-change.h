// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What somebody has to be told of a booking: the difference between what the last mail that a server took says, and what stands. Pure. */

typedef enum {
	CM_CHANGE_NONE, /* nothing to tell */
	CM_CHANGE_BOOKED,
	CM_CHANGE_MOVED, /* another hour, length, mode or room */
	CM_CHANGE_CANCELLED,
	CM_CHANGE_LAST
} CmChangeKind;

/* "none", "booked", "moved", "cancelled" */
const gchar *
cm_outbox_change_to_string(CmChangeKind kind);

/* One side of the comparison. */
typedef struct {
	gboolean planned; /* else nothing, or cancelled */
	gint64 start_utc;
	gint64 end_utc;
	gint mode; /* CmMode */
	gint64 room;
} CmChangeSide;

typedef struct {
	CmChangeKind kind;
	gboolean new_time; /* of what moved: an answer to the old hour is none to the new one */
} CmChange;

/* `told`: what the person knows; `stands`: what is so. What is over by `now` on both sides is told to nobody. */
CmChange
cm_outbox_change_find(const CmChangeSide *told, const CmChangeSide *stands, gint64 now);
