// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/invitation-rows.h"

gboolean
cm_invitation_rows_find(CmStore *store,
			gint64 subject,
			const CmStoreRecipient *who,
			CmStoreInvitation **out_invitation,
			GError **error)
{
	gint64 number = 0;
	gboolean row = FALSE;
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT id FROM invitation WHERE subject = ?1 AND recipient_kind = ?2 AND "
	    "recipient = ?3",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, subject);
	sqlite3_bind_int(statement, 2, (gint)who->kind);
	sqlite3_bind_int64(statement, 3, who->person);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row) {
		*out_invitation = NULL;
		return TRUE;
	}
	number = sqlite3_column_int64(statement, 0);
	*out_invitation = cm_store_invitation_get(store, number, error);
	return *out_invitation != NULL;
}

static gboolean
make_row(CmStore *store,
	 gint64 subject,
	 const CmStoreRecipient *who,
	 gint64 *out_number,
	 GError **error)
{
	g_autofree gchar *uid = cm_store_invitation_dup_uid(store, subject);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO invitation (id, subject, recipient_kind, recipient, uid, sequence) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, -1)",
	    error);
	gint64 number = 0;

	if (statement == NULL || !cm_store_next_counter(store, "row", &number, error))
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_int64(statement, 2, subject);
	sqlite3_bind_int(statement, 3, (gint)who->kind);
	sqlite3_bind_int64(statement, 4, who->person);
	sqlite3_bind_text(statement, 5, uid, -1, SQLITE_STATIC);
	if (!cm_database_run(store->database, statement, error))
		return FALSE;
	*out_number = number;
	return TRUE;
}

gboolean
cm_invitation_rows_ensure(CmStore *store,
			  gint64 subject,
			  const CmStoreRecipient *who,
			  CmStoreInvitation **out_invitation,
			  GError **error)
{
	gint64 number = 0;

	if (!cm_invitation_rows_find(store, subject, who, out_invitation, error))
		return FALSE;
	if (*out_invitation != NULL)
		return TRUE;
	if (!make_row(store, subject, who, &number, error))
		return FALSE;
	*out_invitation = cm_store_invitation_get(store, number, error);
	return *out_invitation != NULL;
}

gboolean
cm_invitation_rows_take_sequence(CmStore *store,
				 gint64 subject,
				 const CmStoreRecipient *who,
				 gint64 *out_number,
				 gint64 *out_sequence,
				 GError **error)
{
	g_autoptr(CmStoreInvitation) before = NULL;
	gint64 number = 0;

	if (!cm_invitation_rows_find(store, subject, who, &before, error))
		return FALSE;
	if (before != NULL)
		number = before->number;
	else if (!make_row(store, subject, who, &number, error))
		return FALSE;
	if (!cm_database_run_integers(store->database,
				      "UPDATE invitation SET sequence = sequence + 1 WHERE id = ?1",
				      &number, 1, error))
		return FALSE;
	*out_number = number;
	*out_sequence = before != NULL ? before->sequence + 1 : 0;
	return TRUE;
}

static gboolean
is_told_by(const CmLetterItem *item)
{
	return item->invitation != 0 &&
	       (item->kind == CM_LETTER_ITEM_BOOKED || item->kind == CM_LETTER_ITEM_MOVED ||
		item->kind == CM_LETTER_ITEM_CANCELLED);
}

/* told of an hour that is not the one told before, or that it takes place after all */
#define OTHER_HOUR                                                                                 \
	"?3 = 'planned' AND (told_state IS 'cancelled' OR told_start_utc IS NOT ?4 OR "            \
	"told_end_utc IS NOT ?5) "

#define UNANSWERED OTHER_HOUR "AND answered_start_utc IS NOT ?4 "

static gboolean
set_told_of(CmStore *store, const CmLetter *letter, const CmLetterItem *item, GError **error)
{
	gboolean planned = item->kind != CM_LETTER_ITEM_CANCELLED;
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    /* an answer to another hour is none, nor is one to what was sent before it; unless this very hour was answered on
	       the page, which knew it first */
	    "UPDATE invitation SET answer = CASE WHEN " UNANSWERED
	    "THEN 'needs-action' ELSE answer END, "
	    "answer_sequence = CASE WHEN " OTHER_HOUR "THEN ?8 ELSE answer_sequence END, "
	    "answer_stamp = CASE WHEN " UNANSWERED "THEN NULL ELSE answer_stamp END, "
	    "answered_at = CASE WHEN " UNANSWERED "THEN NULL ELSE answered_at END, "
	    "answered_by = CASE WHEN " UNANSWERED "THEN NULL ELSE answered_by END, "
	    "answered_start_utc = CASE WHEN " UNANSWERED "THEN NULL ELSE answered_start_utc END, "
	    "told_state = ?3, told_start_utc = ?4, told_end_utc = ?5, told_mode = ?6, "
	    "told_room = ?7, told_letter = ?2 "
	    "WHERE id = ?1 AND (told_letter IS NULL OR told_letter < ?2)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, item->invitation);
	sqlite3_bind_int64(statement, 2, letter->number);
	sqlite3_bind_text(statement, 3, planned ? "planned" : "cancelled", -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, item->start);
	sqlite3_bind_int64(statement, 5, item->end);
	sqlite3_bind_text(statement, 6, item->mode, -1, SQLITE_STATIC);
	if (item->room != 0)
		sqlite3_bind_int64(statement, 7, item->room);
	sqlite3_bind_int64(statement, 8, item->sequence);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_invitation_rows_set_told(CmStore *store, const CmLetter *letter, GError **error)
{
	for (guint i = 0; i < letter->items->len; i++) {
		const CmLetterItem *item = g_ptr_array_index(letter->items, i);

		if (is_told_by(item) && !set_told_of(store, letter, item, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_invitation_rows_forget_told(CmStore *store, gint64 letter, GError **error)
{
	return cm_database_run_integers(
	    store->database,
	    "UPDATE invitation SET told_state = NULL, told_start_utc = NULL, told_end_utc = NULL, "
	    "told_mode = NULL, told_room = NULL, told_letter = NULL WHERE told_letter = ?1",
	    &letter, 1, error);
}
