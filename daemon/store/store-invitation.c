// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-invitation.h"

#include "daemon/store/invitation-rows.h"
#include "daemon/store/store-notice.h"
#include "daemon/visio/reply-token.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define COLUMNS                                                                                    \
	"SELECT id, subject, recipient_kind, recipient, uid, sequence, told_state, "               \
	"told_start_utc, told_end_utc, told_mode, told_room, answer, "                             \
	"coalesce(answer_sequence, -1), answer_stamp, answered_at, answered_start_utc, "           \
	"answered_by "                                                                             \
	"FROM invitation "

/* ---- words */

const gchar *
cm_store_invitation_answer_to_string(CmAnswer answer)
{
	static const gchar *const names[CM_ANSWER_LAST] = {
	    [CM_ANSWER_NEEDS_ACTION] = "needs-action",
	    [CM_ANSWER_ACCEPTED] = "accepted",
	    [CM_ANSWER_DECLINED] = "declined",
	    [CM_ANSWER_TENTATIVE] = "tentative",
	};

	g_return_val_if_fail(answer < CM_ANSWER_LAST, "");
	return names[answer];
}

gboolean
cm_store_invitation_answer_from_string(const gchar *text, CmAnswer *out_answer)
{
	for (guint i = 0; i < CM_ANSWER_LAST; i++) {
		if (g_str_equal(cm_store_invitation_answer_to_string((CmAnswer)i), text)) {
			*out_answer = (CmAnswer)i;
			return TRUE;
		}
	}
	return FALSE;
}

static const gchar *
get_by_word(CmAnsweredBy by)
{
	static const gchar *const names[CM_ANSWERED_BY_LAST] = {
	    [CM_ANSWERED_BY_MAIL] = "mail",
	    [CM_ANSWERED_BY_PAGE] = "page",
	    [CM_ANSWERED_BY_STAFF] = "staff",
	};

	g_return_val_if_fail(by < CM_ANSWERED_BY_LAST, "");
	return names[by];
}

/* of a row's text; NULL: nobody has answered */
static const gchar *
find_by_word(const gchar *text)
{
	for (guint i = 0; text != NULL && i < CM_ANSWERED_BY_LAST; i++) {
		if (g_str_equal(text, get_by_word((CmAnsweredBy)i)))
			return get_by_word((CmAnsweredBy)i);
	}
	return NULL;
}

/* ---- reading */

void
cm_store_invitation_free(CmStoreInvitation *invitation)
{
	if (invitation == NULL)
		return;
	g_free(invitation->uid);
	g_free(invitation);
}

static CmStoreInvitation *
read_row(CmStatement *statement)
{
	CmStoreInvitation *invitation = g_new0(CmStoreInvitation, 1);
	const gchar *told = (const gchar *)sqlite3_column_text(statement, 6);
	const gchar *mode = (const gchar *)sqlite3_column_text(statement, 9);
	CmMode read = CM_MODE_IN_PERSON;

	invitation->number = sqlite3_column_int64(statement, 0);
	invitation->subject = sqlite3_column_int64(statement, 1);
	invitation->recipient_kind = (CmResource)sqlite3_column_int(statement, 2);
	invitation->recipient = sqlite3_column_int64(statement, 3);
	invitation->uid = g_strdup((const gchar *)sqlite3_column_text(statement, 4));
	invitation->sequence = sqlite3_column_int64(statement, 5);
	invitation->told = told != NULL;
	invitation->planned = g_strcmp0(told, "planned") == 0;
	invitation->start_utc = sqlite3_column_int64(statement, 7);
	invitation->end_utc = sqlite3_column_int64(statement, 8);
	if (mode != NULL && cm_mode_from_string(mode, &read))
		invitation->mode = (gint)read;
	invitation->room = sqlite3_column_int64(statement, 10);
	if (!cm_store_invitation_answer_from_string(
		(const gchar *)sqlite3_column_text(statement, 11), &invitation->answer))
		g_warn_if_reached();
	invitation->answer_sequence = sqlite3_column_int64(statement, 12);
	invitation->answer_stamp = sqlite3_column_int64(statement, 13);
	invitation->answered_at = sqlite3_column_int64(statement, 14);
	invitation->answered_start = sqlite3_column_int64(statement, 15);
	invitation->answered_by = find_by_word((const gchar *)sqlite3_column_text(statement, 16));
	return invitation;
}

CmAnswer
cm_store_invitation_get_answer_to(const CmStoreInvitation *invitation, gint64 start)
{
	/* by a mail they answered what a letter had told them */
	gint64 answered =
	    invitation->answered_start != 0 ? invitation->answered_start : invitation->start_utc;

	return answered == 0 || answered == start ? invitation->answer : CM_ANSWER_NEEDS_ACTION;
}

static void
free_invitation(gpointer invitation)
{
	cm_store_invitation_free(invitation);
}

/* all rows of a statement that is bound */
static GPtrArray *
read_rows(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_invitation);
	gboolean row = FALSE;

	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		g_ptr_array_add(list, read_row(statement));
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

CmStoreInvitation *
cm_store_invitation_get(CmStore *store, gint64 number, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, COLUMNS "WHERE id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	if (row)
		return read_row(statement);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no invitation by this number."), NULL);
	return NULL;
}

GPtrArray *
cm_store_invitation_list_by_uid(CmStore *store, const gchar *uid, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, COLUMNS "WHERE uid = ?1 ORDER BY id", error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_text(statement, 1, uid, -1, SQLITE_STATIC);
	return read_rows(store, statement, error);
}

