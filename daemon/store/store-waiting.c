// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-waiting.h"

#include "daemon/store/sealed-column.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-hold.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define REASON_BLOCK 128

void
cm_store_waiting_free(CmStoreWaiting *waiting)
{
	if (waiting == NULL)
		return;
	g_free(waiting->profession);
	g_free(waiting->act);
	g_free(waiting->reason);
	g_free(waiting);
}

/* ---- reading */

#define COLUMNS                                                                                    \
	"request.id, request.version, request.state, request.student, request.profession, "        \
	"request.act, request.minutes, request.priority, request.received_on, request.reason, "    \
	"hold.id, hold.hold_until "                                                                \
	"FROM service_request AS request LEFT JOIN appointment AS hold "                           \
	"ON hold.request = request.id AND hold.state = 'hold' AND request.state = 'offered' "

static gboolean
reason_open(CmStore *store, gint64 number, CmStatement *statement, gchar **out_text, GError **error)
{
	CmSealPlace place = {"service_request", "reason", number};

	*out_text = cm_sealed_column_get_text(store, statement, 9, &place, REASON_BLOCK, error);
	return *out_text != NULL;
}

static CmStoreWaiting *
waiting_read(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(CmStoreWaiting) waiting = g_new0(CmStoreWaiting, 1);

	waiting->number = sqlite3_column_int64(statement, 0);
	waiting->version = sqlite3_column_int64(statement, 1);
	/* the column's CHECK allows nothing else */
	if (!cm_waiting_state_from_string((const gchar *)sqlite3_column_text(statement, 2),
					  &waiting->state) ||
	    !reason_open(store, waiting->number, statement, &waiting->reason, error))
		return NULL; /* nocheck:error-unset: of the state only where CHECK was put aside */
	waiting->student = sqlite3_column_int64(statement, 3);
	waiting->profession = g_strdup((const gchar *)sqlite3_column_text(statement, 4));
	waiting->act = g_strdup((const gchar *)sqlite3_column_text(statement, 5));
	waiting->minutes = sqlite3_column_int(statement, 6);
	waiting->priority = sqlite3_column_int(statement, 7);
	waiting->received_on = (CmDay)sqlite3_column_int64(statement, 8);
	waiting->hold = sqlite3_column_int64(statement, 10);
	waiting->hold_until = sqlite3_column_int64(statement, 11);
	return g_steal_pointer(&waiting);
}

static CmStoreWaiting *
waiting_get(CmStore *store, gint64 number, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT " COLUMNS "WHERE request.id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	if (row)
		return waiting_read(store, statement, error);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such request for service."), NULL);
	return NULL;
}

/* ---- writing */

static gboolean
audit(CmStore *store,
      const CmStoreCall *call,
      const gchar *action,
      gint64 number,
      gint64 before,
      gint64 hold,
      GError **error)
{
	CmAuditEntry entry = {.uid = call->actor,
			      .action = action,
			      .subject = number,
			      .version_before = before,
			      .version_after = before + 1,
			      .at = call->now};
	g_auto(GVariantDict) figures = G_VARIANT_DICT_INIT(NULL);

	if (hold == 0)
		return cm_audit_append(store, &entry, error);
	g_variant_dict_insert(&figures, "hold", "x", hold);
	return cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error);
}

static gboolean
state_write(CmStore *store,
	    const CmStoreCall *call,
	    gint64 number,
	    CmWaitingState state,
	    GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE service_request SET version = version + 1, state = ?2, changed_by = ?3, "
	    "changed_at = ?4 WHERE id = ?1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2, cm_waiting_state_to_string(state), -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, call->actor);
	sqlite3_bind_int64(statement, 4, call->now);
	return cm_database_run(store->database, statement, error);
}

static gboolean
check_event(const CmStoreWaiting *before,
	    CmWaitingEvent event,
	    CmWaitingState *next,
	    GError **error)
{
	if (cm_waiting_get_next(before->state, event, next))
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     before->state == CM_WAITING_OFFERED
			 ? N_("An hour is offered already; it waits for an answer.")
		     : before->state == CM_WAITING_SERVED
			 ? N_("This request is served already.")
			 : N_("This request is withdrawn already."),
		     NULL);
	return FALSE;
}

/* what the event makes of it */
static gboolean
change(CmStore *store,
       const CmStoreCall *call,
       const CmStoreWaiting *before,
       CmWaitingEvent event,
       gint64 hold,
       GError **error)
{
	g_autofree gchar *action = g_strdup_printf("request.%s", cm_waiting_event_to_string(event));
	CmWaitingState next = CM_WAITING_STATE_LAST;

	return check_event(before, event, &next, error) &&
	       state_write(store, call, before->number, next, error) &&
	       audit(store, call, action, before->number, before->version, hold, error);
}

/* ---- what has ended meanwhile */

