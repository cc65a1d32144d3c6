// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/address-guard.h"
#include "daemon/courier/mailbox-poll.h"
#include "daemon/courier/smtp-mail.h"

#include <gio/gio.h>

/* ---- where an address may lead */

static gboolean
is_public(const gchar *text)
{
	g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string(text, 443);
	guint8 native[128];
	gssize size = g_socket_address_get_native_size(address);

	g_assert_cmpint(size, <=, sizeof native);
	g_assert_true(g_socket_address_to_native(address, native, sizeof native, NULL));
	return cm_address_guard_is_public((const struct sockaddr *)(gconstpointer)native,
					  (gsize)size);
}

static void
test_address_guard(void)
{
	static const gchar *const open[] = {"1.1.1.1",     "9.255.255.255", "11.0.0.0",
					    "100.63.0.1",  "100.128.0.1",   "172.15.0.1",
					    "172.32.0.1",  "192.167.1.1",   "198.17.1.1",
					    "223.255.0.1", "2606:4700::1",  "2a00::1"};
	static const gchar *const closed[] = {
	    "0.0.0.0",         "10.1.2.3",        "100.64.0.1",   "127.0.0.1",   "127.255.0.1",
	    "169.254.169.254", "172.16.0.1",      "172.31.255.1", "192.168.1.1", "198.19.0.1",
	    "224.0.0.1",       "255.255.255.255", "::",           "::1",         "::ffff:127.0.0.1",

	    "64:ff9b::a00:1",  "2002:7f00:1::",   "2001::1",      "2001:db8::1", "fc00::1",
	    "fd12::1",         "fe80::1",         "ff02::1"};

	for (guint i = 0; i < G_N_ELEMENTS(open); i++) {
		if (!is_public(open[i]))
			g_test_fail_printf("%s is refused", open[i]);
	}
	for (guint i = 0; i < G_N_ELEMENTS(closed); i++) {
		if (is_public(closed[i]))
			g_test_fail_printf("%s is let through", closed[i]);
	}
}

static void
test_host_guard(void)
{
	static const gchar *const open[] = {
	    "calendars.example", "localhost.example", "mylocalhost",       "1.1.1.1",
	    "127.0.0.1.example", "école.example",     "[2606:4700::1111]", "10.example"};
	static const gchar *const closed[] = {"localhost",
					      "LocalHost.",
					      "a.localhost",
					      "127.0.0.1",
					      "127.1",
					      "127.0.0.1..",
					      "0x7f.0.0.1",
					      "2130706433",
					      "017700000001",
					      "10.0.0.1.",
					      "[::1]",
					      "[fe80::1%25eth0]",
					      "[::ffff:1.1.1.1]",
					      "[nothing",
					      "１２７.0.0.1",
					      "127。0。0。1",
					      "ⓛocalhost",
					      "",
					      ".",
					      "a\xff"};

	for (guint i = 0; i < G_N_ELEMENTS(open); i++) {
		if (!cm_address_guard_may_be_public(open[i]))
			g_test_fail_printf("%s is refused", open[i]);
	}
	for (guint i = 0; i < G_N_ELEMENTS(closed); i++) {
		if (cm_address_guard_may_be_public(closed[i]))
			g_test_fail_printf("%s is let through", closed[i]);
	}
}

/* ---- what a conversation's end means */

static void
test_smtp_judge(void)
{
	static const struct {
		CURLcode code;
		CmSmtpStep step;
		guint answer;
		gboolean whole;
		CmAttempt expected;
	} ends[] = {
	    {CURLE_OK, CM_SMTP_STEP_MESSAGE, 250, TRUE, CM_ATTEMPT_ACCEPTED},
	    {CURLE_SEND_ERROR, CM_SMTP_STEP_RECIPIENT, 550, FALSE, CM_ATTEMPT_PERMANENT},
	    {CURLE_SEND_ERROR, CM_SMTP_STEP_RECIPIENT, 451, FALSE, CM_ATTEMPT_TEMPORARY},
	    {CURLE_SEND_ERROR, CM_SMTP_STEP_SENDER, 550, FALSE, CM_ATTEMPT_TEMPORARY},
	    {CURLE_SEND_ERROR, CM_SMTP_STEP_SENDER, 552, FALSE, CM_ATTEMPT_PERMANENT},
	    {CURLE_SEND_ERROR, CM_SMTP_STEP_SENDER, 530, FALSE, CM_ATTEMPT_LOGIN},
	    {CURLE_LOGIN_DENIED, CM_SMTP_STEP_LOGIN, 535, FALSE, CM_ATTEMPT_LOGIN},
	    {CURLE_LOGIN_DENIED, CM_SMTP_STEP_LOGIN, 454, FALSE, CM_ATTEMPT_TEMPORARY},
	    {CURLE_WEIRD_SERVER_REPLY, CM_SMTP_STEP_MESSAGE, 554, TRUE, CM_ATTEMPT_PERMANENT},
	    {CURLE_WEIRD_SERVER_REPLY, CM_SMTP_STEP_MESSAGE, 451, TRUE, CM_ATTEMPT_TEMPORARY},
	    /* the last that was heard is of before the message: the server may have it */
	    {CURLE_RECV_ERROR, CM_SMTP_STEP_MESSAGE, 354, TRUE, CM_ATTEMPT_UNCERTAIN},
	    {CURLE_OPERATION_TIMEDOUT, CM_SMTP_STEP_MESSAGE, 354, TRUE, CM_ATTEMPT_UNCERTAIN},
	    {CURLE_SEND_ERROR, CM_SMTP_STEP_MESSAGE, 354, FALSE, CM_ATTEMPT_NETWORK},
	    {CURLE_COULDNT_CONNECT, CM_SMTP_STEP_GREETING, 0, FALSE, CM_ATTEMPT_NETWORK},
	    {CURLE_PEER_FAILED_VERIFICATION, CM_SMTP_STEP_GREETING, 220, FALSE, CM_ATTEMPT_TLS},
	    {CURLE_USE_SSL_FAILED, CM_SMTP_STEP_GREETING, 250, FALSE, CM_ATTEMPT_TLS},
	};

	for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_test_message("end %u", i);
		g_assert_cmpint(
		    cm_smtp_mail_judge(ends[i].code, ends[i].step, ends[i].answer, ends[i].whole),
		    ==, ends[i].expected);
	}
}

