// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/words/words.h"

#include "daemon/calendar/zone-name.h"
#include "include/cm-catalog.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

#define ARGUMENTS_MAX 9
#define SECONDS_PER_DAY 86400

CmWords *
cm_words_new(const gchar *language, const gchar *zone, GError **error)
{
	const gchar *const *languages = cm_catalog_get_languages();
	g_autoptr(CmWords) words = g_new0(CmWords, 1);

	for (guint i = 0; languages[i] != NULL; i++) {
		if (g_strcmp0(language, languages[i]) == 0)
			words->language = languages[i];
	}
	if (words->language == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("this language is not known here"),
			     NULL);
		return NULL;
	}
	words->zone = zone != NULL ? cm_zone_name_open(zone) : NULL;
	if (words->zone == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("this time zone is not known here"),
			     NULL);
		return NULL;
	}
	return g_steal_pointer(&words);
}

void
cm_words_free(CmWords *words)
{
	if (words == NULL)
		return;
	g_clear_pointer(&words->zone, g_time_zone_unref);
	g_free(words);
}

/* "{0}." of what ends with a full stop, as "a.m." does, has one */
static gchar *
fill(const gchar *format, const gchar *const *arguments)
{
	g_auto(GStrv) whole = g_strdupv((gchar **)arguments);

	for (guint i = 0; whole[i] != NULL; i++) {
		gchar stop[] = {'{', (gchar)('0' + i), '}', '.', '\0'};

		if (strstr(format, stop) != NULL && g_str_has_suffix(whole[i], "."))
			whole[i][strlen(whole[i]) - 1] = '\0';
	}
	return cm_message_fill(format, (const gchar *const *)whole);
}

gchar *
cm_words_say(const CmWords *words, const gchar *format, ...)
{
	const gchar *arguments[ARGUMENTS_MAX + 1] = {NULL};
	va_list list;

	va_start(list, format);
	for (guint i = 0; i < ARGUMENTS_MAX; i++) {
		arguments[i] = va_arg(list, const gchar *);
		if (arguments[i] == NULL)
			break;
	}
	va_end(list);
	return cm_words_fill(words, format, arguments);
}

gchar *
cm_words_fill(const CmWords *words, const gchar *format, const gchar *const *arguments)
{
	return fill(cm_catalog_find(words->language, format), arguments);
}

gchar *
cm_words_count(const CmWords *words,
	       const gchar *one,
	       const gchar *many,
	       guint64 count,
	       const gchar *argument)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, count);
	const gchar *arguments[] = {number, argument, NULL};

	return fill(cm_catalog_find_plural(words->language, one, many, count), arguments);
}

/* an instant that no calendar has is the first one that it has */
static GDateTime *
to_local(const CmWords *words, gint64 instant)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant);

	if (utc == NULL)
		utc = g_date_time_new_from_unix_utc(0);
	return g_date_time_to_timezone(utc, words->zone);
}

static const gchar *
get_weekday(const CmWords *words, GDateTime *local)
{
	static const gchar *const names[] = {
	    NC_("weekday", "Monday"),   NC_("weekday", "Tuesday"), NC_("weekday", "Wednesday"),
	    NC_("weekday", "Thursday"), NC_("weekday", "Friday"),  NC_("weekday", "Saturday"),
	    NC_("weekday", "Sunday"),
	};

	return cm_catalog_find_in_context(words->language, "weekday",
					  names[g_date_time_get_day_of_week(local) - 1]);
}

static const gchar *
get_month(const CmWords *words, GDateTime *local)
{
	static const gchar *const names[] = {
	    NC_("month", "January"), NC_("month", "February"), NC_("month", "March"),
	    NC_("month", "April"),   NC_("month", "May"),      NC_("month", "June"),
	    NC_("month", "July"),    NC_("month", "August"),   NC_("month", "September"),
	    NC_("month", "October"), NC_("month", "November"), NC_("month", "December"),
	};

	return cm_catalog_find_in_context(words->language, "month",
					  names[g_date_time_get_month(local) - 1]);
}

/* French has a word of its own for the first */
static gchar *
format_month_day(const CmWords *words, GDateTime *local)
{
	gint day = g_date_time_get_day_of_month(local);

	if (day == 1)
		return g_strdup(cm_catalog_find_in_context(words->language,
							   "the first day of a month",
							   NC_("the first day of a month", "1")));
	return g_strdup_printf("%d", day);
}

static gchar *
say_day(const CmWords *words, GDateTime *local)
{
	g_autofree gchar *number = format_month_day(words, local);
	g_autofree gchar *year = g_strdup_printf("%d", g_date_time_get_year(local));

	/* translators: a date: {0} the weekday, {1} the month, {2} the day, {3} the year */
	return cm_words_say(words, N_("{0}, {1} {2}, {3}"), get_weekday(words, local),
			    get_month(words, local), number, year, NULL);
}

