// SPDX-License-Identifier: GPL-3.0-or-later

/* Bookings by hand, one operation a process, for tests/fault/booking.py. usage: booking-operation FOLDER VERB
 * The database is FOLDER/data/comodal.db, with a roster in it, the key FOLDER/service.key. Everything is of sessions that are the
 * roster's first, on days of its horizon, at hours that no rule was asked about. */

#include "daemon/store/store-hold.h"
#include "daemon/store/store-roster.h"
#include "daemon/store/store-series.h"
#include "daemon/store/store-time-request.h"
#include "include/cm-error.h"
#include "tests/fault/operation.h"

#define UID 1000
#define NOW 1756700000
#define HOLD_SECONDS 600

typedef struct {
	CmStore *store;
	CmCaseload *caseload;
	CmRosterNumbers *numbers;
	CmStoreCall call;
} Desk;

static CmStoreOrder
make_order(const Desk *desk, guint32 session, gint day, CmMinute start)
{
	CmStoreOrder order = {
	    .kind = CM_STORE_BOOKING_SESSION,
	    .session = cm_roster_numbers_get(desk->numbers, CM_NUMBER_SESSION, session),
	    .student_present = TRUE,
	    .place = {.date = desk->caseload->from + day,
		      .start = start,
		      .mode = CM_MODE_VIDEO_REMOTE},
	};

	return order;
}

static gint64
get_version(const Desk *desk, gint64 number, GError **error)
{
	g_autoptr(CmStoreBooking) booking =
	    cm_store_booking_get(desk->store, number, desk->call.now, error);

	return booking != NULL ? booking->version : -1;
}

/* the newest hold */
static gint64
find_hold(const Desk *desk)
{
	const CmStoreBookingFilter holds = {
	    .from = G_MININT32, .to = G_MAXINT32, .state = CM_BOOKING_HOLD};
	g_autoptr(GPtrArray) all = cm_store_booking_list(desk->store, &holds, desk->call.now, NULL);

	return all != NULL && all->len > 0
		   ? ((const CmStoreBooking *)g_ptr_array_index(all, all->len - 1))->number
		   : 0;
}

static gboolean
run_book(Desk *desk, GError **error)
{
	CmStoreOrder order = make_order(desk, 0, 0, 20 * 60);
	CmStoreStamp stamp = {0};

	desk->call.key = "book";
	desk->call.note = "une note";
	return cm_store_booking_book(desk->store, &desk->call, &order, &stamp, error);
}

static gboolean
run_hold(Desk *desk, GError **error)
{
	CmStoreOrder order = make_order(desk, 1, 1, 20 * 60);
	CmStoreStamp stamp = {0};

	return cm_store_hold_make(desk->store, &desk->call, &order, NOW + HOLD_SECONDS, UID, &stamp,
				  error);
}

static gboolean
run_confirm(Desk *desk, GError **error)
{
	gint64 hold = find_hold(desk);
	CmStoreStamp stamp = {0};

	return cm_store_hold_confirm(desk->store, &desk->call, hold, get_version(desk, hold, error),
				     TRUE, &stamp, error);
}

/* books over a hold that has ended, which goes in the same transaction */
static gboolean
run_book_over(Desk *desk, GError **error)
{
	CmStoreOrder order = make_order(desk, 1, 1, 20 * 60 + 10);
	CmStoreStamp stamp = {0};

	desk->call.now += HOLD_SECONDS;
	return cm_store_booking_book(desk->store, &desk->call, &order, &stamp, error);
}

static gboolean
run_move(Desk *desk, GError **error)
{
	CmStoreOrder order = make_order(desk, 0, 2, 21 * 60);
	CmStoreStamp stamp = {0};

	return cm_store_booking_move(desk->store, &desk->call, order.session,
				     get_version(desk, order.session, error), &order.place, &stamp,
				     error);
}

static gboolean
run_cancel(Desk *desk, GError **error)
{
	CmStoreOrder order = make_order(desk, 0, 0, 0);
	CmStoreStamp stamp = {0};

	return cm_store_booking_cancel(desk->store, &desk->call, order.session,
				       get_version(desk, order.session, error), &stamp, error);
}

static gboolean
run_outcome(Desk *desk, GError **error)
{
	CmStoreOrder order = make_order(desk, 0, 0, 0);
	CmStoreStamp stamp = {0};

	desk->call.now += 400 * 86400;
	return cm_store_booking_set_outcome(desk->store, &desk->call, order.session,
					    get_version(desk, order.session, error),
					    CM_BOOKING_EVENT_MARK_HELD, &stamp, error);
}

static gboolean
run_series(Desk *desk, GError **error)
{
	CmStoreOrder orders[4];
	gint64 series = 0;
	g_autoptr(GArray) stamps = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));

	for (guint32 i = 0; i < G_N_ELEMENTS(orders); i++)
		orders[i] = make_order(desk, i, (gint)i * 7, 20 * 60);
	desk->call.key = "series";
	return cm_store_series_book(desk->store, &desk->call, orders, G_N_ELEMENTS(orders), &series,
				    stamps, NULL, error);
}

