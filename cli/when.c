// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/when.h"

#include "cli/zone.h"

#include "include/cm-names.h"

#include <string.h>

#define LETTERS_MIN 3

static const struct {
	const gchar *word;
	gint weekday; /* 0 for Monday, or -1: `offset` days from today */
	gint offset;
} day_words[] = {
    {"monday", 0, 0},    {"tuesday", 1, 0},  {"wednesday", 2, 0},   {"thursday", 3, 0},
    {"friday", 4, 0},    {"saturday", 5, 0}, {"sunday", 6, 0},      {"lundi", 0, 0},
    {"mardi", 1, 0},     {"mercredi", 2, 0}, {"jeudi", 3, 0},       {"vendredi", 4, 0},
    {"samedi", 5, 0},    {"dimanche", 6, 0}, {"today", -1, 0},      {"aujourd'hui", -1, 0},
    {"tomorrow", -1, 1}, {"demain", -1, 1},  {"yesterday", -1, -1}, {"hier", -1, -1},
};

/* a word, or its beginning of three letters or more */
static gboolean
is_word(const gchar *text, const gchar *word)
{
	gsize length = strlen(text);

	if (length > 0 && text[length - 1] == '.')
		length--;
	return length >= LETTERS_MIN && g_ascii_strncasecmp(text, word, length) == 0 &&
	       length <= strlen(word);
}

static gboolean
parse_offset(const gchar *text, CmDay today, CmDay *out_day)
{
	guint64 days = 0;

	if (text[0] != '+' || !g_ascii_string_to_unsigned(text + 1, 10, 0, 366, &days, NULL))
		return FALSE;
	*out_day = today + (CmDay)days;
	return TRUE;
}

gboolean
cm_when_parse_day(const gchar *text, CmDay today, CmDay *out_day)
{
	if (cm_day_parse(text, out_day) || parse_offset(text, today, out_day))
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(day_words); i++) {
		gint ahead = day_words[i].weekday - cm_day_get_weekday(today);

		if (!is_word(text, day_words[i].word))
			continue;
		if (day_words[i].weekday < 0)
			ahead = day_words[i].offset;
		else if (ahead < 0)
			ahead += CM_DAYS_PER_WEEK;
		*out_day = today + ahead;
		return TRUE;
	}
	return FALSE;
}

gboolean
cm_when_parse_time(const gchar *text, CmMinute *out_minute)
{
	gsize hours = strspn(text, "0123456789");
	const gchar *rest = text + hours;
	gsize minutes;
	guint64 hour;
	guint64 minute;

	if (hours < 1 || hours > 2 || (*rest != ':' && *rest != 'h' && *rest != 'H'))
		return FALSE;
	minutes = strspn(rest + 1, "0123456789");
	if (rest[1 + minutes] != '\0' || (minutes != 2 && !(minutes == 0 && *rest != ':')))
		return FALSE;
	hour = g_ascii_strtoull(text, NULL, 10);
	minute = g_ascii_strtoull(rest + 1, NULL, 10);
	if (hour > 23 || minute > 59)
		return FALSE;
	*out_minute = (CmMinute)(hour * 60 + minute);
	return TRUE;
}

static GDateTime *
read_clock(void)
{
	const gchar *path = g_getenv(CM_ENV_CLOCK);
	g_autofree gchar *text = NULL;

	if (path != NULL && g_file_get_contents(path, &text, NULL, NULL))
		return cm_zone_make_time(g_ascii_strtoll(text, NULL, 10));
	return cm_zone_get_now();
}

void
cm_when_get_now(CmDay *out_day, CmMinute *out_minute)
{
	g_autoptr(GDateTime) now = read_clock();
	g_autofree gchar *text = g_date_time_format(now, "%Y-%m-%d");

	if (!cm_day_parse(text, out_day))
		*out_day = 0;
	*out_minute = (CmMinute)(g_date_time_get_hour(now) * 60 + g_date_time_get_minute(now));
}
