// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-hold.h"

#include "daemon/store/booking-change.h"
#include "daemon/store/booking-checks.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/request-key.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static gboolean
check_end(const CmStoreCall *call, gint64 until, GError **error)
{
	if (until > call->now && until - call->now <= CM_STORE_HOLD_SECONDS_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A time is held until a moment to come, at most 30 days from now."), NULL);
	return FALSE;
}

static gboolean
keep_and_commit(CmStore *store,
		const CmStoreCall *call,
		const gchar *asked,
		const CmStoreStamp *stamp,
		CmTransaction *transaction,
		GError **error)
{
	return cm_request_key_keep(store, call, asked, stamp, 1, error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_hold_make(CmStore *store,
		   const CmStoreCall *call,
		   const CmStoreOrder *order,
		   gint64 until,
		   gint64 holder,
		   CmStoreStamp *out_stamp,
		   GError **error)
{
	const CmBookingClaim claim = {.until = until, .holder = holder};
	CmStoreStamp stamp = {0};
	g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	g_autoptr(GString) asked = g_string_new("hold");
	g_autoptr(CmTransaction) transaction = NULL;

	/* not until when: a call made again says another instant */
	cm_booking_change_describe_order(asked, order);
	if (!check_end(call, until, error))
		return FALSE;
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !cm_request_key_look_up(store, call, asked->str, known, error))
		return FALSE;
	if (known->len > 0) {
		*out_stamp = g_array_index(known, CmStoreStamp, 0);
		return TRUE;
	}
	if (!cm_booking_change_clear_holds(store, call->now, NULL, error) ||
	    !cm_booking_change_make(store, call, order, &claim, 0, &stamp, error) ||
	    !keep_and_commit(store, call, asked->str, &stamp, transaction, error))
		return FALSE;
	*out_stamp = stamp;
	return TRUE;
}

static gboolean
confirm(CmStore *store,
	const CmStoreCall *call,
	gint64 number,
	gint64 expected,
	gboolean student_present,
	CmStoreStamp *out_stamp,
	GError **error)
{
	g_autoptr(CmStoreBooking) hold = NULL;

	if (!cm_booking_rows_read(store, number, call->now, &hold, error))
		return FALSE;
	if (hold == NULL ||
	    (hold->kind == CM_STORE_BOOKING_SESSION && hold->number == hold->session)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is no such hold: it has ended, or was let go."), NULL);
		return FALSE;
	}
	return cm_booking_checks_version(store, hold, expected, error) &&
	       cm_booking_change_confirm(store, call, hold, student_present, out_stamp, error);
}

gboolean
cm_store_hold_confirm(CmStore *store,
		      const CmStoreCall *call,
		      gint64 number,
		      gint64 expected,
		      gboolean student_present,
		      CmStoreStamp *out_stamp,
		      GError **error)
{
	CmStoreStamp stamp = {0};
	g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	g_autofree gchar *asked =
	    g_strdup_printf("confirm %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, number, expected);
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);

	if (transaction == NULL || !cm_request_key_look_up(store, call, asked, known, error))
		return FALSE;
	if (known->len > 0) {
		*out_stamp = g_array_index(known, CmStoreStamp, 0);
		return TRUE;
	}
	if (!cm_booking_change_clear_holds(store, call->now, NULL, error) ||
	    !confirm(store, call, number, expected, student_present, &stamp, error) ||
	    !keep_and_commit(store, call, asked, &stamp, transaction, error))
		return FALSE;
	*out_stamp = stamp;
	return TRUE;
}

gboolean
cm_store_hold_clear(CmStore *store, gint64 now, GArray *out_ended, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);

	return transaction != NULL && cm_booking_change_clear_holds(store, now, out_ended, error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_hold_get_next_end(CmStore *store, gint64 *out_instant, GError **error)
{
	return cm_database_query_integer(
	    store->database,
	    "SELECT coalesce(min(hold_until), 0) FROM appointment WHERE hold_until IS NOT NULL",
	    out_instant, error);
}
