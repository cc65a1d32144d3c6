// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/school-calendar.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "tests/unit/document-fixture.h"

#include <string.h>
#include <unistd.h>

static CmDay
day_of(const gchar *text)
{
	CmDay day = CM_DAY_NONE;

	g_assert_true(cm_day_parse(text, &day));
	return day;
}

static CmSchoolCalendar *
read_text(const gchar *text, gsize length, const CmSchoolCalendarOptions *options, GError **error)
{
	int fd = cm_document_fixture_open(text, length);
	CmSchoolCalendar *calendar = cm_school_calendar_read_fd(fd, options, NULL, error);

	close(fd);
	return calendar;
}

static CmSchoolCalendar *
read_fixture(const gchar *name, const CmSchoolCalendarOptions *options)
{
	g_autofree gchar *path = g_build_filename("ics", name, NULL);
	g_autofree gchar *bytes = NULL;
	g_autoptr(GError) error = NULL;
	CmSchoolCalendar *calendar = NULL;
	gsize length = 0;

	bytes = cm_document_fixture_load(path, &length);
	calendar = read_text(bytes, length, options, &error);
	g_assert_no_error(error);
	return calendar;
}

/* "C3", "P", "x", or "" for a date that is not listed */
static void
assert_day(const CmSchoolCalendar *calendar, const gchar *date, const gchar *expected)
{
	CmDay day = day_of(date);
	g_autofree gchar *found = g_strdup("");

	for (guint i = 0; i < calendar->days->len; i++) {
		const CmCalendarDay *listed = CM_ELEMENT(calendar->days, CmCalendarDay, i);

		if (listed->date != day)
			continue;
		g_free(found);
		if (listed->kind == CM_DAY_KIND_CLASS)
			found = g_strdup_printf("C%d", listed->cycle_day);
		else
			found = g_strdup(listed->kind == CM_DAY_KIND_PEDAGOGICAL ? "P" : "x");
	}
	g_test_message("%s", date);
	g_assert_cmpstr(found, ==, expected);
}

static const CmSchoolCalendarLine *
find_line(const CmSchoolCalendar *calendar, guint line)
{
	for (guint i = 0; i < calendar->lines->len; i++) {
		const CmSchoolCalendarLine *found =
		    CM_ELEMENT(calendar->lines, CmSchoolCalendarLine, i);

		if (found->line == line)
			return found;
	}
	g_assert_not_reached();
}

static guint
count_verdict(const CmSchoolCalendar *calendar, CmSchoolVerdict verdict)
{
	guint count = 0;

	for (guint i = 0; i < calendar->lines->len; i++) {
		if (CM_ELEMENT(calendar->lines, CmSchoolCalendarLine, i)->verdict == verdict)
			count++;
	}
	return count;
}

static guint
count_with(const CmSchoolCalendar *calendar, const gchar *fragment)
{
	guint count = 0;

	for (guint i = 0; i < calendar->lines->len; i++) {
		const CmSchoolCalendarLine *line =
		    CM_ELEMENT(calendar->lines, CmSchoolCalendarLine, i);

		if (strstr(line->message, fragment) != NULL)
			count++;
	}
	return count;
}

static void
assert_days_rise(const CmSchoolCalendar *calendar)
{
	for (guint i = 1; i < calendar->days->len; i++)
		g_assert_cmpint(CM_ELEMENT(calendar->days, CmCalendarDay, i - 1)->date, <,
				CM_ELEMENT(calendar->days, CmCalendarDay, i)->date);
}

static void
test_day_by_day(void)
{
	CmSchoolCalendarOptions options = {.from = day_of("2026-08-17"),
					   .to = day_of("2027-01-15")};
	g_autoptr(CmSchoolCalendar) calendar = read_fixture("primaire-jour-par-jour.ics", &options);

	g_assert_cmpint(calendar->cycle_length, ==, 10);
	assert_days_rise(calendar);
	assert_day(calendar, "2026-08-28", ""); /* before the first named day */
	assert_day(calendar, "2026-08-31", "C1");
	assert_day(calendar, "2026-09-04", "C5");
	assert_day(calendar, "2026-09-05", "");
	assert_day(calendar, "2026-09-07", "x");
	assert_day(calendar, "2026-09-08", "C6");
	assert_day(calendar, "2026-09-18", "P");
	assert_day(calendar, "2026-12-22", "C7");
	assert_day(calendar, "2026-12-25", "x");
	assert_day(calendar, "2027-01-04", "x"); /* DTEND is excluded */
	assert_day(calendar, "2027-01-05", "");  /* after the last named day */
	g_assert_cmpuint(count_with(calendar, "the file is kept"), ==, 0);
	/* the meeting with parents, in folded lines */
	g_assert_cmpuint(count_verdict(calendar, CM_SCHOOL_VERDICT_NOT_UNDERSTOOD), ==, 1);
}

