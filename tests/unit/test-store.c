// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store.h"

#include "daemon/store/schema.h"
#include "daemon/store/store-account.h"
#include "daemon/store/store-roster.h"
#include "daemon/store/store-subject.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void
assert_refused(CmStoreFixture *fixture, CmErrorCode code)
{
	g_autoptr(GError) error = NULL;
	CmStore *store = cm_store_open(fixture->database, fixture->key, &error);

	g_assert_null(store);
	g_assert_error(error, CM_ERROR, (gint)code);
	g_test_message("%s", error->message);
}

static GBytes *
read_file(const gchar *path)
{
	gchar *data = NULL;
	gsize length = 0;

	g_assert_true(g_file_get_contents(path, &data, &length, NULL));
	return g_bytes_new_take(data, length);
}

/* refused, and the file is as it was */
static void
assert_left_alone(CmStoreFixture *fixture, CmErrorCode code)
{
	g_autoptr(GBytes) before = read_file(fixture->database);
	g_autoptr(GBytes) after = NULL;

	assert_refused(fixture, code);
	after = read_file(fixture->database);
	g_assert_true(g_bytes_equal(before, after));
}

static void
fill(CmStoreFixture *fixture)
{
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(cm_store_fixture_get_small());

	cm_store_fixture_import(fixture, caseload, NULL);
}

static void
test_modes(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *folder = g_path_get_dirname(fixture->database);
	static const gchar *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	GStatBuf status;

	fill(fixture);
	for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree gchar *path = g_strconcat(fixture->database, suffixes[i], NULL);

		g_assert_cmpint(g_stat(path, &status), ==, 0);
		g_assert_cmpuint(status.st_mode & 07777, ==, 0600);
	}
	g_assert_cmpint(g_stat(folder, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 07777, ==, 0700);
	g_clear_pointer(&fixture->store, cm_store_close);
	g_assert_cmpint(g_chmod(fixture->database, 0640), ==, 0);
	assert_left_alone(fixture, CM_ERROR_STORE);
	g_assert_cmpint(g_chmod(fixture->database, 0600), ==, 0);
	g_assert_cmpint(g_chmod(folder, 0750), ==, 0);
	assert_left_alone(fixture, CM_ERROR_STORE);
	g_assert_cmpint(g_chmod(folder, 0700), ==, 0);
	cm_store_fixture_reopen(fixture);
}

static void
test_link(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *real = g_strconcat(fixture->database, ".real", NULL);

	g_clear_pointer(&fixture->store, cm_store_close);
	g_assert_cmpint(g_rename(fixture->database, real), ==, 0);
	g_assert_cmpint(symlink(real, fixture->database), ==, 0);
	assert_refused(fixture, CM_ERROR_STORE);
}

static void
test_lock(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();

	assert_refused(fixture, CM_ERROR_BUSY);
	cm_store_fixture_reopen(fixture);
}

static void
test_other_key(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *path = g_build_filename(fixture->folder, "other.key", NULL);
	g_autoptr(GError) error = NULL;
	CmServiceKey *own = fixture->key;

	fill(fixture);
	g_clear_pointer(&fixture->store, cm_store_close);
	g_assert_true(cm_service_key_create(path, NULL, NULL, &error));
	fixture->key = cm_service_key_load(path, NULL, &error);
	g_assert_no_error(error);
	assert_left_alone(fixture, CM_ERROR_KEY);
	cm_service_key_free(fixture->key);
	fixture->key = own;
	cm_store_fixture_reopen(fixture);
}

static void
test_newer(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();

	g_clear_pointer(&fixture->store, cm_store_close);
	g_assert_true(cm_store_fixture_run_shell(fixture, "PRAGMA user_version = 999;", NULL));
	assert_left_alone(fixture, CM_ERROR_NOT_SUPPORTED);
}

static void
test_foreign(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();

	g_clear_pointer(&fixture->store, cm_store_close);
	g_unlink(fixture->database);
	g_assert_true(cm_store_fixture_run_shell(fixture, "CREATE TABLE t (x);", NULL));
	g_assert_cmpint(g_chmod(fixture->database, 0600), ==, 0);
	/* not even its journal mode is changed */
	assert_left_alone(fixture, CM_ERROR_STORE);
}

static void
overwrite(const gchar *path, glong offset, gsize length)
{
	g_autofree gchar *noise = g_strnfill(length, '\x5a');
	gint descriptor = g_open(path, O_WRONLY, 0);

	g_assert_cmpint(pwrite(descriptor, noise, length, offset), ==, (gssize)length);
	close(descriptor);
}

