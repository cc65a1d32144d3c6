// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/desk.h"
#include "daemon/bus/roster-cache.h"
#include "daemon/store/store-booking.h"

/* The desk over what is booked, kept while the roster, the policies, the bookings and the calendars from elsewhere stay the same. The
 * worker's thread only, so that what is judged and what is then written are of one state. */

typedef struct _CmDeskCache CmDeskCache;

/* The roster's cache is not taken and must outlive it. */
CmDeskCache *
cm_desk_cache_new(CmRosterCache *roster);
void
cm_desk_cache_free(CmDeskCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmDeskCache, cm_desk_cache_free)

/* What a call works with; until the next call on this thread. */
typedef struct {
	CmDesk *desk;
	const CmRosterSnapshot *roster; /* what its indices are of */
} CmDeskView;

/* The desk as the store stands. Inside a transaction it sees what the transaction has written, so ask before writing. What was
 * changed by whoever did not say so (cm_desk_cache_refresh()) is found out by the store's tide, and all is read anew.
 * CM_ERROR_NOT_FOUND before the first import. */
gboolean
cm_desk_cache_get(CmDeskCache *cache,
		  CmStore *store,
		  CmPolicySet *policies,
		  gint64 now,
		  GCancellable *cancellable,
		  CmDeskView *out_view,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether nothing of what is booked has changed since it was last read or refreshed: ask before a change that is to be followed by
 * cm_desk_cache_refresh(), unless cm_desk_cache_get() was just called. */
gboolean
cm_desk_cache_is_current(const CmDeskCache *cache, CmStore *store);

/* Bookings, appointments or holds have just changed, or are gone, and nothing else has: they are read again when the desk is next
 * asked for, they alone. `numbers`: gint64. */
void
cm_desk_cache_refresh(CmDeskCache *cache, CmStore *store, const gint64 *numbers, guint count);

/* All is read again: what was said of it may not have happened. */
void
cm_desk_cache_forget(CmDeskCache *cache);

/* A booking of the store as the desk has it. FALSE: it takes no time (it was cancelled), or something of it is not in the
 * roster any more. `attendees` (CmAttendee) is overwritten and must live as long as the entry. */
gboolean
cm_desk_cache_get_entry(const CmRosterSnapshot *roster,
			const CmStoreBooking *booking,
			GArray *attendees,
			CmDeskEntry *out_entry) G_GNUC_WARN_UNUSED_RESULT;

/* What is asked to be booked, as the desk has it; likewise. FALSE: something of it is not in the roster. */
gboolean
cm_desk_cache_get_order(const CmRosterSnapshot *roster,
			const CmStoreOrder *order,
			GArray *attendees,
			CmDeskEntry *out_entry) G_GNUC_WARN_UNUSED_RESULT;
