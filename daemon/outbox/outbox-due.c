// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/outbox/outbox-due.h"

gboolean
cm_outbox_due_is_urgent(gint64 now, gint64 old_start, gint64 new_start)
{
	return (old_start > now && old_start - now <= CM_OUTBOX_URGENT_SECONDS) ||
	       (new_start > now && new_start - now <= CM_OUTBOX_URGENT_SECONDS);
}

static CmDay
get_day(GTimeZone *zone, gint64 instant)
{
	gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, instant);
	gint64 local = instant + g_time_zone_get_offset(zone, interval);

	return (CmDay)(local >= 0 ? local / 86400 : (local - 86399) / 86400);
}

/* the first instant from `from` on at which the zone's clocks show `minute`, once a day */
static gint64
find_next(GTimeZone *zone, CmMinute minute, gint64 from)
{
	/* a day early: an hour that is skipped is shown later than it is called */
	CmDay day = get_day(zone, from) - 1;
	gint64 found = cm_time_to_utc(day, minute, zone);

	while (found < from)
		found = cm_time_to_utc(++day, minute, zone);
	return found;
}

/* the last one up to `until` */
static gint64
find_last(GTimeZone *zone, CmMinute minute, gint64 until)
{
	CmDay day = get_day(zone, until) + 1;
	gint64 found = cm_time_to_utc(day, minute, zone);

	while (found > until)
		found = cm_time_to_utc(--day, minute, zone);
	return found;
}

gint64
cm_outbox_due_leave_quiet(const CmDueReach *reach, gint64 instant)
{
	/* not by what the clock shows: a clock that is turned back must not make it quiet a second time */
	if (reach->quiet_from == reach->quiet_to ||
	    find_last(reach->zone, reach->quiet_to, instant) >=
		find_last(reach->zone, reach->quiet_from, instant))
		return instant;
	return find_next(reach->zone, reach->quiet_to, instant);
}

gint64
cm_outbox_due_find(const CmDueReach *reach,
		   gint64 queued_at,
		   guint undo,
		   gboolean urgent,
		   gint64 start)
{
	gint64 ready = queued_at + undo;
	gint64 awake = 0;

	if (reach->digest && !urgent)
		return find_next(reach->zone, reach->digest_at, ready);
	awake = cm_outbox_due_leave_quiet(reach, ready);
	if (urgent && start != 0 && start <= awake + CM_OUTBOX_BREAK_QUIET_SECONDS)
		return ready;
	return awake;
}
