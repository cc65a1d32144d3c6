// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-time.h"

/* Days and hours as people type them ten times a day. */

/* "2026-10-06", "today", "demain", "tue", "mardi" (the next one, today included), "+7" (days from today). FALSE for anything else. */
gboolean
cm_when_parse_day(const gchar *text, CmDay today, CmDay *out_day) G_GNUC_WARN_UNUSED_RESULT;

/* "10:30", "9:00", "10h30", "9h". FALSE for anything else. */
gboolean
cm_when_parse_time(const gchar *text, CmMinute *out_minute) G_GNUC_WARN_UNUSED_RESULT;

/* The instant's day and minute by cm_zone_get(): where the daemon's clock is set by a test (CM_ENV_CLOCK), so is this one. */
void
cm_when_get_now(CmDay *out_day, CmMinute *out_minute);
