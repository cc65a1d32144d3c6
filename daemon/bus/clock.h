// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-time.h"

/* The daemon's one clock. With CM_ENV_CLOCK (include/cm-names.h) in the environment it is a file instead, which a test writes:
 * seconds since 1970, UTC, in decimal. A file that can't be read is no clock: then it is the system's. */

/* Seconds since 1970, UTC. From any thread. */
gint64
cm_clock_get_now(void);

/* Seconds of a clock that nobody sets, and that stands still while the machine sleeps or is off (CLOCK_MONOTONIC); of the file that
 * CM_ENV_UPTIME names, when there is one. From any thread. */
gint64
cm_clock_get_uptime(void);

/* The date of an instant in a zone. */
CmDay
cm_clock_get_day(gint64 now, GTimeZone *zone);

/* Offsets of time zones are multiples of this: a day begins nowhere at another instant. */
#define CM_CLOCK_TICK_SECONDS 900

typedef struct _CmClockWatch CmClockWatch;

/* Call `tick` on the main loop whenever a day may have begun somewhere: at each multiple of CM_CLOCK_TICK_SECONDS, after the system
 * slept, and when the clock is set. Returns: (transfer full); NULL when the system has no such timer: then nothing ticks. */
CmClockWatch *
cm_clock_new_watch(GSourceFunc tick, gpointer user_data);
void
cm_clock_free_watch(CmClockWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmClockWatch, cm_clock_free_watch)
