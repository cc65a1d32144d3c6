// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-page.h"

#include "daemon/store/page-people.h"
#include "tests/unit/visit-fixture.h"

#define DAY 86400

static void
respond(Visio *visio, const CmStoreVisitor *visitor, CmAnswer answer, gint64 now)
{
	const CmStoreResponse response = {.visitor = visitor,
					  .policies = visio->policies,
					  .subject = visio->booking.number,
					  .version = visio->booking.version,
					  .now = now};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_response_answer(visio->store, &response, answer, &error));
	g_assert_no_error(error);
}

static void
change_place(Visio *visio, gint day, gint64 now)
{
	CmStoreCall call = call_at(now);
	CmStorePlace there = place(visio->desk, day, "10:00", 0);
	g_autoptr(GError) error = NULL;

	there.mode = CM_MODE_VIDEO_REMOTE;
	g_assert_true(cm_store_booking_move(visio->store, &call, visio->booking.number,
					    visio->booking.version, &there, &visio->booking,
					    &error));
	g_assert_no_error(error);
}

/* ---- one's own page */

static void
test_guest(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	const CmStorePage *page = visio_load(visio, &guest, NOW);
	const CmStorePageItem *item = visio_item(page);

	g_assert_cmpstr(page->zone, ==, "America/Toronto");
	g_assert_cmpstr(page->organisation, ==, "Centre");
	g_assert_cmpuint(page->more, ==, 0);
	g_assert_cmpuint(page->waiting->len, ==, 0);
	g_assert_cmpint(item->door.subject, ==, visio->booking.number);
	g_assert_cmpint(item->door.version, ==, visio->booking.version);
	g_assert_cmpint(item->door.state, ==, CM_SESSION_DOOR_EARLY);
	g_assert_cmpint(item->door.door.start, ==, visio->start);
	g_assert_cmpstr(item->host, ==, "Zoé Ximenès-Quirion");
	/* the first name alone, for who is told for the student */
	g_assert_cmpstr(item->about, ==, "Éloïse");
	g_assert_null(item->place);
	g_assert_cmpint(item->answer, ==, CM_ANSWER_NEEDS_ACTION);
	g_assert_cmpint(item->moved_from, ==, 0);
	g_assert_false(item->near);
	g_assert_cmpuint(item->may, ==,
			 CM_STORE_PAGE_RESPOND | CM_STORE_PAGE_ASK_TIME | CM_STORE_PAGE_HELP);
	g_assert_cmpuint(item->ask, ==, CM_SESSION_DOOR_PHONE | CM_SESSION_DOOR_CONSENT);
}

/* who takes part without being told for the student reads what their letter says: whose meeting it is, in initials */
static void
test_not_told(void)
{
	g_autoptr(Visio) visio = visio_new();
	const Desk *desk = visio->desk;
	CmStoreVisitor teacher =
	    visio_come_by_link(visio, CM_RESOURCE_CONTACT, desk->contact[1], CM_LINK_GUEST, 0);
	g_autofree gchar *sql =
	    g_strdup_printf("UPDATE booking_participant SET contact = %" G_GINT64_FORMAT
			    " WHERE contact = %" G_GINT64_FORMAT,
			    desk->contact[1], desk->contact[0]);

	g_assert_true(cm_store_fixture_run_shell(desk->fixture, sql, NULL));
	g_assert_cmpstr(visio_item(visio_load(visio, &teacher, NOW))->about, ==, "É. Q.");
}

