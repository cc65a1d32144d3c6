// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/roster-numbers.h"

#include "daemon/store/store-roster.h"
#include "tests/unit/store-fixture.h"

static void
test_none(void)
{
	g_autoptr(CmRosterNumbers) numbers = cm_roster_numbers_new();

	g_assert_cmpint(cm_roster_numbers_get(NULL, CM_NUMBER_SESSION, 0), ==, 0);
	g_assert_cmpint(cm_roster_numbers_get(numbers, CM_NUMBER_SESSION, 0), ==, 0);
	g_assert_cmpint(cm_roster_numbers_get(numbers, CM_NUMBER_SESSION, CM_NONE), ==, 0);
	g_assert_cmpuint(cm_roster_numbers_find(numbers, CM_NUMBER_SESSION, 7), ==, CM_NONE);
	g_assert_cmpuint(cm_roster_numbers_find(NULL, CM_NUMBER_SESSION, 7), ==, CM_NONE);
	cm_roster_numbers_add(numbers, CM_NUMBER_SESSION, 7);
	cm_roster_numbers_add(numbers, CM_NUMBER_SESSION, 3);
	g_assert_cmpint(cm_roster_numbers_get(numbers, CM_NUMBER_SESSION, 1), ==, 3);
	g_assert_cmpuint(cm_roster_numbers_find(numbers, CM_NUMBER_SESSION, 3), ==, 1);
	g_assert_cmpuint(cm_roster_numbers_find(numbers, CM_NUMBER_STUDENT, 3), ==, CM_NONE);
	g_assert_cmpuint(cm_roster_numbers_find(numbers, CM_NUMBER_SESSION, -7), ==, CM_NONE);
}

static guint
count(const CmCaseload *caseload, CmNumberKind kind)
{
	const guint counts[CM_NUMBER_LAST] = {
	    [CM_NUMBER_PROFESSIONAL] = caseload->professionals->len,
	    [CM_NUMBER_STUDENT] = caseload->students->len,
	    [CM_NUMBER_CONTACT] = caseload->contacts->len,
	    [CM_NUMBER_ROOM] = caseload->rooms->len,
	    [CM_NUMBER_COMPANION] = caseload->companions->len,
	    [CM_NUMBER_SITE] = caseload->sites->len,
	    [CM_NUMBER_FOLLOWUP] = caseload->followups->len,
	    [CM_NUMBER_SESSION] = caseload->sessions->len,
	    [CM_NUMBER_CALENDAR] = caseload->calendars->len,
	};

	return counts[kind];
}

/* the numbers are the rows': what SQL says of one is what the caseload says */
static void
test_loaded(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(CmRosterNumbers) numbers = NULL;
	g_autofree gchar *text = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GError) error = NULL;

	cm_store_fixture_import(fixture, caseload, NULL);
	loaded = cm_store_roster_load_numbered(fixture->store, NULL, &numbers, NULL, &error);
	g_assert_no_error(error);
	for (guint kind = 0; kind < CM_NUMBER_LAST; kind++) {
		guint all = count(loaded, (CmNumberKind)kind);

		g_assert_cmpuint(all, >, 0);
		for (guint i = 0; i < all; i++) {
			gint64 number = cm_roster_numbers_get(numbers, (CmNumberKind)kind, i);

			g_assert_cmpint(number, >, 0);
			g_assert_cmpuint(
			    cm_roster_numbers_find(numbers, (CmNumberKind)kind, number), ==, i);
		}
		g_assert_cmpint(cm_roster_numbers_get(numbers, (CmNumberKind)kind, all), ==, 0);
	}
	g_assert_true(cm_store_fixture_run_shell(
	    fixture, "SELECT id || ' ' || minutes || ' ' || act FROM session;", &text));
	lines = g_strsplit(g_strchomp(text), "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, loaded->sessions->len);
	for (guint i = 0; lines[i] != NULL; i++) {
		guint32 index = cm_roster_numbers_find(numbers, CM_NUMBER_SESSION,
						       g_ascii_strtoll(lines[i], NULL, 10));
		const CmSession *session = NULL;
		g_autofree gchar *expected = NULL;

		g_assert_cmpuint(index, !=, CM_NONE);
		session = CM_ELEMENT(loaded->sessions, CmSession, index);
		expected = g_strdup_printf("%" G_GINT64_FORMAT " %d %s",
					   cm_roster_numbers_get(numbers, CM_NUMBER_SESSION, index),
					   session->minutes, session->act);
		g_assert_cmpstr(lines[i], ==, expected);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/roster-numbers/none", test_none);
	g_test_add_func("/roster-numbers/loaded", test_loaded);
	return g_test_run();
}
