// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/dates.h"
#include "cli/find.h"
#include "cli/hand-over.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/who.h"
#include "cli/zone.h"
#include "daemon/agenda/document.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#define REASON_MAX 4000

typedef struct {
	GDBusConnection *bus;
	CmDBusWaiting *waiting;
	CmDBusRoster *roster;
	JsonNode *students;
} Desk;

static void
desk_clear(Desk *desk)
{
	g_clear_object(&desk->bus);
	g_clear_object(&desk->waiting);
	g_clear_object(&desk->roster);
	g_clear_pointer(&desk->students, json_node_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static gboolean
desk_open(Desk *desk, const CmComodalctl *cli, GError **error)
{
	desk->bus = cm_client_connect(cli, error);
	if (desk->bus != NULL)
		desk->waiting = cm_client_get_waiting(desk->bus, error);
	if (desk->waiting != NULL)
		desk->roster = cm_client_get_roster(desk->bus, error);
	if (desk->roster != NULL)
		desk->students = cm_who_list(desk->roster, "student", error);
	return desk->students != NULL;
}

/* ---- an hour, as it is typed */

typedef struct {
	gchar *who;
	gchar *date;
	gchar *at;
	gchar *mode;
	gchar *minutes;
	gchar *booking;
} HourOptions;

static void
hour_options_clear(HourOptions *options)
{
	g_free(options->who);
	g_free(options->date);
	g_free(options->at);
	g_free(options->mode);
	g_free(options->minutes);
	g_free(options->booking);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HourOptions, hour_options_clear)

typedef struct {
	guint64 professional;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];
	guint64 minutes;
	guint64 booking;
} Hour;

static gboolean
parse_hour(const CmComodalctl *cli, const HourOptions *options, Hour *out_hour)
{
	static const gchar *const modes[] = {"in-person", "video-school", "video-remote", NULL};
	CmDay day = cm_values_get_today();
	CmMinute minute = 0;

	if (!cm_values_parse_date(cli, "--date", options->date, &day) ||
	    !cm_values_parse_number(cli, "--minutes", options->minutes, 1, 480,
				    &out_hour->minutes) ||
	    !cm_values_parse_number(cli, "--booking", options->booking, 1, G_MAXINT64,
				    &out_hour->booking) ||
	    !cm_values_check_choice(cli, "--mode", options->mode, modes))
		return FALSE;
	if (options->at != NULL && !cm_minute_parse(options->at, &minute)) {
		(void)cm_report_usage(cli, N_("{0} is no time: write it as 09:00."), options->at,
				      NULL);
		return FALSE;
	}
	cm_day_format(day, out_hour->date);
	cm_minute_format(minute, out_hour->start);
	return TRUE;
}

static gboolean
find_professional(const Desk *desk, const gchar *who, guint64 *out_number, GError **error)
{
	g_autoptr(JsonObject) found = NULL;

	if (who == NULL)
		return TRUE;
	found = cm_find_thing(desk->roster, "professional", who, error);
	if (found == NULL)
		return FALSE;
	*out_number = (guint64)cm_json_get_int(found, "number");
	return TRUE;
}

/* ---- what is shown */

static gchar *
dup_student(const Desk *desk, JsonObject *request)
{
	gint64 number = cm_json_get_int(request, "student");
	JsonObject *found = cm_find_by_number(desk->students, number);

	if (found != NULL)
		return cm_terminal_clean(cm_find_get_title(found));
	return g_strdup_printf("%" G_GINT64_FORMAT, number);
}

static gchar *
format_state(JsonObject *request)
{
	const gchar *state = cm_json_get_string(request, "state");
	gint64 until = cm_json_get_int(request, "hold_until");
	g_autoptr(GDateTime) end = cm_zone_make_time(until);
	g_autofree gchar *text = end != NULL ? g_date_time_format(end, "%Y-%m-%d %H:%M") : NULL;

	if (g_strcmp0(state, "offered") == 0)
		return cm_report_format(_("offered until {0}"), text != NULL ? text : "?", NULL);
	if (g_strcmp0(state, "served") == 0)
		return g_strdup(_("served"));
	return g_strdup(g_strcmp0(state, "withdrawn") == 0 ? _("withdrawn") : _("waiting"));
}

/* "412  Éloïse …  suivi, 45 min  priority 1, since 2026-09-01  waiting" */
static void
append_request(GString *out, const CmComodalctl *cli, const Desk *desk, JsonObject *request)
{
	g_autofree gchar *student = dup_student(desk, request);
	g_autofree gchar *number =
	    g_strdup_printf("%5" G_GINT64_FORMAT, cm_json_get_int(request, "number"));
	g_autofree gchar *minutes = cm_dates_format_duration(cm_json_get_int(request, "minutes"));
	g_autofree gchar *priority =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(request, "priority"));
	g_autofree gchar *act = cm_terminal_clean(cm_json_get_string(request, "act"));
	g_autofree gchar *state = format_state(request);
	g_autofree gchar *rest =
	    cm_report_format(_("{0}, {1}; priority {2}, since {3}; {4}"), act, minutes, priority,
			     cm_json_get_string(request, "received_on"), state, NULL);

	g_string_append_printf(out, "%s  ", number);
	cm_terminal_append_styled(out, cli->color, CM_STYLE_BOLD, student);
	g_string_append_printf(out, "  %s\n", rest);
}

