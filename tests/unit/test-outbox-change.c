// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/outbox/outbox-change.h"

#define NOW 1000000
#define HOUR 3600

#define NOTHING                                                                                    \
	{                                                                                          \
		FALSE, 0, 0, 0, 0                                                                  \
	}
#define AT(hours, mode, room)                                                                      \
	{                                                                                          \
		TRUE, NOW + (hours)*HOUR, NOW + (hours)*HOUR + 1800, mode, room                    \
	}

static const struct {
	const gchar *what;
	CmChangeSide told;
	CmChangeSide stands;
	CmChangeKind kind;
	gboolean new_time;
} changes[] = {
    {"booked", NOTHING, AT(5, 0, 1), CM_CHANGE_BOOKED, FALSE},
    {"booked and cancelled before anybody was told", NOTHING, NOTHING, CM_CHANGE_NONE, FALSE},
    {"moved there and back", AT(5, 0, 1), AT(5, 0, 1), CM_CHANGE_NONE, FALSE},
    {"another hour", AT(5, 0, 1), AT(6, 0, 1), CM_CHANGE_MOVED, TRUE},
    {"another mode", AT(5, 0, 1), AT(5, 1, 0), CM_CHANGE_MOVED, FALSE},
    {"another room", AT(5, 0, 1), AT(5, 0, 2), CM_CHANGE_MOVED, FALSE},
    {"cancelled", AT(5, 0, 1), NOTHING, CM_CHANGE_CANCELLED, FALSE},
    {"over before anybody was told", NOTHING, AT(-2, 0, 1), CM_CHANGE_NONE, FALSE},
    {"cancelled once it is over", AT(-2, 0, 1), NOTHING, CM_CHANGE_NONE, FALSE},
    {"under way", NOTHING, {TRUE, NOW - 60, NOW + 60, 0, 0}, CM_CHANGE_BOOKED, FALSE},
    {"what was to be tomorrow was yesterday", AT(24, 0, 1), AT(-24, 0, 1), CM_CHANGE_MOVED, TRUE},
    {"what is over is put off", AT(-24, 0, 1), AT(24, 0, 1), CM_CHANGE_MOVED, TRUE},
};

static void
test_outbox_change_find(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
		CmChange change = cm_outbox_change_find(&changes[i].told, &changes[i].stands, NOW);

		g_test_message("%s: %s", changes[i].what, cm_outbox_change_to_string(change.kind));
		g_assert_cmpint(change.kind, ==, changes[i].kind);
		g_assert_cmpint(change.new_time, ==, changes[i].new_time);
	}
}

/* longer by a quarter of an hour, from the same start */
static void
test_outbox_change_length(void)
{
	CmChangeSide told = AT(5, 0, 1);
	CmChangeSide stands = told;
	CmChange change = {0};

	stands.end_utc += 900;
	change = cm_outbox_change_find(&told, &stands, NOW);
	g_assert_cmpint(change.kind, ==, CM_CHANGE_MOVED);
	g_assert_true(change.new_time);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/outbox-change/find", test_outbox_change_find);
	g_test_add_func("/outbox-change/length", test_outbox_change_length);
	return g_test_run();
}
