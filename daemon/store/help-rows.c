// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/help-rows.h"

#include "daemon/store/booking-rows.h"
#include "daemon/store/sealed-column.h"
#include "daemon/store/store-notice.h"

#include <string.h>

/* sealed texts are padded to multiples of these */
#define REPORT_BLOCK 512
#define ANSWER_BLOCK 128

#define COLUMNS                                                                                    \
	"SELECT id, version, state, subject, kind, person, report, answer, asked_at, "             \
	"coalesce(changed_by, -1), changed_at FROM help_request "

/* ---- reading */

static CmStoreHelp *
read_row(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(CmStoreHelp) help = g_new0(CmStoreHelp, 1);
	CmSealPlace report = {"help_request", "report", 0};
	CmSealPlace answer = {"help_request", "answer", 0};

	help->number = sqlite3_column_int64(statement, 0);
	help->version = sqlite3_column_int64(statement, 1);
	/* the column's CHECK allows nothing else than what the conversion knows */
	if (!cm_help_state_from_string((const gchar *)sqlite3_column_text(statement, 2),
				       &help->state))
		g_warn_if_reached();
	help->subject = sqlite3_column_int64(statement, 3);
	help->kind = (CmResource)sqlite3_column_int(statement, 4);
	help->person = sqlite3_column_int64(statement, 5);
	help->asked_at = sqlite3_column_int64(statement, 8);
	help->changed_by = sqlite3_column_int64(statement, 9);
	help->changed_at = sqlite3_column_int64(statement, 10);
	report.row = help->number;
	answer.row = help->number;
	help->report = cm_sealed_column_get_text(store, statement, 6, &report, REPORT_BLOCK, error);
	if (help->report == NULL)
		return NULL;
	help->answer = cm_sealed_column_get_text(store, statement, 7, &answer, ANSWER_BLOCK, error);
	if (help->answer == NULL)
		return NULL;
	if (*help->answer == '\0')
		g_clear_pointer(&help->answer, g_free);
	return g_steal_pointer(&help);
}

/* all rows of a statement that is bound */
static GPtrArray *
read_rows(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(GPtrArray) list =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_help_free);
	gboolean row = FALSE;

	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreHelp *help = read_row(store, statement, error);

		if (help == NULL)
			return NULL;
		g_ptr_array_add(list, help);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

GPtrArray *
cm_help_rows_list_of(CmStore *store, gint64 subject, CmResource kind, gint64 person, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, COLUMNS "WHERE kind = ?1 AND person = ?2 AND subject = ?3 ORDER BY id",
	    error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, (gint64)kind);
	sqlite3_bind_int64(statement, 2, person);
	sqlite3_bind_int64(statement, 3, subject);
	return read_rows(store, statement, error);
}

GPtrArray *
cm_help_rows_list_open(CmStore *store, CmResource kind, gint64 person, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    COLUMNS "WHERE kind = ?1 AND person = ?2 AND state <> 'closed' ORDER BY id", error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, (gint64)kind);
	sqlite3_bind_int64(statement, 2, person);
	return read_rows(store, statement, error);
}

/* ?1 to ?5 in each; schools are looked at row by row */
#define KEPT                                                                                       \
	"AND (?3 = 0 OR subject IN (SELECT session FROM booking WHERE professional = ?3 "          \
	"UNION ALL SELECT id FROM appointment WHERE professional = ?3)) "                          \
	"AND (?4 = 0 OR state <> 'closed') ORDER BY asked_at, id LIMIT ?5"

static const gchar *
get_list_sql(const CmStoreHelpFilter *filter)
{
	if (filter->number != 0)
		return COLUMNS "WHERE id = ?1 AND (?2 = 0 OR subject = ?2) " KEPT;
	if (filter->subject != 0 && filter->open)
		return COLUMNS "WHERE ?1 = 0 AND subject = ?2 AND state <> 'closed' " KEPT;
	if (filter->open)
		return COLUMNS "WHERE ?1 = 0 AND ?2 = 0 AND state <> 'closed' " KEPT;
	return COLUMNS "WHERE ?1 = 0 AND (?2 = 0 OR subject = ?2) " KEPT;
}

/* where it takes place, and the schools of the students it is about */
#define SITES                                                                                      \
	"SELECT site FROM appointment WHERE id = ?1 AND site IS NOT NULL UNION "                   \
	"SELECT student.site FROM session JOIN followup ON followup.id = session.followup "        \
	"JOIN student ON student.id = followup.student WHERE session.id = ?1 UNION "               \
	"SELECT student.site FROM appointment_attendee AS a JOIN student "                         \
	"ON a.kind = 1 AND student.id = a.resource WHERE a.appointment = ?1"

