// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/csv-values.h"

#include <string.h>

#define PARTS 3

gchar *
cm_csv_values_fold(const gchar *text)
{
	g_autofree gchar *normal = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
	g_autofree gchar *ascii = normal != NULL ? g_str_to_ascii(normal, "C") : g_strdup("");
	GString *folded = g_string_new(NULL);

	for (const gchar *p = ascii; *p != '\0'; p++) {
		if (g_ascii_isalnum(*p))
			g_string_append_c(folded, g_ascii_tolower(*p));
		else if (folded->len > 0 && folded->str[folded->len - 1] != ' ')
			g_string_append_c(folded, ' ');
	}
	if (folded->len > 0 && folded->str[folded->len - 1] == ' ')
		g_string_truncate(folded, folded->len - 1);
	return g_string_free(folded, FALSE);
}

/* 1 to 12 by the beginning of its name in either language, 0 for none; "juin" and "juil", "jun" and "jul" */
static guint
find_month(const gchar *word)
{
	static const gchar *const names[][2] = {
	    {"jan", "janv"}, {"feb", "fev"},  {"mar", "mars"}, {"apr", "avr"},
	    {"may", "mai"},  {"jun", "juin"}, {"jul", "juil"}, {"aug", "aou"},
	    {"sep", "sept"}, {"oct", "octo"}, {"nov", "nove"}, {"dec", "dece"},
	};

	for (guint month = 0; month < G_N_ELEMENTS(names); month++) {
		if (g_str_has_prefix(word, names[month][0]) ||
		    g_str_has_prefix(word, names[month][1]))
			return month + 1;
	}
	return 0;
}

/* a number of up to four digits; -1 for none. "1er" is one */
static gint
parse_number(const gchar *word, gsize *out_digits)
{
	gsize digits = strspn(word, "0123456789");

	*out_digits = digits;
	if (digits == 0 || digits > 4 ||
	    (word[digits] != '\0' && !g_str_equal(word + digits, "er")))
		return -1;
	return (gint)g_ascii_strtoll(word, NULL, 10);
}

static CmCsvDateResult
make_day(gint year, gint month, gint day, CmDay *out_day)
{
	g_autofree gchar *text = NULL;

	if (month < 1 || month > 12 || day < 1 || day > 31)
		return CM_CSV_DATE_WRONG;
	text = g_strdup_printf("%04d-%02d-%02d", year, month, day);
	return cm_day_parse(text, out_day) ? CM_CSV_DATE_RIGHT : CM_CSV_DATE_WRONG;
}

/* two numbers and a year after them */
static CmCsvDateResult
parse_numbers(gint first, gint second, gint year, CmCsvDates dates, CmDay *out_day)
{
	if (dates == CM_CSV_DATES_DAY_FIRST || (first > 12 && dates == CM_CSV_DATES_UNKNOWN))
		return make_day(year, second, first, out_day);
	if (dates == CM_CSV_DATES_MONTH_FIRST || second > 12 || first == second)
		return make_day(year, first, second, out_day);
	return CM_CSV_DATE_AMBIGUOUS;
}

CmCsvDateResult
cm_csv_values_parse_date(const gchar *text, CmCsvDates dates, CmDay *out_day)
{
	g_autofree gchar *folded = cm_csv_values_fold(text);
	g_auto(GStrv) words = g_strsplit(folded, " ", -1);
	gint numbers[PARTS];
	gsize digits[PARTS];

	if (g_strv_length(words) != PARTS)
		return CM_CSV_DATE_WRONG;
	for (guint i = 0; i < PARTS; i++)
		numbers[i] = parse_number(words[i], &digits[i]);
	if (digits[0] == 4 && numbers[0] >= 0 && numbers[1] >= 0 && numbers[2] >= 0)
		return make_day(numbers[0], numbers[1], numbers[2], out_day);
	if (digits[2] != 4 || numbers[2] < 0)
		return CM_CSV_DATE_WRONG;
	if (numbers[0] >= 0 && digits[1] == 0)
		return make_day(numbers[2], (gint)find_month(words[1]), numbers[0], out_day);
	if (numbers[1] >= 0 && digits[0] == 0)
		return make_day(numbers[2], (gint)find_month(words[0]), numbers[1], out_day);
	if (numbers[0] < 0 || numbers[1] < 0)
		return CM_CSV_DATE_WRONG;
	return parse_numbers(numbers[0], numbers[1], numbers[2], dates, out_day);
}
