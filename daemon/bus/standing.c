// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/standing.h"

#include "daemon/bus/busy-windows.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-tide.h"

#define LAST_MINUTE (CM_MINUTES_PER_DAY - 1)

typedef struct {
	CmCaseload *caseload;
	const CmRosterNumbers *numbers;
	guint32 *places; /* [session]: index in previous, or CM_NONE */
	guint8 *fixed;
} Standing;

static void
add_busy(const Standing *standing, CmResource kind, gint64 number, const CmStorePlace *place)
{
	guint32 index = cm_roster_numbers_find(standing->numbers, (CmNumberKind)kind, number);
	CmBusy busy = {
	    .kind = (guint8)kind,
	    .resource = index,
	    .date = place->date,
	    .window = {place->start, (CmMinute)MIN(place->start + place->minutes, LAST_MINUTE)}};

	if (number != 0 && index != CM_NONE && busy.window.from < busy.window.to)
		g_array_append_val(standing->caseload->busy, busy);
}

static void
add_appointment(const Standing *standing, const CmStoreBooking *booking)
{
	add_busy(standing, CM_RESOURCE_PROFESSIONAL, booking->professional, &booking->place);
	add_busy(standing, CM_RESOURCE_STUDENT, booking->student, &booking->place);
	add_busy(standing, CM_RESOURCE_ROOM, booking->place.room, &booking->place);
	add_busy(standing, CM_RESOURCE_COMPANION, booking->place.companion, &booking->place);
	for (guint i = 0; i < booking->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    &g_array_index(booking->attendees, CmStoreAttendee, i);

		add_busy(standing, attendee->kind, attendee->number, &booking->place);
	}
}

static void
lock_session(const Standing *standing, const CmStoreBooking *booking)
{
	GArray *previous = standing->caseload->previous;
	guint32 session =
	    cm_roster_numbers_find(standing->numbers, CM_NUMBER_SESSION, booking->session);
	CmPlacement placement = {.session = session,
				 .date = booking->place.date,
				 .start = booking->place.start,
				 .mode = (guint8)booking->place.mode,
				 .locked = TRUE};

	if (session == CM_NONE)
		return;
	placement.room =
	    cm_roster_numbers_find(standing->numbers, CM_NUMBER_ROOM, booking->place.room);
	placement.companion = cm_roster_numbers_find(standing->numbers, CM_NUMBER_COMPANION,
						     booking->place.companion);
	if (standing->places[session] == CM_NONE)
		g_array_append_val(previous, placement);
	else if (!CM_ELEMENT(previous, CmPlacement, standing->places[session])->locked)
		*CM_ELEMENT(previous, CmPlacement, standing->places[session]) = placement;
	else
		return;
	standing->fixed[session] = 1;
}

static gint
compare_session(gconstpointer a, gconstpointer b)
{
	const CmPlacement *left = a;
	const CmPlacement *right = b;

	return left->session < right->session ? -1 : left->session > right->session;
}

static void
put(const Standing *standing, const CmStoreBooking *booking)
{
	if (!cm_booking_state_takes_time(booking->state))
		return;
	if (booking->kind != CM_STORE_BOOKING_SESSION || booking->state == CM_BOOKING_HOLD)
		add_appointment(standing, booking);
	else if (booking->by_hand || cm_booking_state_has_outcome(booking->state))
		lock_session(standing, booking);
}

/* professionals' own calendars; what is over is of no use to a plan */
static gboolean
add_calendars(const Standing *standing, CmStore *store, gint64 now, GError **error)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(standing->caseload->timezone);
	g_autoptr(GArray) all = cm_store_tide_list_busy(store, error);
	g_autoptr(GArray) windows = g_array_new(FALSE, TRUE, sizeof(CmBusy));

	if (all == NULL)
		return FALSE;
	for (guint i = 0; i < all->len && zone != NULL; i++) {
		const CmStoreBusy *busy = &g_array_index(all, CmStoreBusy, i);
		guint32 professional = cm_roster_numbers_find(
		    standing->numbers, CM_NUMBER_PROFESSIONAL, busy->professional);

		if (professional == CM_NONE || busy->end_utc <= now)
			continue;
		g_array_set_size(windows, 0);
		cm_busy_windows_add(busy, zone, windows);
		for (guint w = 0; w < windows->len; w++) {
			CmBusy window = g_array_index(windows, CmBusy, w);

			window.resource = professional;
			window.window.to = MIN(window.window.to, LAST_MINUTE);
			if (window.window.from < window.window.to)
				g_array_append_val(standing->caseload->busy, window);
		}
	}
	return TRUE;
}

gboolean
cm_standing_read(CmStore *store,
		 CmCaseload *caseload,
		 const CmRosterNumbers *numbers,
		 gint64 now,
		 guint8 *out_fixed,
		 GError **error)
{
	CmStoreBookingFilter filter = {.from = caseload->from, .to = caseload->to};
	g_autoptr(GPtrArray) bookings = cm_store_booking_list(store, &filter, now, error);
	g_autofree guint32 *places = g_new(guint32, caseload->sessions->len + 1);
	Standing standing = {
	    .caseload = caseload, .numbers = numbers, .places = places, .fixed = out_fixed};

	if (bookings == NULL)
		return FALSE;
	for (guint32 s = 0; s < caseload->sessions->len; s++)
		places[s] = CM_NONE;
	for (guint32 i = 0; i < caseload->previous->len; i++)
		places[CM_ELEMENT(caseload->previous, CmPlacement, i)->session] = i;
	for (guint i = 0; i < bookings->len; i++)
		put(&standing, g_ptr_array_index(bookings, i));
	g_array_sort(caseload->previous, compare_session);
	return add_calendars(&standing, store, now, error);
}

static gboolean
is_same(const CmPlacement *a, const CmPlacement *b)
{
	return a->date == b->date && a->start == b->start && a->mode == b->mode;
}

void
cm_standing_set_plan(CmCaseload *caseload, const CmPlan *plan, const guint8 *fixed, CmDay today)
{
	g_autofree const CmPlacement **booked =
	    g_new0(const CmPlacement *, caseload->sessions->len + 1);
	GArray *previous = g_array_new(FALSE, FALSE, sizeof(CmPlacement));

	for (guint i = 0; i < caseload->previous->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(caseload->previous, CmPlacement, i);

		booked[placement->session] = placement;
	}
	for (guint i = 0; i < plan->placements->len; i++) {
		CmPlacement placement = *CM_ELEMENT(plan->placements, CmPlacement, i);
		const CmPlacement *before = booked[placement.session];

		if (before != NULL && is_same(before, &placement) &&
		    (fixed[placement.session] != 0 || placement.date < today))
			placement.locked = TRUE;
		g_array_append_val(previous, placement);
	}
	g_array_unref(caseload->previous);
	caseload->previous = previous;
}
