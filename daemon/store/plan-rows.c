// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/plan-rows.h"

#include "daemon/store/roster-hash.h"
#include "daemon/store/sealed-column.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

#define REASON_BLOCK 64

/* ---- from the caseload's indices to rows */

static gboolean
find_row(CmStore *store, CmStatement *statement, gint64 *out_row, GError **error)
{
	gboolean row = FALSE;

	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("The roster changed while the plan was made: plan again."), NULL);
		return FALSE;
	}
	*out_row = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return TRUE;
}

static gboolean
find_by_key(CmStore *store,
	    const gchar *sql,
	    const gchar *table,
	    const gchar *id,
	    gint64 *out_row,
	    GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	guint8 key[CM_SEAL_HASH_BYTES];

	if (statement == NULL)
		return FALSE;
	cm_seal_hash(store->seal, CM_SEAL_HASH_ID, table, id, strlen(id), key);
	sqlite3_bind_blob(statement, 1, key, sizeof key, SQLITE_STATIC);
	return find_row(store, statement, out_row, error);
}

static gboolean
find_session(CmStore *store,
	     const CmCaseload *caseload,
	     guint32 index,
	     gint64 *out_row,
	     GError **error)
{
	return find_by_key(store, "SELECT id FROM session WHERE id_key = ?1", "session",
			   CM_ELEMENT(caseload->sessions, CmSession, index)->id, out_row, error);
}

/* 0 for none */
static gboolean
find_companion(CmStore *store,
	       const CmCaseload *caseload,
	       guint32 index,
	       gint64 *out_row,
	       GError **error)
{
	*out_row = 0;
	return index == CM_NONE ||
	       find_by_key(store, "SELECT id FROM companion WHERE id_key = ?1", "companion",
			   CM_ELEMENT(caseload->companions, CmCompanion, index)->id, out_row,
			   error);
}

static gboolean
find_room(CmStore *store,
	  const CmCaseload *caseload,
	  guint32 index,
	  gint64 *out_row,
	  GError **error)
{
	g_autoptr(CmStatement) statement = NULL;

	*out_row = 0;
	if (index == CM_NONE)
		return TRUE;
	statement = cm_database_prepare(store->database,
					"SELECT id FROM room WHERE external_id = ?1", error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, CM_ELEMENT(caseload->rooms, CmRoom, index)->id, -1,
			  SQLITE_STATIC);
	return find_row(store, statement, out_row, error);
}

/* ---- writing */