static gboolean
run_group(Desk *desk, GError **error)
{
	CmStoreAttendee attendees[2];
	CmStoreStamp stamp = {0};
	CmStoreOrder order = make_order(desk, 0, 3, 20 * 60);

	for (guint32 i = 0; i < G_N_ELEMENTS(attendees); i++)
		attendees[i] =
		    (CmStoreAttendee){CM_RESOURCE_STUDENT,
				      cm_roster_numbers_get(desk->numbers, CM_NUMBER_STUDENT, i)};
	order.kind = CM_STORE_BOOKING_GROUP;
	order.session = 0;
	order.professional = cm_roster_numbers_get(desk->numbers, CM_NUMBER_PROFESSIONAL, 0);
	order.place.minutes = 60;
	order.attendees = attendees;
	order.attendee_count = G_N_ELEMENTS(attendees);
	order.title = "Groupe";
	return cm_store_booking_book(desk->store, &desk->call, &order, &stamp, error);
}

static gboolean
run_ask_another_time(Desk *desk, GError **error)
{
	CmStoreTimeRequestOrder order = CM_STORE_TIME_REQUEST_ORDER_INIT;
	CmStoreStamp stamp = {0};

	order.subject = make_order(desk, 0, 0, 0).session;
	order.asker_kind = CM_RESOURCE_PROFESSIONAL;
	order.asker = cm_roster_numbers_get(desk->numbers, CM_NUMBER_PROFESSIONAL, 0);
	order.date = desk->caseload->from + 2;
	order.start = 21 * 60;
	order.remark = "une autre fois";
	order.source = CM_TIME_REQUEST_SOURCE_MAIL;
	return cm_store_time_request_ask(desk->store, &desk->call, &order, &stamp, error);
}

/* the one that waits */
static CmStoreTimeRequest *
find_request(const Desk *desk, GError **error)
{
	const CmStoreTimeRequestFilter filter = {.open = TRUE};
	g_autoptr(GPtrArray) list =
	    cm_store_time_request_list(desk->store, &filter, desk->call.now, error);

	if (list != NULL && list->len == 1)
		return g_ptr_array_steal_index(list, 0);
	if (list != NULL)
		cm_error_set(error, CM_ERROR_FAILED, "not one request", NULL);
	return NULL;
}

static gboolean
run_accept_another_time(Desk *desk, GError **error)
{
	g_autoptr(CmStoreTimeRequest) request = find_request(desk, error);
	CmStoreOrder order = make_order(desk, 0, 2, 21 * 60);
	CmStoreStamp booking = {0};
	CmStoreStamp stamp = {0};

	desk->call.key = "accept";
	return request != NULL && cm_store_time_request_accept(
				      desk->store, &desk->call, request->number, request->version,
				      &order.place, &booking, &stamp, error);
}

static gboolean
run_decline_another_time(Desk *desk, GError **error)
{
	g_autoptr(CmStoreTimeRequest) request = find_request(desk, error);
	CmStoreStamp stamp = {0};

	return request != NULL &&
	       cm_store_time_request_decline(desk->store, &desk->call, request->number,
					     request->version, "pas ce jour", &stamp, error);
}

/* what was asked about has moved: the request falls in a change of its own */
static gboolean
run_settle_another_time(Desk *desk, GError **error)
{
	return cm_store_time_request_settle(desk->store, desk->call.now, error);
}

static const struct {
	const gchar *name;
	gboolean (*run)(Desk *desk, GError **error);
} verbs[] = {
    {"book", run_book},
    {"hold", run_hold},
    {"confirm", run_confirm},
    {"book-over", run_book_over},
    {"move", run_move},
    {"cancel", run_cancel},
    {"outcome", run_outcome},
    {"series", run_series},
    {"group", run_group},
    {"ask-another-time", run_ask_another_time},
    {"accept-another-time", run_accept_another_time},
    {"decline-another-time", run_decline_another_time},
    {"settle-another-time", run_settle_another_time},
};

static gboolean
run(const gchar *folder, const gchar *verb, GError **error)
{
	g_autofree gchar *data = g_build_filename(folder, "data", NULL);
	g_autofree gchar *database = g_build_filename(data, "comodal.db", NULL);
	g_autofree gchar *key_path = g_build_filename(folder, "service.key", NULL);
	g_autoptr(CmServiceKey) key = cm_service_key_load(key_path, data, error);
	g_autoptr(CmStore) store = key != NULL ? cm_store_open(database, key, error) : NULL;
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmRosterNumbers) numbers = NULL;
	Desk desk = {.store = store, .call = {.actor = UID, .now = NOW}};

	if (store == NULL)
		return FALSE;
	caseload = cm_store_roster_load_numbered(store, NULL, &numbers, NULL, error);
	if (caseload == NULL)
		return FALSE;
	desk.caseload = caseload;
	desk.numbers = numbers;
	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (g_str_equal(verb, verbs[i].name))
			return verbs[i].run(&desk, error);
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT, "no such verb", NULL);
	return FALSE;
}

int
main(int argc, char **argv)
{
	return cm_operation_run(argc, argv, run);
}
