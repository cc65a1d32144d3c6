// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/dates.h"

#include "cli/report.h"

#include <glib/gi18n.h>

static const gchar *
get_weekday(CmDay day)
{
	static const gchar *const names[] = {
	    NC_("weekday", "Monday"),   NC_("weekday", "Tuesday"), NC_("weekday", "Wednesday"),
	    NC_("weekday", "Thursday"), NC_("weekday", "Friday"),  NC_("weekday", "Saturday"),
	    NC_("weekday", "Sunday"),
	};

	return g_dpgettext2(NULL, "weekday", names[cm_day_get_weekday(day)]);
}

static const gchar *
get_short_weekday(CmDay day)
{
	static const gchar *const names[] = {
	    NC_("short weekday", "Mon"), NC_("short weekday", "Tue"), NC_("short weekday", "Wed"),
	    NC_("short weekday", "Thu"), NC_("short weekday", "Fri"), NC_("short weekday", "Sat"),
	    NC_("short weekday", "Sun"),
	};

	return g_dpgettext2(NULL, "short weekday", names[cm_day_get_weekday(day)]);
}

static const gchar *
get_month(gint month)
{
	static const gchar *const names[] = {
	    NC_("month", "January"), NC_("month", "February"), NC_("month", "March"),
	    NC_("month", "April"),   NC_("month", "May"),      NC_("month", "June"),
	    NC_("month", "July"),    NC_("month", "August"),   NC_("month", "September"),
	    NC_("month", "October"), NC_("month", "November"), NC_("month", "December"),
	};

	return g_dpgettext2(NULL, "month", names[month - 1]);
}

static const gchar *
get_short_month(gint month)
{
	static const gchar *const names[] = {
	    NC_("short month", "Jan"), NC_("short month", "Feb"), NC_("short month", "Mar"),
	    NC_("short month", "Apr"), NC_("short month", "May"), NC_("short month", "Jun"),
	    NC_("short month", "Jul"), NC_("short month", "Aug"), NC_("short month", "Sep"),
	    NC_("short month", "Oct"), NC_("short month", "Nov"), NC_("short month", "Dec"),
	};

	return g_dpgettext2(NULL, "short month", names[month - 1]);
}

/* the day of the month: French has a word of its own for the first */
static gchar *
format_month_day(gint day)
{
	if (day == 1)
		return g_strdup(C_("the first day of a month", "1"));
	return g_strdup_printf("%d", day);
}

gchar *
cm_dates_format_day(CmDay day)
{
	gint year = 0;
	gint month = 0;
	gint month_day = 0;
	g_autofree gchar *number = NULL;

	cm_day_get_ymd(day, &year, &month, &month_day);
	number = format_month_day(month_day);
	/* translators: a date: {0} the weekday, {1} the month, {2} the day */
	return cm_report_format(N_("{0}, {1} {2}"), get_weekday(day), get_month(month), number,
				NULL);
}

gchar *
cm_dates_format_full(CmDay day)
{
	gint year = 0;
	gint month = 0;
	gint month_day = 0;
	g_autofree gchar *number = NULL;
	g_autofree gchar *year_text = NULL;

	cm_day_get_ymd(day, &year, &month, &month_day);
	number = format_month_day(month_day);
	year_text = g_strdup_printf("%d", year);
	/* translators: a date: {0} the weekday, {1} the month, {2} the day, {3} the year */
	return cm_report_format(N_("{0}, {1} {2}, {3}"), get_weekday(day), get_month(month), number,
				year_text, NULL);
}

gchar *
cm_dates_format_short(CmDay day)
{
	gint year = 0;
	gint month = 0;
	gint month_day = 0;
	g_autofree gchar *number = NULL;

	cm_day_get_ymd(day, &year, &month, &month_day);
	number = format_month_day(month_day);
	/* translators: a short date: {0} the short month, {1} the day */
	return cm_report_format(N_("{0} {1}"), get_short_month(month), number, NULL);
}

gchar *
cm_dates_format_column(CmDay day)
{
	g_autofree gchar *date = cm_dates_format_short(day);

	return g_strdup_printf("%s %s", get_short_weekday(day), date);
}

gchar *
cm_dates_format_duration(gint64 minutes)
{
	if (minutes < 60)
		return g_strdup_printf("%d min", (gint)minutes);
	if (minutes % 60 == 0)
		return g_strdup_printf("%d h", (gint)(minutes / 60));
	return g_strdup_printf("%d h %02d", (gint)(minutes / 60), (gint)(minutes % 60));
}

CmDay
cm_dates_get_monday(CmDay day)
{
	return day - cm_day_get_weekday(day);
}
