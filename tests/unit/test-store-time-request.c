// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-time-request.h"

#include "daemon/store/store-notice.h"
#include "tests/unit/booking-fixture.h"

/* A session on a Tuesday at 10:00, for which the guardian of the small caseload takes part. */
typedef struct {
	Desk *desk;
	CmStoreStamp booking;
} World;

static World
world_new(void)
{
	World world = {.desk = desk_new()};
	CmStoreOrder order = order_session(world.desk, 0, 0, "10:00");

	world.booking = book(world.desk, &order);
	return world;
}

static void
world_clear(World *world)
{
	desk_free(world->desk);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_clear)

static CmStoreTimeRequestOrder
order_of(const World *world, gint day, CmMinute start)
{
	CmStoreTimeRequestOrder order = {.subject = world->booking.number,
					 .asker_kind = CM_RESOURCE_CONTACT,
					 .asker = world->desk->contact[0],
					 .date = world->desk->tuesday + day,
					 .start = start,
					 .remark = "Dentiste à cette heure-là",
					 .source = CM_TIME_REQUEST_SOURCE_MAIL,
					 .sequence = 2};

	return order;
}

static CmStoreStamp
ask(const World *world, const CmStoreTimeRequestOrder *order)
{
	CmStoreCall call = call_at(NOW);
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_time_request_ask(world->desk->store, &call, order, &stamp, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	return stamp;
}

static void
assert_refused(const World *world,
	       const CmStoreTimeRequestOrder *order,
	       CmErrorCode code,
	       const gchar *words)
{
	CmStoreCall call = call_at(NOW);
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_store_time_request_ask(world->desk->store, &call, order, &stamp, &error));
	if (!cm_error_is(error, code) || strstr(error->message, words) == NULL)
		g_test_fail_printf("not “%s”: %s", words, error->message);
}

static CmStoreTimeRequest *
get_request(const World *world, gint64 number, gint64 now)
{
	g_autoptr(GError) error = NULL;
	CmStoreTimeRequest *request =
	    cm_store_time_request_get(world->desk->store, number, now, &error);

	g_assert_no_error(error);
	return request;
}

static gint64
count_notices(const World *world, const gchar *kind, CmResource recipient_kind, gint64 subject)
{
	g_autofree gchar *sql =
	    g_strdup_printf("SELECT count(*) FROM notice WHERE kind = '%s' AND recipient_kind = %d "
			    "AND subject = %" G_GINT64_FORMAT ";",
			    kind, recipient_kind, subject);

	return query(world->desk, sql);
}

static void
test_ask(void)
{
	g_auto(World) world = world_new();
	CmStoreTimeRequestOrder order = order_of(&world, 1, 13 * 60 + 30);
	CmStoreStamp stamp = ask(&world, &order);
	g_autoptr(CmStoreTimeRequest) request = get_request(&world, stamp.number, NOW);

	g_assert_cmpint(request->state, ==, CM_TIME_REQUEST_WAITING);
	g_assert_cmpint(request->version, ==, stamp.version);
	g_assert_cmpint(request->subject, ==, world.desk->session[0]);
	g_assert_cmpint(request->subject_version, ==, world.booking.version);
	g_assert_cmpint(request->date, ==, world.desk->tuesday + 1);
	g_assert_cmpint(request->start, ==, 13 * 60 + 30);
	/* 13:30 in Toronto, in September; as long as the session */
	g_assert_cmpint(request->start_utc % 86400, ==, (17 * 60 + 30) * 60);
	g_assert_cmpint(request->end_utc - request->start_utc, ==, 45 * 60);
	g_assert_cmpstr(request->remark, ==, "Dentiste à cette heure-là");
	g_assert_null(request->answer);
	g_assert_cmpint(request->sequence, ==, 2);
	g_assert_cmpint(count_notices(&world, "time.asked", CM_RESOURCE_PROFESSIONAL, stamp.number),
			==, 1);
	/* what a person wrote is not to be read in the file */
	g_assert_cmpint(
	    query(world.desk, "SELECT count(*) FROM time_request WHERE instr (remark, 'entiste');"),
	    ==, 0);
	g_assert_cmpint(
	    query(world.desk, "SELECT count(*) FROM audit WHERE action = 'time-request.ask';"), ==,
	    1);
}

