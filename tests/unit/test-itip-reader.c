// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/itip-reader.h"

#include "daemon/calendar/calendar-address.h"
#include "daemon/calendar/calendar-feed.h"
#include "daemon/calendar/zone-name.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <string.h>
#include <time.h>

#define HORIZON G_GINT64_CONSTANT(1830297600) /* 2028-01-01 */
/* CPU seconds within which anything is read or refused, sanitizers and slow machines included */
#define BOUND 5.0

static const gchar head[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
			    "UID:u@comodal\r\nDTSTAMP:20260314T000000Z\r\n";
static const gchar tail[] = "END:VEVENT\r\nEND:VCALENDAR\r\n";

static CmItip *
read_text(const gchar *text, GError **error)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("America/Toronto");
	gint64 begun = g_get_monotonic_time();
	CmItip *itip = cm_itip_reader_read(text, strlen(text), NULL, zone, HORIZON, error);

	/* never a matter of minutes, whatever it is */
	g_assert_cmpfloat((gdouble)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC, <,
			  12 * BOUND);
	return itip;
}

/* the event of a reply that has these lines */
static CmItip *
read_lines(const gchar *lines)
{
	g_autofree gchar *text = g_strconcat(head, lines, tail, NULL);
	g_autoptr(GError) error = NULL;
	CmItip *itip = read_text(text, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(itip->events->len, ==, 1);
	return itip;
}

static const CmItipEvent *
get_event(const CmItip *itip)
{
	return g_ptr_array_index(itip->events, 0);
}

static void
assert_refused(const gchar *text, CmErrorCode code, const gchar *reason)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmItip) itip = read_text(text, &error);
	g_autofree gchar *english = NULL;

	g_assert_null(itip);
	g_assert_error(error, CM_ERROR, (gint)code);
	english = cm_error_to_english(error);
	g_assert_cmpstr(english, ==, reason);
}

static void
assert_problem(const gchar *lines, const gchar *problem)
{
	g_autoptr(CmItip) itip = read_lines(lines);
	const CmItipEvent *event = get_event(itip);
	g_autofree gchar *english =
	    event->problem != NULL ? cm_message_to_english(event->problem) : NULL;

	g_assert_cmpstr(english, ==, problem);
}

/* what was written is read again */
static void
test_round_trip(void)
{
	CmInvitation invitation = {.uid = "7c7b@comodal",
				   .sequence = 3,
				   .stamp = 1773446400,
				   .start = 1773752400,
				   .end = 1773756000,
				   .summary = "Rencontre, « École »; la nôtre",
				   .organizer_name = "Anne O'Neil, ing.",
				   .organizer_address = "suivis+abc@css.example",
				   .attendee_name = "Zoé: Tremblay",
				   .attendee_address = "o'neil+50%a&b@mail.example",
				   .partstat = "DECLINED",
				   .comment = "Non;\nmerci, à bientôt"};
	const CmInvitation *events = &invitation;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = cm_invitation_write(CM_ITIP_REPLY, &events, 1, "fr_CA", &error);
	g_autoptr(CmItip) itip = read_text(text, &error);
	const CmItipEvent *event = NULL;
	const CmItipPerson *attendee = NULL;

	g_assert_no_error(error);
	event = get_event(itip);
	attendee = g_ptr_array_index(event->attendees, 0);
	g_assert_cmpint(itip->method, ==, CM_ITIP_REPLY);
	g_assert_cmpstr(event->uid, ==, invitation.uid);
	g_assert_cmpuint(event->sequence, ==, 3);
	g_assert_cmpint(event->stamp, ==, invitation.stamp);
	g_assert_cmpint(event->start, ==, invitation.start);
	g_assert_cmpint(event->end, ==, invitation.end);
	g_assert_cmpint(event->recurrence_id, ==, CM_ITIP_NONE);
	g_assert_cmpstr(event->summary, ==, invitation.summary);
	g_assert_cmpstr(event->comment, ==, invitation.comment);
	g_assert_cmpstr(event->organizer->address, ==, invitation.organizer_address);
	g_assert_cmpstr(event->organizer->cn, ==, invitation.organizer_name);
	g_assert_cmpuint(event->attendees->len, ==, 1);
	g_assert_cmpstr(attendee->address, ==, invitation.attendee_address);
	g_assert_cmpstr(attendee->cn, ==, invitation.attendee_name);
	g_assert_cmpstr(attendee->partstat, ==, "DECLINED");
	g_assert_null(event->problem);
}

