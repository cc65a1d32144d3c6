// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/find.h"

#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/who.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* more candidates than that are no help */
#define CANDIDATES_MAX 8

/* how well: the id, the whole name, beginnings of the name's words, the beginning of the id */
enum {
	RANK_NONE,
	RANK_ID_BEGINNING,
	RANK_NAME_BEGINNING,
	RANK_NAME,
	RANK_ID,
};

const gchar *
cm_find_get_title(JsonObject *thing)
{
	const gchar *name = cm_json_get_string(thing, "name");

	return name != NULL ? name : cm_json_get_string(thing, "id");
}

static guint
rank_thing(JsonObject *thing, const gchar *text)
{
	const gchar *id = cm_json_get_string(thing, "id");
	const gchar *name = cm_json_get_string(thing, "name");
	guint match = 0;

	/* of a colleague there is only the name */
	if (id != NULL && g_str_equal(id, text))
		return RANK_ID;
	match = name != NULL ? cm_who_match(text, name) : 0;
	if (match == 2)
		return RANK_NAME;
	if (match == 1)
		return RANK_NAME_BEGINNING;
	return id != NULL && *text != '\0' && g_str_has_prefix(id, text) ? RANK_ID_BEGINNING
									 : RANK_NONE;
}

static void
set_ambiguous(const gchar *text, const GPtrArray *best, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < MIN(best->len, CANDIDATES_MAX); i++) {
		JsonObject *thing = g_ptr_array_index(best, i);
		const gchar *title = cm_find_get_title(thing);
		const gchar *id = cm_json_get_string(thing, "id");

		g_string_append_printf(names, "%s%s", i > 0 ? "; " : "", title);
		if (id != NULL && !g_str_equal(title, id))
			g_string_append_printf(names, " (%s)", id);
	}
	if (best->len > CANDIDATES_MAX)
		g_string_append(names, ", …");
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("“{0}” could be: {1}. Type more of the name, or the id."), text, names->str,
		     NULL);
}

static void
set_not_found(const gchar *kind, const gchar *text, GError **error)
{
	static const gchar *const formats[][2] = {
	    {"professional", N_("No professional is called “{0}”.")},
	    {"student", N_("No student is called “{0}”.")},
	    {"contact", N_("No contact is called “{0}”.")},
	    {"site", N_("No school and no office is called “{0}”.")},
	    {"room", N_("No room is called “{0}”.")},
	    {"companion", N_("No accompanying adult is called “{0}”.")},
	    {"followup", N_("No follow-up is called “{0}”.")},
	    {"calendar", N_("No calendar is called “{0}”.")},
	    {"colleague", N_("No colleague with keys is called “{0}”.")},
	};

	for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
		if (g_str_equal(formats[i][0], kind))
			cm_error_set(error, CM_ERROR_NOT_FOUND, formats[i][1], text, NULL);
	}
}

JsonObject *
cm_find_thing_in(JsonNode *things, const gchar *kind, const gchar *text, GError **error)
{
	g_autoptr(GPtrArray) best = g_ptr_array_new();
	JsonArray *array = JSON_NODE_HOLDS_ARRAY(things) ? json_node_get_array(things) : NULL;
	guint rank = RANK_NONE + 1;

	for (guint i = 0; i < cm_json_get_length(array); i++) {
		JsonObject *thing = cm_json_get_element(array, i);
		guint fits = rank_thing(thing, text);

		if (fits > rank)
			g_ptr_array_set_size(best, 0);
		if (fits < rank)
			continue;
		rank = fits;
		g_ptr_array_add(best, thing);
	}
	if (best->len == 1)
		return g_ptr_array_index(best, 0);
	if (best->len == 0)
		set_not_found(kind, text, error);
	else
		set_ambiguous(text, best, error);
	return NULL;
}

JsonObject *
cm_find_thing(CmDBusRoster *roster, const gchar *kind, const gchar *text, GError **error)
{
	g_autoptr(JsonNode) things = cm_who_list(roster, kind, error);
	JsonObject *thing = NULL;

	if (things != NULL)
		thing = cm_find_thing_in(things, kind, text, error);
	/* of a colleague there is only a name and a number: nothing to change */
	if (thing != NULL && cm_json_get_string(thing, "id") == NULL) {
		set_not_found(kind, text, error);
		return NULL;
	}
	return thing != NULL ? json_object_ref(thing) : NULL;
}

JsonObject *
cm_find_by_number(JsonNode *things, gint64 number)
{
	JsonArray *array = JSON_NODE_HOLDS_ARRAY(things) ? json_node_get_array(things) : NULL;

	for (guint i = 0; i < cm_json_get_length(array); i++) {
		JsonObject *thing = cm_json_get_element(array, i);

		if (cm_json_get_int(thing, "number") == number)
			return thing;
	}
	return NULL;
}
