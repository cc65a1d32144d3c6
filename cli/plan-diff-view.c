// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/plan-diff-view.h"

#include "cli/client.h"
#include "cli/dates.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"

#include <glib/gi18n.h>

#define CHANGES_SHOWN 40

static const gchar *
get_name(JsonObject *object, const gchar *member)
{
	const gchar *name = cm_json_get_string(cm_json_get_object(object, member), "name");

	return name != NULL ? name : "";
}

/* "Monday, October 5 at 10:15, in person" */
static gchar *
format_place(JsonObject *place)
{
	CmDay date = 0;
	g_autofree gchar *day = NULL;

	if (!cm_day_parse(cm_json_get_string(place, "date"), &date))
		return g_strdup("");
	day = cm_dates_format_day(date);
	return cm_report_format(N_("{0} at {1}, {2}"), day, cm_json_get_string(place, "start"),
				cm_kinds_get_mode(cm_json_get_string(place, "mode")), NULL);
}

/* what happens to a session, in a sentence */
static gchar *
format_change(JsonObject *session)
{
	const gchar *change = cm_json_get_string(session, "change");
	JsonObject *to = cm_json_get_object(session, "to");
	g_autofree gchar *before = format_place(cm_json_get_object(session, "from"));
	g_autofree gchar *after = format_place(to);
	const gchar *room = cm_json_get_string(to, "room");

	if (g_strcmp0(change, "added") == 0)
		return cm_report_format(N_("new: {0}"), after, NULL);
	if (g_strcmp0(change, "removed") == 0)
		return cm_report_format(N_("taken out: was {0}"), before, NULL);
	if (g_strcmp0(change, "moved") == 0)
		return cm_report_format(N_("moved: {0} (was {1})"), after, before, NULL);
	return cm_report_format(N_("another room or companion: {0}, {1}"), after,
				room != NULL ? room : "–", NULL);
}

static const gchar *
get_mark(const gchar *change, CmStyle *style)
{
	if (g_strcmp0(change, "added") == 0) {
		*style = CM_STYLE_GOOD;
		return "+";
	}
	if (g_strcmp0(change, "removed") == 0) {
		*style = CM_STYLE_BAD;
		return "−";
	}
	*style = CM_STYLE_WARNING;
	return g_strcmp0(change, "moved") == 0 ? "→" : "~";
}

static void
append_session(GString *out, JsonObject *session, guint width, gboolean color)
{
	CmStyle style = CM_STYLE_DIM;
	const gchar *mark = get_mark(cm_json_get_string(session, "change"), &style);
	g_autofree gchar *change = format_change(session);
	g_autofree gchar *line = g_strdup_printf("%s · %s · %s", get_name(session, "student"),
						 get_name(session, "professional"), change);

	cm_terminal_append_styled(out, color, style, mark);
	g_string_append_c(out, ' ');
	cm_terminal_append_wrapped(out, line, 2, 4, width);
}

static void
append_counts(GString *out, JsonObject *counts, guint width)
{
	g_autofree gchar *text = g_strdup_printf(
	    _("%d new, %d taken out, %d moved, %d in another room, %d unchanged; left out: %d, was "
	      "%d"),
	    (gint)cm_json_get_int(counts, "added"), (gint)cm_json_get_int(counts, "removed"),
	    (gint)cm_json_get_int(counts, "moved"), (gint)cm_json_get_int(counts, "room"),
	    (gint)cm_json_get_int(counts, "unchanged"),
	    (gint)cm_json_get_int(counts, "unscheduled_after"),
	    (gint)cm_json_get_int(counts, "unscheduled_before"));

	cm_terminal_append_wrapped(out, text, 0, 2, width);
}

gchar *
cm_plan_diff_view_draw(JsonObject *diff, guint width, gboolean color, gboolean details)
{
	GString *out = g_string_new(NULL);
	JsonArray *sessions = cm_json_get_array(diff, "sessions");
	guint count = 0;

	append_counts(out, cm_json_get_object(diff, "counts"), width);
	for (guint i = 0; i < cm_json_get_length(sessions); i++) {
		JsonObject *session = cm_json_get_element(sessions, i);
		gboolean room = g_strcmp0(cm_json_get_string(session, "change"), "room") == 0;

		/* another room is for the day itself, not for a decision */
		if (room && !details)
			continue;
		if (count == 0)
			g_string_append_c(out, '\n');
		count++;
		if (details || count <= CHANGES_SHOWN)
			append_session(out, session, width, color);
	}
	if (!details && count > CHANGES_SHOWN)
		g_string_append_printf(out,
				       ngettext("… and %u more change: --details\n",
						"… and %u more changes: --details\n",
						count - CHANGES_SHOWN),
				       count - CHANGES_SHOWN);
	return g_string_free(out, FALSE);
}

static JsonNode *
fetch(GDBusConnection *bus, guint64 from, guint64 to, GError **error)
{
	g_autoptr(CmDBusPlanner) planner = cm_client_get_planner(bus, error);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (planner == NULL || !cm_dbus_planner_call_diff_sync(planner, from, to, NULL, &handle,
							       &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

CmExit
cm_plan_diff_view_run(CmComodalctl *cli)
{
	gboolean details = FALSE;
	const GOptionEntry entries[] = {
	    {"details", 'd', 0, G_OPTION_ARG_NONE, &details, N_("Every change"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(JsonNode) diff = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;
	guint64 from = 0;
	guint64 to = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 2, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, _("PLAN"), arguments[0], 1, G_MAXINT64, &to))
		return CM_EXIT_USAGE;
	/* with two, the first is what the second is held against */
	from = arguments[1] != NULL ? to : 0;
	if (!cm_values_parse_number(cli, _("PLAN"), arguments[1], 1, G_MAXINT64, &to))
		return CM_EXIT_USAGE;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		diff = fetch(bus, from, to, &error);
	if (diff == NULL)
		return cm_report_error(error);
	if (cli->json) {
		cm_json_print_node(diff);
		return CM_EXIT_OK;
	}
	text = cm_plan_diff_view_draw(json_node_get_object(diff), cm_terminal_get_width(),
				      cli->color, details);
	cm_terminal_print(text);
	return CM_EXIT_OK;
}
