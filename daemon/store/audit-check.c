// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/audit-check.h"

#include "daemon/store/store-private.h"
#include "include/cm-message.h"
#include "include/cm-time.h"

#include <glib/gi18n.h>
#include <string.h>

struct _CmAuditCheck {
	GArray *outside; /* CmAuditHead */
	guint at;        /* the next of them */
	guint held;      /* of them against an entry */
	GPtrArray *findings;
	guint total;
	gint64 sequence;                    /* of the entry before, 0: none yet */
	guint8 stored[CM_AUDIT_HASH_BYTES]; /* its hash as it stands */
	guint8 due[CM_AUDIT_HASH_BYTES];    /* and as its columns have it */
	gint64 entries;
	guint heads;
};

const gchar *
cm_audit_check_kind_to_string(CmAuditFindingKind kind)
{
	static const gchar *const names[CM_AUDIT_FINDING_LAST] = {
	    [CM_AUDIT_FINDING_ALTERED] = "altered",   [CM_AUDIT_FINDING_MOVED] = "moved",
	    [CM_AUDIT_FINDING_MISSING] = "missing",   [CM_AUDIT_FINDING_CUT] = "cut",
	    [CM_AUDIT_FINDING_REPLACED] = "replaced", [CM_AUDIT_FINDING_HEAD] = "head",
	    [CM_AUDIT_FINDING_OUTSIDE] = "outside",
	};

	g_return_val_if_fail(kind < CM_AUDIT_FINDING_LAST, "");
	return names[kind];
}

static void
finding_free(gpointer data)
{
	CmAuditFinding *finding = data;

	g_free(finding->message);
	g_free(finding);
}

CmAuditCheck *
cm_audit_check_new(const GArray *outside)
{
	CmAuditCheck *check = g_new0(CmAuditCheck, 1);

	check->outside = g_array_new(FALSE, TRUE, sizeof(CmAuditHead));
	if (outside != NULL && outside->len > 0)
		g_array_append_vals(check->outside, outside->data, outside->len);
	check->findings = g_ptr_array_new_with_free_func(finding_free);
	return check;
}

void
cm_audit_check_free(CmAuditCheck *check)
{
	g_array_unref(check->outside);
	g_ptr_array_unref(check->findings);
	g_free(check);
}

void
cm_audit_check_add(CmAuditCheck *check, CmAuditFindingKind kind, gint64 sequence, gchar *message)
{
	CmAuditFinding *finding = NULL;

	check->total++;
	if (check->findings->len >= CM_AUDIT_FINDINGS_MAX) {
		g_free(message);
		return;
	}
	finding = g_new0(CmAuditFinding, 1);
	finding->kind = kind;
	finding->sequence = sequence;
	finding->message = message;
	g_ptr_array_add(check->findings, finding);
}

static void
add_numbered(CmAuditCheck *check,
	     CmAuditFindingKind kind,
	     gint64 sequence,
	     const gchar *format,
	     const gchar *more)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GINT64_FORMAT, sequence);

	cm_audit_check_add(check, kind, sequence, cm_message_new(format, number, more, NULL));
}

/* ---- an entry */

static void
row_read(CmStatement *statement, CmAuditRow *out_row)
{
	const gchar *action = (const gchar *)sqlite3_column_text(statement, 3);

	out_row->sequence = sqlite3_column_int64(statement, 0);
	out_row->at = sqlite3_column_int64(statement, 1);
	/* a uid of -1 that somebody wrote is not the null that was there */
	out_row->uid = sqlite3_column_type(statement, 2) == SQLITE_NULL ? CM_AUDIT_DAEMON
		       : sqlite3_column_int64(statement, 2) == CM_AUDIT_DAEMON
			   ? G_MININT64
			   : sqlite3_column_int64(statement, 2);
	out_row->action = action != NULL ? action : "";
	out_row->subject = sqlite3_column_int64(statement, 4);
	out_row->version_before = sqlite3_column_int64(statement, 5);
	out_row->version_after = sqlite3_column_int64(statement, 6);
	out_row->detail = sqlite3_column_blob(statement, 7);
	out_row->detail_length = (gsize)sqlite3_column_bytes(statement, 7);
}

