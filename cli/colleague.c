// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/colleague.h"

#include "cli/case-desk.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/who.h"
#include "daemon/vault/vault-hash.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static void
fail_colleague(const gchar *text, GPtrArray *names, GError **error)
{
	g_autofree gchar *list = NULL;

	if (names->len == 0) {
		cm_error_set(
		    error, CM_ERROR_NOT_FOUND,
		    N_("Nobody else in your organisation's directory of keys is called “{0}”."),
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

GVariant *
cm_colleague_choose(CmDBusAgent *agent, const gchar *text, GError **error)
{
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) found = NULL;
	g_autofree gchar *label = NULL;

	if (!cm_dbus_agent_call_list_colleagues_sync(agent, &rows, NULL, error))
		return NULL;
	found = cm_colleague_find(rows, text, error);
	if (found == NULL || cm_colleague_is_current(found))
		return g_steal_pointer(&found);
	label = cm_terminal_clean(cm_case_desk_get_text(found, "label"));
	cm_error_set(
	    error, CM_ERROR_ACCESS_DENIED,
	    N_("{0} has no keys in force: they have left, or their keys were stolen. Nothing "
	       "was given."),
	    label, NULL);
	return NULL;
}

gboolean
cm_colleague_confirm(const CmComodalctl *cli,
		     const gchar *label,
		     const gchar *fingerprint,
		     const gchar *given,
		     GError **error)
{
	g_autofree gchar *question = NULL;

	if (given != NULL) {
		if (cm_vault_hash_match_fingerprint(fingerprint, given))
			return TRUE;
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("{0} has another fingerprint than the one that you typed. Compare "
				"again; nothing was given."),
			     label, NULL);
		return FALSE;
	}
	question = cm_report_format(
	    N_("{0} has this fingerprint: {1}\nIs that who you mean, and the fingerprint that they "
	       "read to you?"),
	    label, fingerprint, NULL);
	if (!cli->json && cm_terminal_ask(question))
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_FAILED,
	    N_("Nothing was changed. Without a terminal, --fingerprint says whom you mean."), NULL);
	return FALSE;
}