static void
test_damaged(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(GBytes) whole = NULL;
	g_autoptr(GError) error = NULL;
	gsize length = 0;
	guint refused = 0;

	fill(fixture);
	g_clear_pointer(&fixture->store, cm_store_close);
	whole = read_file(fixture->database);
	length = g_bytes_get_size(whole);
	overwrite(fixture->database, 0, 100);
	assert_left_alone(fixture, CM_ERROR_STORE);
	/* each page in turn: refused at once, or found by the check; never a crash, never silence */
	for (gsize page = 4096; page + 4096 <= length; page += 4096) {
		CmStore *store = NULL;

		g_assert_true(
		    g_file_set_contents_full(fixture->database, g_bytes_get_data(whole, NULL),
					     (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
		overwrite(fixture->database, (glong)page, 4096);
		store = cm_store_open(fixture->database, fixture->key, &error);
		if (store != NULL) {
			g_assert_false(cm_store_check(store, NULL, &error));
			cm_store_close(store);
		}
		g_assert_error(error, CM_ERROR, CM_ERROR_STORE);
		g_clear_error(&error);
		refused++;
	}
	g_assert_cmpuint(refused, >, 20);
}

/* a value moved from one row to another doesn't open */
static void
test_swapped(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(GError) error = NULL;

	fill(fixture);
	g_clear_pointer(&fixture->store, cm_store_close);
	g_assert_true(cm_store_fixture_run_shell(
	    fixture,
	    "UPDATE student SET identity = (SELECT identity FROM student ORDER BY id LIMIT 1);",
	    NULL));
	cm_store_fixture_reopen(fixture);
	g_assert_null(cm_store_roster_load(fixture->store, NULL, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_STORE);
}

static void
test_read_only(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *folder = g_path_get_dirname(fixture->database);

	g_clear_pointer(&fixture->store, cm_store_close);
	g_assert_cmpint(g_chmod(fixture->database, 0400), ==, 0);
	assert_refused(fixture, CM_ERROR_STORE);
	g_assert_cmpint(g_chmod(fixture->database, 0600), ==, 0);
	g_assert_cmpint(g_chmod(folder, 0500), ==, 0);
	assert_refused(fixture, CM_ERROR_STORE);
	g_assert_cmpint(g_chmod(folder, 0700), ==, 0);
	cm_store_fixture_reopen(fixture);
	fill(fixture);
}

/* files may not grow any more: what was there stays, and it works again once there is room */
static void
test_full(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = cm_store_fixture_generate("month --seed 1");
	g_autoptr(GError) error = NULL;
	struct rlimit before;
	struct rlimit tight;
	CmStoreReport report;
	guint64 version = 0;

	fill(fixture);
	signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
	tight = before;
	tight.rlim_cur = 400 * 1024;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &tight), ==, 0);
	g_assert_false(
	    cm_store_import_caseload(fixture->store, caseload, NULL, &report, NULL, &error));
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
	g_assert_error(error, CM_ERROR, CM_ERROR_STORE);
	g_clear_error(&error);
	g_assert_true(cm_store_roster_get_version(fixture->store, &version, &error));
	g_assert_cmpuint(version, ==, 1);
	cm_store_fixture_import(fixture, caseload, NULL);
}

/* ---- migrations, with steps that this program doesn't have */

static CmDatabase *
open_database(CmStoreFixture *fixture)
{
	g_autofree gchar *path = realpath(fixture->database, NULL);
	g_autoptr(GError) error = NULL;
	CmDatabase *database = cm_database_open(path, SQLITE_OPEN_READWRITE, &error);

	g_assert_no_error(error);
	return database;
}

static gboolean
run_failing(CmDatabase *database, GError **error)
{
	cm_error_set(error, CM_ERROR_STORE, "{0}", "on purpose", NULL);
	return FALSE;
}

static const CmSchemaStep good_steps[] = {
    [4] = {.sql = "CREATE TABLE extra (x INTEGER); INSERT INTO extra VALUES (7); PRAGMA "
		  "user_version = 5;"},
    [5] = {.sql = "DROP TABLE extra; PRAGMA user_version = 6;"},
};
G_STATIC_ASSERT(CM_STORE_SCHEMA_VERSION == 4); /* the numbers above and below follow it */

static void
test_migrate(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmDatabase) database = NULL;
	g_autofree gchar *copy = g_strconcat(fixture->database, ".v4.bak", NULL);
	g_autoptr(GError) error = NULL;
	GStatBuf status;
	guint version = 0;
	gboolean good = FALSE;

	fill(fixture);
	g_clear_pointer(&fixture->store, cm_store_close);
	database = open_database(fixture);
	good = cm_schema_migrate(database, fixture->database, good_steps, 4, 6, &error);
	g_assert_no_error(error);
	g_assert_true(good);
	g_assert_true(cm_schema_get_version(database, 6, &version, &error));
	g_assert_cmpuint(version, ==, 6);
	g_clear_pointer(&database, cm_database_free);
	/* newer than this program now; the copy is what it was */
	assert_refused(fixture, CM_ERROR_NOT_SUPPORTED);
	g_assert_cmpint(g_stat(copy, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 07777, ==, 0600);
	g_assert_cmpint(g_rename(copy, fixture->database), ==, 0);
	cm_store_fixture_reopen(fixture);
	good = cm_store_check(fixture->store, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(good);
}

static void
test_migrate_fails(void)
{
	static const struct {
		CmSchemaStep step;
		const gchar *says;
	} bad[] = {
	    {{"CREATE TABLE extra (x INTEGER); SELECT nonsense; PRAGMA user_version = 5;", NULL,
	      NULL},
	     "nonsense"},
	    {{"CREATE TABLE extra (x INTEGER); PRAGMA user_version = 5;", run_failing},
	     "on purpose"},
	    {{"CREATE TABLE extra (x INTEGER);", NULL, NULL}, "does not lead"},
	    {{"CREATE TABLE extra (x INTEGER REFERENCES room (id)); PRAGMA defer_foreign_keys = ON;"
	      "INSERT INTO extra VALUES (999); PRAGMA user_version = 5;",
	      NULL},
	     "extra"},
	};
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();

	fill(fixture);
	g_clear_pointer(&fixture->store, cm_store_close);
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(CmDatabase) database = open_database(fixture);
		g_autoptr(GError) error = NULL;
		CmSchemaStep steps[] = {[4] = bad[i].step};
		gint64 extra = 99;

		g_assert_false(cm_schema_migrate(database, fixture->database, steps, 4, 5, &error));
		g_assert_error(error, CM_ERROR, CM_ERROR_STORE);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, bad[i].says));
		g_assert_true(cm_database_query_integer(
		    database, "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'", &extra,
		    NULL));
		g_assert_cmpint(extra, ==, 0);
	}
	cm_store_fixture_reopen(fixture);
}