static void
test_smtp_addresses(void)
{
	g_assert_true(cm_smtp_mail_check_address("suivis+b1k2@css.example"));
	g_assert_true(cm_smtp_mail_check_address("élise@école.example"));
	g_assert_false(cm_smtp_mail_check_address("nobody"));
	g_assert_false(cm_smtp_mail_check_address("@css.example"));
	g_assert_false(cm_smtp_mail_check_address("a@"));
	g_assert_false(cm_smtp_mail_check_address("a@b.example>\r\nRCPT TO:<c@d.example"));
	g_assert_false(cm_smtp_mail_check_address("a b@c.example"));
	g_assert_false(cm_smtp_mail_check_address("a\x01@c.example"));
	g_assert_false(cm_smtp_mail_check_address("a@b.example\xff"));
}

/* ---- what mail servers answer */

static void
test_mailbox_answers(void)
{
	CmMailboxStatus status = {0};
	g_autoptr(GArray) found = NULL;
	guint64 size = 0;

	g_assert_true(cm_mailbox_poll_parse_status(
	    "* STATUS \"a (UIDNEXT 9) b\" (MESSAGES 3 UIDNEXT 40 UIDVALIDITY 7)\r\n", &status));
	g_assert_cmpuint(status.messages, ==, 3);
	g_assert_cmpuint(status.uidnext, ==, 40);
	g_assert_cmpuint(status.uidvalidity, ==, 7);
	g_assert_false(cm_mailbox_poll_parse_status("* STATUS INBOX (MESSAGES 3)\r\n", &status));
	g_assert_false(cm_mailbox_poll_parse_status("", &status));

	found = cm_mailbox_poll_parse_search("* SEARCH 12 5\r\n* SEARCH 9\r\n", 5, 12);
	g_assert_nonnull(found);
	g_assert_cmpuint(found->len, ==, 3);
	g_assert_cmpuint(g_array_index(found, guint64, 0), ==, 5);
	g_assert_cmpuint(g_array_index(found, guint64, 2), ==, 12);
	/* what libcurl makes of an answer that is too long for it: numbers run together, or twice */
	g_assert_null(cm_mailbox_poll_parse_search("* SEARCH 12 5806\r\n", 5, 204));
	g_assert_null(cm_mailbox_poll_parse_search("* SEARCH 12 12\r\n", 5, 204));
	g_assert_null(cm_mailbox_poll_parse_search("* SEARCH 12 x\r\n", 5, 204));

	g_assert_true(cm_mailbox_poll_parse_size("* 2 FETCH (FLAGS (\\Seen) UID 4 RFC822.SIZE "
						 "9)\r\n* 3 FETCH (UID 5 RFC822.SIZE 1234)\r\n",
						 5, &size));
	g_assert_cmpuint(size, ==, 1234);
	g_assert_false(
	    cm_mailbox_poll_parse_size("* 3 FETCH (UID 55 RFC822.SIZE 1)\r\n", 5, &size));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/courier-rules/addresses", test_address_guard);
	g_test_add_func("/courier-rules/hosts", test_host_guard);
	g_test_add_func("/courier-rules/smtp-ends", test_smtp_judge);
	g_test_add_func("/courier-rules/smtp-addresses", test_smtp_addresses);
	g_test_add_func("/courier-rules/mailbox-answers", test_mailbox_answers);
	return g_test_run();
}
