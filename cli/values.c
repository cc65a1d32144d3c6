// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/values.h"

#include "cli/report.h"
#include "cli/zone.h"

#include <glib/gi18n.h>

#define SECONDS_MAX 86400.0

gboolean
cm_values_parse_number(const CmComodalctl *cli,
		       const gchar *option,
		       const gchar *text,
		       guint64 minimum,
		       guint64 maximum,
		       guint64 *out_value)
{
	g_autofree gchar *low = g_strdup_printf("%" G_GUINT64_FORMAT, minimum);
	g_autofree gchar *high = g_strdup_printf("%" G_GUINT64_FORMAT, maximum);
	guint64 value = 0;

	if (text == NULL)
		return TRUE;
	if (!g_ascii_string_to_unsigned(text, 10, minimum, maximum, &value, NULL)) {
		if (maximum < G_MAXINT64)
			cm_report_usage(cli,
					N_("{0}: expected a number from {1} to {2}, not “{3}”."),
					option, low, high, text, NULL);
		else
			cm_report_usage(cli, N_("{0}: expected a number from {1}, not “{2}”."),
					option, low, text, NULL);
		return FALSE;
	}
	*out_value = value;
	return TRUE;
}

gboolean
cm_values_parse_seconds(const CmComodalctl *cli,
			const gchar *option,
			const gchar *text,
			gdouble *out_seconds)
{
	g_autofree gchar *point = NULL;
	gchar *end = NULL;
	gdouble seconds = 0;

	if (text == NULL)
		return TRUE;
	point = g_strdelimit(g_strdup(text), ",", '.');
	seconds = g_ascii_strtod(point, &end);
	if (end == point || *end != '\0' || !(seconds > 0 && seconds <= SECONDS_MAX)) {
		cm_report_usage(cli,
				N_("{0}: expected a number of seconds, up to 86400, not “{1}”."),
				option, text, NULL);
		return FALSE;
	}
	*out_seconds = seconds;
	return TRUE;
}

CmDay
cm_values_get_today(void)
{
	g_autoptr(GDateTime) now = cm_zone_get_now();
	g_autofree gchar *text = g_date_time_format(now, "%Y-%m-%d");
	CmDay today = 0;

	return cm_day_parse(text, &today) ? today : 0;
}

/* how many days from today a word means */
static gboolean
parse_day_word(const gchar *text, gint *out_offset)
{
	static const struct {
		const gchar *word;
		gint offset;
	} words[] = {
	    {"today", 0},  {"aujourd'hui", 0}, {"aujourdhui", 0}, {"tomorrow", 1},
	    {"demain", 1}, {"yesterday", -1},  {"hier", -1},
	};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_ascii_strcasecmp(text, words[i].word) != 0)
			continue;
		*out_offset = words[i].offset;
		return TRUE;
	}
	return FALSE;
}

gboolean
cm_values_parse_date(const CmComodalctl *cli,
		     const gchar *option,
		     const gchar *text,
		     CmDay *out_day)
{
	gint offset = 0;

	if (text == NULL || cm_day_parse(text, out_day))
		return TRUE;
	if (parse_day_word(text, &offset)) {
		*out_day = cm_values_get_today() + offset;
		return TRUE;
	}
	cm_report_usage(cli,
			N_("{0}: expected a date as 2026-10-05, today or tomorrow, not “{1}”."),
			option, text, NULL);
	return FALSE;
}

gboolean
cm_values_check_choice(const CmComodalctl *cli,
		       const gchar *option,
		       const gchar *text,
		       const gchar *const *choices)
{
	g_autofree gchar *all = NULL;

	if (text == NULL || g_strv_contains(choices, text))
		return TRUE;
	all = g_strjoinv(", ", (gchar **)choices);
	cm_report_usage(cli, N_("{0}: expected one of {1}, not “{2}”."), option, all, text, NULL);
	return FALSE;
}
