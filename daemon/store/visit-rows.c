// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/visit-rows.h"

#include "daemon/store/sealed-column.h"

#include <string.h>

/* sealed answers are padded to multiples of it */
#define ANSWERS_BLOCK 256

#define COLUMNS                                                                                    \
	"SELECT id, subject, role, kind, person, state, arrived_at, coalesce(admitted_at, 0), "    \
	"coalesce(admitted_by, -1), coalesce(left_at, 0), answers FROM visit "

/* ---- reading */

static gboolean
read_answers(CmStore *store, CmStatement *statement, CmStoreVisit *visit, GError **error)
{
	const CmSealPlace place = {.table = "visit", .column = "answers", .row = visit->number};

	visit->answers =
	    cm_sealed_column_get_text(store, statement, 10, &place, ANSWERS_BLOCK, error);
	return visit->answers != NULL;
}

static CmStoreVisit *
read_row(CmStore *store, CmStatement *statement, gboolean answers, GError **error)
{
	g_autoptr(CmStoreVisit) visit = g_new0(CmStoreVisit, 1);

	visit->number = sqlite3_column_int64(statement, 0);
	visit->subject = sqlite3_column_int64(statement, 1);
	/* the columns' CHECKs allow nothing else than what the conversions know */
	if (!cm_visit_state_role_from_string((const gchar *)sqlite3_column_text(statement, 2),
					     &visit->role) ||
	    !cm_visit_state_from_string((const gchar *)sqlite3_column_text(statement, 5),
					&visit->state))
		g_warn_if_reached();
	visit->kind = (CmResource)sqlite3_column_int(statement, 3);
	visit->person = sqlite3_column_int64(statement, 4);
	visit->arrived_at = sqlite3_column_int64(statement, 6);
	visit->admitted_at = sqlite3_column_int64(statement, 7);
	visit->admitted_by = sqlite3_column_int64(statement, 8);
	visit->left_at = sqlite3_column_int64(statement, 9);
	if (answers && !read_answers(store, statement, visit, error))
		return NULL;
	return g_steal_pointer(&visit);
}

gboolean
cm_visit_rows_find_last(CmStore *store,
			const CmStoreVisitor *visitor,
			gint64 subject,
			gint64 since,
			CmStoreVisit **out_visit,
			GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    COLUMNS "WHERE subject = ?1 AND role = ?2 AND kind = ?3 AND person = ?4 AND "
		    "(arrived_at >= ?5 OR left_at IS NULL) ORDER BY id DESC LIMIT 1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, subject);
	sqlite3_bind_text(statement, 2, cm_visit_state_role_to_string(visitor->role), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, (gint64)visitor->kind);
	sqlite3_bind_int64(statement, 4, visitor->person);
	sqlite3_bind_int64(statement, 5, since);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_visit = row ? read_row(store, statement, FALSE, error) : NULL;
	return TRUE;
}

/* ?1 to ?5 in each */
#define KEPT                                                                                       \
	"AND (?3 = 0 OR subject IN (SELECT session FROM booking WHERE professional = ?3 "          \
	"UNION ALL SELECT id FROM appointment WHERE professional = ?3)) "                          \
	"AND (?4 = 0 OR state IN ('waiting', 'inside')) ORDER BY arrived_at, id LIMIT ?5"

/* by whichever column finds the fewest */
static const gchar *
get_list_sql(const CmStoreVisitFilter *filter)
{
	if (filter->number != 0)
		return COLUMNS "WHERE id = ?1 AND (?2 = 0 OR subject = ?2) " KEPT;
	if (filter->subject != 0)
		return COLUMNS "WHERE ?1 = 0 AND subject = ?2 " KEPT;
	if (filter->present)
		return COLUMNS "WHERE ?1 = 0 AND ?2 = 0 AND state IN ('waiting', 'inside') " KEPT;
	return COLUMNS "WHERE ?1 = 0 AND ?2 = 0 " KEPT;
}

GPtrArray *
cm_visit_rows_list(CmStore *store, const CmStoreVisitFilter *filter, GError **error)
{
	const guint limit = filter->limit != 0 ? filter->limit : CM_STORE_VISITS_LISTED_MAX;
	const gint64 values[] = {filter->number, filter->subject, filter->professional,
				 filter->present ? 1 : 0, MIN(limit, CM_STORE_VISITS_LISTED_MAX)};
	g_autoptr(GPtrArray) list =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_visit_free);
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, get_list_sql(filter), error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(values); i++)
		sqlite3_bind_int64(statement, (gint)i + 1, values[i]);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreVisit *visit = read_row(store, statement, filter->answers, error);

		if (visit == NULL)
			return NULL;
		g_ptr_array_add(list, visit);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

gboolean
cm_visit_rows_count(CmStore *store, gint64 subject, guint *out_count, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT count(*) FROM visit WHERE subject = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, subject);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_count = (guint)sqlite3_column_int64(statement, 0);
	return TRUE;
}

/* ---- writing */

