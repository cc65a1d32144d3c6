// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-place.h"

#include "include/cm-error.h"
#include "tests/lib/file-calls.h"

#include <errno.h>
#include <glib/gstdio.h>

/* What one agent alone has: each of the two locks, and what is said where there can be none. */

typedef struct {
	gchar *folder;
	gchar *sockets[2];
	gchar *keys[2];
	CmAgentPlace places[2];
} Two;

static void
two_set_up(Two *two, gconstpointer data)
{
	two->folder = g_dir_make_tmp("comodal-XXXXXX", NULL);
	for (guint i = 0; i < 2; i++) {
		g_autofree gchar *socket = g_strdup_printf("agent-%u", i);
		g_autofree gchar *keys = g_strdup_printf("keys-%u", i);

		two->sockets[i] = g_build_filename(two->folder, socket, NULL);
		two->keys[i] = g_build_filename(two->folder, keys, NULL);
		two->places[i] = (CmAgentPlace)CM_AGENT_PLACE_INIT;
	}
}

static void
two_tear_down(Two *two, gconstpointer data)
{
	file_calls_get()->lock_refusal = 0;
	for (guint i = 0; i < 2; i++) {
		g_autofree gchar *beside = g_strconcat(two->sockets[i], ".lock", NULL);
		g_autofree gchar *inside =
		    g_build_filename(two->keys[i], CM_AGENT_PLACE_LOCK, NULL);

		cm_agent_place_clear(&two->places[i]);
		(void)g_unlink(beside);
		(void)g_unlink(inside);
		(void)g_rmdir(two->keys[i]);
		g_free(two->sockets[i]);
		g_free(two->keys[i]);
	}
	g_assert_cmpint(g_rmdir(two->folder), ==, 0);
	g_free(two->folder);
}

/* of the system's bus, which is asked for at each call */
static gboolean
take(Two *two, guint which, guint socket, guint keys, GError **error)
{
	const CmAgentSettings settings = {.socket = two->sockets[socket],
					  .folder = two->keys[keys]};

	return cm_agent_place_take(&two->places[which], &settings, error);
}

static void
test_one_at_a_time(Two *two, gconstpointer data)
{
	const guint other[][2] = {{0, 1}, {1, 0}};

	g_assert_true(take(two, 0, 0, 0, NULL));
	for (guint i = 0; i < G_N_ELEMENTS(other); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(take(two, 1, other[i][0], other[i][1], &error));
		g_assert_true(cm_error_is(error, CM_ERROR_EXISTS));
		cm_agent_place_clear(&two->places[1]);
	}
	/* another's, beside it; and the first's, once that is gone */
	g_assert_true(take(two, 1, 1, 1, NULL));
	cm_agent_place_clear(&two->places[0]);
	g_assert_true(take(two, 0, 0, 0, NULL));
}

/* a file system without locks is no other agent */
static void
test_no_locks(Two *two, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	file_calls_get()->lock_refusal = ENOLCK;
	g_assert_false(take(two, 0, 0, 0, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_FAILED));
	g_assert_nonnull(strstr(error->message, g_strerror(ENOLCK)));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/agent-place/one-at-a-time", Two, NULL, two_set_up, test_one_at_a_time,
		   two_tear_down);
	g_test_add("/agent-place/no-locks", Two, NULL, two_set_up, test_no_locks, two_tear_down);
	return g_test_run();
}
