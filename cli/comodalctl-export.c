// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/who.h"
#include "daemon/agenda/agenda-ics.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

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

/* the first and the last date of a plan's sessions */
static gboolean
find_dates(GBytes *plan,
	   const gchar **out_from,
	   const gchar **out_to,
	   JsonNode **out_root,
	   GError **error)
{
	JsonNode *root = cm_client_parse_document(plan, error);
	JsonArray *sessions = NULL;
	const gchar *from = NULL;
	const gchar *to = NULL;

	if (root == NULL)
		return FALSE;
	sessions = cm_json_get_array(json_node_get_object(root), "sessions");
	for (guint i = 0; i < cm_json_get_length(sessions); i++) {
		const gchar *date = cm_json_get_string(cm_json_get_element(sessions, i), "date");

		if (from == NULL || g_strcmp0(date, from) < 0)
			from = date;
		if (to == NULL || g_strcmp0(date, to) > 0)
			to = date;
	}
	*out_root = root;
	if (from == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("This plan has no session."), NULL);
		return FALSE;
	}
	*out_from = from;
	*out_to = to;
	return TRUE;
}

static GBytes *
fetch_agenda(GDBusConnection *bus,
	     guint64 who,
	     const gchar *from,
	     const gchar *to,
	     guint64 plan,
	     GError **error)
{
	g_autoptr(CmDBusAgenda) agenda = cm_client_get_agenda(bus, error);
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (agenda == NULL)
		return NULL;
	if (plan != 0)
		g_variant_dict_insert(&options, "plan", "t", plan);
	if (!cm_dbus_agenda_call_get_sync(agenda, who, from, to, g_variant_dict_end(&options), NULL,
					  &handle, &descriptors, NULL, error))
		return NULL;
	return cm_client_read_document(handle, descriptors, error);
}

/* the whole plan of a person, as iCalendar */
static GBytes *
fetch_ics(GDBusConnection *bus, const gchar *who, guint64 plan, GError **error)
{
	g_autoptr(CmDBusRoster) roster = cm_client_get_roster(bus, error);
	g_autoptr(GBytes) document = fetch_plan(bus, plan, error);
	g_autoptr(JsonNode) root = NULL;
	g_autoptr(GBytes) agenda = NULL;
	g_autoptr(JsonNode) agenda_root = NULL;
	guint64 number = 0;
	const gchar *from = NULL;
	const gchar *to = NULL;
	gchar *text = NULL;

	if (roster == NULL || document == NULL || !find_dates(document, &from, &to, &root, error))
		return NULL;
	if (cm_who_resolve(roster, who, FALSE, &number, error))
		agenda = fetch_agenda(bus, number, from, to, plan, error);
	if (agenda != NULL)
		agenda_root = cm_client_parse_document(agenda, error);
	if (agenda_root == NULL)
		return NULL;
	text = cm_agenda_ics_format(json_node_get_object(agenda_root),
				    g_get_real_time() / G_USEC_PER_SEC, error);
	return text != NULL ? g_bytes_new_take(text, strlen(text)) : NULL;
}

static GBytes *
fetch(GDBusConnection *bus, const gchar *who, gboolean caseload, guint64 plan, GError **error)
{
	if (who != NULL)
		return fetch_ics(bus, who, plan, error);
	return caseload ? fetch_roster(bus, error) : fetch_plan(bus, plan, error);
}

CmExit
cm_comodalctl_export_run(CmComodalctl *cli)
{
	g_autofree gchar *plan_text = NULL;
	g_autofree gchar *path = NULL;
	g_autofree gchar *who = NULL;
	gboolean caseload = FALSE;
	const GOptionEntry entries[] = {
	    {"plan", 'p', 0, G_OPTION_ARG_STRING, &plan_text,
	     N_("This plan; default the published one"), "N"},
	    {"caseload", 'c', 0, G_OPTION_ARG_NONE, &caseload,
	     N_("The roster, with the published plan in it, instead of a plan"), NULL},
	    {"ics", 0, 0, G_OPTION_ARG_STRING, &who,
	     N_("The whole plan of this person as iCalendar, initials only"), N_("WHO")},
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
	if (caseload && (plan_text != NULL || who != NULL))
		return cm_report_usage(cli, N_("Choose one: {0}"), "--plan, --ics, --caseload",
				       NULL);
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		document = fetch(bus, who, caseload, plan, &error);
	if (document == NULL || !cm_output_write_bytes(path, document, &error))
		return cm_report_error(error);
	return CM_EXIT_OK;
}
