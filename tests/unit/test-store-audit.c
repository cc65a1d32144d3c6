// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-audit.h"

#include "daemon/store/audit-check.h"
#include "daemon/store/audit-heads.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-private.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* in one transaction: one each is measured elsewhere */
static void
append(CmStoreFixture *fixture, guint count)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmTransaction) transaction = cm_transaction_new(fixture->store->database, &error);

	g_assert_no_error(error);
	for (guint i = 0; i < count; i++) {
		g_autofree gchar *detail = g_strdup_printf("{\"note\":\"secret-%u\"}", i);
		CmAuditEntry entry = {.uid = 1000 + i % 3,
				      .action = "booking.move",
				      .subject = 40 + i,
				      .version_before = i,
				      .version_after = i + 1,
				      .detail = i % 2 == 0 ? detail : NULL,
				      .at = 1764000000 + i};

		g_assert_true(cm_audit_append(fixture->store, &entry, &error));
		g_assert_no_error(error);
	}
	g_assert_true(cm_transaction_commit(transaction, &error));
	g_assert_no_error(error);
}

static gint64
query(CmStoreFixture *fixture, const gchar *sql)
{
	g_autoptr(GError) error = NULL;
	gint64 value = -1;

	g_assert_true(cm_database_query_integer(fixture->store->database, sql, &value, &error));
	g_assert_no_error(error);
	return value;
}

/* ---- appending */

static void
test_append(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();

	append(fixture, 130);
	g_assert_cmpint(query(fixture, "SELECT count(*) FROM audit"), ==, 130);
	/* none left out, each hash the next one's `previous` */
	g_assert_cmpint(query(fixture, "SELECT max(sequence) FROM audit"), ==, 130);
	g_assert_cmpint(query(fixture, "SELECT count(*) FROM audit AS a JOIN audit AS b "
				       "ON b.sequence = a.sequence + 1 AND b.previous = a.hash"),
			==, 129);
	g_assert_cmpint(
	    query(fixture, "SELECT previous = zeroblob (32) FROM audit WHERE sequence = 1"), ==, 1);
	g_assert_cmpint(query(fixture, "SELECT sum(sequence) FROM audit_head"), ==, 64 + 128);
	/* what people typed is sealed */
	g_assert_cmpint(
	    query(fixture, "SELECT count(*) FROM audit WHERE instr(detail, 'secret') > 0"), ==, 0);
}

static void
test_rolled_back(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	CmAuditEntry entry = {.uid = CM_AUDIT_DAEMON, .action = "policy.reload"};
	g_autoptr(GError) error = NULL;

	append(fixture, 2);
	{
		g_autoptr(CmTransaction) transaction =
		    cm_transaction_new(fixture->store->database, &error);

		g_assert_true(cm_audit_append(fixture->store, &entry, &error));
		g_assert_cmpint(query(fixture, "SELECT count(*) FROM audit WHERE uid IS NULL"), ==,
				1);
	}
	/* a change that did not happen leaves nothing */
	g_assert_cmpint(query(fixture, "SELECT max(sequence) FROM audit"), ==, 2);
}

