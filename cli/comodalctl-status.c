// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "daemon/agenda/document.h"

#include <glib/gi18n.h>

/* The answer of Manager.GetStatus. */
typedef struct {
	gchar *organisation;
	gchar *name;
	guint64 roster_version;
	guint64 published;
	GVariant *counts; /* a(su) */
} Status;

static void
status_clear(Status *status)
{
	g_free(status->organisation);
	g_free(status->name);
	g_clear_pointer(&status->counts, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Status, status_clear)

static void
print_json(CmDBusManager *manager, const Status *status)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	GVariantIter iter;
	const gchar *kind = NULL;
	guint count = 0;

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "version", cm_dbus_manager_get_version(manager));
	cm_document_add_int(builder, "schema_version", cm_dbus_manager_get_schema_version(manager));
	cm_document_add_string(builder, "organisation", status->organisation);
	cm_document_add_string(builder, "name", status->name);
	cm_document_add_int(builder, "roster_version", (gint64)status->roster_version);
	cm_document_add_int(builder, "published_plan", (gint64)status->published);
	cm_document_begin_object(builder, "counts");
	g_variant_iter_init(&iter, status->counts);
	while (g_variant_iter_next(&iter, "(&su)", &kind, &count))
		cm_document_add_int(builder, kind, count);
	json_builder_end_object(builder);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static void
print_text(CmDBusManager *manager, const Status *status, gboolean color)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree gchar *version = NULL;
	GVariantIter iter;
	const gchar *kind = NULL;
	guint count = 0;

	if (*status->organisation == '\0') {
		g_string_append_printf(out, "%s\n", _("Nothing has been imported yet."));
		g_string_append_printf(out, "  → comodalctl import %s\n", _("FILE.json"));
		cm_terminal_print(out->str);
		return;
	}
	cm_terminal_append_styled(out, color, CM_STYLE_BOLD, status->name);
	g_string_append_printf(out, "  (%s)\n", status->organisation);
	g_variant_iter_init(&iter, status->counts);
	while (g_variant_iter_next(&iter, "(&su)", &kind, &count)) {
		if (count > 0 && !g_str_equal(kind, "organisation"))
			g_string_append_printf(out, "  %8u  %s\n", count,
					       cm_kinds_get_plural(kind, count));
	}
	if (status->published == 0) {
		g_string_append_printf(out, "%s\n", _("No plan is published."));
	} else {
		g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, status->published);
		g_autofree gchar *text =
		    cm_report_format(N_("Plan {0} is published."), number, NULL);

		g_string_append_printf(out, "%s\n", text);
	}
	version = cm_report_format(N_("comodald {0}"), cm_dbus_manager_get_version(manager), NULL);
	cm_terminal_append_styled(out, color, CM_STYLE_DIM, version);
	g_string_append_c(out, '\n');
	cm_terminal_print(out->str);
}

CmExit
cm_comodalctl_status_run(CmComodalctl *cli)
{
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusManager) manager = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(Status) status = {0};

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		manager = cm_client_get_manager(bus, &error);
	if (manager == NULL ||
	    !cm_dbus_manager_call_get_status_sync(manager, &status.organisation, &status.name,
						  &status.roster_version, &status.published,
						  &status.counts, NULL, &error))
		return cm_report_error(error);
	if (cli->json)
		print_json(manager, &status);
	else
		print_text(manager, &status, cli->color);
	return CM_EXIT_OK;
}