static gboolean
write_head(CmStore *store,
	   const CmPlan *plan,
	   gint64 number,
	   guint64 roster_version,
	   GError **error)
{
	g_autoptr(GBytes) hash = cm_roster_hash_get(store, error);
	g_autoptr(CmStatement) statement = NULL;

	if (hash == NULL)
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO plan (number, state, made_at, roster_version, caseload_hash, placed, "
	    "unscheduled, cost_unscheduled, cost_lateness, cost_travel, cost_core, cost_modality, "
	    "cost_rhythm, cost_preference, cost_moved) "
	    "VALUES (?1, 'draft', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_int64(statement, 2, g_get_real_time() / G_USEC_PER_SEC);
	sqlite3_bind_int64(statement, 3, (gint64)roster_version);
	sqlite3_bind_blob(statement, 4, g_bytes_get_data(hash, NULL), (gint)g_bytes_get_size(hash),
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, plan->placements->len);
	sqlite3_bind_int64(statement, 6, plan->unscheduled->len);
	for (gint i = 0; i < CM_COST_LAST; i++)
		sqlite3_bind_int64(statement, 7 + i, plan->cost.part[i]);
	return cm_database_run(store->database, statement, error);
}

static gboolean
write_placement(CmStore *store,
		const CmCaseload *caseload,
		const CmPlacement *placement,
		gint64 number,
		gboolean present,
		GError **error)
{
	gint64 session = 0;
	gint64 room = 0;
	gint64 companion = 0;
	g_autoptr(CmStatement) statement = NULL;

	if (!find_session(store, caseload, placement->session, &session, error) ||
	    !find_room(store, caseload, placement->room, &room, error) ||
	    !find_companion(store, caseload, placement->companion, &companion, error))
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO plan_placement (plan, session, date, start, mode, room, companion, "
	    "locked, student_present) VALUES (?1, ?2, ?3, ?4, ?5, nullif(?6, 0), nullif(?7, 0), "
	    "?8, ?9)",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_int64(statement, 2, session);
	sqlite3_bind_int64(statement, 3, placement->date);
	sqlite3_bind_int64(statement, 4, placement->start);
	sqlite3_bind_text(statement, 5, cm_mode_to_string((CmMode)placement->mode), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 6, room);
	sqlite3_bind_int64(statement, 7, companion);
	sqlite3_bind_int64(statement, 8, placement->locked != FALSE);
	sqlite3_bind_int64(statement, 9, present != FALSE);
	return cm_database_run(store->database, statement, error);
}

/* a reason tells whose session it is: by what ids, the planner decides */
static void
seal_reason(CmStore *store, gint64 session, const gchar *reason, GByteArray *out_sealed)
{
	CmSealPlace place = {.table = "plan_unscheduled", .column = "reason", .row = session};

	cm_seal_close(store->seal, &place, reason, strlen(reason), REASON_BLOCK, out_sealed);
}

static gboolean
write_unscheduled(CmStore *store,
		  const CmCaseload *caseload,
		  const CmUnscheduled *unscheduled,
		  gint64 number,
		  GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	g_autoptr(GByteArray) reason = g_byte_array_new();
	gint64 session = 0;

	if (!find_session(store, caseload, unscheduled->session, &session, error))
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO plan_unscheduled (plan, session, reason) VALUES (?1, ?2, ?3)", error);
	if (statement == NULL)
		return FALSE;
	seal_reason(store, session, unscheduled->reason, reason);
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_int64(statement, 2, session);
	sqlite3_bind_blob(statement, 3, reason->data, (gint)reason->len, SQLITE_TRANSIENT);
	return cm_database_run(store->database, statement, error);
}

static gboolean
ask_presence(const CmCaseload *caseload, guint32 index, CmStorePresence presence, gpointer data)
{
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, index);
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	const CmProfessional *professional =
	    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional);

	return presence == NULL || presence(professional->profession, session->act, data);
}

gboolean
cm_plan_rows_add(CmStore *store,
		 const CmCaseload *caseload,
		 const CmPlan *plan,
		 guint64 roster_version,
		 CmStorePresence presence,
		 gpointer presence_data,
		 gint64 *out_number,
		 GError **error)
{
	gint64 number = 0;

	if (!cm_store_next_counter(store, "plan", &number, error) ||
	    !write_head(store, plan, number, roster_version, error))
		return FALSE;
	for (guint i = 0; i < plan->placements->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(plan->placements, CmPlacement, i);
		gboolean present =
		    ask_presence(caseload, placement->session, presence, presence_data);

		if (!write_placement(store, caseload, placement, number, present, error))
			return FALSE;
	}
	for (guint i = 0; i < plan->unscheduled->len; i++) {
		if (!write_unscheduled(store, caseload,
				       CM_ELEMENT(plan->unscheduled, CmUnscheduled, i), number,
				       error))
			return FALSE;
	}
	*out_number = number;
	return TRUE;
}

gboolean
cm_plan_rows_set_published(CmStore *store, gint64 number, GError **error)
{
	gint64 values[] = {number, g_get_real_time() / G_USEC_PER_SEC};

	return cm_database_execute(store->database,
				   "UPDATE plan SET state = 'superseded' WHERE state = 'published'",
				   error) &&
	       cm_database_run_integers(
		   store->database,
		   "UPDATE plan SET state = 'published', published_at = ?2 WHERE number = ?1",
		   values, G_N_ELEMENTS(values), error);
}

