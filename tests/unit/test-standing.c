// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/standing.h"

#include "tests/unit/booking-fixture.h"

static void
put_calendar(Desk *desk, const gchar *from, const gchar *to)
{
	g_autofree gchar *sql = g_strdup_printf(
	    "INSERT OR IGNORE INTO calendar_source (id, professional, location, state, version) "
	    "VALUES (9000, %" G_GINT64_FORMAT ", x'00', 'read', 1);"
	    "INSERT INTO calendar_busy VALUES (9000, unixepoch ('%s'), unixepoch ('%s'));",
	    desk->professional, from, to);

	g_assert_true(cm_store_fixture_run_shell(desk->fixture, sql, NULL));
}

static void
assert_busy(const CmBusy *busy, CmDay date, gint from, gint to)
{
	g_assert_cmpint(busy->kind, ==, CM_RESOURCE_PROFESSIONAL);
	g_assert_cmpuint(busy->resource, ==, 0);
	g_assert_cmpint(busy->date, ==, date);
	g_assert_cmpint(busy->window.from, ==, from);
	g_assert_cmpint(busy->window.to, ==, to);
}

/* what their own calendar says is busy for the planner too, in civil time */
static void
test_calendars(void)
{
	g_autoptr(Desk) desk = desk_new();
	guint8 fixed[4] = {0};
	guint before = desk->caseload->busy->len;
	g_autoptr(GError) error = NULL;

	put_calendar(desk, "2026-08-20 14:30", "2026-08-20 15:00"); /* over */
	put_calendar(desk, "2026-09-08 14:30", "2026-09-08 15:00");
	put_calendar(desk, "2026-09-10 02:00", "2026-09-10 14:00"); /* from the evening before */
	g_assert_true(
	    cm_standing_read(desk->store, desk->caseload, desk->numbers, NOW, fixed, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(desk->caseload->busy->len, ==, before + 3);
	assert_busy(CM_ELEMENT(desk->caseload->busy, CmBusy, before), desk->tuesday, 10 * 60 + 30,
		    11 * 60);
	assert_busy(CM_ELEMENT(desk->caseload->busy, CmBusy, before + 1), desk->tuesday + 1,
		    22 * 60, CM_MINUTES_PER_DAY - 1);
	assert_busy(CM_ELEMENT(desk->caseload->busy, CmBusy, before + 2), desk->tuesday + 2, 0,
		    10 * 60);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/standing/calendars", test_calendars);
	return g_test_run();
}
