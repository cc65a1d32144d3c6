// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/common/json-depth.h"
#include "daemon/inbox/inbound-document.h"
#include "daemon/inbox/inbound-text.h"
#include "include/cm-message.h"

#include <string.h>

static CmInboundMail *
make_mail(void)
{
	CmInboundMail *mail = cm_inbound_mail_new();
	CmInboundEvent *event = cm_inbound_mail_add_event(mail);
	CmInboundAttendee *attendee = cm_inbound_mail_add_attendee(event);
	CmInboundAuthentication *authentication = cm_inbound_mail_add_authentication(mail);
	CmInboundResult *result = cm_inbound_mail_add_result(authentication);
	CmInboundReport *report = cm_inbound_mail_add_report(mail);

	memset(mail->sha256, 'a', sizeof mail->sha256 - 1);
	mail->size = 4711;
	mail->message_id = g_strdup("<1@outlook.example>");
	mail->subject = g_strdup("Accepté : Rencontre");
	mail->from = g_strdup("parent@famille.example");
	mail->return_path = g_strdup("");
	mail->date = 1793000000;
	mail->received = 3;
	mail->automatic = CM_INBOUND_AUTO_REPLIED;
	mail->text = g_strdup("Merci!\n\nÀ mardi");
	mail->method = g_strdup("REPLY");
	mail->is_report = TRUE;
	mail->reported_id = g_strdup("<2@css.example>");
	g_ptr_array_add(mail->references, g_strdup("<2@css.example>"));
	g_ptr_array_add(mail->recipients, g_strdup("suivis+abc@css.example"));
	event->uid = g_strdup("u@css.example");
	event->sequence = 2;
	event->stamp = 1793000001;
	event->start = 1793000002;
	event->end = 1793000003;
	event->all_day = TRUE;
	event->comment = g_strdup("un\ndeux");
	attendee->address = g_strdup("parent@famille.example");
	attendee->partstat = g_strdup("ACCEPTED");
	authentication->server = g_strdup("mx.css.example");
	authentication->hops = 1;
	result->method = g_strdup("dmarc");
	result->result = g_strdup("pass");
	result->domain = g_strdup("famille.example");
	report->action = g_strdup("failed");
	report->status = g_strdup("5.1.1");
	report->final_recipient = g_strdup("parent@famille.example");
	return mail;
}

/* what was written comes back, to the octet */
static void
test_round_trip(void)
{
	g_autoptr(CmInboundMail) mail = make_mail();
	g_autoptr(GBytes) once = cm_inbound_document_write(mail);
	g_autoptr(GError) error = NULL;
	g_autoptr(CmInboundMail) back = cm_inbound_document_read(once, &error);
	g_autoptr(GBytes) twice = NULL;
	const CmInboundEvent *event = NULL;

	g_assert_no_error(error);
	twice = cm_inbound_document_write(back);
	g_assert_true(g_bytes_equal(once, twice));
	event = g_ptr_array_index(back->events, 0);
	g_assert_cmpstr(event->comment, ==, "un\ndeux");
	g_assert_cmpint(event->sequence, ==, 2);
	g_assert_cmpint(back->automatic, ==, CM_INBOUND_AUTO_REPLIED);
	g_assert_cmpstr(back->return_path, ==, "");
	g_assert_cmpstr(back->text, ==, "Merci!\n\nÀ mardi");
}

static CmInboundMail *
read_text(const gchar *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	g_autoptr(GError) error = NULL;

	return cm_inbound_document_read(bytes, &error);
}

/* the one who writes the document isn't trusted: it has read foreign mail */
static void
test_untrusted(void)
{
	g_autoptr(CmInboundMail) mail = NULL;
	const CmInboundEvent *event = NULL;

	g_assert_null(read_text(""));
	g_assert_null(read_text("[]"));
	g_assert_null(read_text("{\"format\":\"comodal-inbound/2\"}"));
	g_assert_null(read_text("{\"format\":\"comodal-inbound/1\",\"a\":[[[[[[[[[[]]]]]]]]]]}"));
	mail = read_text(
	    "{\"format\":\"comodal-inbound/1\",\"from\":\"a b@c\",\"size\":\"x\",\"date\":-5,"
	    "\"subject\":\"a\\u0000b\\u001b[31m\",\"return_path\":\"x\",\"references\":[1,null,\"<"
	    "a@b>\","
	    "\"<a\\nb>\"],\"events\":[7,{\"sequence\":-3,\"uid\":\"a "
	    "b\",\"attendees\":[{\"address\":"
	    "\"MAILTO:Ab@C.ca\",\"partstat\":\"ACCEPTED\"},{\"address\":\"no\"}]}],"
	    "\"automatic\":\"?\",\"refused\":\"\\u0007\"}");
	g_assert_nonnull(mail);
	g_assert_null(mail->from);
	g_assert_null(mail->return_path);
	g_assert_cmpint(mail->size, ==, 0);
	g_assert_cmpint(mail->date, ==, 0);
	g_assert_cmpint(mail->automatic, ==, CM_INBOUND_AUTO_HEADER);
	g_assert_cmpuint(mail->references->len, ==, 1);
	g_assert_cmpuint(mail->events->len, ==, 1);
	event = g_ptr_array_index(mail->events, 0);
	g_assert_null(event->uid);
	g_assert_cmpint(event->sequence, ==, -1);
	g_assert_cmpuint(event->attendees->len, ==, 1);
	g_assert_cmpstr(((CmInboundAttendee *)g_ptr_array_index(event->attendees, 0))->address, ==,
			"ab@c.ca");
	g_assert_null(strchr(mail->subject, '\033'));
}

