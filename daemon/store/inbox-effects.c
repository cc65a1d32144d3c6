// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/inbox-effects.h"

#include "daemon/inbox/inbound-text.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/outbox-item.h"
#include "daemon/store/store-inbox.h"
#include "daemon/store/store-letter.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-reach.h"
#include "daemon/store/store-time-request.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

/* a report's status as a server's code: the class is what matters */
#define CODE_HARD 550
#define CODE_SOFT 450

#define SECONDS_PER_DAY 86400

gboolean
cm_inbox_effects_find_professional(CmStore *store,
				   gint64 subject,
				   gint64 *out_professional,
				   GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT professional FROM booking WHERE session = ?1 UNION ALL "
				"SELECT professional FROM appointment WHERE id = ?1",
				error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, subject);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_professional = row ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

/* ---- an answer */

static gboolean
tell_professional(CmStore *store,
		  const CmStoreInvitation *invitation,
		  CmAnswer answer,
		  gint64 teller,
		  GError **error)
{
	gint64 professional = 0;

	if (!cm_inbox_effects_find_professional(store, invitation->subject, &professional, error))
		return FALSE;
	if (professional == 0 || professional == teller ||
	    (invitation->recipient_kind == CM_RESOURCE_PROFESSIONAL &&
	     invitation->recipient == professional))
		return TRUE;
	return cm_notice_queue(store,
			       answer == CM_ANSWER_DECLINED ? CM_NOTICE_ANSWER_DECLINED
							    : CM_NOTICE_ANSWER_GIVEN,
			       CM_RESOURCE_PROFESSIONAL, professional, invitation->number, error);
}

gboolean
cm_inbox_effects_answer(CmStore *store,
			gint64 number,
			const CmStoreAnswer *answer,
			gint64 actor,
			gint64 teller,
			CmAnswerResult *out_result,
			gint64 *out_booking,
			GError **error)
{
	g_autoptr(CmStoreInvitation) invitation = cm_store_invitation_get(store, number, error);

	if (invitation == NULL ||
	    !cm_store_invitation_record_answer(store, number, answer, actor, out_result, error))
		return FALSE;
	if (*out_result != CM_ANSWER_TAKEN)
		return TRUE;
	*out_booking = invitation->subject;
	return tell_professional(store, invitation, answer->answer, teller, error);
}

static void
set_outcome(CmReplyVerdict *verdict, CmReplyState state, gchar **inout_reason, gchar *reason)
{
	verdict->state = state;
	g_free(*inout_reason);
	*inout_reason = reason;
}

static CmAnswer
get_answer(CmReplyAnswer answer)
{
	if (answer == CM_REPLY_ANSWER_ACCEPTED)
		return CM_ANSWER_ACCEPTED;
	return answer == CM_REPLY_ANSWER_DECLINED ? CM_ANSWER_DECLINED : CM_ANSWER_TENTATIVE;
}

/* whether they would be told of it today; what does not stand is told to nobody, and an answer to it is judged by that */
static gboolean
is_concerned(CmStore *store,
	     const CmPolicySet *policies,
	     gint64 number,
	     gint64 now,
	     gboolean *out_concerned,
	     GError **error)
{
	g_autoptr(CmStoreInvitation) invitation = cm_store_invitation_get(store, number, error);
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(CmOutboxPeople) people = NULL;
	CmStoreRecipient who = {0};

	if (invitation == NULL ||
	    !cm_booking_rows_read(store, invitation->subject, now, &booking, error))
		return FALSE;
	if (booking == NULL || booking->state != CM_BOOKING_PLANNED) {
		*out_concerned = TRUE;
		return TRUE;
	}
	who.kind = invitation->recipient_kind;
	who.person = invitation->recipient;
	people = cm_outbox_people_new(store, policies, now, error);
	return people != NULL &&
	       cm_outbox_item_find_concerned(people, &who, booking, out_concerned, error);
}