/* no copy, no migration */
static void
test_migrate_without_copy(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmDatabase) database = NULL;
	g_autofree gchar *taken = g_strconcat(fixture->database, ".v4.bak.new", NULL);
	g_autofree gchar *inside = g_build_filename(taken, "x", NULL);
	g_autoptr(GError) error = NULL;
	guint version = 0;

	g_clear_pointer(&fixture->store, cm_store_close);
	g_assert_cmpint(g_mkdir_with_parents(inside, 0700), ==, 0);
	database = open_database(fixture);
	g_assert_false(cm_schema_migrate(database, fixture->database, good_steps, 4, 6, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_STORE);
	g_clear_error(&error);
	g_assert_true(cm_schema_get_version(database, 4, &version, &error));
	g_assert_cmpuint(version, ==, 4);
}

/* ---- accounts */

static guint
get_roles(CmStoreFixture *fixture, guint32 uid)
{
	g_autoptr(GError) error = NULL;
	guint roles = 99;

	g_assert_true(cm_store_account_get_roles(fixture->store, uid, &roles, &error));
	return roles;
}

static gboolean
set_roles(CmStoreFixture *fixture, guint32 uid, guint roles, GError **error)
{
	const CmStoreAccountChange change = {.set_roles = TRUE, .roles = roles};

	return cm_store_account_change(fixture->store, uid, &change, 0, error);
}