/* messages have controls in them, and JSON has none */
static void
test_controls(void)
{
	g_autoptr(CmInboundMail) mail = make_mail();
	g_autoptr(GBytes) bytes = NULL;
	const gchar *text = NULL;
	gsize length = 0;

	cm_inbound_mail_take_note(mail, cm_message_new("{0} notes", "3", NULL));
	bytes = cm_inbound_document_write(mail);
	text = g_bytes_get_data(bytes, &length);
	g_assert_nonnull(g_strstr_len(text, (gssize)length, "{0} notes\\u001f3"));
	for (gsize i = 0; i < length; i++)
		g_assert_cmpint((guchar)text[i], >=, 0x20);
}

/* full to the brim in every member, it still fits, and says what it lacks */
static void
test_longest(void)
{
	g_autoptr(CmInboundMail) mail = make_mail();
	g_autoptr(GBytes) bytes = NULL;
	g_autofree gchar *comment = g_strnfill(CM_INBOUND_COMMENT_MAX, '\\');
	g_autofree gchar *word = g_strnfill(CM_INBOUND_WORD_MAX, '"');

	g_free(mail->text);
	mail->text = g_strnfill(CM_INBOUND_TEXT_MAX, '"');
	for (guint i = 1; i < CM_INBOUND_EVENTS_MAX; i++) {
		CmInboundEvent *event = cm_inbound_mail_add_event(mail);

		event->uid = g_strdup(word);
		event->comment = g_strdup(comment);
		for (guint j = 0; j < CM_INBOUND_ATTENDEES_MAX; j++) {
			CmInboundAttendee *attendee = cm_inbound_mail_add_attendee(event);

			attendee->address = g_strnfill(CM_INBOUND_ADDRESS_MAX, 'a');
			attendee->partstat = g_strdup(word);
		}
	}
	for (guint i = 0; i < CM_INBOUND_REFERENCES_MAX; i++)
		g_ptr_array_add(mail->references, g_strdup(word));
	bytes = cm_inbound_document_write(mail);
	g_assert_cmpuint(g_bytes_get_size(bytes), <=, CM_INBOUND_DOCUMENT_MAX);
	g_assert_cmpuint(mail->notes->len, ==, 1);
	g_assert_cmpuint(mail->events->len, ==, 1);
}

static void
assert_clean(const gchar *text, CmInboundTextForm form, gsize max, const gchar *expected)
{
	g_autofree gchar *clean = cm_inbound_text_clean(text, form, max);

	g_assert_cmpstr(clean, ==, expected);
}

static void
test_text(void)
{
	assert_clean(NULL, CM_INBOUND_TEXT_LINE, 9, NULL);
	assert_clean(" \r\n\t ", CM_INBOUND_TEXT_LINES, 9, NULL);
	assert_clean(" a \r\n b\t\tc ", CM_INBOUND_TEXT_LINE, 99, "a b c");
	assert_clean("a\r\n\r\n\r\n\r\nb\nc", CM_INBOUND_TEXT_LINES, 99, "a\n\nb\nc");
	assert_clean("a\033[31m\a\177b", CM_INBOUND_TEXT_LINE, 99, "a[31mb");
	assert_clean("x\u202egnp.\u2066y\u200b", CM_INBOUND_TEXT_LINE, 99, "xgnp.y");
	assert_clean("caf\xe9", CM_INBOUND_TEXT_LINE, 99, "caf\uFFFD");
	/* cut before a character that does not fit */
	assert_clean("aé", CM_INBOUND_TEXT_LINE, 2, "a");
	assert_clean("aé", CM_INBOUND_TEXT_LINE, 3, "aé");
	assert_clean("aaé b", CM_INBOUND_TEXT_LINE, 4, "aaé");
}

static void
assert_address(const gchar *text, const gchar *expected)
{
	g_autofree gchar *address = cm_inbound_text_dup_address(text);

	g_assert_cmpstr(address, ==, expected);
}

static void
test_address(void)
{
	assert_address("MAILTO:Marie.Tremblay@Famille.Example", "marie.tremblay@famille.example");
	assert_address(" <a+b@c.ca> ", "a+b@c.ca");
	assert_address("éloïse@école.example", "éloïse@école.example");
	assert_address("a@b@c", NULL);
	assert_address("a@", NULL);
	assert_address("@b", NULL);
	assert_address("a b@c", NULL);
	assert_address("a@b\r\nBcc: x@y", NULL);
	assert_address("a,b@c", NULL);
	assert_address("\"a\"@c", NULL);
	assert_address("a@\xff", NULL);
	assert_address("/o=ExchangeLabs/ou=x/cn=y", NULL);
}

static void
test_depth(void)
{
	g_assert_true(cm_json_depth_is_within("[[\"[[[\"]]", 9, 2));
	g_assert_false(cm_json_depth_is_within("[[[]]]", 6, 2));
	g_assert_true(cm_json_depth_is_within("{\"\\\"[[\":[]}", 11, 2));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/inbound-document/round-trip", test_round_trip);
	g_test_add_func("/inbound-document/untrusted", test_untrusted);
	g_test_add_func("/inbound-document/controls", test_controls);
	g_test_add_func("/inbound-document/longest", test_longest);
	g_test_add_func("/inbound-document/text", test_text);
	g_test_add_func("/inbound-document/address", test_address);
	g_test_add_func("/inbound-document/depth", test_depth);
	return g_test_run();
}
