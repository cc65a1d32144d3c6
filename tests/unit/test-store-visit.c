// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-visit.h"

#include "tests/unit/visit-fixture.h"

static void
assert_arrival_refused(Visio *visio,
		       const CmStoreVisitor *visitor,
		       const gchar *answers,
		       gint64 now,
		       CmErrorCode code)
{
	g_autoptr(GError) error = NULL;
	gint64 number = 0;

	g_assert_false(cm_store_visit_arrive(visio->store, visio->policies, visitor,
					     visio->booking.number, answers, now, &number, &error));
	if (!cm_error_is(error, code))
		g_test_fail_printf("another error: %s", error->message);
	g_assert_cmpint(number, ==, 0);
}

static CmVisitState
get_state(Visio *visio, gint64 number)
{
	const CmStoreVisitFilter filter = {.number = number};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = cm_store_visit_list(visio->store, &filter, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 1);
	return ((const CmStoreVisit *)g_ptr_array_index(list, 0))->state;
}

static void
decide(Visio *visio, gint64 number, gboolean in, gint64 now)
{
	g_autoptr(GError) error = NULL;
	gint64 subject = 0;
	gboolean done =
	    cm_store_visit_decide(visio->store, number, 0, in, UID, now, &subject, &error);

	g_assert_no_error(error);
	g_assert_true(done);
	g_assert_cmpint(subject, ==, visio->booking.number);
}

static void
leave(Visio *visio, const CmStoreVisitor *visitor, gint64 number, gint64 now)
{
	g_autoptr(GError) error = NULL;
	gint64 subject = 0;
	gboolean done = cm_store_visit_leave(visio->store, visitor, number, now, &subject, &error);

	g_assert_no_error(error);
	g_assert_true(done);
}

static gboolean
is_inside(Visio *visio, const CmStoreVisitor *visitor, gint64 now)
{
	g_autoptr(GError) error = NULL;
	gint64 number = 0;
	gboolean inside = cm_store_visit_check_inside(visio->store, visio->policies, visitor,
						      visio->booking.number, now, &number, &error);

	if (!inside && !cm_error_is(error, CM_ERROR_CONFLICT))
		g_test_fail_printf("another error: %s", error->message);
	return inside;
}

/* the whole way: wait, be let in, be cut off, come back, the end */
static void
test_way(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor host = visio_host(visio, visio->start - 600);
	gint64 number = 0;
	gint64 own = 0;

	assert_arrival_refused(visio, &guest, VISIO_ANSWERS, visio->start - 901, CM_ERROR_CONFLICT);
	number = visio_arrive(visio, &guest, visio->start - 900);
	g_assert_cmpint(visio_arrive(visio, &guest, visio->start - 899), ==, number);
	g_assert_cmpint(get_state(visio, number), ==, CM_VISIT_WAITING);
	g_assert_false(is_inside(visio, &guest, visio->start));

	own = visio_arrive(visio, &host, visio->start - 600);
	g_assert_cmpint(get_state(visio, own), ==, CM_VISIT_INSIDE);
	g_assert_true(is_inside(visio, &host, visio->start));
	decide(visio, number, TRUE, visio->start);
	decide(visio, number, TRUE, visio->start + 1);
	g_assert_true(is_inside(visio, &guest, visio->start));

	/* cut off: nobody has to let them in again, nor ask again, also after the end */
	leave(visio, &guest, number, visio->start + 60);
	leave(visio, &guest, number, visio->start + 61);
	g_assert_cmpint(get_state(visio, number), ==, CM_VISIT_LEFT);
	g_assert_false(is_inside(visio, &guest, visio->start + 62));
	g_assert_cmpint(visio_arrive(visio, &guest, visio->end + 60), ==, number);
	g_assert_true(is_inside(visio, &guest, visio->end + 60));
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM visit;"), ==, 2);
}

