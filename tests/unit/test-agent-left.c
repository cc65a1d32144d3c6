// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-left.h"
#include "include/cm-error.h"

#include <gio/gio.h>

/* Which errors leave one file out, and which stop them all. */

static void
test_is_one(void)
{
	static const gboolean one[CM_ERROR_LAST] = {
	    [CM_ERROR_INVALID_INPUT] = TRUE, [CM_ERROR_NOT_FOUND] = TRUE,
	    [CM_ERROR_ACCESS_DENIED] = TRUE, [CM_ERROR_STORE] = TRUE,
	    [CM_ERROR_NOT_SUPPORTED] = TRUE,
	};

	for (gint code = 0; code < CM_ERROR_LAST; code++) {
		g_autoptr(GError) error = g_error_new_literal(CM_ERROR, code, "it");

		g_assert_cmpint(cm_agent_left_is_one(error), ==, one[code]);
	}
	g_assert_false(cm_agent_left_is_one(NULL));
}

static void
test_of_others(void)
{
	g_autoptr(GError) gone =
	    g_error_new_literal(G_IO_ERROR, (gint)CM_ERROR_STORE, "comodald is gone");

	g_assert_false(cm_agent_left_is_one(gone));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent-left/is-one", test_is_one);
	g_test_add_func("/agent-left/of-others", test_of_others);
	return g_test_run();
}
