// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "daemon/agenda/document.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* The job's result: kind, added, changed, removed, untouched. */
#define CHANGES_TYPE "a(suuuu)"

static GVariant *
lookup_changes(CmDBusJob *job)
{
	GVariant *result = cm_dbus_job_get_result(job);

	if (result == NULL)
		return NULL;
	return g_variant_lookup_value(result, "changes", G_VARIANT_TYPE(CHANGES_TYPE));
}

static void
print_json(CmDBusJob *job, gboolean dry_run)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GVariant) changes = lookup_changes(job);
	guint64 version = 0;
	GVariantIter iter;
	const gchar *kind = NULL;
	guint added = 0;
	guint changed = 0;
	guint removed = 0;
	guint untouched = 0;

	json_builder_begin_object(builder);
	cm_document_add_boolean(builder, "dry_run", dry_run);
	if (g_variant_lookup(cm_dbus_job_get_result(job), "roster-version", "t", &version))
		cm_document_add_int(builder, "roster_version", (gint64)version);
	cm_document_begin_array(builder, "changes");
	if (changes != NULL)
		g_variant_iter_init(&iter, changes);
	while (changes != NULL && g_variant_iter_next(&iter, "(&suuuu)", &kind, &added, &changed,
						      &removed, &untouched)) {
		json_builder_begin_object(builder);
		cm_document_add_string(builder, "kind", kind);
		cm_document_add_int(builder, "added", added);
		cm_document_add_int(builder, "changed", changed);
		cm_document_add_int(builder, "removed", removed);
		cm_document_add_int(builder, "untouched", untouched);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

/* a zero says less than a blank */
static gchar *
format_count(guint count)
{
	return count > 0 ? g_strdup_printf("%u", count) : g_strdup("–");
}

static void
add_changes_row(CmTable *table, const gchar *kind, const guint counts[4])
{
	g_autofree gchar *added = format_count(counts[0]);
	g_autofree gchar *changed = format_count(counts[1]);
	g_autofree gchar *removed = format_count(counts[2]);
	g_autofree gchar *untouched = format_count(counts[3]);

	cm_terminal_add_row(table, cm_kinds_get_plural(kind, 2), added, changed, removed, untouched,
			    NULL);
}

/* what the document no longer has, and that stays all the same */
static void
note_kept(CmDBusJob *job)
{
	guint kept = 0;
	g_autofree gchar *count = NULL;

	if (!g_variant_lookup(cm_dbus_job_get_result(job), "kept", "u", &kept) || kept == 0)
		return;
	count = g_strdup_printf("%u", kept);
	cm_report_note(N_("Kept though the file no longer has them, since something is booked with "
			  "them: {0}"),
		       count, NULL);
}

static void
print_text(CmComodalctl *cli, CmDBusJob *job, gboolean dry_run)
{
	const gchar *const heads[] = {
	    "", N_(">added"), N_(">changed"), N_(">removed"), N_(">the same"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autoptr(GVariant) changes = lookup_changes(job);
	g_autofree gchar *text = NULL;
	GVariantIter iter;
	const gchar *kind = NULL;
	guint counts[4] = {0};
	guint different = 0;

	if (changes != NULL)
		g_variant_iter_init(&iter, changes);
	while (changes != NULL && g_variant_iter_next(&iter, "(&suuuu)", &kind, &counts[0],
						      &counts[1], &counts[2], &counts[3])) {
		add_changes_row(table, kind, counts);
		different += counts[0] + counts[1] + counts[2];
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
	note_kept(job);
	if (dry_run)
		g_print("\n%s\n", _("This was a rehearsal: nothing was changed."));
	else if (different == 0)
		g_print("\n%s\n", _("Nothing was different: the roster is as it was."));
	else
		g_print("\n%s\n  → comodalctl plan\n", _("Imported."));
}

static CmDBusJob *
run_job(GDBusConnection *bus, const gchar *file, gboolean dry_run, GError **error)
{
	g_autoptr(CmDBusRoster) roster = cm_client_get_roster(bus, error);
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	GVariant *handle = NULL;
	g_autofree gchar *path = NULL;

	if (roster == NULL)
		return NULL;
	descriptors = cm_client_open_file(file, &handle, error);
	if (descriptors == NULL)
		return NULL;
	if (dry_run)
		g_variant_dict_insert(&options, "dry-run", "b", TRUE);
	if (!cm_dbus_roster_call_import_sync(roster, handle, g_variant_dict_end(&options),
					     descriptors, &path, NULL, NULL, error))
		return NULL;
	return cm_client_follow_job(bus, path, NULL, NULL, error);
}

CmExit
cm_comodalctl_import_run(CmComodalctl *cli)
{
	gboolean dry_run = FALSE;
	const GOptionEntry entries[] = {
	    {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run,
	     N_("Check and compare; change nothing"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusJob) job = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		job = run_job(bus, arguments[0], dry_run, &error);
	if (job == NULL)
		return cm_report_error(error);
	if (cm_client_check_job(job, &error) != CM_CLIENT_JOB_SUCCEEDED) {
		cm_client_report_problems(job, arguments[0]);
		return cm_report_error(error);
	}
	if (cli->json)
		print_json(job, dry_run);
	else
		print_text(cli, job, dry_run);
	cm_client_release_job(job);
	return CM_EXIT_OK;
}