static void
test_end(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor host = visio_host(visio, visio->start);
	gint64 number = visio_arrive(visio, &guest, visio->start);
	gint64 own = visio_arrive(visio, &host, visio->start);
	g_autoptr(GError) error = NULL;

	decide(visio, number, TRUE, visio->start);
	for (gint i = 0; i < 2; i++)
		g_assert_true(cm_store_visit_end(visio->store, visio->booking.number, UID,
						 visio->start + 1200 + i, &error));
	g_assert_cmpint(get_state(visio, number), ==, CM_VISIT_LEFT);
	g_assert_cmpint(get_state(visio, own), ==, CM_VISIT_LEFT);
	g_assert_cmpint(
	    query(visio->desk, "SELECT count(*) FROM audit WHERE action = 'session.end';"), ==, 1);
	/* over for who was in; the host comes again, and it is not over */
	assert_arrival_refused(visio, &guest, "{}", visio->start + 1300, CM_ERROR_CONFLICT);
	(void)visio_arrive(visio, &host, visio->start + 1400);
	g_assert_cmpint(visio_arrive(visio, &guest, visio->start + 1500), ==, number);
}

static void
test_refuse(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	gint64 number = visio_arrive(visio, &guest, visio->start);
	gint64 now = visio->start + 10;

	decide(visio, number, TRUE, now);
	decide(visio, number, FALSE, now);
	g_assert_cmpint(get_state(visio, number), ==, CM_VISIT_REFUSED);
	assert_arrival_refused(visio, &guest, "{}", now + CM_STORE_VISIT_KNOCK_SECONDS - 1,
			       CM_ERROR_CONFLICT);
	/* having been in once does not let them in after it */
	g_assert_cmpint(visio_arrive(visio, &guest, now + CM_STORE_VISIT_KNOCK_SECONDS), ==,
			number);
	g_assert_cmpint(get_state(visio, number), ==, CM_VISIT_WAITING);
}

