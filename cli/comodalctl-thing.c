// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/change-call.h"
#include "cli/terminal.h"
#include "cli/thing-fields.h"
#include "cli/who.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

/* a line that is typed is shorter */
#define LINE_MAX_BYTES 4096

/* person, student, contact, school, room, companion, followup, session: add, edit, remove */
typedef struct {
	const CmFieldKind *kind;
	gchar *texts[CM_FIELDS_MAX];
	gboolean asked[CM_FIELDS_MAX];
	gchar *id;
	gchar *from_file;
	gchar *followup;
	gboolean yes;
	gboolean withdraw;
	gboolean dry_run;
	GDBusConnection *bus;
	CmDBusRoster *roster;
} Thing;

static void
thing_clear(Thing *thing)
{
	for (guint i = 0; i < CM_FIELDS_MAX; i++)
		g_free(thing->texts[i]);
	g_free(thing->id);
	g_free(thing->from_file);
	g_free(thing->followup);
	g_clear_object(&thing->bus);
	g_clear_object(&thing->roster);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Thing, thing_clear)

static gboolean
is_asked(const CmField *field)
{
	return field->type == CM_FIELD_ASKED || field->type == CM_FIELD_ASKED_DATE;
}

/* the options of the kind's fields; nothing is asked for by an option when it is added: all of it is */
static void
add_field_entries(Thing *thing, GArray *entries, gboolean adding)
{
	const CmField *fields = thing->kind->fields;

	for (guint i = 0; fields[i].option != NULL; i++) {
		GOptionEntry entry = {
		    fields[i].option,  0, 0, G_OPTION_ARG_STRING, &thing->texts[i], fields[i].help,
		    fields[i].argument};

		if (is_asked(&fields[i])) {
			if (adding)
				continue;
			entry.arg = G_OPTION_ARG_NONE;
			entry.arg_data = &thing->asked[i];
		}
		g_array_append_val(entries, entry);
	}
}

static GArray *
make_entries(Thing *thing, const gchar *verb)
{
	GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
	gboolean adding = g_str_equal(verb, "add");
	gboolean session = g_str_equal(thing->kind->word, "session");
	const GOptionEntry id = {"id",       0,
				 0,          G_OPTION_ARG_STRING,
				 &thing->id, N_("Its id in your own files; default a new one"),
				 "ID"};
	const GOptionEntry of = {"followup",
				 'f',
				 0,
				 G_OPTION_ARG_STRING,
				 &thing->followup,
				 N_("The follow-up that it is of"),
				 "ID"};
	const GOptionEntry file = {"from-file",
				   0,
				   0,
				   G_OPTION_ARG_FILENAME,
				   &thing->from_file,
				   N_("Members from a JSON file; - is standard input"),
				   N_("FILE")};
	const GOptionEntry common[] = {
	    {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &thing->dry_run,
	     N_("Check only; change nothing"), NULL},
	    {"withdraw", 0, 0, G_OPTION_ARG_NONE, &thing->withdraw,
	     N_("Let booked sessions go that can't stand any more"), NULL},
	};
	const GOptionEntry yes = {"yes", 'y', 0, G_OPTION_ARG_NONE, &thing->yes, N_("Do not ask"),
				  NULL};

	if (!g_str_equal(verb, "remove")) {
		add_field_entries(thing, entries, adding);
		g_array_append_val(entries, file);
	} else {
		g_array_append_val(entries, yes);
	}
	if (adding)
		g_array_append_val(entries, id);
	if (adding && session)
		g_array_append_val(entries, of);
	g_array_append_vals(entries, common, G_N_ELEMENTS(common));
	return entries;
}

/* ---- what is typed, or piped, a line each. Returns: (transfer full) */

