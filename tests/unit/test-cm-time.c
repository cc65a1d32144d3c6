// SPDX-License-Identifier: GPL-3.0-or-later
#include "include/cm-time.h"

static CmDay
day_of(const gchar *text)
{
	CmDay day = CM_DAY_NONE;

	g_assert_true(cm_day_parse(text, &day));
	return day;
}

static void
test_day_parse(void)
{
	static const gchar *const wrong[] = {
	    "",           "2026-02-29", "2026-13-01",  "2026-00-10",  "2026-1-01",  "2026/01/01",
	    "1899-12-31", "2200-01-01", " 2026-01-01", "2026-01-01 ", "2026-01-0x", "+026-01-01"};
	CmDay day = 42;

	g_assert_cmpint(day_of("1970-01-01"), ==, 0);
	g_assert_cmpint(day_of("1969-12-31"), ==, -1);
	g_assert_cmpint(day_of("2026-11-21"), ==, 20778);
	g_assert_cmpint(day_of("2024-02-29"), ==, 19782);
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_assert_false(cm_day_parse(wrong[i], &day));
		g_assert_cmpint(day, ==, 42);
	}
	g_assert_false(cm_day_parse(NULL, &day));
}

static void
test_day_round_trip(void)
{
	CmDay last = day_of("2199-12-31");
	gchar text[CM_DAY_TEXT_SIZE];

	for (CmDay day = day_of("1900-01-01"); day <= last; day++)
		g_assert_cmpint(day_of(cm_day_format(day, text)), ==, day);
}

static void
test_day_weekday(void)
{
	g_assert_cmpint(cm_day_get_weekday(day_of("1970-01-01")), ==, 3);
	g_assert_cmpint(cm_day_get_weekday(day_of("2026-11-21")), ==, 5);
	g_assert_cmpint(cm_day_get_weekday(day_of("1900-01-01")), ==, 0);
}

static void
test_day_age(void)
{
	CmDay leap = day_of("2012-02-29");

	g_assert_cmpint(cm_day_get_age(leap, day_of("2026-02-28")), ==, 13);
	g_assert_cmpint(cm_day_get_age(leap, day_of("2026-03-01")), ==, 14);
	g_assert_cmpint(cm_day_get_age(leap, day_of("2028-02-29")), ==, 16);
	g_assert_cmpint(cm_day_get_age(day_of("2016-09-30"), day_of("2026-09-30")), ==, 10);
	g_assert_cmpint(cm_day_get_age(day_of("2016-09-30"), day_of("2026-09-29")), ==, 9);
}

static void
test_minute(void)
{
	static const gchar *const wrong[] = {"",       "24:00", "08:60", "8:00", "08:0",
					     "08:000", "08.00", "-1:00", " 8:00"};
	gchar text[CM_MINUTE_TEXT_SIZE];
	CmMinute minute = 7;

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
		g_assert_false(cm_minute_parse(wrong[i], &minute));
	g_assert_cmpint(minute, ==, 7);
	for (CmMinute i = 0; i < CM_MINUTES_PER_DAY; i++) {
		g_assert_true(cm_minute_parse(cm_minute_format(i, text), &minute));
		g_assert_cmpint(minute, ==, i);
	}
}

/* what the system's own tables say of an instant */
static void
assert_utc(const gchar *zone_name, const gchar *day, const gchar *time, const gchar *expected)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
	g_autoptr(GDateTime) instant = NULL;
	g_autofree gchar *text = NULL;
	CmMinute minute = 0;

	g_assert_nonnull(zone);
	g_assert_true(cm_minute_parse(time, &minute));
	instant = g_date_time_new_from_unix_utc(cm_time_to_utc(day_of(day), minute, zone));
	text = g_date_time_format(instant, "%FT%H:%M");
	g_assert_cmpstr(text, ==, expected);
}

