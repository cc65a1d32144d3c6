// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/invitation.h"

#include "daemon/calendar/vtimezone.h"
#include "include/cm-error.h"

#include <string.h>

#define NINE G_GINT64_CONSTANT(1773752400)       /* 2026-03-17 09:00 in Toronto */
#define TEN G_GINT64_CONSTANT(1773756000)        /* 10:00 */
#define STAMP G_GINT64_CONSTANT(1773446400)      /* 2026-03-14 00:00 UTC */
#define AUTUMN G_GINT64_CONSTANT(1792501200)     /* Tuesday 2026-10-20 09:00 in Toronto */
#define WINTER G_GINT64_CONSTANT(1796738400)     /* Tuesday 2026-12-08 09:00 */
#define CLOSURE G_GINT64_CONSTANT(1793714400)    /* Tuesday 2026-11-03 09:00 */
#define OVERRIDDEN G_GINT64_CONSTANT(1794319200) /* Tuesday 2026-11-10 09:00 */

static CmInvitation
make_invitation(void)
{
	return (CmInvitation){.uid = "7c7b@comodal",
			      .sequence = 2,
			      .stamp = STAMP,
			      .start = NINE,
			      .end = TEN,
			      .zone = "America/Toronto",
			      .summary = "Rencontre — École des Érables",
			      .description =
				  "Joindre : https://v.example/a\nÀ bientôt; merci, vous",
			      .location = "https://v.example/a",
			      .url = "https://v.example/a",
			      .conference = "https://v.example/a",
			      .organizer_name = "Anne \"Nan\" O'Neil, ing.",
			      .organizer_address = "suivis+abc@css.example",
			      .attendee_name = "Zoé Tremblay",
			      .attendee_address = "zoe@mail.example"};
}

static gchar *
write_one(CmItipMethod method, const CmInvitation *invitation)
{
	g_autoptr(GError) error = NULL;
	gchar *text = cm_invitation_write(method, &invitation, 1, "fr_CA", &error);

	g_assert_no_error(error);
	g_assert_nonnull(text);
	return text;
}

static gchar *
unfold(const gchar *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "\r\n ", -1);

	return g_strjoinv("", parts);
}

static void
assert_line(const gchar *text, const gchar *line)
{
	g_autofree gchar *unfolded = unfold(text);
	g_autofree gchar *whole = g_strdup_printf("\r\n%s\r\n", line);

	if (strstr(unfolded, whole) == NULL)
		g_test_message("%s is not in\n%s", line, unfolded);
	g_assert_nonnull(strstr(unfolded, whole));
}

