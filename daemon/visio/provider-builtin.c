// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/provider-private.h"

static gboolean
builtin_fits(const CmProviderSettings *settings, const CmProviderSession *session)
{
	return session->people <= CM_PROVIDER_PEERS_MAX;
}

static gboolean
builtin_add_entry(const CmProviderSettings *settings,
		  const CmProviderSession *session,
		  JsonObject *facts,
		  const CmProviderPerson *person,
		  gint64 now,
		  JsonObject *entry,
		  GError **error)
{
	json_object_set_int_member(entry, "peers_max", CM_PROVIDER_PEERS_MAX);
	cm_provider_add_ice(settings, facts, person->visit, session->closes, entry);
	cm_provider_add_no_recording(entry);
	return TRUE;
}

const CmProviderClass cm_provider_builtin_class = {
    .fits = builtin_fits,
    .add_entry = builtin_add_entry,
};
