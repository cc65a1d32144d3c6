// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/outbox/outbox-due.h"

#define UNDO 120

typedef struct {
	const gchar *what;
	const gchar *zone;
	gboolean daily;
	const gchar *quiet; /* "20:00-07:00", NULL: never */
	const gchar *digest;
	const gchar *queued; /* civil, in UTC */
	gboolean urgent;
	const gchar *start; /* UTC, NULL: nothing */
	const gchar *due;   /* UTC */
} DueCase;

static const DueCase due_cases[] = {
    {"at once, after the delay", "America/Toronto", FALSE, "20:00-07:00", "17:00",
     "2026-10-05T14:00:00Z", FALSE, NULL, "2026-10-05T14:02:00Z"},
    {"quiet over midnight, before it", "America/Toronto", FALSE, "20:00-07:00", "17:00",
     "2026-10-06T01:00:00Z", FALSE, NULL, "2026-10-06T11:00:00Z"},
    {"quiet over midnight, after it", "America/Toronto", FALSE, "20:00-07:00", "17:00",
     "2026-10-06T06:00:00Z", FALSE, NULL, "2026-10-06T11:00:00Z"},
    {"the delay leads into quiet hours", "America/Toronto", FALSE, "20:00-07:00", "17:00",
     "2026-10-05T23:59:00Z", FALSE, NULL, "2026-10-06T11:00:00Z"},
    {"the delay leads out of quiet hours", "America/Toronto", FALSE, "20:00-07:00", "17:00",
     "2026-10-06T10:59:00Z", FALSE, NULL, "2026-10-06T11:01:00Z"},
    {"quiet hours end at their end", "America/Toronto", FALSE, "20:00-07:00", "17:00",
     "2026-10-06T10:58:00Z", FALSE, NULL, "2026-10-06T11:00:00Z"},
    {"quiet within a day", "America/Toronto", FALSE, "12:00-13:00", "17:00", "2026-10-05T16:30:00Z",
     FALSE, NULL, "2026-10-05T17:00:00Z"},
    {"never quiet", "America/Toronto", FALSE, NULL, "17:00", "2026-10-06T06:00:00Z", FALSE, NULL,
     "2026-10-06T06:02:00Z"},
    {"digest the same day", "America/Toronto", TRUE, "20:00-07:00", "17:00", "2026-10-05T14:00:00Z",
     FALSE, NULL, "2026-10-05T21:00:00Z"},
    {"digest the next day", "America/Toronto", TRUE, "20:00-07:00", "17:00", "2026-10-05T21:00:01Z",
     FALSE, NULL, "2026-10-06T21:00:00Z"},
    {"digest: the delay counts", "America/Toronto", TRUE, "20:00-07:00", "17:00",
     "2026-10-05T20:59:00Z", FALSE, NULL, "2026-10-06T21:00:00Z"},
    {"digest in another zone", "America/Halifax", TRUE, "20:00-07:00", "17:00",
     "2026-10-05T14:00:00Z", FALSE, NULL, "2026-10-05T20:00:00Z"},
    {"digest in quiet hours, as it was asked for", "America/Toronto", TRUE, "20:00-07:00", "21:00",
     "2026-10-05T14:00:00Z", FALSE, NULL, "2026-10-06T01:00:00Z"},
    /* clocks: 2026-11-01 from -4 to -5 at 06:00Z; 2027-03-14 from -5 to -4 at 07:00Z */
    {"digest after the clock went back", "America/Toronto", TRUE, "20:00-07:00", "17:00",
     "2026-10-31T22:00:00Z", FALSE, NULL, "2026-11-01T22:00:00Z"},
    {"digest at an hour that comes twice: once", "America/Toronto", TRUE, "20:00-07:00", "01:30",
     "2026-11-01T05:40:00Z", FALSE, NULL, "2026-11-02T06:30:00Z"},
    {"digest at an hour that is skipped", "America/Toronto", TRUE, "20:00-07:00", "02:30",
     "2027-03-14T05:00:00Z", FALSE, NULL, "2027-03-14T07:30:00Z"},
    {"quiet until an hour that comes twice: once", "America/Toronto", FALSE, "20:00-01:30", "17:00",
     "2026-11-01T06:00:00Z", FALSE, NULL, "2026-11-01T06:02:00Z"},
    {"quiet hours are an hour longer in autumn", "America/Toronto", FALSE, "20:00-07:00", "17:00",
     "2026-11-01T02:00:00Z", FALSE, NULL, "2026-11-01T12:00:00Z"},
    {"a zone without summer time", "America/Blanc-Sablon", TRUE, "20:00-07:00", "17:00",
     "2026-07-05T14:00:00Z", FALSE, NULL, "2026-07-05T21:00:00Z"},
    {"urgent does not wait for the digest", "America/Toronto", TRUE, "20:00-07:00", "17:00",
     "2026-10-05T14:00:00Z", TRUE, "2026-10-06T18:00:00Z", "2026-10-05T14:02:00Z"},
    {"urgent waits for the morning when there is time", "America/Toronto", TRUE, "20:00-07:00",
     "17:00", "2026-10-06T03:00:00Z", TRUE, "2026-10-06T13:00:01Z", "2026-10-06T11:00:00Z"},
    {"urgent wakes when there is none", "America/Toronto", TRUE, "20:00-07:00", "17:00",
     "2026-10-06T03:00:00Z", TRUE, "2026-10-06T13:00:00Z", "2026-10-06T03:02:00Z"},
    {"urgent without a start waits for the morning", "America/Toronto", TRUE, "20:00-07:00",
     "17:00", "2026-10-06T03:00:00Z", TRUE, NULL, "2026-10-06T11:00:00Z"},
};