/* by whom a page is looked at decides of what is on it */
static void
test_others(void)
{
	g_autoptr(Visio) visio = visio_new();
	const Desk *desk = visio->desk;
	CmStoreVisitor teacher =
	    visio_come_by_link(visio, CM_RESOURCE_CONTACT, desk->contact[1], CM_LINK_GUEST, 0);
	CmStoreVisitor elsewhere = visio_come_by_link(visio, CM_RESOURCE_CONTACT, desk->contact[0],
						      CM_LINK_GUEST, desk->session[1]);
	CmStoreVisitor interpreter = visio_come_by_link(visio, CM_RESOURCE_CONTACT,
							desk->contact[0], CM_LINK_INTERPRETER, 0);
	CmStoreVisitor own = visio_come_by_link(visio, CM_RESOURCE_PROFESSIONAL, desk->professional,
						CM_LINK_GUEST, 0);
	const CmStorePageItem *item = NULL;

	g_assert_cmpuint(visio_load(visio, &teacher, NOW)->items->len, ==, 0);
	g_assert_cmpuint(visio_load(visio, &elsewhere, NOW)->items->len, ==, 0);
	item = visio_item(visio_load(visio, &interpreter, NOW));
	g_assert_null(item->about);
	g_assert_cmpuint(item->may, ==, CM_STORE_PAGE_HELP);
	/* what they hold: shown, and another way in */
	item = visio_item(visio_load(visio, &own, visio->start));
	g_assert_cmpuint(item->may, ==, 0);
	g_assert_cmpint(item->door.state, ==, CM_SESSION_DOOR_OTHER_LINK);
}

/* pages are kept between two looks: whatever is said or changes is on the next one */
static void
test_changes_show(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreCall call = call_at(NOW + 300);
	g_autoptr(GError) error = NULL;

	(void)visio_load(visio, &guest, NOW);
	respond(visio, &guest, CM_ANSWER_ACCEPTED, NOW + 1);
	g_assert_cmpint(visio_item(visio_load(visio, &guest, NOW + 2))->answer, ==,
			CM_ANSWER_ACCEPTED);
	change_place(visio, 7, NOW + 100);
	/* the answer was to the hour before */
	g_assert_cmpint(visio_item(visio_load(visio, &guest, NOW + 101))->answer, ==,
			CM_ANSWER_NEEDS_ACTION);
	g_assert_cmpint(visio_item(visio_load(visio, &guest, NOW + 101))->door.door.start, ==,
			visio->start + 7 * DAY);
	/* of which no letter ever told them: it never was */
	g_assert_true(cm_store_booking_cancel(visio->store, &call, visio->booking.number,
					      visio->booking.version, &visio->booking, &error));
	g_assert_cmpuint(visio_load(visio, &guest, NOW + 301)->items->len, ==, 0);
}

static void
test_request(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	const CmStoreResponse response = {.visitor = &guest,
					  .policies = visio->policies,
					  .subject = visio->booking.number,
					  .version = visio->booking.version,
					  .now = NOW};
	gint64 number = 0;
	g_autoptr(GError) error = NULL;
	const CmStorePageItem *item = NULL;

	g_assert_null(visio_item(visio_load(visio, &guest, NOW))->request);
	g_assert_true(cm_store_response_ask_time(visio->store, &response, 0, "x", &number, &error));
	item = visio_item(visio_load(visio, &guest, NOW));
	g_assert_cmpint(item->request->number, ==, number);
	g_assert_cmpint(item->request->state, ==, CM_TIME_REQUEST_WAITING);
	/* what was taken back is said until it begins, and gives way to what is asked next */
	g_assert_true(cm_store_response_withdraw_time(visio->store, &response, &number, &error));
	item = visio_item(visio_load(visio, &guest, NOW));
	g_assert_cmpint(item->request->state, ==, CM_TIME_REQUEST_WITHDRAWN);
	g_assert_null(visio_item(visio_load(visio, &guest, visio->start))->request);
	g_assert_true(cm_store_response_ask_time(visio->store, &response, 0, "x", &number, &error));
	item = visio_item(visio_load(visio, &guest, NOW));
	g_assert_cmpint(item->request->state, ==, CM_TIME_REQUEST_WAITING);
	/* it was asked of what stood then */
	change_place(visio, 7, NOW + 100);
	g_assert_null(visio_item(visio_load(visio, &guest, NOW + 101))->request);
}

