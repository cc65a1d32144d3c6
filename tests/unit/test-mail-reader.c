// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/inbound-document.h"
#include "daemon/inbox/mail-reader.h"
#include "include/cm-message.h"

#include <string.h>

#define UID "5d2c0c2e-7f0b-4c7e-9a55-0b7f2f3c4d5e@css.example"

/* ---- what is expected of each mail of tests/fixtures/mail/ */

static void
append_texts(GString *out, const gchar *name, const GPtrArray *texts)
{
	if (texts->len == 0)
		return;
	g_string_append_printf(out, "%s:", name);
	for (guint i = 0; i < texts->len; i++) {
		g_autofree gchar *english = cm_message_to_english(g_ptr_array_index(texts, i));

		g_string_append_printf(out, " %s", english);
	}
	g_string_append_c(out, '\n');
}

static void
append_event(GString *out, const CmInboundEvent *event)
{
	g_autoptr(GDateTime) start = g_date_time_new_from_unix_utc(event->start);
	g_autofree gchar *text =
	    event->start > 0 ? g_date_time_format(start, "%m-%dT%H:%MZ") : NULL;

	g_string_append_printf(out, " %s %" G_GINT64_FORMAT " %s",
			       g_strcmp0(event->uid, UID) == 0 ? "ours" : event->uid,
			       event->sequence, text != NULL ? text : "-");
	if (event->organizer != NULL)
		g_string_append(out, " organizer");
	for (guint i = 0; i < event->attendees->len; i++) {
		const CmInboundAttendee *attendee = g_ptr_array_index(event->attendees, i);

		g_string_append_printf(out, " %s=%s", attendee->address, attendee->partstat);
	}
	if (event->comment != NULL)
		g_string_append_printf(out, " “%s”", event->comment);
	if (event->problem != NULL) {
		g_autofree gchar *english = cm_message_to_english(event->problem);

		g_string_append_printf(out, " ! %s", english);
	}
}

static void
append_message(GString *out, const gchar *name, const gchar *message)
{
	g_autofree gchar *english = message != NULL ? cm_message_to_english(message) : NULL;

	if (english != NULL)
		g_string_append_printf(out, "%s: %s\n", name, english);
}

static void
append_authentications(GString *out, const CmInboundMail *mail)
{
	for (guint i = 0; i < mail->authentications->len; i++) {
		const CmInboundAuthentication *authentication =
		    g_ptr_array_index(mail->authentications, i);

		g_string_append_printf(out, "by %s %u:", authentication->server,
				       authentication->hops);
		for (guint j = 0; j < authentication->results->len; j++) {
			const CmInboundResult *result =
			    g_ptr_array_index(authentication->results, j);

			g_string_append_printf(out, " %s=%s@%s", result->method, result->result,
					       result->domain);
		}
		g_string_append_c(out, '\n');
	}
}

static gchar *
describe(const CmInboundMail *mail)
{
	GString *out = g_string_new(NULL);

	append_message(out, "refused", mail->refused);
	g_string_append_printf(out, "from %s\n", mail->from);
	append_texts(out, "to", mail->recipients);
	append_texts(out, "re", mail->references);
	if (mail->automatic != CM_INBOUND_BY_A_PERSON)
		g_string_append_printf(out, "automatic: %s\n",
				       cm_inbound_mail_automatic_to_string(mail->automatic));
	append_authentications(out, mail);
	if (mail->subject != NULL)
		g_string_append_printf(out, "subject: %s\n", mail->subject);
	if (mail->text != NULL)
		g_string_append_printf(out, "text: %s\n", mail->text);
	append_message(out, "problem", mail->calendar_problem);
	if (mail->method != NULL)
		g_string_append(out, mail->method);
	for (guint i = 0; i < mail->events->len; i++)
		append_event(out, g_ptr_array_index(mail->events, i));
	if (mail->method != NULL)
		g_string_append_c(out, '\n');
	if (mail->is_report)
		g_string_append_printf(out, "report on %s\n", mail->reported_id);
	for (guint i = 0; i < mail->reports->len; i++) {
		const CmInboundReport *report = g_ptr_array_index(mail->reports, i);

		g_string_append_printf(out, "%s %s %s\n", report->action, report->status,
				       report->final_recipient);
	}
	append_texts(out, "notes", mail->notes);
	return g_string_free(out, FALSE);
}

