// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/zone.h"

#include "cli/client.h"
#include "cli/report.h"

#include <glib/gi18n.h>

typedef struct {
	const CmComodalctl *asked;
	GTimeZone *known;
} Clocks;

/* one for the command: whoever formats an hour has no more at hand than the hour */
static Clocks *
get_clocks(void)
{
	static Clocks clocks = {NULL, NULL};

	return &clocks;
}

void
cm_zone_begin(const CmComodalctl *cli)
{
	get_clocks()->asked = cli;
}

/* NULL when nobody answers: the command itself says so, if it needs an answer */
static GTimeZone *
ask(const CmComodalctl *asked)
{
	g_autoptr(GDBusConnection) bus = asked != NULL ? cm_client_connect(asked, NULL) : NULL;
	g_autoptr(CmDBusManager) manager = bus != NULL ? cm_client_get_manager(bus, NULL) : NULL;
	g_autofree gchar *name = NULL;
	GTimeZone *zone = NULL;

	if (manager == NULL || !cm_dbus_manager_call_get_zone_sync(manager, &name, NULL, NULL))
		return NULL;
	zone = g_time_zone_new_identifier(name);
	if (zone == NULL)
		cm_report_note(N_("This machine does not know the organisation’s time zone, {0}: "
				  "days and hours are "
				  "by its own clocks."),
			       name, NULL);
	return zone;
}

GTimeZone *
cm_zone_get(void)
{
	Clocks *clocks = get_clocks();

	if (clocks->known == NULL)
		clocks->known = ask(clocks->asked);
	if (clocks->known == NULL)
		clocks->known = g_time_zone_new_local();
	return clocks->known;
}

GDateTime *
cm_zone_make_time(gint64 instant)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant);

	return utc != NULL ? g_date_time_to_timezone(utc, cm_zone_get()) : NULL;
}

GDateTime *
cm_zone_get_now(void)
{
	return g_date_time_new_now(cm_zone_get());
}
