// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"

#include <glib/gi18n.h>

static GBytes *
fetch_roster(GDBusConnection *bus, GError **error)
{
	g_autoptr(CmDBusRoster) roster = cm_client_get_roster(bus, error);

	return roster != NULL ? cm_client_export_roster(roster, error) : NULL;
}

static GBytes *
fetch_plan(GDBusConnection *bus, guint64 plan, GError **error)
{
	g_autoptr(CmDBusPlanner) planner = cm_client_get_planner(bus, error);

	return planner != NULL ? cm_client_get_plan(planner, plan, error) : NULL;
}

CmExit
cm_comodalctl_export_run(CmComodalctl *cli)
{
	g_autofree gchar *plan_text = NULL;
	g_autofree gchar *path = NULL;
	gboolean caseload = FALSE;
	const GOptionEntry entries[] = {
	    {"plan", 'p', 0, G_OPTION_ARG_STRING, &plan_text,
	     N_("This plan; default the published one"), "N"},
	    {"caseload", 'c', 0, G_OPTION_ARG_NONE, &caseload,
	     N_("The roster, with the published plan in it, instead of a plan"), NULL},
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &path, N_("Where to; default standard output"),
	     N_("FILE")},
	    G_OPTION_ENTRY_NULL,
	};
	guint64 plan = 0;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(GBytes) document = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, "--plan", plan_text, 1, G_MAXINT64, &plan))
		return CM_EXIT_USAGE;
	if (caseload && plan_text != NULL)
		return cm_report_usage(cli, N_("Choose one: {0}"), "--plan, --caseload", NULL);
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		document = caseload ? fetch_roster(bus, &error) : fetch_plan(bus, plan, &error);
	if (document == NULL || !cm_output_write_bytes(path, document, &error))
		return cm_report_error(error);
	return CM_EXIT_OK;
}
