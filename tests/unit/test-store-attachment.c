// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-attachment.h"

#include "daemon/store/store-private.h"
#include "tests/unit/store-fixture.h"

#include <glib/gstdio.h>

/* What was handed over, and no note names, goes after a day: but for whose author has a draft in that file, which may name it. */

#define NOW 1788264000
#define OLD (NOW - CM_STORE_ATTACHMENT_SECONDS - 1)

static void
run(CmStore *store, const gchar *sql)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_database_execute(store->database, sql, &error));
	g_assert_no_error(error);
}

static gint64
count(CmStore *store, const gchar *sql)
{
	gint64 value = -1;

	g_assert_true(cm_database_query_integer(store->database, sql, &value, NULL));
	return value;
}

/* two cases with a note, a draft of one person in the first, and uploads by their number */
static void
make_uploads(CmStore *store)
{
	static const struct {
		gint file;
		const gchar *person;
		const gchar *note;
		gint64 stored_at;
	} uploads[] = {
	    {1, "the one who drafts", "NULL", OLD},
	    {1, "another of the two", "NULL", OLD},     /* 2: goes */
	    {2, "the one who drafts", "NULL", OLD},     /* 3: goes */
	    {2, "another of the two", "3", OLD},        /* a note names it */
	    {2, "another of the two", "NULL", OLD + 1}, /* not a whole day yet */
	};

	run(store,
	    "INSERT INTO vault_case (id, name, student, made_at) VALUES (1, randomblob (16), "
	    "1, 1), (2, randomblob (16), 1, 1);"
	    "INSERT INTO vault_record (id, file, kind, hash, person, octets, stored_at) VALUES "
	    "(3, 2, 'note', randomblob (32), zeroblob (16), x'00', 1);"
	    "INSERT INTO vault_draft (file, person, draft, revision, octets, changed_at) "
	    "VALUES (1, CAST (substr ('the one who drafts', 1, 16) AS BLOB), zeroblob (16), 1, "
	    "x'00', 1)");
	for (guint i = 0; i < G_N_ELEMENTS(uploads); i++) {
		g_autofree gchar *sql = g_strdup_printf(
		    "INSERT INTO vault_attachment (id, file, attachment, person, note, size, "
		    "digest, "
		    "kept_as, stored_at) VALUES (%u, %d, randomblob (16), CAST (substr ('%s', 1, "
		    "16) "
		    "AS BLOB), %s, 1, randomblob (32), randomblob (16), %" G_GINT64_FORMAT ")",
		    i + 1, uploads[i].file, uploads[i].person, uploads[i].note,
		    uploads[i].stored_at);

		run(store, sql);
	}
}

static void
test_unnamed(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(GError) error = NULL;
	guint forgotten = 0;

	make_uploads(fixture->store);
	g_assert_true(cm_store_attachment_forget_unnamed(fixture->store, NOW, &forgotten, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(forgotten, ==, 2);
	g_assert_cmpint(count(fixture->store, "SELECT sum (1 << id) FROM vault_attachment"), ==,
			1 << 1 | 1 << 4 | 1 << 5);
	/* their files are to be removed, and these alone */
	g_assert_cmpint(count(fixture->store, "SELECT count(*) FROM vault_attachment_left"), ==, 2);
	/* a second later the youngest has had its day */
	g_assert_true(
	    cm_store_attachment_forget_unnamed(fixture->store, NOW + 1, &forgotten, &error));
	g_assert_cmpuint(forgotten, ==, 1);
	/* and once the draft is gone, what only it could name */
	run(fixture->store, "DELETE FROM vault_draft");
	g_assert_true(
	    cm_store_attachment_forget_unnamed(fixture->store, NOW + 1, &forgotten, &error));
	g_assert_cmpuint(forgotten, ==, 1);
	g_assert_cmpint(count(fixture->store, "SELECT id FROM vault_attachment"), ==, 4);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-attachment/unnamed", test_unnamed);
	return g_test_run();
}
