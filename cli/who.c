// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/who.h"

#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "daemon/roster/csv-values.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* more candidates than that are no help */
#define CANDIDATES_MAX 8

/* The things that fit best so far. */
typedef struct {
	const gchar *text;
	guint rank;
	guint count;
	guint64 number; /* of the first one */
	GString *names;
} Search;

static void
search_clear(Search *search)
{
	if (search->names != NULL)
		g_string_free(search->names, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

static gboolean
any_starts_with(gchar **words, const gchar *start)
{
	for (guint i = 0; words[i] != NULL; i++) {
		if (g_str_has_prefix(words[i], start))
			return TRUE;
	}
	return FALSE;
}

guint
cm_who_match(const gchar *text, const gchar *name)
{
	g_autofree gchar *folded_text = cm_csv_values_fold(text);
	g_autofree gchar *folded_name = cm_csv_values_fold(name);
	g_auto(GStrv) asked = g_strsplit(folded_text, " ", -1);
	g_auto(GStrv) words = g_strsplit(folded_name, " ", -1);

	if (asked[0] == NULL)
		return 0;
	if (g_str_equal(folded_text, folded_name))
		return 2;
	for (guint i = 0; asked[i] != NULL; i++) {
		if (!any_starts_with(words, asked[i]))
			return 0;
	}
	return 1;
}

JsonNode *
cm_who_list(CmDBusRoster *roster, const gchar *kind, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (!cm_dbus_roster_call_list_sync(roster, kind, NULL, &handle, &descriptors, NULL, error))
		return NULL;
	bytes = cm_client_read_document(handle, descriptors, error);
	if (bytes == NULL)
		return NULL;
	return cm_client_parse_document(bytes, error);
}

static void
take_candidate(Search *search, guint rank, JsonObject *thing, const gchar *what)
{
	const gchar *id = cm_json_get_string(thing, "id");
	const gchar *name = cm_json_get_string(thing, "name");

	if (rank == 0 || rank < search->rank)
		return;
	if (rank > search->rank) {
		search->rank = rank;
		search->count = 0;
		g_string_truncate(search->names, 0);
		search->number = (guint64)cm_json_get_int(thing, "number");
	}
	search->count++;
	if (search->count <= CANDIDATES_MAX)
		g_string_append_printf(search->names, "%s%s (%s, %s)",
				       search->count > 1 ? "; " : "", name, id, what);
	else if (search->count == CANDIDATES_MAX + 1)
		g_string_append(search->names, ", …");
}

/* all of one kind; an id that fits beats every name */
static gboolean
search_kind(Search *search, CmDBusRoster *roster, const gchar *kind, GError **error)
{
	g_autoptr(JsonNode) list = cm_who_list(roster, kind, error);
	JsonArray *things = NULL;

	if (list == NULL)
		return FALSE;
	things = JSON_NODE_HOLDS_ARRAY(list) ? json_node_get_array(list) : NULL;
	for (guint i = 0; i < cm_json_get_length(things); i++) {
		JsonObject *thing = cm_json_get_element(things, i);
		const gchar *id = cm_json_get_string(thing, "id");
		const gchar *name = cm_json_get_string(thing, "name");
		const gchar *profession = NULL;

		if (id == NULL || name == NULL)
			continue;
		profession = cm_json_get_string(thing, "profession");
		take_candidate(search,
			       g_str_equal(id, search->text) ? 3 : cm_who_match(search->text, name),
			       thing,
			       profession != NULL ? cm_kinds_get_profession(profession)
						  : cm_kinds_get_plural(kind, 1));
	}
	return TRUE;
}

gboolean
cm_who_resolve(CmDBusRoster *roster,
	       const gchar *text,
	       gboolean site,
	       guint64 *out_number,
	       GError **error)
{
	g_auto(Search) search = {.text = text, .names = g_string_new(NULL)};

	if (!search_kind(&search, roster, site ? "site" : "professional", error))
		return FALSE;
	if (!site && search.rank < 3 && !search_kind(&search, roster, "student", error))
		return FALSE;
	if (search.rank == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     site ? N_("No school and no office is called “{0}”.")
				  : N_("No professional and no student is called “{0}”."),
			     text, NULL);
		return FALSE;
	}
	if (search.count > 1) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” could be: {1}. Type more of the name, or the id."), text,
			     search.names->str, NULL);
		return FALSE;
	}
	*out_number = search.number;
	return TRUE;
}
