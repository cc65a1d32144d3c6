// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/reply-match.h"

#include <string.h>

/* docs/inbox.md has the table that these rows are: each is a mail and what becomes of it. */

#define NOW 1795000000
#define START 1796300000
#define END (START + 2700)

#define MINE "marie@famille.example"

/* one mail, as words: what isn't said is as in an ordinary answer */
typedef struct {
	const gchar *name;
	const gchar *method;   /* "" none */
	const gchar *partstat; /* "" no ATTENDEE */
	gint sequence;
	gint start;            /* hours from the session's */
	gint stamp;            /* seconds from NOW */
	const gchar *sender;   /* "mine", "other", "stranger" */
	const gchar *attendee; /* the same */
	const gchar *token;    /* "mine", "none", "forged", "elsewhere" */
	const gchar *results;  /* of the server: "dmarc=pass", "" */
	const gchar *expected; /* "kind state words of the reason" */
} Row;

typedef struct {
	CmInboundMail *mail;
	CmReplyInvitation invitations[2];
	CmReplyQuestion question;
} Case;

static const gchar *
get_address(const gchar *who)
{
	if (g_str_equal(who, "mine"))
		return MINE;
	return g_str_equal(who, "other") ? "luc@famille.example" : "voisine@ailleurs.example";
}

static void
add_results(CmInboundMail *mail, const gchar *results)
{
	g_auto(GStrv) words = g_strsplit(results, " ", -1);
	CmInboundAuthentication *authentication = NULL;

	if (*results == '\0')
		return;
	authentication = cm_inbound_mail_add_authentication(mail);
	authentication->server = g_strdup("mx.css.example");
	for (guint i = 0; words[i] != NULL; i++) {
		CmInboundResult *result = cm_inbound_mail_add_result(authentication);
		g_auto(GStrv) parts = g_strsplit_set(words[i], "=@", 3);

		result->method = g_strdup(parts[0]);
		result->result = g_strdup(parts[1]);
		result->domain = g_strdup(parts[2] != NULL ? parts[2] : "famille.example");
	}
}

static void
case_init(Case *one, const Row *row)
{
	CmInboundEvent *event = NULL;
	CmInboundAttendee *attendee = NULL;

	memset(one, 0, sizeof *one);
	one->mail = cm_inbound_mail_new();
	one->mail->from = g_strdup(get_address(row->sender));
	add_results(one->mail, row->results);
	if (*row->method != '\0') {
		one->mail->method = g_strdup(row->method);
		event = cm_inbound_mail_add_event(one->mail);
		event->uid = g_strdup("u");
		event->sequence = row->sequence;
		event->start = START + 3600 * row->start;
		event->end = END + 3600 * row->start;
		event->stamp = NOW + row->stamp;
	}
	if (*row->partstat != '\0' && event != NULL) {
		attendee = cm_inbound_mail_add_attendee(event);
		attendee->address = g_strdup(get_address(row->attendee));
		attendee->partstat = g_strdup(row->partstat);
	}
	for (guint i = 0; i < 2; i++) {
		const gchar *who = i == 0 ? "mine" : "other";
		CmReplyInvitation *invitation = &one->invitations[i];

		invitation->number = 70 + i;
		invitation->told = TRUE;
		invitation->planned = TRUE;
		invitation->sequence = 3;
		invitation->start_utc = START;
		invitation->end_utc = END;
		/* the hour moved with 2, the room with 3 */
		invitation->answer_sequence = 2;
		invitation->attendee = attendee != NULL && g_str_equal(row->attendee, who) ? 0 : -1;
		invitation->sender = g_str_equal(row->sender, who);
	}
	one->question.mail = one->mail;
	one->question.server = "mx.css.example";
	one->question.now = NOW;
	one->question.forged = g_str_equal(row->token, "forged");
	one->question.proven = g_str_equal(row->token, "mine")        ? 70
			       : g_str_equal(row->token, "elsewhere") ? 99
								      : 0;
	one->question.invitations = one->invitations;
	one->question.count = 2;
}

static void
case_clear(Case *one)
{
	cm_inbound_mail_free(one->mail);
}

static void
assert_verdict(const Case *one, const gchar *expected)
{
	CmReplyVerdict verdict = cm_reply_match_judge(&one->question);
	g_autofree gchar *text =
	    g_strdup_printf("%s %s %s", cm_reply_match_kind_to_string(verdict.kind),
			    cm_reply_match_state_to_string(verdict.state), verdict.reason);

	if (!g_str_has_prefix(text, expected))
		g_assert_cmpstr(text, ==, expected);
	/* what is applied without a word must not be expected with one */
	if (g_str_has_suffix(expected, " "))
		g_assert_cmpstr(text, ==, expected);
}

