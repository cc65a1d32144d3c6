// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-letter.h"

#include "daemon/store/invitation-rows.h"
#include "daemon/store/letter-rows.h"
#include "daemon/store/store-link.h"
#include "daemon/visio/reply-token.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

void
cm_store_lease_free(CmStoreLease *lease)
{
	if (lease == NULL)
		return;
	g_free(lease->sender);
	g_free(lease->recipient);
	g_clear_pointer(&lease->facts, g_bytes_unref);
	g_free(lease->link);
	g_clear_pointer(&lease->item_links, g_ptr_array_unref);
	g_free(lease);
}

static void
free_lease(gpointer lease)
{
	cm_store_lease_free(lease);
}

/* ---- leases */

/* of ?1: at or before it */
#define TAKE_BACK                                                                                  \
	"UPDATE letter SET state = 'waiting', uncertain = 1, leased_until = NULL, "                \
	"next_at = min(next_at, ?1) WHERE state = 'leased' "

/* longer than any wait: what is further ahead was reckoned by a clock that has been set back since */
#define FAR_SECONDS "21600"
#define HAS_COME "(next_at <= ?1 OR next_at > ?1 + " FAR_SECONDS ")"
G_STATIC_ASSERT(CM_OUTBOX_BACKOFF_SECONDS_MAX < 21600);

/* What waits, unless something newer that is in no letter yet is about a thing that it speaks of: then it is made anew first. A student's
 * later notice may be anybody's of the family; one of the same change, of a student who is told themselves, holds back nobody. What may
 * have been sent already is sent again all the same. */
#define DUE                                                                                        \
	"SELECT id FROM letter WHERE state = 'waiting' AND " HAS_COME " AND (uncertain = 1 OR "    \
	"NOT EXISTS (SELECT 1 FROM notice AS mine JOIN notice AS newer "                           \
	"ON newer.subject = mine.subject AND newer.letter IS NULL AND newer.sent_at IS NULL "      \
	"AND ((newer.recipient_kind = mine.recipient_kind AND newer.recipient = mine.recipient) "  \
	"OR (newer.recipient_kind = 1 AND newer.queued_at > mine.queued_at)) "                     \
	"WHERE mine.letter = letter.id)) ORDER BY urgent DESC, next_at, id LIMIT ?2"

static GArray *
find_due(CmStore *store, gint64 now, guint max, GError **error)
{
	const gint64 values[] = {now, MIN(max, CM_STORE_LEASES_MAX)};

	return cm_database_list_integers(store->database, DUE, values, G_N_ELEMENTS(values), error);
}

