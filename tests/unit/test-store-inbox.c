// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/inbound-document.h"
#include "daemon/store/store-help.h"
#include "daemon/store/store-inbox.h"
#include "daemon/store/store-time-request.h"
#include "tests/unit/outbox-fixture.h"

#include <string.h>

/* a session that the father was told of */
static CmPost *
post_told(void)
{
	CmPost *post = cm_post_new();

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	g_assert_cmpuint(cm_post_deliver(post), ==, 2);
	return post;
}

static CmStoreInvitation *
get_invitation(CmPost *post, gint64 recipient)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list =
	    cm_store_invitation_list_by_subject(post->store, post->session[0], &error);

	g_assert_no_error(error);
	for (guint i = 0; i < list->len; i++) {
		CmStoreInvitation *invitation = g_ptr_array_index(list, i);

		if (invitation->recipient == recipient)
			return cm_store_invitation_get(post->store, invitation->number, &error);
	}
	g_assert_not_reached();
}

/* the father's answer, as a calendar program sends it; each its own octets */
static CmInboundMail *
make_answer(CmPost *post, const gchar *method, const gchar *partstat)
{
	static guint number = 0; /* nocheck:global: no two mails are the same */
	g_autoptr(CmStoreInvitation) invitation = get_invitation(post, post->father);
	CmInboundMail *mail = cm_inbound_mail_new();
	CmInboundEvent *event = cm_inbound_mail_add_event(mail);
	CmInboundAttendee *attendee = cm_inbound_mail_add_attendee(event);
	g_autofree gchar *token = cm_store_invitation_dup_token(post->store, invitation->number);

	g_snprintf(mail->sha256, sizeof mail->sha256, "%064x", ++number);
	mail->from = g_strdup("pere@famille.example");
	g_ptr_array_add(mail->recipients, g_strdup_printf("suivis+%s@css.example", token));
	mail->method = g_strdup(method);
	event->uid = g_strdup(invitation->uid);
	event->sequence = invitation->sequence;
	event->stamp = post->now - 5;
	event->start = invitation->start_utc;
	event->end = invitation->end_utc;
	attendee->address = g_strdup("pere@famille.example");
	attendee->partstat = g_strdup(partstat);
	return mail;
}

static CmStoreInboxSettings
get_settings(const CmPost *post)
{
	const CmStoreInboxSettings settings = {.policies = post->policies,
					       .address = "suivis@css.example",
					       .server = "mx.css.example"};

	return settings;
}

static CmStoreInboxTaken
take(CmPost *post, CmInboundMail *mail, gint64 uid)
{
	const CmStoreInboxSettings settings = get_settings(post);
	g_autoptr(GBytes) document = cm_inbound_document_write(mail);
	CmStoreInboxTaken taken = {0};
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_inbox_take(post->store, "main", 7, uid, document, &settings,
					    post->now, &taken, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	return taken;
}

static void
assert_inbound(CmPost *post, gint64 number, const gchar *kind, const gchar *state)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmStoreInbound) inbound = cm_store_inbox_get(post->store, number, &error);

	g_assert_no_error(error);
	g_test_message("%s", inbound->reason);
	g_assert_cmpstr(inbound->kind, ==, kind);
	g_assert_cmpstr(inbound->state, ==, state);
}

static void
assert_answer(CmPost *post, CmAnswer answer)
{
	g_autoptr(CmStoreInvitation) invitation = get_invitation(post, post->father);

	g_assert_cmpint(invitation->answer, ==, answer);
}

static gint64
count_notices(CmPost *post, const gchar *kind)
{
	g_autofree gchar *sql = g_strdup_printf(
	    "SELECT count(*) FROM notice WHERE kind = '%s' AND recipient_kind = 0", kind);

	return cm_post_query(post, sql);
}

/* ---- answers */

