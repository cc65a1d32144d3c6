// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-plan.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

/* The overlap guard as somebody meets it who writes with the sqlite3 shell: nothing of our own code is in the way. */

#define OFF "PRAGMA foreign_keys = OFF;\n"
#define ON "PRAGMA foreign_keys = ON;\n"

/* two professionals (11, 12), students (21, 22), contacts (31, 32), rooms (41, 42), companions (51, 52), sessions 61 to 66 */
static const gchar roster[] =
    "PRAGMA foreign_keys = ON; BEGIN;"
    "INSERT INTO calendar VALUES (1, 0, 'c', x'00', 10);"
    "INSERT INTO site VALUES (2, 0, 's', x'00', 's', 'school', 0, 0, 0, 1, 1);"
    "INSERT INTO professional VALUES (11, 0, x'11', x'00', x'00', 'p', 2, x''), "
    "(12, 1, x'12', x'00', x'00', 'p', 2, x'');"
    "INSERT INTO student VALUES (21, 0, x'21', x'00', x'00', 2, x'', x'', x''), "
    "(22, 1, x'22', x'00', x'00', 2, x'', x'', x'');"
    "INSERT INTO contact VALUES (31, 0, x'31', x'00', x'00', 'guardian', x'', x''), "
    "(32, 1, x'32', x'00', x'00', 'teacher', x'', x'');"
    "INSERT INTO room VALUES (41, 0, 'r41', x'00', 2, 3), (42, 1, 'r42', x'00', 2, 3);"
    "INSERT INTO companion VALUES (51, 0, x'51', x'00', x'00', 2, x''), "
    "(52, 1, x'52', x'00', x'00', 2, x'');"
    "INSERT INTO followup VALUES (3, 0, x'03', x'00', x'00', 11, 21, 1, 0, 'active');"
    "WITH RECURSIVE n (i) AS (SELECT 61 UNION ALL SELECT i + 1 FROM n WHERE i < 66) "
    "INSERT INTO session SELECT i, i, CAST (i AS BLOB), x'00', x'00', 3, 'a', 60, 0, NULL, 7 FROM "
    "n;"
    "COMMIT;";

/* INSERT of a booking: session, start, end, room, companion, professional, student */
#define BOOKING(session, start, end, room, companion, professional, student)                       \
	"(" #session ", 1, 'planned', 0, 0, 'UTC', " #start ", " #end ", 'in-person', " #room      \
	", " #companion ", " #professional ", " #student ", 0)"
#define COLUMNS                                                                                    \
	"booking (session, version, state, date, start, zone, start_utc, end_utc, mode, room, "    \
	"companion, professional, student, locked) VALUES "
#define INSERT "INSERT INTO " COLUMNS

static CmStoreFixture *
fixture_new(void)
{
	CmStoreFixture *fixture = cm_store_fixture_new();

	g_clear_pointer(&fixture->store, cm_store_close);
	g_assert_true(cm_store_fixture_run_shell(fixture, roster, NULL));
	return fixture;
}

