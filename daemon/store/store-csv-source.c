// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-csv-source.h"

#include "daemon/store/store-private.h"

gboolean
cm_store_csv_source_get(CmStore *store,
			const gchar *name,
			const gchar *kind,
			gchar **out_mapping,
			GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT mapping FROM csv_source WHERE name = ?1 AND kind = ?2", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, kind, -1, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_mapping = row ? g_strdup((const gchar *)sqlite3_column_text(statement, 0)) : NULL;
	return TRUE;
}

gboolean
cm_store_csv_source_set(CmStore *store,
			const gchar *name,
			const gchar *kind,
			const gchar *mapping,
			gint64 now,
			GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO csv_source (name, kind, mapping, changed_at) VALUES (?1, ?2, ?3, ?4) "
	    "ON CONFLICT (name, kind) DO UPDATE SET mapping = ?3, changed_at = ?4",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, kind, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, mapping, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, now);
	return cm_database_run(store->database, statement, error);
}
