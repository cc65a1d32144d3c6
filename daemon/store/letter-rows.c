// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/letter-rows.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* the length of a sealed letter says little of how many things it tells */
#define FACTS_BLOCK 2048

#define COLUMNS                                                                                    \
	"SELECT id, recipient_kind, recipient, state, urgent, uncertain, made_at, next_at, "       \
	"attempts, code, cause FROM letter "

const gchar *
cm_letter_rows_state_to_string(CmLetterState state)
{
	static const gchar *const names[CM_LETTER_STATE_LAST] = {
	    [CM_LETTER_WAITING] = "waiting", [CM_LETTER_LEASED] = "leased",
	    [CM_LETTER_SENT] = "sent",       [CM_LETTER_DEAD] = "dead",
	    [CM_LETTER_VOID] = "void",
	};

	g_return_val_if_fail(state < CM_LETTER_STATE_LAST, "");
	return names[state];
}

/* the column's CHECK allows nothing else */
static CmLetterState
read_state(const gchar *text)
{
	CmLetterState state = CM_LETTER_WAITING;

	while (state < CM_LETTER_VOID && !g_str_equal(cm_letter_rows_state_to_string(state), text))
		state++;
	return state;
}

static gboolean
read_one(CmStore *store, CmStatement *statement, CmLetterRow *out_row, GError **error)
{
	CmLetterRow letter = {0};
	gboolean row = FALSE;

	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row) {
		letter.number = sqlite3_column_int64(statement, 0);
		letter.who.kind = (CmResource)sqlite3_column_int(statement, 1);
		letter.who.person = sqlite3_column_int64(statement, 2);
		letter.state = read_state((const gchar *)sqlite3_column_text(statement, 3));
		letter.urgent = sqlite3_column_int(statement, 4) != 0;
		letter.uncertain = sqlite3_column_int(statement, 5) != 0;
		letter.made_at = sqlite3_column_int64(statement, 6);
		letter.next_at = sqlite3_column_int64(statement, 7);
		letter.attempts = (guint)sqlite3_column_int(statement, 8);
		letter.code = (guint)sqlite3_column_int(statement, 9);
		(void)g_strlcpy(letter.cause, (const gchar *)sqlite3_column_text(statement, 10),
				sizeof letter.cause);
	}
	*out_row = letter;
	return TRUE;
}

gboolean
cm_letter_rows_read(CmStore *store, gint64 number, CmLetterRow *out_row, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, COLUMNS "WHERE id = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	return read_one(store, statement, out_row, error);
}

gboolean
cm_letter_rows_read_open(CmStore *store,
			 const CmStoreRecipient *who,
			 CmLetterRow *out_row,
			 GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				COLUMNS "WHERE recipient_kind = ?1 AND recipient = ?2 AND "
					"state IN ('waiting', 'leased')",
				error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int(statement, 1, (gint)who->kind);
	sqlite3_bind_int64(statement, 2, who->person);
	return read_one(store, statement, out_row, error);
}

GBytes *
cm_letter_rows_open_facts(CmStore *store, gint64 number, GError **error)
{
	const CmSealPlace place = {.table = "letter", .column = "facts", .row = number};
	g_autoptr(GByteArray) plain = g_byte_array_new();
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT facts FROM letter WHERE id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	if (!row) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no letter by this number."),
			     NULL);
		return NULL;
	}
	if (!cm_seal_open(store->seal, &place, sqlite3_column_blob(statement, 0),
			  (gsize)sqlite3_column_bytes(statement, 0), FACTS_BLOCK, plain, error))
		return NULL;
	return g_byte_array_free_to_bytes(g_steal_pointer(&plain));
}

gboolean
cm_letter_rows_insert(CmStore *store,
		      const CmLetter *letter,
		      gboolean urgent,
		      gint64 next_at,
		      GError **error)
{
	const CmSealPlace place = {.table = "letter", .column = "facts", .row = letter->number};
	g_autoptr(GByteArray) sealed = g_byte_array_new();
	g_autoptr(GBytes) facts = cm_letter_to_bytes(letter, error);
	g_autoptr(CmStatement) statement = NULL;

	if (facts == NULL)
		return FALSE;
	statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO letter (id, recipient_kind, recipient, kind, state, urgent, message_id, "
	    "facts, made_at, next_at) VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?6, ?7, ?8, ?9)",
	    error);
	if (statement == NULL)
		return FALSE;
	cm_seal_close(store->seal, &place, g_bytes_get_data(facts, NULL), g_bytes_get_size(facts),
		      FACTS_BLOCK, sealed);
	sqlite3_bind_int64(statement, 1, letter->number);
	sqlite3_bind_int(statement, 2, letter->recipient_kind);
	sqlite3_bind_int64(statement, 3, letter->recipient);
	sqlite3_bind_text(statement, 4, cm_letter_kind_to_string(letter->kind), -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 5, urgent ? 1 : 0);
	sqlite3_bind_text(statement, 6, letter->message_id, -1, SQLITE_STATIC);
	sqlite3_bind_blob64(statement, 7, sealed->data, sealed->len, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 8, letter->made_at);
	sqlite3_bind_int64(statement, 9, next_at);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_letter_rows_void(CmStore *store, gint64 number, GError **error)
{
	return cm_database_run_integers(
		   store->database,
		   "UPDATE letter SET state = 'void', leased_until = NULL WHERE id = ?1", &number,
		   1, error) &&
	       cm_database_run_integers(
		   store->database,
		   "UPDATE notice SET letter = NULL WHERE letter = ?1 AND sent_at IS NULL", &number,
		   1, error);
}

/* each in the words of an index of the schema */
#define WAITING_OF                                                                                 \
	"SELECT id FROM letter WHERE recipient_kind = ?1 AND recipient = ?2 AND "                  \
	"state IN ('waiting', 'leased') AND state = 'waiting' "
#define DEAD_OF                                                                                    \
	"SELECT id FROM letter WHERE state = 'dead' AND recipient_kind = ?1 AND recipient = ?2 "

static gboolean
void_all(CmStore *store,
	 const CmStoreRecipient *who,
	 const gchar *notices_sql,
	 const gchar *letters_sql,
	 GError **error)
{
	const gint64 values[] = {(gint64)who->kind, who->person};

	return cm_database_run_integers(store->database, notices_sql, values, G_N_ELEMENTS(values),
					error) &&
	       cm_database_run_integers(store->database, letters_sql, values, G_N_ELEMENTS(values),
					error);
}

#define VOID_NOTICES(letters)                                                                      \
	"UPDATE notice SET letter = NULL WHERE sent_at IS NULL AND letter IN (" letters ")"
#define VOID_LETTERS(letters) "UPDATE letter SET state = 'void' WHERE id IN (" letters ")"

gboolean
cm_letter_rows_void_waiting(CmStore *store, const CmStoreRecipient *who, GError **error)
{
	return void_all(store, who, VOID_NOTICES(WAITING_OF "AND uncertain = 0"),
			VOID_LETTERS(WAITING_OF "AND uncertain = 0"), error);
}

gboolean
cm_letter_rows_void_unsent(CmStore *store, const CmStoreRecipient *who, GError **error)
{
	/* one that may have arrived, too: it did not at the new address */
	return void_all(store, who, VOID_NOTICES(WAITING_OF "UNION ALL " DEAD_OF),
			VOID_LETTERS(WAITING_OF "UNION ALL " DEAD_OF), error);
}
