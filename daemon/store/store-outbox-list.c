// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-outbox-list.h"

#include "daemon/store/letter-rows.h"
#include "daemon/store/outbox-matter.h"
#include "daemon/store/outbox-people.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static const gchar *const which_names[CM_OUTBOX_LIST_LAST] = {
    [CM_OUTBOX_LIST_WAITING] = "waiting",
    [CM_OUTBOX_LIST_DEAD] = "dead",
    [CM_OUTBOX_LIST_UNREACHABLE] = "unreachable",
    [CM_OUTBOX_LIST_SENT] = "sent",
};

gboolean
cm_store_outbox_list_which_from_string(const gchar *text, CmOutboxWhich *out_which)
{
	for (guint i = 0; i < CM_OUTBOX_LIST_LAST; i++) {
		if (g_str_equal(which_names[i], text)) {
			*out_which = (CmOutboxWhich)i;
			return TRUE;
		}
	}
	return FALSE;
}

void
cm_store_outbox_list_free_entry(CmOutboxEntry *entry)
{
	g_free(entry->name);
	g_free(entry->kind);
	g_free(entry->state);
	g_free(entry->cause);
	g_free(entry);
}

static void
free_entry(gpointer entry)
{
	cm_store_outbox_list_free_entry(entry);
}

/* ---- reading */

#define LETTERS                                                                                    \
	"SELECT id, recipient_kind, recipient, kind, state, urgent, uncertain, "                   \
	"(SELECT count(DISTINCT subject) FROM notice WHERE letter = letter.id), made_at, "         \
	"CASE state WHEN 'waiting' THEN next_at ELSE 0 END, attempts, cause, code, "               \
	"coalesce(sent_at, 0) FROM letter WHERE "
#define PEOPLE(state, condition)                                                                   \
	"SELECT 0, recipient_kind, recipient, NULL, '" state "', 0, 0, "                           \
	"count(DISTINCT subject), min(queued_at), 0, 0, '', 0, 0 FROM notice "                     \
	"WHERE " condition " GROUP BY recipient_kind, recipient ORDER BY min(id) LIMIT ?1"

/* ?1: how many */
static const gchar *
get_sql(CmOutboxWhich which)
{
	switch (which) {
	case CM_OUTBOX_LIST_WAITING:
		return LETTERS "state IN ('waiting', 'leased') ORDER BY id LIMIT ?1";
	case CM_OUTBOX_LIST_DEAD:
		return LETTERS "state = 'dead' ORDER BY id DESC LIMIT ?1";
	case CM_OUTBOX_LIST_UNREACHABLE:
		return PEOPLE("unreachable", "outcome = 'unreachable'");
	case CM_OUTBOX_LIST_SENT:
	case CM_OUTBOX_LIST_LAST:
	default:
		return LETTERS "state = 'sent' ORDER BY id DESC LIMIT ?1";
	}
}

static CmOutboxEntry *
read_entry(CmStatement *statement)
{
	CmOutboxEntry *entry = g_new0(CmOutboxEntry, 1);

	entry->letter = sqlite3_column_int64(statement, 0);
	entry->who.kind = (CmResource)sqlite3_column_int(statement, 1);
	entry->who.person = sqlite3_column_int64(statement, 2);
	entry->kind = g_strdup((const gchar *)sqlite3_column_text(statement, 3));
	entry->state = g_strdup((const gchar *)sqlite3_column_text(statement, 4));
	entry->urgent = sqlite3_column_int(statement, 5) != 0;
	entry->uncertain = sqlite3_column_int(statement, 6) != 0;
	entry->things = (guint)sqlite3_column_int(statement, 7);
	entry->since = sqlite3_column_int64(statement, 8);
	entry->until = sqlite3_column_int64(statement, 9);
	entry->attempts = (guint)sqlite3_column_int(statement, 10);
	entry->cause = g_strdup((const gchar *)sqlite3_column_text(statement, 11));
	entry->code = (guint)sqlite3_column_int(statement, 12);
	entry->sent_at = sqlite3_column_int64(statement, 13);
	return entry;
}