gboolean
cm_plan_rows_forget_old(CmStore *store, GError **error)
{
	gint64 kept = CM_STORE_PLANS_MAX;

	return cm_database_run_integers(
	    store->database,
	    "DELETE FROM plan WHERE "
	    "(state = 'draft' AND number NOT IN (SELECT number FROM plan WHERE "
	    "state = 'draft' ORDER BY number DESC LIMIT ?1)) OR "
	    "(state = 'superseded' AND number NOT IN (SELECT number FROM plan WHERE "
	    "state = 'superseded' ORDER BY number DESC LIMIT ?1))",
	    &kept, 1, error);
}

/* ---- reading */

static guint
key_hash(gconstpointer data)
{
	guint value = 0;

	memcpy(&value, data, sizeof value);
	return value;
}

static gboolean
key_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, CM_SEAL_HASH_BYTES) == 0;
}

/* What of a caseload's things a row is: row → index + 1. */
typedef struct {
	GHashTable *sessions;
	GHashTable *rooms;
	GHashTable *companions;
} RowIndex;

static void
row_index_clear(RowIndex *index)
{
	g_hash_table_unref(index->sessions);
	g_hash_table_unref(index->rooms);
	g_hash_table_unref(index->companions);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RowIndex, row_index_clear)

/* Rows of `sql` (id, id or its hash) whose id one of `array` has; every element begins with its id.
 */