gchar *
cm_words_day_heading(const CmWords *words, gint64 instant)
{
	g_autofree gchar *day = cm_words_day(words, instant);
	g_autofree gchar *first = g_utf8_substring(day, 0, 1);
	g_autofree gchar *capital = g_utf8_strup(first, -1);

	return g_strconcat(capital, g_utf8_next_char(day), NULL);
}

gchar *
cm_words_day(const CmWords *words, gint64 instant)
{
	g_autoptr(GDateTime) local = to_local(words, instant);

	return say_day(words, local);
}

static gchar *
say_time(const CmWords *words, GDateTime *local)
{
	/* translators: 12 or 24: how many hours your clock has; see "{0}\u00a0a.m.", whose space may not end a line */
	gboolean twelve = g_str_equal(
	    cm_catalog_find_in_context(words->language, "clock", NC_("clock", "12")), "12");
	gint hour = g_date_time_get_hour(local);
	gint minute = g_date_time_get_minute(local);
	g_autofree gchar *hour_text = NULL;
	g_autofree gchar *minute_text = g_strdup_printf("%02d", minute);

	hour_text = g_strdup_printf("%d", twelve ? (hour + 11) % 12 + 1 : hour);
	/* translators: an hour of the clock in letters, {0} of twelve in English, of twenty-four in French */
	if (minute == 0 && hour < 12)
		return cm_words_say(words, N_("{0}\u00a0a.m."), hour_text, NULL);
	if (minute == 0)
		return cm_words_say(words, N_("{0}\u00a0p.m."), hour_text, NULL);
	if (hour < 12)
		return cm_words_say(words, N_("{0}:{1}\u00a0a.m."), hour_text, minute_text, NULL);
	return cm_words_say(words, N_("{0}:{1}\u00a0p.m."), hour_text, minute_text, NULL);
}

gchar *
cm_words_time(const CmWords *words, gint64 instant)
{
	g_autoptr(GDateTime) local = to_local(words, instant);

	return say_time(words, local);
}

gchar *
cm_words_moment(const CmWords *words, gint64 instant)
{
	g_autofree gchar *day = cm_words_day(words, instant);
	g_autofree gchar *time = cm_words_time(words, instant);

	/* translators: {0} a day, {1} an hour */
	return cm_words_say(words, N_("{0} at {1}"), day, time, NULL);
}

gchar *
cm_words_hours(const CmWords *words, gint64 start, gint64 end)
{
	g_autofree gchar *from = cm_words_time(words, start);
	g_autofree gchar *to = cm_words_time(words, end);

	if (end <= start)
		return g_steal_pointer(&from);
	/* translators: {0} and {1} hours, at the head of a line */
	return cm_words_say(words, N_("{0} to {1}"), from, to, NULL);
}

gchar *
cm_words_span(const CmWords *words, gint64 start, gint64 end)
{
	g_autofree gchar *day = cm_words_day(words, start);
	g_autofree gchar *from = NULL;
	g_autofree gchar *to = NULL;

	if (end <= start)
		return cm_words_moment(words, start);
	if (cm_words_get_day(words, start) != cm_words_get_day(words, end - 1)) {
		from = cm_words_moment(words, start);
		to = cm_words_moment(words, end);
		/* translators: {0} and {1} days with their hours */
		return cm_words_say(words, N_("from {0} to {1}"), from, to, NULL);
	}
	from = cm_words_time(words, start);
	to = cm_words_time(words, end);
	/* translators: {0} a day, {1} and {2} hours */
	return cm_words_say(words, N_("{0}, from {1} to {2}"), day, from, to, NULL);
}

gint64
cm_words_get_day(const CmWords *words, gint64 instant)
{
	g_autoptr(GDateTime) local = to_local(words, instant);
	gint64 shifted =
	    g_date_time_to_unix(local) + g_date_time_get_utc_offset(local) / G_TIME_SPAN_SECOND;

	return shifted >= 0 ? shifted / SECONDS_PER_DAY
			    : (shifted - SECONDS_PER_DAY + 1) / SECONDS_PER_DAY;
}

/* controls; embeddings, overrides and isolates (the two marks that only help a neighbour stay); what no XML may hold */
static gboolean
is_refused(gunichar c)
{
	return g_unichar_iscntrl(c) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || (c & 0xfffe) == 0xfffe;
}

gchar *
cm_words_clean(const gchar *text)
{
	g_autofree gchar *valid = g_utf8_make_valid(text, -1);
	g_autoptr(GString) clean = g_string_new(NULL);

	for (const gchar *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		gboolean blank =
		    c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0x2028 || c == 0x2029;

		if (blank && clean->len > 0 && clean->str[clean->len - 1] != ' ')
			g_string_append_c(clean, ' ');
		else if (!blank && !is_refused(c))
			g_string_append_unichar(clean, c);
	}
	if (clean->len > 0 && clean->str[clean->len - 1] == ' ')
		g_string_truncate(clean, clean->len - 1);
	return g_string_free(g_steal_pointer(&clean), FALSE);
}
