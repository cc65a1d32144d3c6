// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/roster-hash.h"

#include <string.h>

#define META_CASELOAD_HASH "caseload-hash"

static gboolean
append_hashes(CmStore *store, const gchar *sql, GByteArray *all, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		g_byte_array_append(all, sqlite3_column_blob(statement, 0),
				    (guint)sqlite3_column_bytes(statement, 0));
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	/* between kinds */
	g_byte_array_append(all, (const guint8 *)"", 1);
	return TRUE;
}

gboolean
cm_roster_hash_update(CmStore *store, GError **error)
{
	static const gchar *const queries[] = {
	    "SELECT hash FROM organisation",
	    "SELECT hash FROM calendar ORDER BY id",
	    "SELECT hash FROM site ORDER BY id",
	    "SELECT hash FROM travel ORDER BY id",
	    "SELECT hash FROM room ORDER BY id",
	    "SELECT hash FROM companion ORDER BY id",
	    "SELECT hash FROM professional ORDER BY id",
	    "SELECT hash FROM student ORDER BY id",
	    "SELECT hash FROM contact ORDER BY id",
	    "SELECT hash FROM followup ORDER BY id",
	    "SELECT hash FROM session ORDER BY id",
	    "SELECT hash FROM busy ORDER BY id",
	};
	g_autoptr(GByteArray) all = g_byte_array_new();
	guint8 hash[CM_SEAL_HASH_BYTES];

	for (guint i = 0; i < G_N_ELEMENTS(queries); i++) {
		if (!append_hashes(store, queries[i], all, error))
			return FALSE;
	}
	cm_seal_hash(store->seal, CM_SEAL_HASH_CONTENT, "roster", all->data, all->len, hash);
	return cm_store_set_meta(store, META_CASELOAD_HASH, hash, sizeof hash, error);
}

GBytes *
cm_roster_hash_get(CmStore *store, GError **error)
{
	return cm_store_get_meta(store, META_CASELOAD_HASH, error);
}
