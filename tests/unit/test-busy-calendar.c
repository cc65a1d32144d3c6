// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/busy-calendar.h"

#include "include/cm-error.h"

#include <string.h>

#define HEAD "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n"
#define TAIL "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260101T000000Z\r\n" lines "END:VEVENT\r\n"
#define TORONTO "DTSTART;TZID=America/Toronto:"

static CmBusyCalendar *
read_text(const gchar *text, GError **error)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("America/Toronto");
	g_autoptr(GDateTime) from = g_date_time_new_utc(2026, 9, 1, 0, 0, 0);
	g_autoptr(GDateTime) to = g_date_time_new_utc(2027, 9, 1, 0, 0, 0);

	return cm_busy_calendar_read(text, strlen(text), zone, g_date_time_to_unix(from),
				     g_date_time_to_unix(to), error);
}

/* "2026-10-05T13:00/2026-10-05T14:00 …", UTC */
static gchar *
describe(const CmBusyCalendar *calendar)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < calendar->times->len; i++) {
		const CmBusyTime *time = &g_array_index(calendar->times, CmBusyTime, i);
		g_autoptr(GDateTime) start = g_date_time_new_from_unix_utc(time->start);
		g_autoptr(GDateTime) end = g_date_time_new_from_unix_utc(time->end);
		g_autofree gchar *first = g_date_time_format(start, "%Y-%m-%dT%H:%M");
		g_autofree gchar *last = g_date_time_format(end, "%Y-%m-%dT%H:%M");

		g_string_append_printf(text, "%s%s/%s", text->len > 0 ? " " : "", first, last);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

typedef struct {
	const gchar *name;
	const gchar *body;
	const gchar *wanted;
	guint not_understood;
} Case;

static const Case cases[] = {
    {"utc", EVENT("DTSTART:20261005T130000Z\r\nDTEND:20261005T140000Z\r\n"),
     "2026-10-05T13:00/2026-10-05T14:00", 0},
    {"zone", EVENT(TORONTO "20261005T090000\r\nDTEND;TZID=America/Toronto:20261005T100000\r\n"),
     "2026-10-05T13:00/2026-10-05T14:00", 0},
    {"prefixed zone",
     EVENT("DTSTART;TZID=/freeassociation.sourceforge.net/America/Toronto:20261005T090000\r\n"
	   "DURATION:PT1H\r\n"),
     "2026-10-05T13:00/2026-10-05T14:00", 0},
    {"windows zone",
     EVENT("DTSTART;TZID=\"Eastern Standard Time\":20261005T090000\r\nDURATION:PT1H\r\n"),
     "2026-10-05T13:00/2026-10-05T14:00", 0},
    {"floating", EVENT("DTSTART:20261005T090000\r\nDURATION:PT30M\r\n"),
     "2026-10-05T13:00/2026-10-05T13:30", 0},
    {"zone of the calendar",
     "X-WR-TIMEZONE:America/Vancouver\r\n" EVENT("DTSTART:20261005T090000\r\nDURATION:PT30M\r\n"),
     "2026-10-05T16:00/2026-10-05T16:30", 0},
    {"whole day", EVENT("DTSTART;VALUE=DATE:20261005\r\nDTEND;VALUE=DATE:20261007\r\n"),
     "2026-10-05T04:00/2026-10-07T04:00", 0},
    {"whole day without an end", EVENT("DTSTART;VALUE=DATE:20261005\r\n"),
     "2026-10-05T04:00/2026-10-06T04:00", 0},
    /* 25 hours */
    {"whole day of November", EVENT("DTSTART;VALUE=DATE:20261101\r\n"),
     "2026-11-01T04:00/2026-11-02T05:00", 0},
    {"transparent", EVENT("DTSTART:20261005T130000Z\r\nDURATION:PT1H\r\nTRANSP:TRANSPARENT\r\n"),
     "", 0},
    {"free at Outlook",
     EVENT("DTSTART:20261005T130000Z\r\nDURATION:PT1H\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"), "",
     0},
    {"tentative",
     EVENT("DTSTART:20261005T130000Z\r\nDURATION:PT1H\r\nSTATUS:TENTATIVE\r\n"
	   "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\r\n"),
     "2026-10-05T13:00/2026-10-05T14:00", 0},
    {"cancelled", EVENT("DTSTART:20261005T130000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED\r\n"), "",
     0},
    {"no length", EVENT("DTSTART:20261005T130000Z\r\n"), "", 0},
    /* the same hour before and after the clocks change */
    {"weekly over November",
     EVENT(TORONTO "20261026T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n"),
     "2026-10-26T13:00/2026-10-26T14:00 2026-11-02T14:00/2026-11-02T15:00 "
     "2026-11-09T14:00/2026-11-09T15:00",
     0},
    {"until in UTC",
     EVENT(TORONTO "20261005T090000\r\nDURATION:PT1H\r\n"
		   "RRULE:FREQ=DAILY;UNTIL=20261006T130000Z\r\n"),
     "2026-10-05T13:00/2026-10-05T14:00 2026-10-06T13:00/2026-10-06T14:00", 0},
    {"until a day", EVENT("DTSTART;VALUE=DATE:20261005\r\nRRULE:FREQ=WEEKLY;UNTIL=20261012\r\n"),
     "2026-10-05T04:00/2026-10-06T04:00 2026-10-12T04:00/2026-10-13T04:00", 0},
    {"exception",
     EVENT(TORONTO "20261005T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n"
		   "EXDATE;TZID=America/Toronto:20261005T090000,20261019T090000\r\n"),
     "2026-10-12T13:00/2026-10-12T14:00", 0},
    {"exception in UTC",
     EVENT(TORONTO "20261005T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n"
		   "EXDATE:20261012T130000Z\r\n"),
     "2026-10-05T13:00/2026-10-05T14:00", 0},
    {"one moved",
     EVENT(TORONTO "20261005T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n")
	 EVENT("RECURRENCE-ID;TZID=America/Toronto:20261012T090000\r\n"
	       "DTSTART;TZID=America/Toronto:20261013T150000\r\nDURATION:PT1H\r\n"),
     "2026-10-05T13:00/2026-10-05T14:00 2026-10-13T19:00/2026-10-13T20:00", 0},
    {"one cancelled",
     EVENT(TORONTO "20261005T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n")
	 EVENT("RECURRENCE-ID;TZID=America/Toronto:20261012T090000\r\nSTATUS:CANCELLED\r\n"
	       "DTSTART;TZID=America/Toronto:20261012T090000\r\nDURATION:PT1H\r\n"),
     "2026-10-05T13:00/2026-10-05T14:00", 0},
    {"begun long ago", EVENT(TORONTO "19991004T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY\r\n"),
     "2026-10-04T13:00/2026-10-04T14:00", 0},
    {"touching",
     EVENT("DTSTART:20261005T130000Z\r\nDURATION:PT1H\r\n")
	 EVENT("DTSTART:20261005T140000Z\r\nDURATION:PT1H\r\n"),
     "2026-10-05T13:00/2026-10-05T15:00", 0},
    {"published free and busy",
     "BEGIN:VFREEBUSY\r\nUID:b\r\nDTSTAMP:20260101T000000Z\r\n"
     "FREEBUSY;FBTYPE=BUSY:20261005T130000Z/PT1H,20261006T130000Z/20261006T150000Z\r\n"
     "FREEBUSY;FBTYPE=FREE:20261007T130000Z/PT1H\r\nEND:VFREEBUSY\r\n",
     "2026-10-05T13:00/2026-10-05T14:00 2026-10-06T13:00/2026-10-06T15:00", 0},
    /* never executed: a zone of the file's own, which would hang */
    {"hostile zone",
     "BEGIN:VTIMEZONE\r\nTZID:America/Toronto\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\n"
     "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+1000\r\n"
     "END:STANDARD\r\nEND:VTIMEZONE\r\n" EVENT(TORONTO "20261005T090000\r\nDURATION:PT1H\r\n"),
     "2026-10-05T13:00/2026-10-05T14:00", 0},
    {"unknown zone", EVENT("DTSTART;TZID=Custom 7:20261005T090000\r\nDURATION:PT1H\r\n"), "", 1},
    {"rule without an end to find",
     EVENT("DTSTART:20261005T130000Z\r\nDURATION:PT1H\r\n"
	   "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n"),
     "", 1},
    {"more dates", EVENT("DTSTART:20261005T130000Z\r\nDURATION:PT1H\r\nRDATE:20261006T130000Z\r\n"),
     "", 1},
    {"no start", EVENT("SUMMARY:secret\r\n"), "", 1},
    {"unreadable start", EVENT("DTSTART:tomorrow\r\nDURATION:PT1H\r\n"), "", 1},
    {"huge", EVENT("DTSTART:20261005T130000Z\r\nDURATION:P4000000000D\r\n"), "", 1},
    {"ends before it begins", EVENT("DTSTART:20261005T130000Z\r\nDTEND:20261005T120000Z\r\n"), "",
     1},
};

static void
test_case(gconstpointer data)
{
	const Case *one = data;
	g_autofree gchar *text = g_strconcat(HEAD, one->body, TAIL, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(CmBusyCalendar) calendar = read_text(text, &error);
	g_autofree gchar *found = NULL;

	g_assert_no_error(error);
	found = describe(calendar);
	g_assert_cmpstr(found, ==, one->wanted);
	g_assert_cmpuint(calendar->not_understood, ==, one->not_understood);
	if (one->not_understood > 0)
		g_assert_cmpuint(calendar->first_line, ==, 4);
}

static void
test_refused(void)
{
	g_autoptr(GString) many = g_string_new(HEAD);
	static const gchar *const texts[] = {
	    "", "<html>", "BEGIN:VEVENT\r\nDTSTART:20261005T130000Z\r\nEND:VEVENT\r\n"};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(read_text(texts[i], &error));
		g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	}
	/* more busy times than a person has */
	for (guint i = 0; i < 40; i++)
		g_string_append_printf(many,
				       EVENT("DTSTART:20260901T%02u%02u00Z\r\nDURATION:PT1M\r\n"
					     "RRULE:FREQ=DAILY\r\n"),
				       i / 2, 30 * (i % 2));
	g_string_append(many, TAIL);
	{
		g_autoptr(GError) error = NULL;

		g_assert_null(read_text(many->str, &error));
		g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree gchar *path = g_strdup_printf("/busy-calendar/%s", cases[i].name);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/busy-calendar/refused", test_refused);
	return g_test_run();
}
