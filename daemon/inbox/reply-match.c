// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/reply-match.h"

#include <glib/gi18n.h>
#include <string.h>

const gchar *
cm_reply_match_kind_to_string(CmReplyKind kind)
{
	static const gchar *const names[CM_REPLY_KIND_LAST] = {
	    "reply", "counter", "refresh", "bounce", "automatic", "loop", "other", "refused"};

	g_return_val_if_fail(kind < CM_REPLY_KIND_LAST, "");
	return names[kind];
}

const gchar *
cm_reply_match_state_to_string(CmReplyState state)
{
	static const gchar *const names[CM_REPLY_STATE_LAST] = {"applied", "review", "ignored",
								"decided"};

	g_return_val_if_fail(state < CM_REPLY_STATE_LAST, "");
	return names[state];
}

static CmReplyVerdict
make(CmReplyKind kind, CmReplyState state, const gchar *reason)
{
	CmReplyVerdict verdict = {.kind = kind, .state = state, .reason = reason};

	return verdict;
}

/* ---- who sent it, by the server that is believed */

/* the topmost of its fields: one that the mail brought along stands below */
static guint
get_first_hop(const CmInboundMail *mail, const gchar *server)
{
	guint first = G_MAXUINT;

	for (guint i = 0; i < mail->authentications->len; i++) {
		const CmInboundAuthentication *authentication =
		    g_ptr_array_index(mail->authentications, i);

		if (g_ascii_strcasecmp(authentication->server, server) == 0)
			first = MIN(first, authentication->hops);
	}
	return first;
}

/* one is the other, or a part of it: "mail.famille.example" and "famille.example" */
static gboolean
is_aligned(const gchar *domain, const gchar *from)
{
	gsize length = domain != NULL ? strlen(domain) : 0;
	gsize other = strlen(from);

	if (length == 0 || strchr(domain, '.') == NULL)
		return FALSE;
	if (length == other)
		return g_ascii_strcasecmp(domain, from) == 0;
	return length < other ? from[other - length - 1] == '.' &&
				    g_ascii_strcasecmp(from + other - length, domain) == 0
			      : domain[length - other - 1] == '.' && strchr(from, '.') != NULL &&
				    g_ascii_strcasecmp(domain + length - other, from) == 0;
}

/* what has been seen of the results */
typedef struct {
	gboolean dmarc_passed;
	gboolean dmarc_failed;
	gboolean passed;
	gboolean failed;
} Results;

static void
count_result(Results *results, const CmInboundResult *result, const gchar *from)
{
	gboolean passed = g_str_equal(result->result, "pass");
	gboolean failed = g_str_equal(result->result, "fail");
	gboolean ours = is_aligned(result->domain, from);

	if (g_str_equal(result->method, "dmarc")) {
		results->dmarc_passed = results->dmarc_passed || (passed && ours);
		results->dmarc_failed = results->dmarc_failed || failed;
	} else if (g_str_equal(result->method, "dkim") || g_str_equal(result->method, "spf")) {
		results->passed = results->passed || (passed && ours);
		results->failed = results->failed || failed;
	}
}

CmReplySender
cm_reply_match_judge_sender(const CmInboundMail *mail, const gchar *server)
{
	const gchar *at = mail->from != NULL ? strrchr(mail->from, '@') : NULL;
	Results results = {0};
	guint first = 0;

	if (server == NULL || at == NULL)
		return CM_REPLY_SENDER_UNKNOWN;
	first = get_first_hop(mail, server);
	for (guint i = 0; i < mail->authentications->len; i++) {
		const CmInboundAuthentication *authentication =
		    g_ptr_array_index(mail->authentications, i);

		if (authentication->hops != first ||
		    g_ascii_strcasecmp(authentication->server, server) != 0)
			continue;
		for (guint j = 0; j < authentication->results->len; j++)
			count_result(&results, g_ptr_array_index(authentication->results, j),
				     at + 1);
	}
	if (results.dmarc_failed)
		return CM_REPLY_SENDER_FAILED;
	if (results.dmarc_passed || results.passed)
		return CM_REPLY_SENDER_PROVEN;
	return results.failed ? CM_REPLY_SENDER_FAILED : CM_REPLY_SENDER_UNKNOWN;
}

/* ---- what could not be delivered */

