// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Counts, once a minute, how long requests of custodians have waited (store-custody.h): what this program did not run does not count. Main
 * loop only. */

typedef struct _CmCustodyKeeper CmCustodyKeeper;

/* Begins to count at once. The service outlives it. Returns: (transfer full) */
CmCustodyKeeper *
cm_custody_keeper_new(CmService *service);
void
cm_custody_keeper_free(CmCustodyKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCustodyKeeper, cm_custody_keeper_free)
