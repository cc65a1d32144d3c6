// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-audit.h"

#include "daemon/store/store-notice.h"
#include "daemon/store/store-private.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

static void
append(CmStoreFixture *fixture, guint count)
{
	for (guint i = 0; i < count; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(CmTransaction) transaction =
		    cm_transaction_new(fixture->store->database, &error);
		g_autofree gchar *detail = g_strdup_printf("{\"note\":\"secret-%u\"}", i);
		CmAuditEntry entry = {.uid = 1000 + i % 3,
				      .action = "booking.move",
				      .subject = 40 + i,
				      .version_before = i,
				      .version_after = i + 1,
				      .detail = i % 2 == 0 ? detail : NULL,
				      .at = 1764000000 + i};

		g_assert_no_error(error);
		g_assert_true(cm_audit_append(fixture->store, &entry, &error));
		g_assert_no_error(error);
		g_assert_true(cm_transaction_commit(transaction, &error));
	}
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
	g_test_add_func("/store-notice/queue", test_notice);
	g_test_add_func("/store-notice/kinds", test_notice_kinds);
	return g_test_run();
}
