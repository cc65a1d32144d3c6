// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-opening.h"

#include "daemon/store/page-people.h"
#include "daemon/store/store-private.h"

static gboolean
count_one(CmStore *store, const CmStoreOpening *opening, GError **error)
{
	const gint64 values[] = {(gint64)opening->kind, opening->person, opening->day,
				 opening->count};

	return cm_database_run_integers(
	    store->database,
	    "INSERT INTO opening (kind, person, day, count) VALUES (?1, ?2, ?3, ?4) "
	    "ON CONFLICT (kind, person, day) DO UPDATE SET count = count + ?4",
	    values, G_N_ELEMENTS(values), error);
}

gboolean
cm_store_opening_count(CmStore *store, const CmStoreOpening *openings, gsize count, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 own = cm_page_people_begin_own(store);
	gboolean done = transaction != NULL;

	for (gsize i = 0; done && i < count; i++)
		done = count_one(store, &openings[i], error);
	done = done && cm_transaction_commit(transaction, error);
	cm_page_people_end_own(store, own);
	return done;
}

gboolean
cm_store_opening_get(CmStore *store,
		     CmResource kind,
		     gint64 person,
		     CmDay from,
		     CmDay to,
		     gint64 *out_count,
		     GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT coalesce(sum(count), 0) FROM opening WHERE kind = ?1 AND person = ?2 "
	    "AND day BETWEEN ?3 AND ?4",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, (gint64)kind);
	sqlite3_bind_int64(statement, 2, person);
	sqlite3_bind_int64(statement, 3, from);
	sqlite3_bind_int64(statement, 4, to);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_count = sqlite3_column_int64(statement, 0);
	return TRUE;
}
