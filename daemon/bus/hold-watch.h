// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Clears the holds that have ended when they end, and tells the bus. Nothing depends on it being in time: whoever books clears them
 * first. Main loop only. */

typedef struct _CmHoldWatch CmHoldWatch;

/* Looks at once, on the loop, for those that ended while nobody was there. The service is not taken. */
CmHoldWatch *
cm_hold_watch_new(CmService *service);
void
cm_hold_watch_free(CmHoldWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmHoldWatch, cm_hold_watch_free)

/* One was made that ends at `until`. */
void
cm_hold_watch_expect(CmHoldWatch *watch, gint64 until);
