// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/vtimezone.h"

#include "daemon/calendar/zone-name.h"
#include "include/cm-error.h"
#include "include/cm-time.h"

#include <glib/gi18n.h>

#define SECONDS_PER_DAY 86400
#define FIRST_YEAR 2007 /* of the observances: North America's rules are of then */
#define CHECKED_YEARS 6 /* that the rule must hold */

/* a change of the clock, as it is in one year */
typedef struct {
	gint64 from; /* offsets, in seconds */
	gint64 to;
	gchar name[16]; /* of what begins: "EDT" */
	gint second;    /* of the day, by the clock that ends */
	gint month;
	gint weekday; /* 0 is Monday */
	gint nth;     /* in its month, from 1 */
	gboolean last;
} Change;

static CmDay
day_of(gint year, gint month, gint day)
{
	gchar text[48];
	CmDay result = 0;

	g_snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
	return cm_day_parse(text, &result) ? result : CM_DAY_NONE;
}

static gint64
offset_at(GTimeZone *zone, gint64 instant)
{
	return g_time_zone_get_offset(
	    zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, instant));
}

/* the first instant of another offset than at `low`; that of `high` is another */
static gint64
find_change(GTimeZone *zone, gint64 low, gint64 high)
{
	gint64 offset = offset_at(zone, low);

	while (high - low > 1) {
		gint64 middle = low + (high - low) / 2;

		if (offset_at(zone, middle) == offset)
			low = middle;
		else
			high = middle;
	}
	return high;
}

static void
change_read(GTimeZone *zone, gint64 instant, Change *out_change)
{
	gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, instant);
	gint64 from = offset_at(zone, instant - 1);
	gint64 local = instant + from;
	CmDay day = (CmDay)(local / SECONDS_PER_DAY);
	gint year = 0;
	gint month_day = 0;

	out_change->from = from;
	out_change->to = g_time_zone_get_offset(zone, interval);
	g_strlcpy(out_change->name, g_time_zone_get_abbreviation(zone, interval),
		  sizeof(out_change->name));
	out_change->second = (gint)(local % SECONDS_PER_DAY);
	cm_day_get_ymd(day, &year, &out_change->month, &month_day);
	out_change->weekday = cm_day_get_weekday(day);
	out_change->nth = (month_day - 1) / CM_DAYS_PER_WEEK + 1;
	out_change->last =
	    day_of(year, out_change->month, month_day + CM_DAYS_PER_WEEK) == CM_DAY_NONE;
}

/* Returns: how many there are, G_MAXUINT for more than two */
static guint
read_year(GTimeZone *zone, gint year, Change out_changes[2])
{
	gint64 first = (gint64)day_of(year, 1, 1) * SECONDS_PER_DAY;
	gint64 end = (gint64)day_of(year + 1, 1, 1) * SECONDS_PER_DAY;
	guint count = 0;

	for (gint64 at = first; at < end; at += SECONDS_PER_DAY) {
		if (offset_at(zone, at) == offset_at(zone, at + SECONDS_PER_DAY))
			continue;
		if (count == 2)
			return G_MAXUINT;
		change_read(zone, find_change(zone, at, at + SECONDS_PER_DAY),
			    &out_changes[count++]);
	}
	return count;
}

/* Narrow what is said of a change by what it is in another year. FALSE: it is another. */
static gboolean
change_agrees(Change *change, const Change *other)
{
	gboolean same_nth = change->nth == other->nth && change->nth < 5;

	if (change->from != other->from || change->to != other->to ||
	    change->second != other->second || change->month != other->month ||
	    change->weekday != other->weekday)
		return FALSE;
	change->last = change->last && other->last;
	if (!same_nth)
		change->nth = 5;
	return same_nth || change->last;
}

/* Returns: how many changes the zone has in each year; G_MAXUINT: there is no rule */
static guint
read_rules(GTimeZone *zone, gint year, Change out_changes[2])
{
	guint count = read_year(zone, year, out_changes);

	for (gint other = year + 1; count != G_MAXUINT && other <= year + CHECKED_YEARS; other++) {
		Change changes[2];

		if (read_year(zone, other, changes) != count)
			return G_MAXUINT;
		for (guint i = 0; i < count; i++) {
			if (!change_agrees(&out_changes[i], &changes[i]))
				return G_MAXUINT;
		}
	}
	/* one change a year only would not come back */
	return count == 1 ? G_MAXUINT : count;
}

