// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "daemon/store/store-erasure.h"

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

/* Destroys something, on the store's thread: what then has to be erased of it (transfer full) is put into `out_erasure`, NULL for nothing. */
typedef gboolean (*CmRetentionDestroy)(CmStore *store,
				       gpointer data,
				       CmStoreErasure **out_erasure,
				       GError **error);

/* Destroy, then have the database's files free of it, one erasure at a time; from any thread but the main one and the store's, whose other
 * calls go on meanwhile. Fails when `destroy` does. `out_erased`: whether nothing is left in the files; else it is tried again. */
gboolean
cm_retention_keeper_destroy(CmRetentionKeeper *keeper,
			    CmRetentionDestroy destroy,
			    gpointer data,
			    gboolean *out_erased,
			    GCancellable *cancellable,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
