// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/busy-windows.h"

#include "daemon/bus/clock.h"

void
cm_busy_windows_add(const CmStoreBusy *busy, GTimeZone *zone, GArray *windows)
{
	g_autoptr(GDateTime) start_utc = g_date_time_new_from_unix_utc(busy->start_utc);
	g_autoptr(GDateTime) end_utc = g_date_time_new_from_unix_utc(busy->end_utc);
	g_autoptr(GDateTime) start =
	    start_utc != NULL ? g_date_time_to_timezone(start_utc, zone) : NULL;
	g_autoptr(GDateTime) end = end_utc != NULL ? g_date_time_to_timezone(end_utc, zone) : NULL;
	CmDay first = 0;
	CmDay last = 0;

	if (start == NULL || end == NULL)
		return;
	first = cm_clock_get_day(busy->start_utc, zone);
	last = cm_clock_get_day(busy->end_utc, zone);
	for (CmDay date = first; date <= last; date++) {
		gint to = g_date_time_get_hour(end) * 60 + g_date_time_get_minute(end) +
			  (g_date_time_get_second(end) > 0 ? 1 : 0);
		CmBusy day = {.kind = CM_RESOURCE_PROFESSIONAL,
			      .date = date,
			      .window = {.from = 0, .to = CM_MINUTES_PER_DAY}};

		if (date == first)
			day.window.from = (CmMinute)(g_date_time_get_hour(start) * 60 +
						     g_date_time_get_minute(start));
		if (date == last)
			day.window.to = (CmMinute)to;
		if (day.window.from < day.window.to)
			g_array_append_val(windows, day);
	}
}
