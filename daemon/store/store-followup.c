// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-followup.h"

#include "daemon/store/booking-change.h"
#include "daemon/store/booking-rows.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define DAY_SECONDS 86400

gboolean
cm_store_followup_get_state(CmStore *store,
			    gint64 number,
			    CmFollowupState *out_state,
			    GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT state FROM followup WHERE id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	/* the column's CHECK allows nothing else */
	if (!row || !cm_followup_state_from_string((const gchar *)sqlite3_column_text(statement, 0),
						   out_state)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such follow-up."), NULL);
		return FALSE;
	}
	return TRUE;
}

/* What is booked or on hold and has not begun. */
static GPtrArray *
list_coming(CmStore *store, gint64 number, gint64 now, GError **error)
{
	/* a day more than any zone is off */
	CmStoreBookingFilter filter = {
	    .from = (CmDay)(now / DAY_SECONDS) - 2, .to = G_MAXINT32, .followup = number};
	g_autoptr(GPtrArray) coming =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_booking_free);

	if (!cm_booking_rows_read_all(store, &filter, now, coming, error))
		return NULL;
	for (guint i = coming->len; i > 0; i--) {
		const CmStoreBooking *booking = coming->pdata[i - 1];

		if (booking->start_utc < now ||
		    (booking->state != CM_BOOKING_PLANNED && booking->state != CM_BOOKING_HOLD))
			g_ptr_array_remove_index(coming, i - 1);
	}
	return g_steal_pointer(&coming);
}

gboolean
cm_store_followup_get(CmStore *store,
		      gint64 number,
		      gint64 now,
		      CmStoreFollowup *out_followup,
		      GError **error)
{
	g_autoptr(GPtrArray) coming = NULL;

	if (!cm_store_followup_get_state(store, number, &out_followup->state, error))
		return FALSE;
	coming = list_coming(store, number, now, error);
	if (coming == NULL)
		return FALSE;
	out_followup->coming = coming->len;
	return TRUE;
}

GHashTable *
cm_store_followup_find_inactive(CmStore *store, GError **error)
{
	g_autoptr(GHashTable) numbers =
	    g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT id FROM followup WHERE state <> 'active'", error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		gint64 number = sqlite3_column_int64(statement, 0);

		g_hash_table_add(numbers, g_memdup2(&number, sizeof(number)));
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&numbers);
}

/* ---- a change */

static gboolean
cancel_all(CmStore *store,
	   const CmStoreFollowupCall *call,
	   const GPtrArray *coming,
	   GArray *withdrawn,
	   GError **error)
{
	CmStoreCall how = {.actor = call->actor, .now = call->now, .remark = "\"followup\""};

	for (guint i = 0; i < coming->len; i++) {
		const CmStoreBooking *booking = coming->pdata[i];
		g_autoptr(CmStoreBooking) after = cm_booking_change_copy(booking);
		CmStoreStamp stamp = {0};

		if (!cm_booking_state_apply(booking->state, CM_BOOKING_EVENT_CANCEL, &after->state,
					    error) ||
		    !cm_booking_change_write(store, &how, CM_BOOKING_EVENT_CANCEL, booking, after,
					     &stamp, error))
			return FALSE;
		stamp.number = booking->number;
		g_array_append_val(withdrawn, stamp);
	}
	return TRUE;
}

static gboolean
check_was(CmFollowupState was, CmFollowupState state, GError **error)
{
	g_autofree gchar *word = NULL;

	if (was == state)
		return TRUE;
	word = cm_followup_state_dup_word(state);
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("It was changed meanwhile: the follow-up is {0} now."), word, NULL);
	return FALSE;
}

static gboolean
clear_the_way(CmStore *store,
	      gint64 number,
	      const CmStoreFollowupCall *call,
	      GArray *withdrawn,
	      GError **error)
{
	g_autoptr(GPtrArray) coming = list_coming(store, number, call->now, error);
	g_autofree gchar *count = NULL;

	if (coming == NULL)
		return FALSE;
	if (coming->len == 0 || call->withdraw)
		return cancel_all(store, call, coming, withdrawn, error);
	count = g_strdup_printf("%u", coming->len);
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("Sessions of this follow-up that are still booked: {0}. They have to be "
			"cancelled with it."),
		     count, NULL);
	return FALSE;
}

static gboolean
write_state(CmStore *store, gint64 number, CmFollowupState state, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "UPDATE followup SET state = ?2 WHERE id = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2, cm_followup_state_to_string(state), -1, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

static gboolean
write_trail(CmStore *store,
	    gint64 number,
	    const CmStoreFollowupCall *call,
	    CmFollowupState state,
	    guint withdrawn,
	    GError **error)
{
	g_autofree gchar *action =
	    g_strdup_printf("followup.%s", cm_followup_state_event_to_string(call->event));
	g_autofree gchar *detail = g_strdup_printf(
	    "{\"from\":\"%s\",\"to\":\"%s\",\"withdrawn\":%u}",
	    cm_followup_state_to_string(call->was), cm_followup_state_to_string(state), withdrawn);
	CmAuditEntry entry = {.uid = call->actor,
			      .action = action,
			      .subject = number,
			      .version_before = 1,
			      .version_after = 1,
			      .detail = detail,
			      .at = call->now};

	return cm_audit_append(store, &entry, error);
}

gboolean
cm_store_followup_change(CmStore *store,
			 gint64 number,
			 const CmStoreFollowupCall *call,
			 CmFollowupState *out_state,
			 GArray *withdrawn,
			 GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmFollowupState state = CM_FOLLOWUP_WAITING;

	if (transaction == NULL || !cm_booking_change_clear_holds(store, call->now, NULL, error) ||
	    !cm_store_followup_get_state(store, number, &state, error) ||
	    !check_was(call->was, state, error) ||
	    !cm_followup_state_apply(state, call->event, out_state, error))
		return FALSE;
	if (*out_state != CM_FOLLOWUP_ACTIVE &&
	    !clear_the_way(store, number, call, withdrawn, error))
		return FALSE;
	return write_state(store, number, *out_state, error) &&
	       write_trail(store, number, call, *out_state, withdrawn->len, error) &&
	       cm_transaction_commit(transaction, error);
}
