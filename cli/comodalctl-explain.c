// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/explanation-view.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

static JsonNode *
fetch(GDBusConnection *bus, const gchar *session, guint64 plan, GError **error)
{
	g_autoptr(CmDBusPlanner) planner = cm_client_get_planner(bus, error);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (planner == NULL ||
	    !cm_dbus_planner_call_explain_sync(planner, session, plan, NULL, &handle, &descriptors,
					       NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

/* a message in the person's language: a program has no use for its tail */
static void
localize_member(JsonObject *object, const gchar *member)
{
	const gchar *message = cm_json_get_string(object, member);

	if (message != NULL) {
		g_autofree gchar *localized = cm_message_localize(message);

		json_object_set_string_member(object, member, localized);
	}
}

static void
localize_elements(JsonObject *object, const gchar *array, const gchar *member)
{
	JsonArray *elements = cm_json_get_array(object, array);

	for (guint i = 0; i < cm_json_get_length(elements); i++)
		localize_member(cm_json_get_element(elements, i), member);
}

static void
print_json(JsonNode *root)
{
	g_autofree gchar *text = json_to_string(root, FALSE);
	g_autoptr(JsonNode) copy = json_from_string(text, NULL);
	JsonObject *explanation = json_node_get_object(copy);

	localize_member(explanation, "reason");
	localize_elements(explanation, "elsewhere", "blocked_by");
	localize_elements(explanation, "remedies", "text");
	cm_json_print_node(copy);
}

CmExit
cm_comodalctl_explain_run(CmComodalctl *cli)
{
	g_autofree gchar *plan_text = NULL;
	const GOptionEntry entries[] = {
	    {"plan", 'p', 0, G_OPTION_ARG_STRING, &plan_text,
	     N_("This plan; default the published one"), "N"},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(JsonNode) root = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;
	guint64 plan = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, "--plan", plan_text, 1, G_MAXINT64, &plan))
		return CM_EXIT_USAGE;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		root = fetch(bus, arguments[0], plan, &error);
	if (root == NULL)
		return cm_report_error(error);
	if (cli->json) {
		print_json(root);
		return CM_EXIT_OK;
	}
	text = cm_explanation_view_draw(json_node_get_object(root), cm_terminal_get_width(),
					cli->color);
	cm_terminal_print(text);
	return CM_EXIT_OK;
}