/* a hash as it stands, zeros when it has not the length of one */
static void
hash_read(CmStatement *statement, gint column, guint8 out_hash[CM_AUDIT_HASH_BYTES])
{
	memset(out_hash, 0, CM_AUDIT_HASH_BYTES);
	if (sqlite3_column_bytes(statement, column) == CM_AUDIT_HASH_BYTES)
		memcpy(out_hash, sqlite3_column_blob(statement, column), CM_AUDIT_HASH_BYTES);
}

static gboolean
hash_equal(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_AUDIT_HASH_BYTES) == 0;
}

static void
check_gap(CmAuditCheck *check, gint64 sequence)
{
	g_autofree gchar *count = NULL;
	g_autofree gchar *number = NULL;
	gint64 missing = sequence - check->sequence - 1;

	if (missing <= 0)
		return;
	count = g_strdup_printf("%" G_GINT64_FORMAT, missing);
	number = g_strdup_printf("%" G_GINT64_FORMAT, sequence);
	cm_audit_check_add(check, CM_AUDIT_FINDING_MISSING, sequence,
			   cm_message_new(N_("Before entry {0}, {1} are missing: they were "
					     "deleted."),
					  number, count, NULL));
}

/* The hash covers the columns, the number and the entry before. An entry whose columns were changed is told apart from one that
 * comes from elsewhere by what it says of the one before. */
static void
check_row(CmAuditCheck *check, CmStore *store, CmStatement *statement)
{
	CmAuditRow row = {0};
	guint8 previous[CM_AUDIT_HASH_BYTES];
	guint8 stored[CM_AUDIT_HASH_BYTES];
	guint8 by_stored[CM_AUDIT_HASH_BYTES];
	guint8 due_before[CM_AUDIT_HASH_BYTES];
	gboolean follows = FALSE;
	gboolean gap = FALSE;

	row_read(statement, &row);
	hash_read(statement, 8, previous);
	hash_read(statement, 9, stored);
	gap = row.sequence != check->sequence + 1;
	check_gap(check, row.sequence);
	memcpy(due_before, check->due, sizeof due_before);
	cm_audit_hash_row(store, &row, previous, check->due);
	/* an entry whose hash alone was changed has been named already */
	follows = gap || hash_equal(previous, check->stored) || hash_equal(previous, due_before);
	if (!follows) {
		/* perhaps only `previous` was changed */
		cm_audit_hash_row(store, &row, check->stored, by_stored);
		if (hash_equal(by_stored, stored) || !hash_equal(check->due, stored))
			add_numbered(check,
				     hash_equal(by_stored, stored) ? CM_AUDIT_FINDING_ALTERED
								   : CM_AUDIT_FINDING_MOVED,
				     row.sequence,
				     hash_equal(by_stored, stored)
					 ? N_("Entry {0} was altered.")
					 : N_("Entry {0} does not follow the one before it: "
					      "entries were moved, removed or put in."),
				     NULL);
		else
			add_numbered(check, CM_AUDIT_FINDING_MOVED, row.sequence,
				     N_("Entry {0} follows another entry than the one before it: "
					"that one was altered, or this one comes from another "
					"copy of the log."),
				     NULL);
	} else if (!hash_equal(check->due, stored)) {
		add_numbered(check, CM_AUDIT_FINDING_ALTERED, row.sequence,
			     N_("Entry {0} was altered."), NULL);
	}
	check->sequence = row.sequence;
	memcpy(check->stored, stored, sizeof check->stored);
	check->entries++;
}

/* ---- heads */

static gchar *
format_instant(gint64 at)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(at);

	return time != NULL ? g_date_time_format(time, "%Y-%m-%d %H:%M UTC") : g_strdup("?");
}

/* a head in the database is of the entry just looked at */
static void
check_head(CmAuditCheck *check, CmStore *store, CmStatement *statement)
{
	CmAuditHead head = {.sequence = check->sequence};
	gboolean there = sqlite3_column_type(statement, 10) != SQLITE_NULL;

	if (!there) {
		if (check->sequence % CM_AUDIT_HEAD_EVERY == 0)
			add_numbered(check, CM_AUDIT_FINDING_HEAD, check->sequence,
				     N_("The signed head of entry {0} is missing."), NULL);
		return;
	}
	check->heads++;
	head.signed_at = sqlite3_column_int64(statement, 10);
	memcpy(head.hash, check->stored, sizeof head.hash);
	if (sqlite3_column_bytes(statement, 11) == CM_AUDIT_SIGNATURE_BYTES)
		memcpy(head.signature, sqlite3_column_blob(statement, 11), sizeof head.signature);
	if (!cm_audit_verify_head(store, &head))
		add_numbered(check, CM_AUDIT_FINDING_HEAD, check->sequence,
			     N_("The head of entry {0} is not signed for this entry: one of the "
				"two was altered."),
			     NULL);
}

