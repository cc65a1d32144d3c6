// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-values.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

GVariant *
cm_agent_values_pack_id(const guint8 *id)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, id, CM_VAULT_ID_BYTES, 1);
}

gboolean
cm_agent_values_take_id(const CmAgentCall *call,
			gsize index,
			gboolean optional,
			guint8 *out_id,
			GError **error)
{
	g_autoptr(GVariant) given = g_variant_get_child_value(call->parameters, index);
	gsize length = 0;
	const guint8 *octets = g_variant_get_fixed_array(given, &length, 1);

	if (length == CM_VAULT_ID_BYTES) {
		memcpy(out_id, octets, CM_VAULT_ID_BYTES);
		return TRUE;
	}
	if (!optional || length != 0)
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("An id has 16 octets."), NULL);
	return FALSE;
}

gchar *
cm_agent_values_dup_label(const CmVaultDirectoryEntry *entry)
{
	return entry != NULL ? g_strndup((const gchar *)entry->label.data, entry->label.length)
			     : g_strdup("");
}
