// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/roster-cache.h"

#include "daemon/store/store-roster.h"

struct _CmRosterCache {
	CmRosterSnapshot *last; /* the worker's thread only */
};

static void
snapshot_clear(gpointer data)
{
	CmRosterSnapshot *snapshot = data;

	cm_caseload_free(snapshot->caseload);
	cm_roster_numbers_free(snapshot->numbers);
}

CmRosterSnapshot *
cm_roster_snapshot_ref(CmRosterSnapshot *snapshot)
{
	return g_atomic_rc_box_acquire(snapshot);
}

void
cm_roster_snapshot_unref(CmRosterSnapshot *snapshot)
{
	g_atomic_rc_box_release_full(snapshot, snapshot_clear);
}

CmRosterCache *
cm_roster_cache_new(void)
{
	return g_new0(CmRosterCache, 1);
}

void
cm_roster_cache_free(CmRosterCache *cache)
{
	if (cache == NULL)
		return;
	g_clear_pointer(&cache->last, cm_roster_snapshot_unref);
	g_free(cache);
}

CmRosterSnapshot *
cm_roster_cache_get(CmRosterCache *cache, gpointer store, GCancellable *cancellable, GError **error)
{
	guint64 version = 0;
	CmCaseload *caseload = NULL;
	CmRosterNumbers *numbers = NULL;

	if (!cm_store_roster_get_version(store, &version, error))
		return NULL;
	if (cache->last != NULL && cache->last->version == version)
		return cm_roster_snapshot_ref(cache->last);
	caseload = cm_store_roster_load_numbered(store, &version, &numbers, cancellable, error);
	if (caseload == NULL)
		return NULL;
	g_clear_pointer(&cache->last, cm_roster_snapshot_unref);
	cache->last = g_atomic_rc_box_new0(CmRosterSnapshot);
	cache->last->caseload = caseload;
	cache->last->numbers = numbers;
	cache->last->version = version;
	return cm_roster_snapshot_ref(cache->last);
}
