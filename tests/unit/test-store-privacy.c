// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-plan.h"
#include "include/cm-message.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

/* Whoever steals the database's folder finds nobody in it: every file in it is searched, the write-ahead log of an open database
 * included, for every name, birth date and id of a person, in UTF-8 and UTF-16, as written and in capitals. */

static GBytes *
read_folder(const gchar *path)
{
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	GByteArray *all = g_byte_array_new();
	const gchar *name = g_dir_read_name(folder);
	guint files = 0;

	while (name != NULL) {
		g_autofree gchar *file = g_build_filename(path, name, NULL);
		g_autofree gchar *data = NULL;
		gsize length = 0;

		g_assert_true(g_file_get_contents(file, &data, &length, NULL));
		g_byte_array_append(all, (const guint8 *)data, (guint)length);
		files++;
		name = g_dir_read_name(folder);
	}
	g_assert_cmpuint(files, >=, 2);
	return g_byte_array_free_to_bytes(all);
}

static gboolean
holds(GBytes *haystack, gconstpointer needle, gsize length)
{
	return memmem(g_bytes_get_data(haystack, NULL), g_bytes_get_size(haystack), needle,
		      length) != NULL;
}

static void
assert_absent(GBytes *haystack, const gchar *text)
{
	g_autofree gchar *up = g_utf8_strup(text, -1);
	/* two or three bytes are found in any ciphertext sooner or later: those as JSON would have them */
	g_autofree gchar *quoted = g_strdup_printf("\"%s\"", text);
	const gchar *forms[] = {strlen(text) < 4 ? quoted : text, strlen(up) < 4 ? quoted : up};

	for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
		glong units = 0;
		g_autofree gunichar2 *wide = g_utf8_to_utf16(forms[i], -1, NULL, &units, NULL);

		if (holds(haystack, forms[i], strlen(forms[i])) ||
		    holds(haystack, wide, (gsize)units * sizeof(gunichar2)))
			g_error("“%s” is in the clear", forms[i]); /* nocheck:banned: a test */
	}
}

static void
assert_words_absent(GBytes *haystack, const gchar *name)
{
	g_auto(GStrv) words = g_strsplit(name, " ", -1);

	assert_absent(haystack, name);
	for (guint i = 0; words[i] != NULL; i++) {
		/* a short one is found by chance in what is sealed */
		if (strlen(words[i]) >= 5)
			assert_absent(haystack, words[i]);
	}
}

static void
check_folder(CmStoreFixture *fixture, const CmCaseload *caseload)
{
	g_autofree gchar *folder = g_path_get_dirname(fixture->database);
	g_autoptr(GBytes) all = read_folder(folder);
	gchar date[CM_DAY_TEXT_SIZE];

	/* the search itself works: what is no secret is found */
	g_assert_true(holds(all, caseload->organisation_id, strlen(caseload->organisation_id)));
	for (guint i = 0; i < caseload->students->len; i++) {
		const CmStudent *student = CM_ELEMENT(caseload->students, CmStudent, i);

		assert_absent(all, student->id);
		assert_words_absent(all, student->name);
		assert_absent(all, cm_day_format(student->birth_date, date));
	}
	for (guint i = 0; i < caseload->professionals->len; i++) {
		assert_absent(all, CM_ELEMENT(caseload->professionals, CmProfessional, i)->id);
		assert_words_absent(all,
				    CM_ELEMENT(caseload->professionals, CmProfessional, i)->name);
	}
	for (guint i = 0; i < caseload->contacts->len; i++)
		assert_absent(all, CM_ELEMENT(caseload->contacts, CmContact, i)->id);
	for (guint i = 0; i < caseload->companions->len; i++)
		assert_absent(all, CM_ELEMENT(caseload->companions, CmCompanion, i)->id);
	for (guint i = 0; i < caseload->followups->len; i++)
		assert_absent(all, CM_ELEMENT(caseload->followups, CmFollowup, i)->id);
	for (guint i = 0; i < caseload->sessions->len; i++) {
		const gchar *id = CM_ELEMENT(caseload->sessions, CmSession, i)->id;

		if (strlen(id) >= 5)
			assert_absent(all, id);
	}
}

static void
check(CmCaseload *caseload)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();

	cm_store_fixture_import(fixture, caseload, NULL);
	/* open, the log not yet taken in; then closed */
	check_folder(fixture, caseload);
	g_clear_pointer(&fixture->store, cm_store_close);
	check_folder(fixture, caseload);
	cm_caseload_free(caseload);
}

/* a plan tells why a session has no place, of whom it is and who stands in the way */
static void
test_reasons(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autoptr(CmPlan) plan = cm_plan_new();
	g_autoptr(CmPlan) loaded = NULL;
	g_autoptr(GError) error = NULL;
	guint64 number = 0;

	cm_store_fixture_import(fixture, caseload, NULL);
	for (guint32 i = 0; i < caseload->sessions->len; i++) {
		const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, i);
		const CmFollowup *followup =
		    CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
		CmUnscheduled unscheduled = {
		    .session = i,
		    .reason = cm_message_new(
			"The student {0} is not free for {1} in {2}.",
			CM_ELEMENT(caseload->students, CmStudent, followup->student)->id,
			CM_ELEMENT(caseload->contacts, CmContact, 0)->id, session->id, NULL),
		};

		g_array_append_val(plan->unscheduled, unscheduled);
	}
	g_assert_true(cm_store_plan_add(fixture->store, caseload, plan, 1, NULL, NULL, &number,
					NULL, &error));
	g_assert_no_error(error);
	check_folder(fixture, caseload);
	loaded = cm_store_plan_load(fixture->store, caseload, number, NULL, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < plan->unscheduled->len; i++)
		g_assert_cmpstr(CM_ELEMENT(loaded->unscheduled, CmUnscheduled, i)->reason, ==,
				CM_ELEMENT(plan->unscheduled, CmUnscheduled, i)->reason);
	g_clear_pointer(&fixture->store, cm_store_close);
	check_folder(fixture, caseload);
}

static void
test_small(void)
{
	check(cm_store_fixture_parse(cm_store_fixture_get_small()));
}

static void
test_generated(void)
{
	check(cm_store_fixture_generate("month --seed 5"));
}

/* the birth dates are not there as numbers either: a row's value is a date nobody else has */
static void
test_days(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autofree gchar *text = NULL;

	cm_store_fixture_import(fixture, caseload, NULL);
	g_clear_pointer(&fixture->store, cm_store_close);
	g_assert_true(cm_store_fixture_run_shell(fixture, ".dump student", &text));
	for (guint i = 0; i < caseload->students->len; i++) {
		g_autofree gchar *day = g_strdup_printf(
		    ",%d,", CM_ELEMENT(caseload->students, CmStudent, i)->birth_date);

		g_assert_null(strstr(text, day));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-privacy/small", test_small);
	g_test_add_func("/store-privacy/generated", test_generated);
	g_test_add_func("/store-privacy/reasons", test_reasons);
	g_test_add_func("/store-privacy/days", test_days);
	return g_test_run();
}
