// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/desk-cache.h"

#include "daemon/bus/busy-windows.h"
#include "daemon/bus/desk-gates.h"
#include "daemon/store/store-tide.h"
#include "include/cm-error.h"

struct _CmDeskCache {
	CmDeskGatesSource *gates;
	CmRosterCache *roster;
	CmDesk *desk; /* or NULL */
	CmRosterSnapshot *snapshot;
	CmPolicySet *policies;
	CmStoreTide tide; /* as of what the desk has, `changed` apart */
	GArray *changed;  /* gint64 */
};

CmDeskCache *
cm_desk_cache_new(CmRosterCache *roster)
{
	CmDeskCache *cache = g_new0(CmDeskCache, 1);

	cache->gates = cm_desk_gates_new();
	cache->roster = roster;
	cache->changed = g_array_new(FALSE, FALSE, sizeof(gint64));
	return cache;
}

void
cm_desk_cache_forget(CmDeskCache *cache)
{
	g_clear_pointer(&cache->desk, cm_desk_free);
	g_clear_pointer(&cache->snapshot, cm_roster_snapshot_unref);
	g_clear_pointer(&cache->policies, cm_policy_set_unref);
	g_array_set_size(cache->changed, 0);
}

void
cm_desk_cache_free(CmDeskCache *cache)
{
	if (cache == NULL)
		return;
	cm_desk_cache_forget(cache);
	g_array_unref(cache->changed);
	cm_desk_gates_free(cache->gates);
	g_free(cache);
}

/* ---- one booking */

G_STATIC_ASSERT((int)CM_STORE_BOOKING_SESSION == (int)CM_DESK_SESSION);
G_STATIC_ASSERT((int)CM_STORE_BOOKING_GROUP == (int)CM_DESK_GROUP);
G_STATIC_ASSERT((int)CM_STORE_BOOKING_INTERVENTION_PLAN == (int)CM_DESK_INTERVENTION_PLAN);
G_STATIC_ASSERT((int)CM_STORE_BOOKING_MEETING == (int)CM_DESK_MEETING);
G_STATIC_ASSERT((int)CM_STORE_BOOKING_KIND_LAST == (int)CM_DESK_LAST);

/* CM_NONE for 0; FALSE when the roster has no such thing */
static gboolean
find_index(const CmRosterSnapshot *roster, CmNumberKind kind, gint64 number, guint32 *out_index)
{
	*out_index = cm_roster_numbers_find(roster->numbers, kind, number);
	return number == 0 || *out_index != CM_NONE;
}

/* of a session they are the roster's own */
static gboolean
find_attendees(const CmRosterSnapshot *roster,
	       const CmStoreAttendee *from,
	       guint count,
	       GArray *attendees,
	       CmDeskEntry *entry)
{
	g_array_set_size(attendees, 0);
	for (guint i = 0; i < count && entry->kind != CM_DESK_SESSION; i++) {
		CmAttendee attendee = {.kind = (guint8)from[i].kind};

		if (!find_index(roster, (CmNumberKind)from[i].kind, from[i].number,
				&attendee.index))
			return FALSE;
		g_array_append_val(attendees, attendee);
	}
	entry->attendees = (const CmAttendee *)(gconstpointer)attendees->data;
	entry->attendee_count = attendees->len;
	return TRUE;
}

static gboolean
find_place(const CmRosterSnapshot *roster, const CmStorePlace *place, CmDeskEntry *entry)
{
	entry->date = place->date;
	entry->start = place->start;
	entry->minutes = place->minutes;
	entry->mode = (guint8)place->mode;
	return find_index(roster, CM_NUMBER_SITE, place->site, &entry->site) &&
	       find_index(roster, CM_NUMBER_ROOM, place->room, &entry->room) &&
	       find_index(roster, CM_NUMBER_COMPANION, place->companion, &entry->companion) &&
	       (entry->kind == CM_DESK_SESSION ? entry->session != CM_NONE
					       : entry->professional != CM_NONE);
}

gboolean
cm_desk_cache_get_entry(const CmRosterSnapshot *roster,
			const CmStoreBooking *booking,
			GArray *attendees,
			CmDeskEntry *out_entry)
{
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;

	entry.number = booking->number;
	entry.kind = (guint8)booking->kind;
	entry.hold_until = booking->state == CM_BOOKING_HOLD ? booking->hold_until : 0;
	entry.act = booking->act;
	if (!cm_booking_state_takes_time(booking->state) ||
	    !find_index(roster, CM_NUMBER_SESSION, booking->session, &entry.session) ||
	    !find_index(roster, CM_NUMBER_PROFESSIONAL, booking->professional,
			&entry.professional) ||
	    !find_place(roster, &booking->place, &entry) ||
	    !find_attendees(roster,
			    (const CmStoreAttendee *)(gconstpointer)booking->attendees->data,
			    booking->attendees->len, attendees, &entry))
		return FALSE;
	*out_entry = entry;
	return TRUE;
}

gboolean
cm_desk_cache_get_order(const CmRosterSnapshot *roster,
			const CmStoreOrder *order,
			GArray *attendees,
			CmDeskEntry *out_entry)
{
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;

	entry.kind = (guint8)order->kind;
	entry.act = order->act;
	if (!find_index(roster, CM_NUMBER_SESSION, order->session, &entry.session) ||
	    !find_index(roster, CM_NUMBER_PROFESSIONAL, order->professional, &entry.professional) ||
	    !find_place(roster, &order->place, &entry) ||
	    !find_attendees(roster, order->attendees, order->attendee_count, attendees, &entry))
		return FALSE;
	/* of a session the length is its own */
	if (entry.kind == CM_DESK_SESSION)
		entry.minutes = 0;
	*out_entry = entry;
	return TRUE;
}