static gboolean
settle(CmStore *store,
       const CmStoreCall *call,
       const gchar *sql,
       CmWaitingEvent event,
       GError **error)
{
	g_autoptr(GArray) numbers =
	    cm_database_list_integers(store->database, sql, &call->now, 1, error);

	if (numbers == NULL)
		return FALSE;
	for (guint i = 0; i < numbers->len; i++) {
		g_autoptr(CmStoreWaiting) before =
		    waiting_get(store, g_array_index(numbers, gint64, i), error);

		if (before == NULL || !change(store, call, before, event, 0, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_store_waiting_settle(CmStore *store, gint64 now, GError **error)
{
	const CmStoreCall call = {.actor = CM_AUDIT_DAEMON, .now = now};
	gint64 offered = 0;
	g_autoptr(CmTransaction) transaction = NULL;

	/* most often there is nothing to settle, and nothing is written */
	if (!cm_database_query_integer(store->database,
				       "SELECT count(*) FROM service_request WHERE state = "
				       "'offered'",
				       &offered, error))
		return FALSE;
	if (offered == 0)
		return TRUE;
	transaction = cm_transaction_new(store->database, error);
	return transaction != NULL &&
	       settle(
		   store, &call,
		   "SELECT id FROM service_request WHERE state = 'offered' AND ?1 > 0 AND EXISTS "
		   "(SELECT 1 FROM appointment WHERE request = service_request.id AND state IN "
		   "('planned', 'held', 'late-cancelled', 'no-show'))",
		   CM_WAITING_EVENT_SERVE, error) &&
	       settle(store, &call,
		      "SELECT id FROM service_request WHERE state = 'offered' AND NOT EXISTS "
		      "(SELECT 1 FROM appointment WHERE request = service_request.id AND "
		      "state = 'hold' AND hold_until > ?1)",
		      CM_WAITING_EVENT_EXPIRE, error) &&
	       cm_transaction_commit(transaction, error);
}

GPtrArray *
cm_store_waiting_list(CmStore *store,
		      const gchar *profession,
		      gboolean open,
		      gint64 now,
		      GError **error)
{
	g_autoptr(GPtrArray) list =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_waiting_free);
	g_autoptr(CmStatement) statement = NULL;
	gboolean row = FALSE;

	if (!cm_store_waiting_settle(store, now, error))
		return NULL;
	statement = cm_database_prepare(
	    store->database,
	    "SELECT " COLUMNS "WHERE (?1 IS NULL OR request.profession = ?1) AND "
	    "(?2 = 0 OR request.state IN ('waiting', 'offered')) "
	    "ORDER BY request.priority, request.received_on, request.id",
	    error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_text(statement, 1, profession, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, open);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreWaiting *waiting = waiting_read(store, statement, error);

		if (waiting == NULL)
			return NULL;
		g_ptr_array_add(list, waiting);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

CmStoreWaiting *
cm_store_waiting_get(CmStore *store, gint64 number, gint64 now, GError **error)
{
	if (!cm_store_waiting_settle(store, now, error))
		return NULL;
	return waiting_get(store, number, error);
}

/* ---- changes */

static gboolean
check_new(const CmStoreWaiting *waiting, GError **error)
{
	if (waiting->priority >= 1 && waiting->priority <= 3 && waiting->minutes >= 1 &&
	    waiting->minutes <= 480 && *waiting->profession != '\0' && *waiting->act != '\0' &&
	    strlen(waiting->profession) <= CM_STORE_WAITING_WORD_MAX &&
	    strlen(waiting->act) <= CM_STORE_WAITING_WORD_MAX &&
	    waiting->received_on != CM_DAY_NONE &&
	    strlen(waiting->reason) <= CM_STORE_WAITING_REASON_MAX)
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_INVALID_INPUT,
	    N_("A request has a profession, an act, its minutes (1 to 480), a priority (1 to "
	       "3), the day it was received, and a reason of at most {0} octets."),
	    G_STRINGIFY(CM_STORE_WAITING_REASON_MAX), NULL);
	return FALSE;
}

static gboolean
check_count(CmStore *store, gint64 student, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT count(*) FROM service_request WHERE student = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, student);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row && sqlite3_column_int64(statement, 0) < CM_STORE_WAITING_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A student has at most {0} requests for service, those that are over "
			"included."),
		     G_STRINGIFY(CM_STORE_WAITING_MAX), NULL);
	return FALSE;
}

static gboolean
insert(CmStore *store,
       const CmStoreCall *call,
       const CmStoreWaiting *waiting,
       gint64 number,
       GError **error)
{
	CmSealPlace place = {"service_request", "reason", number};
	g_autoptr(GByteArray) sealed = g_byte_array_new();
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO service_request (id, version, state, student, profession, act, minutes, "
	    "priority, received_on, reason, changed_by, changed_at) SELECT ?1, 1, 'waiting', id, "
	    "?3, "
	    "?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM student WHERE id = ?2",
	    error);

	if (statement == NULL)
		return FALSE;
	cm_seal_close(store->seal, &place, waiting->reason, strlen(waiting->reason), REASON_BLOCK,
		      sealed);
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_int64(statement, 2, waiting->student);
	sqlite3_bind_text(statement, 3, waiting->profession, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, waiting->act, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 5, waiting->minutes);
	sqlite3_bind_int(statement, 6, waiting->priority);
	sqlite3_bind_int64(statement, 7, waiting->received_on);
	sqlite3_bind_blob(statement, 8, sealed->data, (gint)sealed->len, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 9, call->actor);
	sqlite3_bind_int64(statement, 10, call->now);
	if (!cm_database_run(store->database, statement, error))
		return FALSE;
	if (cm_database_get_changes(store->database) > 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no student by this number."), NULL);
	return FALSE;
}

gboolean
cm_store_waiting_add(CmStore *store,
		     const CmStoreCall *call,
		     const CmStoreWaiting *waiting,
		     CmStoreStamp *out_stamp,
		     GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	gint64 number = 0;

	if (!check_new(waiting, error))
		return FALSE;
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !check_count(store, waiting->student, error) ||
	    !cm_store_next_counter(store, "row", &number, error) ||
	    !insert(store, call, waiting, number, error) ||
	    !audit(store, call, "request.add", number, 0, 0, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	out_stamp->number = number;
	out_stamp->version = 1;
	return TRUE;
}

static CmStoreWaiting *
get_expected(CmStore *store,
	     const CmStoreCall *call,
	     gint64 number,
	     gint64 expected,
	     GError **error)
{
	g_autoptr(CmStoreWaiting) before = cm_store_waiting_get(store, number, call->now, error);

	if (before == NULL || before->version == expected)
		return g_steal_pointer(&before);
	cm_error_set(error, CM_ERROR_CONFLICT,
		     before->state == CM_WAITING_WAITING
			 ? N_("This request has changed since you looked: it waits. Look again.")
		     : before->state == CM_WAITING_OFFERED
			 ? N_("This request has changed since you looked: an hour is offered. Look "
			      "again.")
		     : before->state == CM_WAITING_SERVED
			 ? N_("This request has changed since you looked: it is served.")
			 : N_("This request has changed since you looked: it is withdrawn."),
		     NULL);
	return NULL;
}

static gboolean
let_go(CmStore *store, const CmStoreCall *call, gint64 hold, GError **error)
{
	g_autoptr(CmStoreBooking) booking = NULL;
	CmStoreStamp stamp = {0};

	if (hold == 0)
		return TRUE;
	booking = cm_store_booking_get(store, hold, call->now, error);
	return booking != NULL &&
	       cm_store_booking_cancel(store, call, hold, booking->version, &stamp, error);
}

gboolean
cm_store_waiting_close(CmStore *store,
		       const CmStoreCall *call,
		       gint64 number,
		       gint64 expected,
		       CmWaitingEvent event,
		       CmStoreStamp *out_stamp,
		       GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreWaiting) before = NULL;

	if (transaction == NULL)
		return FALSE;
	before = get_expected(store, call, number, expected, error);
	if (before == NULL || !change(store, call, before, event, 0, error) ||
	    !let_go(store, call, before->hold, error) || !cm_transaction_commit(transaction, error))
		return FALSE;
	out_stamp->number = number;
	out_stamp->version = before->version + 1;
	return TRUE;
}

gboolean
cm_store_waiting_offer(CmStore *store,
		       const CmStoreCall *call,
		       gint64 number,
		       gint64 expected,
		       const CmStoreOrder *order,
		       gint64 until,
		       CmStoreStamp *out_hold,
		       CmStoreStamp *out_stamp,
		       GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreWaiting) before = NULL;
	CmStoreStamp hold = {0};
	CmWaitingState next = CM_WAITING_STATE_LAST;

	if (transaction == NULL)
		return FALSE;
	before = get_expected(store, call, number, expected, error);
	/* first: that an hour is offered says more than that it is taken */
	if (before == NULL || !check_event(before, CM_WAITING_EVENT_OFFER, &next, error) ||
	    !cm_store_hold_make(store, call, order, until, call->actor, &hold, error) ||
	    !change(store, call, before, CM_WAITING_EVENT_OFFER, hold.number, error) ||
	    /* who is told for the student is found when it is sent: it changes with their age */
	    !cm_notice_queue(store, CM_NOTICE_REQUEST_OFFERED, CM_RESOURCE_STUDENT, before->student,
			     number, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_hold = hold;
	out_stamp->number = number;
	out_stamp->version = before->version + 1;
	return TRUE;
}