static void
assert_start(const gchar *property, gint64 expected, const gchar *zone)
{
	g_autofree gchar *lines = g_strconcat(property, "\r\n", NULL);
	g_autoptr(CmItip) itip = read_lines(lines);

	g_assert_cmpint(get_event(itip)->start, ==, expected);
	g_assert_cmpstr(get_event(itip)->zone, ==, zone);
	g_assert_null(get_event(itip)->problem);
}

static void
test_zones(void)
{
	const gint64 nine = G_GINT64_CONSTANT(1773752400); /* 2026-03-17 09:00 in Toronto */

	assert_start("DTSTART:20260317T130000Z", nine, NULL);
	assert_start("DTSTART:20260317T090000", nine, "America/Toronto");
	assert_start("DTSTART;TZID=America/Toronto:20260317T090000", nine, "America/Toronto");
	assert_start("DTSTART;TZID=\"America/Toronto\":20260317T090000", nine, "America/Toronto");
	assert_start("DTSTART;TZID=Eastern Standard Time:20260317T090000", nine, "America/Toronto");
	assert_start("DTSTART;TZID=\"(UTC-05:00) Eastern Time (US & Canada)\":20260317T090000",
		     nine, "America/Toronto");
	assert_start(
	    "DTSTART;TZID=/freeassociation.sourceforge.net/America/Toronto:20260317T090000", nine,
	    "America/Toronto");
	assert_start("DTSTART;TZID=/mozilla.org/20050126_1/America/Montreal:20260317T090000", nine,
		     "America/Montreal");
	assert_start("DTSTART;TZID=Eastern Standard Time:20260317T090000 \t", nine,
		     "America/Toronto");
	assert_start("DTSTART;TZID=America-Toronto:20260317T090000", nine, "America/Toronto");
	assert_start("DTSTART;TZID=Romance Standard Time:20260317T140000", nine, "Europe/Paris");
	assert_start("DTSTART;TZID=tzone://Microsoft/Utc:20260317T130000", nine, "UTC");
	/* no summer time */
	assert_start("DTSTART;TZID=America/Blanc-Sablon:20260317T090000", nine,
		     "America/Blanc-Sablon");
	assert_start("DTSTART;TZID=America/Blanc-Sablon:20260117T090000",
		     G_GINT64_CONSTANT(1768654800), "America/Blanc-Sablon");
}

static void
test_unknown_zones(void)
{
	assert_problem("DTSTART;TZID=Customized Time Zone:20260317T090000\r\n",
		       "Line 4: the event is in a time zone that is not known here: “Customized "
		       "Time Zone”");
	assert_problem("DTSTART;TZID=../../../etc/passwd:20260317T090000\r\n",
		       "Line 4: the event is in a time zone that is not known here: "
		       "“../../../etc/passwd”");
	assert_problem("DTSTART;TZID=America:20260317T090000\r\n",
		       "Line 4: the event is in a time zone that is not known here: “America”");
	assert_problem("DTSTART;TZID=right/America/Toronto:20260317T090000\r\n", NULL);
}

/* every name of the table is one that the system has */
static void
test_windows_zones(void)
{
	static const gchar *const names[] = {
	    "Newfoundland Standard Time", "Atlantic Standard Time",   "FLE Standard Time",
	    "W. Europe Standard Time",    "Yukon Standard Time",      "UTC-11",
	    "Pacific Standard Time",      "South Sudan Standard Time"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GTimeZone) zone = cm_zone_name_find(names[i]);

		g_assert_nonnull(zone);
	}
	g_assert_null(cm_zone_name_find("Nowhere Standard Time"));
	g_assert_null(cm_zone_name_find(""));
	g_assert_null(cm_zone_name_find("EST5EDT4,M3.2.0,M11.1.0"));
	g_assert_null(cm_zone_name_find("+05:00"));
}

/* RFC 5545 section 3.3.5: an hour that does not exist takes the offset before, one that comes twice is the first */
static void
test_gap_and_overlap(void)
{
	assert_start("DTSTART;TZID=America/Toronto:20270314T023000", G_GINT64_CONSTANT(1805009400),
		     "America/Toronto"); /* 07:30Z */
	assert_start("DTSTART;TZID=America/Toronto:20261101T013000", G_GINT64_CONSTANT(1793511000),
		     "America/Toronto"); /* 05:30Z */
}

static void
assert_address(const gchar *property, const gchar *expected)
{
	g_autofree gchar *lines = g_strconcat(property, "\r\n", NULL);
	g_autoptr(CmItip) itip = read_lines(lines);
	const CmItipPerson *person = g_ptr_array_index(get_event(itip)->attendees, 0);

	g_assert_cmpstr(person->address, ==, expected);
}