static void
bind_or_null(CmStatement *statement, gint parameter, gint64 value, gint64 nothing)
{
	if (value != nothing)
		sqlite3_bind_int64(statement, parameter, value);
}

gboolean
cm_visit_rows_insert(CmStore *store, const CmStoreVisit *visit, GError **error)
{
	const CmSealPlace place = {.table = "visit", .column = "answers", .row = visit->number};
	g_autoptr(GByteArray) sealed = g_byte_array_new();
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO visit (id, subject, role, kind, person, state, answers, arrived_at, "
	    "admitted_at, admitted_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	    error);

	if (statement == NULL)
		return FALSE;
	cm_seal_close(store->seal, &place, visit->answers, strlen(visit->answers), ANSWERS_BLOCK,
		      sealed);
	sqlite3_bind_int64(statement, 1, visit->number);
	sqlite3_bind_int64(statement, 2, visit->subject);
	sqlite3_bind_text(statement, 3, cm_visit_state_role_to_string(visit->role), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, (gint64)visit->kind);
	sqlite3_bind_int64(statement, 5, visit->person);
	sqlite3_bind_text(statement, 6, cm_visit_state_to_string(visit->state), -1, SQLITE_STATIC);
	sqlite3_bind_blob64(statement, 7, sealed->data, sealed->len, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 8, visit->arrived_at);
	bind_or_null(statement, 9, visit->admitted_at, 0);
	bind_or_null(statement, 10, visit->admitted_by, -1);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_visit_rows_update(CmStore *store, const CmStoreVisit *visit, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"UPDATE visit SET state = ?2, arrived_at = ?3, admitted_at = ?4, "
				"admitted_by = ?5, left_at = ?6 WHERE id = ?1",
				error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, visit->number);
	sqlite3_bind_text(statement, 2, cm_visit_state_to_string(visit->state), -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, visit->arrived_at);
	bind_or_null(statement, 4, visit->admitted_at, 0);
	bind_or_null(statement, 5, visit->admitted_by, -1);
	bind_or_null(statement, 6, visit->left_at, 0);
	return cm_database_run(store->database, statement, error);
}

/* ---- the session */

gboolean
cm_visit_rows_get_ending(CmStore *store, gint64 subject, gint64 *out_at, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT at FROM ending WHERE subject = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, subject);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_at = row ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

gboolean
cm_visit_rows_set_ending(CmStore *store, gint64 subject, gint64 at, gint64 by, GError **error)
{
	const gint64 values[] = {subject, at, by};

	return cm_database_run_integers(store->database,
					"REPLACE INTO ending (subject, at, by) VALUES (?1, ?2, ?3)",
					values, G_N_ELEMENTS(values), error);
}

gboolean
cm_visit_rows_remove_ending(CmStore *store, gint64 subject, GError **error)
{
	return cm_database_run_integers(store->database, "DELETE FROM ending WHERE subject = ?1",
					&subject, 1, error);
}

gboolean
cm_visit_rows_is_down(CmStore *store, gint64 subject, gboolean *out_down, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT state FROM video_room WHERE subject = ?1 ORDER BY turn DESC LIMIT 1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, subject);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_down = row && g_str_equal((const gchar *)sqlite3_column_text(statement, 0), "failed");
	return TRUE;
}

/* the states as the index has them */
#define HOSTS                                                                                      \
	"EXISTS (SELECT 1 FROM visit WHERE kind = 0 AND person = ?2 AND "                          \
	"state IN ('waiting', 'inside') AND role = 'host' AND state = 'inside' "

gboolean
cm_visit_rows_find_host(CmStore *store,
			gint64 subject,
			gint64 professional,
			gint64 start,
			gint64 arrived_at,
			CmVisitHost *out_host,
			GError **error)
{
	const gint64 values[] = {subject, professional, start, arrived_at};
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    /* one who never said that another session ended is not held by it for ever */
	    "SELECT " HOSTS "AND subject = ?1), " HOSTS "AND subject <> ?1 AND "
	    "arrived_at BETWEEN ?3 - 21600 AND ?3 + 21600), "
	    "CASE ?4 WHEN 0 THEN 0 ELSE (SELECT count(*) FROM (SELECT session AS id FROM booking "
	    "WHERE professional = ?2 AND start_utc BETWEEN ?3 - 21600 AND ?3 + 21600 "
	    "UNION ALL SELECT id FROM appointment WHERE professional = ?2 AND "
	    "start_utc BETWEEN ?3 - 21600 AND ?3 + 21600) AS theirs "
	    "CROSS JOIN visit ON visit.subject = theirs.id WHERE visit.state = 'waiting' AND "
	    "visit.arrived_at < ?4) END",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(values); i++)
		sqlite3_bind_int64(statement, (gint)i + 1, values[i]);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	out_host->present = sqlite3_column_int(statement, 0) != 0;
	out_host->busy = sqlite3_column_int(statement, 1) != 0;
	out_host->ahead = (guint)sqlite3_column_int(statement, 2);
	return TRUE;
}
