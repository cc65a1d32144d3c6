// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/csv-reader.h"

#include "daemon/roster/csv-mapping.h"
#include "include/cm-error.h"

#include <string.h>

static CmCsvTable *
read_table(const gchar *text)
{
	g_autoptr(GError) error = NULL;
	CmCsvTable *table = cm_csv_reader_read(text, strlen(text), &error);

	g_assert_no_error(error);
	return table;
}

static const CmCsvRow *
get_row(const CmCsvTable *table, guint index)
{
	g_assert_cmpuint(index, <, table->rows->len);
	return g_ptr_array_index(table->rows, index);
}

static void
test_rows_and_lines(void)
{
	g_autoptr(CmCsvTable) table = read_table(
	    "a;b;c\r\n1; two ;\"x;\"\"y\"\"\"\r\n\r\n;;\r\n\"over\r\ntwo lines\";5\r\n6\r\n");

	g_assert_cmpuint(g_strv_length(table->headings), ==, 3);
	g_assert_cmpuint(table->rows->len, ==, 3);
	g_assert_cmpstr(get_row(table, 0)->cells[1], ==, "two");
	g_assert_cmpstr(get_row(table, 0)->cells[2], ==, "x;\"y\"");
	g_assert_cmpuint(get_row(table, 0)->line, ==, 2);
	g_assert_cmpuint(get_row(table, 1)->line, ==, 5);
	g_assert_cmpstr(get_row(table, 1)->cells[1], ==, "5");
	g_assert_cmpstr(get_row(table, 1)->cells[2], ==, "");
	g_assert_cmpuint(get_row(table, 2)->line, ==, 7);
}

static void
test_separators(void)
{
	static const struct {
		const gchar *text;
		gchar separator;
	} cases[] = {
	    {"a;b\n", ';'},         {"a,b\n", ','},          {"a\tb\n", '\t'},
	    {"\"a,b\";c;d\n", ';'}, {"sep=,\na;b,c\n", ','}, {"one column\n", ';'},
	    {"a,b,c;d\n", ','},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(CmCsvTable) table = read_table(cases[i].text);

		g_assert_cmpint(table->separator, ==, cases[i].separator);
	}
}