/* what the place in the list is made of */
static void
append_reasons(GString *out, const CmComodalctl *cli, JsonObject *request)
{
	JsonArray *objections = cm_json_get_array(request, "objections");
	g_autofree gchar *points =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(request, "points"));
	g_autofree gchar *days =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(request, "days"));
	g_autofree gchar *travel =
	    cm_dates_format_duration(MAX(cm_json_get_int(request, "travel_added"), 0));
	g_autofree gchar *line = cm_report_format(_("{0} points: waits {1} days, travel added {2}"),
						  points, days, travel, NULL);

	g_string_append(out, "       ");
	cm_terminal_append_styled(out, cli->color, CM_STYLE_DIM, line);
	g_string_append_c(out, '\n');
	for (guint i = 0; i < cm_json_get_length(objections); i++) {
		JsonObject *objection = cm_json_get_element(objections, i);
		gboolean blocks = g_strcmp0(cm_json_get_string(objection, "effect"), "blocks") == 0;
		const gchar *text = cm_json_get_string(objection, "message");

		g_string_append(out, "       ");
		cm_terminal_append_styled(out, cli->color, blocks ? CM_STYLE_BAD : CM_STYLE_WARNING,
					  blocks ? "✗ " : "! ");
		cm_terminal_append_wrapped(out, text, 9, 9, cm_terminal_get_width());
	}
}

/* what speaks against it, in the reader's language: a message as it crosses the bus is for programs of ours */
static void
localize_objections(JsonObject *request)
{
	JsonArray *objections = cm_json_get_array(request, "objections");

	for (guint i = 0; i < cm_json_get_length(objections); i++) {
		JsonObject *objection = cm_json_get_element(objections, i);
		g_autofree gchar *text =
		    cm_message_localize(cm_json_get_string(objection, "message"));

		json_object_set_string_member(objection, "message", text);
	}
}

static void
print_requests(const CmComodalctl *cli, const Desk *desk, JsonNode *document, gboolean ranked)
{
	JsonArray *requests = cm_json_get_array(json_node_get_object(document), "requests");
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; i < cm_json_get_length(requests); i++) {
		JsonObject *request = cm_json_get_element(requests, i);
		g_autofree gchar *name = dup_student(desk, request);

		json_object_set_string_member(request, "name", name);
		localize_objections(request);
		append_request(out, cli, desk, request);
		if (ranked)
			append_reasons(out, cli, request);
	}
	if (cli->json) {
		cm_json_print_node(document);
		return;
	}
	if (out->len == 0)
		g_string_append_printf(out, "%s\n", _("Nobody waits."));
	else if (ranked)
		g_string_append_printf(
		    out, "  → comodalctl waiting offer %s --for … --date … --at …\n", _("NUMBER"));
	cm_terminal_print(out->str);
}

/* ---- waiting list */

static JsonNode *
read_document(GVariant *handle, GUnixFDList *descriptors, GError **error)
{
	g_autoptr(GBytes) bytes = cm_client_read_document(handle, descriptors, error);

	return bytes != NULL ? cm_client_parse_document(bytes, error) : NULL;
}

