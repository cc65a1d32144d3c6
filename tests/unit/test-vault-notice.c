// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/vault-notice.h"

#include "daemon/store/store-destruction.h"
#include "tests/unit/outbox-fixture.h"

/* What people of the vault are told by letter: whom, while it still is so, and how little of it. */

#define CASE 9001
#define MINUTES 9002

static const guint8 professional[CM_VAULT_ID_BYTES] = "the professional";
static const guint8 custodian[CM_VAULT_ID_BYTES] = "of no profession";
static const guint8 gone[CM_VAULT_ID_BYTES] = "without account.";

static void
execute(CmPost *post, const gchar *format, gint64 first, gint64 second)
{
	g_autofree gchar *a = g_strdup_printf("%" G_GINT64_FORMAT, first);
	g_autofree gchar *b = g_strdup_printf("%" G_GINT64_FORMAT, second);
	g_autoptr(GString) sql = g_string_new(format);
	g_autoptr(GError) error = NULL;

	g_string_replace(sql, "{0}", a, 0);
	g_string_replace(sql, "{1}", b, 0);
	g_assert_true(cm_database_execute(post->store->database, sql->str, &error));
	g_assert_no_error(error);
}

/* the post, with three people of the vault, a question and minutes */
static CmPost *
make_post(void)
{
	CmPost *post = cm_post_new();

	execute(post,
		"INSERT INTO account (uid, professional, made_at) VALUES (7, {0}, {1}), "
		"(8, NULL, {1});"
		"INSERT INTO vault_person (person, uid) VALUES (CAST ('the professional' AS BLOB), "
		"7), (CAST ('of no profession' AS BLOB), 8), (CAST ('without account.' AS BLOB), "
		"NULL)",
		post->professional, NOW);
	execute(post,
		"INSERT INTO vault_case (id, name, student, made_at) VALUES (9001, zeroblob (16), "
		"{0}, {1});"
		"INSERT INTO vault_destruction (file, octets, asked_by, asked_at) VALUES (9001, "
		"x'00', 8, {1});"
		"INSERT INTO vault_minutes (id, name, hash, author, octets, stored_at) VALUES "
		"(9002, zeroblob (16), zeroblob (32), zeroblob (16), x'00', {1})",
		post->child[0], NOW);
	return post;
}

static void
queue(CmPost *post, CmNoticeKind kind, const guint8 *person, gint64 subject)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_vault_notice_queue(post->store, kind, person, subject, &error));
	g_assert_no_error(error);
}

/* what the next letter says, in the evening; NULL: there is none */
static CmLetter *
read_evening(CmPost *post)
{
	g_autoptr(GPtrArray) leases = NULL;
	CmLetter *letter = NULL;

	cm_post_set_now(post, NOW + 9 * HOUR);
	(void)cm_post_gather(post);
	leases = cm_post_lease(post, 64);
	g_assert_cmpuint(leases->len, <=, 1);
	if (leases->len == 0)
		return NULL;
	letter = cm_post_read(leases->pdata[0]);
	cm_post_report(post, leases->pdata[0], CM_ATTEMPT_ACCEPTED, 250);
	return letter;
}

/* of this kind, and with nothing by which one could tell whose file or which meeting it is */
static const CmLetterItem *
check_item(const CmLetter *letter, guint index, CmLetterItemKind kind)
{
	const CmLetterItem *item = NULL;

	g_assert_nonnull(letter);
	g_assert_cmpuint(index, <, letter->items->len);
	item = letter->items->pdata[index];
	g_assert_cmpint(item->kind, ==, kind);
	g_assert_null(item->initials);
	g_assert_null(item->school);
	g_assert_null(item->host_name);
	g_assert_null(item->note);
	g_assert_cmpint(item->start, ==, 0);
	return item;
}

static void
test_recipients(void)
{
	g_autoptr(CmPost) post = make_post();

	queue(post, CM_NOTICE_MINUTES_GIVEN, professional, MINUTES);
	queue(post, CM_NOTICE_MINUTES_GIVEN, custodian, MINUTES);
	queue(post, CM_NOTICE_MINUTES_GIVEN, gone, MINUTES);
	queue(post, CM_NOTICE_MINUTES_GIVEN, (const guint8 *)"nobody of these.", MINUTES);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice"), ==, 2);
	g_assert_cmpint(
	    cm_post_query(post, "SELECT recipient FROM notice WHERE recipient_kind = 0"), ==,
	    post->professional);
	g_assert_cmpint(
	    cm_post_query(post, "SELECT recipient FROM notice WHERE recipient_kind = 4"), ==, 8);
}

static void
test_destruction(void)
{
	g_autoptr(CmPost) post = make_post();
	g_autoptr(CmLetter) letter = NULL;
	const CmLetterItem *item = NULL;

	queue(post, CM_NOTICE_DESTRUCTION_ASKED, professional, CASE);
	letter = read_evening(post);
	item = check_item(letter, 0, CM_LETTER_ITEM_DESTRUCTION_ASKED);
	g_assert_cmpint(item->until, ==, NOW + (gint64)CM_STORE_DESTRUCTION_DAYS * DAY);
	g_assert_cmpuint(letter->items->len, ==, 1);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE outcome = 'told'"),
			==, 1);
}

/* what nobody can do any more is told to nobody */
static void
test_over(void)
{
	static const gchar *const ends[] = {
	    "DELETE FROM vault_destruction; DELETE FROM vault_minutes",
	    "UPDATE vault_destruction SET destroyed_at = 1; DELETE FROM vault_minutes",
	};

	for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_autoptr(CmPost) post = make_post();

		queue(post, CM_NOTICE_DESTRUCTION_ASKED, professional, CASE);
		queue(post, CM_NOTICE_MINUTES_GIVEN, professional, MINUTES);
		execute(post, ends[i], 0, 0);
		g_assert_null(read_evening(post));
		g_assert_cmpint(
		    cm_post_query(post, "SELECT count(*) FROM notice WHERE outcome = 'void'"), ==,
		    2);
	}
}

static void
test_minutes(void)
{
	g_autoptr(CmPost) post = make_post();
	g_autoptr(CmLetter) letter = NULL;

	execute(post,
		"INSERT INTO vault_minutes (id, name, hash, author, octets, stored_at) VALUES "
		"(9003, randomblob (16), randomblob (32), zeroblob (16), x'00', {1})",
		0, NOW);
	queue(post, CM_NOTICE_MINUTES_GIVEN, professional, MINUTES);
	queue(post, CM_NOTICE_MINUTES_CORRECTED, professional, MINUTES + 1);
	letter = read_evening(post);
	(void)check_item(letter, 0, CM_LETTER_ITEM_MINUTES_GIVEN);
	(void)check_item(letter, 1, CM_LETTER_ITEM_MINUTES_CORRECTED);
	g_assert_cmpuint(letter->items->len, ==, 2);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vault-notice/recipients", test_recipients);
	g_test_add_func("/vault-notice/destruction", test_destruction);
	g_test_add_func("/vault-notice/over", test_over);
	g_test_add_func("/vault-notice/minutes", test_minutes);
	return g_test_run();
}