static CmReplyVerdict
judge_report(const CmReplyQuestion *question)
{
	const CmInboundMail *mail = question->mail;
	const CmInboundReport *failed = NULL;
	CmReplyVerdict verdict = make(CM_REPLY_KIND_BOUNCE, CM_REPLY_STATE_IGNORED, "");

	verdict.letter = question->letter;
	for (guint i = 0; i < mail->reports->len && failed == NULL; i++) {
		const CmInboundReport *report = g_ptr_array_index(mail->reports, i);

		if (g_str_equal(report->action, "failed"))
			failed = report;
	}
	if (failed == NULL) {
		verdict.reason = N_("A mail is late, or has arrived: a mail server says so.");
	} else if (question->letter == 0) {
		verdict.reason = N_("It reports on no mail of ours.");
	} else {
		verdict.state = CM_REPLY_STATE_APPLIED;
		verdict.hard = failed->status != NULL && g_str_has_prefix(failed->status, "5.");
		verdict.reason = verdict.hard ? N_("The address takes no mail.")
					      : N_("The mail could not be delivered in time.");
	}
	return verdict;
}

/* ---- whose answer it is */

static const CmInboundEvent *
get_event(const CmReplyQuestion *question)
{
	return g_ptr_array_index(question->mail->events, 0);
}

/* the only one for which `is` holds; NULL: none, or several */
static const CmReplyInvitation *
find_only(const CmReplyQuestion *question,
	  gboolean (*is)(const CmReplyInvitation *invitation),
	  guint *out_count)
{
	const CmReplyInvitation *found = NULL;

	*out_count = 0;
	for (guint i = 0; i < question->count; i++) {
		if (!is(&question->invitations[i]))
			continue;
		found = &question->invitations[i];
		++*out_count;
	}
	return *out_count == 1 ? found : NULL;
}

static gboolean
is_attendee(const CmReplyInvitation *invitation)
{
	return invitation->attendee >= 0;
}

static gboolean
is_sender(const CmReplyInvitation *invitation)
{
	return invitation->sender;
}

static const CmReplyInvitation *
find_proven(const CmReplyQuestion *question)
{
	for (guint i = 0; i < question->count; i++)
		if (question->invitations[i].number == question->proven)
			return &question->invitations[i];
	return NULL;
}

/* the token says whose it is; what else the mail says must not speak against it */
static const gchar *
doubt_proven(const CmReplyQuestion *question, const CmReplyInvitation *proven)
{
	guint attendees = 0;
	guint senders = 0;

	(void)find_only(question, is_attendee, &attendees);
	(void)find_only(question, is_sender, &senders);
	if (proven->attendee < 0 && attendees > 0)
		return N_("It answers for somebody else than whom it was sent to.");
	if (!proven->sender && senders > 0)
		return N_("Somebody else who was invited sent it.");
	/* whoever has the mail that was forwarded has its token, and a program that answers in the name of the invited */
	if (!proven->sender)
		return N_("It is from an address that is not known: perhaps the invitation was "
			  "forwarded.");
	return NULL;
}

/* no token: who it names must be who sent it, and the mail server must vouch for that */
static const CmReplyInvitation *
find_by_address(const CmReplyQuestion *question, const gchar **out_doubt)
{
	guint count = 0;
	const CmReplyInvitation *found = find_only(question, is_attendee, &count);

	if (count == 0 && get_event(question)->attendees->len == 0)
		found = find_only(question, is_sender, &count);
	if (found == NULL)
		*out_doubt = count == 0 ? N_("It answers for nobody who was invited.")
					: N_("Several who were invited share this address.");
	else if (!found->sender)
		*out_doubt = N_("It answers for somebody who was invited, from another address.");
	else if (cm_reply_match_judge_sender(question->mail, question->server) !=
		 CM_REPLY_SENDER_PROVEN)
		*out_doubt =
		    N_("Nothing proves who sent it: it lacks the address that was written to "
		       "them.");
	return found;
}

/* the invitation, also where there is a doubt; NULL: there is none that it could be */
static const CmReplyInvitation *
find_invitation(const CmReplyQuestion *question, const gchar **out_doubt)
{
	const CmReplyInvitation *found = NULL;

	*out_doubt = NULL;
	if (question->forged) {
		*out_doubt = N_("The address it was sent to has been changed.");
		return NULL;
	}
	if (question->count == 0) {
		*out_doubt = N_("It answers an invitation that is not ours.");
		return NULL;
	}
	if (question->proven == 0) {
		found = find_by_address(question, out_doubt);
	} else {
		found = find_proven(question);
		*out_doubt = found != NULL
				 ? doubt_proven(question, found)
				 : N_("It was sent to the address of another invitation.");
	}
	if (*out_doubt == NULL &&
	    cm_reply_match_judge_sender(question->mail, question->server) == CM_REPLY_SENDER_FAILED)
		*out_doubt = N_("The mail server says that its sender is not who it says.");
	return found;
}