static JsonNode *
fetch_list(const Desk *desk, const gchar *profession, gboolean all, GError **error)
{
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (profession != NULL)
		g_variant_dict_insert(&options, "profession", "s", profession);
	if (all)
		g_variant_dict_insert(&options, "all", "b", TRUE);
	if (!cm_dbus_waiting_call_list_sync(desk->waiting, g_variant_dict_end(&options), NULL,
					    &handle, &descriptors, NULL, error))
		return NULL;
	return read_document(handle, descriptors, error);
}

static JsonNode *
fetch_ranked(const Desk *desk, const Hour *hour, const gchar *mode, GError **error)
{
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (mode != NULL)
		g_variant_dict_insert(&options, "mode", "s", mode);
	if (hour->minutes != 0)
		g_variant_dict_insert(&options, "minutes", "u", (guint32)hour->minutes);
	if (hour->booking != 0)
		g_variant_dict_insert(&options, "booking", "t", hour->booking);
	if (!cm_dbus_waiting_call_rank_sync(desk->waiting, hour->professional, hour->date,
					    hour->start, g_variant_dict_end(&options), NULL,
					    &handle, &descriptors, NULL, error))
		return NULL;
	return read_document(handle, descriptors, error);
}

CmExit
cm_comodalctl_waiting_list_run(CmComodalctl *cli)
{
	g_auto(HourOptions) options = {0};
	g_autofree gchar *profession = NULL;
	gboolean all = FALSE;
	const GOptionEntry entries[] = {
	    {"profession", 0, 0, G_OPTION_ARG_STRING, &profession, N_("Only this profession"),
	     N_("PROFESSION")},
	    {"all", 'a', 0, G_OPTION_ARG_NONE, &all, N_("Those served and withdrawn too"), NULL},
	    {"for", 0, 0, G_OPTION_ARG_STRING, &options.who,
	     N_("Who comes first for a free hour of this professional"), N_("WHO")},
	    {"date", 'd', 0, G_OPTION_ARG_STRING, &options.date, N_("The hour's date"), N_("DATE")},
	    {"at", 0, 0, G_OPTION_ARG_STRING, &options.at, N_("The hour's time, as 09:00"),
	     N_("TIME")},
	    {"minutes", 0, 0, G_OPTION_ARG_STRING, &options.minutes, N_("How long it is"), "N"},
	    {"mode", 'm', 0, G_OPTION_ARG_STRING, &options.mode, N_("How; default in-person"),
	     "in-person|video-school|video-remote"},
	    {"booking", 0, 0, G_OPTION_ARG_STRING, &options.booking,
	     N_("The hour of this booking, that was cancelled"), "N"},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(Desk) desk = {0};
	Hour hour = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	gboolean ranked = FALSE;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	if (!parse_hour(cli, &options, &hour))
		return CM_EXIT_USAGE;
	ranked = options.who != NULL || hour.booking != 0;
	if (options.who != NULL && options.at == NULL)
		return cm_report_usage(cli, N_("Something is missing: {0}"), "--at 09:00", NULL);
	if (desk_open(&desk, cli, &error) &&
	    find_professional(&desk, options.who, &hour.professional, &error))
		document = ranked ? fetch_ranked(&desk, &hour, options.mode, &error)
				  : fetch_list(&desk, profession, all, &error);
	if (document == NULL)
		return cm_report_error(error);
	print_requests(cli, &desk, document, ranked);
	return CM_EXIT_OK;
}

/* ---- waiting add */

/* why, from standard input: it is nobody else's, and has no place on a command line */
static gchar *
ask_reason(void)
{
	gchar line[REASON_MAX + 2] = "";

	if (isatty(STDIN_FILENO) != 0)
		fprintf(stderr, "%s ", _("Why, in a line (kept sealed):"));
	if (fgets(line, sizeof line, stdin) == NULL)
		line[0] = '\0';
	return g_utf8_make_valid(g_strstrip(line), -1);
}

typedef struct {
	gchar *profession;
	gchar *act;
	gchar *minutes;
	gchar *priority;
	gchar *received;
} AddOptions;

static void
add_options_clear(AddOptions *options)
{
	g_free(options->profession);
	g_free(options->act);
	g_free(options->minutes);
	g_free(options->priority);
	g_free(options->received);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AddOptions, add_options_clear)

/* the document of a new request; NULL has reported what is wrong */
static JsonBuilder *
make_request(const CmComodalctl *cli, const AddOptions *options)
{
	guint64 minutes = 45;
	guint64 priority = 2;
	CmDay received = cm_values_get_today();
	g_autofree gchar *reason = NULL;
	JsonBuilder *builder = NULL;

	if (!cm_values_parse_number(cli, "--minutes", options->minutes, 1, 480, &minutes) ||
	    !cm_values_parse_number(cli, "--priority", options->priority, 1, 3, &priority) ||
	    !cm_values_parse_date(cli, "--received", options->received, &received))
		return NULL;
	if (options->profession == NULL || options->act == NULL) {
		(void)cm_report_usage(
		    cli, N_("Something is missing: {0}"),
		    options->act == NULL ? "--act ACT" : "--profession PROFESSION", NULL);
		return NULL;
	}
	reason = ask_reason();
	builder = json_builder_new();
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "profession", options->profession);
	cm_document_add_string(builder, "act", options->act);
	cm_document_add_int(builder, "minutes", (gint64)minutes);
	cm_document_add_int(builder, "priority", (gint64)priority);
	cm_document_add_date(builder, "received_on", received);
	cm_document_add_string(builder, "reason", reason);
	json_builder_end_object(builder);
	return builder;
}

