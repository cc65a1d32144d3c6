// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-left.h"

#include "daemon/agent/agent-values.h"
#include "include/cm-error.h"

#include <gio/gio.h>
#include <string.h>

gboolean
cm_agent_left_is_one(const GError *error)
{
	static const CmErrorCode spoiled[] = {CM_ERROR_INVALID_INPUT, CM_ERROR_NOT_FOUND,
					      CM_ERROR_ACCESS_DENIED, CM_ERROR_STORE,
					      CM_ERROR_NOT_SUPPORTED};

	for (guint i = 0; i < G_N_ELEMENTS(spoiled); i++)
		if (cm_error_is(error, spoiled[i]))
			return TRUE;
	return FALSE;
}

static void
unref_row(gpointer row)
{
	g_variant_unref(row);
}

GPtrArray *
cm_agent_left_new(void)
{
	return g_ptr_array_new_with_free_func(unref_row);
}

void
cm_agent_left_add(GPtrArray *left, const CmAgentNotesListed *listed, const GError *reason)
{
	g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(NULL);
	g_autofree gchar *name = g_dbus_error_encode_gerror(reason);
	const gchar *last = strrchr(name, '.');

	g_variant_dict_insert_value(&row, "case", cm_agent_values_pack_id(listed->id));
	g_variant_dict_insert(&row, "student", "t", listed->student);
	g_variant_dict_insert(&row, "file", "y", (guint8)listed->file);
	g_variant_dict_insert(&row, "error", "s", last != NULL ? last + 1 : name);
	g_variant_dict_insert(&row, "reason", "s", reason->message);
	g_ptr_array_add(left, g_variant_ref_sink(g_variant_dict_end(&row)));
}

GVariant *
cm_agent_left_pack(const GPtrArray *left)
{
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

	for (guint i = 0; i < left->len; i++)
		g_variant_builder_add_value(&list, g_ptr_array_index(left, i));
	return g_variant_builder_end(&list);
}
