// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/roster-change.h"

#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <string.h>

/* what message arguments end by: as many as cm_message_new() takes */
#define ARGUMENTS_MAX 10

static const gchar *const verb_names[CM_CHANGE_LAST] = {"add", "edit", "remove"};

/* what a new id begins with, and the members that may be left out */
static const struct {
	const gchar *name;
	const gchar *prefix;
	const gchar *defaults;
} kinds[CM_NUMBER_LAST] = {
    [CM_NUMBER_PROFESSIONAL] = {"professional", "p", "{\"sites\":[],\"hours\":{},\"absences\":[]}"},
    [CM_NUMBER_STUDENT] = {"student", "e", "{\"remote_hours\":{},\"blocked\":[],\"core\":[]}"},
    [CM_NUMBER_CONTACT] = {"contact", "c", "{\"kind\":\"guardian\",\"hours\":{},\"preferred\":{}}"},
    [CM_NUMBER_ROOM] = {"room", "l", "{\"uses\":[\"in-person\",\"video\"]}"},
    [CM_NUMBER_COMPANION] = {"companion", "a", "{\"hours\":{}}"},
    [CM_NUMBER_SITE] = {"site", "s", "{\"kind\":\"school\",\"open\":[\"08:00\",\"16:00\"]}"},
    [CM_NUMBER_FOLLOWUP] = {"followup", "f", "{\"priority\":2,\"sessions\":[]}"},
    [CM_NUMBER_SESSION] = {"session", "r", "{\"participants\":[],\"prefer\":null}"},
    [CM_NUMBER_CALENDAR] = {"calendar", "k", "{}"},
};

const gchar *
cm_roster_change_verb_to_string(CmChangeVerb verb)
{
	return verb_names[verb];
}

const gchar *
cm_roster_change_kind_to_string(CmNumberKind kind)
{
	return kinds[kind].name;
}

gboolean
cm_roster_change_kind_from_string(const gchar *text, CmNumberKind *out_kind)
{
	for (guint kind = 0; kind < CM_NUMBER_LAST; kind++) {
		if (g_strcmp0(kinds[kind].name, text) == 0) {
			*out_kind = (CmNumberKind)kind;
			return TRUE;
		}
	}
	return FALSE;
}

/* members that are not there are those of a new thing of the kind */
static JsonObject *
complete_thing(CmNumberKind kind, JsonObject *thing)
{
	g_autoptr(JsonNode) node = json_from_string(kinds[kind].defaults, NULL);
	JsonObject *complete = json_node_dup_object(node);
	JsonObjectIter iter;
	const gchar *member = NULL;
	JsonNode *value = NULL;

	json_object_iter_init_ordered(&iter, thing);
	while (json_object_iter_next_ordered(&iter, &member, &value))
		json_object_set_member(complete, member, json_node_copy(value));
	return complete;
}

CmRosterChange *
cm_roster_change_new(CmChangeVerb verb, CmNumberKind kind, const gchar *id, JsonObject *thing)
{
	CmRosterChange *change = g_new0(CmRosterChange, 1);

	change->verb = verb;
	change->kind = kind;
	if (id != NULL && *id != '\0') {
		change->id = g_strdup(id);
	} else {
		g_autofree gchar *random = g_uuid_string_random();

		/* the first two groups and their hyphen: 48 bits */
		change->id = g_strdup_printf("%s-%.13s", kinds[kind].prefix, random);
	}
	if (thing != NULL && verb == CM_CHANGE_ADD) {
		change->thing = complete_thing(kind, thing);
		json_object_set_string_member(change->thing, "id", change->id);
	} else if (thing != NULL) {
		change->thing = json_object_ref(thing);
	}
	return change;
}

void
cm_roster_change_free(CmRosterChange *change)
{
	if (change == NULL)
		return;
	g_free(change->id);
	g_free(change->followup);
	g_clear_pointer(&change->thing, json_object_unref);
	g_clear_pointer(&change->was, json_object_unref);
	g_clear_pointer(&change->reach, json_object_unref);
	g_free(change);
}

/* ---- problems */

static void
problem_free(gpointer data)
{
	CmRosterProblem *problem = data;

	g_free(problem->path);
	g_free(problem->message);
	g_free(problem);
}

GPtrArray *
cm_roster_change_new_problems(void)
{
	return g_ptr_array_new_with_free_func(problem_free);
}

void
cm_roster_change_add_problem(GPtrArray *problems,
			     guint change,
			     const gchar *code,
			     const gchar *path,
			     const gchar *format,
			     ...)
{
	CmRosterProblem *problem = g_new0(CmRosterProblem, 1);
	const gchar *arguments[ARGUMENTS_MAX] = {NULL};
	va_list list;

	va_start(list, format);
	for (guint i = 0; i + 1 < G_N_ELEMENTS(arguments); i++) {
		arguments[i] = va_arg(list, const gchar *);
		if (arguments[i] == NULL)
			break;
	}
	va_end(list);
	problem->change = change;
	problem->code = code;
	problem->path = g_strdup(path);
	problem->message = cm_message_new_strv(format, arguments);
	g_ptr_array_add(problems, problem);
}