static gboolean
add(const Desk *desk, const gchar *who, JsonBuilder *builder, guint64 *out_number, GError **error)
{
	JsonObject *student = cm_find_thing_in(desk->students, "student", who, error);
	g_autoptr(GBytes) bytes = cm_document_to_bytes(builder);
	g_autoptr(GUnixFDList) descriptors = NULL;
	GVariant *handle = NULL;
	guint64 version = 0;

	if (student == NULL)
		return FALSE;
	descriptors = cm_hand_over_bytes(bytes, &handle, error);
	return descriptors != NULL &&
	       cm_dbus_waiting_call_add_sync(desk->waiting,
					     (guint64)cm_json_get_int(student, "number"), handle,
					     descriptors, out_number, &version, NULL, NULL, error);
}

static void
print_number(const CmComodalctl *cli, const gchar *member, guint64 number, const gchar *format)
{
	g_autofree gchar *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);
	g_autofree gchar *line = cm_report_format(format, text, NULL);
	g_autofree gchar *ended = g_strconcat(line, "\n", NULL);
	g_autoptr(JsonBuilder) builder = json_builder_new();

	if (!cli->json) {
		cm_terminal_print(ended);
		return;
	}
	json_builder_begin_object(builder);
	cm_document_add_int(builder, member, (gint64)number);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

CmExit
cm_comodalctl_waiting_add_run(CmComodalctl *cli)
{
	g_auto(AddOptions) options = {0};
	const GOptionEntry entries[] = {
	    {"profession", 0, 0, G_OPTION_ARG_STRING, &options.profession,
	     N_("Of which profession (needed)"), N_("PROFESSION")},
	    {"act", 0, 0, G_OPTION_ARG_STRING, &options.act, N_("Which act, as suivi (needed)"),
	     N_("ACT")},
	    {"minutes", 0, 0, G_OPTION_ARG_STRING, &options.minutes, N_("How long; default 45"),
	     "N"},
	    {"priority", 0, 0, G_OPTION_ARG_STRING, &options.priority,
	     N_("1 the most pressing, to 3; default 2"), "1|2|3"},
	    {"received", 0, 0, G_OPTION_ARG_STRING, &options.received,
	     N_("When it was received; default today"), N_("DATE")},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(Desk) desk = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonBuilder) builder = NULL;
	guint64 number = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	builder = make_request(cli, &options);
	if (builder == NULL)
		return CM_EXIT_USAGE;
	if (!desk_open(&desk, cli, &error) || !add(&desk, arguments[0], builder, &number, &error))
		return cm_report_error(error);
	print_number(cli, "number", number, _("Request {0} is on the waiting list."));
	return CM_EXIT_OK;
}

/* ---- waiting offer, withdraw, serve */

static gboolean
find_version(const Desk *desk, guint64 number, guint64 *out_version, GError **error)
{
	g_autoptr(JsonNode) list = fetch_list(desk, NULL, TRUE, error);
	JsonArray *requests =
	    list != NULL ? cm_json_get_array(json_node_get_object(list), "requests") : NULL;

	if (list == NULL)
		return FALSE;
	for (guint i = 0; i < cm_json_get_length(requests); i++) {
		JsonObject *request = cm_json_get_element(requests, i);

		if ((guint64)cm_json_get_int(request, "number") != number)
			continue;
		*out_version = (guint64)cm_json_get_int(request, "version");
		return TRUE;
	}
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such request for service."), NULL);
	return FALSE;
}