static const Row rows[] = {
    /* the ordinary ones */
    {"yes", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "mine", "", "reply applied "},
    {"no", "REPLY", "DECLINED", 3, 0, -9, "mine", "mine", "mine", "", "reply applied "},
    {"perhaps", "REPLY", "TENTATIVE", 3, 0, -9, "mine", "mine", "mine", "", "reply applied "},
    {"vouched for", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "mine", "dmarc=pass",
     "reply applied "},
    {"of another's server", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "mine",
     "dkim=pass@ailleurs.example", "reply applied "},
    /* aliases, and answers that don't say whose */
    {"from an alias, or a stranger in their name", "REPLY", "ACCEPTED", 3, 0, -9, "stranger",
     "mine", "mine", "", "reply review It is from an address that is not known"},
    {"as an alias", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "stranger", "mine", "",
     "reply applied "},
    {"nobody named, from theirs", "REPLY", "", 3, 0, -9, "mine", "", "mine", "",
     "reply review It says neither"},
    /* forwarded, forged, mixed up */
    {"forwarded to a stranger", "REPLY", "ACCEPTED", 3, 0, -9, "stranger", "stranger", "mine",
     "dmarc=pass@ailleurs.example", "reply review It is from an address that is not known"},
    {"answered by the other parent, as themselves", "REPLY", "ACCEPTED", 3, 0, -9, "other", "other",
     "mine", "", "reply review It answers for somebody else"},
    {"answered by the other parent, as the first", "REPLY", "ACCEPTED", 3, 0, -9, "other", "mine",
     "mine", "", "reply review Somebody else who was invited sent it"},
    {"changed token", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "forged", "dmarc=pass",
     "reply review The address it was sent to has been changed"},
    {"another invitation's token", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "elsewhere", "",
     "reply review It was sent to the address of another"},
    {"not who they say", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "mine", "dmarc=fail",
     "reply review The mail server says"},
    {"spf fails, dkim holds", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "mine",
     "spf=fail dkim=pass", "reply applied "},
    {"spf fails, nothing holds", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "mine", "spf=fail",
     "reply review The mail server says"},
    /* without a token */
    {"no token, vouched for", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "none", "dmarc=pass",
     "reply applied "},
    {"no token, nothing vouches", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "none", "",
     "reply review Nothing proves"},
    {"no token, another's domain", "REPLY", "ACCEPTED", 3, 0, -9, "mine", "mine", "none",
     "dmarc=pass@ailleurs.example", "reply review Nothing proves"},
    {"no token, from elsewhere", "REPLY", "ACCEPTED", 3, 0, -9, "stranger", "mine", "none",
     "dmarc=pass@ailleurs.example", "reply review It answers for somebody who was invited"},
    {"no token, stranger", "REPLY", "ACCEPTED", 3, 0, -9, "stranger", "stranger", "none", "",
     "reply review It answers for nobody"},
    /* versions */
    {"the room changed since", "REPLY", "ACCEPTED", 2, 0, -9, "mine", "mine", "mine", "",
     "reply applied It answers an earlier version; the hour is the same"},
    {"the hour changed since", "REPLY", "ACCEPTED", 1, -24, -9, "mine", "mine", "mine", "",
     "reply ignored It answers an earlier version: the hour"},
    {"no sequence, the hour that stands", "REPLY", "ACCEPTED", -1, 0, -9, "mine", "mine", "mine",
     "", "reply applied It answers an earlier version; the hour is the same"},
    {"no sequence, an hour that was", "REPLY", "ACCEPTED", -1, -24, -9, "mine", "mine", "mine", "",
     "reply ignored It answers an earlier version: the hour"},
    {"never sent", "REPLY", "ACCEPTED", 4, 0, -9, "mine", "mine", "mine", "",
     "reply review It answers a version that was never sent"},
    /* what is no answer */
    {"delegated", "REPLY", "DELEGATED", 3, 0, -9, "mine", "mine", "mine", "",
     "reply review They name somebody else"},
    {"needs action", "REPLY", "NEEDS-ACTION", 3, 0, -9, "mine", "mine", "mine", "",
     "reply review It says neither"},
    {"invitation of theirs", "REQUEST", "ACCEPTED", 3, 0, -9, "mine", "mine", "mine", "",
     "other review It is a calendar message, but not"},
    /* other times, and what stands */
    {"another time", "COUNTER", "TENTATIVE", 3, 2, -9, "mine", "mine", "mine", "",
     "counter applied "},
    {"another time, of an hour that was", "COUNTER", "TENTATIVE", 1, 2, -9, "mine", "mine", "mine",
     "", "counter ignored It answers an earlier version: the hour"},
    {"another time, a stranger", "COUNTER", "TENTATIVE", 3, 2, -9, "stranger", "stranger", "mine",
     "", "counter review It is from an address"},
    {"what stands?", "REFRESH", "NEEDS-ACTION", 0, 0, -9, "mine", "mine", "mine", "",
     "refresh applied "},
    {"what stands, asks a stranger", "REFRESH", "NEEDS-ACTION", 0, 0, -9, "stranger", "stranger",
     "mine", "", "refresh review It is from an address"},
    {"somebody wrote", "", "", 0, 0, 0, "mine", "mine", "mine", "", "other review Somebody wrote"},
};

