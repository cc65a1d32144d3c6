// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A timer that counts while the machine sleeps, too (CLOCK_BOOTTIME), and that no change of the clock shortens. Main loop only. */
typedef struct _CmBootTimer CmBootTimer;

/* CM_ERROR_FAILED. Returns: (transfer full) */
CmBootTimer *
cm_boot_timer_new(void (*fired)(gpointer user_data),
		  gpointer user_data,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_boot_timer_free(CmBootTimer *timer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmBootTimer, cm_boot_timer_free)

/* Fire once, so many seconds from now, and not at the time that was set before; 0: not at all. */
void
cm_boot_timer_set(CmBootTimer *timer, guint seconds);