static gboolean
index_rows(CmStore *store,
	   const gchar *sql,
	   const gchar *table,
	   GArray *array,
	   GHashTable *out,
	   GError **error)
{
	gsize size = g_array_get_element_size(array);
	g_autofree guint8 *keys = g_malloc0_n(array->len + 1, CM_SEAL_HASH_BYTES);
	g_autoptr(GHashTable) by_key = g_hash_table_new(key_hash, key_equal);
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	for (guint i = 0; i < array->len; i++) {
		const gchar *id = *(const gchar *const *)(array->data + i * size);
		guint8 *key = keys + (gsize)i * CM_SEAL_HASH_BYTES;

		cm_seal_hash(store->seal, CM_SEAL_HASH_ID, table, id, strlen(id), key);
		g_hash_table_insert(by_key, key, GUINT_TO_POINTER(i + 1));
	}
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		guint8 key[CM_SEAL_HASH_BYTES];
		gconstpointer data = sqlite3_column_blob(statement, 1);
		gsize length = (gsize)sqlite3_column_bytes(statement, 1);
		gpointer found = NULL;

		if (sqlite3_column_type(statement, 1) == SQLITE_TEXT)
			cm_seal_hash(store->seal, CM_SEAL_HASH_ID, table, data, length, key);
		else
			memcpy(key, data, MIN(length, sizeof key));
		found = g_hash_table_lookup(by_key, key);
		if (found != NULL)
			g_hash_table_insert(
			    out, GSIZE_TO_POINTER(sqlite3_column_int64(statement, 0)), found);
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
row_index_fill(CmStore *store, const CmCaseload *caseload, RowIndex *index, GError **error)
{
	return index_rows(store, "SELECT id, id_key FROM session", "session", caseload->sessions,
			  index->sessions, error) &&
	       index_rows(store, "SELECT id, external_id FROM room", "room", caseload->rooms,
			  index->rooms, error) &&
	       index_rows(store, "SELECT id, id_key FROM companion", "companion",
			  caseload->companions, index->companions, error);
}

/* CM_NONE for a row that the caseload doesn't have */
static guint32
row_index_get(GHashTable *table, gint64 row)
{
	gpointer found = g_hash_table_lookup(table, GSIZE_TO_POINTER(row));

	return found != NULL ? GPOINTER_TO_UINT(found) - 1 : CM_NONE;
}

static gboolean
load_placements(CmStore *store,
		const gchar *sql,
		gint64 number,
		const RowIndex *index,
		CmPlan *plan,
		GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		CmMode mode = CM_MODE_IN_PERSON;
		CmPlacement placement = {
		    .session = row_index_get(index->sessions, sqlite3_column_int64(statement, 0)),
		    .date = sqlite3_column_int(statement, 1),
		    .start = (CmMinute)sqlite3_column_int(statement, 2),
		    .room = row_index_get(index->rooms, sqlite3_column_int64(statement, 4)),
		    .companion =
			row_index_get(index->companions, sqlite3_column_int64(statement, 5)),
		    .locked = sqlite3_column_int(statement, 6) != 0,
		};

		/* the column's CHECK allows nothing else */
		if (placement.session != CM_NONE &&
		    cm_mode_from_string((const gchar *)sqlite3_column_text(statement, 3), &mode)) {
			placement.mode = (guint8)mode;
			g_array_append_val(plan->placements, placement);
		}
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

static void
add_unscheduled(CmPlan *plan, guint32 session, gchar *reason)
{
	CmUnscheduled unscheduled = {.session = session, .reason = reason};

	g_array_append_val(plan->unscheduled, unscheduled);
}

static gboolean
open_reason(CmStore *store,
	    gint64 session,
	    CmStatement *statement,
	    gchar **out_reason,
	    GError **error)
{
	CmSealPlace place = {.table = "plan_unscheduled", .column = "reason", .row = session};

	*out_reason = cm_sealed_column_get_text(store, statement, 1, &place, REASON_BLOCK, error);
	return *out_reason != NULL;
}

/* `seen` has TRUE for each session that stands somewhere */
static gboolean
load_unscheduled(CmStore *store,
		 gint64 number,
		 const RowIndex *index,
		 guint8 *seen,
		 CmPlan *plan,
		 GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT session, reason FROM plan_unscheduled WHERE plan = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		gint64 id = sqlite3_column_int64(statement, 0);
		guint32 session = row_index_get(index->sessions, id);
		gchar *reason = NULL;

		if (session != CM_NONE && !seen[session]) {
			if (!open_reason(store, id, statement, &reason, error))
				return FALSE;
			seen[session] = TRUE;
			add_unscheduled(plan, session, reason);
		}
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_plan_rows_load(CmStore *store,
		  const CmCaseload *caseload,
		  gint64 number,
		  gboolean published,
		  CmPlan *plan,
		  GError **error)
{
	static const gchar of_bookings[] =
	    "SELECT session, date, start, mode, room, companion, locked FROM booking "
	    "WHERE state NOT IN ('cancelled', 'late-cancelled') AND ?1 > 0";
	static const gchar of_plan[] =
	    "SELECT session, date, start, mode, room, companion, locked FROM plan_placement "
	    "WHERE plan = ?1";
	g_auto(RowIndex) index = {g_hash_table_new(NULL, NULL), g_hash_table_new(NULL, NULL),
				  g_hash_table_new(NULL, NULL)};
	g_autofree guint8 *seen = g_malloc0(caseload->sessions->len + 1);

	if (!row_index_fill(store, caseload, &index, error) ||
	    !load_placements(store, published ? of_bookings : of_plan, number, &index, plan, error))
		return FALSE;
	for (guint i = 0; i < plan->placements->len; i++)
		seen[g_array_index(plan->placements, CmPlacement, i).session] = TRUE;
	if (!load_unscheduled(store, number, &index, seen, plan, error))
		return FALSE;
	for (guint32 i = 0; i < caseload->sessions->len; i++) {
		if (!seen[i])
			add_unscheduled(plan, i,
					cm_message_new(N_("The plan was made before this session, "
							  "or its booking was withdrawn."),
						       NULL));
	}
	cm_plan_sort(plan);
	return TRUE;
}