static void
test_answers(void)
{
	static const struct {
		const gchar *answers;
		gboolean taken;
	} rows[] = {
	    {NULL, FALSE},
	    {"", FALSE},
	    {"[]", FALSE},
	    {"{", FALSE},
	    {"{}", FALSE},
	    {"{\"phone\":\"1\"}", FALSE},
	    {"{\"phone\":\"1\",\"consent\":false}", FALSE},
	    {"{\"phone\":\"1\",\"consent\":\"true\"}", FALSE},
	    {"{\"phone\":1,\"consent\":true}", FALSE},
	    {"{\"phone\":\"  \\n\",\"consent\":true}", FALSE},
	    {"{\"phone\":{\"phone\":\"1\"},\"consent\":true}", FALSE},
	    {"{\"phone\":\"1\",\"consent\":true,\"place\":\"here\"}", FALSE},
	    {"{\"phone\":\"1\",\"consent\":true,\"\":1}", FALSE},
	    {" {\"consent\":true, \"phone\":\"418\\t555\\u202e\"} ", TRUE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Visio) visio = visio_new();
		CmStoreVisitor guest = visio_guardian(visio);
		const CmStoreVisitFilter filter = {.subject = visio->booking.number,
						   .answers = TRUE};
		g_autoptr(GPtrArray) list = NULL;
		g_autoptr(GError) error = NULL;
		gint64 number = 0;

		if (!rows[i].taken) {
			assert_arrival_refused(visio, &guest, rows[i].answers, visio->start,
					       CM_ERROR_INVALID_INPUT);
			continue;
		}
		g_assert_true(cm_store_visit_arrive(visio->store, visio->policies, &guest,
						    visio->booking.number, rows[i].answers,
						    visio->start, &number, &error));
		list = cm_store_visit_list(visio->store, &filter, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(((const CmStoreVisit *)g_ptr_array_index(list, 0))->answers, ==,
				"{\"phone\":\"418 555\",\"consent\":true}");
	}
}

/* what somebody has no part in, and what they may not decide */
static void
test_strangers(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor teacher = visio_come_by_link(visio, CM_RESOURCE_CONTACT,
						    visio->desk->contact[1], CM_LINK_GUEST, 0);
	CmStoreVisitor feed = visio_come_by_link(visio, CM_RESOURCE_CONTACT,
						 visio->desk->contact[0], CM_LINK_FEED, 0);
	CmStoreVisitor own = visio_come_by_link(visio, CM_RESOURCE_PROFESSIONAL,
						visio->desk->professional, CM_LINK_GUEST, 0);
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor other =
	    visio_come_by_link(visio, CM_RESOURCE_CONTACT, visio->desk->contact[0], CM_LINK_GUEST,
			       visio->desk->session[1]);
	CmStoreVisitor host = visio_host(visio, visio->start);
	gint64 number = visio_arrive(visio, &guest, visio->start);
	g_autoptr(GError) error = NULL;
	gboolean may = TRUE;
	gint64 subject = 0;

	assert_arrival_refused(visio, &teacher, VISIO_ANSWERS, visio->start, CM_ERROR_NOT_FOUND);
	assert_arrival_refused(visio, &feed, VISIO_ANSWERS, visio->start, CM_ERROR_NOT_FOUND);
	assert_arrival_refused(visio, &other, VISIO_ANSWERS, visio->start, CM_ERROR_NOT_FOUND);
	/* a mailed link is no host's way in */
	assert_arrival_refused(visio, &own, VISIO_ANSWERS, visio->start, CM_ERROR_CONFLICT);
	g_assert_false(
	    cm_store_visit_leave(visio->store, &teacher, number, visio->start, &subject, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	g_assert_true(cm_store_visit_may_decide(visio->store, &guest, number, &may, NULL));
	g_assert_false(may);
	g_assert_true(cm_store_visit_may_decide(visio->store, &own, number, &may, NULL));
	g_assert_false(may);
	g_assert_true(cm_store_visit_may_decide(visio->store, &host, number, &may, NULL));
	g_assert_true(may);
}

/* moved after somebody had come: the old visit lets nobody in at the new hour */
static void
test_moved(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	gint64 number = visio_arrive(visio, &guest, visio->start - 900);
	CmStoreCall call = call_at(visio->start - 800);
	CmStorePlace later = place(visio->desk, 1, "10:00", 0);
	g_autoptr(GError) error = NULL;
	CmStoreStamp stamp = {0};

	decide(visio, number, TRUE, visio->start - 850);
	leave(visio, &guest, number, visio->start - 840);
	later.mode = CM_MODE_VIDEO_REMOTE;
	g_assert_true(cm_store_booking_move(visio->store, &call, visio->booking.number,
					    visio->booking.version, &later, &stamp, &error));
	g_assert_no_error(error);
	assert_arrival_refused(visio, &guest, VISIO_ANSWERS, visio->start, CM_ERROR_CONFLICT);
	g_assert_cmpint(visio_arrive(visio, &guest, visio->start + 86400), !=, number);
	g_assert_false(is_inside(visio, &guest, visio->start + 86400));
}

static void
test_abandon(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	gint64 number = visio_arrive(visio, &guest, visio->start);
	gint64 gone = 987654321;
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(GArray) subjects = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(GError) error = NULL;

	g_array_append_val(numbers, gone);
	g_array_append_val(numbers, number);
	g_assert_true(
	    cm_store_visit_abandon(visio->store, numbers, visio->start + 9, subjects, &error));
	g_assert_cmpint(get_state(visio, number), ==, CM_VISIT_LEFT);
	g_assert_cmpuint(subjects->len, ==, 1);
	g_assert_cmpint(g_array_index(subjects, gint64, 0), ==, visio->booking.number);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-visit/way", test_way);
	g_test_add_func("/store-visit/end", test_end);
	g_test_add_func("/store-visit/refuse", test_refuse);
	g_test_add_func("/store-visit/answers", test_answers);
	g_test_add_func("/store-visit/strangers", test_strangers);
	g_test_add_func("/store-visit/moved", test_moved);
	g_test_add_func("/store-visit/abandon", test_abandon);
	return g_test_run();
}