static gchar *
read_file(const gchar *name)
{
	g_autofree gchar *path = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						  "fixtures", "mail", name, NULL);
	g_autoptr(GError) error = NULL;
	gchar *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

static CmInboundMail *
read_octets(const gchar *data, gsize length)
{
	g_autoptr(GBytes) bytes = g_bytes_new(data, length);
	g_autoptr(GBytes) document = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(CmInboundMail) mail = cm_mail_reader_read(bytes);
	CmInboundMail *back = NULL;

	/* as it is delivered */
	document = cm_inbound_document_write(mail);
	back = cm_inbound_document_read(document, &error);
	g_assert_no_error(error);
	return back;
}

/* each mail, as it lies in a file and as a server gives it */
static void
test_corpus(void)
{
	g_autofree gchar *folder =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests", "fixtures", "mail", NULL);
	g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
	const gchar *name = NULL;
	guint count = 0;

	g_assert_nonnull(directory);
	for (name = g_dir_read_name(directory); name != NULL; name = g_dir_read_name(directory)) {
		g_autofree gchar *text = NULL;
		g_autofree gchar *stem = NULL;
		g_autofree gchar *expected_name = NULL;
		g_autofree gchar *expected = NULL;
		g_autoptr(GString) wire = NULL;
		g_autoptr(CmInboundMail) mail = NULL;
		g_autoptr(CmInboundMail) from_wire = NULL;
		g_autofree gchar *found = NULL;
		g_autofree gchar *found_from_wire = NULL;

		if (!g_str_has_suffix(name, ".eml"))
			continue;
		g_test_message("%s", name);
		text = read_file(name);
		stem = g_strndup(name, strlen(name) - strlen(".eml"));
		expected_name = g_strconcat(stem, ".txt", NULL);
		mail = read_octets(text, strlen(text));
		found = describe(mail);
		wire = g_string_new(text);
		g_string_replace(wire, "\n", "\r\n", 0);
		from_wire = read_octets(wire->str, wire->len);
		found_from_wire = describe(from_wire);
		if (g_getenv("COMODAL_WRITE_EXPECTED") != NULL) {
			g_autofree gchar *path = g_build_filename(folder, expected_name, NULL);

			g_file_set_contents(path, found, -1, NULL);
		}
		expected = read_file(expected_name);
		g_assert_cmpstr(found, ==, expected);
		g_assert_cmpstr(found_from_wire, ==, expected);
		count++;
	}
	g_assert_cmpuint(count, >=, 60);
}

/* ---- limits */

static const gchar header[] = "From: a@b.example\nTo: c@d.example\nMIME-Version: 1.0\n";

/* refused with these words, in bounded time: a second is much more than any of them takes */
static void
assert_refused(GString *octets, const gchar *words)
{
	gint64 begin = g_get_monotonic_time();
	g_autoptr(CmInboundMail) mail = read_octets(octets->str, octets->len);

	g_assert_nonnull(mail->refused);
	g_test_message("%s: %s", words, mail->refused);
	g_assert_nonnull(strstr(mail->refused, words));
	g_assert_cmpint(g_get_monotonic_time() - begin, <, 20 * G_USEC_PER_SEC);
	g_string_free(octets, TRUE);
}

static GString *
repeat(const gchar *head, const gchar *text, gsize count)
{
	GString *octets = g_string_new(header);

	g_string_append(octets, head);
	for (gsize i = 0; i < count; i++)
		g_string_append(octets, text);
	return octets;
}

static GString *
nest(guint depth)
{
	GString *octets = g_string_new(header);

	for (guint i = 0; i < depth; i++)
		g_string_append_printf(
		    octets, "Content-Type: multipart/mixed; boundary=\"b%u\"\n\n--b%u\n", i, i);
	return octets;
}

