// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Once a day of the organisation's, what is left of doors and rooms of long ago goes (store-purge.h), as many days after as the
 * configuration says; the log says how much. Looks when a day may have begun and when the clock is set. Main loop only. */

typedef struct _CmPurgeKeeper CmPurgeKeeper;

/* Looks at once. The service outlives it. Returns: (transfer full) */
CmPurgeKeeper *
cm_purge_keeper_new(CmService *service);
void
cm_purge_keeper_free(CmPurgeKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPurgeKeeper, cm_purge_keeper_free)
