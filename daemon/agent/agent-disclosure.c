// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-disclosure.h"

#include "daemon/vault/vault-export.h"
#include "include/cm-error.h"
#include "include/cm-time.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

void
cm_agent_disclosure_clear(CmAgentDisclosure *disclosure)
{
	g_clear_pointer(&disclosure->basis, g_free);
}

/* as records have days; 0: none */
static guint32
read_day(const gchar *text)
{
	CmDay day = CM_DAY_NONE;
	gint year = 0;
	gint month = 0;
	gint date = 0;

	if (!cm_day_parse(text, &day))
		return 0;
	cm_day_get_ymd(day, &year, &month, &date);
	return (guint32)(year * 10000 + month * 100 + date);
}

/* a comodal-disclosure/1 document; what was given to be said comes behind what is recorded */
static gboolean
read_found(GBytes *octets, CmAgentDisclosure *disclosure, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autofree gchar *given = NULL;
	JsonObject *object = NULL;
	const gchar *basis = NULL;

	if (!json_parser_load_from_data(parser, g_bytes_get_data(octets, NULL),
					(gssize)g_bytes_get_size(octets), NULL) ||
	    !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
		cm_error_set(error, CM_ERROR_FAILED,
			     N_("The service answered something unexpected."), NULL);
		return FALSE;
	}
	object = json_node_get_object(json_parser_get_root(parser));
	disclosure->number = (guint64)json_object_get_int_member_with_default(object, "number", 0);
	if (disclosure->number == 0)
		return TRUE;
	basis = json_object_get_string_member_with_default(object, "basis", "");
	disclosure->since =
	    read_day(json_object_get_string_member_with_default(object, "since", ""));
	given = g_steal_pointer(&disclosure->basis);
	disclosure->basis =
	    *given != '\0' ? g_strdup_printf("%s; %s", basis, given) : g_strdup(basis);
	return TRUE;
}

gboolean
cm_agent_disclosure_find(CmAgentComodald *comodald,
			 const guint8 *case_id,
			 guint8 purpose,
			 guint64 number,
			 guint32 since,
			 const gchar *basis,
			 GCancellable *cancellable,
			 CmAgentDisclosure *out_disclosure,
			 GError **error)
{
	static const gchar *const names[] = {
	    [CM_VAULT_PURPOSE_ACCESS] = "access", [CM_VAULT_PURPOSE_TRANSFER] = "transfer"};
	const gchar *name = purpose < G_N_ELEMENTS(names) ? names[purpose] : NULL;
	g_autoptr(GBytes) octets = NULL;

	*out_disclosure = (CmAgentDisclosure){.since = since, .basis = g_strdup(basis)};
	if (name != NULL) {
		octets = cm_agent_comodald_find_disclosure(comodald, case_id, name, number,
							   cancellable, error);
		if (octets == NULL || !read_found(octets, out_disclosure, error))
			return FALSE;
	}
	if (out_disclosure->since != 0)
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_INVALID_INPUT,
	    N_("No request is recorded: say with --asked-on on which day it was asked for."), NULL);
	return FALSE;
}