/* heads outside that are of entries up to the one just looked at */
static void
check_outside(CmAuditCheck *check, CmStore *store, gboolean end)
{
	while (check->at < check->outside->len) {
		const CmAuditHead *head = CM_ELEMENT(check->outside, CmAuditHead, check->at);
		g_autofree gchar *date = format_instant(head->signed_at);

		if (head->sequence > check->sequence && !end)
			return;
		check->at++;
		if (!cm_audit_verify_head(store, head)) {
			add_numbered(check, CM_AUDIT_FINDING_OUTSIDE, head->sequence,
				     N_("The head of entry {0} kept outside the database was "
					"altered, or is another log's."),
				     NULL);
			continue;
		}
		check->held++;
		if (head->sequence > check->sequence)
			add_numbered(check, CM_AUDIT_FINDING_CUT, head->sequence,
				     N_("Entry {0} was there on {1} and is not any more: the log "
					"was cut, or the database is an older copy."),
				     date);
		else if (head->sequence == check->sequence &&
			 !hash_equal(head->hash, check->stored))
			add_numbered(check, CM_AUDIT_FINDING_REPLACED, head->sequence,
				     N_("Entry {0} is not the one that was there on {1}: the "
					"database went on from an older copy, or the entry was "
					"replaced."),
				     date);
	}
}

/* Heads of entries that are gone, and entries that no walk from the first one meets. */
static gboolean
check_orphans(CmAuditCheck *check, CmStore *store, GError **error)
{
	gint64 hidden = 0;
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT sequence, signed_at FROM audit_head WHERE sequence NOT IN "
				"(SELECT sequence FROM audit) ORDER BY sequence",
				error);
	gboolean row = FALSE;

	if (statement == NULL ||
	    !cm_database_query_integer(
		store->database, "SELECT count(*) FROM audit WHERE sequence < 1", &hidden, error) ||
	    !cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (hidden > 0)
		cm_audit_check_add(check, CM_AUDIT_FINDING_MOVED, 0,
				   cm_message_new(N_("Entries stand before the first one: they "
						     "were put in, or moved there."),
						  NULL));
	while (row) {
		g_autofree gchar *date = format_instant(sqlite3_column_int64(statement, 1));

		add_numbered(check, CM_AUDIT_FINDING_CUT, sqlite3_column_int64(statement, 0),
			     N_("Entry {0} was there on {1} and is not any more: the log was cut, "
				"or the database is an older copy."),
			     date);
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_audit_check_advance(CmAuditCheck *check,
		       CmStore *store,
		       guint count,
		       gboolean *out_done,
		       GError **error)
{
	guint seen = 0;
	gboolean row = FALSE;
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT audit.sequence, at, uid, action, subject, version_before, version_after, "
	    "detail, previous, hash, audit_head.signed_at, signature FROM audit "
	    "LEFT JOIN audit_head ON audit_head.sequence = audit.sequence "
	    "WHERE audit.sequence > ?1 ORDER BY audit.sequence LIMIT ?2",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, check->sequence);
	sqlite3_bind_int64(statement, 2, count);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		check_row(check, store, statement);
		check_head(check, store, statement);
		check_outside(check, store, FALSE);
		seen++;
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	if (seen == count) {
		*out_done = FALSE;
		return TRUE;
	}
	check_outside(check, store, TRUE);
	if (!check_orphans(check, store, error))
		return FALSE;
	*out_done = TRUE;
	return TRUE;
}

gint64
cm_audit_check_get_entries(const CmAuditCheck *check)
{
	return check->entries;
}

guint
cm_audit_check_get_heads(const CmAuditCheck *check)
{
	return check->heads;
}

guint
cm_audit_check_get_outside(const CmAuditCheck *check)
{
	return check->held;
}

const GPtrArray *
cm_audit_check_get_findings(const CmAuditCheck *check)
{
	return check->findings;
}

guint
cm_audit_check_get_total(const CmAuditCheck *check)
{
	return check->total;
}