static void
test_store_inbox_answers(void)
{
	g_autoptr(CmPost) post = post_told();
	g_autoptr(CmInboundMail) yes = make_answer(post, "REPLY", "ACCEPTED");
	g_autoptr(CmInboundMail) no = make_answer(post, "REPLY", "DECLINED");
	CmInboundEvent *event = g_ptr_array_index(no->events, 0);
	CmStoreInboxTaken taken = take(post, yes, 1);

	g_assert_true(taken.taken);
	g_assert_cmpint(taken.booking, ==, post->session[0]);
	assert_inbound(post, taken.number, "reply", "applied");
	assert_answer(post, CM_ANSWER_ACCEPTED);
	g_assert_cmpint(count_notices(post, "answer.given"), ==, 1);
	/* the courier died before it heard: the same again, at its place and at another */
	taken = take(post, yes, 1);
	g_assert_false(taken.taken);
	taken = take(post, yes, 2);
	g_assert_false(taken.taken);
	g_assert_cmpint(count_notices(post, "answer.given"), ==, 1);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM inbound"), ==, 1);
	/* they change their mind */
	event->stamp++;
	taken = take(post, no, 3);
	assert_inbound(post, taken.number, "reply", "applied");
	assert_answer(post, CM_ANSWER_DECLINED);
	g_assert_cmpint(count_notices(post, "answer.declined"), ==, 1);
	/* and the first one arrives late, by another way */
	cm_inbound_mail_free(g_steal_pointer(&yes));
	yes = make_answer(post, "REPLY", "ACCEPTED");
	taken = take(post, yes, 4);
	assert_inbound(post, taken.number, "reply", "ignored");
	assert_answer(post, CM_ANSWER_DECLINED);
	g_assert_cmpint(
	    cm_post_query(post, "SELECT count(*) FROM audit WHERE action = 'inbox.take'"), ==, 3);
}

/* the hour moves: nobody has answered, and what was said of the old hour does not count */
static void
test_store_inbox_moved(void)
{
	g_autoptr(CmPost) post = post_told();
	g_autoptr(CmInboundMail) yes = make_answer(post, "REPLY", "ACCEPTED");
	g_autoptr(CmInboundMail) late = make_answer(post, "REPLY", "DECLINED");
	g_autoptr(CmInboundMail) anew = NULL;
	CmStoreInboxTaken taken = take(post, yes, 1);

	cm_post_move(post, 0, 0, "10:30");
	cm_post_set_now(post, post->now + DAY);
	(void)cm_post_deliver(post);
	assert_answer(post, CM_ANSWER_NEEDS_ACTION);
	taken = take(post, late, 2);
	assert_inbound(post, taken.number, "reply", "ignored");
	assert_answer(post, CM_ANSWER_NEEDS_ACTION);
	anew = make_answer(post, "REPLY", "TENTATIVE");
	taken = take(post, anew, 3);
	assert_inbound(post, taken.number, "reply", "applied");
	assert_answer(post, CM_ANSWER_TENTATIVE);
	cm_inbound_mail_free(g_steal_pointer(&anew));
	cm_post_cancel(post, 0);
	cm_post_set_now(post, post->now + DAY);
	(void)cm_post_deliver(post);
	anew = make_answer(post, "REPLY", "ACCEPTED");
	taken = take(post, anew, 4);
	assert_inbound(post, taken.number, "reply", "ignored");
}

/* who was told that it does not take place is asked anew when it does after all, at the very same hour */
static void
test_store_inbox_cancelled_and_back(void)
{
	g_autoptr(CmPost) post = post_told();
	g_autoptr(CmInboundMail) yes = make_answer(post, "REPLY", "ACCEPTED");

	(void)take(post, yes, 1);
	cm_post_cancel(post, 0);
	cm_post_set_now(post, post->now + DAY);
	(void)cm_post_deliver(post);
	assert_answer(post, CM_ANSWER_ACCEPTED);
	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, post->now + DAY);
	(void)cm_post_deliver(post);
	assert_answer(post, CM_ANSWER_NEEDS_ACTION);
}

