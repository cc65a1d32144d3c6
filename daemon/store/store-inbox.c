// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-inbox.h"

#include "daemon/inbox/inbound-document.h"
#include "daemon/store/inbox-effects.h"
#include "daemon/store/inbox-question.h"
#include "daemon/store/store-private.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

#define CONTENT_BLOCK 256

/* ---- how far a mailbox was read */

gboolean
cm_store_inbox_get_mailbox(CmStore *store,
			   const gchar *name,
			   CmStoreMailbox *out_mailbox,
			   GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT uidvalidity, uid, read_at FROM mailbox WHERE name = ?1",
	    error);
	CmStoreMailbox mailbox = {0};
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row) {
		mailbox.uidvalidity = sqlite3_column_int64(statement, 0);
		mailbox.uid = sqlite3_column_int64(statement, 1);
		mailbox.read_at = sqlite3_column_int64(statement, 2);
	}
	*out_mailbox = mailbox;
	return TRUE;
}

gboolean
cm_store_inbox_get_last(CmStore *store, gint64 *out_at, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT coalesce(max(read_at), 0) FROM mailbox", error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_at = sqlite3_column_int64(statement, 0);
	return TRUE;
}

static gboolean
set_mailbox(CmStore *store,
	    const gchar *name,
	    gint64 uidvalidity,
	    gint64 uid,
	    gint64 now,
	    GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO mailbox (name, uidvalidity, uid, read_at) VALUES (?1, ?2, ?3, ?4) "
	    "ON CONFLICT (name) DO UPDATE SET uidvalidity = ?2, uid = ?3, read_at = ?4",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, uidvalidity);
	sqlite3_bind_int64(statement, 3, uid);
	sqlite3_bind_int64(statement, 4, now);
	return cm_database_run(store->database, statement, error);
}

/* ---- a mail */

/* one whose octets were not fetched is known by where it stands */
static void
make_digest(CmStore *store,
	    const gchar *mailbox,
	    gint64 uidvalidity,
	    gint64 uid,
	    const CmInboundMail *mail,
	    guint8 out_digest[CM_SEAL_HASH_BYTES])
{
	g_autofree gchar *place =
	    g_strdup_printf("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, mailbox, uidvalidity, uid);
	const gchar *what = mail->sha256[0] != '\0' ? mail->sha256 : place;

	cm_seal_hash(store->seal, CM_SEAL_HASH_ID, "inbound", what, strlen(what), out_digest);
}

static gboolean
is_known(CmStore *store, const guint8 *digest, gboolean *out_known, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT 1 FROM inbound WHERE digest = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, digest, CM_SEAL_HASH_BYTES, SQLITE_STATIC);
	return cm_database_step(store->database, statement, out_known, error);
}

/* all that is kept of it */
static gboolean
insert(CmStore *store,
       const gchar *mailbox,
       const guint8 *digest,
       const CmReplyVerdict *verdict,
       const gchar *reason,
       gint64 number,
       gint64 now,
       GBytes *document,
       GError **error)
{
	CmSealPlace place = {"inbound", "content", number};
	g_autoptr(GByteArray) sealed = g_byte_array_new();
	/* a token proves a number, not that there is still such a thing */
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO inbound (id, digest, mailbox, received_at, kind, state, reason, content, "
	    "version, invitation, letter) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, "
	    "(SELECT id FROM invitation WHERE id = ?9), (SELECT id FROM letter WHERE id = ?10))",
	    error);

	if (statement == NULL)
		return FALSE;
	cm_seal_close(store->seal, &place, g_bytes_get_data(document, NULL),
		      g_bytes_get_size(document), CONTENT_BLOCK, sealed);
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_blob(statement, 2, digest, CM_SEAL_HASH_BYTES, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, mailbox, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, now);
	sqlite3_bind_text(statement, 5, cm_reply_match_kind_to_string(verdict->kind), -1,
			  SQLITE_STATIC);
	sqlite3_bind_text(statement, 6, cm_reply_match_state_to_string(verdict->state), -1,
			  SQLITE_STATIC);
	sqlite3_bind_text(statement, 7, reason, -1, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 8, sealed->data, (gint)sealed->len, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 9, verdict->invitation);
	sqlite3_bind_int64(statement, 10, verdict->letter);
	return cm_database_run(store->database, statement, error);
}

