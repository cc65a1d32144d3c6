// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/colleague.h"

#include "cli/case-desk.h"
#include "cli/terminal.h"
#include "cli/who.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static void
fail_colleague(const gchar *text, GPtrArray *names, GError **error)
{
	g_autofree gchar *list = NULL;

	if (names->len == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("Nobody in your organisation's directory of keys is called “{0}”."),
			     text, NULL);
		return;
	}
	g_ptr_array_add(names, NULL);
	list = g_strjoinv("; ", (gchar **)names->pdata);
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” could be: {1}."), text, list, NULL);
}

gboolean
cm_colleague_is_current(GVariant *row)
{
	return g_str_equal(cm_case_desk_get_text(row, "state"), "current");
}

GVariant *
cm_colleague_find(GVariant *rows, const gchar *text, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GVariant) found = NULL;
	guint best = 0;

	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		guint match = cm_who_match(text, cm_case_desk_get_text(row, "label"));
		guint rank = match > 0 ? match * 2 + cm_colleague_is_current(row) : 0;

		if (rank == 0 || rank < best)
			continue;
		if (rank > best)
			g_ptr_array_set_size(names, 0);
		best = rank;
		g_ptr_array_add(names, cm_terminal_clean(cm_case_desk_get_text(row, "label")));
		g_clear_pointer(&found, g_variant_unref);
		found = g_variant_ref(row);
	}
	if (names->len == 1)
		return g_steal_pointer(&found);
	fail_colleague(text, names, error);
	return NULL;
}