static gboolean
take_reply(CmStore *store,
	   const CmPolicySet *policies,
	   gint64 now,
	   CmReplyVerdict *verdict,
	   gchar **inout_reason,
	   gint64 *out_booking,
	   GError **error)
{
	const CmStoreAnswer answer = {.answer = get_answer(verdict->answer),
				      .sequence = verdict->sequence,
				      .stamp = verdict->stamp,
				      .at = now,
				      .by = CM_ANSWERED_BY_MAIL};
	CmAnswerResult result = CM_ANSWER_TAKEN;
	gboolean concerned = FALSE;

	if (!is_concerned(store, policies, verdict->invitation, now, &concerned, error))
		return FALSE;
	if (!concerned) {
		set_outcome(verdict, CM_REPLY_STATE_REVIEW, inout_reason,
			    cm_message_new(N_("Who answers is not told of it any more."), NULL));
		return TRUE;
	}
	if (!cm_inbox_effects_answer(store, verdict->invitation, &answer, CM_AUDIT_DAEMON, 0,
				     &result, out_booking, error))
		return FALSE;
	if (result == CM_ANSWER_GONE)
		set_outcome(verdict, CM_REPLY_STATE_IGNORED, inout_reason,
			    cm_message_new(N_("What it answers is cancelled already."), NULL));
	else if (result == CM_ANSWER_STALE)
		set_outcome(verdict, CM_REPLY_STATE_IGNORED, inout_reason,
			    cm_message_new(N_("They have answered since."), NULL));
	return TRUE;
}

/* ---- another time */

/* what can't be asked for is for a person to look at; what the store can't do is not */
static gboolean
is_refusal(const GError *error)
{
	return cm_error_is(error, CM_ERROR_NOT_FOUND) || cm_error_is(error, CM_ERROR_CONFLICT) ||
	       cm_error_is(error, CM_ERROR_INVALID_INPUT);
}

static gboolean
take_counter(CmStore *store,
	     const CmInboundMail *mail,
	     gint64 now,
	     CmReplyVerdict *verdict,
	     gchar **inout_reason,
	     gint64 *out_booking,
	     GError **error)
{
	const CmInboundEvent *event = g_ptr_array_index(mail->events, 0);
	const CmStoreCall call = {.actor = CM_AUDIT_DAEMON, .now = now};
	CmStoreTimeRequestOrder order = CM_STORE_TIME_REQUEST_ORDER_INIT;
	g_autoptr(CmStoreInvitation) invitation =
	    cm_store_invitation_get(store, verdict->invitation, error);
	g_autofree gchar *remark = cm_inbound_text_clean(event->comment, CM_INBOUND_TEXT_LINES,
							 CM_STORE_TIME_REQUEST_TEXT_MAX);
	g_autoptr(GError) local = NULL;
	CmStoreStamp stamp = {0};

	if (invitation == NULL)
		return FALSE;
	order.subject = invitation->subject;
	order.asker_kind = invitation->recipient_kind;
	order.asker = invitation->recipient;
	order.start_utc = verdict->start;
	order.end_utc = verdict->end;
	order.remark = remark;
	order.source = CM_TIME_REQUEST_SOURCE_MAIL;
	order.sequence = (gint)MIN(verdict->sequence, G_MAXINT);
	if (cm_store_time_request_ask(store, &call, &order, &stamp, &local)) {
		*out_booking = invitation->subject;
		return TRUE;
	}
	if (!is_refusal(local)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	set_outcome(verdict, CM_REPLY_STATE_REVIEW, inout_reason, g_strdup(local->message));
	return TRUE;
}

/* ---- what stands is asked for */

/* how often that was done for somebody in the day before; this mail is not among them yet */
static gboolean
count_repeats(CmStore *store, gint64 invitation, gint64 now, gint64 *out_count, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT count(*) FROM inbound WHERE invitation = ?1 AND kind = 'refresh' AND "
	    "state = 'applied' AND received_at > ?2",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, invitation);
	sqlite3_bind_int64(statement, 2, now - SECONDS_PER_DAY);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_count = sqlite3_column_int64(statement, 0);
	return TRUE;
}