/* the person's page, or what leads to one session alone, as it is theirs now; NULL where there is none */
static gboolean
make_link(CmStore *store,
	  const CmLetter *letter,
	  gint64 subject,
	  gint64 now,
	  gchar **out_link,
	  GError **error)
{
	const gchar *base = cm_store_outbox_get_settings(store)->link_base;
	g_autofree gchar *token = NULL;
	g_autoptr(GError) local = NULL;
	CmLinkScope scope = CM_LINK_GUEST;

	if (base == NULL || letter->link_scope == NULL ||
	    !cm_link_scope_from_string(letter->link_scope, &scope))
		return TRUE;
	if (!cm_store_link_issue(store, (CmResource)letter->recipient_kind, letter->recipient,
				 scope, subject, now, &token, &local)) {
		/* who is gone has no page, and is told all the same */
		if (cm_error_is(local, CM_ERROR_NOT_FOUND))
			return TRUE;
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (token != NULL)
		*out_link = g_strconcat(base, CM_LINK_PATH, token, NULL);
	return TRUE;
}

static gboolean
make_item_links(CmStore *store,
		CmStoreLease *lease,
		const CmLetter *letter,
		gint64 now,
		GError **error)
{
	for (guint i = 0; i < letter->items->len; i++) {
		const CmLetterItem *item = g_ptr_array_index(letter->items, i);
		gchar *link = NULL;

		if (!item->own_link)
			continue;
		if (!make_link(store, letter, item->subject, now, &link, error))
			return FALSE;
		if (lease->item_links == NULL) {
			lease->item_links = g_ptr_array_new_with_free_func(g_free);
			g_ptr_array_set_size(lease->item_links, (gint)letter->items->len);
		}
		g_ptr_array_index(lease->item_links, i) = link;
	}
	return TRUE;
}

static gboolean
fill_lease(CmStore *store, CmStoreLease *lease, const CmLetter *letter, gint64 now, GError **error)
{
	CmLetterRow row = {0};

	if (!cm_letter_rows_read(store, lease->number, &row, error))
		return FALSE;
	lease->attempt = row.attempts;
	lease->sender =
	    cm_reply_token_make_address(cm_seal_get_key(store->seal, CM_SEAL_KEY_REPLY),
					letter->from_address, CM_REPLY_TOKEN_LETTER, lease->number);
	lease->recipient = g_strdup(letter->address);
	return make_link(store, letter, letter->link_subject, now, &lease->link, error) &&
	       make_item_links(store, lease, letter, now, error);
}

/* One that can't be read is not readable later either, and nobody else's waits for it: staff see it among the dead, and tried again it is
 * made anew. */
static gboolean
bury(CmStore *store, gint64 number, GError **error)
{
	return cm_database_run_integers(
	    store->database, "UPDATE letter SET state = 'dead', cause = 'given-up' WHERE id = ?1",
	    &number, 1, error);
}

static gboolean
lease_one(CmStore *store, gint64 number, gint64 now, GPtrArray *leases, GError **error)
{
	const gint64 values[] = {number, now + CM_STORE_LEASE_SECONDS};
	g_autoptr(CmStoreLease) lease = g_new0(CmStoreLease, 1);
	g_autoptr(CmLetter) letter = NULL;

	lease->number = number;
	lease->facts = cm_letter_rows_open_facts(store, number, NULL);
	letter = lease->facts != NULL ? cm_letter_from_bytes(lease->facts, NULL) : NULL;
	if (letter == NULL)
		return bury(store, number, error);
	if (!cm_database_run_integers(store->database,
				      "UPDATE letter SET state = 'leased', leased_until = ?2, "
				      "attempts = attempts + 1 WHERE id = ?1",
				      values, G_N_ELEMENTS(values), error) ||
	    !fill_lease(store, lease, letter, now, error))
		return FALSE;
	g_ptr_array_add(leases, g_steal_pointer(&lease));
	return TRUE;
}

GPtrArray *
cm_store_letter_lease(CmStore *store, gint64 now, guint max, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(GPtrArray) leases = g_ptr_array_new_with_free_func(free_lease);
	g_autoptr(GArray) numbers = NULL;
	/* and one that ends later than it can have begun now: the clock was set back */
	const gint64 until[] = {now, CM_STORE_LEASE_SECONDS};

	if (transaction == NULL ||
	    !cm_database_run_integers(
		store->database, TAKE_BACK "AND (leased_until <= ?1 OR leased_until > ?1 + ?2)",
		until, G_N_ELEMENTS(until), error))
		return NULL;
	numbers = find_due(store, now, max, error);
	if (numbers == NULL)
		return NULL;
	for (guint i = 0; i < numbers->len; i++) {
		if (!lease_one(store, g_array_index(numbers, gint64, i), now, leases, error))
			return NULL;
	}
	return cm_transaction_commit(transaction, error) ? g_steal_pointer(&leases) : NULL;
}

gboolean
cm_store_letter_abandon(CmStore *store, gint64 now, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);

	return transaction != NULL &&
	       cm_database_run_integers(store->database, TAKE_BACK, &now, 1, error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_letter_get_next_time(CmStore *store, gint64 *out_instant, GError **error)
{
	return cm_database_query_integer(
	    store->database,
	    "SELECT coalesce(min(at), 0) FROM ("
	    "SELECT min(next_at) AS at FROM letter WHERE state = 'waiting' UNION ALL "
	    "SELECT min(leased_until) FROM letter WHERE state = 'leased')",
	    out_instant, error);
}

/* ---- reports */

static gboolean
settle_sent(CmStore *store, const CmLetterRow *row, guint code, gint64 now, GError **error)
{
	const gint64 values[] = {row->number, now, code};
	g_autoptr(GBytes) facts = cm_letter_rows_open_facts(store, row->number, error);
	g_autoptr(CmLetter) letter = facts != NULL ? cm_letter_from_bytes(facts, error) : NULL;

	return letter != NULL &&
	       cm_database_run_integers(
		   store->database,
		   "UPDATE letter SET state = 'sent', sent_at = ?2, code = ?3, "
		   "cause = '', leased_until = NULL WHERE id = ?1",
		   values, G_N_ELEMENTS(values), error) &&
	       cm_database_run_integers(
		   store->database,
		   "UPDATE notice SET sent_at = ?2, outcome = 'told' WHERE letter = ?1 AND "
		   "sent_at IS NULL",
		   values, 2, error) &&
	       cm_invitation_rows_set_told(store, letter, error);
}

static const gchar *
get_cause(CmAttempt attempt)
{
	switch (attempt) {
	case CM_ATTEMPT_TEMPORARY:
		return "temporary";
	case CM_ATTEMPT_PERMANENT:
		return "permanent";
	case CM_ATTEMPT_TLS:
		return "tls";
	case CM_ATTEMPT_LOGIN:
		return "login";
	case CM_ATTEMPT_NETWORK:
	case CM_ATTEMPT_UNCERTAIN:
		return "network";
	case CM_ATTEMPT_RETURNED:
	case CM_ATTEMPT_ACCEPTED:
	case CM_ATTEMPT_LAST:
	default:
		return "";
	}
}

static gboolean
settle_failed(CmStore *store,
	      const CmLetterRow *row,
	      const CmStoreAttempt *attempt,
	      gint64 now,
	      GError **error)
{
	CmBackoff backoff = cm_outbox_backoff_find(attempt->outcome, row->attempts, row->made_at,
						   now, (guint64)row->number);
	gboolean permanent = attempt->outcome == CM_ATTEMPT_PERMANENT;
	const gchar *cause = backoff.again || permanent ? get_cause(attempt->outcome) : "given-up";
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE letter SET state = ?2, leased_until = NULL, next_at = ?3, cause = ?4, "
	    "code = ?5, uncertain = max(uncertain, ?6) WHERE id = ?1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row->number);
	sqlite3_bind_text(statement, 2, backoff.again ? "waiting" : "dead", -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, backoff.again ? backoff.at : row->next_at);
	sqlite3_bind_text(statement, 4, cause, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, attempt->code);
	sqlite3_bind_int(statement, 6, attempt->outcome == CM_ATTEMPT_UNCERTAIN ? 1 : 0);
	return cm_database_run(store->database, statement, error);
}

static gboolean
check_letter(const CmLetterRow *row, GError **error)
{
	if (row->number != 0 && row->attempts > 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no letter by this number."), NULL);
	return FALSE;
}

/* what a report makes of a letter that it still says something of */
static gboolean
settle(CmStore *store,
       const CmLetterRow *row,
       const CmStoreAttempt *attempt,
       gint64 now,
       GError **error)
{
	gboolean open = row->state == CM_LETTER_WAITING || row->state == CM_LETTER_LEASED;

	/* one that was given up may have arrived after all */
	if (attempt->outcome == CM_ATTEMPT_ACCEPTED)
		return !(open || row->state == CM_LETTER_DEAD) ||
		       settle_sent(store, row, attempt->code, now, error);
	if (!open || attempt->attempt != row->attempts)
		return TRUE;
	/* a lease that was taken back waits already; its end is known only now */
	return settle_failed(store, row, attempt, now, error);
}

gboolean
cm_store_letter_report(CmStore *store,
		       gint64 number,
		       const CmStoreAttempt *attempt,
		       gint64 now,
		       CmStoreRecipient *out_addressee,
		       GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmLetterRow row = {0};

	if (transaction == NULL || !cm_letter_rows_read(store, number, &row, error) ||
	    !check_letter(&row, error) || !settle(store, &row, attempt, now, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	if (out_addressee != NULL)
		*out_addressee = row.who;
	return TRUE;
}

/* ---- bounces */

gboolean
cm_store_letter_set_bounced(CmStore *store,
			    gint64 number,
			    guint code,
			    gint64 now,
			    CmStoreRecipient *out_addressee,
			    GError **error)
{
	const gint64 values[] = {number, code};
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmLetterRow row = {0};

	if (transaction == NULL || !cm_letter_rows_read(store, number, &row, error) ||
	    !check_letter(&row, error))
		return FALSE;
	if (row.state != CM_LETTER_VOID &&
	    (!cm_database_run_integers(store->database,
				       "UPDATE letter SET state = 'dead', cause = 'bounced', "
				       "code = ?2, leased_until = NULL WHERE id = ?1",
				       values, G_N_ELEMENTS(values), error) ||
	     !cm_database_run_integers(
		 store->database,
		 "UPDATE notice SET sent_at = NULL, outcome = NULL WHERE letter = ?1 AND "
		 "(outcome = 'told' OR outcome IS NULL)",
		 &number, 1, error) ||
	     !cm_invitation_rows_forget_told(store, number, error)))
		return FALSE;
	if (!cm_transaction_commit(transaction, error))
		return FALSE;
	if (out_addressee != NULL)
		*out_addressee = row.who;
	return TRUE;
}

/* ---- finding */

gboolean
cm_store_letter_find_by_token(CmStore *store,
			      const gchar *token,
			      gint64 *out_number,
			      GError **error)
{
	gint64 number = 0;
	CmLetterRow row = {0};

	/* the address has a b in front of a letter's */
	if (g_ascii_tolower(*token) == 'b')
		number = cm_reply_token_check(cm_seal_get_key(store->seal, CM_SEAL_KEY_REPLY),
					      CM_REPLY_TOKEN_LETTER, token + 1);

	if (number != 0 && !cm_letter_rows_read(store, number, &row, error))
		return FALSE;
	*out_number = row.number;
	return TRUE;
}

gboolean
cm_store_letter_find_by_message_id(CmStore *store,
				   const gchar *message_id,
				   gint64 *out_number,
				   GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT id FROM letter WHERE message_id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, message_id, -1, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_number = row ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}