/* ---- what it says */

static gboolean
answers_the_hour(const CmInboundEvent *event, const CmReplyInvitation *invitation)
{
	return invitation->told && !event->all_day && event->start > 0 &&
	       event->start == invitation->start_utc;
}

/* the sequence that it answers: an answer that names the very hour that stands is to what stands */
static gint64
get_sequence(const CmInboundEvent *event, const CmReplyInvitation *invitation, gboolean same_hour)
{
	gint64 said = MAX(event->sequence, 0);

	return same_hour ? MAX(said, invitation->answer_sequence) : said;
}

static CmReplyAnswer
read_answer(const gchar *partstat)
{
	if (g_str_equal(partstat, "ACCEPTED"))
		return CM_REPLY_ANSWER_ACCEPTED;
	if (g_str_equal(partstat, "DECLINED"))
		return CM_REPLY_ANSWER_DECLINED;
	return g_str_equal(partstat, "TENTATIVE") ? CM_REPLY_ANSWER_TENTATIVE
						  : CM_REPLY_ANSWER_NONE;
}

static gboolean
delegates(const CmInboundEvent *event)
{
	for (guint i = 0; i < event->attendees->len; i++) {
		const CmInboundAttendee *attendee = g_ptr_array_index(event->attendees, i);

		if (g_str_equal(attendee->partstat, "DELEGATED"))
			return TRUE;
	}
	return FALSE;
}

/* whose answer counts: the recipient's, or the only one there is, under another of their addresses */
static const gchar *
get_partstat(const CmInboundEvent *event, const CmReplyInvitation *invitation)
{
	const CmInboundAttendee *attendee = NULL;

	if (invitation->attendee >= 0 && (guint)invitation->attendee < event->attendees->len)
		attendee = g_ptr_array_index(event->attendees, invitation->attendee);
	else if (event->attendees->len == 1)
		attendee = g_ptr_array_index(event->attendees, 0);
	return attendee != NULL ? attendee->partstat : "";
}

/* why nothing follows from it although it is theirs; NULL: something does */
static const gchar *
find_staleness(const CmReplyQuestion *question,
	       const CmReplyInvitation *invitation,
	       const CmReplyVerdict *verdict)
{
	if (invitation->told && !invitation->planned)
		return N_("What it answers is cancelled already.");
	if (invitation->told && invitation->end_utc <= question->now)
		return N_("What it answers is over.");
	if (verdict->sequence < invitation->answer_sequence)
		return N_("It answers an earlier version: the hour is another one since, and they "
			  "are asked anew.");
	if (verdict->kind != CM_REPLY_KIND_REPLY ||
	    verdict->sequence > invitation->answer_sequence || invitation->answer_stamp == 0)
		return NULL;
	if (verdict->stamp < invitation->answer_stamp)
		return N_("They have answered since.");
	return verdict->stamp == invitation->answer_stamp && verdict->answer == invitation->answer
		   ? N_("They have answered so already.")
		   : NULL;
}

static CmReplyVerdict
judge_reply(const CmReplyQuestion *question,
	    const CmReplyInvitation *invitation,
	    CmReplyVerdict verdict)
{
	const CmInboundEvent *event = get_event(question);

	if (verdict.kind == CM_REPLY_KIND_REPLY && delegates(event)) {
		verdict.reason = N_("They name somebody else who is to come.");
		return verdict;
	}
	if (verdict.kind == CM_REPLY_KIND_REPLY) {
		verdict.answer = read_answer(get_partstat(event, invitation));
		if (verdict.answer == CM_REPLY_ANSWER_NONE) {
			verdict.reason = N_("It says neither yes nor no.");
			return verdict;
		}
	}
	if (MAX(event->sequence, 0) > MAX(invitation->sequence, 0)) {
		verdict.reason = N_("It answers a version that was never sent.");
		return verdict;
	}
	verdict.reason = find_staleness(question, invitation, &verdict);
	verdict.state = CM_REPLY_STATE_IGNORED;
	if (verdict.reason == NULL) {
		verdict.state = CM_REPLY_STATE_APPLIED;
		verdict.reason = verdict.sequence < invitation->sequence
				     ? N_("It answers an earlier version; the hour is the same.")
				     : "";
	}
	return verdict;
}

/* who proposes no hour that can be told asks for any other */
static void
take_proposal(const CmInboundEvent *event, CmReplyVerdict *verdict)
{
	if (event->all_day || event->start == 0 || event->end <= event->start)
		return;
	verdict->start = event->start;
	verdict->end = event->end;
}

