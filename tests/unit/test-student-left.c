// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/student-left.h"

#include "tests/unit/store-fixture.h"

#define STUDENT "QUIZ12345678"
#define BIRTH "'birth_date': '2015-02-28', "
#define NAME "Éloïse Quzmanovic"
#define OTHER_BIRTH "'birth_date': '2015-03-01', "

/* the small caseload with that student as given */
static void
import_student(CmStoreFixture *fixture, const gchar *id, const gchar *birth, const gchar *name)
{
	g_autofree gchar *with_id =
	    cm_store_fixture_replace(cm_store_fixture_get_small(), STUDENT, id);
	g_autofree gchar *with_birth = cm_store_fixture_replace(with_id, BIRTH, birth);
	g_autofree gchar *json = cm_store_fixture_replace(with_birth, NAME, name);
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(json);
	CmStoreReport report;

	cm_store_fixture_import(fixture, caseload, &report);
}

static gchar *
query(CmStoreFixture *fixture, const gchar *sql)
{
	gchar *text = NULL;

	g_assert_true(cm_store_fixture_run_shell(fixture, sql, &text));
	return g_strstrip(text);
}

/* the number of the first student */
static gchar *
get_number(CmStoreFixture *fixture)
{
	return query(fixture, "SELECT id FROM student WHERE position = 0");
}

/* a file, one that was destroyed, what holds them and what was asked for */
static void
give_files(CmStoreFixture *fixture, const gchar *student)
{
	g_autofree gchar *sql = g_strdup_printf(
	    "INSERT INTO vault_case (id, name, student, made_at) VALUES (901, zeroblob(16), %1$s, "
	    "1), "
	    "(902, randomblob(16), %1$s, 1);"
	    "INSERT INTO vault_destruction (file, octets, asked_by, asked_at, destroyed_at) VALUES "
	    "(902, x'00', 0, 1, 1);"
	    "INSERT INTO vault_hold (id, student, reason, placed_by, placed_at) VALUES "
	    "(903, %1$s, x'00', 0, 1);"
	    "INSERT INTO disclosure (id, student, purpose, since, basis, waived, recorded_by, "
	    "recorded_at) VALUES (904, %1$s, 'access', 1, x'00', 0, 0, 1);",
	    student);

	g_assert_true(cm_store_fixture_run_shell(fixture, sql, NULL));
}

/* whom the file, the destroyed one, the hold and the request are about, how many are remembered, and how many came back */
static void
assert_about(CmStoreFixture *fixture, const gchar *number, guint left, guint back)
{
	g_autofree gchar *found = query(
	    fixture,
	    "SELECT (SELECT student FROM vault_case WHERE id = 901), "
	    "(SELECT student FROM vault_case WHERE id = 902), (SELECT student FROM vault_hold), "
	    "(SELECT student FROM disclosure), (SELECT count(*) FROM student_left), "
	    "(SELECT count(*) FROM audit WHERE action = 'student.return')");
	g_autofree gchar *wanted =
	    g_strdup_printf("%s|%s|%s|%s|%u|%u", number, number, number, number, left, back);

	g_assert_cmpstr(found, ==, wanted);
}

/* how somebody comes back, and whether it is the same person */
typedef struct {
	const gchar *birth;
	const gchar *name;
	gboolean same;
} Return;

static void
test_return(gconstpointer data)
{
	const Return *how = data;
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *before = NULL;
	g_autofree gchar *later = NULL;

	import_student(fixture, STUDENT, BIRTH, NAME);
	before = get_number(fixture);
	give_files(fixture, before);
	/* in whose place there is a namesake of the same day, whom the school knows by another number */
	import_student(fixture, "QUIZ00000000", BIRTH, NAME);
	assert_about(fixture, before, 1, 0);
	import_student(fixture, STUDENT, how->birth, how->name);
	later = get_number(fixture);
	g_assert_cmpstr(later, !=, before);
	if (how->same)
		assert_about(fixture, later, 0, 1);
	else
		assert_about(fixture, before, 1, 0);
}

