// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Looks every quarter of an hour, when the system wakes and when the clock is set whom to remind of what comes (store-reminder.h), and
 * forgets how those are reached who left. Main loop only. */

typedef struct _CmReminderKeeper CmReminderKeeper;

/* Looks at once. The service outlives it. Returns: (transfer full) */
CmReminderKeeper *
cm_reminder_keeper_new(CmService *service);
void
cm_reminder_keeper_free(CmReminderKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmReminderKeeper, cm_reminder_keeper_free)
