// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <string.h>

/* what fits on a screen beside the rest */
#define BAD_SHOWN_MAX 40

typedef struct {
	gchar *kind;
	gchar *source;
	gchar **maps;
	gchar *dates;
	gboolean dry_run;
	gboolean skip_bad;
	gboolean withdraw;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->kind);
	g_free(options->source);
	g_strfreev(options->maps);
	g_free(options->dates);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static const gchar *const kind_names[] = {"students", "contacts", "professionals",
					  "rooms",    "schools",  NULL};
static const gchar *const date_names[] = {"day-first", "month-first", NULL};

/* "Nom de l'élève=name" */
static gboolean
add_maps(const CmComodalctl *cli, const Options *options, GVariantDict *dictionary)
{
	g_auto(GVariantBuilder) mapping = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{ss}"));

	if (options->maps == NULL)
		return TRUE;
	for (guint i = 0; options->maps[i] != NULL; i++) {
		const gchar *equals = strrchr(options->maps[i], '=');
		g_autofree gchar *heading = NULL;

		if (equals == NULL) {
			cm_report_usage(cli, N_("--map: expected HEADING=MEMBER, not “{0}”."),
					options->maps[i], NULL);
			return FALSE;
		}
		heading = g_strndup(options->maps[i], (gsize)(equals - options->maps[i]));
		g_variant_builder_add(&mapping, "{ss}", heading, equals + 1);
	}
	g_variant_dict_insert_value(dictionary, "mapping", g_variant_builder_end(&mapping));
	return TRUE;
}

/* NULL: the error is reported */
static GVariant *
make_call_options(const CmComodalctl *cli, const Options *options)
{
	g_auto(GVariantDict) dictionary = G_VARIANT_DICT_INIT(NULL);

	if (!add_maps(cli, options, &dictionary))
		return NULL;
	if (options->source != NULL)
		g_variant_dict_insert(&dictionary, "source", "s", options->source);
	if (options->dates != NULL)
		g_variant_dict_insert(&dictionary, "dates", "s", options->dates);
	if (options->dry_run)
		g_variant_dict_insert(&dictionary, "dry-run", "b", TRUE);
	if (options->skip_bad)
		g_variant_dict_insert(&dictionary, "skip-bad", "b", TRUE);
	if (options->withdraw)
		g_variant_dict_insert(&dictionary, "withdraw", "b", TRUE);
	return g_variant_ref_sink(g_variant_dict_end(&dictionary));
}

/* Returns: (transfer full) */
static JsonNode *
import_file(const CmComodalctl *cli,
	    const Options *options,
	    const gchar *path,
	    GVariant *dictionary,
	    GError **error)
{
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusRoster) roster = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GUnixFDList) answered = NULL;
	g_autoptr(GVariant) result = NULL;
	g_autoptr(GBytes) bytes = NULL;
	GVariant *handle = NULL;

	descriptors = cm_client_open_file(path, &handle, error);
	if (descriptors == NULL)
		return NULL;
	bus = cm_client_connect(cli, error);
	if (bus != NULL)
		roster = cm_client_get_roster(bus, error);
	if (roster == NULL) {
		g_variant_unref(g_variant_ref_sink(handle));
		return NULL;
	}
	g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(roster), G_MAXINT);
	if (!cm_dbus_roster_call_import_table_sync(roster, handle, options->kind, dictionary,
						   descriptors, &result, &answered, NULL, error))
		return NULL;
	return cm_client_read_json(result, answered, error);
}

/* ---- what came of it */

static void
print_columns(JsonObject *result)
{
	JsonArray *columns = cm_json_get_array(result, "columns");

	g_print("%s\n", _("Columns as understood:"));
	for (guint i = 0; i < cm_json_get_length(columns); i++) {
		JsonObject *column = cm_json_get_element(columns, i);
		const gchar *member = cm_json_get_string(column, "member");
		g_autofree gchar *heading =
		    cm_terminal_clean(cm_json_get_string(column, "heading"));

		g_print("  %s → %s\n", heading, member != NULL ? member : _("left out"));
	}
}