static gboolean
audit(CmStore *store,
      const gchar *action,
      gint64 actor,
      gint64 number,
      gint64 version,
      const gchar *what,
      gint64 now,
      GError **error)
{
	CmAuditEntry entry = {.uid = actor,
			      .action = action,
			      .subject = number,
			      .version_before = version,
			      .version_after = version + 1,
			      .at = now};
	g_auto(GVariantDict) figures = G_VARIANT_DICT_INIT(NULL);

	g_variant_dict_insert(&figures, "as", "s", what);
	return cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error);
}

/* what came, as far as it can be read */
static CmInboundMail *
read_document(GBytes *document)
{
	g_autoptr(GError) error = NULL;
	CmInboundMail *mail = cm_inbound_document_read(document, &error);

	return mail != NULL ? mail : cm_inbound_mail_new_refused(0, error->message);
}

/* a refused one's reason is a message already */
static gchar *
dup_reason(const CmReplyVerdict *verdict)
{
	if (verdict->kind == CM_REPLY_KIND_REFUSED || *verdict->reason == '\0')
		return g_strdup(verdict->reason);
	return cm_message_new(verdict->reason, NULL);
}

/* judge it, do what follows, keep it */
static gboolean
take_new(CmStore *store,
	 const gchar *mailbox,
	 const guint8 *digest,
	 CmInboundMail *mail,
	 const CmStoreInboxSettings *settings,
	 gint64 now,
	 CmStoreInboxTaken *taken,
	 GError **error)
{
	g_autoptr(GBytes) kept = cm_inbound_document_write(mail);
	g_auto(CmInboxQuestion) question = {0};
	g_autofree gchar *reason = NULL;
	CmReplyVerdict verdict = {0};

	if (!cm_inbox_question_read(store, mail, settings, now, &question, error))
		return FALSE;
	verdict = cm_reply_match_judge(&question.question);
	reason = dup_reason(&verdict);
	taken->taken = TRUE;
	return cm_inbox_effects_carry_out(store, mail, settings->policies, now, &verdict, &reason,
					  &taken->booking, error) &&
	       cm_store_next_counter(store, "row", &taken->number, error) &&
	       insert(store, mailbox, digest, &verdict, reason, taken->number, now, kept, error) &&
	       audit(store, "inbox.take", CM_AUDIT_DAEMON, taken->number, 0,
		     cm_reply_match_kind_to_string(verdict.kind), now, error);
}

static gboolean
take(CmStore *store,
     const gchar *mailbox,
     gint64 uidvalidity,
     gint64 uid,
     CmInboundMail *mail,
     const CmStoreInboxSettings *settings,
     gint64 now,
     CmStoreInboxTaken *taken,
     GError **error)
{
	guint8 digest[CM_SEAL_HASH_BYTES];
	gboolean known = FALSE;

	make_digest(store, mailbox, uidvalidity, uid, mail, digest);
	return is_known(store, digest, &known, error) &&
	       (known || take_new(store, mailbox, digest, mail, settings, now, taken, error));
}

gboolean
cm_store_inbox_take(CmStore *store,
		    const gchar *mailbox,
		    gint64 uidvalidity,
		    gint64 uid,
		    GBytes *document,
		    const CmStoreInboxSettings *settings,
		    gint64 now,
		    CmStoreInboxTaken *out_taken,
		    GError **error)
{
	g_autoptr(CmInboundMail) mail = read_document(document);
	g_autoptr(CmTransaction) transaction = NULL;
	CmStoreMailbox before = {0};
	CmStoreInboxTaken taken = {0};
	gboolean is_old = FALSE;

	if (*mailbox == '\0' || strlen(mailbox) > CM_STORE_MAILBOX_NAME_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is no name of a mailbox."),
			     NULL);
		return FALSE;
	}
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !cm_store_inbox_get_mailbox(store, mailbox, &before, error))
		return FALSE;
	is_old = uid > 0 && before.uidvalidity == uidvalidity && uid <= before.uid;
	if (!is_old && !take(store, mailbox, uidvalidity, uid, mail, settings, now, &taken, error))
		return FALSE;
	if (!is_old && uid > 0 && !set_mailbox(store, mailbox, uidvalidity, uid, now, error))
		return FALSE;
	if (!cm_transaction_commit(transaction, error))
		return FALSE;
	*out_taken = taken;
	return TRUE;
}

