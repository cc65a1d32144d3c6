// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/provider-private.h"

/* whose it is comes before everybody's */
static const gchar *
find_room(const CmProviderSettings *settings, const CmProviderSession *session)
{
	const gchar *own = NULL;

	if (settings->rooms != NULL && session->professional != NULL)
		own = g_hash_table_lookup(settings->rooms, session->professional);
	return own != NULL ? own : settings->room;
}

static gboolean
fixed_fits(const CmProviderSettings *settings, const CmProviderSession *session)
{
	return find_room(settings, session) != NULL;
}

static void
fixed_invent(const CmProviderSettings *settings,
	     const CmProviderSession *session,
	     JsonObject *facts)
{
	/* it stays the session's, whatever is configured meanwhile */
	json_object_set_string_member(facts, "url", find_room(settings, session));
}

static gboolean
fixed_add_entry(const CmProviderSettings *settings,
		const CmProviderSession *session,
		JsonObject *facts,
		const CmProviderPerson *person,
		gint64 now,
		JsonObject *entry,
		GError **error)
{
	json_object_set_string_member(entry, "url", cm_provider_get_fact(facts, "url"));
	return TRUE;
}

const CmProviderClass cm_provider_fixed_class = {
    .fits = fixed_fits,
    .invent = fixed_invent,
    .add_entry = fixed_add_entry,
};
