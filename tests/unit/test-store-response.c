// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-response.h"

#include "tests/unit/visit-fixture.h"

#define HOUR 3600

static CmStoreResponse
make_response(Visio *visio, const CmStoreVisitor *visitor, const gchar *once)
{
	CmStoreResponse response = {.visitor = visitor,
				    .policies = visio->policies,
				    .subject = visio->booking.number,
				    .version = visio->booking.version,
				    .once = once,
				    .now = visio->start - HOUR};

	return response;
}

static void
respond(Visio *visio, const CmStoreResponse *response, CmAnswer answer)
{
	g_autoptr(GError) error = NULL;
	gboolean done = cm_store_response_answer(visio->store, response, answer, &error);

	g_assert_no_error(error);
	g_assert_true(done);
}

static void
assert_not_answered(Visio *visio, const CmStoreResponse *response, CmErrorCode code)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(
	    cm_store_response_answer(visio->store, response, CM_ANSWER_DECLINED, &error));
	if (!cm_error_is(error, code))
		g_test_fail_printf("another error: %s", error->message);
}

static gint64
count_answers(Visio *visio)
{
	return query(visio->desk, "SELECT count(*) FROM audit WHERE action = 'invitation.answer';");
}

/* ---- an answer */

static void
test_answer(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreResponse response = make_response(visio, &guest, "k-1");

	respond(visio, &response, CM_ANSWER_ACCEPTED);
	/* a browser that lost the answer asks again, also after an hour */
	response.now += HOUR / 2;
	respond(visio, &response, CM_ANSWER_ACCEPTED);
	g_assert_cmpint(count_answers(visio), ==, 1);
	/* the same key for something else is none of ours */
	assert_not_answered(visio, &response, CM_ERROR_CONFLICT);
	/* the same answer once more, pressed anew: nobody has to hear of it */
	response.once = "k-2";
	respond(visio, &response, CM_ANSWER_ACCEPTED);
	g_assert_cmpint(count_answers(visio), ==, 1);
	/* another one counts */
	response.once = NULL;
	respond(visio, &response, CM_ANSWER_DECLINED);
	g_assert_cmpint(count_answers(visio), ==, 2);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM invitation WHERE answer = "
					   "'declined' AND answered_by = 'page';"),
			==, 1);
	g_assert_cmpint(query(visio->desk, "SELECT answered_start_utc FROM invitation;"), ==,
			visio->start);
	g_assert_cmpint(
	    query(visio->desk, "SELECT count(*) FROM notice WHERE kind = 'answer.declined';"), ==,
	    1);
}

/* two people's keys are their own, though they are the same text */
static void
test_keys_of_two(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor student = visio_come_by_link(visio, CM_RESOURCE_STUDENT,
						    visio->desk->student[0], CM_LINK_GUEST, 0);
	CmStoreResponse one = make_response(visio, &guest, "once");
	CmStoreResponse other = make_response(visio, &student, "once");

	respond(visio, &one, CM_ANSWER_ACCEPTED);
	respond(visio, &other, CM_ANSWER_DECLINED);
	g_assert_cmpint(count_answers(visio), ==, 2);
}

static void
test_keys(void)
{
	static const gchar *const rows[] = {
	    "", "a b", "é", "a;b",
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		CmStoreResponse response = make_response(visio, &guest, rows[i]);

		assert_not_answered(visio, &response, CM_ERROR_INVALID_INPUT);
	}
	g_assert_cmpint(count_answers(visio), ==, 0);
}

/* whoever may not answer, and what can't be answered */
static void
test_refused(void)
{
	g_autoptr(Visio) visio = visio_new();
	const Desk *desk = visio->desk;
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor strangers[] = {
	    visio_come_by_link(visio, CM_RESOURCE_CONTACT, desk->contact[1], CM_LINK_GUEST, 0),
	    visio_come_by_link(visio, CM_RESOURCE_CONTACT, desk->contact[0], CM_LINK_FEED, 0),
	    visio_come_by_link(visio, CM_RESOURCE_CONTACT, desk->contact[0], CM_LINK_INTERPRETER,
			       0),
	    /* a host answers nothing of their own, by whatever they come with */
	    visio_come_by_link(visio, CM_RESOURCE_PROFESSIONAL, desk->professional, CM_LINK_GUEST,
			       0),
	    visio_host(visio, visio->start - HOUR),
	};
	CmStoreResponse response = make_response(visio, &guest, "k");

	for (guint i = 0; i < G_N_ELEMENTS(strangers); i++) {
		CmStoreResponse theirs = make_response(visio, &strangers[i], "k");

		assert_not_answered(visio, &theirs, CM_ERROR_NOT_FOUND);
	}
	response.subject = desk->session[1];
	assert_not_answered(visio, &response, CM_ERROR_NOT_FOUND);
	response = make_response(visio, &guest, "k");
	response.version++;
	assert_not_answered(visio, &response, CM_ERROR_CONFLICT);
	/* begun */
	response = make_response(visio, &guest, "k");
	response.now = visio->start;
	assert_not_answered(visio, &response, CM_ERROR_CONFLICT);
	response.now--;
	respond(visio, &response, CM_ANSWER_DECLINED);
	g_assert_cmpint(count_answers(visio), ==, 1);
}

/* ---- another time */