/* ---- what came */

#define COLUMNS                                                                                    \
	"SELECT inbound.id, inbound.version, inbound.received_at, inbound.kind, inbound.state, "   \
	"inbound.reason, inbound.invitation, inbound.letter, inbound.decided_by, "                 \
	"inbound.decided_at, inbound.content, invitation.subject, invitation.recipient_kind, "     \
	"invitation.recipient, coalesce((SELECT professional FROM booking WHERE session = "        \
	"invitation.subject), (SELECT professional FROM appointment WHERE id = "                   \
	"invitation.subject), 0) AS professional, inbound.mailbox "                                \
	"FROM inbound LEFT JOIN invitation ON invitation.id = inbound.invitation "

void
cm_store_inbox_inbound_free(CmStoreInbound *inbound)
{
	if (inbound == NULL)
		return;
	g_free(inbound->mailbox);
	g_free(inbound->kind);
	g_free(inbound->state);
	g_free(inbound->reason);
	g_clear_pointer(&inbound->mail, cm_inbound_mail_free);
	g_free(inbound);
}

static void
free_inbound(gpointer inbound)
{
	cm_store_inbox_inbound_free(inbound);
}

static CmInboundMail *
open_content(CmStore *store, gint64 number, CmStatement *statement, GError **error)
{
	CmSealPlace place = {"inbound", "content", number};
	g_autoptr(GByteArray) plain = g_byte_array_new();
	g_autoptr(GBytes) bytes = NULL;

	if (!cm_seal_open(store->seal, &place, sqlite3_column_blob(statement, 10),
			  (gsize)sqlite3_column_bytes(statement, 10), CONTENT_BLOCK, plain, error))
		return NULL;
	bytes = g_bytes_new(plain->data, plain->len);
	return cm_inbound_document_read(bytes, error);
}

static CmStoreInbound *
read_row(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(CmStoreInbound) inbound = g_new0(CmStoreInbound, 1);

	inbound->number = sqlite3_column_int64(statement, 0);
	inbound->version = sqlite3_column_int64(statement, 1);
	inbound->received_at = sqlite3_column_int64(statement, 2);
	inbound->kind = g_strdup((const gchar *)sqlite3_column_text(statement, 3));
	inbound->state = g_strdup((const gchar *)sqlite3_column_text(statement, 4));
	inbound->reason = g_strdup((const gchar *)sqlite3_column_text(statement, 5));
	inbound->invitation = sqlite3_column_int64(statement, 6);
	inbound->letter = sqlite3_column_int64(statement, 7);
	inbound->decided_by = sqlite3_column_type(statement, 8) == SQLITE_NULL
				  ? -1
				  : sqlite3_column_int64(statement, 8);
	inbound->decided_at = sqlite3_column_int64(statement, 9);
	inbound->booking = sqlite3_column_int64(statement, 11);
	inbound->recipient_kind = (CmResource)sqlite3_column_int(statement, 12);
	inbound->recipient = sqlite3_column_int64(statement, 13);
	inbound->professional = sqlite3_column_int64(statement, 14);
	inbound->mailbox = g_strdup((const gchar *)sqlite3_column_text(statement, 15));
	inbound->mail = open_content(store, inbound->number, statement, error);
	return inbound->mail != NULL ? g_steal_pointer(&inbound) : NULL;
}

GPtrArray *
cm_store_inbox_list(CmStore *store, gboolean review, gint64 professional, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_inbound);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    COLUMNS "WHERE (NOT ?1 OR inbound.state = 'review') AND (?2 = 0 OR professional = ?2) "
		    "ORDER BY inbound.id DESC LIMIT ?3",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int(statement, 1, review);
	sqlite3_bind_int64(statement, 2, professional);
	sqlite3_bind_int(statement, 3, CM_STORE_INBOX_LISTED_MAX);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreInbound *inbound = read_row(store, statement, error);

		if (inbound == NULL)
			return NULL;
		g_ptr_array_add(list, inbound);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

