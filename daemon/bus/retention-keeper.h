// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* What time brings to the destruction of files (daemon/store/store-destruction.h): questions that nobody answered are over, what is left in
 * the database's own files goes, and when the last backup is gone the certificate is written. Looks when a day may have begun. Main loop
 * only. */

typedef struct _CmRetentionKeeper CmRetentionKeeper;

/* Looks at once. The service outlives it. Returns: (transfer full) */
CmRetentionKeeper *
cm_retention_keeper_new(CmService *service);
void
cm_retention_keeper_free(CmRetentionKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRetentionKeeper, cm_retention_keeper_free)