static void
test_addresses(void)
{
	assert_address("ATTENDEE:mailto:Zoe@Mail.Example", "zoe@mail.example");
	assert_address("ATTENDEE:MAILTO:zoe@mail.example", "zoe@mail.example");
	assert_address("ATTENDEE:Mailto: zoe@mail.example ", "zoe@mail.example");
	assert_address("ATTENDEE:mailto:<zoe@mail.example>", "zoe@mail.example");
	assert_address("ATTENDEE:mailto:%3Czoe%40mail.example%3E", "zoe@mail.example");
	assert_address("ATTENDEE:mailto:zoe@mail.example?subject=x", "zoe@mail.example");
	assert_address("ATTENDEE:zoe@mail.example", "zoe@mail.example");
	assert_address("ATTENDEE:mailto:zoe%2Bx@mail.example", "zoe+x@mail.example");
	assert_address("ATTENDEE;EMAIL=zoe@mail.example:urn:uuid:2B8C0A5C", "zoe@mail.example");
	assert_address("ATTENDEE:/aPrincipal/1/", NULL);
	assert_address("ATTENDEE:invalid:nomail", NULL);
	assert_address("ATTENDEE:mailto:a%0D%0AX@mail.example", NULL);
	assert_address("ATTENDEE:mailto:a@b@c", NULL);
}

static void
test_answers(void)
{
	static const gchar *const answers[][2] = {
	    {"ACCEPTED", "ACCEPTED"},    {"declined", "DECLINED"},
	    {"TENTATIVE", "TENTATIVE"},  {"DELEGATED", "DELEGATED"},
	    {"X-MAYBE", "NEEDS-ACTION"}, {"NEEDS-ACTION", "NEEDS-ACTION"}};

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autofree gchar *lines =
		    g_strdup_printf("ATTENDEE;PARTSTAT=%s:mailto:a@b.example\r\n", answers[i][0]);
		g_autoptr(CmItip) itip = read_lines(lines);
		const CmItipPerson *person = g_ptr_array_index(get_event(itip)->attendees, 0);

		g_assert_cmpstr(person->partstat, ==, answers[i][1]);
	}
}

static void
test_remarks(void)
{
	g_autoptr(CmItip) google = read_lines("ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT=\"L&#"
					      "39\\;école &amp\\; nous\":mailto:a@b.c\r\n");
	g_autoptr(CmItip) markup = read_lines(
	    "ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT=\"a < b </r>\":mailto:a@b.c\r\n");
	g_autoptr(CmItip) two =
	    read_lines("COMMENT:Malade\\, hélas\\n\r\nCOMMENT:\r\nCOMMENT:Désolé\r\n");

	g_assert_cmpstr(get_event(google)->comment, ==, "L'école & nous");
	g_assert_cmpstr(get_event(markup)->comment, ==, "a < b </r>");
	g_assert_cmpstr(get_event(two)->comment, ==, "Malade, hélas\nDésolé");
}

static void
test_recurrence(void)
{
	g_autoptr(CmItip) weekly =
	    read_lines("DTSTART;TZID=America/Toronto:20261020T090000\r\n"
		       "RRULE:FREQ=WEEKLY;UNTIL=20261208T140000Z;BYDAY=TU\r\n"
		       "EXDATE;TZID=America/Toronto:20261103T090000\r\n");
	g_autoptr(CmItip) endless = read_lines("DTSTART:20261020T090000Z\r\nRRULE:FREQ=DAILY\r\n");
	g_autoptr(CmItip) huge =
	    read_lines("DTSTART:20261020T090000Z\r\nRRULE:FREQ=WEEKLY;COUNT=2147483647\r\n");

	g_assert_cmpuint(get_event(weekly)->starts->len, ==, 7);
	/* November 10: an hour later in UTC */
	g_assert_cmpint(g_array_index(get_event(weekly)->starts, gint64, 2), ==, 1794319200);
	g_assert_cmpuint(get_event(endless)->starts->len, ==, CM_ITIP_MAX_OCCURRENCES);
	g_assert_cmpuint(get_event(huge)->starts->len, ==, 63);
	g_assert_true(get_event(huge)->recurs);
}

static void
test_recurrence_not_followed(void)
{
	static const gchar *const rules[] = {
	    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MINUTELY",
	    "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",   "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
	    "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=4",    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO"};

	for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
		g_autofree gchar *lines =
		    g_strdup_printf("DTSTART:20261020T090000Z\r\nRRULE:%s\r\n", rules[i]);

		assert_problem(lines, "Line 4: the event repeats in a way that is not followed");
	}
	assert_problem("DTSTART:20261020T090000Z\r\nRDATE:20261021T090000Z\r\n",
		       "Line 4: the event repeats in a way that is not followed");
}