static gchar *
ask_line(const CmField *field, GError **error)
{
	gchar line[LINE_MAX_BYTES];

	if (isatty(STDIN_FILENO))
		g_printerr("%s ", field->type == CM_FIELD_ASKED_DATE
				      ? _("Birth date (as 2017-05-23):")
				      : _("Name:"));
	if (fgets(line, sizeof line, stdin) == NULL || !g_utf8_validate(line, -1, NULL)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Standard input ended where {0} was expected."), field->member,
			     NULL);
		return NULL;
	}
	return g_strdup(g_strstrip(line));
}

static gboolean
read_file(const Thing *thing, JsonObject *members, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autofree gchar *text = NULL;
	const gchar *path = g_str_equal(thing->from_file, "-") ? "/dev/stdin" : thing->from_file;
	JsonNode *root = NULL;
	JsonObjectIter iter;
	const gchar *member = NULL;
	JsonNode *value = NULL;

	if (g_file_get_contents(path, &text, NULL, NULL) &&
	    json_parser_load_from_data(parser, text, -1, NULL))
		root = json_parser_get_root(parser);
	if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("{0} does not hold one JSON object."), thing->from_file, NULL);
		return FALSE;
	}
	json_object_iter_init_ordered(&iter, json_node_get_object(root));
	while (json_object_iter_next_ordered(&iter, &member, &value))
		json_object_set_member(members, member, json_node_copy(value));
	return TRUE;
}

static void
set_field(JsonObject *members, const CmField *field, JsonNode *value)
{
	if (field->type != CM_FIELD_PLACE) {
		json_object_set_member(members, field->member, value);
		return;
	}
	json_object_set_member(members, "lat",
			       json_object_dup_member(json_node_get_object(value), "lat"));
	json_object_set_member(members, "lon",
			       json_object_dup_member(json_node_get_object(value), "lon"));
	json_node_unref(value);
}

/* the members that were said. Returns: (transfer full) */
static JsonObject *
collect_members(Thing *thing, gboolean adding, GError **error)
{
	g_autoptr(JsonObject) members = json_object_new();
	const CmField *fields = thing->kind->fields;

	if (thing->from_file != NULL && !read_file(thing, members, error))
		return NULL;
	for (guint i = 0; fields[i].option != NULL; i++) {
		JsonNode *value = NULL;
		gboolean wanted =
		    thing->asked[i] || (adding && is_asked(&fields[i]) && thing->from_file == NULL);

		if (wanted) {
			thing->texts[i] = ask_line(&fields[i], error);
			if (thing->texts[i] == NULL)
				return NULL;
		}
		if (thing->texts[i] == NULL)
			continue;
		value = cm_thing_fields_parse(&fields[i], thing->texts[i], thing->roster, error);
		if (value == NULL)
			return NULL;
		set_field(members, &fields[i], value);
	}
	if (thing->id != NULL)
		json_object_set_string_member(members, "id", thing->id);
	return g_steal_pointer(&members);
}

/* ---- the verbs */

static gboolean
thing_open(Thing *thing, const CmComodalctl *cli, GError **error)
{
	thing->bus = cm_client_connect(cli, error);
	if (thing->bus != NULL)
		thing->roster = cm_client_get_roster(thing->bus, error);
	return thing->roster != NULL;
}

static CmExit
finish(CmComodalctl *cli, const Thing *thing, JsonObject *change)
{
	const CmChangeCallOptions options = {.dry_run = thing->dry_run,
					     .withdraw = thing->withdraw};

	return cm_change_call_run(cli, thing->roster, change, &options);
}

/* a session stands in the list of its follow-up. Returns: (transfer full) */
static JsonObject *
find_session(Thing *thing, const gchar *id, GError **error)
{
	g_autoptr(JsonNode) list = cm_who_list(thing->roster, "followup", error);
	JsonArray *followups = list != NULL ? json_node_get_array(list) : NULL;

	if (list == NULL)
		return NULL;
	for (guint i = 0; i < cm_json_get_length(followups); i++) {
		JsonArray *sessions =
		    cm_json_get_array(cm_json_get_element(followups, i), "sessions");

		for (guint j = 0; j < cm_json_get_length(sessions); j++) {
			JsonObject *session = cm_json_get_element(sessions, j);

			if (g_strcmp0(cm_json_get_string(session, "id"), id) == 0)
				return json_object_ref(session);
		}
	}
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("No session has the id “{0}”."), id, NULL);
	return NULL;
}