/* ---- reading a document */

/* json-glib reads by recursion: what is too deep is refused before */
static gboolean
check_depth(const gchar *data, gsize length)
{
	gboolean quoted = FALSE;
	guint depth = 0;

	for (gsize i = 0; i < length; i++) {
		if (quoted && data[i] == '\\') {
			i++;
		} else if (data[i] == '"') {
			quoted = !quoted;
		} else if (!quoted && (data[i] == '{' || data[i] == '[')) {
			if (++depth > CM_ROSTER_CHANGE_MAX_DEPTH)
				return FALSE;
		} else if (!quoted && (data[i] == '}' || data[i] == ']') && depth > 0) {
			depth--;
		}
	}
	return TRUE;
}

static JsonObject *
get_object(JsonObject *object, const gchar *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static const gchar *
get_text(JsonObject *object, const gchar *name)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node == NULL || json_node_get_value_type(node) != G_TYPE_STRING)
		return NULL;
	return json_node_get_string(node);
}

static gboolean
set_malformed(GError **error, guint index)
{
	g_autofree gchar *number = g_strdup_printf("%u", index + 1);

	cm_error_set(
	    error, CM_ERROR_INVALID_INPUT,
	    N_("Change {0} is not one: it needs “do”, “kind”, and “thing”, “id” or “set”."), number,
	    NULL);
	return FALSE;
}

static gboolean
parse_verb(JsonObject *object, CmChangeVerb *out_verb)
{
	const gchar *text = get_text(object, "do");

	for (guint verb = 0; verb < CM_CHANGE_LAST; verb++) {
		if (g_strcmp0(text, verb_names[verb]) == 0) {
			*out_verb = (CmChangeVerb)verb;
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean
parse_change(JsonNode *node, guint index, GPtrArray *changes, GError **error)
{
	JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
	CmChangeVerb verb = CM_CHANGE_ADD;
	CmNumberKind kind = CM_NUMBER_STUDENT;
	CmRosterChange *change = NULL;
	JsonObject *thing = NULL;
	const gchar *id = NULL;

	if (object == NULL || !parse_verb(object, &verb) ||
	    !cm_roster_change_kind_from_string(get_text(object, "kind"), &kind))
		return set_malformed(error, index);
	thing = get_object(object, verb == CM_CHANGE_ADD ? "thing" : "set");
	id =
	    verb == CM_CHANGE_ADD && thing != NULL ? get_text(thing, "id") : get_text(object, "id");
	if ((thing == NULL && verb != CM_CHANGE_REMOVE) || (id == NULL && verb != CM_CHANGE_ADD) ||
	    (kind == CM_NUMBER_SESSION && verb == CM_CHANGE_ADD &&
	     get_text(object, "followup") == NULL))
		return set_malformed(error, index);
	change = cm_roster_change_new(verb, kind, id, thing);
	change->followup = g_strdup(get_text(object, "followup"));
	change->was = get_object(object, "was");
	if (change->was != NULL)
		json_object_ref(change->was);
	g_ptr_array_add(changes, change);
	return TRUE;
}

static GPtrArray *
parse_changes(JsonNode *root, GError **error)
{
	g_autoptr(GPtrArray) changes =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_roster_change_free);
	JsonObject *object =
	    root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
	JsonNode *node = object != NULL ? json_object_get_member(object, "changes") : NULL;
	JsonArray *array =
	    node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
	guint count = array != NULL ? json_array_get_length(array) : 0;

	if (object != NULL && g_strcmp0(get_text(object, "format"), CM_ROSTER_CHANGE_FORMAT) != 0) {
		cm_error_set(error, CM_ERROR_NOT_SUPPORTED, N_("The document's format is not {0}."),
			     CM_ROSTER_CHANGE_FORMAT, NULL);
		return NULL;
	}
	if (array == NULL || count > CM_ROSTER_CHANGE_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The document has no list of at most 50,000 changes."), NULL);
		return NULL;
	}
	for (guint i = 0; i < count; i++) {
		if (!parse_change(json_array_get_element(array, i), i, changes, error))
			return NULL;
	}
	return g_steal_pointer(&changes);
}

GPtrArray *
cm_roster_change_parse(const gchar *data, gsize length, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();

	if (length > CM_ROSTER_CHANGE_MAX_BYTES || !check_depth(data, length) ||
	    !g_utf8_validate_len(data, length, NULL) ||
	    !json_parser_load_from_data(parser, data, (gssize)length, NULL)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The document is not JSON that can be used here."), NULL);
		return NULL;
	}
	return parse_changes(json_parser_get_root(parser), error);
}