static void
test_consume(void)
{
	CmSchoolCalendarOptions options = {
	    .from = CM_DAY_NONE, .to = CM_DAY_NONE, .closure = CM_SCHOOL_CLOSURE_CONSUME};
	g_autoptr(CmSchoolCalendar) calendar = read_fixture("secondary-consume.ics", &options);
	g_autoptr(CmSchoolCalendar) slide = NULL;

	g_assert_cmpint(calendar->cycle_length, ==, 9);
	assert_day(calendar, "2026-09-04", "C5");
	assert_day(calendar, "2026-09-07", "x");
	assert_day(calendar, "2026-09-08", "C7");
	assert_day(calendar, "2026-09-25", "P");
	assert_day(calendar, "2026-09-28", "C3");
	g_assert_cmpuint(count_with(calendar, "the file is kept"), ==, 0);
	/* by the other rule it contradicts itself three times, and still is as the file says */
	options.closure = CM_SCHOOL_CLOSURE_SLIDE;
	slide = read_fixture("secondary-consume.ics", &options);
	assert_day(slide, "2026-09-08", "C7");
	g_assert_cmpuint(count_with(slide, "the file is kept"), ==, 3);
}

static void
test_closures_only(void)
{
	CmSchoolCalendarOptions options = {.from = day_of("2026-08-24"),
					   .to = day_of("2027-03-12")};
	g_autoptr(CmSchoolCalendar) slide = read_fixture("fermetures-seulement.ics", &options);
	g_autoptr(CmSchoolCalendar) consume = NULL;

	g_assert_cmpint(slide->cycle_length, ==, 10);
	assert_day(slide, "2026-08-28", ""); /* school begins with "Jour 1" */
	assert_day(slide, "2026-08-31", "C1");
	assert_day(slide, "2026-09-07", "x");
	assert_day(slide, "2026-09-08", "C6");
	assert_day(slide, "2026-11-13", "P"); /* by its category */
	assert_day(slide, "2027-03-05", "x");
	assert_day(slide, "2027-03-08", "C7"); /* after 116 class days */
	options.closure = CM_SCHOOL_CLOSURE_CONSUME;
	consume = read_fixture("fermetures-seulement.ics", &options);
	assert_day(consume, "2026-09-08", "C7");
	/* 135 weekdays after the first */
	assert_day(consume, "2027-03-08", "C6");
	options.cycle_length = 9;
	options.closure = CM_SCHOOL_CLOSURE_SLIDE;
	g_clear_pointer(&slide, cm_school_calendar_free);
	slide = read_fixture("fermetures-seulement.ics", &options);
	assert_day(slide, "2026-09-14", "C1");
}

static void
test_all_sorts(void)
{
	CmSchoolCalendarOptions options = {
	    .from = day_of("2026-08-24"), .to = day_of("2026-11-30"), .cycle_length = 10};
	g_autoptr(CmSchoolCalendar) calendar = read_fixture("toutes-sortes-windows.ics", &options);

	assert_day(calendar, "2026-09-01", "C1");
	assert_day(calendar, "2026-09-02", "C2");
	assert_day(calendar, "2026-09-03", "C3"); /* "Jour 11" of 10 is not taken */
	assert_day(calendar, "2026-09-04", "C4"); /* "Retour du congé" closes nothing */
	assert_day(calendar, "2026-09-08", "C6"); /* cancelled */
	assert_day(calendar, "2026-09-09", "C7"); /* an evening */
	assert_day(calendar, "2026-09-11", "P");
	assert_day(calendar, "2026-09-25", "C10"); /* EXDATE */
	assert_day(calendar, "2026-10-08", "P");   /* moved from the 9th */
	assert_day(calendar, "2026-10-09", "C8");
	assert_day(calendar, "2026-09-16", "P");
	assert_day(calendar, "2026-09-17", "C5");
	assert_day(calendar, "2026-09-21", "x");
	assert_day(calendar, "2026-09-28", "x"); /* from midnight to midnight */
	g_assert_cmpint(find_line(calendar, 26)->verdict, ==, CM_SCHOOL_VERDICT_NOT_UNDERSTOOD);
	g_assert_nonnull(strstr(find_line(calendar, 26)->message, "beyond the cycle's length, 10"));
	g_assert_cmpint(find_line(calendar, 38)->verdict, ==, CM_SCHOOL_VERDICT_IGNORED);
	g_assert_cmpint(find_line(calendar, 45)->verdict, ==, CM_SCHOOL_VERDICT_IGNORED);
	g_assert_cmpint(find_line(calendar, 67)->verdict, ==, CM_SCHOOL_VERDICT_NOT_UNDERSTOOD);
	g_assert_cmpint(find_line(calendar, 74)->first, ==, CM_DAY_NONE);
	g_assert_cmpint(find_line(calendar, 92)->verdict, ==, CM_SCHOOL_VERDICT_NOT_UNDERSTOOD);
	g_assert_nonnull(strstr(find_line(calendar, 98)->message, "there is no class"));
	g_assert_cmpint(find_line(calendar, 110)->verdict, ==, CM_SCHOOL_VERDICT_IGNORED);
}

