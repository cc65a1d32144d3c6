// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-day.h"

#define EVENING 1795397400 /* 2026-11-23, 01:30 in UTC */

static void
test_zone(void)
{
	g_autoptr(GTimeZone) school = g_time_zone_new_identifier("America/Toronto");
	g_autoptr(GTimeZone) far = g_time_zone_new_identifier("Asia/Tokyo");

	g_assert_cmpuint(cm_agent_day_of(EVENING, school), ==, 20261122);
	g_assert_cmpuint(cm_agent_day_of(EVENING, far), ==, 20261123);
}

static void
test_no_day(void)
{
	g_assert_cmpuint(cm_agent_day_of(G_MAXINT64, NULL), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent-day/zone", test_zone);
	g_test_add_func("/agent-day/no-day", test_no_day);
	return g_test_run();
}