static gboolean
take_refresh(CmStore *store,
	     gint64 now,
	     CmReplyVerdict *verdict,
	     gchar **inout_reason,
	     GError **error)
{
	g_autofree gchar *most = g_strdup_printf("%d", CM_STORE_INBOX_REPEATS_MAX);
	gint64 count = 0;

	if (!count_repeats(store, verdict->invitation, now, &count, error))
		return FALSE;
	if (count < CM_STORE_INBOX_REPEATS_MAX)
		return cm_store_invitation_repeat(store, verdict->invitation, error);
	/* two programs that answer one another would never end */
	set_outcome(verdict, CM_REPLY_STATE_IGNORED, inout_reason,
		    cm_message_new(
			N_("It was sent again {0} times within a day already, which is the most."),
			most, NULL));
	return TRUE;
}

/* ---- a bounce */

/* whether one of the addresses that the report names is the addressee's as it stands; a late report says nothing of an address set
 * since */
static gboolean
find_address(CmStore *store,
	     const CmInboundMail *mail,
	     const CmStoreRecipient *addressee,
	     const gchar **out_address,
	     GError **error)
{
	for (guint i = 0; i < mail->reports->len && *out_address == NULL; i++) {
		const CmInboundReport *report = g_ptr_array_index(mail->reports, i);
		const gchar *const addresses[] = {report->final_recipient,
						  report->original_recipient};

		for (guint j = 0; j < G_N_ELEMENTS(addresses); j++) {
			g_autoptr(GArray) people = NULL;

			if (addresses[j] == NULL)
				continue;
			people = cm_store_reach_find(store, addresses[j], error);
			if (people == NULL)
				return FALSE;
			for (guint k = 0; k < people->len; k++) {
				const CmStoreRecipient *person =
				    &g_array_index(people, CmStoreRecipient, k);

				if (person->kind == addressee->kind &&
				    person->person == addressee->person)
					*out_address = addresses[j];
			}
		}
	}
	return TRUE;
}

static gboolean
take_bounce(CmStore *store,
	    const CmInboundMail *mail,
	    gint64 now,
	    CmReplyVerdict *verdict,
	    gchar **inout_reason,
	    GError **error)
{
	CmStoreRecipient addressee = {0};
	const gchar *address = NULL;
	g_autoptr(GError) local = NULL;

	if (!cm_store_letter_set_bounced(store, verdict->letter,
					 verdict->hard ? CODE_HARD : CODE_SOFT, now, &addressee,
					 &local)) {
		if (!cm_error_is(local, CM_ERROR_NOT_FOUND)) {
			g_propagate_error(error, g_steal_pointer(&local));
			return FALSE;
		}
		verdict->letter = 0;
		set_outcome(verdict, CM_REPLY_STATE_IGNORED, inout_reason,
			    cm_message_new(N_("It reports on no mail of ours."), NULL));
		return TRUE;
	}
	if (!verdict->hard)
		return TRUE;
	return find_address(store, mail, &addressee, &address, error) &&
	       (address == NULL ||
		cm_store_reach_set_bounced(store, addressee.kind, addressee.person, address, TRUE,
					   CM_AUDIT_DAEMON, now, error));
}

/* ---- the whole */

gboolean
cm_inbox_effects_carry_out(CmStore *store,
			   const CmInboundMail *mail,
			   const CmPolicySet *policies,
			   gint64 now,
			   CmReplyVerdict *verdict,
			   gchar **inout_reason,
			   gint64 *out_booking,
			   GError **error)
{
	*out_booking = 0;
	if (verdict->state != CM_REPLY_STATE_APPLIED)
		return TRUE;
	switch (verdict->kind) {
	case CM_REPLY_KIND_REPLY:
		return take_reply(store, policies, now, verdict, inout_reason, out_booking, error);
	case CM_REPLY_KIND_COUNTER:
		return take_counter(store, mail, now, verdict, inout_reason, out_booking, error);
	case CM_REPLY_KIND_REFRESH:
		return take_refresh(store, now, verdict, inout_reason, error);
	case CM_REPLY_KIND_BOUNCE:
		return take_bounce(store, mail, now, verdict, inout_reason, error);
	case CM_REPLY_KIND_AUTOMATIC:
	case CM_REPLY_KIND_LOOP:
	case CM_REPLY_KIND_OTHER:
	case CM_REPLY_KIND_REFUSED:
	case CM_REPLY_KIND_LAST:
	default:
		return TRUE;
	}
}