static const Row *
find_row(const gchar *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (g_str_equal(rows[i].name, name))
			return &rows[i];
	}
	g_assert_not_reached();
}

static void
test_table(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case one;

		g_test_message("%s", rows[i].name);
		case_init(&one, &rows[i]);
		assert_verdict(&one, rows[i].expected);
		case_clear(&one);
	}
}

/* what the invitation is at that time */
static void
test_standing(void)
{
	Case one;

	case_init(&one, find_row("yes"));
	one.invitations[0].planned = FALSE;
	assert_verdict(&one, "reply ignored What it answers is cancelled already.");
	one.invitations[0].planned = TRUE;
	one.question.now = END;
	assert_verdict(&one, "reply ignored What it answers is over.");
	one.question.now = NOW;
	/* the letter is on its way: its server has not confirmed it yet */
	one.invitations[0].told = FALSE;
	one.invitations[0].start_utc = 0;
	one.invitations[0].answer_sequence = -1;
	assert_verdict(&one, "reply applied ");
	case_clear(&one);
}

/* the later one counts, whichever comes first; the same one twice is one */
static void
test_order(void)
{
	Case one;
	CmReplyVerdict verdict = {0};

	case_init(&one, find_row("yes"));
	one.invitations[0].answer_sequence = 3;
	one.invitations[0].answer = CM_REPLY_ANSWER_DECLINED;
	one.invitations[0].answer_stamp = NOW - 10;
	assert_verdict(&one, "reply applied ");
	one.invitations[0].answer_stamp = NOW - 8;
	assert_verdict(&one, "reply ignored They have answered since.");
	one.invitations[0].answer_stamp = NOW - 9;
	assert_verdict(&one, "reply applied ");
	one.invitations[0].answer = CM_REPLY_ANSWER_ACCEPTED;
	assert_verdict(&one, "reply ignored They have answered so already.");
	/* from a clock that is a year ahead: as of now, so that the next one counts too */
	((CmInboundEvent *)g_ptr_array_index(one.mail->events, 0))->stamp = NOW + 31536000;
	verdict = cm_reply_match_judge(&one.question);
	g_assert_cmpint(verdict.stamp, ==, NOW);
	case_clear(&one);
}

static void
test_shared_address(void)
{
	Case one;

	/* without a token nobody knows whose it is; with one it is plain */
	case_init(&one, find_row("no token, vouched for"));
	one.invitations[1].attendee = 0;
	one.invitations[1].sender = TRUE;
	assert_verdict(&one, "reply review Several who were invited share this address.");
	one.question.proven = 71;
	assert_verdict(&one, "reply applied ");
	g_assert_cmpint(cm_reply_match_judge(&one.question).invitation, ==, 71);
	case_clear(&one);
}

/* what the mail brought along from elsewhere, below our server's, is nothing to us */
static void
test_results_of_others(void)
{
	Case one;
	CmInboundAuthentication *authentication = NULL;
	CmInboundResult *result = NULL;

	case_init(&one, find_row("no token, nothing vouches"));
	authentication = cm_inbound_mail_add_authentication(one.mail);
	authentication->server = g_strdup("mx.ailleurs.example");
	result = cm_inbound_mail_add_result(authentication);
	result->method = g_strdup("dmarc");
	result->result = g_strdup("pass");
	result->domain = g_strdup("famille.example");
	assert_verdict(&one, "reply review Nothing proves");
	g_free(authentication->server);
	authentication->server = g_strdup("MX.css.example");
	assert_verdict(&one, "reply applied ");
	/* above it, our server says something else */
	one.question.proven = 70;
	authentication->hops = 2;
	add_results(one.mail, "dmarc=fail");
	assert_verdict(&one, "reply review The mail server says");
	one.question.server = NULL;
	assert_verdict(&one, "reply applied ");
	case_clear(&one);
}