static void
place_booking(CmDeskCache *cache, const CmStoreBooking *booking, GArray *attendees)
{
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;

	if (cm_desk_cache_get_entry(cache->snapshot, booking, attendees, &entry))
		cm_desk_place(cache->desk, &entry);
	else
		(void)cm_desk_remove(cache->desk, booking->number);
}

/* ---- all of them */

static gboolean
place_bookings(CmDeskCache *cache, CmStore *store, gint64 now, GError **error)
{
	const CmStoreBookingFilter all = {.from = G_MININT32, .to = G_MAXINT32};
	g_autoptr(GArray) attendees = g_array_new(FALSE, TRUE, sizeof(CmAttendee));
	g_autoptr(GPtrArray) bookings = cm_store_booking_list(store, &all, now, error);

	if (bookings == NULL)
		return FALSE;
	for (guint i = 0; i < bookings->len; i++)
		place_booking(cache, g_ptr_array_index(bookings, i), attendees);
	return TRUE;
}

static gboolean
place_calendars(CmDeskCache *cache, CmStore *store, GError **error)
{
	g_autoptr(GArray) all = cm_store_tide_list_busy(store, error);
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(cache->snapshot->caseload->timezone);
	g_autoptr(GArray) windows = g_array_new(FALSE, TRUE, sizeof(CmBusy));

	if (all == NULL)
		return FALSE;
	for (guint i = 0; i < all->len && zone != NULL; i++) {
		const CmStoreBusy *busy = &g_array_index(all, CmStoreBusy, i);
		gboolean is_last =
		    i + 1 == all->len ||
		    g_array_index(all, CmStoreBusy, i + 1).professional != busy->professional;
		guint32 professional = cm_roster_numbers_find(
		    cache->snapshot->numbers, CM_NUMBER_PROFESSIONAL, busy->professional);

		cm_busy_windows_add(busy, zone, windows);
		if (!is_last)
			continue;
		if (professional != CM_NONE)
			cm_desk_set_calendar(cache->desk, professional,
					     (const CmBusy *)(gconstpointer)windows->data,
					     windows->len);
		g_array_set_size(windows, 0);
	}
	return TRUE;
}

static gboolean
is_current(const CmDeskCache *cache,
	   const CmRosterSnapshot *snapshot,
	   const CmPolicySet *policies,
	   const CmStoreTide *tide)
{
	return cache->desk != NULL && cache->snapshot == snapshot && cache->policies == policies &&
	       cm_store_tide_equal(&cache->tide, tide);
}

static gboolean
read_all(CmDeskCache *cache, CmStore *store, gint64 now, GError **error)
{
	cache->desk = cm_desk_new(cache->snapshot->caseload, cache->policies);
	return place_bookings(cache, store, now, error) && place_calendars(cache, store, error);
}

static gboolean
read_changed(CmDeskCache *cache, CmStore *store, gint64 now, GError **error)
{
	g_autoptr(GArray) attendees = g_array_new(FALSE, TRUE, sizeof(CmAttendee));

	while (cache->changed->len > 0) {
		gint64 number = g_array_index(cache->changed, gint64, cache->changed->len - 1);
		g_autoptr(GError) local = NULL;
		g_autoptr(CmStoreBooking) booking =
		    cm_store_booking_get(store, number, now, &local);

		if (booking == NULL && !cm_error_is(local, CM_ERROR_NOT_FOUND)) {
			g_propagate_error(error, g_steal_pointer(&local));
			return FALSE;
		}
		if (booking == NULL)
			(void)cm_desk_remove(cache->desk, number);
		else
			place_booking(cache, booking, attendees);
		g_array_set_size(cache->changed, cache->changed->len - 1);
	}
	return TRUE;
}

gboolean
cm_desk_cache_get(CmDeskCache *cache,
		  CmStore *store,
		  CmPolicySet *policies,
		  gint64 now,
		  GCancellable *cancellable,
		  CmDeskView *out_view,
		  GError **error)
{
	CmStoreTide tide = {0};
	gboolean good = FALSE;
	g_autoptr(CmRosterSnapshot) snapshot =
	    cm_roster_cache_get(cache->roster, store, cancellable, error);

	if (snapshot == NULL || !cm_store_tide_read(store, &tide, error))
		return FALSE;
	if (is_current(cache, snapshot, policies, &tide)) {
		good = read_changed(cache, store, now, error);
	} else {
		cm_desk_cache_forget(cache);
		cache->snapshot = g_steal_pointer(&snapshot);
		cache->policies = cm_policy_set_ref(policies);
		cache->tide = tide;
		good = read_all(cache, store, now, error);
	}
	if (!good) {
		cm_desk_cache_forget(cache);
		return FALSE;
	}
	cm_desk_gates_begin(cache->gates, store, cache->snapshot, cache->desk);
	out_view->desk = cache->desk;
	out_view->roster = cache->snapshot;
	return TRUE;
}

gboolean
cm_desk_cache_is_current(const CmDeskCache *cache, CmStore *store)
{
	CmStoreTide tide = {0};

	return cache->desk != NULL && cm_store_tide_read(store, &tide, NULL) &&
	       cm_store_tide_equal(&cache->tide, &tide);
}

void
cm_desk_cache_refresh(CmDeskCache *cache, CmStore *store, const gint64 *numbers, guint count)
{
	if (cache->desk == NULL)
		return;
	g_array_append_vals(cache->changed, numbers, count);
	if (!cm_store_tide_read(store, &cache->tide, NULL))
		cm_desk_cache_forget(cache);
}
