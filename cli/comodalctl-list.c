// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/who.h"

#include <glib/gi18n.h>

/* What the list of a kind shows: members of its objects, and their heads. */
typedef struct {
	const gchar *kind;
	const gchar *members[5];
	const gchar *heads[5];
} Columns;

static const Columns columns[] = {
    {"professional",
     {"id", "name", "profession", "base", NULL},
     {N_("id"), N_("name"), N_("profession"), N_("base"), NULL}},
    {"site",
     {"id", "name", "kind", "calendar", NULL},
     {N_("id"), N_("name"), N_("kind"), N_("calendar"), NULL}},
    {"student",
     {"id", "name", "site", "birth_date", NULL},
     {N_("id"), N_("name"), N_("school"), N_("birth date"), NULL}},
    {"contact", {"id", "kind", NULL}, {N_("id"), N_("kind"), NULL}},
    {"room", {"id", "site", "uses", NULL}, {N_("id"), N_("school"), N_("uses"), NULL}},
    {"companion", {"id", "site", NULL}, {N_("id"), N_("school"), NULL}},
    {"calendar", {"id", "cycle_length", "days", NULL}, {N_("id"), N_("cycle"), N_("days"), NULL}},
    {"followup",
     {"id", "professional", "student", "sessions", NULL},
     {N_("id"), N_("professional's id"), N_("student's id"), N_("sessions"), NULL}},
};

static gchar *
format_array(JsonArray *array)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < json_array_get_length(array); i++) {
		JsonNode *element = json_array_get_element(array, i);

		/* an array of objects is shown by its length */
		if (!JSON_NODE_HOLDS_VALUE(element))
			return g_strdup_printf("%u", json_array_get_length(array));
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
				       json_node_get_string(element));
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* a member as a cell: the words of the person's language where there are some */
static gchar *
format_member(JsonObject *thing, const gchar *name)
{
	JsonArray *array = cm_json_get_array(thing, name);
	const gchar *text = cm_json_get_string(thing, name);

	if (array != NULL)
		return format_array(array);
	if (!json_object_has_member(thing, name))
		return g_strdup("");
	if (text == NULL)
		return g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(thing, name));
	if (g_str_equal(name, "profession"))
		return g_strdup(cm_kinds_get_profession(text));
	if (g_str_equal(name, "kind"))
		return g_strdup(cm_kinds_get_sort(text));
	return g_strdup(text);
}

static void
add_thing(CmTable *table, const Columns *shown, JsonObject *thing)
{
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; shown->members[i] != NULL; i++)
		g_ptr_array_add(cells, format_member(thing, shown->members[i]));
	cm_terminal_add_cells(table, (const gchar *const *)cells->pdata);
}

static void
print_list(const CmComodalctl *cli, const Columns *shown, JsonArray *things)
{
	g_autoptr(CmTable) table = cm_terminal_new_table(shown->heads);
	g_autofree gchar *text = NULL;
	guint count = cm_json_get_length(things);

	for (guint i = 0; i < count; i++)
		add_thing(table, shown, cm_json_get_element(things, i));
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	if (count > 0)
		cm_terminal_print(text);
	g_print("\n%u %s\n", count, cm_kinds_get_plural(shown->kind, count));
}

static const Columns *
find_columns(const gchar *kind)
{
	for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
		if (g_str_equal(columns[i].kind, kind))
			return &columns[i];
	}
	return NULL;
}

CmExit
cm_comodalctl_list_run(CmComodalctl *cli)
{
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusRoster) roster = NULL;
	g_autoptr(JsonNode) list = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, _("KIND"), arguments[0], cm_kinds_get_all()))
		return CM_EXIT_USAGE;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		roster = cm_client_get_roster(bus, &error);
	if (roster != NULL)
		list = cm_who_list(roster, arguments[0], &error);
	if (list == NULL)
		return cm_report_error(error);
	if (cli->json)
		cm_json_print_node(list);
	else if (JSON_NODE_HOLDS_ARRAY(list))
		print_list(cli, find_columns(arguments[0]), json_node_get_array(list));
	return CM_EXIT_OK;
}
