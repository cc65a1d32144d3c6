// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/busy-times.h"

#include "daemon/roster/busy-calendar.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

gboolean
cm_busy_times_read(JsonArray *pairs, GArray *out_times, GError **error)
{
	for (guint i = 0; pairs != NULL && i < json_array_get_length(pairs); i++) {
		JsonNode *node = json_array_get_element(pairs, i);
		JsonArray *pair = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
		CmBusyTime time = {0};

		if (pair == NULL || json_array_get_length(pair) != 2 ||
		    !JSON_NODE_HOLDS_VALUE(json_array_get_element(pair, 0)) ||
		    !JSON_NODE_HOLDS_VALUE(json_array_get_element(pair, 1))) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("A busy time is a pair of instants."), NULL);
			return FALSE;
		}
		time.start = json_array_get_int_element(pair, 0);
		time.end = json_array_get_int_element(pair, 1);
		g_array_append_val(out_times, time);
	}
	return TRUE;
}