static void
test_request(void)
{
	CmInvitation invitation = make_invitation();
	g_autofree gchar *text = write_one(CM_ITIP_REQUEST, &invitation);
	g_autofree gchar *unfolded = unfold(text);

	g_assert_cmpstr(
	    unfolded, ==,
	    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//comodal//comodal//EN\r\n"
	    "CALSCALE:GREGORIAN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:7c7b@comodal\r\n"
	    "SEQUENCE:2\r\nDTSTAMP:20260314T000000Z\r\nDTSTART:20260317T130000Z\r\n"
	    "DTEND:20260317T140000Z\r\n"
	    "ORGANIZER;CN=\"Anne 'Nan' O'Neil, ing.\":mailto:suivis+abc@css.example\r\n"
	    "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;"
	    "CN=Zoé Tremblay:mailto:zoe@mail.example\r\n"
	    "SUMMARY;LANGUAGE=fr-CA:Rencontre — École des Érables\r\n"
	    "LOCATION;LANGUAGE=fr-CA:https://v.example/a\r\n"
	    "DESCRIPTION;LANGUAGE=fr-CA:Joindre : https://v.example/a\\nÀ bientôt\\; merci\\, "
	    "vous\r\nURL:https://v.example/a\r\n"
	    "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://v.example/a\r\nCLASS:PRIVATE\r\n"
	    "STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

static void
test_lines(void)
{
	CmInvitation invitation = make_invitation();
	g_autofree gchar *long_text = g_strnfill(3000, 'm');
	g_autofree gchar *accents = NULL;
	g_autofree gchar *text = NULL;
	g_auto(GStrv) lines = NULL;

	memset(long_text + 1000, ' ', 1);
	accents = g_strconcat(long_text, "éèà—œ", NULL);
	invitation.description = accents;
	text = write_one(CM_ITIP_REQUEST, &invitation);
	lines = g_strsplit(text, "\r\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		g_assert_cmpuint(strlen(lines[i]), <=, 75);
		g_assert_true(g_utf8_validate(lines[i], -1, NULL));
		g_assert_null(strpbrk(lines[i], "\r\n"));
	}
}

static void
test_methods(void)
{
	CmInvitation invitation = make_invitation();

	for (guint method = 0; method < CM_ITIP_LAST; method++) {
		const gchar *name = cm_invitation_method_to_string(method);
		g_autofree gchar *text = write_one(method, &invitation);
		g_autofree gchar *line = g_strconcat("METHOD:", name, NULL);

		assert_line(text, line);
		assert_line(text, "SEQUENCE:2");
		assert_line(text,
			    method == CM_ITIP_CANCEL ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
		g_assert_true((strstr(text, "ATTENDEE") == NULL) == (method == CM_ITIP_PUBLISH));
		g_assert_null(strstr(text, "VTIMEZONE"));
		g_assert_null(strstr(text, "CDO-APPT-SEQUENCE"));
	}
}

static void
test_reply(void)
{
	CmInvitation invitation = make_invitation();
	g_autofree gchar *text = NULL;

	invitation.partstat = "DECLINED";
	invitation.comment = "Malade";
	text = write_one(CM_ITIP_REPLY, &invitation);
	assert_line(text,
		    "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;CN=Zoé "
		    "Tremblay:mailto:zoe@mail.example");
	assert_line(text, "COMMENT;LANGUAGE=fr-CA:Malade");
}

/* one start of a series is called off, then it and all after it, then all */
static void
test_cancel_of_a_series(void)
{
	CmInvitation invitation = make_invitation();
	g_autofree gchar *one = NULL;
	g_autofree gchar *rest = NULL;
	g_autofree gchar *all = NULL;

	invitation.recurrence_id = NINE;
	one = write_one(CM_ITIP_CANCEL, &invitation);
	assert_line(one, "RECURRENCE-ID;TZID=America/Toronto:20260317T090000");
	assert_line(one, "DTSTART;TZID=America/Toronto:20260317T090000");
	invitation.following = TRUE;
	rest = write_one(CM_ITIP_CANCEL, &invitation);
	assert_line(rest, "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/Toronto:20260317T090000");
	invitation.following = FALSE;
	invitation.recurrence_id = 0;
	all = write_one(CM_ITIP_CANCEL, &invitation);
	g_assert_null(strstr(all, "RECURRENCE-ID"));
	assert_line(all, "STATUS:CANCELLED");
	/* without a zone in UTC */
	invitation.recurrence_id = NINE;
	invitation.zone = NULL;
	g_free(one);
	one = write_one(CM_ITIP_CANCEL, &invitation);
	assert_line(one, "RECURRENCE-ID:20260317T130000Z");
}

static void
test_series(void)
{
	const gint64 exceptions[] = {CLOSURE};
	CmInvitationSeries series = {.interval = 1,
				     .weekdays = 1 << 1,
				     .until = WINTER,
				     .exceptions = exceptions,
				     .n_exceptions = G_N_ELEMENTS(exceptions)};
	CmInvitation master = make_invitation();
	CmInvitation override = make_invitation();
	const CmInvitation *both[] = {&master, &override};
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;

	master.start = AUTUMN;
	master.end = AUTUMN + 3600;
	master.series = &series;
	override.recurrence_id = OVERRIDDEN;
	override.start = OVERRIDDEN + 7200;
	override.end = override.start + 3600;
	text = cm_invitation_write(CM_ITIP_REQUEST, both, 2, "fr_CA", &error);
	g_assert_no_error(error);
	/* summer time ends on November 1: the hour stays, its instant moves */
	assert_line(text, "DTSTART;TZID=America/Toronto:20261020T090000");
	assert_line(text, "RRULE:FREQ=WEEKLY;UNTIL=20261208T140000Z;BYDAY=TU");
	assert_line(text, "EXDATE;TZID=America/Toronto:20261103T090000");
	assert_line(text, "RECURRENCE-ID;TZID=America/Toronto:20261110T090000");
	assert_line(text, "DTSTART;TZID=America/Toronto:20261110T110000");
	assert_line(text,
		    "BEGIN:VTIMEZONE\r\nTZID:America/Toronto\r\nBEGIN:DAYLIGHT\r\n"
		    "DTSTART:20070311T020000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\n"
		    "TZNAME:EDT\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n"
		    "BEGIN:STANDARD\r\nDTSTART:20071104T020000\r\nTZOFFSETFROM:-0400\r\n"
		    "TZOFFSETTO:-0500\r\nTZNAME:EST\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\n"
		    "END:STANDARD\r\nEND:VTIMEZONE");
	override.recurrence_id = 0;
	g_assert_null(cm_invitation_write(CM_ITIP_REQUEST, both, 2, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
}

static void
assert_vtimezone(const gchar *name, gint year, const gchar *expected)
{
	g_autoptr(GError) error = NULL;
	icalcomponent *component = cm_vtimezone_new(name, year, &error);
	g_autofree gchar *text = NULL;

	g_assert_no_error(error);
	text = icalcomponent_as_ical_string_r(component);
	icalcomponent_free(component);
	g_assert_cmpstr(text, ==, expected);
}

static void
test_vtimezone(void)
{
	g_autoptr(GError) error = NULL;

	/* no summer time: one observance */
	assert_vtimezone("America/Blanc-Sablon", 2026,
			 "BEGIN:VTIMEZONE\r\nTZID:America/Blanc-Sablon\r\nBEGIN:STANDARD\r\n"
			 "DTSTART:20070101T000000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0400\r\n"
			 "TZNAME:AST\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n");
	/* the last Sunday, which is sometimes the fourth and sometimes the fifth */
	assert_vtimezone(
	    "Europe/Paris", 2026,
	    "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:DAYLIGHT\r\n"
	    "DTSTART:20070325T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
	    "TZNAME:CEST\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n"
	    "BEGIN:STANDARD\r\nDTSTART:20071028T030000\r\nTZOFFSETFROM:+0200\r\n"
	    "TZOFFSETTO:+0100\r\nTZNAME:CET\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
	    "END:STANDARD\r\nEND:VTIMEZONE\r\n");
	/* half an hour off */
	assert_vtimezone(
	    "America/St_Johns", 2027,
	    "BEGIN:VTIMEZONE\r\nTZID:America/St_Johns\r\nBEGIN:DAYLIGHT\r\n"
	    "DTSTART:20070311T020000\r\nTZOFFSETFROM:-0330\r\nTZOFFSETTO:-0230\r\n"
	    "TZNAME:NDT\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n"
	    "BEGIN:STANDARD\r\nDTSTART:20071104T020000\r\nTZOFFSETFROM:-0230\r\n"
	    "TZOFFSETTO:-0330\r\nTZNAME:NST\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\n"
	    "END:STANDARD\r\nEND:VTIMEZONE\r\n");
	/* by Ramadan */
	g_assert_null(cm_vtimezone_new("Africa/Casablanca", 2026, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_SUPPORTED);
	g_clear_error(&error);
	g_assert_null(cm_vtimezone_new("EST5EDT4,M3.2.0,M11.1.0", 2026, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
}

static void
test_feed(void)
{
	CmInvitation first = make_invitation();
	CmInvitation second = make_invitation();
	const CmInvitation *events[] = {&first, &second};
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;
	g_autofree gchar *empty = NULL;

	first.organizer_address = NULL;
	second.uid = "other@comodal";
	second.cancelled = TRUE;
	text = cm_invitation_write_feed("Horaire de Z. T.", 240, events, 2, "fr_CA", &error);
	g_assert_no_error(error);
	assert_line(text, "METHOD:PUBLISH");
	assert_line(text, "NAME:Horaire de Z. T.");
	assert_line(text, "X-WR-CALNAME:Horaire de Z. T.");
	assert_line(text, "REFRESH-INTERVAL;VALUE=DURATION:PT4H");
	assert_line(text, "X-PUBLISHED-TTL:PT4H");
	assert_line(text, "UID:7c7b@comodal");
	assert_line(text, "UID:other@comodal");
	assert_line(text, "STATUS:CANCELLED");
	g_assert_null(strstr(text, "zoe"));
	empty = cm_invitation_write_feed(NULL, 0, NULL, 0, NULL, &error);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(empty, "METHOD:PUBLISH\r\nEND:VCALENDAR"));
}

static void
assert_refused(const CmInvitation *invitation)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(cm_invitation_write(CM_ITIP_REQUEST, &invitation, 1, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
}

/* what would write a property of its own, or a wrong one */
static void
test_refused(void)
{
	static const gchar *const addresses[] = {"a@b\r\nX-INJ:1", "a@b\nX:1", "a b@c", "<a@b>",
						 "a@b@c",          "a",        "@b",    "a@",
						 "a\"b@c",         "a@b\x01",  "a@b,c", ""};
	static const gchar *const links[] = {"https://a\r\nX-INJ:1",
					     "javascript:alert(1)",
					     "https://a b/",
					     "https://a/\"x\"",
					     "//a/b",
					     "",
					     "https://é.example/",
					     "https:///x"};
	static const gchar *const uids[] = {"", "a b", "a\nb", NULL};

	for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
		CmInvitation organizer = make_invitation();
		CmInvitation attendee = make_invitation();

		organizer.organizer_address = addresses[i];
		assert_refused(&organizer);
		attendee.attendee_address = addresses[i];
		assert_refused(&attendee);
	}
	for (guint i = 0; i < G_N_ELEMENTS(links); i++) {
		CmInvitation page = make_invitation();
		CmInvitation video = make_invitation();

		page.url = links[i];
		assert_refused(&page);
		video.conference = links[i];
		assert_refused(&video);
	}
	for (guint i = 0; i < G_N_ELEMENTS(uids); i++) {
		CmInvitation invitation = make_invitation();

		invitation.uid = uids[i];
		assert_refused(&invitation);
	}
}

static void
test_impossible(void)
{
	CmInvitationSeries series = {.interval = 1, .weekdays = 1, .until = WINTER};
	CmInvitation backwards = make_invitation();
	CmInvitation nobody = make_invitation();
	CmInvitation answer = make_invitation();
	CmInvitation weekday = make_invitation();

	backwards.end = backwards.start - 1;
	assert_refused(&backwards);
	nobody.organizer_address = NULL;
	assert_refused(&nobody);
	answer.partstat = "PERHAPS";
	assert_refused(&answer);
	/* it begins on a Tuesday */
	weekday.series = &series;
	assert_refused(&weekday);
	series.weekdays = 1 << 1;
	series.until = weekday.start - 1;
	assert_refused(&weekday);
	series.until = WINTER;
	series.interval = 0;
	assert_refused(&weekday);
	series.interval = 1;
	weekday.zone = NULL;
	assert_refused(&weekday);
}

static void
test_texts_are_escaped(void)
{
	CmInvitation invitation = make_invitation();
	g_autofree gchar *text = NULL;

	invitation.summary = "a\r\nX-INJ:1\x01\xff";
	invitation.organizer_name = "b\r\nX-INJ:2\";x=\"^n";
	invitation.attendee_address = "o'neil+50%a&b@mail.example";
	text = write_one(CM_ITIP_REQUEST, &invitation);
	g_assert_null(strstr(text, "\nX-INJ"));
	assert_line(text, "SUMMARY;LANGUAGE=fr-CA:a\\nX-INJ:1\xef\xbf\xbd");
	assert_line(text, "ORGANIZER;CN=\"b X-INJ:2';x=' n\":mailto:suivis+abc@css.example");
	g_assert_nonnull(strstr(text, "mailto:o'neil+50%25a%26b@mail.example"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/invitation/request", test_request);
	g_test_add_func("/invitation/lines", test_lines);
	g_test_add_func("/invitation/methods", test_methods);
	g_test_add_func("/invitation/reply", test_reply);
	g_test_add_func("/invitation/cancel-of-a-series", test_cancel_of_a_series);
	g_test_add_func("/invitation/series", test_series);
	g_test_add_func("/invitation/vtimezone", test_vtimezone);
	g_test_add_func("/invitation/feed", test_feed);
	g_test_add_func("/invitation/refused", test_refused);
	g_test_add_func("/invitation/impossible", test_impossible);
	g_test_add_func("/invitation/texts-are-escaped", test_texts_are_escaped);
	return g_test_run();
}