/* what is over stays for a day */
static void
test_past(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	gint64 gone = visio->end + CM_STORE_PAGE_PAST_SECONDS;

	g_assert_cmpint(visio_item(visio_load(visio, &guest, gone - 1))->door.state, ==,
			CM_SESSION_DOOR_OVER);
	g_assert_cmpuint(visio_item(visio_load(visio, &guest, gone - 1))->may, ==, 0);
	g_assert_cmpuint(visio_load(visio, &guest, gone + 600)->items->len, ==, 0);
	/* a clock that is set back shows it again */
	g_assert_cmpint(visio_item(visio_load(visio, &guest, NOW))->door.state, ==,
			CM_SESSION_DOOR_EARLY);
}

/* ---- the door */

static void
test_door(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor host = visio_host(visio, visio->start);
	const CmStorePageItem *item = visio_item(visio_load(visio, &guest, visio->start));
	gint64 number = 0;

	g_assert_true(item->near);
	g_assert_cmpint(item->door.state, ==, CM_SESSION_DOOR_OPEN);
	g_assert_false(item->host_present);
	number = visio_arrive(visio, &guest, visio->start);
	item = visio_item(visio_load(visio, &guest, visio->start + 1));
	g_assert_cmpint(item->door.visit->number, ==, number);
	g_assert_cmpint(item->door.visit->state, ==, CM_VISIT_WAITING);
	g_assert_cmpuint(item->door.ask, ==, 0);
	(void)visio_arrive(visio, &host, visio->start + 2);
	item = visio_item(visio_load(visio, &guest, visio->start + 3));
	g_assert_true(item->host_present);
	g_assert_false(item->host_busy);
	g_assert_cmpuint(item->ahead, ==, 0);
}

static gboolean
is_host_busy(const CmStorePage *page, gint64 subject)
{
	for (guint i = 0; i < page->items->len; i++) {
		const CmStorePageItem *item = g_ptr_array_index(page->items, i);

		if (item->door.subject == subject)
			return item->host_busy;
	}
	g_assert_not_reached();
}

/* A host who never said that a session ended is at it for hours, not for days. */
static void
test_host_busy(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor host = visio_host(visio, visio->start);
	CmStoreOrder order = order_session(visio->desk, 3, 0, "13:00");
	CmStoreCall call = call_at(NOW);
	CmStoreStamp other = {0};
	g_autoptr(GError) error = NULL;

	order.place.mode = CM_MODE_VIDEO_REMOTE;
	order.place.room = 0;
	other = book(visio->desk, &order);
	(void)visio_arrive(visio, &host, visio->start);
	g_assert_true(
	    is_host_busy(visio_load(visio, &guest, visio->start + 3 * 3600), other.number));
	order.place.date++;
	g_assert_true(cm_store_booking_move(visio->store, &call, other.number, other.version,
					    &order.place, &other, &error));
	g_assert_false(
	    is_host_busy(visio_load(visio, &guest, visio->start + DAY + 3 * 3600), other.number));
}

/* who is at the door, and who can't get in */
static void
test_waiting(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	CmStoreVisitor student = visio_come_by_link(visio, CM_RESOURCE_STUDENT,
						    visio->desk->student[0], CM_LINK_GUEST, 0);
	CmStoreVisitor host = visio_host(visio, visio->start);
	gint64 number = visio_arrive(visio, &guest, visio->start);
	const CmStorePage *page = NULL;
	const CmStorePageWaiting *one = NULL;
	gint64 helps[2] = {0, 0};
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 2; i++)
		g_assert_true(cm_store_help_ask(
		    visio->store, visio->booking.number, i == 0 ? guest.kind : student.kind,
		    i == 0 ? guest.person : student.person, "{\"text\":\"noir\"}", visio->start,
		    &helps[i], &error));
	page = visio_load(visio, &host, visio->start + 1);
	g_assert_cmpuint(page->waiting->len, ==, 2);
	one = g_ptr_array_index(page->waiting, 0);
	g_assert_cmpint(one->visit->number, ==, number);
	g_assert_cmpstr(one->visit->answers, ==, VISIO_ANSWERS);
	g_assert_cmpint(one->help->number, ==, helps[0]);
	/* not there, and asks for help */
	one = g_ptr_array_index(page->waiting, 1);
	g_assert_null(one->visit);
	g_assert_cmpint(one->help->number, ==, helps[1]);
	g_assert_cmpstr(one->help->report, ==, "{\"text\":\"noir\"}");
	g_assert_cmpstr(one->name, ==, "Éloïse Quzmanovic");
	/* nobody else sees who is there */
	page = visio_load(visio, &guest, visio->start + 1);
	g_assert_cmpuint(page->waiting->len, ==, 0);
	g_assert_cmpint(visio_item(page)->help->number, ==, helps[0]);
	/* and the host no more, once the page is of another hour */
	g_assert_cmpuint(visio_load(visio, &host, NOW)->waiting->len, ==, 0);
}

