// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/inbox-question.h"

#include "daemon/reach/mail-address.h"
#include "daemon/store/store-invitation.h"
#include "daemon/store/store-letter.h"
#include "daemon/store/store-reach.h"
#include "daemon/visio/reply-token.h"

#include <string.h>

void
cm_inbox_question_clear(CmInboxQuestion *question)
{
	g_clear_pointer(&question->invitations, g_array_unref);
}

/* ---- addresses of ours */

static gboolean
are_equal(const gchar *one, const gchar *other)
{
	g_autofree gchar *first = one != NULL ? cm_mail_address_fold(one) : NULL;
	g_autofree gchar *second = other != NULL ? cm_mail_address_fold(other) : NULL;

	return first != NULL && g_strcmp0(first, second) == 0;
}

/* "a@b" of "a+c@b". Returns: (transfer full) */
static gchar *
dup_without_detail(const gchar *address)
{
	const gchar *at = strrchr(address, '@');
	gsize local = strcspn(address, "+");

	if (at == NULL || address + local >= at)
		return g_strdup(address);
	return g_strdup_printf("%.*s%s", (gint)local, address, at);
}

/* what the addresses prove that it was sent to */
static void
read_tokens(CmStore *store,
	    const CmInboundMail *mail,
	    const CmStoreInboxSettings *settings,
	    CmReplyQuestion *question)
{
	const guint8 *key = cm_seal_get_key(store->seal, CM_SEAL_KEY_REPLY);
	gboolean unproven = FALSE;

	for (guint i = 0; i < mail->recipients->len; i++) {
		const gchar *address = g_ptr_array_index(mail->recipients, i);
		g_autofree gchar *bare = dup_without_detail(address);
		CmReplyTokenKind kind = CM_REPLY_TOKEN_LAST;
		gint64 number = 0;

		if (!are_equal(bare, settings->address))
			continue;
		if (!cm_reply_token_check_address(key, settings->address, address, &kind, &number))
			unproven = TRUE;
		else if (kind == CM_REPLY_TOKEN_LETTER && question->letter == 0)
			question->letter = number;
		else if (kind == CM_REPLY_TOKEN_INVITATION && question->proven == 0)
			question->proven = number;
	}
	question->forged = unproven && question->proven == 0 && question->letter == 0;
}

/* ---- Message-IDs of ours */

/* 0: none of ours */
static gboolean
find_letter(CmStore *store, const gchar *message_id, gint64 *out_letter, GError **error)
{
	g_autofree gchar *bare = NULL;
	gsize length = message_id != NULL ? strlen(message_id) : 0;

	*out_letter = 0;
	if (length < 3 || message_id[0] != '<' || message_id[length - 1] != '>')
		return TRUE;
	bare = g_strndup(message_id + 1, length - 2);
	return cm_store_letter_find_by_message_id(store, bare, out_letter, error);
}

static gboolean
read_letters(CmStore *store, const CmInboundMail *mail, CmReplyQuestion *question, GError **error)
{
	gint64 own = 0;
	gint64 reported = 0;

	if (!find_letter(store, mail->message_id, &own, error) ||
	    !find_letter(store, mail->reported_id, &reported, error))
		return FALSE;
	question->is_ours = own != 0;
	if (question->letter == 0)
		question->letter = reported;
	return TRUE;
}

/* ---- people's addresses */

/* whether it is an address of the recipient's, perhaps with a detail of their own behind a plus */
static gboolean
is_theirs(CmStore *store,
	  const gchar *address,
	  const CmStoreInvitation *invitation,
	  gboolean *out_theirs,
	  GError **error)
{
	g_autofree gchar *bare = address != NULL ? dup_without_detail(address) : NULL;
	const gchar *const spellings[] = {address, bare};

	*out_theirs = FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(spellings) && spellings[i] != NULL; i++) {
		g_autoptr(GArray) people = cm_store_reach_find(store, spellings[i], error);

		if (people == NULL)
			return FALSE;
		for (guint j = 0; j < people->len; j++) {
			const CmStoreRecipient *person =
			    &g_array_index(people, CmStoreRecipient, j);

			if (person->kind == invitation->recipient_kind &&
			    person->person == invitation->recipient)
				*out_theirs = TRUE;
		}
	}
	return TRUE;
}