/* what libical would run for ever */
static void
test_hostile_zone(void)
{
	g_autofree gchar *text = g_strconcat(
	    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VTIMEZONE\r\nTZID:America/"
	    "Toronto\r\n"
	    "BEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:+"
	    "0900\r\n"
	    "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
	    "BEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=America/Toronto:20260317T090000\r\n",
	    tail, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(CmItip) itip = read_text(text, &error);

	g_assert_no_error(error);
	g_assert_cmpint(get_event(itip)->start, ==, G_GINT64_CONSTANT(1773752400));
}

/* no zone of theirs is even parsed */
static void
test_zones_are_dropped(void)
{
	static const CmCalendarFeedLimits limits = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CmCalendarFeed) feed = cm_calendar_feed_new(
	    "BEGIN:VCALENDAR\nbegin:vtimezone\nTZID:a\nBEGIN:STANDARD\nEND:STANDARD\nend:"
	    "vtimezone\n"
	    "BEGIN:VTIMEZONE \nTZID:b\nEND:VTIMEZONE\nBEGIN :VTIMEZONE\nEND;A=b:VTIMEZONE\n"
	    "BEGIN;X=1:VTIMEZONE;x\nEND:VTIMEZONE\nBEGIN:VTIMEZONE,X\nEND : "
	    "VTIMEZONE\nBEGIN:VEVENT\nBEGIN:VALARM\nEND:VALARM\n"
	    "END:VEVENT\nEND:VCALENDAR\nEND:VCALENDAR\n",
	    &limits, &error);
	icalcomponent *root = NULL;

	g_assert_no_error(error);
	g_assert_false(cm_calendar_feed_is_cut_off(feed));
	g_assert_cmpuint(cm_calendar_feed_get_roots(feed)->len, ==, 1);
	root = g_ptr_array_index(cm_calendar_feed_get_roots(feed), 0);
	g_assert_cmpint(icalcomponent_count_components(root, ICAL_VTIMEZONE_COMPONENT), ==, 0);
	g_assert_cmpint(icalcomponent_count_components(root, ICAL_VEVENT_COMPONENT), ==, 1);
}

static void
repeat(GString *text, const gchar *lines, guint times)
{
	for (guint i = 0; i < times; i++)
		g_string_append(text, lines);
}

static void
assert_refused_with(const gchar *lines, guint times, const gchar *reason)
{
	g_autoptr(GString) text = g_string_new(head);

	repeat(text, lines, times);
	g_string_append(text, tail);
	assert_refused(text->str, CM_ERROR_INVALID_INPUT, reason);
}

static void
test_limits(void)
{
	g_autofree gchar *long_value = g_strnfill(CM_ITIP_MAX_LINE_BYTES, 'm');
	g_autofree gchar *long_line = g_strconcat("SUMMARY:", long_value, "\r\n", NULL);
	g_autofree gchar *parameters = NULL;
	g_autoptr(GString) many = g_string_new("SUMMARY");

	assert_refused_with("ATTENDEE:mailto:a@b.example\r\n", 10000,
			    "This calendar message is larger than 256 KiB.");
	assert_refused_with("ATTENDEE:a@b.c\r\n", 10000, "Line 507: there are too many attendees");
	assert_refused_with("X:1\r\n", 10000, "Line 2003: there are too many properties");
	assert_refused_with("BEGIN:VALARM\r\nEND:VALARM\r\n", 1000,
			    "Line 1003: there are too many components");
	assert_refused_with("END:VEVENT\r\nBEGIN:VEVENT\r\n", 200,
			    "Line 206: there are too many events");
	assert_refused_with("BEGIN:VEVENT\r\n", 1000, "Line 13: components are nested too deep");
	assert_refused_with("BEGIN;X=1:VEVENT\r\n", 1000,
			    "Line 13: components are nested too deep");
	assert_refused_with(long_line, 1, "Line 7 is too long");
	repeat(many, ";X-A=b", 4000);
	g_string_append(many, ":x\r\n");
	parameters = g_string_free(g_steal_pointer(&many), FALSE);
	assert_refused_with(parameters, 1, "Line 7 is too long");
}

