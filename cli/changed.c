// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/changed.h"

#include "cli/json.h"
#include "cli/report.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

CmExit
cm_changed_print_unshown(const GError *error)
{
	g_autoptr(JsonNode) nothing = json_node_new(JSON_NODE_NULL);
	g_autofree gchar *why = error != NULL ? cm_message_localize(error->message) : NULL;

	cm_json_print_node(nothing);
	if (why != NULL)
		cm_report_note(N_("It was done. How it stands now can’t be shown: {0}"), why, NULL);
	else
		cm_report_note(N_("It was done, and is no more among what you may see."), NULL);
	return CM_EXIT_OK;
}

CmExit
cm_changed_print(JsonNode *node, const gchar *list, gint64 number, const GError *error)
{
	JsonArray *all = node != NULL ? cm_json_get_array(json_node_get_object(node), list) : NULL;

	for (guint i = 0; i < cm_json_get_length(all); i++) {
		if (cm_json_get_int(cm_json_get_element(all, i), "number") != number)
			continue;
		cm_json_print_node(json_array_get_element(all, i));
		return CM_EXIT_OK;
	}
	return cm_changed_print_unshown(error);
}