static CmReplyAnswer
get_answer(CmAnswer answer)
{
	switch (answer) {
	case CM_ANSWER_ACCEPTED:
		return CM_REPLY_ANSWER_ACCEPTED;
	case CM_ANSWER_DECLINED:
		return CM_REPLY_ANSWER_DECLINED;
	case CM_ANSWER_TENTATIVE:
		return CM_REPLY_ANSWER_TENTATIVE;
	case CM_ANSWER_NEEDS_ACTION:
	case CM_ANSWER_LAST:
	default:
		return CM_REPLY_ANSWER_NONE;
	}
}

static gboolean
add_invitation(CmStore *store,
	       const CmInboundMail *mail,
	       const CmStoreInvitation *invitation,
	       GArray *invitations,
	       GError **error)
{
	const CmInboundEvent *event = g_ptr_array_index(mail->events, 0);
	CmReplyInvitation added = {.number = invitation->number,
				   .told = invitation->told,
				   .planned = invitation->planned,
				   .sequence = invitation->sequence,
				   .start_utc = invitation->start_utc,
				   .end_utc = invitation->end_utc,
				   .answer = get_answer(invitation->answer),
				   .answer_sequence = invitation->answer_sequence,
				   .answer_stamp = invitation->answer_stamp,
				   .attendee = -1};

	if (!is_theirs(store, mail->from, invitation, &added.sender, error))
		return FALSE;
	for (guint i = 0; i < event->attendees->len && added.attendee < 0; i++) {
		const CmInboundAttendee *attendee = g_ptr_array_index(event->attendees, i);
		gboolean theirs = FALSE;

		if (!is_theirs(store, attendee->address, invitation, &theirs, error))
			return FALSE;
		if (theirs)
			added.attendee = (gint)i;
	}
	g_array_append_val(invitations, added);
	return TRUE;
}

static gboolean
read_invitations(CmStore *store, const CmInboundMail *mail, GArray *invitations, GError **error)
{
	const CmInboundEvent *event =
	    mail->events->len > 0 ? g_ptr_array_index(mail->events, 0) : NULL;
	g_autoptr(GPtrArray) list = NULL;

	if (event == NULL || event->uid == NULL)
		return TRUE;
	list = cm_store_invitation_list_by_uid(store, event->uid, error);
	if (list == NULL)
		return FALSE;
	for (guint i = 0; i < list->len; i++)
		if (!add_invitation(store, mail, g_ptr_array_index(list, i), invitations, error))
			return FALSE;
	return TRUE;
}

gboolean
cm_inbox_question_read(CmStore *store,
		       const CmInboundMail *mail,
		       const CmStoreInboxSettings *settings,
		       gint64 now,
		       CmInboxQuestion *out_question,
		       GError **error)
{
	g_autoptr(GArray) invitations = g_array_new(FALSE, TRUE, sizeof(CmReplyInvitation));
	CmReplyQuestion question = {.mail = mail, .server = settings->server, .now = now};

	if (mail->refused == NULL) {
		question.from_ourselves = are_equal(mail->from, settings->address);
		read_tokens(store, mail, settings, &question);
		if (!read_letters(store, mail, &question, error) ||
		    !read_invitations(store, mail, invitations, error))
			return FALSE;
	}
	question.invitations = (const CmReplyInvitation *)(gpointer)invitations->data;
	question.count = invitations->len;
	out_question->question = question;
	out_question->invitations = g_steal_pointer(&invitations);
	return TRUE;
}