CmStoreInbound *
cm_store_inbox_get(CmStore *store, gint64 number, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, COLUMNS "WHERE inbound.id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	if (row)
		return read_row(store, statement, error);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no mail by this number."), NULL);
	return NULL;
}

/* ---- what a person decides */

static gboolean
check_decidable(const CmStoreInbound *inbound, gint64 expected, CmAnswer answer, GError **error)
{
	g_autofree gchar *version = g_strdup_printf("%" G_GINT64_FORMAT, inbound->version);

	if (!g_str_equal(inbound->state, "review")) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("There is nothing to decide about this mail."), NULL);
		return FALSE;
	}
	if (inbound->version != expected) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Somebody has changed it meanwhile: it is at version {0}."),
			     version, NULL);
		return FALSE;
	}
	if (answer != CM_ANSWER_NEEDS_ACTION && inbound->invitation == 0) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("It is not known which invitation this mail is about."), NULL);
		return FALSE;
	}
	return TRUE;
}

/* as the recipient's own answer to what stands */
static gboolean
apply_decision(CmStore *store,
	       const CmStoreCall *call,
	       const CmStoreInbound *inbound,
	       CmAnswer answer,
	       gint64 teller,
	       gint64 *out_booking,
	       GError **error)
{
	CmStoreAnswer recorded = {
	    .answer = answer, .stamp = call->now, .at = call->now, .by = CM_ANSWERED_BY_STAFF};
	CmAnswerResult result = CM_ANSWER_TAKEN;
	g_autoptr(CmStoreInvitation) invitation = NULL;

	if (answer == CM_ANSWER_NEEDS_ACTION)
		return TRUE;
	invitation = cm_store_invitation_get(store, inbound->invitation, error);
	if (invitation == NULL)
		return FALSE;
	recorded.sequence = MAX(invitation->sequence, invitation->answer_sequence);
	if (!cm_inbox_effects_answer(store, inbound->invitation, &recorded, call->actor, teller,
				     &result, out_booking, error))
		return FALSE;
	if (result == CM_ANSWER_TAKEN)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     result == CM_ANSWER_GONE ? N_("What it answers is cancelled already.")
					      : N_("They have answered since."),
		     NULL);
	return FALSE;
}

static gboolean
write_decision(CmStore *store,
	       const CmStoreCall *call,
	       const CmStoreInbound *inbound,
	       CmAnswer answer,
	       GError **error)
{
	g_autofree gchar *word =
	    cm_message_new(answer == CM_ANSWER_ACCEPTED    ? N_("It was taken as a yes.")
			   : answer == CM_ANSWER_DECLINED  ? N_("It was taken as a no.")
			   : answer == CM_ANSWER_TENTATIVE ? N_("It was taken as a perhaps.")
							   : N_("It was put aside."),
			   NULL);
	g_autofree gchar *reason =
	    *inbound->reason != '\0' ? cm_message_join(inbound->reason, word) : g_strdup(word);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE inbound SET state = 'decided', reason = ?2, version = version + 1, "
	    "decided_by = ?3, decided_at = ?4 WHERE id = ?1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, inbound->number);
	sqlite3_bind_text(statement, 2, reason, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, call->actor);
	sqlite3_bind_int64(statement, 4, call->now);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_inbox_decide(CmStore *store,
		      const CmStoreCall *call,
		      gint64 number,
		      gint64 expected,
		      CmAnswer answer,
		      gint64 teller,
		      CmStoreStamp *out_stamp,
		      gint64 *out_booking,
		      GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreInbound) inbound = NULL;
	gint64 booking = 0;

	if (transaction == NULL)
		return FALSE;
	inbound = cm_store_inbox_get(store, number, error);
	if (inbound == NULL || !check_decidable(inbound, expected, answer, error) ||
	    !apply_decision(store, call, inbound, answer, teller, &booking, error) ||
	    !write_decision(store, call, inbound, answer, error) ||
	    !audit(store, "inbox.decide", call->actor, number, inbound->version,
		   cm_store_invitation_answer_to_string(answer), call->now, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	out_stamp->number = number;
	out_stamp->version = inbound->version + 1;
	*out_booking = booking;
	return TRUE;
}