static void
test_any_other_time(void)
{
	g_auto(World) world = world_new();
	CmStoreTimeRequestOrder order = order_of(&world, 0, 0);
	CmStoreStamp stamp;
	g_autoptr(CmStoreTimeRequest) request = NULL;

	order.date = CM_DAY_NONE;
	order.remark = NULL;
	stamp = ask(&world, &order);
	request = get_request(&world, stamp.number, NOW);
	g_assert_cmpint(request->start_utc, ==, 0);
	g_assert_cmpint(request->date, ==, CM_DAY_NONE);
	g_assert_null(request->remark);
}

static void
test_refusals(void)
{
	g_auto(World) world = world_new();
	CmStoreTimeRequestOrder same = order_of(&world, 0, 10 * 60);
	CmStoreTimeRequestOrder past = order_of(&world, -8, 10 * 60);
	CmStoreTimeRequestOrder far = order_of(&world, 500, 10 * 60);
	CmStoreTimeRequestOrder stranger = order_of(&world, 1, 10 * 60);
	CmStoreTimeRequestOrder nothing = order_of(&world, 1, 10 * 60);
	CmStoreTimeRequestOrder stale = order_of(&world, 1, 10 * 60);
	CmStoreTimeRequestOrder backwards = order_of(&world, 1, 10 * 60);
	CmStoreTimeRequestOrder wordy = order_of(&world, 1, 10 * 60);
	g_autofree gchar *words = g_strnfill(CM_STORE_TIME_REQUEST_TEXT_MAX + 1, 'a');

	assert_refused(&world, &same, CM_ERROR_INVALID_INPUT, "it stands then already");
	assert_refused(&world, &past, CM_ERROR_INVALID_INPUT, "past");
	assert_refused(&world, &far, CM_ERROR_INVALID_INPUT, "400 days");
	stranger.asker_kind = CM_RESOURCE_STUDENT;
	stranger.asker = world.desk->student[1];
	assert_refused(&world, &stranger, CM_ERROR_NOT_FOUND, "no part in this session");
	nothing.subject = world.desk->session[1];
	assert_refused(&world, &nothing, CM_ERROR_NOT_FOUND, "by this number");
	stale.subject_version = world.booking.version + 7;
	assert_refused(&world, &stale, CM_ERROR_CONFLICT, "planned");
	backwards.start_utc = NOW + 9 * 86400;
	backwards.end_utc = NOW + 8 * 86400;
	assert_refused(&world, &backwards, CM_ERROR_INVALID_INPUT, "ends before it begins");
	wordy.remark = words;
	assert_refused(&world, &wordy, CM_ERROR_INVALID_INPUT, "2000 octets");
	g_assert_cmpint(query(world.desk, "SELECT count(*) FROM time_request;"), ==, 0);
	g_assert_cmpint(query(world.desk, "SELECT count(*) FROM notice WHERE kind = 'time.asked';"),
			==, 0);
}