static void
test_time_to_utc(void)
{
	assert_utc("America/Toronto", "2026-01-15", "09:00", "2026-01-15T14:00");
	assert_utc("America/Toronto", "2026-07-15", "09:00", "2026-07-15T13:00");
	/* the spring gap of March 8, 2026: 02:30 does not occur and takes the offset before it */
	assert_utc("America/Toronto", "2026-03-08", "01:59", "2026-03-08T06:59");
	assert_utc("America/Toronto", "2026-03-08", "02:30", "2026-03-08T07:30");
	assert_utc("America/Toronto", "2026-03-08", "03:00", "2026-03-08T07:00");
	assert_utc("America/Toronto", "2027-03-14", "02:30", "2027-03-14T07:30");
	/* November 1, 2026: 01:30 occurs twice and is the first */
	assert_utc("America/Toronto", "2026-11-01", "00:59", "2026-11-01T04:59");
	assert_utc("America/Toronto", "2026-11-01", "01:30", "2026-11-01T05:30");
	assert_utc("America/Toronto", "2026-11-01", "02:00", "2026-11-01T07:00");
	/* Lower North Shore: Atlantic standard time all year */
	assert_utc("America/Blanc-Sablon", "2026-01-15", "09:00", "2026-01-15T13:00");
	assert_utc("America/Blanc-Sablon", "2026-07-15", "09:00", "2026-07-15T13:00");
}

/* RFC 5545 section 3.3.5 word for word, minute by minute: the first instant that has this local time; for one that none has, the
 * offset that holds before */
static void
assert_days_follow_the_rfc(const gchar *zone_name, const gchar *from, guint days)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
	g_autoptr(GHashTable) firsts =
	    g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	CmDay first = day_of(from);
	gint64 offset = 0;

	g_assert_nonnull(zone);
	for (gint64 utc = ((gint64)first - 1) * 86400; utc < ((gint64)first + days + 1) * 86400;
	     utc += 60) {
		gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, utc);
		gint64 local = utc + g_time_zone_get_offset(zone, interval);

		if (!g_hash_table_contains(firsts, &local))
			g_hash_table_insert(firsts, g_memdup2(&local, sizeof local),
					    g_memdup2(&utc, sizeof utc));
	}
	for (gint64 minute = 0; minute < (gint64)days * CM_MINUTES_PER_DAY; minute++) {
		CmDay day = first + (CmDay)(minute / CM_MINUTES_PER_DAY);
		gint64 local = (gint64)first * 86400 + minute * 60;
		const gint64 *found = g_hash_table_lookup(firsts, &local);
		gint64 utc = cm_time_to_utc(day, (CmMinute)(minute % CM_MINUTES_PER_DAY), zone);

		g_assert_cmpint(utc, ==, found != NULL ? *found : local - offset);
		if (found != NULL)
			offset = local - *found;
	}
}

static void
test_time_to_utc_by_the_minute(void)
{
	assert_days_follow_the_rfc("America/Toronto", "2027-03-12", 4);
	assert_days_follow_the_rfc("America/Toronto", "2026-10-30", 4);
	assert_days_follow_the_rfc("America/St_Johns", "2027-03-12", 4);
	assert_days_follow_the_rfc("America/St_Johns", "2026-10-30", 4);
	assert_days_follow_the_rfc("Europe/Paris", "2027-03-26", 4);
	assert_days_follow_the_rfc("Europe/Paris", "2026-10-23", 4);
	assert_days_follow_the_rfc("America/Blanc-Sablon", "2027-03-12", 4);
	/* by half an hour, and south of the equator */
	assert_days_follow_the_rfc("Australia/Lord_Howe", "2027-04-02", 4);
	assert_days_follow_the_rfc("Australia/Lord_Howe", "2026-10-02", 4);
	/* at midnight: the day begins at 01:00 */
	assert_days_follow_the_rfc("America/Havana", "2027-03-12", 4);
	assert_days_follow_the_rfc("America/Havana", "2026-10-30", 4);
}

/* a name leads to no file but the system's own */
static void
test_find_zone(void)
{
	static const gchar *const none[] = {
	    "",        "/etc/hostname",    "../../../tmp/zone", "America/../../x",
	    "Nowhere", "America/Toronto\n"};
	g_autoptr(GTimeZone) found = cm_time_find_zone("America/Toronto");

	g_assert_nonnull(found);
	for (guint i = 0; i < G_N_ELEMENTS(none); i++)
		g_assert_null(cm_time_find_zone(none[i]));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cm-time/day/parse", test_day_parse);
	g_test_add_func("/cm-time/day/round-trip", test_day_round_trip);
	g_test_add_func("/cm-time/day/weekday", test_day_weekday);
	g_test_add_func("/cm-time/day/age", test_day_age);
	g_test_add_func("/cm-time/minute", test_minute);
	g_test_add_func("/cm-time/to-utc", test_time_to_utc);
	g_test_add_func("/cm-time/to-utc-by-the-minute", test_time_to_utc_by_the_minute);
	g_test_add_func("/cm-time/find-zone", test_find_zone);
	return g_test_run();
}
