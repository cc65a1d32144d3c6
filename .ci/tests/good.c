// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/good.c
// with: daemon/policy/good.h: // SPDX-License-Identifier: GPL-3.0-or-later\n#pragma once\n\ntypedef struct {\n int a;\n} CmApple;\n
#include "config.h"

#include "daemon/policy/good.h"

#include <glib.h>

static const gchar *const names[] = {"a", "b"};
static const guint count = 2;

static gboolean
good_read(const gchar *path, gchar **out_text, GError **error)
{
	if (path == NULL) {
		cm_error_set(error, CM_ERROR_FAILED, N_("no path"), NULL);
		return FALSE;
	}
	if (!g_file_get_contents(path, out_text, NULL, error))
		return FALSE;
	return *out_text != NULL && names[count - 1] != NULL;
}

gboolean
cm_good_read_all(GPtrArray *paths, GError **error)
{
	g_autofree gchar *text = NULL;
	gboolean done = FALSE;

	for (guint i = 0; i < paths->len; i++) {
		done = good_read(g_ptr_array_index(paths, i), &text, error);
		if (!done)
			return FALSE;
	}
	/* "goto" in a comment, if (a = b) and SELECT x FROM y are nothing */
	return TRUE;
}

guint
cm_apple_count(void)
{
	return count;
}
