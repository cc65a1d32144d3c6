// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/worker.h"
#include "daemon/roster/roster-numbers.h"

/* The roster in memory, read from the store once a version. */

/* One version of the roster; whoever has a reference may read it. Its `previous` is what was published when it was read, which
 * may be older than what is now: ask the store for a plan. */
typedef struct {
	CmCaseload *caseload;
	CmRosterNumbers *numbers; /* of its things */
	guint64 version;
} CmRosterSnapshot;

CmRosterSnapshot *
cm_roster_snapshot_ref(CmRosterSnapshot *snapshot);
void
cm_roster_snapshot_unref(CmRosterSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRosterSnapshot, cm_roster_snapshot_unref)

typedef struct _CmRosterCache CmRosterCache;

CmRosterCache *
cm_roster_cache_new(void);
void
cm_roster_cache_free(CmRosterCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRosterCache, cm_roster_cache_free)

/* The roster as it stands. For a call on the worker's thread, which has the store. CM_ERROR_NOT_FOUND before the first import.
 * Returns: (transfer full) */
CmRosterSnapshot *
cm_roster_cache_get(CmRosterCache *cache, gpointer store, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