/* a hold on each of two numbers: the student's stands, the other ended, and is theirs too */
static void
test_two_holds(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *before = NULL;
	g_autofree gchar *later = NULL;
	g_autofree gchar *sql = NULL;
	g_autofree gchar *wanted = NULL;
	g_autofree gchar *holds = NULL;
	g_autofree gchar *audit = NULL;

	import_student(fixture, STUDENT, BIRTH, NAME);
	before = get_number(fixture);
	give_files(fixture, before);
	import_student(fixture, "QUIZ00000000", BIRTH, NAME);
	/* another number that was theirs, with a hold of its own */
	sql = g_strdup_printf(
	    "INSERT INTO vault_case (id, name, student, made_at) VALUES (911, randomblob(16), "
	    "%1$s, 1);"
	    "INSERT INTO vault_hold (id, student, reason, placed_by, placed_at) VALUES "
	    "(913, %1$s, x'00', 0, 1);"
	    "INSERT INTO student_left (student, mark) SELECT %1$s, mark FROM student_left",
	    "99999");
	g_assert_true(cm_store_fixture_run_shell(fixture, sql, NULL));
	import_student(fixture, STUDENT, BIRTH, NAME);
	later = get_number(fixture);
	holds = query(fixture, "SELECT count(*), count(released_at), count(released_by), "
			       "min(student), max(student) FROM vault_hold");
	wanted = g_strdup_printf("2|1|1|%s|%s", later, later);
	g_assert_cmpstr(holds, ==, wanted);
	audit = query(fixture, "SELECT count(*) FROM audit WHERE action = 'retention.release'");
	g_assert_cmpstr(audit, ==, "1");
}

/* whose last file was destroyed, and of whom nothing else is open, is not known again */
static void
test_forgotten(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(GError) error = NULL;
	g_autofree gchar *number = NULL;
	g_autofree gchar *held = NULL;
	g_autofree gchar *none = NULL;

	import_student(fixture, STUDENT, BIRTH, NAME);
	number = get_number(fixture);
	give_files(fixture, number);
	import_student(fixture, "QUIZ00000000", BIRTH, NAME);
	g_assert_true(cm_store_fixture_run_shell(
	    fixture, "UPDATE disclosure SET outcome = 'answered', closed_by = 0, closed_at = 1",
	    NULL));
	g_assert_true(cm_student_left_forget(fixture->store, &error));
	held = query(fixture, "SELECT count(*) FROM student_left");
	g_assert_cmpstr(held, ==, "1");
	g_assert_true(cm_store_fixture_run_shell(
	    fixture,
	    "INSERT INTO vault_destruction (file, octets, asked_by, asked_at, destroyed_at) "
	    "VALUES (901, x'00', 0, 1, 1)",
	    NULL));
	g_assert_true(cm_student_left_forget(fixture->store, &error));
	g_assert_no_error(error);
	none = query(fixture, "SELECT count(*) FROM student_left");
	g_assert_cmpstr(none, ==, "0");
}

/* of whom there is nothing, nothing is kept */
static void
test_nothing(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *none = NULL;

	import_student(fixture, STUDENT, BIRTH, NAME);
	import_student(fixture, "QUIZ00000000", BIRTH, NAME);
	none = query(fixture, "SELECT count(*) FROM student_left");
	g_assert_cmpstr(none, ==, "0");
}

int
main(int argc, char **argv)
{
	static const Return same = {BIRTH, NAME, TRUE};
	static const Return renamed = {BIRTH, "Éloïse Tremblay", TRUE};
	static const Return another = {OTHER_BIRTH, NAME, FALSE};

	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/student-left/same", &same, test_return);
	g_test_add_data_func("/student-left/renamed", &renamed, test_return);
	g_test_add_data_func("/student-left/another-birth-date", &another, test_return);
	g_test_add_func("/student-left/two-holds", test_two_holds);
	g_test_add_func("/student-left/forgotten", test_forgotten);
	g_test_add_func("/student-left/nothing", test_nothing);
	return g_test_run();
}
