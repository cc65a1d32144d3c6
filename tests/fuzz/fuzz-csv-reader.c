// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/csv-mapping.h"
#include "include/cm-message.h"

/* Any bytes as a table of each kind: an error, or rows as wide as the headings, in rising lines, each of which makes a change or says
 * what is wrong; and as a document of changes: an error, or changes that an empty roster takes or refuses. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_rows(const CmCsvTable *table, CmNumberKind kind)
{
	const CmCsvRules rules = {.kind = kind, .dates = kind % 3};
	g_autoptr(CmCaseload) caseload = cm_caseload_new();
	g_autoptr(CmCsvIndex) index = cm_csv_mapping_new_index(caseload, kind);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) columns = cm_csv_mapping_find_columns(table, &rules, &error);
	g_autoptr(GPtrArray) bad = g_ptr_array_new_with_free_func(cm_csv_mapping_free_bad_cell);

	g_assert_true((columns == NULL) == (error != NULL));
	if (columns == NULL || !cm_csv_mapping_has_id(columns))
		return;
	for (guint i = 0; i < table->rows->len; i++) {
		guint before = bad->len;
		CmRosterChange *change = cm_csv_mapping_make_change(
		    table, columns, &rules, index, g_ptr_array_index(table->rows, i), bad);

		g_assert_true((change == NULL) == (bad->len > before));
		cm_roster_change_free(change);
	}
}

static void
check_table(const gchar *data, gsize size)
{
	static const CmNumberKind kinds[] = {CM_NUMBER_STUDENT, CM_NUMBER_CONTACT,
					     CM_NUMBER_PROFESSIONAL, CM_NUMBER_ROOM,
					     CM_NUMBER_SITE};
	g_autoptr(GError) error = NULL;
	g_autoptr(CmCsvTable) table = cm_csv_reader_read(data, size, &error);
	guint line = 0;

	g_assert_true((table == NULL) == (error != NULL));
	if (table == NULL)
		return;
	for (guint i = 0; i < table->rows->len; i++) {
		const CmCsvRow *row = g_ptr_array_index(table->rows, i);

		g_assert_cmpuint(g_strv_length(row->cells), ==, g_strv_length(table->headings));
		g_assert_cmpuint(row->line, >=, line);
		line = row->line;
		for (guint j = 0; row->cells[j] != NULL; j++)
			g_assert_true(g_utf8_validate(row->cells[j], -1, NULL));
	}
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
		check_rows(table, kinds[i]);
}

static void
check_document(const gchar *data, gsize size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) changes = cm_roster_change_parse(data, size, &error);
	g_autoptr(CmCaseload) caseload = cm_caseload_new();
	g_autoptr(GPtrArray) problems = cm_roster_change_new_problems();
	CmCaseload *made = NULL;

	g_assert_true((changes == NULL) == (error != NULL));
	if (changes == NULL)
		return;
	caseload->organisation_id = caseload->organisation_name = "o";
	caseload->timezone = "America/Toronto";
	caseload->locale = "fr_CA";
	caseload->grid_minutes = 5;
	caseload->replan_from = CM_DAY_NONE;
	made = cm_roster_change_apply(caseload, changes, problems, &error);
	g_assert_true((made == NULL) == (error != NULL));
	if (made != NULL) {
		g_assert_cmpuint(problems->len, ==, 0);
		cm_caseload_free(made);
	}
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	check_table((const gchar *)data, size);
	check_document((const gchar *)data, size);
	return 0;
}