/* to the end of that day */
static GVariant *
make_offer_options(const HourOptions *options, CmDay until)
{
	g_auto(GVariantDict) dictionary = G_VARIANT_DICT_INIT(NULL);
	GTimeZone *zone = cm_zone_get();

	if (options->mode != NULL)
		g_variant_dict_insert(&dictionary, "mode", "s", options->mode);
	if (until != CM_DAY_NONE)
		g_variant_dict_insert(&dictionary, "until", "t",
				      (guint64)cm_time_to_utc(until + 1, 0, zone));
	return g_variant_dict_end(&dictionary);
}

CmExit
cm_comodalctl_waiting_offer_run(CmComodalctl *cli)
{
	g_auto(HourOptions) options = {0};
	g_autofree gchar *until_text = NULL;
	const GOptionEntry entries[] = {
	    {"for", 0, 0, G_OPTION_ARG_STRING, &options.who, N_("Whose hour it is (needed)"),
	     N_("WHO")},
	    {"date", 'd', 0, G_OPTION_ARG_STRING, &options.date, N_("The hour's date (needed)"),
	     N_("DATE")},
	    {"at", 0, 0, G_OPTION_ARG_STRING, &options.at, N_("The hour's time, as 09:00 (needed)"),
	     N_("TIME")},
	    {"mode", 'm', 0, G_OPTION_ARG_STRING, &options.mode, N_("How; default in-person"),
	     "in-person|video-school|video-remote"},
	    {"until", 0, 0, G_OPTION_ARG_STRING, &until_text,
	     N_("The last day to say yes; default in 3 days"), N_("DATE")},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(Desk) desk = {0};
	Hour hour = {0};
	CmDay until = CM_DAY_NONE;
	guint64 number = 0;
	guint64 version = 0;
	guint64 hold = 0;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, _("NUMBER"), arguments[0], 1, G_MAXINT64, &number) ||
	    !parse_hour(cli, &options, &hour) ||
	    !cm_values_parse_date(cli, "--until", until_text, &until))
		return CM_EXIT_USAGE;
	if (options.who == NULL || options.date == NULL || options.at == NULL)
		return cm_report_usage(cli, N_("Something is missing: {0}"), "--for, --date, --at",
				       NULL);
	if (!desk_open(&desk, cli, &error) ||
	    !find_professional(&desk, options.who, &hour.professional, &error) ||
	    !find_version(&desk, number, &version, &error) ||
	    !cm_dbus_waiting_call_offer_sync(
		desk.waiting, number, version, hour.professional, hour.date, hour.start,
		make_offer_options(&options, until), &hold, NULL, NULL, NULL, &error))
		return cm_report_error(error);
	print_number(
	    cli, "hold", hold,
	    _("The hour is held, as {0}: confirm it once they say yes. When the offer ends, "
	      "they wait again."));
	return CM_EXIT_OK;
}

typedef gboolean (*CloseCall)(CmDBusWaiting *proxy,
			      guint64 number,
			      guint64 version,
			      guint64 *out_version,
			      GCancellable *cancellable,
			      GError **error);

static CmExit
close_request(CmComodalctl *cli, CloseCall call, const gchar *done)
{
	g_auto(GStrv) arguments = NULL;
	g_auto(Desk) desk = {0};
	g_autoptr(GError) error = NULL;
	guint64 number = 0;
	guint64 version = 0;
	guint64 after = 0;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, _("NUMBER"), arguments[0], 1, G_MAXINT64, &number))
		return CM_EXIT_USAGE;
	if (!desk_open(&desk, cli, &error) || !find_version(&desk, number, &version, &error) ||
	    !call(desk.waiting, number, version, &after, NULL, &error))
		return cm_report_error(error);
	print_number(cli, "number", number, done);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_waiting_withdraw_run(CmComodalctl *cli)
{
	return close_request(cli, cm_dbus_waiting_call_withdraw_sync,
			     _("Request {0} is withdrawn."));
}

CmExit
cm_comodalctl_waiting_serve_run(CmComodalctl *cli)
{
	return close_request(cli, cm_dbus_waiting_call_serve_sync, _("Request {0} is served."));
}
