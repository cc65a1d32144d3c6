// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/provider-private.h"

static gboolean
phone_add_entry(const CmProviderSettings *settings,
		const CmProviderSession *session,
		JsonObject *facts,
		const CmProviderPerson *person,
		gint64 now,
		JsonObject *entry,
		GError **error)
{
	if (settings->phone != NULL)
		json_object_set_string_member(entry, "phone", settings->phone);
	else
		json_object_set_null_member(entry, "phone");
	return TRUE;
}

const CmProviderClass cm_provider_phone_class = {
    .add_entry = phone_add_entry,
};
