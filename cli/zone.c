// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/zone.h"

#include "cli/report.h"
#include "include/cm-time.h"

#include <glib/gi18n.h>

typedef struct {
	CmZoneAsk ask;
	const CmComodalctl *cli;
	GTimeZone *known;
} Clocks;

/* one for the command: whoever formats an hour has no more at hand than the hour */
static Clocks *
get_clocks(void)
{
	static Clocks clocks = {NULL, NULL, NULL};

	return &clocks;
}

void
cm_zone_begin(CmZoneAsk ask, const CmComodalctl *cli)
{
	Clocks *clocks = get_clocks();

	clocks->ask = ask;
	clocks->cli = cli;
}

static GTimeZone *
ask(const Clocks *clocks)
{
	g_autofree gchar *name = clocks->ask != NULL ? clocks->ask(clocks->cli) : NULL;
	GTimeZone *zone = name != NULL ? cm_time_find_zone(name) : NULL;

	if (name != NULL && zone == NULL)
		cm_report_note(N_("This machine does not know the organisation’s time zone, {0}: "
				  "days and hours are by its own clocks."),
			       name, NULL);
	return zone;
}

GTimeZone *
cm_zone_get(void)
{
	Clocks *clocks = get_clocks();

	if (clocks->known == NULL)
		clocks->known = ask(clocks);
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