static void
test_preparation(void)
{
	static const gchar *const names[] = {"quiet-place", "adult-near", "headset", "charger",
					     "documents"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_cmpstr(cm_store_page_get_preparation(i), ==, names[i]);
	g_assert_null(cm_store_page_get_preparation(G_N_ELEMENTS(names)));
}

/* schools that there are not, whose names are kept as none */
static void
look_up_others(CmOutboxPeople *people, gint64 first, gint64 count)
{
	for (gint64 i = first; i < first + count; i++) {
		const gchar *text = NULL;
		g_autoptr(GError) error = NULL;

		g_assert_true(cm_outbox_people_get_site(people, 1000000 + i, &text, &error));
		g_assert_null(text);
	}
}

static CmOutboxPeople *
find_people(Visio *visio)
{
	g_autoptr(GError) error = NULL;
	CmOutboxPeople *people = cm_page_people_get(visio->store, visio->policies, NOW, &error);

	g_assert_no_error(error);
	return people;
}

/* What was found out of people is forgotten by and by: wherever that happens while a page is made, its names are theirs. */
static void
test_names_forgotten(void)
{
	enum { TEXTS_OF_A_PAGE = 12 };
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);

	for (gint64 left = 0; left < TEXTS_OF_A_PAGE; left++) {
		const CmStorePageItem *item = NULL;

		cm_page_people_forget(visio->store);
		look_up_others(find_people(visio), 0, CM_OUTBOX_PEOPLE_KEPT_MAX - left);
		item = visio_item(visio_load(visio, &guest, NOW));
		g_assert_cmpstr(item->host, ==, "Zoé Ximenès-Quirion");
		g_assert_cmpstr(item->profession, ==, "Psychologue");
		g_assert_cmpstr(item->about, ==, "Éloïse");
	}
}

static const gchar *
get_host_name(Visio *visio)
{
	const gchar *name = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_outbox_people_get_name(find_people(visio), CM_RESOURCE_PROFESSIONAL,
						visio->desk->professional, &name, &error));
	return name;
}

/* one that was asked for again is as new as any */
static void
test_names_stay(void)
{
	g_autoptr(Visio) visio = visio_new();
	const gchar *name = get_host_name(visio);

	look_up_others(find_people(visio), 0, CM_OUTBOX_PEOPLE_KEPT_MAX);
	g_assert_true(get_host_name(visio) == name);
	look_up_others(find_people(visio), CM_OUTBOX_PEOPLE_KEPT_MAX, CM_OUTBOX_PEOPLE_KEPT_MAX);
	g_assert_cmpstr(name, ==, "Zoé Ximenès-Quirion");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-page/guest", test_guest);
	g_test_add_func("/store-page/others", test_others);
	g_test_add_func("/store-page/not-told", test_not_told);
	g_test_add_func("/store-page/changes-show", test_changes_show);
	g_test_add_func("/store-page/request", test_request);
	g_test_add_func("/store-page/past", test_past);
	g_test_add_func("/store-page/door", test_door);
	g_test_add_func("/store-page/host-busy", test_host_busy);
	g_test_add_func("/store-page/waiting", test_waiting);
	g_test_add_func("/store-page/preparation", test_preparation);
	g_test_add_func("/store-page/names-forgotten", test_names_forgotten);
	g_test_add_func("/store-page/names-stay", test_names_stay);
	return g_test_run();
}