static gboolean
read_entries(CmStore *store, const gchar *sql, GPtrArray *entries, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int(statement, 1, (gint)(CM_STORE_OUTBOX_LISTED_MAX - entries->len));
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		g_ptr_array_add(entries, read_entry(statement));
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

/* until when what is in no letter yet waits */
static gboolean
find_until(CmStore *store, CmOutboxEntry *entry, gint64 now, GError **error)
{
	g_autoptr(CmReachable) reachable = NULL;
	g_autoptr(GTimeZone) zone = NULL;
	g_autoptr(GPtrArray) matters = NULL;
	CmDueReach reach = {0};

	reachable = cm_store_reach_get(store, entry->who.kind, entry->who.person, error);
	if (reachable == NULL)
		return FALSE;
	zone = g_time_zone_new_identifier(reachable->zone);
	if (zone == NULL)
		zone = g_time_zone_new_utc();
	reach.zone = zone;
	reach.digest = reachable->delivery == CM_DELIVERY_DIGEST;
	reach.digest_at = reachable->digest_at;
	reach.quiet_from = reachable->quiet_from;
	reach.quiet_to = reachable->quiet_to;
	matters = cm_outbox_matter_list(store, &entry->who, &reach, NULL, now, error);
	if (matters == NULL)
		return FALSE;
	for (guint i = 0; i < matters->len; i++) {
		const CmMatter *matter = g_ptr_array_index(matters, i);

		entry->urgent = entry->urgent || matter->urgent;
		entry->until =
		    entry->until == 0 ? matter->due_at : MIN(entry->until, matter->due_at);
	}
	return TRUE;
}

static gboolean
add_gathering(CmStore *store, GPtrArray *entries, gint64 now, GError **error)
{
	guint first = entries->len;

	if (!read_entries(store, PEOPLE("gathering", "sent_at IS NULL AND letter IS NULL"), entries,
			  error))
		return FALSE;
	for (guint i = first; i < entries->len; i++) {
		if (!find_until(store, g_ptr_array_index(entries, i), now, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
add_names(CmStore *store, GPtrArray *entries, gint64 now, GError **error)
{
	g_autoptr(CmOutboxPeople) people = cm_outbox_people_new(store, NULL, now, error);
	const gchar *name = NULL;

	for (guint i = 0; people != NULL && i < entries->len; i++) {
		CmOutboxEntry *entry = g_ptr_array_index(entries, i);

		if (!cm_outbox_people_get_name(people, entry->who.kind, entry->who.person, &name,
					       error))
			return FALSE;
		entry->name = g_strdup(name);
	}
	return people != NULL;
}

GPtrArray *
cm_store_outbox_list(CmStore *store, CmOutboxWhich which, gint64 now, GError **error)
{
	g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(free_entry);
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);

	if (transaction == NULL || !read_entries(store, get_sql(which), entries, error) ||
	    (which == CM_OUTBOX_LIST_WAITING && !add_gathering(store, entries, now, error)) ||
	    !add_names(store, entries, now, error))
		return NULL;
	return g_steal_pointer(&entries);
}

/* ---- figures */

/* A family: those who share a household of a student; the one with the smallest number stands for it, whoever has none for themselves. */
#define FAMILY                                                                                     \
	"coalesce((SELECT min(other.contact) FROM guardianship AS mine JOIN guardianship AS "      \
	"other ON other.student = mine.student AND other.household = mine.household "              \
	"WHERE mine.contact = letter.recipient), letter.recipient)"

static gboolean
count_groups(CmStore *store,
	     const gchar *sql,
	     gint64 since,
	     guint *out_groups,
	     guint *out_most,
	     GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, since);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_groups = row ? (guint)sqlite3_column_int(statement, 0) : 0;
	*out_most = row ? (guint)sqlite3_column_int(statement, 1) : 0;
	return TRUE;
}

gboolean
cm_store_outbox_list_count(CmStore *store, gint64 since, CmOutboxCounts *out_counts, GError **error)
{
	CmOutboxCounts counts = {0};
	guint none = 0;

	if (!count_groups(store,
			  "SELECT count(*), 0 FROM letter WHERE state IN ('waiting', 'leased') AND "
			  "?1 IS NOT NULL",
			  since, &counts.waiting, &none, error) ||
	    !count_groups(store,
			  "SELECT count(*), 0 FROM letter WHERE state = 'dead' AND ?1 IS NOT NULL",
			  since, &counts.dead, &none, error) ||
	    !count_groups(store,
			  "SELECT count(*), 0 FROM (SELECT DISTINCT recipient_kind, recipient FROM "
			  "notice WHERE sent_at IS NULL AND letter IS NULL) WHERE ?1 IS NOT NULL",
			  since, &counts.gathering, &none, error) ||
	    !count_groups(store,
			  "SELECT count(*), 0 FROM (SELECT DISTINCT recipient_kind, recipient FROM "
			  "notice WHERE outcome = 'unreachable') WHERE ?1 IS NOT NULL",
			  since, &counts.unreachable, &none, error) ||
	    !count_groups(
		store,
		"SELECT coalesce(sum(n), 0), coalesce(max(n), 0) FROM (SELECT count(*) AS "
		"n FROM letter WHERE state = 'sent' AND sent_at >= ?1 GROUP BY "
		"recipient_kind, recipient)",
		since, &counts.sent, &counts.most, error) ||
	    !count_groups(store,
			  "SELECT count(*), 0 FROM (SELECT DISTINCT recipient_kind, recipient FROM "
			  "letter WHERE state = 'sent' AND sent_at >= ?1)",
			  since, &counts.people, &none, error) ||
	    !count_groups(store,
			  "SELECT count(*), coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM "
			  "letter WHERE state = 'sent' AND sent_at >= ?1 AND recipient_kind = 2 "
			  "GROUP BY " FAMILY ")",
			  since, &counts.families, &counts.most_family, error))
		return FALSE;
	*out_counts = counts;
	return TRUE;
}

/* ---- what staff decide */

static gboolean
read_letter(CmStore *store, gint64 letter, CmLetterRow *out_row, GError **error)
{
	if (!cm_letter_rows_read(store, letter, out_row, error))
		return FALSE;
	if (out_row->number == 0)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no letter by this number."),
			     NULL);
	return out_row->number != 0;
}

gboolean
cm_store_outbox_list_find_letter(CmStore *store,
				 gint64 letter,
				 CmStoreRecipient *out_who,
				 GError **error)
{
	CmLetterRow row = {0};

	if (!read_letter(store, letter, &row, error))
		return FALSE;
	*out_who = row.who;
	return TRUE;
}

static gboolean
check_settled(const CmLetterRow *row, GError **error)
{
	if (row->state == CM_LETTER_WAITING || row->state == CM_LETTER_DEAD)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     row->state == CM_LETTER_LEASED
			 ? N_("This letter is on its way just now.")
			 : N_("This letter was sent, or another one took its place."),
		     NULL);
	return FALSE;
}

static gboolean
audit(CmStore *store, const gchar *action, gint64 subject, gint64 actor, gint64 now, GError **error)
{
	const CmAuditEntry entry = {.uid = actor, .action = action, .subject = subject, .at = now};

	return cm_audit_append(store, &entry, error);
}

/* whether something that it speaks of was told otherwise since, or is about to be */
static gboolean
is_outdated(CmStore *store, const CmLetterRow *row, gboolean *out_outdated, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT 1 FROM notice AS mine JOIN notice AS newer INDEXED BY notice_subject "
	    "ON newer.subject = mine.subject AND newer.recipient_kind = mine.recipient_kind AND "
	    "newer.recipient = mine.recipient WHERE mine.letter = ?1 AND (newer.letter > ?1 OR "
	    "(newer.letter IS NULL AND newer.sent_at IS NULL)) LIMIT 1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row->number);
	return cm_database_step(store->database, statement, out_outdated, error);
}

/* the very same letter, unless the person has another one by now, or was told what is newer: then what it told is looked at anew */
static gboolean
send_again(CmStore *store, const CmLetterRow *row, gint64 now, GError **error)
{
	const gint64 values[] = {row->number, now};
	CmLetterRow open = {0};
	gboolean outdated = FALSE;

	if (!cm_letter_rows_read_open(store, &row->who, &open, error) ||
	    !is_outdated(store, row, &outdated, error))
		return FALSE;
	if (!row->uncertain || outdated || (open.number != 0 && open.number != row->number))
		return cm_letter_rows_void(store, row->number, error);
	return cm_database_run_integers(
	    store->database,
	    "UPDATE letter SET state = 'waiting', next_at = ?2, made_at = ?2 WHERE id = ?1", values,
	    G_N_ELEMENTS(values), error);
}

gboolean
cm_store_outbox_list_retry(CmStore *store, gint64 letter, gint64 actor, gint64 now, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmLetterRow row = {0};

	return transaction != NULL && read_letter(store, letter, &row, error) &&
	       check_settled(&row, error) && send_again(store, &row, now, error) &&
	       audit(store, "letter.retry", letter, actor, now, error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_outbox_list_drop(CmStore *store, gint64 letter, gint64 actor, gint64 now, GError **error)
{
	const gint64 values[] = {letter, now};
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmLetterRow row = {0};

	return transaction != NULL && read_letter(store, letter, &row, error) &&
	       check_settled(&row, error) &&
	       cm_database_run_integers(
		   store->database,
		   "UPDATE notice SET sent_at = ?2, outcome = 'dropped' WHERE letter = ?1 AND "
		   "sent_at IS NULL",
		   values, G_N_ELEMENTS(values), error) &&
	       cm_letter_rows_void(store, letter, error) &&
	       audit(store, "letter.drop", letter, actor, now, error) &&
	       cm_transaction_commit(transaction, error);
}

static gboolean
change_person(CmStore *store,
	      const CmStoreRecipient *who,
	      const gchar *sql,
	      const gchar *action,
	      gint64 actor,
	      gint64 now,
	      GError **error)
{
	const gint64 values[] = {(gint64)who->kind, who->person};
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);

	if (transaction == NULL ||
	    !cm_database_run_integers(store->database, sql, values, G_N_ELEMENTS(values), error))
		return FALSE;
	if (cm_database_get_changes(store->database) == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("Nothing is listed that could not be told to them."), NULL);
		return FALSE;
	}
	if (store->queued != NULL)
		store->queued(store->queued_data);
	return audit(store, action, who->person, actor, now, error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_outbox_list_retry_person(CmStore *store,
				  const CmStoreRecipient *who,
				  gint64 actor,
				  gint64 now,
				  GError **error)
{
	return change_person(store, who,
			     "UPDATE notice SET sent_at = NULL, outcome = NULL WHERE "
			     "recipient_kind = ?1 AND recipient = ?2 AND outcome = 'unreachable'",
			     "notice.retry", actor, now, error);
}

gboolean
cm_store_outbox_list_drop_person(CmStore *store,
				 const CmStoreRecipient *who,
				 gint64 actor,
				 gint64 now,
				 GError **error)
{
	return change_person(store, who,
			     "UPDATE notice SET outcome = 'dropped' WHERE "
			     "recipient_kind = ?1 AND recipient = ?2 AND outcome = 'unreachable'",
			     "notice.drop", actor, now, error);
}