static void
test_ask_time(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreResponse response = make_response(visio, &guest, "t-1");
	const CmStoreTimeRequestFilter all = {0};
	gint64 number = 0;
	gint64 again = 0;
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) stale = NULL;
	g_autoptr(GPtrArray) list = NULL;
	const CmStoreTimeRequest *request = NULL;

	g_assert_true(cm_store_response_check_askable(visio->store, &response, &error));
	for (guint i = 0; i < 2; i++)
		g_assert_true(cm_store_response_ask_time(visio->store, &response,
							 visio->start + 86400, " dentiste\x01 ",
							 i == 0 ? &number : &again, &error));
	g_assert_no_error(error);
	g_assert_cmpint(again, ==, number);
	list = cm_store_time_request_list(visio->store, &all, response.now, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 1);
	request = g_ptr_array_index(list, 0);
	g_assert_cmpint(request->number, ==, number);
	g_assert_cmpint(request->start_utc, ==, visio->start + 86400);
	g_assert_cmpint(request->source, ==, CM_TIME_REQUEST_SOURCE_PAGE);
	g_assert_cmpstr(request->remark, ==, "dentiste");

	response.version++;
	response.once = "t-2";
	g_assert_false(
	    cm_store_response_ask_time(visio->store, &response, 0, NULL, &again, &stale));
	g_assert_true(cm_error_is(stale, CM_ERROR_CONFLICT));
	/* times are looked for whatever version they saw, until it begins */
	g_assert_true(cm_store_response_check_askable(visio->store, &response, &error));
	response.now = visio->start;
	g_assert_false(cm_store_response_check_askable(visio->store, &response, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM time_request;"), ==, 1);
}

static void
assert_not_withdrawn(Visio *visio, const CmStoreResponse *response, CmErrorCode code)
{
	g_autoptr(GError) error = NULL;
	gint64 number = 0;

	g_assert_false(cm_store_response_withdraw_time(visio->store, response, &number, &error));
	g_assert_true(cm_error_is(error, code));
	g_assert_cmpint(
	    query(visio->desk, "SELECT count(*) FROM time_request WHERE state = 'withdrawn';"), ==,
	    0);
}

/* theirs alone, by their own link, while it waits; once */
static void
test_withdraw_time(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor strangers[] = {
	    visio_come_by_link(visio, CM_RESOURCE_CONTACT, visio->desk->contact[1], CM_LINK_GUEST,
			       0),
	    visio_host(visio, visio->start - HOUR),
	};
	CmStoreResponse response = make_response(visio, &guest, "w-1");
	gint64 asked = 0;
	gint64 withdrawn[] = {0, 0};
	g_autoptr(GError) error = NULL;

	assert_not_withdrawn(visio, &response, CM_ERROR_CONFLICT);
	response.once = "w-2";
	g_assert_true(cm_store_response_ask_time(visio->store, &response, 0, NULL, &asked, &error));
	for (guint i = 0; i < G_N_ELEMENTS(strangers); i++) {
		CmStoreResponse theirs = make_response(visio, &strangers[i], "w-3");

		assert_not_withdrawn(visio, &theirs, CM_ERROR_NOT_FOUND);
	}
	/* another question under the key of the first */
	assert_not_withdrawn(visio, &response, CM_ERROR_CONFLICT);
	response.once = "w-4";
	response.version++;
	assert_not_withdrawn(visio, &response, CM_ERROR_CONFLICT);
	response.version--;
	for (guint i = 0; i < G_N_ELEMENTS(withdrawn); i++) {
		g_assert_true(cm_store_response_withdraw_time(visio->store, &response,
							      &withdrawn[i], &error));
		g_assert_cmpint(withdrawn[i], ==, asked);
	}
	g_assert_no_error(error);
	g_assert_cmpint(
	    query(visio->desk, "SELECT count(*) FROM time_request WHERE state = 'withdrawn';"), ==,
	    1);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM audit WHERE action = "
					   "'time-request.withdraw';"),
			==, 1);
}

/* ---- help */

static gboolean
ask_help(Visio *visio, const CmStoreVisitor *visitor, gint64 now, CmErrorCode code)
{
	CmStoreResponse response = make_response(visio, visitor, NULL);
	g_autoptr(GError) error = NULL;
	gint64 number = 0;

	response.now = now;
	if (cm_store_response_ask_help(visio->store, &response, "{}", &number, &error)) {
		g_assert_cmpint(number, >, 0);
		return TRUE;
	}
	if (!cm_error_is(error, code))
		g_test_fail_printf("another error: %s", error->message);
	return FALSE;
}

static void
test_ask_help(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor teacher = visio_come_by_link(visio, CM_RESOURCE_CONTACT,
						    visio->desk->contact[1], CM_LINK_GUEST, 0);
	CmStoreVisitor host = visio_host(visio, visio->start);
	CmStoreCall call = call_at(NOW);
	CmStoreStamp stamp = {0};
	gint64 closes = visio->end + CM_SESSION_DOOR_CLOSES_AFTER;
	g_autoptr(GError) error = NULL;

	/* long before, and for a while after */
	g_assert_true(ask_help(visio, &guest, NOW, 0));
	g_assert_true(ask_help(visio, &guest, closes - 1, 0));
	g_assert_false(ask_help(visio, &guest, closes, CM_ERROR_CONFLICT));
	g_assert_false(ask_help(visio, &teacher, visio->start, CM_ERROR_NOT_FOUND));
	g_assert_false(ask_help(visio, &host, visio->start, CM_ERROR_NOT_FOUND));
	g_assert_true(cm_store_booking_cancel(visio->store, &call, visio->booking.number,
					      visio->booking.version, &stamp, &error));
	g_assert_false(ask_help(visio, &guest, visio->start, CM_ERROR_CONFLICT));
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM help_request;"), ==, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-response/answer", test_answer);
	g_test_add_func("/store-response/keys-of-two", test_keys_of_two);
	g_test_add_func("/store-response/keys", test_keys);
	g_test_add_func("/store-response/refused", test_refused);
	g_test_add_func("/store-response/ask-time", test_ask_time);
	g_test_add_func("/store-response/withdraw-time", test_withdraw_time);
	g_test_add_func("/store-response/ask-help", test_ask_help);
	return g_test_run();
}