GPtrArray *
cm_store_invitation_list_by_subject(CmStore *store, gint64 subject, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, COLUMNS "WHERE subject = ?1 ORDER BY id", error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, subject);
	return read_rows(store, statement, error);
}

GPtrArray *
cm_store_invitation_list_by_days(CmStore *store, CmDay from, CmDay to, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    COLUMNS "WHERE subject IN (SELECT session FROM booking WHERE date BETWEEN ?1 AND ?2 "
		    "UNION ALL SELECT id FROM appointment WHERE date BETWEEN ?1 AND ?2) "
		    "ORDER BY subject, id",
	    error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int(statement, 1, from);
	sqlite3_bind_int(statement, 2, to);
	return read_rows(store, statement, error);
}

/* ---- what is derived */

gchar *
cm_store_invitation_dup_token(CmStore *store, gint64 number)
{
	return cm_reply_token_make(cm_seal_get_key(store->seal, CM_SEAL_KEY_REPLY),
				   CM_REPLY_TOKEN_INVITATION, number);
}

gint64
cm_store_invitation_read_token(CmStore *store, const gchar *token)
{
	return cm_reply_token_check(cm_seal_get_key(store->seal, CM_SEAL_KEY_REPLY),
				    CM_REPLY_TOKEN_INVITATION, token);
}

gchar *
cm_store_invitation_dup_uid(CmStore *store, gint64 subject)
{
	guint64 octets = GUINT64_TO_LE((guint64)subject);
	guint8 hash[CM_SEAL_HASH_BYTES];
	gchar text[2 * CM_SEAL_HASH_BYTES + 1];

	cm_seal_hash(store->seal, CM_SEAL_HASH_ID, "invitation-uid", &octets, sizeof octets, hash);
	sodium_bin2hex(text, sizeof text, hash, sizeof hash);
	return g_strconcat(text, "@comodal", NULL);
}

/* ---- answers */

static gboolean
audit_answer(CmStore *store,
	     const CmStoreInvitation *invitation,
	     const CmStoreAnswer *answer,
	     gint64 actor,
	     GError **error)
{
	CmAuditEntry entry = {.uid = actor,
			      .action = "invitation.answer",
			      .subject = invitation->subject,
			      .at = answer->at};
	GVariantDict figures;

	g_variant_dict_init(&figures, NULL);
	g_variant_dict_insert(&figures, "invitation", "x", invitation->number);
	g_variant_dict_insert(&figures, "answer", "s",
			      cm_store_invitation_answer_to_string(answer->answer));
	g_variant_dict_insert(&figures, "by", "s", get_by_word(answer->by));
	return cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error);
}

static gboolean
write_answer(CmStore *store, gint64 number, const CmStoreAnswer *answer, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE invitation SET answer = ?2, answer_sequence = ?3, answer_stamp = ?4, "
	    "answered_at = ?5, answered_by = ?6, answered_start_utc = ?7 WHERE id = ?1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2, cm_store_invitation_answer_to_string(answer->answer), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, answer->sequence);
	sqlite3_bind_int64(statement, 4, answer->stamp);
	sqlite3_bind_int64(statement, 5, answer->at);
	sqlite3_bind_text(statement, 6, get_by_word(answer->by), -1, SQLITE_STATIC);
	if (answer->start != 0)
		sqlite3_bind_int64(statement, 7, answer->start);
	return cm_database_run(store->database, statement, error);
}

static CmAnswerResult
judge_answer(const CmStoreInvitation *invitation, const CmStoreAnswer *answer)
{
	/* a page shows what stands, also what no letter has told yet */
	if (answer->by != CM_ANSWERED_BY_PAGE && invitation->told && !invitation->planned)
		return CM_ANSWER_GONE;
	/* the sequence of the last other hour is kept there too: cm_invitation_rows_set_told() */
	if (answer->sequence < invitation->answer_sequence)
		return CM_ANSWER_STALE;
	if (answer->sequence == invitation->answer_sequence &&
	    answer->stamp < invitation->answer_stamp)
		return CM_ANSWER_STALE;
	return CM_ANSWER_TAKEN;
}

gboolean
cm_store_invitation_record_answer(CmStore *store,
				  gint64 number,
				  const CmStoreAnswer *answer,
				  gint64 actor,
				  CmAnswerResult *out_result,
				  GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreInvitation) invitation = NULL;
	CmAnswerResult result = CM_ANSWER_STALE;

	if (transaction == NULL)
		return FALSE;
	invitation = cm_store_invitation_get(store, number, error);
	if (invitation == NULL)
		return FALSE;
	result = judge_answer(invitation, answer);
	if (result == CM_ANSWER_TAKEN && (!write_answer(store, number, answer, error) ||
					  !audit_answer(store, invitation, answer, actor, error)))
		return FALSE;
	if (!cm_transaction_commit(transaction, error))
		return FALSE;
	*out_result = result;
	return TRUE;
}

gboolean
cm_store_invitation_repeat(CmStore *store, gint64 number, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreInvitation) invitation = NULL;

	if (transaction == NULL)
		return FALSE;
	invitation = cm_store_invitation_get(store, number, error);
	/* a room that nothing has differs from what stands, whatever that is: it is told under the next sequence, and a
	   cancellation is still one */
	return invitation != NULL &&
	       cm_database_run_integers(
		   store->database,
		   "UPDATE invitation SET told_room = " CM_INVITATION_REPEAT_ROOM_SQL
		   " WHERE id = ?1",
		   &number, 1, error) &&
	       cm_notice_queue(store, CM_NOTICE_BOOKING_BOOKED, invitation->recipient_kind,
			       invitation->recipient, invitation->subject, error) &&
	       cm_transaction_commit(transaction, error);
}
