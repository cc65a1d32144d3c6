// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"
#include "include/cm-time.h"

/* The slots that were shown last, so that "book 3" is enough: for a quarter of an hour, in the person's runtime folder (memory, gone
 * when they log out), without any name. */

#define CM_SLOT_MEMORY_SECONDS 900

typedef struct {
	gint64 session; /* what is to be booked there, or 0 */
	gint64 booking; /* what is booked and would move there, or 0 */
	gint64 expected;
	CmDay date;
	CmMinute start;
	gchar mode[16];
	gint64 room; /* or 0 */
	gint64 companion;
} CmSlotMemory;

/* Keep them; where there is no runtime folder, nothing is kept: FALSE. */
gboolean
cm_slot_memory_keep(const CmSlotMemory *slots, guint count);

/* The slot to book by its number, from 1. Fails with NOT_FOUND: no such number, or it was too long ago; with INVALID_INPUT: it was
 * shown for something to be moved. */
gboolean
cm_slot_memory_get(guint number, CmSlotMemory *out_slot, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The slot by its number among those shown for what is booked; `booking` 0: for the one thing that all were shown for. Fails
 * likewise. */
gboolean
cm_slot_memory_get_move(gint64 booking, guint number, CmSlotMemory *out_slot, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