/* what the bookings and their claims are, and that they agree */
static gchar *
dump(CmStoreFixture *fixture)
{
	g_autofree gchar *text = NULL;
	g_autoptr(GError) error = NULL;
	gboolean good = FALSE;

	g_assert_true(cm_store_fixture_run_shell(fixture,
						 "SELECT * FROM booking; SELECT * FROM claim;"
						 "SELECT * FROM booking_participant;"
						 "SELECT * FROM overlap;",
						 &text));
	fixture->store = cm_store_open(fixture->database, fixture->key, &error);
	g_assert_no_error(error);
	good = cm_store_check(fixture->store, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(good);
	g_clear_pointer(&fixture->store, cm_store_close);
	return g_steal_pointer(&text);
}

static void
accept(CmStoreFixture *fixture, const gchar *sql)
{
	g_autofree gchar *after = NULL;

	g_assert_true(cm_store_fixture_run_shell(fixture, sql, NULL));
	after = dump(fixture);
}

/* refused, and nothing is left of it; `pragma` is ON or OFF */
static void
refuse_with(CmStoreFixture *fixture, const gchar *pragma, const gchar *sql)
{
	g_autofree gchar *before = dump(fixture);
	g_autofree gchar *statement = g_strconcat(pragma, sql, NULL);
	g_autofree gchar *said = NULL;
	g_autofree gchar *after = NULL;

	if (cm_store_fixture_run_shell(fixture, statement, &said))
		g_error("accepted: %s", statement); /* nocheck:banned: a test that fails aborts */
	g_assert_true(strstr(said, "double booking") != NULL ||
		      strstr(said, "FOREIGN KEY constraint failed") != NULL ||
		      strstr(said, "follows its") != NULL);
	after = dump(fixture);
	g_assert_cmpstr(before, ==, after);
}

static void
refuse(CmStoreFixture *fixture, const gchar *sql)
{
	refuse_with(fixture, OFF, sql);
	refuse_with(fixture, ON, sql);
	refuse_with(fixture, OFF "PRAGMA recursive_triggers = ON;\n", sql);
	refuse_with(fixture, ON "PRAGMA trusted_schema = OFF;\n", sql);
}

/* 1000 to 2000 with 41, 51, 11, 21 and contact 31 */
static CmStoreFixture *
fixture_with_one(void)
{
	CmStoreFixture *fixture = fixture_new();

	accept(fixture, ON INSERT BOOKING(61, 1000, 2000, 41, 51, 11,
					  21) ";"
					      "INSERT INTO booking_participant VALUES (61, 31);");
	return fixture;
}

static void
test_each_resource(void)
{
	static const gchar *const overlapping[] = {
	    INSERT BOOKING(62, 1500, 2500, 42, 52, 11, 22) ";",
	    INSERT BOOKING(62, 1500, 2500, 42, 52, 12, 21) ";",
	    INSERT BOOKING(62, 1500, 2500, 41, 52, 12, 22) ";",
	    INSERT BOOKING(62, 1500, 2500, 42, 51, 12, 22) ";",
	    /* a participant, the two statements one transaction */
	    "BEGIN;" INSERT BOOKING(62, 1500, 2500, 42, 52, 12,
				    22) ";"
					"INSERT INTO booking_participant VALUES (62, 31); COMMIT;",
	    /* inside, around, the same, one second at either end */
	    INSERT BOOKING(62, 1200, 1300, 42, 52, 11, 22) ";",
	    INSERT BOOKING(62, 500, 2500, 42, 52, 11, 22) ";",
	    INSERT BOOKING(62, 1000, 2000, 42, 52, 11, 22) ";",
	    INSERT BOOKING(62, 1999, 2500, 42, 52, 11, 22) ";",
	    INSERT BOOKING(62, 500, 1001, 42, 52, 11, 22) ";",
	};
	g_autoptr(CmStoreFixture) fixture = fixture_with_one();

	for (guint i = 0; i < G_N_ELEMENTS(overlapping); i++)
		refuse(fixture, overlapping[i]);
	accept(fixture, ON INSERT BOOKING(62, 1500, 2500, 42, 52, 12, 22) ";");
}

static void
test_touching(void)
{
	g_autoptr(CmStoreFixture) fixture = fixture_with_one();

	accept(fixture, OFF INSERT BOOKING(62, 2000, 3000, 41, 51, 11, 21) "," BOOKING(
			    63, 0, 1000, 41, 51, 11,
			    21) ";"
				"INSERT INTO booking_participant VALUES (62, 31), (63, 31);");
}

/* a long one is found by one that begins much later */
static void
test_long(void)
{
	g_autoptr(CmStoreFixture) fixture = fixture_new();

	accept(fixture, ON INSERT BOOKING(61, 1000, 87400, 41, NULL, 11, 21) ";");
	refuse(fixture, INSERT BOOKING(62, 87399, 90000, 41, NULL, 12, 22) ";");
	accept(fixture, ON INSERT BOOKING(62, 87400, 90000, 41, NULL, 11, 21) ";");
	/* one that would hide from the search */
	refuse(fixture, "PRAGMA ignore_check_constraints = ON;" INSERT BOOKING(63, 900, 200000, 42,
									       NULL, 12, 22) ";");
	refuse(fixture, "PRAGMA ignore_check_constraints = ON;" INSERT BOOKING(63, 900, 900, 42,
									       NULL, 12, 22) ";");
}

static void
test_student_away(void)
{
	g_autoptr(CmStoreFixture) fixture = fixture_with_one();

	/* a meeting about the student, without them */
	accept(fixture, ON INSERT BOOKING(62, 1500, 2500, 42, NULL, 12, NULL) ";");
	refuse(fixture, "UPDATE booking SET student = 21 WHERE session = 62;");
}

static void
test_cancelled(void)
{
	g_autoptr(CmStoreFixture) fixture = fixture_with_one();

	accept(fixture,
	       ON "UPDATE booking SET state = 'cancelled' WHERE session = 61;" INSERT BOOKING(
		   62, 1500, 2500, 41, 51, 11, 21) ";");
	refuse(fixture, "UPDATE booking SET state = 'planned' WHERE session = 61;");
	refuse(fixture, "UPDATE booking SET state = 'held' WHERE session = 61;");
}

static void
test_updates(void)
{
	g_autoptr(CmStoreFixture) fixture = fixture_with_one();

	accept(fixture, ON INSERT BOOKING(62, 3000, 4000, 42, 52, 12, 22) "," BOOKING(
			    63, 5000, 6000, 41, 52, 11,
			    21) ";"
				"INSERT INTO booking_participant VALUES (63, 32), (62, 32);");
	refuse(fixture, "UPDATE booking SET start_utc = 1500, end_utc = 2500 WHERE session = 63;");
	refuse(fixture, "UPDATE booking SET end_utc = 5500 WHERE session = 61;");
	refuse(fixture, "UPDATE booking SET start_utc = 3000, end_utc = 5001, room = 42, "
			"professional = 12 WHERE session = 61;");
	/* several rows: all of them to one time */
	refuse(fixture, "UPDATE booking SET start_utc = 1000, end_utc = 2000;");
	refuse(fixture, "UPDATE booking SET professional = 11, start_utc = 1000, end_utc = 2000 "
			"WHERE session IN (61, 62);");
	/* a participant of two at a time; the one participant exchanged for the other */
	accept(fixture,
	       ON "UPDATE booking SET start_utc = 1500, end_utc = 2500 WHERE session = 62;");
	refuse(fixture, "UPDATE booking_participant SET contact = 31 WHERE session = 62;");
	refuse(fixture, "INSERT INTO booking_participant VALUES (62, 31);");
	refuse(fixture, "UPDATE booking SET room = 41 WHERE session = 62;");
}

static void
test_statements(void)
{
	g_autoptr(CmStoreFixture) fixture = fixture_with_one();

	refuse(fixture, INSERT BOOKING(62, 3000, 4000, 41, 51, 11,
				       21) "," BOOKING(63, 3500, 4500, 41, 51, 11, 21) ";");
	accept(fixture, ON INSERT BOOKING(62, 3000, 4000, 41, 51, 11, 21) ";");
	/* REPLACE deletes rows without telling deletion triggers */
	refuse(fixture,
	       "INSERT OR REPLACE INTO " COLUMNS BOOKING(62, 1500, 2500, 41, 51, 11, 21) ";");
	refuse(fixture, "REPLACE INTO " COLUMNS BOOKING(63, 1500, 2500, 41, 51, 11, 21) ";");
	refuse(fixture,
	       "INSERT OR IGNORE INTO " COLUMNS BOOKING(63, 1500, 2500, 41, 51, 11, 21) ";");
	refuse(fixture, "INSERT OR FAIL INTO " COLUMNS BOOKING(63, 1500, 2500, 41, 51, 11, 21) ";");
	refuse(fixture,
	       "INSERT OR ROLLBACK INTO " COLUMNS BOOKING(63, 1500, 2500, 41, 51, 11, 21) ";");
	refuse(fixture, "UPDATE OR REPLACE booking SET start_utc = 1500, end_utc = 2500 "
			"WHERE session = 62;");
	refuse(fixture, "UPDATE OR IGNORE booking SET start_utc = 1500, end_utc = 2500 "
			"WHERE session = 62;");
	refuse(fixture,
	       INSERT BOOKING(
		   62, 1500, 2500, 41, 51, 11,
		   21) " ON CONFLICT (session) DO UPDATE SET start_utc = excluded.start_utc, "
		       "end_utc = excluded.end_utc;");
	/* each of these is fine, and the claims follow */
	accept(fixture, OFF "REPLACE INTO " COLUMNS BOOKING(62, 5000, 6000, 41, 51, 11, 21) ";");
	accept(fixture, ON "REPLACE INTO " COLUMNS BOOKING(61, 7000, 8000, 41, 51, 11, 21) ";");
	accept(fixture,
	       ON "INSERT OR IGNORE INTO " COLUMNS BOOKING(61, 5000, 6000, 41, 51, 11, 21) ";");
	accept(fixture, OFF "DELETE FROM booking WHERE session = 61;");
	accept(fixture, ON "DELETE FROM booking;");
}

static void
test_swap(void)
{
	g_autoptr(CmStoreFixture) fixture = fixture_with_one();
	g_autofree gchar *text = NULL;

	accept(fixture, ON INSERT BOOKING(62, 2000, 3000, 41, 51, 11, 21) ";");
	accept(fixture, ON "BEGIN;"
			   "UPDATE booking SET start_utc = 2000, end_utc = 3000 WHERE session = 61;"
			   "UPDATE booking SET start_utc = 1000, end_utc = 2000 WHERE session = 62;"
			   "COMMIT;");
	g_assert_true(cm_store_fixture_run_shell(
	    fixture, "SELECT session, start_utc FROM booking ORDER BY session;", &text));
	g_assert_cmpstr(text, ==, "61|2000\n62|1000\n");
	/* in one statement too */
	accept(fixture, ON "UPDATE booking SET start_utc = 3000 - start_utc, "
			   "end_utc = 5000 - end_utc;");
	/* half a swap can't be committed */
	refuse(fixture, "BEGIN;"
			"UPDATE booking SET start_utc = 2000, end_utc = 3000 WHERE session = 61;"
			"COMMIT;");
	/* one that goes away ends it, and so does one that is cancelled */
	accept(fixture, ON "BEGIN;" INSERT BOOKING(
			    63, 1500, 2500, 41, 51, 11,
			    21) ";"
				"DELETE FROM booking WHERE session IN (61, 62); COMMIT;");
	accept(fixture,
	       ON "BEGIN;" INSERT BOOKING(
		   64, 1500, 2500, 41, 51, 11,
		   21) ";"
		       "UPDATE booking SET state = 'cancelled' WHERE session = 63; COMMIT;");
}

/* the guard's own tables can't be written by hand */
static void
test_by_hand(void)
{
	g_autoptr(CmStoreFixture) fixture = fixture_with_one();

	refuse(fixture, "DELETE FROM claim;");
	refuse(fixture, "DELETE FROM claim WHERE kind = 3;");
	refuse(fixture, "UPDATE claim SET end_utc = 1001;");
	refuse(fixture, "UPDATE claim SET resource = 99;");
	refuse(fixture, "INSERT INTO claim VALUES (0, 12, 5000, 61, 6000);");
	refuse(fixture, "INSERT OR REPLACE INTO claim VALUES (0, 11, 1000, 61, 1001);");
	refuse(fixture,
	       "INSERT INTO overlap (session, other, kind, resource) VALUES (61, 62, 0, 11);");
	refuse(fixture, "BEGIN;" INSERT BOOKING(62, 1500, 2500, 42, 52, 11,
						22) ";"
						    "DELETE FROM overlap; COMMIT;");
	refuse(fixture, "BEGIN;" INSERT BOOKING(62, 1500, 2500, 42, 52, 11,
						22) ";"
						    "UPDATE overlap SET session = 99; COMMIT;");
	g_assert_false(
	    cm_store_fixture_run_shell(fixture, "INSERT INTO impossible VALUES (0);", NULL));
	g_assert_false(cm_store_fixture_run_shell(
	    fixture, "PRAGMA ignore_check_constraints = ON; INSERT INTO impossible VALUES (0);",
	    NULL));
}

/* what a connection that checks no references leaves of the probe is never taken for one that does */
static void
test_probe(void)
{
	g_autoptr(CmStoreFixture) fixture = fixture_with_one();

	g_assert_true(cm_store_fixture_run_shell(
	    fixture, OFF "UPDATE reference_probe SET id = 1 - id;", NULL));
	g_assert_false(cm_store_fixture_run_shell(
	    fixture, OFF INSERT BOOKING(62, 1500, 2500, 41, 51, 11, 21) ";", NULL));
	g_assert_false(cm_store_fixture_run_shell(
	    fixture, ON INSERT BOOKING(62, 1500, 2500, 41, 51, 11, 21) ";", NULL));
}

int
main(int argc, char **argv)
{
	g_autofree gchar *shell = g_find_program_in_path("sqlite3");

	if (shell == NULL)
		return 77;
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-guard/each-resource", test_each_resource);
	g_test_add_func("/store-guard/touching", test_touching);
	g_test_add_func("/store-guard/long", test_long);
	g_test_add_func("/store-guard/student-away", test_student_away);
	g_test_add_func("/store-guard/cancelled", test_cancelled);
	g_test_add_func("/store-guard/updates", test_updates);
	g_test_add_func("/store-guard/statements", test_statements);
	g_test_add_func("/store-guard/swap", test_swap);
	g_test_add_func("/store-guard/by-hand", test_by_hand);
	g_test_add_func("/store-guard/probe", test_probe);
	return g_test_run();
}