static void
test_several(void)
{
	Case one;

	case_init(&one, find_row("yes"));
	(void)cm_inbound_mail_add_event(one.mail);
	assert_verdict(&one, "reply review It speaks of several events.");
	g_ptr_array_set_size(one.mail->events, 1);
	((CmInboundEvent *)g_ptr_array_index(one.mail->events, 0))->recurrence_id = g_strdup("1");
	assert_verdict(&one, "reply review It answers one of a series");
	g_clear_pointer(&((CmInboundEvent *)g_ptr_array_index(one.mail->events, 0))->recurrence_id,
			g_free);
	one.mail->calendar_problem = g_strdup("x");
	assert_verdict(&one, "reply review Its calendar part can't be relied on.");
	g_clear_pointer(&one.mail->calendar_problem, g_free);
	one.question.count = 0;
	one.question.proven = 0;
	assert_verdict(&one, "reply review It answers an invitation that is not ours.");
	case_clear(&one);
}

/* a whole day, or no hour that can be told, asks for any other time */
static void
test_proposal(void)
{
	Case one;
	CmReplyVerdict verdict = {0};
	CmInboundEvent *event = NULL;

	case_init(&one, find_row("another time"));
	event = g_ptr_array_index(one.mail->events, 0);
	verdict = cm_reply_match_judge(&one.question);
	g_assert_cmpint(verdict.start, ==, START + 7200);
	g_assert_cmpint(verdict.end, ==, END + 7200);
	event->all_day = TRUE;
	verdict = cm_reply_match_judge(&one.question);
	g_assert_cmpint(verdict.start, ==, 0);
	g_assert_cmpint(verdict.state, ==, CM_REPLY_STATE_APPLIED);
	case_clear(&one);
}

/* ---- machines */

static void
test_machines(void)
{
	Case one;

	case_init(&one, &rows[G_N_ELEMENTS(rows) - 1]);
	one.mail->automatic = CM_INBOUND_AUTO_REPLIED;
	assert_verdict(&one, "automatic ignored A machine answers");
	one.question.letter = 5;
	one.mail->automatic = CM_INBOUND_AUTO_NOBODY;
	assert_verdict(&one, "bounce review A mail server answers");
	one.question.is_ours = TRUE;
	assert_verdict(&one, "loop ignored It is a mail of ours");
	one.question.is_ours = FALSE;
	one.question.from_ourselves = TRUE;
	assert_verdict(&one, "loop ignored It is a mail of ours");
	one.mail->automatic = CM_INBOUND_BY_A_PERSON;
	assert_verdict(&one, "other review Somebody wrote.");
	one.mail->received = 51;
	assert_verdict(&one, "loop ignored It is a mail of ours");
	one.mail->refused = g_strdup("too long");
	assert_verdict(&one, "refused review too long");
	case_clear(&one);
	/* an automatic answer of a calendar counts: a resource, or Gmail for somebody who pressed a button */
	case_init(&one, find_row("yes"));
	one.mail->automatic = CM_INBOUND_AUTO_GENERATED;
	assert_verdict(&one, "reply applied ");
	case_clear(&one);
}

static void
test_reports(void)
{
	Case one;
	CmInboundReport *report = NULL;

	case_init(&one, &rows[G_N_ELEMENTS(rows) - 1]);
	one.mail->is_report = TRUE;
	report = cm_inbound_mail_add_report(one.mail);
	report->action = g_strdup("failed");
	report->status = g_strdup("5.1.1");
	assert_verdict(&one, "bounce ignored It reports on no mail of ours.");
	one.question.letter = 5;
	assert_verdict(&one, "bounce applied The address takes no mail.");
	g_assert_true(cm_reply_match_judge(&one.question).hard);
	report->status[0] = '4';
	assert_verdict(&one, "bounce applied The mail could not be delivered in time.");
	g_assert_false(cm_reply_match_judge(&one.question).hard);
	g_free(report->action);
	report->action = g_strdup("delayed");
	assert_verdict(&one, "bounce ignored A mail is late");
	case_clear(&one);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reply-match/table", test_table);
	g_test_add_func("/reply-match/standing", test_standing);
	g_test_add_func("/reply-match/order", test_order);
	g_test_add_func("/reply-match/shared-address", test_shared_address);
	g_test_add_func("/reply-match/results-of-others", test_results_of_others);
	g_test_add_func("/reply-match/several", test_several);
	g_test_add_func("/reply-match/proposal", test_proposal);
	g_test_add_func("/reply-match/machines", test_machines);
	g_test_add_func("/reply-match/reports", test_reports);
	return g_test_run();
}