/* a weekday that the file leaves out, and that its cycle does not count */
static void
test_unnamed_day(void)
{
	static const gchar *const dates[] = {"20260831", "20260901", "20260902",
					     "20260904", "20260907", "20260908"};
	CmSchoolCalendarOptions options = {.from = CM_DAY_NONE, .to = CM_DAY_NONE};
	g_autoptr(GString) text = g_string_new("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n");
	g_autoptr(CmSchoolCalendar) calendar = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(dates); i++)
		g_string_append_printf(text,
				       "BEGIN:VEVENT\r\nUID:%u\r\nDTSTART;VALUE=DATE:%s\r\n"
				       "SUMMARY:Jour %u\r\nEND:VEVENT\r\n",
				       i, dates[i], i + 1);
	g_string_append(text, "END:VCALENDAR\r\n");
	calendar = read_text(text->str, text->len, &options, &error);
	g_assert_no_error(error);
	assert_day(calendar, "2026-09-03", "");
	assert_day(calendar, "2026-09-04", "C4");
	g_assert_cmpuint(find_line(calendar, 0)->first, ==, day_of("2026-09-03"));
	g_assert_cmpint(find_line(calendar, 0)->verdict, ==, CM_SCHOOL_VERDICT_NOT_UNDERSTOOD);
}

/* the title is read as it was meant: escapes undone, lines unfolded */
static void
test_escapes(void)
{
	static const gchar text[] =
	    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260907\r\n"
	    "SUMMARY;LANGUAGE=fr:Centre\\, toutes les \xc3\x89\r\n coles\\nferm\xc3\r\n"
	    " \xa9"
	    "es\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
	CmSchoolCalendarOptions options = {.from = CM_DAY_NONE, .to = CM_DAY_NONE};
	g_autoptr(CmSchoolCalendar) calendar = NULL;
	g_autoptr(GError) error = NULL;

	calendar = read_text(text, strlen(text), &options, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(calendar->lines->len, ==, 1);
	g_assert_cmpuint(find_line(calendar, 2)->verdict, ==, CM_SCHOOL_VERDICT_UNDERSTOOD);
	assert_day(calendar, "2026-09-07", "x");
}

static void
check_refused(const gchar *head, const gchar *repeated, guint times, const gchar *fragment)
{
	CmSchoolCalendarOptions options = {.from = day_of("2026-08-24"),
					   .to = day_of("2027-06-23")};
	g_autoptr(GString) text = g_string_new(head);
	g_autoptr(CmSchoolCalendar) calendar = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < times; i++)
		g_string_append(text, repeated);
	calendar = read_text(text->str, text->len, &options, &error);
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, fragment));
}