static void
test_refused(void)
{
	GString *deep = nest(33);
	GString *dashes = nest(200);

	g_string_append(deep, "Content-Type: text/plain\n\nx\n");
	g_string_append(dashes, "Content-Type: text/plain\n\n");
	for (guint i = 0; i < 5000000; i++)
		g_string_append(dashes, "--x\n");
	assert_refused(repeat("Content-Type: text/plain\n\n", "0123456789abcde\n", 3276800),
		       "longer than 25 MB");
	assert_refused(deep, "too deep");
	assert_refused(nest(1000), "too many parts");
	assert_refused(dashes, "too many parts");
	assert_refused(repeat("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n", 201),
		       "too many parts");
	assert_refused(repeat("Content-Type: text/plain", "; a=b", 4000000), "too long");
	assert_refused(repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
			      "text/plain",
			      "; a=b", 4000000),
		       "A field");
	assert_refused(repeat("Cc: ", "a:", 1000000), "too long");
	assert_refused(repeat("X-Long: a\n", " b\n", 100000), "too long");
	assert_refused(repeat("", "X-A: b\n", 1000000), "too many fields");
	assert_refused(repeat("", "X-A: 0123456789012345678901234567890\n", 10000),
		       "header is too long");
	assert_refused(
	    repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", "X-A: b\n", 1000000),
	    "too many fields");
	assert_refused(g_string_new(""), "no header");
}

/* as much as may be: read */
static void
test_within(void)
{
	g_autoptr(GString) deep = nest(31);
	g_autoptr(GString) many =
	    repeat("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n", 199);
	g_autoptr(CmInboundMail) mail = NULL;
	g_autoptr(CmInboundMail) other = NULL;

	g_string_append(deep, "Content-Type: text/plain\n\nau fond\n");
	mail = read_octets(deep->str, deep->len);
	g_assert_null(mail->refused);
	g_assert_cmpstr(mail->text, ==, "au fond");
	other = read_octets(many->str, many->len);
	g_assert_null(other->refused);
}

/* a calendar part that is too long, or has too many in it, is a problem of that mail */
static void
test_calendar_limits(void)
{
	g_autoptr(GString) crowd =
	    repeat("Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n"
		   "VERSION:2.0\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:x\n",
		   "ATTENDEE:mailto:a@b.ca\n", 10000);
	g_autoptr(GString) longer =
	    repeat("Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n", "COMMENT:abc\n", 30000);
	g_autoptr(CmInboundMail) mail = NULL;

	g_string_append(crowd, "END:VEVENT\nEND:VCALENDAR\n");
	mail = read_octets(crowd->str, crowd->len);
	g_assert_null(mail->refused);
	g_assert_nonnull(mail->calendar_problem);
	g_assert_null(mail->method);
	cm_inbound_mail_free(g_steal_pointer(&mail));
	/* beyond what headers may have it would be refused: as a part's first lines these would count as a header's */
	mail = read_octets(longer->str, longer->len);
	g_assert_true(mail->refused != NULL || mail->calendar_problem != NULL);
}

/* the one digest is of the octets as they came */
static void
test_digest(void)
{
	g_autoptr(GBytes) one = g_bytes_new_static("From: a@b.ca\n\nx", 15);
	g_autoptr(CmInboundMail) mail = cm_mail_reader_read(one);
	g_autofree gchar *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, one);
	g_autoptr(GBytes) refused = cm_mail_reader_refuse_document(G_GINT64_CONSTANT(50000000));
	g_autoptr(CmInboundMail) unread = cm_inbound_document_read(refused, NULL);

	g_assert_cmpstr(mail->sha256, ==, sha256);
	g_assert_cmpstr(unread->sha256, ==, "");
	g_assert_cmpint(unread->size, ==, 50000000);
	g_assert_nonnull(strstr(unread->refused, "longer than 25 MB"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail-reader/corpus", test_corpus);
	g_test_add_func("/mail-reader/refused", test_refused);
	g_test_add_func("/mail-reader/within", test_within);
	g_test_add_func("/mail-reader/calendar-limits", test_calendar_limits);
	g_test_add_func("/mail-reader/digest", test_digest);
	return g_test_run();
}
