// SPDX-License-Identifier: GPL-3.0-or-later
#include "include/cm-time.h"

#include <stdio.h>
#include <string.h>

/* GDate counts days from 1 = 0001-01-01; this is 1970-01-01 */
#define JULIAN_OF_EPOCH 719163

static gboolean
parse_digits(const gchar *text, guint count, gint *out_value)
{
	gint value = 0;

	for (guint i = 0; i < count; i++) {
		if (!g_ascii_isdigit(text[i]))
			return FALSE;
		value = value * 10 + (text[i] - '0');
	}
	*out_value = value;
	return TRUE;
}

gboolean
cm_day_parse(const gchar *text, CmDay *out_day)
{
	gint year = 0;
	gint month = 0;
	gint day = 0;
	GDate date;

	if (text == NULL || strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return FALSE;
	if (!parse_digits(text, 4, &year) || !parse_digits(text + 5, 2, &month) ||
	    !parse_digits(text + 8, 2, &day))
		return FALSE;
	if (year < 1900 || year > 2199 ||
	    !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
		return FALSE;
	g_date_clear(&date, 1);
	g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
	*out_day = (CmDay)g_date_get_julian(&date) - JULIAN_OF_EPOCH;
	return TRUE;
}

void
cm_day_get_ymd(CmDay day, gint *out_year, gint *out_month, gint *out_day)
{
	GDate date;

	g_date_clear(&date, 1);
	g_date_set_julian(&date, (guint32)(day + JULIAN_OF_EPOCH));
	*out_year = g_date_get_year(&date);
	*out_month = (gint)g_date_get_month(&date);
	*out_day = g_date_get_day(&date);
}

gchar *
cm_day_format(CmDay day, gchar buffer[CM_DAY_TEXT_SIZE])
{
	gint year = 0;
	gint month = 0;
	gint month_day = 0;

	cm_day_get_ymd(day, &year, &month, &month_day);
	g_snprintf(buffer, CM_DAY_TEXT_SIZE, "%04d-%02d-%02d", year, month, month_day);
	return buffer;
}

gint
cm_day_get_weekday(CmDay day)
{
	/* 1970-01-01 was a Thursday */
	return (gint)(((day + 3) % CM_DAYS_PER_WEEK + CM_DAYS_PER_WEEK) % CM_DAYS_PER_WEEK);
}

gint
cm_day_get_age(CmDay birth, CmDay day)
{
	gint birth_year = 0;
	gint birth_month = 0;
	gint birth_day = 0;
	gint year = 0;
	gint month = 0;
	gint month_day = 0;
	gboolean before_birthday;

	cm_day_get_ymd(birth, &birth_year, &birth_month, &birth_day);
	cm_day_get_ymd(day, &year, &month, &month_day);
	before_birthday = month < birth_month || (month == birth_month && month_day < birth_day);
	return year - birth_year - (before_birthday ? 1 : 0);
}

gboolean
cm_minute_parse(const gchar *text, CmMinute *out_minute)
{
	gint hour = 0;
	gint minute = 0;

	if (text == NULL || strlen(text) != 5 || text[2] != ':')
		return FALSE;
	if (!parse_digits(text, 2, &hour) || !parse_digits(text + 3, 2, &minute))
		return FALSE;
	if (hour > 23 || minute > 59)
		return FALSE;
	*out_minute = (CmMinute)(hour * 60 + minute);
	return TRUE;
}

gchar *
cm_minute_format(CmMinute minute, gchar buffer[CM_MINUTE_TEXT_SIZE])
{
	g_snprintf(buffer, CM_MINUTE_TEXT_SIZE, "%02d:%02d", (minute / 60) % 100, minute % 60);
	return buffer;
}

/* The zone's offset that holds at an instant. */
static gint64
offset_at(GTimeZone *zone, gint64 utc)
{
	return g_time_zone_get_offset(zone,
				      g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, utc));
}

GTimeZone *
cm_time_find_zone(const gchar *name)
{
	if (!g_ascii_isalpha(name[0]) ||
	    strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_+-/") != strlen(name))
		return NULL;
	return g_time_zone_new_identifier(name);
}

CmDay
cm_time_get_day(gint64 instant, GTimeZone *zone)
{
	gint64 local = instant + offset_at(zone, instant);

	return (CmDay)(local >= 0 ? local / 86400 : (local - 86399) / 86400);
}

gint64
cm_time_to_utc(CmDay day, CmMinute minute, GTimeZone *zone)
{
	gint64 local = (gint64)day * 86400 + (gint64)minute * 60;
	/* offsets change by hours, never by a day: a day earlier has the offset before any change
	 * near `local` */
	gint64 before = offset_at(zone, local - 86400 - offset_at(zone, local));
	gint64 after = offset_at(zone, local + 86400 - offset_at(zone, local));
	gint64 first = local - before;
	gint64 second = local - after;

	/* with the offset before the change, the time falls before it: the first occurrence, or the
	 * only one */
	if (offset_at(zone, first) == before)
		return first;
	if (offset_at(zone, second) == after)
		return second;
	/* it occurs with neither: the gap of spring */
	return first;
}