static void
test_refused(void)
{
	check_refused("", "", 0, "not an iCalendar");
	check_refused("{}", "", 0, "not an iCalendar");
	check_refused("BEGIN:VEVENT\nSUMMARY:Congé\nDTSTART;VALUE=DATE:20260907\nEND:VEVENT\n", "",
		      0, "not an iCalendar");
	check_refused("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "", 0, "Nothing in the calendar");
	check_refused("BEGIN:VCALENDAR\n", "DESCRIPTION:x\n", 80000, "larger than");
	check_refused("BEGIN:VCALENDAR\nX-A:", "aaaaaaaaaaaaaaaa", 1100, "Line 2 is too long");
	check_refused("BEGIN:VCALENDAR\nX-A:", "\n aaaaaaaaaaaaaaa", 1200, "Line 2 is too long");
	check_refused("BEGIN:VCALENDAR\n", "BEGIN:VEVENT\n", 70000, "nested too deep");
	check_refused("BEGIN:VCALENDAR\n", "BEGIN:VEVENT\nEND:VEVENT\n", 6000, "too many events");
}

/* recurrences that a naive reader follows for ever */
static void
test_hostile_rules(void)
{
	static const gchar *const rules[] = {
	    "FREQ=SECONDLY",
	    "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
	    "FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31",
	    "FREQ=MONTHLY;BYDAY=60MO",
	    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
	    "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
	    "FREQ=DAILY;INTERVAL=0",
	    "FREQ=YEARLY;BYMONTH=13",
	    "FREQ=WEEKLY;BYSETPOS=300",
	};
	CmSchoolCalendarOptions options = {.from = day_of("2026-08-24"),
					   .to = day_of("2027-06-23")};
	g_autoptr(GString) text = g_string_new("BEGIN:VCALENDAR\n");
	g_autoptr(CmSchoolCalendar) calendar = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 200; i++)
		g_string_append_printf(text,
				       "BEGIN:VEVENT\nUID:%u\nDTSTART;VALUE=DATE:20260907\n"
				       "SUMMARY:Congé\nRRULE:%s\nEND:VEVENT\n",
				       i, rules[i % G_N_ELEMENTS(rules)]);
	/* one that is fine: every Friday, without end */
	g_string_append(text, "BEGIN:VEVENT\nUID:f\nDTSTART;VALUE=DATE:20260904\nSUMMARY:PD day\n"
			      "RRULE:FREQ=WEEKLY;BYDAY=FR\nEND:VEVENT\nEND:VCALENDAR\n");
	calendar = read_text(text->str, text->len, &options, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(count_verdict(calendar, CM_SCHOOL_VERDICT_UNDERSTOOD), ==, 1);
	g_assert_cmpuint(count_verdict(calendar, CM_SCHOOL_VERDICT_NOT_UNDERSTOOD), ==, 200);
	assert_day(calendar, "2026-09-04", "P");
	assert_day(calendar, "2027-06-18", "P");
	assert_day(calendar, "2026-09-07", "C10"); /* after nine class days */
}

static void
test_cut_and_flipped(void)
{
	CmSchoolCalendarOptions options = {.from = CM_DAY_NONE, .to = CM_DAY_NONE};
	g_autofree gchar *bytes = NULL;
	gsize length = 0;

	bytes = cm_document_fixture_load("ics/toutes-sortes-windows.ics", &length);
	for (gsize i = 0; i < 2 * length; i++) {
		g_autoptr(CmSchoolCalendar) calendar = NULL;
		g_autoptr(GError) error = NULL;
		gsize at = i / 2;
		gboolean cut = i % 2 == 0;

		if (!cut)
			bytes[at] = (gchar)(bytes[at] ^ (1 << (at % 8)));
		calendar = read_text(bytes, cut ? at : length, &options, &error);
		if (!cut)
			bytes[at] = (gchar)(bytes[at] ^ (1 << (at % 8)));
		g_assert_true((calendar == NULL) == (error != NULL));
		if (calendar != NULL)
			assert_days_rise(calendar);
	}
}

static void
test_to_caseload(void)
{
	CmSchoolCalendarOptions options = {.from = CM_DAY_NONE, .to = CM_DAY_NONE};
	g_autoptr(CmSchoolCalendar) calendar = read_fixture("primaire-jour-par-jour.ics", &options);
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();
	gint cycle_day = 0;

	cm_school_calendar_add_to_caseload(calendar, "new", caseload);
	g_assert_cmpuint(caseload->calendars->len, ==, 2);
	CM_ELEMENT(caseload->sites, CmSite, 0)->calendar = 1;
	g_assert_cmpint(cm_caseload_get_day(caseload, 0, day_of("2026-09-08"), &cycle_day), ==,
			CM_DAY_KIND_CLASS);
	g_assert_cmpint(cycle_day, ==, 6);
}

static void
test_names(void)
{
	CmSchoolClosure closure = CM_SCHOOL_CLOSURE_SLIDE;

	g_assert_true(cm_school_closure_from_string("consume", &closure));
	g_assert_cmpint(closure, ==, CM_SCHOOL_CLOSURE_CONSUME);
	g_assert_false(cm_school_closure_from_string("skip", &closure));
	g_assert_cmpstr(cm_school_verdict_to_string(CM_SCHOOL_VERDICT_NOT_UNDERSTOOD), ==,
			"not-understood");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/school-calendar/day-by-day", test_day_by_day);
	g_test_add_func("/school-calendar/consume", test_consume);
	g_test_add_func("/school-calendar/closures-only", test_closures_only);
	g_test_add_func("/school-calendar/all-sorts", test_all_sorts);
	g_test_add_func("/school-calendar/unnamed-day", test_unnamed_day);
	g_test_add_func("/school-calendar/escapes", test_escapes);
	g_test_add_func("/school-calendar/refused", test_refused);
	g_test_add_func("/school-calendar/hostile-rules", test_hostile_rules);
	g_test_add_func("/school-calendar/cut-and-flipped", test_cut_and_flipped);
	g_test_add_func("/school-calendar/to-caseload", test_to_caseload);
	g_test_add_func("/school-calendar/names", test_names);
	return g_test_run();
}
