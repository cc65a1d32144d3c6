// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-series.h"

#include "daemon/store/booking-change.h"
#include "daemon/store/request-key.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

/* one, in a savepoint of its own, so that those after it are tried too */
static gboolean
book_one(CmStore *store,
	 const CmStoreCall *call,
	 const CmStoreOrder *order,
	 gint64 series,
	 GArray *stamps,
	 GError **error)
{
	const CmBookingClaim none = {.until = 0, .holder = -1};
	CmStoreStamp stamp = {0};
	g_autoptr(CmTransaction) nested = cm_transaction_new(store->database, error);

	if (nested == NULL ||
	    !cm_booking_change_make(store, call, order, &none, series, &stamp, error) ||
	    !cm_transaction_commit(nested, error))
		return FALSE;
	g_array_append_val(stamps, stamp);
	return TRUE;
}

/* what says that this one can't be, not that the database can't */
static gboolean
is_refusal(const GError *error)
{
	return cm_error_is(error, CM_ERROR_CONFLICT) || cm_error_is(error, CM_ERROR_NOT_FOUND) ||
	       cm_error_is(error, CM_ERROR_INVALID_INPUT) || cm_error_is(error, CM_ERROR_POLICY);
}

void
cm_store_series_add_failure(gchar **message, const CmStorePlace *place, const GError *why)
{
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];
	g_autofree gchar *which = cm_message_new(N_("{0}, {1}:"), cm_day_format(place->date, date),
						 cm_minute_format(place->start, start), NULL);
	g_autofree gchar *line = cm_message_join(which, why->message);
	gchar *all = NULL;

	if (*message == NULL)
		*message = cm_message_new(N_("Nothing was booked, since not all can be."), NULL);
	all = cm_message_join(*message, line);
	g_free(*message);
	*message = all;
}

static gboolean
book_all(CmStore *store,
	 const CmStoreCall *call,
	 const CmStoreOrder *orders,
	 guint count,
	 gint64 series,
	 GArray *stamps,
	 GArray *failed,
	 GError **error)
{
	g_autofree gchar *message = NULL;

	for (guint i = 0; i < count; i++) {
		g_autoptr(GError) why = NULL;

		if (book_one(store, call, &orders[i], series, stamps, &why))
			continue;
		if (!is_refusal(why)) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
		cm_store_series_add_failure(&message, &orders[i].place, why);
		if (failed != NULL)
			g_array_append_val(failed, i);
	}
	if (message == NULL)
		return TRUE;
	/* nocheck:message: of messages, joined */ g_set_error_literal(error, CM_ERROR,
								       CM_ERROR_CONFLICT, message);
	return FALSE;
}

gboolean
cm_store_series_book(CmStore *store,
		     const CmStoreCall *call,
		     const CmStoreOrder *orders,
		     guint count,
		     gint64 *out_series,
		     GArray *out_stamps,
		     GArray *out_failed,
		     GError **error)
{
	gint64 series = 0;
	g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	g_autoptr(GArray) stamps = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	g_autoptr(GString) asked = g_string_new("series");
	g_autoptr(CmTransaction) transaction = NULL;

	if (count == 0 || count > CM_STORE_SERIES_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("A series has 1 to 200 bookings."),
			     NULL);
		return FALSE;
	}
	for (guint i = 0; i < count; i++)
		cm_booking_change_describe_order(asked, &orders[i]);
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !cm_request_key_look_up(store, call, asked->str, known, error))
		return FALSE;
	/* the answer's first stamp is the series */
	if (known->len > 0) {
		*out_series = g_array_index(known, CmStoreStamp, 0).number;
		g_array_append_vals(out_stamps, &g_array_index(known, CmStoreStamp, 1),
				    known->len - 1);
		return TRUE;
	}
	if (!cm_booking_change_clear_holds(store, call->now, NULL, error) ||
	    !cm_store_next_counter(store, "row", &series, error) ||
	    !book_all(store, call, orders, count, series, stamps, out_failed, error))
		return FALSE;
	g_array_insert_val(stamps, 0, ((CmStoreStamp){.number = series}));
	if (!cm_request_key_keep(store, call, asked->str,
				 (const CmStoreStamp *)(gconstpointer)stamps->data, stamps->len,
				 error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_series = series;
	g_array_append_vals(out_stamps, &g_array_index(stamps, CmStoreStamp, 1), stamps->len - 1);
	return TRUE;
}
