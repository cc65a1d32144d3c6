// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/dates.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/who.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

typedef struct {
	GDBusConnection *bus;
	CmDBusAbsence *absence;
	CmDBusRoster *roster;
	JsonNode *professionals;
	JsonNode *students;
	guint64 professional;
	gchar from[CM_DAY_TEXT_SIZE];
	gchar to[CM_DAY_TEXT_SIZE];
} Desk;

static void
desk_clear(Desk *desk)
{
	g_clear_object(&desk->bus);
	g_clear_object(&desk->absence);
	g_clear_object(&desk->roster);
	g_clear_pointer(&desk->professionals, json_node_unref);
	g_clear_pointer(&desk->students, json_node_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static gboolean
desk_open(Desk *desk, const CmComodalctl *cli, const gchar *who, GError **error)
{
	JsonObject *found = NULL;

	desk->bus = cm_client_connect(cli, error);
	if (desk->bus != NULL)
		desk->absence = cm_client_get_absence(desk->bus, error);
	if (desk->absence != NULL)
		desk->roster = cm_client_get_roster(desk->bus, error);
	if (desk->roster != NULL)
		desk->professionals = cm_who_list(desk->roster, "professional", error);
	if (desk->professionals != NULL)
		desk->students = cm_who_list(desk->roster, "student", error);
	if (desk->students == NULL)
		return FALSE;
	found = cm_find_thing_in(desk->professionals, "professional", who, error);
	if (found == NULL)
		return FALSE;
	desk->professional = (guint64)cm_json_get_int(found, "number");
	return TRUE;
}

static JsonNode *
fetch_preview(const Desk *desk, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (!cm_dbus_absence_call_preview_sync(desk->absence, desk->professional, desk->from,
					       desk->to, NULL, &handle, &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

/* ---- what is shown */

static gchar *
dup_title(JsonNode *things, gint64 number)
{
	JsonObject *found = number != 0 ? cm_find_by_number(things, number) : NULL;

	return found != NULL ? cm_terminal_clean(cm_find_get_title(found)) : g_strdup("–");
}

/* "Mon Sep 7 09:30" */
static gchar *
format_time(JsonObject *line, const gchar *date, const gchar *start)
{
	CmDay day = 0;
	g_autofree gchar *column = NULL;
	gchar minute[CM_MINUTE_TEXT_SIZE];
	const gchar *text = cm_json_get_string(line, date);

	if (text == NULL || !cm_day_parse(text, &day))
		return g_strdup("–");
	column = cm_dates_format_column(day);
	return g_strdup_printf("%s %s", column,
			       cm_minute_format((CmMinute)cm_json_get_int(line, start), minute));
}

static gchar *
format_colleagues(const Desk *desk, JsonArray *colleagues)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; colleagues != NULL && i < json_array_get_length(colleagues); i++) {
		g_autofree gchar *name =
		    dup_title(desk->professionals, json_array_get_int_element(colleagues, i));

		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", name);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
append_line(GString *out, const CmComodalctl *cli, const Desk *desk, JsonObject *line)
{
	gboolean moves = g_strcmp0(cm_json_get_string(line, "becomes"), "moved") == 0;
	g_autofree gchar *was = format_time(line, "date", "start");
	g_autofree gchar *to = format_time(line, "to_date", "to_start");
	g_autofree gchar *student = dup_title(desk->students, cm_json_get_int(line, "student"));
	g_autofree gchar *colleagues =
	    format_colleagues(desk, cm_json_get_array(line, "colleagues"));
	g_autofree gchar *number =
	    g_strdup_printf("%5" G_GINT64_FORMAT "  ", cm_json_get_int(line, "number"));

	g_string_append(out, number);
	cm_terminal_append_cell(out, was, 18);
	g_string_append(out, "  ");
	cm_terminal_append_cell(out, student, 24);
	g_string_append(out, "  ");
	if (moves)
		g_string_append_printf(out, "→ %s\n", to);
	else
		cm_terminal_append_styled(out, cli->color, CM_STYLE_WARNING,
					  _("waits: no other hour\n"));
	if (*colleagues != '\0') {
		g_autofree gchar *text =
		    cm_report_format(_("{0} could see them at that very hour"), colleagues, NULL);

		g_string_append_printf(out, "         %s\n", text);
	}
}

static void
print_preview(const CmComodalctl *cli, const Desk *desk, JsonObject *preview)
{
	JsonArray *lines = cm_json_get_array(preview, "lines");
	const gchar *warning = cm_json_get_string(preview, "warning");
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; i < cm_json_get_length(lines); i++)
		append_line(out, cli, desk, cm_json_get_element(lines, i));
	if (out->len == 0)
		g_string_append_printf(out, "%s\n", _("Nothing is booked on these days."));
	if (warning != NULL) {
		g_autofree gchar *text = cm_message_localize(warning);

		cm_terminal_append_styled(out, cli->color, CM_STYLE_WARNING, "! ");
		cm_terminal_append_wrapped(out, text, 2, 2, cm_terminal_get_width());
	}
	cm_terminal_print(out->str);
}

/* ---- accepting */

/* "412,415"; FALSE has reported what is no number */
static gboolean
parse_only(const CmComodalctl *cli, const gchar *only, GVariant **out_lines)
{
	g_auto(GStrv) words = g_strsplit(only != NULL ? only : "", ",", -1);
	GVariantBuilder builder;

	g_variant_builder_init(&builder, G_VARIANT_TYPE("at"));
	for (guint i = 0; only != NULL && words[i] != NULL; i++) {
		guint64 number = 0;

		if (!cm_values_parse_number(cli, "--only", words[i], 1, G_MAXINT64, &number)) {
			g_variant_builder_clear(&builder);
			return FALSE;
		}
		g_variant_builder_add(&builder, "t", number);
	}
	*out_lines = g_variant_ref_sink(g_variant_builder_end(&builder));
	return TRUE;
}

static CmExit
run(CmComodalctl *cli, Desk *desk, gboolean preview, gboolean yes, const gchar *only)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) lines = NULL;
	g_autoptr(JsonNode) document = NULL;
	JsonObject *object = NULL;

	if (!parse_only(cli, only, &lines))
		return CM_EXIT_USAGE;
	document = fetch_preview(desk, &error);
	if (document == NULL)
		return cm_report_error(error);
	object = json_node_get_object(document);
	if (cli->json) {
		g_autofree gchar *warning =
		    cm_message_localize(cm_json_get_string(object, "warning") != NULL
					    ? cm_json_get_string(object, "warning")
					    : "");

		json_object_set_string_member(object, "warning", warning);
		cm_json_print_node(document);
	} else {
		print_preview(cli, desk, object);
	}
	if (preview)
		return CM_EXIT_OK;
	if (!cm_report_confirm(yes, _("Accept this, and put the absence in the roster?")))
		return CM_EXIT_REFUSED;
	if (!cm_dbus_absence_call_accept_sync(desk->absence, desk->professional, desk->from,
					      desk->to, cm_json_get_string(object, "basis"),
					      only == NULL, lines, NULL, &error))
		return cm_report_error(error);
	if (!cli->json)
		cm_terminal_print(
		    _("The absence is in the roster; those concerned will be told.\n"));
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_absence_run(CmComodalctl *cli)
{
	g_autofree gchar *from = NULL;
	g_autofree gchar *to = NULL;
	g_autofree gchar *only = NULL;
	gboolean preview = FALSE;
	gboolean yes = FALSE;
	const GOptionEntry entries[] = {
	    {"from", 0, 0, G_OPTION_ARG_STRING, &from, N_("The first day; default today"),
	     N_("DATE")},
	    {"to", 0, 0, G_OPTION_ARG_STRING, &to, N_("The last day; default the first"),
	     N_("DATE")},
	    {"preview", 'n', 0, G_OPTION_ARG_NONE, &preview, N_("Only show what would change"),
	     NULL},
	    {"only", 0, 0, G_OPTION_ARG_STRING, &only,
	     N_("Move or cancel only these bookings, by their numbers"), "N,N…"},
	    {"yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_("Accept without a question"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(Desk) desk = {0};
	g_autoptr(GError) error = NULL;
	CmDay first = cm_values_get_today();
	CmDay last = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_date(cli, "--from", from, &first))
		return CM_EXIT_USAGE;
	last = first;
	if (!cm_values_parse_date(cli, "--to", to, &last))
		return CM_EXIT_USAGE;
	cm_day_format(first, desk.from);
	cm_day_format(last, desk.to);
	if (!desk_open(&desk, cli, arguments[0], &error))
		return cm_report_error(error);
	return run(cli, &desk, preview, yes, only);
}
