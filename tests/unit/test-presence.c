// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/presence.h"

static void
on_left(const gchar *token, guint64 visit, gpointer user_data)
{
	g_string_append_printf(user_data, "%s:%" G_GUINT64_FORMAT " ", token, visit);
}

static gchar *
sweep(CmPresence *presence, gint64 now)
{
	GString *left = g_string_new(NULL);

	cm_presence_sweep(presence, now, on_left, left);
	return g_string_free(left, FALSE);
}

static void
assert_swept(CmPresence *presence, gint64 now, const gchar *expected)
{
	g_autofree gchar *left = sweep(presence, now);

	g_assert_cmpstr(left, ==, expected);
}

/* who waits and is not heard of any more has left, once */
static void
test_presence_leaves(void)
{
	g_autoptr(CmPresence) presence = cm_presence_new();

	cm_presence_saw(presence, "a", 1, 7, 0);
	cm_presence_saw(presence, "b", 1, 0, 0);
	cm_presence_saw(presence, "a", 2, 8, 100);
	assert_swept(presence, CM_PRESENCE_GRACE_SECONDS, "");
	assert_swept(presence, CM_PRESENCE_GRACE_SECONDS + 1, "a:7 ");
	g_assert_cmpuint(cm_presence_get_size(presence), ==, 1);
	assert_swept(presence, CM_PRESENCE_GRACE_SECONDS + 101, "a:8 ");
	assert_swept(presence, CM_PRESENCE_GRACE_SECONDS + 1000, "");
}

/* a socket keeps them, and the grace begins when the last one is closed */
static void
test_presence_sockets(void)
{
	g_autoptr(CmPresence) presence = cm_presence_new();

	cm_presence_saw(presence, "a", 1, 7, 0);
	cm_presence_count(presence, "a", 1, 1, 0);
	cm_presence_count(presence, "a", 1, 1, 0);
	cm_presence_count(presence, "a", 1, -1, 10);
	assert_swept(presence, 5000, "");
	cm_presence_count(presence, "a", 1, -1, 5000);
	/* one too many is nothing */
	cm_presence_count(presence, "a", 1, -1, 5000);
	assert_swept(presence, 5000 + CM_PRESENCE_GRACE_SECONDS, "");
	assert_swept(presence, 5001 + CM_PRESENCE_GRACE_SECONDS, "a:7 ");
}

/* who was let in, or said that they leave, does not leave once more */
static void
test_presence_inside(void)
{
	g_autoptr(CmPresence) presence = cm_presence_new();

	cm_presence_saw(presence, "a", 1, 7, 0);
	cm_presence_saw(presence, "a", 1, 0, 1);
	assert_swept(presence, 1000, "");
	g_assert_cmpuint(cm_presence_get_size(presence), ==, 0);
}

static void
test_presence_knows(void)
{
	g_autoptr(CmPresence) presence = cm_presence_new();

	cm_presence_saw(presence, "a", 1, 0, 0);
	g_assert_true(cm_presence_knows(presence, "a", 1, CM_PRESENCE_GRACE_SECONDS));
	g_assert_false(cm_presence_knows(presence, "a", 1, CM_PRESENCE_GRACE_SECONDS + 1));
	g_assert_false(cm_presence_knows(presence, "a", 2, 0));
	g_assert_false(cm_presence_knows(presence, "b", 1, 0));
}

static void
test_presence_bounds(void)
{
	g_autoptr(CmPresence) presence = cm_presence_new();

	for (guint64 i = 0; i < CM_PRESENCE_MAX + 10; i++)
		cm_presence_saw(presence, "a", i, 1, 0);
	g_assert_cmpuint(cm_presence_get_size(presence), ==, CM_PRESENCE_MAX);
	/* not known, and no harm */
	cm_presence_count(presence, "a", CM_PRESENCE_MAX + 5, 1, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/presence/leaves", test_presence_leaves);
	g_test_add_func("/presence/sockets", test_presence_sockets);
	g_test_add_func("/presence/inside", test_presence_inside);
	g_test_add_func("/presence/knows", test_presence_knows);
	g_test_add_func("/presence/bounds", test_presence_bounds);
	return g_test_run();
}