/* who is told for the child no longer answers for nobody: a person asks whoever is */
static void
test_store_inbox_former_guardian(void)
{
	g_autoptr(CmPost) post = post_told();
	g_autoptr(CmInboundMail) before = make_answer(post, "REPLY", "ACCEPTED");
	g_autoptr(CmInboundMail) after = make_answer(post, "REPLY", "DECLINED");
	g_autoptr(CmInboundMail) again = NULL;
	CmStoreInboxTaken taken = take(post, before, 1);
	g_autoptr(GError) error = NULL;

	assert_inbound(post, taken.number, "reply", "applied");
	g_assert_true(
	    cm_store_guardianship_remove(post->store, post->child[0], post->father, UID, &error));
	g_assert_no_error(error);
	cm_post_set_now(post, post->now + 60);
	((CmInboundEvent *)g_ptr_array_index(after->events, 0))->stamp = post->now;
	taken = take(post, after, 2);
	g_assert_cmpint(taken.booking, ==, 0);
	assert_inbound(post, taken.number, "reply", "review");
	assert_answer(post, CM_ANSWER_ACCEPTED);
	g_assert_cmpint(count_notices(post, "answer.declined"), ==, 0);
	/* an answer to what is cancelled is none of anybody's */
	cm_post_cancel(post, 0);
	cm_post_set_now(post, post->now + DAY);
	(void)cm_post_deliver(post);
	again = make_answer(post, "REPLY", "DECLINED");
	taken = take(post, again, 3);
	assert_inbound(post, taken.number, "reply", "ignored");
}

/* ---- what a person decides */

