// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-booking.h"

/* Several bookings made together: all of them, or none. */

#define CM_STORE_SERIES_MAX 200

/* Add to a message (NULL: none yet), which begins by saying that nothing was booked, that this order can't be, and why. */
void
cm_store_series_add_failure(gchar **message, const CmStorePlace *place, const GError *why);

/* Book every order, under one new series number. Each is tried, whatever became of those before: the message of a CM_ERROR_CONFLICT
 * names each that fails, by its date and time, with why; `out_failed`, if not NULL, gets their indices (guint). `out_stamps` (of
 * CmStoreStamp) is in the order of the orders. CM_ERROR_INVALID_INPUT: none, or too many. */
gboolean
cm_store_series_book(CmStore *store,
		     const CmStoreCall *call,
		     const CmStoreOrder *orders,
		     guint count,
		     gint64 *out_series,
		     GArray *out_stamps,
		     GArray *out_failed,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