static CmReplyVerdict
judge_answer(const CmReplyQuestion *question, CmReplyKind kind)
{
	const CmInboundEvent *event = get_event(question);
	CmReplyVerdict verdict = make(kind, CM_REPLY_STATE_REVIEW, "");
	const gchar *doubt = NULL;
	const CmReplyInvitation *invitation = find_invitation(question, &doubt);
	gint64 stamp = event->stamp > 0 ? event->stamp : question->mail->date;

	if (invitation != NULL) {
		/* a COUNTER's hour is the one that is asked for */
		gboolean same_hour =
		    kind == CM_REPLY_KIND_REPLY && answers_the_hour(event, invitation);

		verdict.invitation = invitation->number;
		verdict.sequence = get_sequence(event, invitation, same_hour);
		/* a clock that is ahead must not keep later answers out */
		verdict.stamp = stamp > 0 ? MIN(stamp, question->now) : question->now;
	}
	if (doubt != NULL) {
		verdict.reason = doubt;
		if (invitation != NULL && kind == CM_REPLY_KIND_REPLY)
			verdict.answer = read_answer(get_partstat(event, invitation));
		return verdict;
	}
	if (kind == CM_REPLY_KIND_COUNTER)
		take_proposal(event, &verdict);
	if (kind != CM_REPLY_KIND_REFRESH)
		return judge_reply(question, invitation, verdict);
	verdict.state = CM_REPLY_STATE_APPLIED;
	return verdict;
}

/* ---- the whole */

static CmReplyVerdict
judge_calendar(const CmReplyQuestion *question)
{
	const CmInboundMail *mail = question->mail;
	CmReplyKind kind = g_str_equal(mail->method, "REPLY")     ? CM_REPLY_KIND_REPLY
			   : g_str_equal(mail->method, "COUNTER") ? CM_REPLY_KIND_COUNTER
			   : g_str_equal(mail->method, "REFRESH") ? CM_REPLY_KIND_REFRESH
								  : CM_REPLY_KIND_OTHER;
	CmReplyVerdict verdict = make(kind, CM_REPLY_STATE_REVIEW, "");

	verdict.invitation = question->proven;
	if (mail->calendar_problem != NULL)
		verdict.reason = N_("Its calendar part can't be relied on.");
	else if (kind == CM_REPLY_KIND_OTHER)
		verdict.reason = N_("It is a calendar message, but not an answer.");
	else if (mail->events->len != 1)
		verdict.reason = N_("It speaks of several events.");
	else if (get_event(question)->recurrence_id != NULL)
		verdict.reason = N_("It answers one of a series, which was not sent by us.");
	else
		return judge_answer(question, kind);
	return verdict;
}

CmReplyVerdict
cm_reply_match_judge(const CmReplyQuestion *question)
{
	const CmInboundMail *mail = question->mail;
	CmReplyVerdict verdict = make(CM_REPLY_KIND_OTHER, CM_REPLY_STATE_REVIEW, "");

	if (mail->refused != NULL)
		return make(CM_REPLY_KIND_REFUSED, CM_REPLY_STATE_REVIEW, mail->refused);
	if (question->is_ours || mail->received > CM_REPLY_MATCH_RECEIVED_MAX ||
	    (question->from_ourselves && mail->automatic != CM_INBOUND_BY_A_PERSON))
		return make(CM_REPLY_KIND_LOOP, CM_REPLY_STATE_IGNORED,
			    N_("It is a mail of ours that came back, or goes in circles."));
	if (mail->is_report)
		return judge_report(question);
	if (mail->method != NULL && mail->events->len > 0)
		return judge_calendar(question);
	verdict.invitation = question->proven;
	verdict.letter = question->letter;
	if (question->letter != 0 && mail->automatic == CM_INBOUND_AUTO_NOBODY) {
		verdict.kind = CM_REPLY_KIND_BOUNCE;
		verdict.reason = N_("A mail server answers, in a way that is not understood.");
	} else if (mail->calendar_problem != NULL) {
		verdict.reason = N_("Its calendar part can't be read.");
	} else if (mail->automatic != CM_INBOUND_BY_A_PERSON) {
		verdict.kind = CM_REPLY_KIND_AUTOMATIC;
		verdict.state = CM_REPLY_STATE_IGNORED;
		verdict.reason = N_("A machine answers, as of somebody who is away.");
	} else {
		verdict.reason = N_("Somebody wrote.");
	}
	return verdict;
}
