// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-purge.h"

#include "daemon/store/booking-checks.h"
#include "daemon/store/store-private.h"
#include "daemon/store/store-visit.h"
#include "daemon/store/visit-rows.h"
#include "include/cm-error.h"
#include "include/cm-time.h"

#include <string.h>

#define META_DAYS                                                                                  \
	"days-at-work" /* int32 of this machine's order, ascending, no more than CM_STORE_PURGE_DAYS_MAX */

/* ---- days at work */

static GArray *
read_days(CmStore *store, GError **error)
{
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint32));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT value FROM meta WHERE name = '" META_DAYS "'", error);
	gboolean row = FALSE;
	gsize length = 0;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return NULL;
	length = row ? (gsize)sqlite3_column_bytes(statement, 0) : 0;
	if (length > 0)
		g_array_append_vals(days, sqlite3_column_blob(statement, 0),
				    (guint)(length / sizeof(gint32)));
	return g_steal_pointer(&days);
}

/* Whether `today` is a new one. Days ahead of it never were. `out_changed`: there are others than before. */
static gboolean
add_day(GArray *days, gint32 today, gboolean *out_changed)
{
	guint count = days->len;

	while (days->len > 0 && g_array_index(days, gint32, days->len - 1) > today)
		g_array_set_size(days, days->len - 1);
	*out_changed = days->len != count;
	if (days->len > 0 && g_array_index(days, gint32, days->len - 1) == today)
		return FALSE;
	*out_changed = TRUE;
	g_array_append_val(days, today);
	if (days->len > CM_STORE_PURGE_DAYS_MAX)
		g_array_remove_index(days, 0);
	return TRUE;
}

gboolean
cm_store_purge_begin(CmStore *store,
		     guint days,
		     gint64 now,
		     gboolean *out_new,
		     gint64 *out_before,
		     GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	GTimeZone *zone = NULL;
	g_autoptr(GArray) worked = NULL;
	gint32 first = 0;
	gboolean changed = FALSE;
	gboolean new = FALSE;

	if (transaction == NULL)
		return FALSE;
	zone = cm_booking_checks_get_zone(store, error);
	if (zone == NULL)
		return FALSE;
	worked = read_days(store, error);
	if (worked == NULL)
		return FALSE;
	new = add_day(worked, cm_time_get_day(now, zone), &changed);
	if (changed &&
	    !cm_store_set_meta(store, META_DAYS, worked->data, worked->len * sizeof(gint32), error))
		return FALSE;
	if (!cm_transaction_commit(transaction, error))
		return FALSE;
	*out_new = new;
	*out_before = 0;
	if (worked->len < MAX(days, CM_STORE_PURGE_DAYS_MIN))
		return TRUE;
	first = g_array_index(worked, gint32, worked->len - MAX(days, CM_STORE_PURGE_DAYS_MIN));
	*out_before = cm_time_to_utc(first, 0, zone);
	return TRUE;
}

/* ---- what goes */

/* ?1: what was over before then; of `subject` the hours are those where it stands, wherever it was moved to */
#define OVER(subject)                                                                              \
	"NOT EXISTS (SELECT 1 FROM booking WHERE session = " subject                               \
	" AND end_utc + 1800 >= ?1) AND NOT EXISTS (SELECT 1 FROM appointment WHERE id = " subject \
	" AND end_utc + 1800 >= ?1) AND NOT EXISTS (SELECT 1 FROM video_room WHERE "               \
	"video_room.subject = " subject " AND video_room.state IN ('opening', 'open')) "

G_STATIC_ASSERT(CM_SESSION_DOOR_CLOSES_AFTER == 1800);

static const struct {
	gsize count; /* where in CmStorePurge */
	const gchar *sql;
} kinds[] = {
    {G_STRUCT_OFFSET(CmStorePurge, entries),
     "DELETE FROM entry WHERE hash IN (SELECT hash FROM entry AS e WHERE until_utc < ?1 AND "
     "(means = 'link' OR " OVER("e.subject") ") LIMIT ?2)"},
    {G_STRUCT_OFFSET(CmStorePurge, passes),
     "DELETE FROM pass WHERE hash IN (SELECT hash FROM pass WHERE until_utc < ?1 LIMIT ?2)"},
    {G_STRUCT_OFFSET(CmStorePurge, endings),
     "DELETE FROM ending WHERE subject IN (SELECT subject FROM ending AS e WHERE at < ?1 AND " OVER(
	 "e.subject") "LIMIT ?2)"},
    {G_STRUCT_OFFSET(CmStorePurge, helps),
     "DELETE FROM help_request WHERE id IN (SELECT id FROM help_request AS h WHERE "
     "asked_at < ?1 AND changed_at < ?1 AND " OVER(
	 "h.subject") "AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.subject = h.id AND "
		      "notice.kind = 'help.asked' AND notice.sent_at IS NULL) LIMIT ?2)"},
    {G_STRUCT_OFFSET(CmStorePurge, rooms),
     "DELETE FROM video_room WHERE id IN (SELECT id FROM video_room AS v WHERE "
     "state IN ('failed', 'ended') AND ended_at < ?1 AND " OVER("v.subject") "LIMIT ?2)"},
    {G_STRUCT_OFFSET(CmStorePurge, openings),
     "DELETE FROM opening WHERE (kind, person, day) IN (SELECT kind, person, day FROM opening "
     "WHERE (day + 1) * 86400 < ?1 LIMIT ?2)"},
};

