// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/duties-view.h"

#include "cli/agent-answer.h"
#include "cli/consent-call.h"
#include "cli/note-rules.h"
#include "daemon/agenda/document.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define UNREADABLE "unreadable"

/* {0} how many; of those that have a day {1} the first one, {2} the article that gives it */
static const struct {
	const gchar *name;
	gboolean dated;
	const gchar *words;
} sorts[] = {
    {"access-late", TRUE,
     N_("Access requests that are late: {0}. The first was to be answered by {1} ({2}). See "
	"“export requests”.")},
    {"access-soon", TRUE,
     N_("Access requests whose time is nearly over: {0}. The first is to be answered by {1} "
	"({2}). See “export requests”.")},
    {"transfer-waiting", TRUE,
     N_("Transfers that can still be withdrawn: {0}. The first may be sent from {1} on ({2}). See "
	"“export requests”.")},
    {"transfer-ready", FALSE,
     N_("Transfers that are authorized and may be sent: {0}. See “export requests”.")},
    {"carry-over", FALSE,
     N_("Files that are still under your earlier keys: {0}. See “vault carry-over”.")},
    {"destructions", FALSE,
     N_("Files that somebody asks you to agree to destroy: {0}. See “retention list”.")},
    {"cosign", FALSE, N_("Notes that you may co-sign, and nobody did: {0}. See “note waiting”.")},
    {"unfinished", FALSE,
     N_("Notes of yours that wait for a co-signature: {0}. See “note waiting”.")},
    {"minutes", FALSE,
     N_("Minutes of meetings that you have not opened yet: {0}. See “minutes list”.")},
};

GVariant *
cm_duties_view_fetch(const CmComodalctl *cli, GError **error)
{
	g_autoptr(CmDBusVault) vault = cm_note_rules_get_vault(cli, error);
	g_autoptr(GError) local = NULL;
	GVariant *duties = NULL;

	if (vault == NULL || cm_dbus_vault_call_get_duties_sync(vault, &duties, NULL, &local))
		return duties;
	if (!cm_error_is(local, CM_ERROR_ACCESS_DENIED))
		g_propagate_error(error, g_steal_pointer(&local));
	return NULL;
}

static guint32
get_count(GVariant *duties, const gchar *name)
{
	guint32 count = 0;

	(void)g_variant_lookup(duties, name, "u", &count);
	return count;
}

gboolean
cm_duties_view_check(GVariant *duties, GError **error)
{
	guint32 unreadable = get_count(duties, UNREADABLE);
	g_autofree gchar *number = g_strdup_printf("%u", unreadable);

	if (unreadable == 0)
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_STORE,
	    N_("Records of the vault that are damaged: {0}. What they are about is not in "
	       "what waits for you; whoever keeps comodald running should restore a backup."),
	    number, NULL);
	return FALSE;
}

/* NULL where there is none */
static const gchar *
get_text(GVariant *duties, guint sort, const gchar *what)
{
	g_autofree gchar *name = g_strconcat(sorts[sort].name, "-", what, NULL);
	const gchar *text = NULL;

	(void)g_variant_lookup(duties, name, "&s", &text);
	return text;
}

void
cm_duties_view_print(GVariant *duties)
{
	for (guint i = 0; i < G_N_ELEMENTS(sorts); i++) {
		guint32 count = get_count(duties, sorts[i].name);
		g_autofree gchar *number = g_strdup_printf("%u", count);
		g_autofree gchar *day = cm_consent_call_format_day(get_text(duties, i, "day"));

		if (count > 0)
			cm_agent_answer_print(sorts[i].words, number, day,
					      get_text(duties, i, "article"));
	}
}

static void
add_member(JsonBuilder *builder, GVariant *duties, guint sort, const gchar *what)
{
	g_autofree gchar *name = g_strconcat(sorts[sort].name, "-", what, NULL);

	cm_document_add_string(builder, g_strdelimit(name, "-", '_'), get_text(duties, sort, what));
}

void
cm_duties_view_add_json(JsonBuilder *builder, GVariant *duties)
{
	for (guint i = 0; i < G_N_ELEMENTS(sorts); i++) {
		g_autofree gchar *name = g_strdelimit(g_strdup(sorts[i].name), "-", '_');

		cm_document_add_int(builder, name, get_count(duties, sorts[i].name));
		if (!sorts[i].dated)
			continue;
		add_member(builder, duties, i, "day");
		add_member(builder, duties, i, "article");
		add_member(builder, duties, i, "source");
	}
	cm_document_add_int(builder, UNREADABLE, get_count(duties, UNREADABLE));
}
