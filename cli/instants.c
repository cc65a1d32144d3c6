// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/instants.h"

#include "cli/zone.h"
#include "include/cm-time.h"

gchar *
cm_instants_format(JsonObject *document, gint64 instant)
{
	const gchar *name = cm_json_get_string(document, "zone");
	g_autoptr(GTimeZone) zone = name != NULL ? cm_time_find_zone(name) : NULL;
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant);
	g_autoptr(GDateTime) time = NULL;

	if (utc != NULL)
		time = g_date_time_to_timezone(utc, zone != NULL ? zone : cm_zone_get());
	return time != NULL ? g_date_time_format(time, "%Y-%m-%d %H:%M") : g_strdup("?");
}