/* ---- visits: only who reads them knows whether something was answered */

typedef struct {
	gint64 number;
	gboolean guest;
} Visit;

static GArray *
list_visits(CmStore *store, gint64 before, gint64 after, GError **error)
{
	const gint64 values[] = {before, CM_STORE_PURGE_SLICE, after};
	g_autoptr(GArray) visits = g_array_new(FALSE, FALSE, sizeof(Visit));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT id, role = 'guest' FROM visit AS v WHERE id > ?3 AND "
	    "coalesce(left_at, arrived_at) < ?1 AND " OVER("v.subject") "ORDER BY id LIMIT ?2",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(values); i++)
		sqlite3_bind_int64(statement, (gint)i + 1, values[i]);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		const Visit visit = {sqlite3_column_int64(statement, 0),
				     sqlite3_column_int(statement, 1) != 0};

		g_array_append_val(visits, visit);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&visits);
}

static gboolean
has_answers(CmStore *store, gint64 number, gboolean *out_has, GError **error)
{
	const CmStoreVisitFilter filter = {.number = number, .answers = TRUE};
	g_autoptr(GPtrArray) list = cm_visit_rows_list(store, &filter, error);
	const CmStoreVisit *visit = NULL;

	if (list == NULL)
		return FALSE;
	visit = list->len > 0 ? g_ptr_array_index(list, 0) : NULL;
	*out_has = visit != NULL && !g_str_equal(visit->answers, "{}");
	return TRUE;
}

static gboolean
purge_visits(CmStore *store, gint64 before, CmStorePurge *purge, GError **error)
{
	g_autoptr(GArray) visits = list_visits(store, before, purge->looked, error);

	if (visits == NULL)
		return FALSE;
	purge->more = purge->more || visits->len == CM_STORE_PURGE_SLICE;
	for (guint i = 0; i < visits->len; i++) {
		const Visit *visit = &g_array_index(visits, Visit, i);
		gboolean answered = FALSE;

		/* nobody else is asked anything */
		if (visit->guest && !has_answers(store, visit->number, &answered, error))
			return FALSE;
		purge->looked = visit->number;
		if (answered)
			continue;
		if (!cm_database_run_integers(store->database, "DELETE FROM visit WHERE id = ?1",
					      &visit->number, 1, error))
			return FALSE;
		purge->visits++;
	}
	return TRUE;
}

/* ---- a slice */

static gboolean
purge_kinds(CmStore *store, gint64 before, CmStorePurge *purge, GError **error)
{
	const gint64 values[] = {before, CM_STORE_PURGE_SLICE};

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		guint *count = G_STRUCT_MEMBER_P(purge, kinds[i].count);
		guint gone = 0;

		if (!cm_database_run_integers(store->database, kinds[i].sql, values,
					      G_N_ELEMENTS(values), error))
			return FALSE;
		gone = cm_database_get_changes(store->database);
		*count += gone;
		purge->more = purge->more || gone == CM_STORE_PURGE_SLICE;
	}
	return TRUE;
}

static guint
count_all(const CmStorePurge *purge)
{
	guint count = purge->visits;

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
		count += *(const guint *)G_STRUCT_MEMBER_P(purge, kinds[i].count);
	return count;
}

gboolean
cm_store_purge_run(CmStore *store,
		   gint64 before,
		   gint64 now,
		   CmStorePurge *inout_purge,
		   GError **error)
{
	const CmAuditEntry entry = {.uid = CM_AUDIT_DAEMON, .action = "door.purge", .at = now};
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmStorePurge purge = *inout_purge;
	guint gone = 0;

	purge.more = FALSE;
	if (transaction == NULL || !purge_kinds(store, before, &purge, error) ||
	    !purge_visits(store, before, &purge, error))
		return FALSE;
	gone = count_all(&purge) - count_all(inout_purge);
	if (gone > 0 && !cm_audit_append_figures(
			    store, &entry, g_variant_new_parsed("{'rows': <%u>}", gone), error))
		return FALSE;
	if (!cm_transaction_commit(transaction, error))
		return FALSE;
	*inout_purge = purge;
	return TRUE;
}