static void
test_too_long(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(GError) error = NULL;
	g_autofree gchar *detail = g_strnfill(CM_AUDIT_DETAIL_MAX + 1, 'x');
	CmAuditEntry entry = {.uid = 1000, .action = "booking.move", .detail = detail};
	g_autoptr(CmTransaction) transaction = cm_transaction_new(fixture->store->database, &error);

	g_assert_false(cm_audit_append(fixture->store, &entry, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	g_clear_error(&error);
	detail[CM_AUDIT_DETAIL_MAX] = '\0';
	g_assert_true(cm_audit_append(fixture->store, &entry, &error));
	g_assert_no_error(error);
}

/* ---- what is found */

static CmAuditCheck *
check(CmStoreFixture *fixture, const GArray *outside)
{
	CmAuditCheck *found = cm_audit_check_new(outside);
	gboolean done = FALSE;

	while (!done) {
		g_autoptr(GError) error = NULL;

		g_assert_true(cm_audit_check_advance(found, fixture->store, 7, &done, &error));
		g_assert_no_error(error);
	}
	for (guint i = 0; i < cm_audit_check_get_findings(found)->len; i++) {
		const CmAuditFinding *finding =
		    g_ptr_array_index(cm_audit_check_get_findings(found), i);

		g_test_message("%s", finding->message);
	}
	return found;
}

static void
assert_found(const CmAuditCheck *found, CmAuditFindingKind kind, gint64 sequence)
{
	const CmAuditFinding *first = NULL;

	g_assert_cmpuint(cm_audit_check_get_total(found), >, 0);
	first = g_ptr_array_index(cm_audit_check_get_findings(found), 0);
	g_assert_cmpint(first->kind, ==, kind);
	g_assert_cmpint(first->sequence, ==, sequence);
}

static void
run(CmStoreFixture *fixture, const gchar *sql)
{
	g_autoptr(GError) error = NULL;
	gboolean good = cm_database_execute(fixture->store->database, sql, &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

/* as somebody with the file would */
static void
open_up(CmStoreFixture *fixture)
{
	run(fixture, "DROP TRIGGER audit_update; DROP TRIGGER audit_delete; "
		     "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;");
}

static GArray *
keep_heads(CmStoreFixture *fixture, gint64 now)
{
	g_autoptr(GError) error = NULL;
	gboolean good = cm_audit_heads_update(fixture->store, fixture->folder, now, &error);
	GArray *heads = NULL;

	g_assert_no_error(error);
	g_assert_true(good);
	heads = cm_audit_heads_read(fixture->store, fixture->folder, &error);
	g_assert_no_error(error);
	return heads;
}

static void
test_whole(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(GArray) outside = NULL;
	g_autoptr(CmAuditCheck) found = NULL;

	append(fixture, 70);
	outside = keep_heads(fixture, 1764000100);
	g_assert_cmpuint(outside->len, ==, 2);
	found = check(fixture, outside);
	g_assert_cmpuint(cm_audit_check_get_total(found), ==, 0);
	g_assert_cmpint(cm_audit_check_get_entries(found), ==, 70);
	g_assert_cmpuint(cm_audit_check_get_heads(found), ==, 2);
	g_assert_cmpuint(cm_audit_check_get_outside(found), ==, 2);
}

/* Every column of every entry, one at a time. */
static void
test_altered(void)
{
	static const gchar *const edits[] = {
	    "at = at + 1",
	    "uid = 1 + coalesce(uid, 5)",
	    "uid = NULL",
	    "uid = -1",
	    "action = 'booking.book'",
	    "subject = subject + 1",
	    "version_before = version_before + 1",
	    "version_after = version_after - 1",
	    "detail = zeroblob(length(detail))",
	    "detail = (SELECT detail FROM audit AS o WHERE o.sequence = audit.sequence % 20 + 1)",
	    "previous = randomblob(32)",
	    "hash = randomblob(32)",
	    "hash = x''",
	};
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();

	append(fixture, 20);
	open_up(fixture);
	for (gint64 row = 1; row <= 20; row++) {
		for (guint i = 0; i < G_N_ELEMENTS(edits); i++) {
			g_autofree gchar *sql = g_strdup_printf(
			    "BEGIN; UPDATE audit SET %s WHERE sequence = %" G_GINT64_FORMAT,
			    edits[i], row);
			g_autoptr(CmAuditCheck) found = NULL;

			run(fixture, sql);
			found = check(fixture, NULL);
			assert_found(found, CM_AUDIT_FINDING_ALTERED, row);
			/* the others are not accused */
			g_assert_cmpuint(cm_audit_check_get_total(found), ==, 1);
			run(fixture, "ROLLBACK");
		}
	}
}

static void
test_structure(void)
{
	static const struct {
		const gchar *sql;
		CmAuditFindingKind kind;
		gint64 sequence;
	} cases[] = {
	    {"DELETE FROM audit WHERE sequence = 10", CM_AUDIT_FINDING_MISSING, 11},
	    {"DELETE FROM audit WHERE sequence = 1", CM_AUDIT_FINDING_MISSING, 2},
	    {"DELETE FROM audit WHERE sequence BETWEEN 3 AND 9", CM_AUDIT_FINDING_MISSING, 10},
	    /* closing the gap */
	    {"DELETE FROM audit WHERE sequence = 10; UPDATE audit SET sequence = -sequence WHERE "
	     "sequence > 10; UPDATE audit SET sequence = -sequence - 1 WHERE sequence < 0",
	     CM_AUDIT_FINDING_MOVED, 10},
	    {"UPDATE audit SET sequence = -10 WHERE sequence = 10; UPDATE audit SET sequence = 10 "
	     "WHERE sequence = 11; UPDATE audit SET sequence = 11 WHERE sequence = -10",
	     CM_AUDIT_FINDING_MOVED, 10},
	    {"UPDATE audit SET sequence = 1000 WHERE sequence = 10", CM_AUDIT_FINDING_MISSING, 11},
	    {"UPDATE audit SET sequence = -10 WHERE sequence = 10", CM_AUDIT_FINDING_MISSING, 11},
	    {"INSERT INTO audit SELECT 71, at, uid, action, subject, version_before, "
	     "version_after, detail, hash, hash FROM audit WHERE sequence = 70",
	     CM_AUDIT_FINDING_ALTERED, 71},
	    {"INSERT INTO audit SELECT 71, at, uid, action, subject, version_before, "
	     "version_after, detail, previous, hash FROM audit WHERE sequence = 12",
	     CM_AUDIT_FINDING_MOVED, 71},
	    {"INSERT INTO audit SELECT 0, at, uid, action, subject, version_before, "
	     "version_after, detail, previous, hash FROM audit WHERE sequence = 12",
	     CM_AUDIT_FINDING_MOVED, 0},
	    {"DELETE FROM audit_head WHERE sequence = 64", CM_AUDIT_FINDING_HEAD, 64},
	    {"UPDATE audit_head SET signature = zeroblob(64)", CM_AUDIT_FINDING_HEAD, 64},
	    {"UPDATE audit_head SET signed_at = signed_at + 1 WHERE sequence = 64",
	     CM_AUDIT_FINDING_HEAD, 64},
	    /* the end: with the heads inside, and without */
	    {"DELETE FROM audit WHERE sequence > 60", CM_AUDIT_FINDING_CUT, 64},
	    {"DELETE FROM audit WHERE sequence > 66; DELETE FROM audit_head WHERE sequence > 66",
	     CM_AUDIT_FINDING_CUT, 70},
	    {"DELETE FROM audit; DELETE FROM audit_head", CM_AUDIT_FINDING_CUT, 64},
	};
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(GArray) outside = NULL;

	append(fixture, 70);
	outside = keep_heads(fixture, 1764000100);
	open_up(fixture);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree gchar *sql = g_strconcat("BEGIN; ", cases[i].sql, NULL);
		g_autoptr(CmAuditCheck) found = NULL;

		g_test_message("%s", cases[i].sql);
		run(fixture, sql);
		found = check(fixture, outside);
		assert_found(found, cases[i].kind, cases[i].sequence);
		run(fixture, "ROLLBACK");
	}
}

/* ---- the file put back */

static void
copy_file(const gchar *from, const gchar *to)
{
	g_autofree gchar *content = NULL;
	g_autoptr(GError) error = NULL;
	gsize length = 0;

	g_assert_true(g_file_get_contents(from, &content, &length, &error));
	g_assert_true(g_file_set_contents_full(to, content, (gssize)length,
					       G_FILE_SET_CONTENTS_NONE, 0600, &error));
	g_assert_no_error(error);
}

static void
test_put_back(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *yesterday = g_build_filename(fixture->folder, "yesterday.db", NULL);
	g_autofree gchar *heads_path = g_build_filename(fixture->folder, CM_AUDIT_HEADS_NAME, NULL);
	g_autofree gchar *kept = NULL;
	g_autofree gchar *after = NULL;
	g_autoptr(GArray) outside = NULL;
	g_autoptr(CmAuditCheck) found = NULL;
	g_autoptr(CmAuditCheck) grown = NULL;
	g_autoptr(GError) error = NULL;

	append(fixture, 30);
	g_array_unref(keep_heads(fixture, 1764000050));
	cm_store_fixture_reopen(fixture);
	copy_file(fixture->database, yesterday);
	append(fixture, 5);
	outside = keep_heads(fixture, 1764000100);
	g_clear_pointer(&fixture->store, cm_store_close);
	copy_file(yesterday, fixture->database);
	fixture->store = cm_store_open(fixture->database, fixture->key, &error);
	g_assert_no_error(error);

	found = check(fixture, outside);
	assert_found(found, CM_AUDIT_FINDING_CUT, 35);
	/* the daemon goes on, and what was found stays found */
	append(fixture, 10);
	g_assert_true(g_file_get_contents(heads_path, &kept, NULL, NULL));
	g_assert_false(cm_audit_heads_update(fixture->store, fixture->folder, 1764000200, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
	g_assert_true(g_file_get_contents(heads_path, &after, NULL, NULL));
	g_assert_cmpstr(kept, ==, after);
	grown = check(fixture, outside);
	assert_found(grown, CM_AUDIT_FINDING_REPLACED, 35);
}

static void
test_heads_file(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmStoreFixture) other = cm_store_fixture_new();
	g_autofree gchar *path = g_build_filename(fixture->folder, CM_AUDIT_HEADS_NAME, NULL);
	g_autoptr(GArray) outside = NULL;
	g_autoptr(GArray) none = NULL;
	g_autoptr(CmAuditCheck) found = NULL;
	g_autoptr(GError) error = NULL;
	GStatBuf before;
	GStatBuf after;

	none = cm_audit_heads_read(fixture->store, fixture->folder, &error);
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	/* an empty log has no heads to keep */
	g_assert_true(cm_audit_heads_update(fixture->store, fixture->folder, 1, &error));
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	append(fixture, 100 * 64);
	outside = keep_heads(fixture, 1764000100);
	g_assert_cmpuint(outside->len, ==, CM_AUDIT_HEADS_MAX);
	g_assert_cmpint(g_stat(path, &before), ==, 0);
	g_assert_cmpint(before.st_mode & 0777, ==, 0600);
	/* nothing happened, nothing is written */
	g_array_unref(keep_heads(fixture, 1764000200));
	g_assert_cmpint(g_stat(path, &after), ==, 0);
	g_assert_cmpuint(before.st_ino, ==, after.st_ino);

	/* somebody else's signature */
	g_array_index(outside, CmAuditHead, 3).signature[5] ^= 1;
	found = check(fixture, outside);
	assert_found(found, CM_AUDIT_FINDING_OUTSIDE,
		     g_array_index(outside, CmAuditHead, 3).sequence);

	none = cm_audit_heads_read(other->store, fixture->folder, &error);
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
	g_clear_error(&error);
	g_assert_true(g_file_set_contents(path, "[Log]\nDatabase=zz\n", -1, NULL));
	none = cm_audit_heads_read(fixture->store, fixture->folder, &error);
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	g_clear_error(&error);
	g_assert_false(cm_audit_heads_update(fixture->store, fixture->folder, 1, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
}

/* ---- showing */

static void
test_list(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(GError) error = NULL;
	CmAuditQuery query = {.limit = 10};
	g_autoptr(GPtrArray) page = NULL;
	g_autoptr(GPtrArray) next = NULL;
	g_autoptr(GPtrArray) one = NULL;
	const CmAuditLine *line = NULL;

	append(fixture, 25);
	page = cm_audit_list(fixture->store, &query, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(page->len, ==, 10);
	line = g_ptr_array_index(page, 0);
	g_assert_cmpint(line->sequence, ==, 25);
	g_assert_cmpstr(line->detail, ==, "{\"note\":\"secret-24\"}");
	line = g_ptr_array_index(page, 9);
	g_assert_cmpint(line->sequence, ==, 16);
	g_assert_cmpstr(line->detail, ==, "");
	query.before = line->sequence;
	query.since = 1764000000 + 9;
	next = cm_audit_list(fixture->store, &query, &error);
	g_assert_cmpuint(next->len, ==, 6);
	query = (CmAuditQuery){.limit = 10, .subject = 47};
	one = cm_audit_list(fixture->store, &query, &error);
	g_assert_cmpuint(one->len, ==, 1);
	line = g_ptr_array_index(one, 0);
	g_assert_cmpint(line->sequence, ==, 8);
	g_assert_cmpstr(line->action, ==, "booking.move");
	g_assert_cmpint(line->uid, ==, 1001);
}

/* ---- notices */

static void
test_notice(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) waiting = NULL;
	g_autoptr(CmTransaction) transaction = cm_transaction_new(fixture->store->database, &error);

	for (guint i = 0; i < 2; i++)
		g_assert_true(cm_notice_queue(fixture->store, CM_NOTICE_BOOKING_MOVED,
					      CM_RESOURCE_CONTACT, 7, 41, &error));
	g_assert_true(cm_notice_queue(fixture->store, CM_NOTICE_BOOKING_MOVED, CM_NOTICE_TO_ACCOUNT,
				      7, 41, &error));
	g_assert_true(cm_transaction_commit(transaction, &error));
	g_assert_no_error(error);
	waiting = cm_notice_list_waiting(fixture->store, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(waiting->len, ==, 2);
	g_assert_cmpint(g_array_index(waiting, CmNotice, 0).kind, ==, CM_NOTICE_BOOKING_MOVED);
	g_assert_cmpint(g_array_index(waiting, CmNotice, 1).recipient_kind, ==,
			CM_NOTICE_TO_ACCOUNT);
}

static void
test_notice_kinds(void)
{
	for (guint i = 0; i < CM_NOTICE_LAST; i++) {
		const gchar *name = cm_notice_kind_to_string((CmNoticeKind)i);
		CmNoticeKind kind = CM_NOTICE_LAST;

		g_assert_nonnull(strchr(name, '.'));
		g_assert_true(cm_notice_kind_from_string(name, &kind));
		g_assert_cmpuint(kind, ==, i);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-audit/append", test_append);
	g_test_add_func("/store-audit/rolled-back", test_rolled_back);
	g_test_add_func("/store-audit/too-long", test_too_long);
	g_test_add_func("/store-audit/whole", test_whole);
	g_test_add_func("/store-audit/altered", test_altered);
	g_test_add_func("/store-audit/structure", test_structure);
	g_test_add_func("/store-audit/put-back", test_put_back);
	g_test_add_func("/store-audit/heads-file", test_heads_file);
	g_test_add_func("/store-audit/list", test_list);
	g_test_add_func("/store-notice/queue", test_notice);
	g_test_add_func("/store-notice/kinds", test_notice_kinds);
	return g_test_run();
}
