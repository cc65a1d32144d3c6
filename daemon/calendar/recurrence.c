// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/recurrence.h"

#include "daemon/calendar/calendar-feed.h"

#define FIRST_DAY 0 /* 1970-01-01: a recurrence that began before is not understood */

/* the instants at which it does not take place; NULL: not understood */
static GHashTable *
read_exceptions(const CmMomentZones *zones, icalcomponent *event, const CmMoment *start)
{
	g_autoptr(GHashTable) instants =
	    g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

	for (icalproperty *property = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY);
	     property != NULL;
	     property = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY)) {
		CmMoment moment = {0};
		gint64 instant = 0;

		if (!cm_moment_read(zones, property, icalproperty_get_exdate(property), &moment))
			return NULL;
		/* a day alone leaves out what begins on it */
		if (moment.whole_day && !start->whole_day)
			instant = cm_moment_get_instant(start, moment.day);
		else
			instant = cm_moment_get_instant(&moment, moment.day);
		g_hash_table_add(instants, g_memdup2(&instant, sizeof instant));
	}
	return g_steal_pointer(&instants);
}

/* the last instant at which it may begin */
static gint64
read_until(const struct icalrecurrencetype *rule, const CmMoment *start)
{
	struct icaltimetype until = rule->until;
	CmMoment moment = {.zone = icaltime_is_utc(until) ? NULL : start->zone};
	gchar text[48];

	if (icaltime_is_null_time(until))
		return G_MAXINT64;
	g_snprintf(text, sizeof(text), "%04d-%02d-%02d", until.year, until.month, until.day);
	if (!cm_day_parse(text, &moment.day))
		return G_MAXINT64;
	/* a day alone is meant to its end, in the event's zone */
	if (until.is_date) {
		moment.zone = start->zone;
		return cm_moment_get_instant(&moment, moment.day + 1) - 1;
	}
	moment.seconds = until.hour * 3600 + until.minute * 60 + until.second;
	return cm_moment_get_instant(&moment, moment.day);
}

static gboolean
next_day(icalrecur_iterator *iterator, CmDay *out_day)
{
	struct icaltimetype next = icalrecur_iterator_next(iterator);
	gchar text[48];

	if (icaltime_is_null_time(next))
		return FALSE;
	g_snprintf(text, sizeof(text), "%04d-%02d-%02d", next.year, next.month, next.day);
	return cm_day_parse(text, out_day);
}

static CmRecurrenceEnd
visit_rule(const CmMomentZones *zones,
	   icalcomponent *event,
	   struct icalrecurrencetype rule,
	   const CmMoment *start,
	   gint64 horizon,
	   CmRecurrenceVisit visit,
	   gpointer data)
{
	g_autoptr(GHashTable) exceptions = read_exceptions(zones, event, start);
	struct icaltimetype first = icaltime_null_time();
	gint64 until = read_until(&rule, start);
	CmRecurrenceEnd end = CM_RECURRENCE_DONE;
	icalrecur_iterator *iterator = NULL;
	CmDay day = 0;

	if (exceptions == NULL || !cm_calendar_feed_check_rule(&rule) || start->day < FIRST_DAY)
		return CM_RECURRENCE_NOT_UNDERSTOOD;
	cm_day_get_ymd(start->day, &first.year, &first.month, &first.day);
	first.is_date = 1;
	rule.until = icaltime_null_time();
	iterator = icalrecur_iterator_new(rule, first);
	if (iterator == NULL)
		return CM_RECURRENCE_NOT_UNDERSTOOD;
	while (end == CM_RECURRENCE_DONE && next_day(iterator, &day)) {
		gint64 instant = cm_moment_get_instant(start, day);

		if (instant > until || instant >= horizon)
			break;
		if (!visit(day, instant, g_hash_table_contains(exceptions, &instant), data))
			end = CM_RECURRENCE_STOPPED;
	}
	icalrecur_iterator_free(iterator);
	return end;
}

gboolean
cm_recurrence_repeats(icalcomponent *event)
{
	return icalcomponent_count_properties(event, ICAL_RRULE_PROPERTY) > 0 ||
	       icalcomponent_count_properties(event, ICAL_RDATE_PROPERTY) > 0 ||
	       icalcomponent_count_properties(event, ICAL_EXRULE_PROPERTY) > 0;
}

CmRecurrenceEnd
cm_recurrence_visit(const CmMomentZones *zones,
		    icalcomponent *event,
		    const CmMoment *start,
		    gint64 horizon,
		    CmRecurrenceVisit visit,
		    gpointer data)
{
	icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);

	if (icalcomponent_count_properties(event, ICAL_RDATE_PROPERTY) > 0 ||
	    icalcomponent_count_properties(event, ICAL_EXRULE_PROPERTY) > 0 ||
	    icalcomponent_count_properties(event, ICAL_RRULE_PROPERTY) > 1)
		return CM_RECURRENCE_NOT_UNDERSTOOD;
	if (rule != NULL)
		return visit_rule(zones, event, icalproperty_get_rrule(rule), start, horizon, visit,
				  data);
	if (!visit(start->day, cm_moment_get_instant(start, start->day), FALSE, data))
		return CM_RECURRENCE_STOPPED;
	return CM_RECURRENCE_DONE;
}
