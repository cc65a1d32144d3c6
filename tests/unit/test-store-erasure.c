// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-erasure.h"

#include "daemon/store/store-private.h"
#include "daemon/store/store-traces.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Old copies of rows go out of the database's file, wherever SQLite may have left them, and nothing else does. */

#define ROWS 400
#define OCTETS 600
#define SHARED_LOCK                                                                                \
	(0x40000000 + 2) /* of a database's file: https://sqlite.org/src/file/src/os.h */
#define SHARED_SIZE 510

static void
run(CmStore *store, const gchar *sql)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_database_execute(store->database, sql, &error));
	g_assert_no_error(error);
}

/* rows of random octets, every second of which goes; with `careless` as of a connection that leaves them where they were */
static CmStoreTraces *
make_remains(CmStore *store, gboolean careless)
{
	CmStoreTraces *traces = cm_store_traces_new();
	CmStatement *statement = NULL;
	gboolean row = TRUE;

	run(store, "CREATE TABLE lines (id INTEGER PRIMARY KEY, octets BLOB)");
	run(store, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i "
		   "< " G_STRINGIFY(ROWS) ") INSERT INTO lines SELECT i, randomblob (" G_STRINGIFY(
		       OCTETS) ") FROM n");
	statement =
	    cm_database_prepare(store->database, "SELECT octets FROM lines WHERE id % 2 = 0", NULL);
	while (cm_database_step(store->database, statement, &row, NULL) && row)
		cm_store_traces_add(traces, sqlite3_column_blob(statement, 0), OCTETS);
	cm_database_release_statement(statement);
	run(store, careless ? "PRAGMA secure_delete = OFF" : "PRAGMA secure_delete = ON");
	run(store, "DELETE FROM lines WHERE id % 2 = 0");
	run(store, "PRAGMA secure_delete = ON");
	run(store, "PRAGMA wal_checkpoint(TRUNCATE)");
	return traces;
}

/* whether a piece stands in the file; by a process that has no locks on it to lose */
static gboolean
is_left(CmStore *store, const CmStoreTraces *traces)
{
	const gchar *path = sqlite3_db_filename(cm_database_get_handle(store->database), "main");
	pid_t child = fork();
	gint status = 0;

	if (child == 0) {
		gint fd = open(path, O_RDONLY | O_CLOEXEC);
		gboolean found = TRUE;

		_exit(cm_store_traces_look(traces, fd, &found, NULL) ? (found ? 1 : 0) : 2);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status) == 1;
}

/* whether this process has its lock on the file: without it another program could take the log away */
static gboolean
is_locked(CmStore *store)
{
	const gchar *path = sqlite3_db_filename(cm_database_get_handle(store->database), "main");
	pid_t child = fork();
	gint status = 0;

	if (child == 0) {
		struct flock lock = {.l_type = F_WRLCK,
				     .l_whence = SEEK_SET,
				     .l_start = SHARED_LOCK,
				     .l_len = SHARED_SIZE};
		gint fd = open(path, O_RDWR | O_CLOEXEC);

		_exit(fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 1 : 0);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	return WEXITSTATUS(status) == 1;
}

/* whether somebody reads the database as it was before a change */
static gboolean
is_log_held(CmStore *store)
{
	gint64 busy = 0;

	run(store, "INSERT INTO lines (octets) VALUES (zeroblob (600))");
	g_assert_true(cm_database_query_integer(store->database, "PRAGMA wal_checkpoint(TRUNCATE)",
						&busy, NULL));
	return busy != 0;
}

static void
check_rows(CmStore *store)
{
	gint64 value = 0;

	g_assert_true(cm_database_query_integer(
	    store->database, "SELECT count(*) FROM lines WHERE length (octets) = 600", &value,
	    NULL));
	g_assert_cmpint(value, ==, ROWS / 2);
	g_assert_true(cm_database_query_integer(
	    store->database,
	    "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check "
	    "<> 'ok'",
	    &value, NULL));
	g_assert_cmpint(value, ==, 0);
}

/* to its end, with somebody else's changes before each of its parts: from pages that the store's connection holds from before */
static void
erase(CmStore *store, CmStoreTraces *traces)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmStoreErasure) erasure = cm_store_erasure_new_of(store, traces, 0, &error);
	gboolean good = erasure != NULL;

	while (good && cm_store_erasure_get_turn(erasure) != CM_ERASURE_DONE) {
		run(store, "UPDATE lines SET octets = randomblob (600) WHERE id % 8 = 1");
		good = cm_store_erasure_get_turn(erasure) == CM_ERASURE_LOOK
			   ? cm_store_erasure_look(erasure, NULL, &error)
			   : cm_store_erasure_step(erasure, store, 1, &error);
	}
	g_assert_no_error(error);
	/* of what was known, the search is the erasure's own */
	if (traces != NULL)
		g_assert_false(is_left(store, traces));
}

static void
test_known(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	CmStoreTraces *traces = make_remains(fixture->store, TRUE);

	g_assert_true(is_left(fixture->store, traces));
	g_assert_true(is_locked(fixture->store));
	erase(fixture->store, traces);
	g_assert_true(is_locked(fixture->store));
	check_rows(fixture->store);
}