static void
test_accounts(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(GError) error = NULL;
	gboolean made = FALSE;

	g_assert_cmpuint(get_roles(fixture, 1000), ==, 0);
	g_assert_true(cm_store_account_ensure_administrator(fixture->store, 1000, &made, &error));
	g_assert_true(made);
	g_assert_true(cm_store_account_ensure_administrator(fixture->store, 1001, &made, &error));
	g_assert_false(made);
	g_assert_cmpuint(get_roles(fixture, 1001), ==, 0);
	g_assert_true(set_roles(fixture, 1001, CM_ROLE_PROFESSIONAL | CM_ROLE_HELPER, &error));
	cm_store_fixture_reopen(fixture);
	g_assert_cmpuint(get_roles(fixture, 1001), ==, CM_ROLE_PROFESSIONAL | CM_ROLE_HELPER);
	g_assert_false(set_roles(fixture, 1000, 0, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
	g_clear_error(&error);
	g_assert_false(cm_store_account_remove(fixture->store, 1000, 0, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
	g_clear_error(&error);
	g_assert_cmpuint(get_roles(fixture, 1000), ==, CM_ROLE_ADMINISTRATOR);
	g_assert_true(set_roles(fixture, 1001, CM_ROLES_ALL, &error));
	g_assert_true(set_roles(fixture, 1000, 0, &error));
	g_assert_cmpuint(get_roles(fixture, 1000), ==, 0);
	g_assert_cmpuint(get_roles(fixture, 1001), ==, CM_ROLES_ALL);
	g_assert_true(cm_store_account_remove(fixture->store, 1000, 0, &error));
	g_assert_false(cm_store_account_remove(fixture->store, 1000, 0, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
}

/* the numbers of things of the small caseload */
static gint64
query_number(CmStoreFixture *fixture, const gchar *sql)
{
	g_autofree gchar *text = NULL;

	g_assert_true(cm_store_fixture_run_shell(fixture, sql, &text));
	return g_ascii_strtoll(text, NULL, 10);
}

static void
test_account_person(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmStoreAccount) account = NULL;
	g_autoptr(GPtrArray) accounts = NULL;
	g_autoptr(GError) error = NULL;
	gint64 site = 0;
	CmStoreAccountChange change = {.set_roles = TRUE, .roles = CM_ROLE_PROFESSIONAL};

	fill(fixture);
	site = query_number(fixture, "SELECT min(id) FROM site");
	change.set_professional = change.set_sites = TRUE;
	change.professional = query_number(fixture, "SELECT id FROM professional");
	change.sites = &site;
	change.site_count = 1;
	change.language = "fr";
	g_assert_true(cm_store_account_change(fixture->store, 7, &change, 0, &error));
	account = cm_store_account_get(fixture->store, 7, &error);
	g_assert_true(account->known);
	g_assert_cmpint(account->professional, ==, change.professional);
	g_assert_cmpuint(account->sites->len, ==, 1);
	g_assert_cmpint(g_array_index(account->sites, gint64, 0), ==, site);
	g_assert_cmpstr(account->language, ==, "fr");

	/* what is not there changes nothing */
	change = (CmStoreAccountChange){.set_roles = TRUE, .roles = 0, .set_professional = TRUE};
	change.professional = 123456;
	g_assert_false(cm_store_account_change(fixture->store, 7, &change, 0, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	change = (CmStoreAccountChange){.language = "de"};
	g_assert_false(cm_store_account_change(fixture->store, 7, &change, 0, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	g_assert_cmpuint(get_roles(fixture, 7), ==, CM_ROLE_PROFESSIONAL);
	g_clear_error(&error);
	accounts = cm_store_account_list(fixture->store, &error);
	g_assert_cmpuint(accounts->len, ==, 1);
}

static gboolean
concerns(CmStoreFixture *fixture, CmSubject subject, gint64 number, gint64 professional)
{
	g_autoptr(GError) error = NULL;
	gboolean there = FALSE;

	g_assert_true(cm_store_subject_look_up(fixture->store, subject, number, professional,
					       &there, &error));
	g_assert_no_error(error);
	return there;
}

/* one professional follows both students; nobody else follows any */
static void
test_subjects(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	static const gchar *const tables[CM_SUBJECT_LAST] = {
	    [CM_SUBJECT_PROFESSIONAL] = "SELECT id FROM professional",
	    [CM_SUBJECT_STUDENT] = "SELECT max(id) FROM student",
	    [CM_SUBJECT_CONTACT] = "SELECT contact FROM session_participant LIMIT 1",
	    [CM_SUBJECT_FOLLOWUP] = "SELECT max(id) FROM followup",
	    [CM_SUBJECT_SESSION] = "SELECT max(id) FROM session",
	};
	gint64 own = 0;

	fill(fixture);
	own = query_number(fixture, "SELECT id FROM professional");
	for (guint subject = 0; subject < CM_SUBJECT_LAST; subject++) {
		gint64 number =
		    tables[subject] != NULL ? query_number(fixture, tables[subject]) : 0;

		g_assert_false(concerns(fixture, subject, 987654, 0));
		if (number == 0)
			continue;
		g_assert_true(concerns(fixture, subject, number, 0));
		g_assert_true(concerns(fixture, subject, number, own));
		g_assert_false(concerns(fixture, subject, number, own + 1000));
		g_assert_false(concerns(fixture, subject, number, -1));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/modes", test_modes);
	g_test_add_func("/store/link", test_link);
	g_test_add_func("/store/lock", test_lock);
	g_test_add_func("/store/other-key", test_other_key);
	g_test_add_func("/store/newer", test_newer);
	g_test_add_func("/store/foreign", test_foreign);
	g_test_add_func("/store/damaged", test_damaged);
	g_test_add_func("/store/swapped", test_swapped);
	g_test_add_func("/store/read-only", test_read_only);
	g_test_add_func("/store/full", test_full);
	g_test_add_func("/store/migrate", test_migrate);
	g_test_add_func("/store/migrate-fails", test_migrate_fails);
	g_test_add_func("/store/migrate-without-copy", test_migrate_without_copy);
	g_test_add_func("/store/accounts", test_accounts);
	g_test_add_func("/store/account-person", test_account_person);
	g_test_add_func("/store/subjects", test_subjects);
	return g_test_run();
}