static void
print_preview(const CmComodalctl *cli, JsonObject *result)
{
	JsonArray *preview = cm_json_get_array(result, "preview");
	JsonObject *first = cm_json_get_object(cm_json_get_element(preview, 0), "values");
	g_autoptr(GList) members = first != NULL ? json_object_get_members(first) : NULL;
	g_autoptr(GPtrArray) heads = g_ptr_array_new();
	g_autoptr(CmTable) table = NULL;
	g_autofree gchar *text = NULL;

	if (members == NULL)
		return;
	for (GList *item = members; item != NULL; item = item->next)
		g_ptr_array_add(heads, item->data);
	g_ptr_array_add(heads, NULL);
	table = cm_terminal_new_table((const gchar *const *)heads->pdata);
	for (guint i = 0; i < cm_json_get_length(preview); i++) {
		JsonObject *values = cm_json_get_object(cm_json_get_element(preview, i), "values");
		g_autoptr(GPtrArray) cells = g_ptr_array_new();

		for (GList *item = members; item != NULL; item = item->next)
			g_ptr_array_add(cells, (gpointer)cm_json_get_string(values, item->data));
		g_ptr_array_add(cells, NULL);
		cm_terminal_add_cells(table, (const gchar *const *)cells->pdata);
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

static void
print_bad(const gchar *file, JsonObject *result)
{
	JsonArray *bad = cm_json_get_array(result, "bad");
	guint count = cm_json_get_length(bad);
	gint64 more = cm_json_get_int(result, "bad_left_out");

	for (guint i = 0; i < MIN(count, BAD_SHOWN_MAX); i++) {
		JsonObject *cell = cm_json_get_element(bad, i);
		g_autofree gchar *message =
		    cm_message_localize(cm_json_get_string(cell, "message"));
		g_autofree gchar *clean = cm_terminal_clean(message);
		g_autofree gchar *heading = cm_terminal_clean(cm_json_get_string(cell, "heading"));
		gint64 column = cm_json_get_int(cell, "column");

		g_printerr("%s:%" G_GINT64_FORMAT, file, cm_json_get_int(cell, "line"));
		if (column > 0)
			g_printerr(":%" G_GINT64_FORMAT "  %s", column, heading);
		g_printerr("  %s\n", clean);
	}
	if (count > BAD_SHOWN_MAX)
		more += count - BAD_SHOWN_MAX;
	if (more > 0) {
		g_autofree gchar *number = g_strdup_printf("%" G_GINT64_FORMAT, more);
		g_autofree gchar *text = cm_report_format(N_("… and {0} more"), number, NULL);

		g_printerr("%s\n", text);
	}
}

static void
print_counts(JsonObject *result)
{
	static const gchar *const figures[][2] = {
	    {"added", N_("added: {0}")},
	    {"changed", N_("changed: {0}")},
	    {"left", N_("as they were: {0}")},
	    {"skipped", N_("left out, because of what is wrong: {0}")},
	    {"withdrawn", N_("booked sessions that could not stand any more: {0}")},
	};

	for (guint i = 0; i < G_N_ELEMENTS(figures); i++) {
		gint64 value = cm_json_get_int(result, figures[i][0]);
		g_autofree gchar *number = g_strdup_printf("%" G_GINT64_FORMAT, value);
		g_autofree gchar *text = cm_report_format(figures[i][1], number, NULL);

		if (value > 0 || i < 2)
			g_print("  %s\n", text);
	}
}

static CmExit
print_result(const CmComodalctl *cli, const Options *options, const gchar *file, JsonObject *result)
{
	gboolean done = cm_json_get_boolean(result, "done");
	gboolean right = cm_json_get_length(cm_json_get_array(result, "bad")) == 0;

	if (options->dry_run) {
		print_columns(result);
		print_preview(cli, result);
	}
	print_bad(file, result);
	if (done || (options->dry_run && (right || options->skip_bad))) {
		g_print("%s\n", done ? _("Brought in:") : _("This would be brought in:"));
		print_counts(result);
		return CM_EXIT_OK;
	}
	g_printerr("comodalctl: %s\n  → %s\n", _("Nothing was changed: some rows are wrong."),
		   _("Correct them in the file, or leave them out with --skip-bad."));
	return CM_EXIT_REFUSED;
}

static gboolean
check_options(CmComodalctl *cli, const Options *options)
{
	if (options->kind == NULL) {
		cm_report_usage(cli, N_("Something is missing: {0}"),
				"--kind students|contacts|professionals|rooms|schools", NULL);
		return FALSE;
	}
	return cm_values_check_choice(cli, "--kind", options->kind, kind_names) &&
	       cm_values_check_choice(cli, "--dates", options->dates, date_names);
}

CmExit
cm_comodalctl_csv_run_import(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GVariant) dictionary = NULL;
	g_autoptr(JsonNode) root = NULL;
	g_autoptr(GError) error = NULL;
	const GOptionEntry entries[] = {
	    {"kind", 'k', 0, G_OPTION_ARG_STRING, &options.kind, N_("What the rows are"),
	     "students|contacts|professionals|rooms|schools"},
	    {"source", 's', 0, G_OPTION_ARG_STRING, &options.source,
	     N_("Where the file comes from: what is said of its columns is kept for the next time"),
	     N_("NAME")},
	    {"map", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &options.maps,
	     N_("What a column is, as “Nom de l'élève=name”; with nothing after =, it is left out"),
	     N_("HEADING=MEMBER")},
	    {"dates", 0, 0, G_OPTION_ARG_STRING, &options.dates,
	     N_("What 04/09/2026 is: the fourth of September, or April 9"),
	     "day-first|month-first"},
	    {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run,
	     N_("Show the columns and the first rows as understood; change nothing"), NULL},
	    {"skip-bad", 0, 0, G_OPTION_ARG_NONE, &options.skip_bad,
	     N_("Leave out the rows that are wrong, and bring in the others"), NULL},
	    {"withdraw", 0, 0, G_OPTION_ARG_NONE, &options.withdraw,
	     N_("Let booked sessions go that can't stand any more"), NULL},
	    {NULL},
	};

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!check_options(cli, &options))
		return CM_EXIT_USAGE;
	dictionary = make_call_options(cli, &options);
	if (dictionary == NULL)
		return CM_EXIT_USAGE;
	root = import_file(cli, &options, arguments[0], dictionary, &error);
	if (root == NULL)
		return cm_report_error(error);
	if (!cli->json)
		return print_result(cli, &options, arguments[0], json_node_get_object(root));
	cm_json_print_node(root);
	return cm_json_get_boolean(json_node_get_object(root), "done") || options.dry_run
		   ? CM_EXIT_OK
		   : CM_EXIT_REFUSED;
}
