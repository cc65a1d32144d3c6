// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"

/* What a calendar from elsewhere is worth: said wherever somebody looks for a free hour. */

/* "read 2026-10-05 14:03, 31 busy times", or that it can't be read, why, and since when, in a person's words. `calendar`: an object
 * of comodal-calendars/1. Returns: (transfer full) */
gchar *
cm_busy_note_describe(JsonObject *calendar) G_GNUC_WARN_UNUSED_RESULT;

/* Say on standard error which calendars of a professional (0: of everyone) are out of date. Nothing when there is none, or when they
 * are not the caller's to see. */
void
cm_busy_note_print_stale(GDBusConnection *bus, guint64 professional);