static gint64
instant(const gchar *text)
{
	g_autoptr(GDateTime) time = text != NULL ? g_date_time_new_from_iso8601(text, NULL) : NULL;

	return time != NULL ? g_date_time_to_unix(time) : 0;
}

static void
read_reach(const DueCase *given, CmDueReach *reach)
{
	reach->zone = g_time_zone_new_identifier(given->zone);
	reach->digest = given->daily;
	g_assert_nonnull(reach->zone);
	g_assert_true(cm_minute_parse(given->digest, &reach->digest_at));
	if (given->quiet != NULL) {
		g_auto(GStrv) parts = g_strsplit(given->quiet, "-", 2);

		g_assert_true(cm_minute_parse(parts[0], &reach->quiet_from));
		g_assert_true(cm_minute_parse(parts[1], &reach->quiet_to));
	}
}

static void
test_outbox_due_find(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(due_cases); i++) {
		const DueCase *given = &due_cases[i];
		CmDueReach reach = {0};
		gint64 due = 0;

		read_reach(given, &reach);
		due = cm_outbox_due_find(&reach, instant(given->queued), UNDO, given->urgent,
					 instant(given->start));
		g_test_message("%s: %+" G_GINT64_FORMAT " s", given->what,
			       due - instant(given->due));
		g_assert_cmpint(due, ==, instant(given->due));
		g_time_zone_unref(reach.zone);
	}
}

/* whatever the hour: never before the delay, never in quiet hours, never more than a day and an hour late */
static void
test_outbox_due_bounds(void)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("America/Toronto");
	CmDueReach reach = {zone, TRUE, 17 * 60, 20 * 60, 7 * 60};
	gint64 from = instant("2026-10-31T00:00:00Z");

	for (gint64 queued = from; queued < from + 3 * 86400; queued += 613) {
		gint64 due = cm_outbox_due_find(&reach, queued, UNDO, FALSE, 0);

		g_assert_cmpint(due, >=, queued + UNDO);
		g_assert_cmpint(due, <=, queued + UNDO + 25 * 3600);
		reach.digest = FALSE;
		due = cm_outbox_due_find(&reach, queued, UNDO, FALSE, 0);
		reach.digest = TRUE;
		g_assert_cmpint(due, >=, queued + UNDO);
		g_assert_cmpint(due, ==, cm_outbox_due_leave_quiet(&reach, due));
	}
}

static void
test_outbox_due_urgent(void)
{
	const gint64 now = 1000000;

	g_assert_true(cm_outbox_due_is_urgent(now, 0, now + CM_OUTBOX_URGENT_SECONDS));
	g_assert_false(cm_outbox_due_is_urgent(now, 0, now + CM_OUTBOX_URGENT_SECONDS + 1));
	/* moved away from tomorrow: whoever would come is told */
	g_assert_true(cm_outbox_due_is_urgent(now, now + 3600, now + 900000));
	/* what has begun is told with the rest */
	g_assert_false(cm_outbox_due_is_urgent(now, now - 3600, 0));
	g_assert_false(cm_outbox_due_is_urgent(now, 0, 0));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/outbox-due/find", test_outbox_due_find);
	g_test_add_func("/outbox-due/bounds", test_outbox_due_bounds);
	g_test_add_func("/outbox-due/urgent", test_outbox_due_urgent);
	return g_test_run();
}