/* the day on which a change is in the first year */
static CmDay
change_get_first_day(const Change *change)
{
	CmDay first = day_of(FIRST_YEAR, change->month, 1);
	gint gap =
	    (change->weekday - cm_day_get_weekday(first) + CM_DAYS_PER_WEEK) % CM_DAYS_PER_WEEK;
	CmDay day = first + gap + (change->nth - 1) * CM_DAYS_PER_WEEK;
	gint year = 0;
	gint month = 0;
	gint month_day = 0;

	if (change->nth < 5)
		return day;
	cm_day_get_ymd(day, &year, &month, &month_day);
	return month == change->month ? day : day - CM_DAYS_PER_WEEK;
}

static void
add_observance(icalcomponent *component,
	       icalcomponent_kind kind,
	       gint64 from,
	       gint64 to,
	       const gchar *name,
	       const Change *change)
{
	icalcomponent *observance = icalcomponent_new(kind);
	CmDay day = change != NULL ? change_get_first_day(change) : day_of(FIRST_YEAR, 1, 1);
	gint64 local = (gint64)day * SECONDS_PER_DAY + (change != NULL ? change->second : 0);
	struct icalrecurrencetype rule;

	icalcomponent_add_property(
	    observance,
	    icalproperty_new_dtstart(icaltime_from_timet_with_zone((time_t)local, 0, NULL)));
	icalcomponent_add_property(observance, icalproperty_new_tzoffsetfrom((int)from));
	icalcomponent_add_property(observance, icalproperty_new_tzoffsetto((int)to));
	icalcomponent_add_property(observance, icalproperty_new_tzname(name));
	if (change != NULL) {
		/* libical counts from Sunday, as 1; a place in the month is by eights */
		gint weekday = (change->weekday + 1) % CM_DAYS_PER_WEEK + 1;

		icalrecurrencetype_clear(&rule);
		rule.freq = ICAL_YEARLY_RECURRENCE;
		rule.by_month[0] = (short)change->month;
		rule.by_day[0] =
		    (short)(change->nth < 5 ? change->nth * 8 + weekday : -(8 + weekday));
		icalcomponent_add_property(observance, icalproperty_new_rrule(rule));
	}
	icalcomponent_add_component(component, observance);
}

static void
add_change(icalcomponent *component, const Change *change)
{
	add_observance(component,
		       change->to > change->from ? ICAL_XDAYLIGHT_COMPONENT
						 : ICAL_XSTANDARD_COMPONENT,
		       change->from, change->to, change->name, change);
}

static icalcomponent *
make_component(GTimeZone *zone, const gchar *name, gint year, const Change changes[2], guint count)
{
	icalcomponent *component = icalcomponent_new(ICAL_VTIMEZONE_COMPONENT);
	gint64 instant = (gint64)day_of(year, 1, 1) * SECONDS_PER_DAY;
	gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, instant);
	gint64 offset = g_time_zone_get_offset(zone, interval);

	icalcomponent_add_property(component, icalproperty_new_tzid(name));
	if (count == 0)
		add_observance(component, ICAL_XSTANDARD_COMPONENT, offset, offset,
			       g_time_zone_get_abbreviation(zone, interval), NULL);
	for (guint i = 0; i < count; i++)
		add_change(component, &changes[i]);
	return component;
}

icalcomponent *
cm_vtimezone_new(const gchar *name, gint year, GError **error)
{
	g_autoptr(GTimeZone) zone = cm_zone_name_open(name);
	Change changes[2] = {0};
	guint count = 0;

	if (zone == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The time zone “{0}” is not known here."), name, NULL);
		return NULL;
	}
	count = read_rules(zone, CLAMP(year, FIRST_YEAR, 2150), changes);
	if (count == G_MAXUINT) {
		cm_error_set(error, CM_ERROR_NOT_SUPPORTED,
			     N_("The clocks of the time zone “{0}” follow no yearly rule, which a "
				"series needs."),
			     name, NULL);
		return NULL;
	}
	return make_component(zone, name, year, changes, count);
}