static void
test_store_inbox_review(void)
{
	g_autoptr(CmPost) post = post_told();
	g_autoptr(CmInboundMail) mail = make_answer(post, "REPLY", "ACCEPTED");
	CmInboundEvent *event = g_ptr_array_index(mail->events, 0);
	CmInboundAttendee *attendee = g_ptr_array_index(event->attendees, 0);
	const CmStoreCall call = {.actor = UID, .now = post->now};
	CmStoreInboxTaken taken = {0};
	CmStoreStamp stamp = {0};
	gint64 booking = 0;
	g_autoptr(GPtrArray) list = NULL;
	g_autoptr(GError) error = NULL;

	/* a neighbour to whom it was forwarded */
	g_free(mail->from);
	mail->from = g_strdup("voisine@ailleurs.example");
	g_free(attendee->address);
	attendee->address = g_strdup("voisine@ailleurs.example");
	taken = take(post, mail, 1);
	assert_inbound(post, taken.number, "reply", "review");
	assert_answer(post, CM_ANSWER_NEEDS_ACTION);
	g_assert_cmpint(count_notices(post, "answer.given"), ==, 0);
	list = cm_store_inbox_list(post->store, TRUE, post->professional, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 1);
	g_clear_pointer(&list, g_ptr_array_unref);
	list = cm_store_inbox_list(post->store, TRUE, post->professional + 1000, &error);
	g_assert_cmpuint(list->len, ==, 0);
	/* it was the father's other address, says whoever asked him */
	g_assert_false(cm_store_inbox_decide(post->store, &call, taken.number, 7,
					     CM_ANSWER_ACCEPTED, 0, &stamp, &booking, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
	g_clear_error(&error);
	g_assert_true(cm_store_inbox_decide(post->store, &call, taken.number, 1, CM_ANSWER_ACCEPTED,
					    0, &stamp, &booking, &error));
	g_assert_no_error(error);
	g_assert_cmpint(stamp.version, ==, 2);
	g_assert_cmpint(booking, ==, post->session[0]);
	assert_inbound(post, taken.number, "reply", "decided");
	assert_answer(post, CM_ANSWER_ACCEPTED);
	g_assert_cmpint(count_notices(post, "answer.given"), ==, 1);
	g_assert_false(cm_store_inbox_decide(post->store, &call, taken.number, 2,
					     CM_ANSWER_NEEDS_ACTION, 0, &stamp, &booking, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
}

/* somebody wrote: nothing to take it for but to put it aside */
static void
test_store_inbox_unknown(void)
{
	g_autoptr(CmPost) post = post_told();
	g_autoptr(CmInboundMail) mail = cm_inbound_mail_new();
	const CmStoreCall call = {.actor = UID, .now = post->now};
	const CmStoreInboxSettings settings = get_settings(post);
	g_autoptr(GBytes) rubbish = g_bytes_new_static("rubbish", 7);
	CmStoreInboxTaken taken = {0};
	CmStoreStamp stamp = {0};
	CmStoreMailbox mailbox = {0};
	gint64 booking = 0;
	g_autoptr(GError) error = NULL;

	mail->text = g_strdup("Bonjour");
	taken = take(post, mail, 1);
	assert_inbound(post, taken.number, "other", "review");
	g_assert_false(cm_store_inbox_decide(post->store, &call, taken.number, 1,
					     CM_ANSWER_DECLINED, 0, &stamp, &booking, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	g_clear_error(&error);
	g_assert_true(cm_store_inbox_decide(post->store, &call, taken.number, 1,
					    CM_ANSWER_NEEDS_ACTION, 0, &stamp, &booking, &error));
	/* what can't be read does not hold up what is behind it */
	g_assert_true(cm_store_inbox_take(post->store, "main", 7, 2, rubbish, &settings, post->now,
					  &taken, &error));
	g_assert_no_error(error);
	assert_inbound(post, taken.number, "refused", "review");
	g_assert_true(cm_store_inbox_get_mailbox(post->store, "main", &mailbox, &error));
	g_assert_cmpint(mailbox.uidvalidity, ==, 7);
	g_assert_cmpint(mailbox.uid, ==, 2);
	g_assert_false(cm_store_inbox_take(post->store, "", 7, 3, rubbish, &settings, post->now,
					   &taken, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
}

/* ---- other times, what stands, bounces */

static void
test_store_inbox_counter(void)
{
	g_autoptr(CmPost) post = post_told();
	g_autoptr(CmInboundMail) mail = make_answer(post, "COUNTER", "TENTATIVE");
	g_autoptr(CmInboundMail) same = make_answer(post, "COUNTER", "TENTATIVE");
	g_autoptr(CmInboundMail) refresh = make_answer(post, "REFRESH", "NEEDS-ACTION");
	CmInboundEvent *event = g_ptr_array_index(mail->events, 0);
	CmStoreTimeRequestFilter filter = {.open = TRUE};
	g_autoptr(GPtrArray) requests = NULL;
	const CmStoreTimeRequest *request = NULL;
	g_autoptr(GError) error = NULL;
	CmStoreInboxTaken taken = {0};

	event->start += 2 * HOUR;
	event->end += 2 * HOUR;
	event->comment = g_strdup("Plus tard?");
	taken = take(post, mail, 1);
	assert_inbound(post, taken.number, "counter", "applied");
	requests = cm_store_time_request_list(post->store, &filter, post->now, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(requests->len, ==, 1);
	request = g_ptr_array_index(requests, 0);
	g_assert_cmpint(request->asker, ==, post->father);
	g_assert_cmpint(request->start_utc, ==, event->start);
	g_assert_cmpstr(request->remark, ==, "Plus tard?");
	/* the hour that it has already: for a person */
	taken = take(post, same, 2);
	assert_inbound(post, taken.number, "counter", "review");
	/* what stands is sent once more */
	taken = take(post, refresh, 3);
	assert_inbound(post, taken.number, "refresh", "applied");
	cm_post_set_now(post, post->now + DAY);
	g_assert_cmpint(cm_post_query(post,
				      "SELECT count(*) FROM notice WHERE recipient_kind = 2 AND "
				      "sent_at IS NULL"),
			>, 0);
}

/* a program that asks again and again is not answered again and again; each has its own count, and another day a new one */
static void
test_store_inbox_refresh_cap(void)
{
	g_autoptr(CmPost) post = post_told();
	CmStoreInboxTaken taken = {0};

	for (guint i = 0; i <= CM_STORE_INBOX_REPEATS_MAX; i++) {
		g_autoptr(CmInboundMail) mail = make_answer(post, "REFRESH", "NEEDS-ACTION");
		gboolean last = i == CM_STORE_INBOX_REPEATS_MAX;

		taken = take(post, mail, i + 1);
		assert_inbound(post, taken.number, "refresh", last ? "ignored" : "applied");
		/* what was asked for has gone out, and nothing more */
		cm_post_set_now(post, post->now + HOUR);
		g_assert_cmpuint(cm_post_deliver(post), ==, last ? 0 : 1);
	}
	for (guint i = 0; i < 2; i++) {
		g_autoptr(CmInboundMail) mail = make_answer(post, "REFRESH", "NEEDS-ACTION");

		cm_post_set_now(post, post->now + (i == 0 ? HOUR : DAY));
		taken = take(post, mail, 10 + i);
		assert_inbound(post, taken.number, "refresh", i == 0 ? "ignored" : "applied");
	}
}

/* ---- the professional hears of it */

/* the line of the professional's letter that says what was answered */
static void
assert_line(CmPost *post, const gchar *answer)
{
	g_autoptr(GPtrArray) leases = NULL;
	g_autoptr(CmLetter) letter = NULL;
	const CmLetterItem *line = NULL;

	(void)cm_post_gather(post);
	leases = cm_post_lease(post, 64);
	g_assert_cmpuint(leases->len, ==, 1);
	letter = cm_post_read(g_ptr_array_index(leases, 0));
	g_assert_cmpint(letter->recipient_kind, ==, CM_RESOURCE_PROFESSIONAL);
	g_assert_cmpint(letter->recipient, ==, post->professional);
	g_assert_cmpuint(letter->items->len, ==, 1);
	line = g_ptr_array_index(letter->items, 0);
	g_assert_cmpint(line->kind, ==, CM_LETTER_ITEM_ANSWERED);
	g_assert_cmpstr(line->answer, ==, answer);
	g_assert_cmpstr(line->role, ==, "guardian");
	g_assert_cmpint(line->subject, ==, post->session[0]);
	g_assert_nonnull(line->initials);
	cm_post_report(post, g_ptr_array_index(leases, 0), CM_ATTEMPT_ACCEPTED, 250);
}

static void
test_store_inbox_told_to_professional(void)
{
	g_autoptr(CmPost) post = post_told();
	g_autoptr(CmInboundMail) yes = make_answer(post, "REPLY", "ACCEPTED");
	g_autoptr(CmInboundMail) no = NULL;

	(void)take(post, yes, 1);
	cm_post_set_now(post, post->now + UNDO);
	assert_line(post, "accepted");
	no = make_answer(post, "REPLY", "DECLINED");
	(void)take(post, no, 2);
	cm_post_set_now(post, post->now + UNDO);
	assert_line(post, "declined");
}

/* a no in the evening to what is early the next morning does not wait until it is over with */
static void
test_store_inbox_declined_in_quiet_hours(void)
{
	/* 21:30 in Toronto on the eve; quiet until 07:00 */
	const gint64 evening = NOW + 6 * DAY + 13 * HOUR + HOUR / 2;

	for (guint i = 0; i < 2; i++) {
		g_autoptr(CmPost) post = post_told();
		g_autoptr(CmInboundMail) no = NULL;

		if (i == 1) {
			cm_post_move(post, 0, 0, "10:30");
			cm_post_set_now(post, post->now + DAY);
			(void)cm_post_deliver(post);
		}
		cm_post_set_now(post, evening);
		(void)cm_post_deliver(post);
		no = make_answer(post, "REPLY", "DECLINED");
		(void)take(post, no, 1);
		cm_post_set_now(post, evening + UNDO);
		g_assert_cmpuint(cm_post_deliver(post), ==, i == 0 ? 1 : 0);
	}
}

/* the father asks for another time, or for any */
static CmStoreStamp
ask_time(CmPost *post)
{
	const CmStoreTimeRequestOrder order = {.subject = post->session[0],
					       .asker_kind = CM_RESOURCE_CONTACT,
					       .asker = post->father,
					       .date = CM_DAY_NONE,
					       .source = CM_TIME_REQUEST_SOURCE_PAGE};
	const CmStoreCall call = {.actor = UID, .now = post->now};
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_time_request_ask(post->store, &call, &order, &stamp, &error));
	g_assert_no_error(error);
	return stamp;
}

static void
decline_time(CmPost *post, const CmStoreStamp *request)
{
	const CmStoreCall call = {.actor = UID, .now = post->now};
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_time_request_decline(post->store, &call, request->number,
						    request->version, "Complet.", &stamp, &error));
	g_assert_no_error(error);
}

/* the kind of the only letter that is due; CM_LETTER_KIND_LAST: none is */
static CmLetterKind
find_letter(CmPost *post)
{
	g_autoptr(GPtrArray) leases = NULL;
	g_autoptr(CmLetter) letter = NULL;

	(void)cm_post_gather(post);
	leases = cm_post_lease(post, 64);
	g_assert_cmpuint(leases->len, <=, 1);
	if (leases->len == 0)
		return CM_LETTER_KIND_LAST;
	letter = cm_post_read(g_ptr_array_index(leases, 0));
	cm_post_report(post, g_ptr_array_index(leases, 0), CM_ATTEMPT_ACCEPTED, 250);
	return letter->kind;
}

/* nor does the no to another time, and not the call for help before what begins with the day: who waits for it would be told when it is over
 * with; what is later waits as everything does */
static void
test_store_inbox_urgent_in_quiet_hours(void)
{
	/* 21:30 in Toronto on the eve; quiet until 07:00 */
	const gint64 evening = NOW + 6 * DAY + 13 * HOUR + HOUR / 2;

	for (guint i = 0; i < 4; i++) {
		g_autoptr(CmPost) post = post_told();
		gboolean early = i % 2 == 0;
		gboolean help = i >= 2;
		CmStoreStamp asked = {0};
		gint64 number = 0;
		g_autoptr(GError) error = NULL;

		if (!early) {
			cm_post_move(post, 0, 0, "10:30");
			cm_post_set_now(post, post->now + DAY);
			(void)cm_post_deliver(post);
		}
		if (!help)
			asked = ask_time(post);
		cm_post_set_now(post, evening);
		(void)cm_post_deliver(post);
		if (help) {
			g_assert_true(cm_store_help_ask(post->store, post->session[0],
							CM_RESOURCE_CONTACT, post->father, "{}",
							post->now, &number, &error));
			g_assert_no_error(error);
		} else {
			decline_time(post, &asked);
		}
		cm_post_set_now(post, evening + UNDO);
		g_assert_cmpint(find_letter(post), ==,
				!early ? CM_LETTER_KIND_LAST
				: help ? CM_LETTER_DIGEST
				       : CM_LETTER_COUNTER_DECLINED);
	}
}

/* whoever wrote the answer down knows it */
static void
test_store_inbox_told_by_professional(void)
{
	g_autoptr(CmPost) post = post_told();
	const CmStoreCall call = {.actor = UID, .now = post->now};
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 2; i++) {
		g_autoptr(CmInboundMail) mail = make_answer(post, "REPLY", "DECLINED");
		CmInboundEvent *event = g_ptr_array_index(mail->events, 0);
		CmInboundAttendee *attendee = g_ptr_array_index(event->attendees, 0);
		gint64 teller = i == 0 ? post->professional : post->professional + 1000;
		CmStoreInboxTaken taken = {0};
		CmStoreStamp stamp = {0};
		gint64 booking = 0;

		g_free(mail->from);
		mail->from = g_strdup("voisine@ailleurs.example");
		g_free(attendee->address);
		attendee->address = g_strdup("voisine@ailleurs.example");
		taken = take(post, mail, i + 1);
		assert_inbound(post, taken.number, "reply", "review");
		g_assert_true(cm_store_inbox_decide(post->store, &call, taken.number, 1,
						    CM_ANSWER_DECLINED, teller, &stamp, &booking,
						    &error));
		g_assert_no_error(error);
		assert_answer(post, CM_ANSWER_DECLINED);
		g_assert_cmpint(count_notices(post, "answer.declined"), ==, i);
	}
}

static gint64
get_letter(CmPost *post, gint64 recipient)
{
	g_autofree gchar *sql =
	    g_strdup_printf("SELECT id FROM letter WHERE recipient_kind = 2 AND recipient = "
			    "%" G_GINT64_FORMAT,
			    recipient);

	return cm_post_query(post, sql);
}

static void
test_store_inbox_bounce(void)
{
	g_autoptr(CmPost) post = post_told();
	g_autoptr(CmInboundMail) mail = cm_inbound_mail_new();
	CmInboundReport *report = cm_inbound_mail_add_report(mail);
	gint64 letter = get_letter(post, post->father);
	g_autofree gchar *sql =
	    g_strdup_printf("SELECT '<' || message_id || '>' FROM letter WHERE id = "
			    "%" G_GINT64_FORMAT,
			    letter);
	g_autofree gchar *message_id = NULL;
	g_autoptr(CmReachable) reachable = NULL;
	g_autoptr(GError) error = NULL;
	CmStoreInboxTaken taken = {0};

	g_assert_true(cm_store_fixture_run_shell(post->fixture, sql, &message_id));
	mail->is_report = TRUE;
	mail->reported_id = g_strdup(g_strstrip(message_id));
	mail->automatic = CM_INBOUND_AUTO_NOBODY;
	report->action = g_strdup("failed");
	report->status = g_strdup("5.1.1");
	report->final_recipient = g_strdup("pere@famille.example");
	taken = take(post, mail, 1);
	assert_inbound(post, taken.number, "bounce", "applied");
	g_assert_cmpint(cm_post_query(post,
				      "SELECT id FROM letter WHERE state = 'dead' AND cause = "
				      "'bounced'"),
			==, letter);
	reachable = cm_store_reach_get(post->store, CM_RESOURCE_CONTACT, post->father, &error);
	g_assert_true(reachable->bounced);
	cm_reachable_free(g_steal_pointer(&reachable));
	reachable = cm_store_reach_get(post->store, CM_RESOURCE_CONTACT, post->mother, &error);
	g_assert_false(reachable->bounced);
}

/* the address was another one since: a late bounce says nothing of it */
static void
test_store_inbox_late_bounce(void)
{
	g_autoptr(CmPost) post = post_told();
	g_autoptr(CmInboundMail) mail = cm_inbound_mail_new();
	CmInboundReport *report = cm_inbound_mail_add_report(mail);
	g_autofree gchar *message_id = NULL;
	g_autoptr(CmReachable) reachable = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_fixture_run_shell(
	    post->fixture,
	    "SELECT '<' || message_id || '>' FROM letter WHERE recipient_kind = 2 LIMIT 1",
	    &message_id));
	cm_post_set_reach(post, CM_RESOURCE_CONTACT, post->father, "nouveau@famille.example",
			  CM_DELIVERY_INVITATIONS);
	mail->is_report = TRUE;
	mail->reported_id = g_strdup(g_strstrip(message_id));
	report->action = g_strdup("failed");
	report->status = g_strdup("5.1.1");
	report->final_recipient = g_strdup("pere@famille.example");
	(void)take(post, mail, 1);
	reachable = cm_store_reach_get(post->store, CM_RESOURCE_CONTACT, post->father, &error);
	g_assert_false(reachable->bounced);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-inbox/answers", test_store_inbox_answers);
	g_test_add_func("/store-inbox/moved", test_store_inbox_moved);
	g_test_add_func("/store-inbox/cancelled-and-back", test_store_inbox_cancelled_and_back);
	g_test_add_func("/store-inbox/former-guardian", test_store_inbox_former_guardian);
	g_test_add_func("/store-inbox/review", test_store_inbox_review);
	g_test_add_func("/store-inbox/unknown", test_store_inbox_unknown);
	g_test_add_func("/store-inbox/counter", test_store_inbox_counter);
	g_test_add_func("/store-inbox/refresh-cap", test_store_inbox_refresh_cap);
	g_test_add_func("/store-inbox/told-to-professional", test_store_inbox_told_to_professional);
	g_test_add_func("/store-inbox/told-by-professional", test_store_inbox_told_by_professional);
	g_test_add_func("/store-inbox/declined-in-quiet-hours",
			test_store_inbox_declined_in_quiet_hours);
	g_test_add_func("/store-inbox/urgent-in-quiet-hours",
			test_store_inbox_urgent_in_quiet_hours);
	g_test_add_func("/store-inbox/bounce", test_store_inbox_bounce);
	g_test_add_func("/store-inbox/late-bounce", test_store_inbox_late_bounce);
	return g_test_run();
}
