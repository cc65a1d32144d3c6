// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/fetch-desk.h"

#include "daemon/store/store-calendar.h"
#include "daemon/store/store-roster.h"
#include "tests/unit/store-fixture.h"

#define UID 1000
#define NOW 1788264000
#define DAY 86400

static guint
lease(CmFetchDesk *desk, CmStore *store, gint64 now, gint64 number)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) leases = cm_fetch_desk_lease(desk, store, 1, now, 4, &error);

	g_assert_no_error(error);
	for (guint i = 0; i < leases->len; i++)
		g_assert_cmpint(((CmFetchLease *)g_ptr_array_index(leases, i))->number, ==, number);
	return leases->len;
}

static void
report_failure(CmFetchDesk *desk, CmStore *store, gint64 now, gint64 number)
{
	g_autoptr(JsonObject) result = json_object_new();
	g_autoptr(GError) error = NULL;
	gboolean changed = FALSE;

	json_object_set_string_member(result, "failure", "unreachable");
	g_assert_true(cm_fetch_desk_report(desk, store, number, result, now, &changed, &error));
	g_assert_no_error(error);
}

/* a clock that is ahead by ten days is set back: while a calendar is out, and after it was tried */
static void
test_fetch_desk_clock(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(CmRosterNumbers) numbers = NULL;
	g_autoptr(CmFetchDesk) desk = cm_fetch_desk_new();
	g_autoptr(GError) error = NULL;
	gint64 number = 0;

	cm_store_fixture_import(fixture, caseload, NULL);
	loaded = cm_store_roster_load_numbered(fixture->store, NULL, &numbers, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(cm_store_calendar_add(
	    fixture->store, cm_roster_numbers_get(numbers, CM_NUMBER_PROFESSIONAL, 0),
	    "https://agenda.example/secret.ics", UID, NOW, &number, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(lease(desk, fixture->store, NOW + 10 * DAY, number), ==, 1);
	g_assert_cmpuint(lease(desk, fixture->store, NOW + 10 * DAY + 61, number), ==, 0);
	/* while it is out */
	g_assert_cmpuint(lease(desk, fixture->store, NOW, number), ==, 1);
	g_assert_cmpuint(lease(desk, fixture->store, NOW + 61, number), ==, 0);
	/* after it was tried */
	report_failure(desk, fixture->store, NOW + 10 * DAY, number);
	g_assert_cmpuint(lease(desk, fixture->store, NOW + 122, number), ==, 1);
	report_failure(desk, fixture->store, NOW + 122, number);
	g_assert_cmpuint(lease(desk, fixture->store, NOW + 190, number), ==, 0);
	g_assert_cmpuint(
	    lease(desk, fixture->store, NOW + 122 + CM_FETCH_DESK_EVERY_SECONDS, number), ==, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fetch-desk/clock", test_fetch_desk_clock);
	return g_test_run();
}