/* a file that was destroyed, and is not erased */
static void
add_destroyed(CmStore *store)
{
	run(store,
	    "INSERT INTO vault_case (name, student, made_at) VALUES (randomblob (16), 1, 1)");
	run(store, "INSERT INTO vault_destruction (file, octets, asked_by, asked_at, destroyed_at) "
		   "SELECT max (id), x'00', 0, 1, 1 FROM vault_case");
}

static gint64
count_not_erased(CmStore *store)
{
	gint64 count = 0;

	g_assert_true(cm_database_query_integer(
	    store->database, "SELECT count(*) FROM vault_destruction WHERE erased_at IS NULL",
	    &count, NULL));
	return count;
}

static void
test_unknown(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmStoreTraces) traces = make_remains(fixture->store, TRUE);

	add_destroyed(fixture->store);
	g_assert_true(is_left(fixture->store, traces));
	erase(fixture->store, NULL);
	g_assert_false(is_left(fixture->store, traces));
	g_assert_cmpint(count_not_erased(fixture->store), ==, 0);
	check_rows(fixture->store);
}

/* each VACUUM makes it another one */
static gint64
get_schema_version(CmStore *store)
{
	gint64 version = 0;

	g_assert_true(
	    cm_database_query_integer(store->database, "PRAGMA schema_version", &version, NULL));
	return version;
}

/* somebody else's erasure was faster */
static void
test_nothing_left(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	CmStore *store = fixture->store;
	gint64 version = get_schema_version(store);
	g_autoptr(CmStoreErasure) erasure = NULL;
	g_autoptr(GError) error = NULL;

	erasure = cm_store_erasure_new(store, &error);
	g_assert_true(cm_store_erasure_run(erasure, store, 1, &error));
	g_assert_no_error(error);
	g_assert_cmpint(get_schema_version(store), ==, version);
}

/* what is destroyed after the file was written anew is not said to be erased by that */
static void
test_destroyed_since(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	CmStore *store = fixture->store;
	gint64 version = get_schema_version(store);
	gint64 since = 0;
	g_autoptr(CmStoreErasure) erasure = NULL;
	g_autoptr(GError) error = NULL;

	add_destroyed(store);
	erasure = cm_store_erasure_new(store, &error);
	while (cm_store_erasure_get_turn(erasure) != CM_ERASURE_DONE) {
		g_assert_true(cm_store_erasure_step(erasure, store, 1, &error));
		g_assert_no_error(error);
		if (get_schema_version(store) != version) {
			add_destroyed(store);
			since++;
		}
	}
	g_assert_cmpint(since, >, 0);
	g_assert_cmpint(count_not_erased(store), ==, since);
}

/* what stands in a row is none of its business: the file is written anew, and then it is said */
static void
test_in_a_row(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	CmStoreTraces *traces = make_remains(fixture->store, FALSE);
	g_autoptr(CmStoreErasure) erasure = NULL;
	g_autoptr(GError) error = NULL;
	guint8 octets[CM_STORE_TRACES_OCTETS] = "in a row of ours";

	cm_store_traces_add(traces, octets, sizeof octets);
	run(fixture->store,
	    "INSERT INTO lines VALUES (1000, CAST ('in a row of ours' AS BLOB) || zeroblob (584))");
	erasure = cm_store_erasure_new_of(fixture->store, traces, 0, &error);
	g_assert_no_error(error);
	g_assert_false(cm_store_erasure_run(erasure, fixture->store, 1, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_STORE));
	g_assert_true(is_left(fixture->store, traces));
}

/* who has to end does not wait for the whole file; what was destroyed is not said to be erased */
static void
test_cancelled(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	CmStore *store = fixture->store;
	CmStoreTraces *traces = make_remains(store, TRUE);
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(CmStoreErasure) erasure = NULL;
	g_autoptr(GError) error = NULL;

	erasure = cm_store_erasure_new_of(store, traces, 0, &error);
	g_assert_true(cm_store_erasure_step(erasure, store, 1, &error));
	g_assert_no_error(error);
	g_assert_cmpint(cm_store_erasure_get_turn(erasure), ==, CM_ERASURE_LOOK);
	g_cancellable_cancel(cancellable);
	g_assert_false(cm_store_erasure_look(erasure, cancellable, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CANCELLED));
	g_assert_cmpint(cm_store_erasure_get_turn(erasure), !=, CM_ERASURE_DONE);
	/* and the log can be emptied again */
	g_assert_false(is_log_held(store));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-erasure/known", test_known);
	g_test_add_func("/store-erasure/unknown", test_unknown);
	g_test_add_func("/store-erasure/nothing-left", test_nothing_left);
	g_test_add_func("/store-erasure/destroyed-since", test_destroyed_since);
	g_test_add_func("/store-erasure/in-a-row", test_in_a_row);
	g_test_add_func("/store-erasure/cancelled", test_cancelled);
	return g_test_run();
}