/* the longest that is let through, of what costs libical most */
static void
test_most_costly(void)
{
	g_autoptr(GString) line = g_string_new("ATTENDEE");
	g_autoptr(GString) text = g_string_new(head);
	g_autoptr(GError) error = NULL;
	g_autoptr(CmItip) itip = NULL;
	gint64 begun = 0;

	repeat(line, ";X-A=\"b\"", (CM_ITIP_MAX_LINE_BYTES - 64) / 8);
	g_string_append(line, ":mailto:a@b.example\r\n");
	repeat(text, line->str, CM_ITIP_MAX_BYTES / CM_ITIP_MAX_LINE_BYTES - 1);
	g_string_append(text, tail);
	begun = clock();
	itip = read_text(text->str, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat((gdouble)(clock() - begun) / CLOCKS_PER_SEC, <, BOUND);
}

static void
test_refused(void)
{
	static const struct {
		const gchar *text;
		CmErrorCode code;
		const gchar *reason;
	} cases[] = {
	    {"", CM_ERROR_INVALID_INPUT, "This is not an iCalendar file"},
	    {"hello\r\n", CM_ERROR_INVALID_INPUT, "This is not an iCalendar file"},
	    {"BEGIN:VEVENT\r\nUID:u\r\nEND:VEVENT\r\n", CM_ERROR_INVALID_INPUT,
	     "This is not an iCalendar file"},
	    {"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:u\r\n", CM_ERROR_INVALID_INPUT,
	     "This calendar message is cut off: a component has no end."},
	    {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
	     CM_ERROR_INVALID_INPUT, "This calendar is no message: it has no METHOD."},
	    {"BEGIN:VCALENDAR\r\nMETHOD:ADD\r\nBEGIN:VEVENT\r\nUID:u\r\nEND:VEVENT\r\n"
	     "END:VCALENDAR\r\n",
	     CM_ERROR_NOT_SUPPORTED,
	     "A calendar message with METHOD “ADD” is not understood here."},
	    {"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VTODO\r\nUID:u\r\nEND:VTODO\r\n"
	     "END:VCALENDAR\r\n",
	     CM_ERROR_NOT_SUPPORTED, "There is no event in this calendar message."},
	    {"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:u\r\nEND:VEVENT\r\n"
	     "END:VCALENDAR\r\nBEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n",
	     CM_ERROR_INVALID_INPUT, "This calendar message has more than one METHOD."},
	};
	g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_refused(cases[i].text, cases[i].code, cases[i].reason);
	g_assert_null(cm_itip_reader_read("BEGIN:VCALENDAR\0\n", 17, NULL, zone, HORIZON, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
}

static void
test_what_was_lost(void)
{
	g_autoptr(CmItip) itip =
	    read_lines("DTSTART:20260317T090000Z\r\nRRULE:FREQ=WEEKLY;BYSETPOS=400\r\n");

	/* without its rule, it would be said to be once */
	g_assert_true(get_event(itip)->recurs);
	g_assert_cmpuint(get_event(itip)->starts->len, ==, 0);
	assert_problem("DTSTART:20261399T990000Z\r\n", "Line 4: DTSTART can't be read");
	assert_problem("DTSTART:20260317T090000Z\r\nDTEND:20260316T090000Z\r\n",
		       "Line 4: DTEND can't be read");
	assert_problem("DTSTART:20260317T090000Z\r\nRRULE:FREQ=WEEKLY;BYSETPOS=400\r\n",
		       "Line 4: RRULE can't be read");
	assert_problem("", NULL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/itip-reader/round-trip", test_round_trip);
	g_test_add_func("/itip-reader/zones", test_zones);
	g_test_add_func("/itip-reader/unknown-zones", test_unknown_zones);
	g_test_add_func("/itip-reader/windows-zones", test_windows_zones);
	g_test_add_func("/itip-reader/gap-and-overlap", test_gap_and_overlap);
	g_test_add_func("/itip-reader/addresses", test_addresses);
	g_test_add_func("/itip-reader/answers", test_answers);
	g_test_add_func("/itip-reader/remarks", test_remarks);
	g_test_add_func("/itip-reader/recurrence", test_recurrence);
	g_test_add_func("/itip-reader/recurrence-not-followed", test_recurrence_not_followed);
	g_test_add_func("/itip-reader/hostile-zone", test_hostile_zone);
	g_test_add_func("/itip-reader/zones-are-dropped", test_zones_are_dropped);
	g_test_add_func("/itip-reader/limits", test_limits);
	g_test_add_func("/itip-reader/most-costly", test_most_costly);
	g_test_add_func("/itip-reader/refused", test_refused);
	g_test_add_func("/itip-reader/what-was-lost", test_what_was_lost);
	return g_test_run();
}