/* whom a student's guardian is, whether they sit in the session or not */
static void
test_who_may_ask(void)
{
	g_auto(World) world = world_new();
	CmStoreTimeRequestOrder order = order_of(&world, 1, 10 * 60);
	g_autofree gchar *sql =
	    g_strdup_printf("INSERT INTO guardianship (student, contact, household, authority) "
			    "VALUES (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", 1, 1);",
			    world.desk->student[0], world.desk->contact[1]);

	order.asker_kind = CM_RESOURCE_STUDENT;
	order.asker = world.desk->student[0];
	ask(&world, &order);
	order.asker_kind = CM_RESOURCE_PROFESSIONAL;
	order.asker = world.desk->professional;
	ask(&world, &order);
	order.asker_kind = CM_RESOURCE_CONTACT;
	order.asker = world.desk->contact[1];
	assert_refused(&world, &order, CM_ERROR_NOT_FOUND, "no part");
	g_assert_true(cm_store_fixture_run_shell(world.desk->fixture, sql, NULL));
	ask(&world, &order);
	order.asker_kind = CM_NOTICE_TO_ACCOUNT;
	order.asker = 4711;
	assert_refused(&world, &order, CM_ERROR_NOT_FOUND, "no part");
}

/* one waits for a person and a session, and there is an end to it */
static void
test_replace_and_cap(void)
{
	g_auto(World) world = world_new();
	CmStoreTimeRequestOrder order = order_of(&world, 1, 11 * 60);
	CmStoreStamp first = ask(&world, &order);
	CmStoreStamp last = first;
	g_autoptr(CmStoreTimeRequest) replaced = NULL;
	g_autoptr(CmStoreTimeRequest) standing = NULL;

	for (guint i = 1; i < CM_STORE_TIME_REQUESTS_MAX; i++) {
		order.start++;
		last = ask(&world, &order);
	}
	replaced = get_request(&world, first.number, NOW);
	standing = get_request(&world, last.number, NOW);
	g_assert_cmpint(replaced->state, ==, CM_TIME_REQUEST_WITHDRAWN);
	g_assert_cmpint(standing->state, ==, CM_TIME_REQUEST_WAITING);
	g_assert_cmpint(
	    query(world.desk, "SELECT count(*) FROM time_request WHERE state = 'waiting';"), ==, 1);
	assert_refused(&world, &order, CM_ERROR_INVALID_INPUT, "at most 10 times");
	/* the refused one took nobody's place */
	g_assert_cmpint(
	    query(world.desk, "SELECT count(*) FROM time_request WHERE state = 'waiting';"), ==, 1);
	/* another person has their own */
	order.asker_kind = CM_RESOURCE_STUDENT;
	order.asker = world.desk->student[0];
	ask(&world, &order);
	g_assert_cmpint(
	    query(world.desk, "SELECT count(*) FROM time_request WHERE state = 'waiting';"), ==, 2);
}