static JsonObject *
find(Thing *thing, const gchar *text, GError **error)
{
	if (g_str_equal(thing->kind->kind, "session"))
		return find_session(thing, text, error);
	return cm_find_thing(thing->roster, thing->kind->kind, text, error);
}

CmExit
cm_comodalctl_thing_run_add(CmComodalctl *cli)
{
	g_auto(Thing) thing = {.kind = cm_thing_fields_find(cli->verb->name)};
	g_autoptr(GArray) entries = make_entries(&thing, "add");
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) members = NULL;
	g_autoptr(JsonObject) change = NULL;

	if (!cm_comodalctl_parse(cli, (const GOptionEntry *)(gpointer)entries->data, 0, 0, NULL))
		return cli->exit_status;
	if (g_str_equal(thing.kind->word, "session") && thing.followup == NULL)
		return cm_report_usage(cli, N_("Something is missing: {0}"), "--followup ID", NULL);
	if (!thing_open(&thing, cli, &error))
		return cm_report_error(error);
	members = collect_members(&thing, TRUE, &error);
	if (members == NULL)
		return cm_report_error(error);
	change = cm_change_call_new_add(thing.kind->kind, members);
	if (thing.followup != NULL)
		json_object_set_string_member(change, "followup", thing.followup);
	return finish(cli, &thing, change);
}

CmExit
cm_comodalctl_thing_run_edit(CmComodalctl *cli)
{
	g_auto(Thing) thing = {.kind = cm_thing_fields_find(cli->verb->name)};
	g_autoptr(GArray) entries = make_entries(&thing, "edit");
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) was = NULL;
	g_autoptr(JsonObject) members = NULL;
	g_autoptr(JsonObject) change = NULL;

	if (!cm_comodalctl_parse(cli, (const GOptionEntry *)(gpointer)entries->data, 1, 1,
				 &arguments))
		return cli->exit_status;
	if (!thing_open(&thing, cli, &error))
		return cm_report_error(error);
	was = find(&thing, arguments[0], &error);
	if (was == NULL)
		return cm_report_error(error);
	members = collect_members(&thing, FALSE, &error);
	if (members == NULL)
		return cm_report_error(error);
	if (json_object_get_size(members) == 0)
		return cm_report_usage(cli, N_("Say what changes; --help has the options."), NULL);
	change = cm_change_call_new_edit(thing.kind->kind, was, members);
	return finish(cli, &thing, change);
}

CmExit
cm_comodalctl_thing_run_remove(CmComodalctl *cli)
{
	g_auto(Thing) thing = {.kind = cm_thing_fields_find(cli->verb->name)};
	g_autoptr(GArray) entries = make_entries(&thing, "remove");
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) was = NULL;
	g_autoptr(JsonObject) change = NULL;
	g_autofree gchar *question = NULL;

	if (!cm_comodalctl_parse(cli, (const GOptionEntry *)(gpointer)entries->data, 1, 1,
				 &arguments))
		return cli->exit_status;
	if (!thing_open(&thing, cli, &error))
		return cm_report_error(error);
	was = find(&thing, arguments[0], &error);
	if (was == NULL)
		return cm_report_error(error);
	question = cm_report_format(N_("Remove {0}?"), cm_find_get_title(was), NULL);
	if (!cm_report_confirm(thing.yes || thing.dry_run, question))
		return CM_EXIT_REFUSED;
	change = cm_change_call_new_remove(thing.kind->kind, was);
	return finish(cli, &thing, change);
}
