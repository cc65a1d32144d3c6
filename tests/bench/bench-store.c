// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/database.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-plan.h"
#include "daemon/store/store-private.h"
#include "daemon/store/store-roster.h"
#include "tests/unit/store-fixture.h"

#include <stdio.h>

/* The store against bare SQLite in the same run and folder: rows imported against rows inserted into one plain table with one index,
 * and a booking moved, one transaction each, against a plain row changed. The last column is what counts. */

#define BARE_ROWS 20000
#define COMMITS 500

static gdouble
now(void)
{
	return (gdouble)g_get_monotonic_time() / G_USEC_PER_SEC;
}

static void
execute(CmDatabase *database, const gchar *sql)
{
	g_autoptr(GError) error = NULL;
	gboolean good = cm_database_execute(database, sql, &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

static void
run(CmDatabase *database, const gchar *sql, gint64 first, gint64 second)
{
	gint64 values[] = {first, second};
	g_autoptr(GError) error = NULL;
	gboolean good =
	    cm_database_run_integers(database, sql, values, G_N_ELEMENTS(values), &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

static CmDatabase *
bare_new(const gchar *folder)
{
	g_autofree gchar *real = realpath(folder, NULL);
	g_autofree gchar *path = g_build_filename(real, "bare.db", NULL);
	g_autoptr(GError) error = NULL;
	CmDatabase *bare =
	    cm_database_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &error);

	g_assert_no_error(error);
	g_assert_true(cm_database_set_durable(bare, &error));
	execute(bare, "CREATE TABLE t (id INTEGER PRIMARY KEY, key INTEGER UNIQUE, data BLOB);");
	return bare;
}

/* rows a second */
static gdouble
measure_bare_rows(CmDatabase *bare)
{
	gdouble start = now();

	execute(bare, "BEGIN");
	for (gint64 i = 0; i < BARE_ROWS; i++)
		/* keys in no order, as hashes are; 140 octets a row, as a session's */
		run(bare, "INSERT INTO t (id, key, data) VALUES (?1, ?2, zeroblob(120))", i,
		    (i * 2654435761) & 0xffffffff);
	execute(bare, "COMMIT");
	return BARE_ROWS / (now() - start);
}

/* transactions a second: `sql` with a row's number and a growing one */
static gdouble
measure_commits(CmDatabase *database, const gchar *sql, gint64 row)
{
	gdouble start = now();

	for (gint64 i = 1; i <= COMMITS; i++)
		run(database, sql, row, i);
	return COMMITS / (now() - start);
}

/* every session of a professional on another hour of another day */
static CmPlan *
plan_new(const CmCaseload *caseload)
{
	CmPlan *plan = cm_plan_new();
	g_autofree gint *taken = g_new0(gint, caseload->professionals->len);

	for (guint32 i = 0; i < caseload->sessions->len; i++) {
		const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, i);
		gint *slot = &taken[CM_ELEMENT(caseload->followups, CmFollowup, session->followup)
					->professional];
		CmPlacement placement = {.session = i,
					 .date = caseload->from + *slot / 8,
					 .start = (CmMinute)(480 + (*slot % 8) * 60),
					 .mode = CM_MODE_VIDEO_REMOTE,
					 .room = CM_NONE,
					 .companion = CM_NONE};

		/* participants of several would meet: they are not what is measured */
		if (session->participants.count > 0)
			continue;
		*slot += 1;
		g_array_append_val(plan->placements, placement);
	}
	return plan;
}

static guint
count_rows(const CmStoreReport *report)
{
	guint rows = 0;

	for (guint i = 0; i < CM_STORE_KIND_LAST; i++)
		rows += report->kinds[i].added + report->kinds[i].untouched;
	return rows;
}

static void
show(const gchar *what, gdouble rate, const gchar *unit, gdouble reference)
{
	printf("%-38s %10.0f %s/s   %5.2f of bare SQLite\n", what, rate, unit, rate / reference);
}

static void
measure_publish(CmStoreFixture *fixture, const CmCaseload *caseload, guint64 version, gdouble rows)
{
	g_autoptr(CmPlan) plan = plan_new(caseload);
	g_autoptr(GError) error = NULL;
	guint64 number = 0;
	gdouble start = now();

	g_assert_true(cm_store_plan_add(fixture->store, caseload, plan, version, NULL, NULL,
					&number, NULL, &error));
	show("a draft kept, placements", plan->placements->len / (now() - start), "rows", rows);
	start = now();
	g_assert_true(cm_store_plan_publish(fixture->store, number, 0, CM_AUDIT_DAEMON, 0, NULL,
					    NULL, &error));
	show("published, bookings with their claims", plan->placements->len / (now() - start),
	     "rows", rows);
}

/* on a connection of its own: the store's is not for everybody */
static void
measure_moves(CmStoreFixture *fixture, gdouble commits)
{
	g_autofree gchar *path = realpath(fixture->database, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(CmDatabase) database = NULL;
	gint64 session = 0;

	g_clear_pointer(&fixture->store, cm_store_close);
	database = cm_database_open(path, SQLITE_OPEN_READWRITE, &error);
	g_assert_no_error(error);
	g_assert_true(cm_database_set_durable(database, &error));
	g_assert_true(cm_database_query_integer(database,
						"SELECT session FROM booking ORDER BY start_utc "
						"DESC LIMIT 1",
						&session, &error));
	show("a booking moved, a transaction each",
	     measure_commits(database,
			     "UPDATE booking SET start_utc = start_utc + 60 + 0 * ?2, "
			     "end_utc = end_utc + 60 WHERE session = ?1",
			     session),
	     "commits", commits);
}

/* entries of the audit log: many in one transaction, and each in one of its own */
static void
measure_audit(CmStoreFixture *fixture, gdouble commits, gdouble rows)
{
	const CmAuditEntry entry = {.uid = 1000,
				    .action = "booking.move",
				    .subject = 412,
				    .version_before = 3,
				    .version_after = 4,
				    .detail = "{\"from\":\"2026-10-05 09:00\",\"to\":"
					      "\"2026-10-06 09:00\"}",
				    .at = 1791000000};
	g_autoptr(GError) error = NULL;
	gdouble start = now();

	for (guint i = 0; i < COMMITS; i++)
		g_assert_true(cm_audit_record(fixture->store, &entry, &error));
	show("an audit entry, a transaction each", COMMITS / (now() - start), "commits", commits);
	start = now();
	{
		g_autoptr(CmTransaction) transaction =
		    cm_transaction_new(fixture->store->database, &error);

		for (guint i = 0; i < BARE_ROWS; i++)
			g_assert_true(cm_audit_append(fixture->store, &entry, &error));
		g_assert_true(cm_transaction_commit(transaction, &error));
	}
	show("audit entries in one transaction", BARE_ROWS / (now() - start), "rows", rows);
}

int
main(int argc, char **argv)
{
	const gchar *arguments = argc > 1 ? argv[1] : "centre --seed 1 --busy";
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = cm_store_fixture_generate(arguments);
	g_autoptr(CmCaseload) loaded = NULL;
	g_autofree gchar *folder = g_path_get_dirname(fixture->database);
	g_autoptr(CmDatabase) bare = bare_new(folder);
	CmStoreReport report;
	gdouble rows = measure_bare_rows(bare);
	gdouble commits =
	    measure_commits(bare, "UPDATE t SET data = zeroblob(100 + ?2 % 2) WHERE id = ?1", 7);
	gdouble start = 0;

	printf("bare SQLite: %.0f rows/s in one transaction, %.0f commits/s\n", rows, commits);
	start = now();
	cm_store_fixture_import(fixture, caseload, &report);
	show("import", count_rows(&report) / (now() - start), "rows", rows);
	start = now();
	cm_store_fixture_import(fixture, caseload, &report);
	show("import again, nothing differs", count_rows(&report) / (now() - start), "rows", rows);
	start = now();
	loaded = cm_store_roster_load(fixture->store, NULL, NULL, NULL);
	g_assert_nonnull(loaded);
	show("load", count_rows(&report) / (now() - start), "rows", rows);
	measure_publish(fixture, loaded, report.roster_version, rows);
	measure_audit(fixture, commits, rows);
	measure_moves(fixture, commits);
	return 0;
}
