// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agenda-grid.h"
#include "cli/agenda-view.h"
#include "cli/busy-note.h"
#include "cli/client.h"
#include "cli/dates.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/who.h"
#include "daemon/agenda/agenda-ics.h"

#include <glib/gi18n.h>
#include <unistd.h>

/* at this width a column of the week holds a name */
#define GRID_WIDTH 110

typedef struct {
	gchar *week;
	gchar *from;
	gchar *to;
	gchar *site;
	gchar *plan;
	gboolean ics;
	gboolean list;
	gboolean grid;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->week);
	g_free(options->from);
	g_free(options->to);
	g_free(options->site);
	g_free(options->plan);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* What the options come to. */
typedef struct {
	CmDay from;
	CmDay to;
	guint64 plan;
	guint64 who; /* once it is known; 0: everyone */
} Request;

static gboolean
parse_request(CmComodalctl *cli, const Options *options, Request *request)
{
	CmDay day = cm_values_get_today();

	/* at the weekend, the week that matters is the next one */
	if (cm_day_get_weekday(day) >= 5)
		day += 2;
	if (!cm_values_parse_date(cli, "--week", options->week, &day))
		return FALSE;
	request->from = cm_dates_get_monday(day);
	request->to = request->from + CM_DAYS_PER_WEEK - 1;
	if (!cm_values_parse_date(cli, "--from", options->from, &request->from))
		return FALSE;
	if (options->from != NULL)
		request->to = request->from + CM_DAYS_PER_WEEK - 1;
	return cm_values_parse_date(cli, "--to", options->to, &request->to) &&
	       cm_values_parse_number(cli, "--plan", options->plan, 1, G_MAXINT64, &request->plan);
}

static GVariant *
make_call_options(const Request *request, guint64 site)
{
	g_auto(GVariantDict) dictionary = G_VARIANT_DICT_INIT(NULL);

	if (site != 0)
		g_variant_dict_insert(&dictionary, "site", "t", site);
	if (request->plan != 0)
		g_variant_dict_insert(&dictionary, "plan", "t", request->plan);
	return g_variant_dict_end(&dictionary);
}

static GBytes *
fetch_agenda(GDBusConnection *bus,
	     const Request *request,
	     guint64 who,
	     guint64 site,
	     GError **error)
{
	g_autoptr(CmDBusAgenda) agenda = cm_client_get_agenda(bus, error);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	gchar from[CM_DAY_TEXT_SIZE];
	gchar to[CM_DAY_TEXT_SIZE];

	if (agenda == NULL)
		return NULL;
	if (!cm_dbus_agenda_call_get_sync(
		agenda, who, cm_day_format(request->from, from), cm_day_format(request->to, to),
		make_call_options(request, site), NULL, &handle, &descriptors, NULL, error))
		return NULL;
	return cm_client_read_document(handle, descriptors, error);
}

/* the numbers of who and where, then the document */
static GBytes *
resolve_and_fetch(CmComodalctl *cli,
		  const Options *options,
		  Request *request,
		  const gchar *who,
		  GError **error)
{
	g_autoptr(GDBusConnection) bus = cm_client_connect(cli, error);
	g_autoptr(CmDBusRoster) roster = NULL;
	guint64 who_number = 0;
	guint64 site_number = 0;

	if (bus == NULL)
		return NULL;
	roster = cm_client_get_roster(bus, error);
	if (roster == NULL)
		return NULL;
	if (who != NULL && *who != '\0' && !cm_who_resolve(roster, who, FALSE, &who_number, error))
		return NULL;
	if (options->site != NULL &&
	    !cm_who_resolve(roster, options->site, TRUE, &site_number, error))
		return NULL;
	request->who = who_number;
	return fetch_agenda(bus, request, who_number, site_number, error);
}

static gboolean
is_empty(JsonObject *agenda)
{
	JsonArray *days = cm_json_get_array(agenda, "days");

	for (guint i = 0; i < cm_json_get_length(days); i++) {
		if (cm_json_get_length(cm_json_get_array(cm_json_get_element(days, i), "entries")) >
		    0)
			return FALSE;
	}
	return TRUE;
}

static void
print_view(const CmComodalctl *cli, const Options *options, JsonObject *agenda)
{
	CmAgendaViewOptions view = {.width = cm_terminal_get_width(), .color = cli->color};
	gboolean wide =
	    options->grid || (!options->list && isatty(STDOUT_FILENO) && view.width >= GRID_WIDTH);
	g_autofree gchar *text = NULL;

	if (wide)
		text = cm_agenda_grid_draw(agenda, &view);
	if (text == NULL)
		text = cm_agenda_view_draw_list(agenda, &view);
	cm_terminal_print(text);
	if (is_empty(agenda))
		cm_report_note(N_("Nothing is planned on these dates. For others: --week DATE"),
			       NULL);
}

static CmExit
print_agenda(CmComodalctl *cli, const Options *options, GBytes *document)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) root = cm_client_parse_document(document, &error);
	JsonObject *agenda = NULL;
	g_autofree gchar *calendar = NULL;

	if (root == NULL)
		return cm_report_error(error);
	agenda = json_node_get_object(root);
	if (cli->json) {
		cm_json_print_node(root);
	} else if (options->ics) {
		calendar = cm_agenda_ics_format(agenda, g_get_real_time() / G_USEC_PER_SEC, &error);
		if (calendar == NULL)
			return cm_report_error(error);
		cm_terminal_print(calendar);
	} else {
		print_view(cli, options, agenda);
	}
	return CM_EXIT_OK;
}

/* somebody may look free who is not */
static void
note_calendars(const CmComodalctl *cli, guint64 who)
{
	g_autoptr(GDBusConnection) bus = cm_client_connect(cli, NULL);

	if (bus != NULL)
		cm_busy_note_print_stale(bus, who);
}

CmExit
cm_comodalctl_agenda_run(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {
	    {"week", 'w', 0, G_OPTION_ARG_STRING, &options.week,
	     N_("The week of this date; default this week, or the next one at the weekend"),
	     N_("DATE")},
	    {"from", 0, 0, G_OPTION_ARG_STRING, &options.from, N_("From this date on"), N_("DATE")},
	    {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, N_("To this date"), N_("DATE")},
	    {"site", 's', 0, G_OPTION_ARG_STRING, &options.site,
	     N_("Only what happens at this school or office"), N_("SITE")},
	    {"plan", 'p', 0, G_OPTION_ARG_STRING, &options.plan,
	     N_("A draft, instead of the published plan"), "N"},
	    {"ics", 0, 0, G_OPTION_ARG_NONE, &options.ics,
	     N_("As iCalendar, initials only, for another agenda"), NULL},
	    {"list", 'l', 0, G_OPTION_ARG_NONE, &options.list,
	     N_("Day by day, even on a wide terminal"), NULL},
	    {"grid", 'g', 0, G_OPTION_ARG_NONE, &options.grid,
	     N_("As a table of the week, one column a day"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) document = NULL;
	Request request = {0};

	if (!cm_comodalctl_parse(cli, entries, 0, 1, &arguments))
		return cli->exit_status;
	if (!parse_request(cli, &options, &request))
		return CM_EXIT_USAGE;
	document = resolve_and_fetch(cli, &options, &request, arguments[0], &error);
	if (document == NULL)
		return cm_report_error(error);
	if (!cli->json && !options.ics)
		note_calendars(cli, request.who);
	return print_agenda(cli, &options, document);
}
