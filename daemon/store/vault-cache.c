// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/vault-cache.h"

#include <string.h>

/* `last` and `directory` say of which state of the database it is: what a transaction did may have been undone since */
typedef struct {
	gint64 row;
	guint8 last[CM_VAULT_HASH_BYTES];
	guint8 directory[CM_VAULT_HASH_BYTES];
	CmVaultCase *kept;
} Entry;

typedef struct _CmVaultCache {
	GQueue entries; /* Entry, the newest first */
} CmVaultCache;

static void
entry_free(gpointer data)
{
	Entry *entry = data;

	cm_vault_case_free(entry->kept);
	g_free(entry);
}

void
cm_vault_cache_free(CmVaultCache *cache)
{
	if (cache == NULL)
		return;
	g_queue_clear_full(&cache->entries, entry_free);
	g_free(cache);
}

/* the hash of a case's newest record; zeros when it has none */
static gboolean
find_last(CmStore *store, gint64 row, guint8 out_last[CM_VAULT_HASH_BYTES], GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT hash FROM vault_record WHERE file = ?1 ORDER BY id DESC LIMIT 1", error);
	gboolean there = FALSE;

	memset(out_last, 0, CM_VAULT_HASH_BYTES);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	if (!cm_database_step(store->database, statement, &there, error))
		return FALSE;
	if (there)
		memcpy(out_last, sqlite3_column_blob(statement, 0), CM_VAULT_HASH_BYTES);
	return TRUE;
}

static gboolean
is_of(const Entry *entry, const guint8 *last, const CmVaultPeople *people)
{
	const guint8 *directory = cm_vault_record_get_hash(cm_vault_people_get_record(people));

	return memcmp(entry->last, last, CM_VAULT_HASH_BYTES) == 0 &&
	       memcmp(entry->directory, directory, CM_VAULT_HASH_BYTES) == 0;
}

gboolean
cm_vault_cache_take(CmStore *store,
		    gint64 row,
		    const CmVaultPeople *people,
		    CmVaultCase **out_case,
		    GError **error)
{
	GQueue *entries = store->vault_cache != NULL ? &store->vault_cache->entries : NULL;
	guint8 last[CM_VAULT_HASH_BYTES];

	*out_case = NULL;
	for (GList *link = entries != NULL ? entries->head : NULL; link != NULL;
	     link = link->next) {
		Entry *entry = link->data;

		if (entry->row != row)
			continue;
		if (!find_last(store, row, last, error))
			return FALSE;
		if (is_of(entry, last, people))
			*out_case = g_steal_pointer(&entry->kept);
		entry_free(entry);
		g_queue_delete_link(entries, link);
		return TRUE;
	}
	return TRUE;
}

gboolean
cm_vault_cache_put(CmStore *store,
		   gint64 row,
		   const CmVaultPeople *people,
		   CmVaultCase *kept,
		   GError **error)
{
	Entry *entry = g_new0(Entry, 1);

	entry->row = row;
	entry->kept = kept;
	memcpy(entry->directory, cm_vault_record_get_hash(cm_vault_people_get_record(people)),
	       sizeof entry->directory);
	if (!find_last(store, row, entry->last, error)) {
		entry_free(entry);
		return FALSE;
	}
	if (store->vault_cache == NULL)
		store->vault_cache = g_new0(CmVaultCache, 1);
	g_queue_push_head(&store->vault_cache->entries, entry);
	if (store->vault_cache->entries.length > CM_VAULT_CACHE_CASES)
		entry_free(g_queue_pop_tail(&store->vault_cache->entries));
	return TRUE;
}