static void
test_accept(void)
{
	g_auto(World) world = world_new();
	CmStoreTimeRequestOrder order = order_of(&world, 1, 13 * 60);
	CmStoreStamp asked = ask(&world, &order);
	CmStorePlace there = place(world.desk, 1, "13:00", world.desk->room[1]);
	CmStoreCall call = call_at(NOW + 60);
	CmStoreStamp booking = {0};
	CmStoreStamp stamp = {0};
	CmStoreStamp again[2] = {{0}};
	g_autoptr(CmStoreBooking) moved = NULL;
	g_autoptr(CmStoreTimeRequest) request = NULL;
	g_autoptr(GError) error = NULL;

	call.key = "k-1";
	g_assert_false(cm_store_time_request_accept(world.desk->store, &call, asked.number,
						    asked.version + 1, &there, &booking, &stamp,
						    &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_clear_error(&error);
	g_assert_true(cm_store_time_request_accept(world.desk->store, &call, asked.number,
						   asked.version, &there, &booking, &stamp,
						   &error));
	g_assert_no_error(error);
	g_assert_cmpint(stamp.number, ==, asked.number);
	g_assert_cmpint(stamp.version, ==, asked.version + 1);
	g_assert_cmpint(booking.version, >, world.booking.version);
	moved = get(world.desk, booking.number, NOW + 60);
	g_assert_cmpint(moved->version, ==, booking.version);
	g_assert_cmpint(moved->place.start, ==, 13 * 60);
	g_assert_cmpint(moved->place.room, ==, world.desk->room[1]);
	request = get_request(&world, asked.number, NOW + 60);
	g_assert_cmpint(request->state, ==, CM_TIME_REQUEST_ACCEPTED);
	g_assert_cmpint(request->changed_by, ==, UID);
	g_assert_cmpint(
	    count_notices(&world, "booking.moved", CM_RESOURCE_STUDENT, world.booking.number), ==,
	    1);
	/* an answer that was lost on the way */
	g_assert_true(cm_store_time_request_accept(world.desk->store, &call, asked.number,
						   asked.version, &there, &again[0], &again[1],
						   &error));
	g_assert_cmpint(again[0].version, ==, booking.version);
	g_assert_cmpint(again[1].version, ==, stamp.version);
	g_assert_cmpint(
	    query(world.desk, "SELECT count(*) FROM audit WHERE action = 'booking.move';"), ==, 1);
	call.key = NULL;
	g_assert_false(cm_store_time_request_accept(world.desk->store, &call, asked.number,
						    asked.version + 1, &there, &booking, &stamp,
						    &error));
	g_assert_nonnull(strstr(error->message, "accepted already"));
}

/* what can't move leaves the request as it was */
static void
test_accept_is_whole(void)
{
	g_auto(World) world = world_new();
	CmStoreTimeRequestOrder order = order_of(&world, 1, 13 * 60);
	CmStoreOrder other = order_session(world.desk, 2, 1, "13:00");
	CmStoreStamp asked = ask(&world, &order);
	CmStorePlace there = place(world.desk, 1, "13:00", world.desk->room[1]);
	CmStoreCall call = call_at(NOW + 60);
	CmStoreStamp booking = {0};
	CmStoreStamp stamp = {0};
	g_autoptr(CmStoreTimeRequest) request = NULL;
	g_autoptr(GError) error = NULL;

	book(world.desk, &other);
	g_assert_false(cm_store_time_request_accept(world.desk->store, &call, asked.number,
						    asked.version, &there, &booking, &stamp,
						    &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_assert_nonnull(strstr(error->message, "professional is booked"));
	request = get_request(&world, asked.number, NOW + 60);
	g_assert_cmpint(request->state, ==, CM_TIME_REQUEST_WAITING);
	g_assert_cmpint(request->version, ==, asked.version);
	g_assert_cmpint(
	    query(world.desk, "SELECT count(*) FROM audit WHERE action LIKE 'time-request.acc%';"),
	    ==, 0);
}

static void
test_decline(void)
{
	g_auto(World) world = world_new();
	CmStoreTimeRequestOrder order = order_of(&world, 1, 13 * 60);
	CmStoreStamp asked = ask(&world, &order);
	CmStoreCall call = call_at(NOW + 60);
	CmStoreStamp stamp = {0};
	g_autoptr(CmStoreTimeRequest) request = NULL;
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_time_request_decline(world.desk->store, &call, asked.number,
						    asked.version, "Je suis ailleurs ce jour-là",
						    &stamp, &error));
	g_assert_no_error(error);
	request = get_request(&world, asked.number, NOW + 60);
	g_assert_cmpint(request->state, ==, CM_TIME_REQUEST_DECLINED);
	g_assert_cmpstr(request->answer, ==, "Je suis ailleurs ce jour-là");
	g_assert_cmpstr(request->remark, ==, "Dentiste à cette heure-là");
	/* nothing moved; the one who asked is told, and nobody else */
	booking = get(world.desk, world.booking.number, NOW);
	g_assert_cmpint(booking->version, ==, world.booking.version);
	g_assert_cmpint(count_notices(&world, "time.declined", CM_RESOURCE_CONTACT, asked.number),
			==, 1);
	g_assert_cmpint(
	    query(world.desk, "SELECT count(*) FROM notice WHERE kind = 'time.declined';"), ==, 1);
	g_assert_false(cm_store_time_request_withdraw(world.desk->store, &call, asked.number,
						      stamp.version, &stamp, &error));
	g_assert_nonnull(strstr(error->message, "declined already"));
}

static void
move_by_hand(const World *world, const gchar *start)
{
	CmStoreCall call = call_at(NOW + 30);
	CmStorePlace there = place(world->desk, 0, start, world->desk->room[1]);
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_booking_move(world->desk->store, &call, world->booking.number,
					    world->booking.version, &there, &stamp, &error));
	g_assert_no_error(error);
}

/* moved, cancelled or begun meanwhile: there is nothing left to decide */
static void
test_fall(void)
{
	for (guint i = 0; i < 3; i++) {
		g_auto(World) world = world_new();
		CmStoreTimeRequestOrder order = order_of(&world, 1, 13 * 60);
		CmStoreStamp asked = ask(&world, &order);
		CmStoreStamp stamp = {0};
		CmStoreCall call = call_at(NOW + 60);
		g_autoptr(CmStoreTimeRequest) request = NULL;
		g_autoptr(GError) error = NULL;

		if (i == 0)
			move_by_hand(&world, "15:00");
		else if (i == 1)
			g_assert_true(cm_store_booking_cancel(world.desk->store, &call,
							      world.booking.number,
							      world.booking.version, &stamp, NULL));
		else
			call.now = NOW + 30 * 86400;
		g_assert_false(cm_store_time_request_decline(world.desk->store, &call, asked.number,
							     asked.version, NULL, &stamp, &error));
		g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
		g_assert_nonnull(strstr(error->message, "does not stand any more"));
		request = get_request(&world, asked.number, call.now);
		g_assert_cmpint(request->state, ==, CM_TIME_REQUEST_WITHDRAWN);
		g_assert_cmpint(request->version, ==, asked.version + 1);
		g_assert_cmpint(request->changed_by, ==, -1);
		g_assert_cmpint(
		    query(world.desk,
			  "SELECT count(*) FROM audit WHERE action = 'time-request.fall';"),
		    ==, 1);
		g_assert_cmpint(
		    query(world.desk, "SELECT count(*) FROM notice WHERE kind = 'time.declined';"),
		    ==, 0);
	}
}

static void
test_list(void)
{
	g_auto(World) world = world_new();
	CmStoreTimeRequestOrder order = order_of(&world, 1, 13 * 60);
	CmStoreTimeRequestFilter open = {.open = TRUE};
	CmStoreTimeRequestFilter theirs = {.professional = world.desk->professional};
	CmStoreTimeRequestFilter nobodys = {.professional = 99999};
	CmStoreTimeRequestFilter few = {.limit = 1};
	const CmStoreTimeRequestFilter *filters[] = {&open, &theirs, &nobodys, &few};
	const guint counts[] = {1, 2, 0, 1};

	ask(&world, &order);
	order.start += 60;
	ask(&world, &order);
	for (guint i = 0; i < G_N_ELEMENTS(filters); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) list =
		    cm_store_time_request_list(world.desk->store, filters[i], NOW, &error);

		g_assert_no_error(error);
		g_assert_cmpuint(list->len, ==, counts[i]);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-time-request/ask", test_ask);
	g_test_add_func("/store-time-request/any-other-time", test_any_other_time);
	g_test_add_func("/store-time-request/refusals", test_refusals);
	g_test_add_func("/store-time-request/who-may-ask", test_who_may_ask);
	g_test_add_func("/store-time-request/replace-and-cap", test_replace_and_cap);
	g_test_add_func("/store-time-request/accept", test_accept);
	g_test_add_func("/store-time-request/accept-is-whole", test_accept_is_whole);
	g_test_add_func("/store-time-request/decline", test_decline);
	g_test_add_func("/store-time-request/fall", test_fall);
	g_test_add_func("/store-time-request/list", test_list);
	return g_test_run();
}
