// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/agenda-bookings.h"

#include "daemon/bus/booking-answers.h"
#include "daemon/bus/clock.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-invitation.h"
#include "daemon/store/store-time-request.h"

struct _CmAgendaBookings {
	GPtrArray *rows; /* CmStoreBooking, whose words are borrowed */
	GArray *booked;  /* CmAgendaBooking */
};

typedef struct {
	CmStoreBookingFilter filter;
	GPtrArray *rows;
	GPtrArray *requests;    /* CmStoreTimeRequest, that wait */
	GPtrArray *invitations; /* CmStoreInvitation, by subject */
} BookedQuery;

static void
booked_query_clear(BookedQuery *query)
{
	g_clear_pointer(&query->rows, g_ptr_array_unref);
	g_clear_pointer(&query->requests, g_ptr_array_unref);
	g_clear_pointer(&query->invitations, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BookedQuery, booked_query_clear)

static void
clear_booking(gpointer data)
{
	CmAgendaBooking *booking = data;

	g_array_unref((GArray *)booking->attendees);
	if (booking->answers != NULL)
		g_array_unref((GArray *)booking->answers);
}

void
cm_agenda_bookings_free(CmAgendaBookings *bookings)
{
	if (bookings == NULL)
		return;
	g_array_unref(bookings->booked);
	g_ptr_array_unref(bookings->rows);
	g_free(bookings);
}

static gboolean
read_rows(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	BookedQuery *query = data;
	CmStoreTimeRequestFilter waiting = {.open = TRUE};
	gint64 now = cm_clock_get_now();

	(void)cancellable;
	query->requests = cm_store_time_request_list(store, &waiting, now, error);
	if (query->requests == NULL)
		return FALSE;
	query->invitations =
	    cm_store_invitation_list_by_days(store, query->filter.from, query->filter.to, error);
	if (query->invitations == NULL)
		return FALSE;
	query->rows = cm_store_booking_list(store, &query->filter, now, error);
	return query->rows != NULL;
}

/* number of the one that waits for what is booked, or 0 */
static gint64
find_request(const GPtrArray *requests, gint64 subject)
{
	for (guint i = 0; i < requests->len; i++) {
		const CmStoreTimeRequest *request = g_ptr_array_index(requests, i);

		if (request->subject == subject)
			return request->number;
	}
	return 0;
}

static GArray *
find_attendees(const CmRosterNumbers *numbers, const CmStoreBooking *row)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(CmAgendaAttendee));

	for (guint i = 0; i < row->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    &g_array_index(row->attendees, CmStoreAttendee, i);
		CmAgendaAttendee one = {
		    .kind = attendee->kind,
		    .index = cm_roster_numbers_find(numbers, (CmNumberKind)attendee->kind,
						    attendee->number)};

		if (one.index != CM_NONE)
			g_array_append_val(found, one);
	}
	return found;
}

/* `more`: somebody said something of it. FALSE for what the agenda has no word for: what stands as the plan has it, and a hold that ended */
static gboolean
is_told(const CmStoreBooking *row, gboolean appointment, gboolean published, gboolean more)
{
	gboolean off =
	    row->state == CM_BOOKING_CANCELLED || row->state == CM_BOOKING_LATE_CANCELLED;

	if (appointment)
		return !(off && (row->hold_until != 0 || row->kind == CM_STORE_BOOKING_SESSION));
	return off ? published : row->by_hand || row->state != CM_BOOKING_PLANNED || more;
}

static void
add_row(CmAgendaBookings *bookings,
	const CmRosterNumbers *numbers,
	const CmStoreBooking *row,
	gboolean published,
	const BookedQuery *query)
{
	gint64 request = find_request(query->requests, row->number);
	g_autoptr(GArray) answers = cm_booking_answers_find(query->invitations, numbers, row);
	gboolean appointment = row->kind != CM_STORE_BOOKING_SESSION ||
			       row->state == CM_BOOKING_HOLD || row->number != row->session;
	CmAgendaBooking booking = {
	    .number = row->number,
	    .appointment = appointment,
	    .kind = cm_store_booking_kind_to_string(row->kind),
	    .state = row->state,
	    .by_hand = row->by_hand,
	    .time_request = request,
	    .session = cm_roster_numbers_find(numbers, CM_NUMBER_SESSION, row->session),
	    .professional =
		cm_roster_numbers_find(numbers, CM_NUMBER_PROFESSIONAL, row->professional),
	    .site = cm_roster_numbers_find(numbers, CM_NUMBER_SITE, row->place.site),
	    .placement = {.date = row->place.date,
			  .start = row->place.start,
			  .mode = (guint8)row->place.mode},
	    .end = (CmMinute)MIN(row->place.start + row->place.minutes, CM_MINUTES_PER_DAY - 1),
	    .title = row->title};

	if (!is_told(row, appointment, published, request != 0 || answers != NULL) ||
	    booking.professional == CM_NONE || (!appointment && booking.session == CM_NONE))
		return;
	booking.placement.session = booking.session;
	booking.placement.room = cm_roster_numbers_find(numbers, CM_NUMBER_ROOM, row->place.room);
	booking.placement.companion =
	    cm_roster_numbers_find(numbers, CM_NUMBER_COMPANION, row->place.companion);
	booking.attendees = find_attendees(numbers, row);
	booking.answers = g_steal_pointer(&answers);
	g_array_append_val(bookings->booked, booking);
}

CmAgendaBookings *
cm_agenda_bookings_load(CmService *service,
			const CmAgendaQuery *query,
			gboolean published,
			GCancellable *cancellable,
			GError **error)
{
	guint32 whose = query->professional != CM_NONE ? query->professional : query->bound;
	g_auto(BookedQuery) wanted = {
	    .filter = {.from = query->from,
		       .to = query->to,
		       .professional =
			   cm_roster_numbers_get(query->numbers, CM_NUMBER_PROFESSIONAL, whose),
		       .student = cm_roster_numbers_get(query->numbers, CM_NUMBER_STUDENT,
							query->student)}};
	CmAgendaBookings *bookings = NULL;

	if (!cm_worker_run(service->store, read_rows, &wanted, cancellable, error))
		return NULL;
	bookings = g_new0(CmAgendaBookings, 1);
	bookings->rows = g_steal_pointer(&wanted.rows);
	bookings->booked = g_array_new(FALSE, FALSE, sizeof(CmAgendaBooking));
	g_array_set_clear_func(bookings->booked, clear_booking);
	for (guint i = 0; i < bookings->rows->len; i++)
		add_row(bookings, query->numbers, g_ptr_array_index(bookings->rows, i), published,
			&wanted);
	return bookings;
}

const GArray *
cm_agenda_bookings_get(const CmAgendaBookings *bookings)
{
	return bookings->booked;
}
