// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-day.h"

guint32
cm_agent_day_of(gint64 instant, GTimeZone *zone)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant);
	g_autoptr(GDateTime) when = NULL;

	if (utc != NULL)
		when =
		    zone != NULL ? g_date_time_to_timezone(utc, zone) : g_date_time_to_local(utc);
	if (when == NULL)
		return 0;
	return (guint32)(g_date_time_get_year(when) * 10000 + g_date_time_get_month(when) * 100 +
			 g_date_time_get_day_of_month(when));
}