static gboolean
is_at_site(CmStore *store, gint64 subject, const GArray *sites, gboolean *out_there, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, SITES, error);
	gboolean row = FALSE;

	*out_there = FALSE;
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, subject);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		for (guint i = 0; i < sites->len; i++) {
			if (g_array_index(sites, gint64, i) == sqlite3_column_int64(statement, 0))
				*out_there = TRUE;
		}
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
keep_sites(CmStore *store, GPtrArray *list, const GArray *sites, GError **error)
{
	guint i = 0;

	while (sites != NULL && i < list->len) {
		const CmStoreHelp *help = g_ptr_array_index(list, i);
		gboolean there = FALSE;

		if (!is_at_site(store, help->subject, sites, &there, error))
			return FALSE;
		if (there)
			i++;
		else
			(void)g_ptr_array_remove_index(list, i);
	}
	return TRUE;
}

GPtrArray *
cm_help_rows_list(CmStore *store, const CmStoreHelpFilter *filter, GError **error)
{
	const guint limit = filter->limit != 0 ? filter->limit : CM_STORE_HELPS_LISTED_MAX;
	const gint64 values[] = {filter->number, filter->subject, filter->professional,
				 filter->open ? 1 : 0, MIN(limit, CM_STORE_HELPS_LISTED_MAX)};
	g_autoptr(GPtrArray) list = NULL;
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, get_list_sql(filter), error);

	if (statement == NULL)
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(values); i++)
		sqlite3_bind_int64(statement, (gint)i + 1, values[i]);
	list = read_rows(store, statement, error);
	if (list == NULL || !keep_sites(store, list, filter->sites, error))
		return NULL;
	return g_steal_pointer(&list);
}

/* ---- writing */

static void
bind_sealed(CmStore *store,
	    CmStatement *statement,
	    gint parameter,
	    const CmSealPlace *place,
	    const gchar *text,
	    gsize block)
{
	g_autoptr(GByteArray) sealed = g_byte_array_new();

	cm_seal_close(store->seal, place, text, strlen(text), block, sealed);
	sqlite3_bind_blob64(statement, parameter, sealed->data, sealed->len, SQLITE_TRANSIENT);
}

static gboolean
write_row(CmStore *store, CmStatement *statement, const CmStoreHelp *help, GError **error)
{
	const CmSealPlace report = {"help_request", "report", help->number};
	const CmSealPlace answer = {"help_request", "answer", help->number};

	sqlite3_bind_int64(statement, 1, help->number);
	sqlite3_bind_int64(statement, 2, help->version);
	sqlite3_bind_text(statement, 3, cm_help_state_to_string(help->state), -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, help->subject);
	sqlite3_bind_int64(statement, 5, (gint64)help->kind);
	sqlite3_bind_int64(statement, 6, help->person);
	bind_sealed(store, statement, 7, &report, help->report, REPORT_BLOCK);
	bind_sealed(store, statement, 8, &answer, help->answer != NULL ? help->answer : "",
		    ANSWER_BLOCK);
	sqlite3_bind_int64(statement, 9, help->asked_at);
	if (help->changed_by >= 0)
		sqlite3_bind_int64(statement, 10, help->changed_by);
	sqlite3_bind_int64(statement, 11, help->changed_at);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_help_rows_insert(CmStore *store, const CmStoreHelp *help, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO help_request (id, version, state, subject, kind, person, report, answer, "
	    "asked_at, changed_by, changed_at) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	    error);

	return statement != NULL && write_row(store, statement, help, error);
}

gboolean
cm_help_rows_update(CmStore *store, const CmStoreHelp *help, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE help_request SET version = ?2, state = ?3, report = ?7, answer = ?8, "
	    "asked_at = ?9, changed_by = ?10, changed_at = ?11 "
	    "WHERE id = ?1 AND subject = ?4 AND kind = ?5 AND person = ?6",
	    error);

	return statement != NULL && write_row(store, statement, help, error);
}

/* ---- telling */

static GArray *
list_helpers(CmStore *store, gint64 subject, GError **error)
{
	return cm_database_list_integers(
	    store->database,
	    "SELECT DISTINCT account_role.uid FROM account_role JOIN account_site "
	    "ON account_site.uid = account_role.uid WHERE role = 'helper' AND site IN (" SITES
	    ") ORDER BY 1",
	    &subject, 1, error);
}

gboolean
cm_help_rows_notify(CmStore *store, const CmStoreHelp *help, GError **error)
{
	g_autoptr(GArray) uids = list_helpers(store, help->subject, error);
	g_autoptr(CmStoreBooking) booking = NULL;

	if (uids == NULL ||
	    !cm_booking_rows_read(store, help->subject, help->asked_at, &booking, error))
		return FALSE;
	if (booking != NULL &&
	    !cm_notice_queue(store, CM_NOTICE_HELP_ASKED, CM_RESOURCE_PROFESSIONAL,
			     booking->professional, help->number, error))
		return FALSE;
	for (guint i = 0; i < uids->len; i++) {
		if (!cm_notice_queue(store, CM_NOTICE_HELP_ASKED, CM_NOTICE_TO_ACCOUNT,
				     g_array_index(uids, gint64, i), help->number, error))
			return FALSE;
	}
	return TRUE;
}
