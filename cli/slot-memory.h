// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"
#include "include/cm-time.h"

/* The slots that were shown last, so that "book 3" is enough: for a quarter of an hour, in the person's runtime folder (memory, gone
 * when they log out), without any name. */

#define CM_SLOT_MEMORY_SECONDS 900

typedef struct {
	gint64 session; /* what is to be booked there */
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

/* The slot by its number, from 1. Fails with NOT_FOUND: no such number, or it was too long ago. */
gboolean
cm_slot_memory_get(guint number, CmSlotMemory *out_slot, GError **error) G_GNUC_WARN_UNUSED_RESULT;
