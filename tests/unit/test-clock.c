// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/clock.h"

#include "include/cm-names.h"

#include <glib/gstdio.h>

/* The day of an instant where a day begins late, early, twice and at 30 minutes; a clock that is a file. */

static void
test_day(void)
{
	static const struct {
		const gchar *zone;
		gint64 now;
		const gchar *day;
	} cases[] = {
	    /* midnight in Toronto: 04:00 UTC in summer, 05:00 in winter */
	    {"America/Toronto", 1791000000 - 1791000000 % 86400 + 4 * 3600 - 1, "2026-10-02"},
	    {"America/Toronto", 1791000000 - 1791000000 % 86400 + 4 * 3600, "2026-10-03"},
	    {"America/Toronto", 1794787200 + 5 * 3600 - 1, "2026-11-15"},
	    {"America/Toronto", 1794787200 + 5 * 3600, "2026-11-16"},
	    {"America/Blanc-Sablon", 1791000000 - 1791000000 % 86400 + 4 * 3600, "2026-10-03"},
	    {"America/St_Johns", 1791000000 - 1791000000 % 86400 + 9000 - 1, "2026-10-02"},
	    {"America/St_Johns", 1791000000 - 1791000000 % 86400 + 9000, "2026-10-03"},
	    {"UTC", 0, "1970-01-01"},
	    {"America/Toronto", 0, "1969-12-31"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(cases[i].zone);
		gchar text[CM_DAY_TEXT_SIZE];

		g_assert_nonnull(zone);
		g_assert_cmpstr(cm_day_format(cm_clock_get_day(cases[i].now, zone), text), ==,
				cases[i].day);
	}
}

static gboolean
count_tick(gpointer user_data)
{
	guint *ticks = user_data;

	(*ticks)++;
	return G_SOURCE_REMOVE;
}

static void
test_file(void)
{
	g_autofree gchar *folder = g_dir_make_tmp("comodal-clock-XXXXXX", NULL);
	g_autofree gchar *path = g_build_filename(folder, "clock", NULL);
	gint64 before = g_get_real_time() / G_USEC_PER_SEC;
	guint ticks = 0;
	g_autoptr(CmClockWatch) watch = NULL;

	g_setenv(CM_ENV_CLOCK, path, TRUE);
	g_assert_cmpint(cm_clock_get_now(), >=, before);
	g_assert_true(g_file_set_contents(path, "1791000000\n", -1, NULL));
	g_assert_cmpint(cm_clock_get_now(), ==, 1791000000);
	watch = cm_clock_new_watch(count_tick, &ticks);
	g_assert_nonnull(watch);
	g_assert_true(g_file_set_contents(path, "1791000001\n", -1, NULL));
	while (ticks == 0)
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpint(cm_clock_get_now(), ==, 1791000001);
	g_assert_true(g_file_set_contents(path, "tomorrow\n", -1, NULL));
	g_assert_cmpint(cm_clock_get_now(), >=, before);
	g_unsetenv(CM_ENV_CLOCK);
	g_unlink(path);
	g_rmdir(folder);
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/clock/day", test_day);
	g_test_add_func("/clock/file", test_file);
	return g_test_run();
}