static void
test_encodings(void)
{
	static const struct {
		const gchar *text;
		const gchar *encoding;
	} cases[] = {
	    {"\xc3\xa9t\xc3\xa9;b\n", "UTF-8"},
	    {"\xef\xbb\xbf\xc3\xa9t\xc3\xa9;b\n", "UTF-8"},
	    {"\xe9t\xe9;b\n", "Windows-1252"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(CmCsvTable) table = read_table(cases[i].text);

		g_assert_cmpstr(table->encoding, ==, cases[i].encoding);
		g_assert_cmpstr(table->headings[0], ==, "été");
	}
}

static void
test_refused(void)
{
	static const struct {
		const gchar *text;
		const gchar *words;
	} cases[] = {
	    {"", "empty"},
	    {"\n \n", "empty"},
	    {"a;b\n1;2\n3;4;5\n", "Line 3"},
	    {"a;b\n\"1;2\n", "Line 2"},
	    {"a;b\n1;x\"y\n", "Line 2"},
	    {"a\n\x81\n", "not a text"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(cm_csv_reader_read(cases[i].text, strlen(cases[i].text), &error));
		g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
		if (strstr(error->message, cases[i].words) == NULL)
			g_test_fail_printf("“%s”: %s", cases[i].text, error->message);
	}
}

static void
test_dates(void)
{
	static const struct {
		const gchar *text;
		CmCsvDates dates;
		const gchar *expected; /* "?" ambiguous, "" wrong */
	} cases[] = {
	    {"2026-09-04", CM_CSV_DATES_UNKNOWN, "2026-09-04"},
	    {"2026/9/4", CM_CSV_DATES_UNKNOWN, "2026-09-04"},
	    {"04/09/2026", CM_CSV_DATES_UNKNOWN, "?"},
	    {"04/09/2026", CM_CSV_DATES_DAY_FIRST, "2026-09-04"},
	    {"04/09/2026", CM_CSV_DATES_MONTH_FIRST, "2026-04-09"},
	    {"15/09/2026", CM_CSV_DATES_UNKNOWN, "2026-09-15"},
	    {"09/15/2026", CM_CSV_DATES_UNKNOWN, "2026-09-15"},
	    {"09/15/2026", CM_CSV_DATES_DAY_FIRST, ""},
	    {"15/09/2026", CM_CSV_DATES_MONTH_FIRST, ""},
	    {"05-05-2026", CM_CSV_DATES_UNKNOWN, "2026-05-05"},
	    {"4 sept. 2026", CM_CSV_DATES_UNKNOWN, "2026-09-04"},
	    {"1er août 2026", CM_CSV_DATES_UNKNOWN, "2026-08-01"},
	    {"3 février 2026", CM_CSV_DATES_UNKNOWN, "2026-02-03"},
	    {"30 juin 2026", CM_CSV_DATES_UNKNOWN, "2026-06-30"},
	    {"30 juillet 2026", CM_CSV_DATES_UNKNOWN, "2026-07-30"},
	    {"2 mai 2026", CM_CSV_DATES_UNKNOWN, "2026-05-02"},
	    {"2 mars 2026", CM_CSV_DATES_UNKNOWN, "2026-03-02"},
	    {"12 déc. 2026", CM_CSV_DATES_UNKNOWN, "2026-12-12"},
	    {"September 4, 2026", CM_CSV_DATES_UNKNOWN, "2026-09-04"},
	    {"4-Jul-2026", CM_CSV_DATES_UNKNOWN, "2026-07-04"},
	    {"30/02/2026", CM_CSV_DATES_UNKNOWN, ""},
	    {"04/09/26", CM_CSV_DATES_UNKNOWN, ""},
	    {"sept. 2026", CM_CSV_DATES_UNKNOWN, ""},
	    {"4 chat 2026", CM_CSV_DATES_UNKNOWN, ""},
	    {"44561", CM_CSV_DATES_UNKNOWN, ""},
	    {"", CM_CSV_DATES_UNKNOWN, ""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		CmDay day = 0;
		gchar text[CM_DAY_TEXT_SIZE];
		CmCsvDateResult result =
		    cm_csv_values_parse_date(cases[i].text, cases[i].dates, &day);
		const gchar *got = result == CM_CSV_DATE_RIGHT       ? cm_day_format(day, text)
				   : result == CM_CSV_DATE_AMBIGUOUS ? "?"
								     : "";

		if (!g_str_equal(got, cases[i].expected))
			g_test_fail_printf("“%s”: “%s”, not “%s”", cases[i].text, got,
					   cases[i].expected);
	}
}

/* whatever a heading's accents, case and punctuation; and what was said beats it */
static void
test_columns(void)
{
	g_autoptr(CmCsvTable) table = read_table("NO FICHE,Nom_de_l’élève,École,DDN,Foyer\n");
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	CmCsvRules rules = {.kind = CM_NUMBER_STUDENT};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) columns = cm_csv_mapping_find_columns(table, &rules, &error);
	g_autoptr(GPtrArray) other = NULL;
	static const gchar *const expected[] = {"id", "name", "site", "birth_date", NULL};

	g_assert_no_error(error);
	for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
		g_assert_cmpstr(g_ptr_array_index(columns, i), ==, expected[i]);
	g_assert_cmpuint(cm_csv_mapping_find_column(columns, "$.birth_date"), ==, 4);
	g_assert_cmpuint(cm_csv_mapping_find_column(columns, "$.hours.mon[0]"), ==, 0);
	g_hash_table_insert(said, g_strdup("foyer"), g_strdup("site"));
	g_hash_table_insert(said, g_strdup("ecole"), g_strdup(""));
	rules.said = said;
	other = cm_csv_mapping_find_columns(table, &rules, &error);
	g_assert_no_error(error);
	g_assert_null(g_ptr_array_index(other, 2));
	g_assert_cmpstr(g_ptr_array_index(other, 4), ==, "site");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/csv-reader/rows-and-lines", test_rows_and_lines);
	g_test_add_func("/csv-reader/separators", test_separators);
	g_test_add_func("/csv-reader/encodings", test_encodings);
	g_test_add_func("/csv-reader/refused", test_refused);
	g_test_add_func("/csv-reader/dates", test_dates);
	g_test_add_func("/csv-reader/columns", test_columns);
	return g_test_run();
}
