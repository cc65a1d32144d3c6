// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/busy-note.h"
#include "cli/client.h"
#include "cli/fetch.h"
#include "cli/find.h"
#include "cli/hand-over.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/who.h"
#include "cli/zone.h"
#include "daemon/agenda/document.h"
#include "daemon/roster/busy-calendar.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define FILE_PREFIX "file:"
#define ADDRESS_MAX 4096
/* what is kept of a calendar: what was is over, what is later is read later */
#define DAYS_BEFORE 7
#define DAYS_AFTER 400
#define SECONDS_PER_DAY 86400

typedef struct {
	GDBusConnection *bus;
	CmDBusBusy *busy;
	CmDBusRoster *roster;
	JsonNode *professionals;
} Desk;

static void
desk_clear(Desk *desk)
{
	g_clear_object(&desk->bus);
	g_clear_object(&desk->busy);
	g_clear_object(&desk->roster);
	g_clear_pointer(&desk->professionals, json_node_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static gboolean
desk_open(Desk *desk, const CmComodalctl *cli, GError **error)
{
	desk->bus = cm_client_connect(cli, error);
	if (desk->bus != NULL)
		desk->busy = cm_client_get_busy(desk->bus, error);
	if (desk->busy != NULL)
		desk->roster = cm_client_get_roster(desk->bus, error);
	if (desk->roster != NULL)
		desk->professionals = cm_who_list(desk->roster, "professional", error);
	return desk->professionals != NULL;
}

/* 0 for nobody in particular */
static gboolean
find_professional(const Desk *desk, const gchar *who, guint64 *out_number, GError **error)
{
	JsonObject *found = NULL;

	if (who == NULL)
		return TRUE;
	found = cm_find_thing_in(desk->professionals, "professional", who, error);
	if (found == NULL)
		return FALSE;
	*out_number = (guint64)cm_json_get_int(found, "number");
	return TRUE;
}

/* ---- documents of the daemon and to it */

static GUnixFDList *
send_document(JsonBuilder *builder, GVariant **out_handle, GError **error)
{
	g_autoptr(GBytes) bytes = cm_document_to_bytes(builder);

	return cm_hand_over_bytes(bytes, out_handle, error);
}

static JsonNode *
fetch_list(const Desk *desk, guint64 professional, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (!cm_dbus_busy_call_list_sync(desk->busy, professional, NULL, &handle, &descriptors,
					 NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static JsonArray *
get_calendars(JsonNode *list)
{
	return cm_json_get_array(json_node_get_object(list), "calendars");
}

/* ---- reading a calendar */

/* a failure by its name on the bus, or NULL; `out_calendar` when there is none */
static const gchar *
read_text(GBytes *bytes, CmBusyCalendar **out_calendar)
{
	GTimeZone *zone = cm_zone_get();
	g_autoptr(GError) error = NULL;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	gsize length = 0;
	const gchar *data = g_bytes_get_data(bytes, &length);
	g_autofree gchar *text = g_strndup(data != NULL ? data : "", length);

	*out_calendar =
	    cm_busy_calendar_read(text, length, zone, now - (gint64)DAYS_BEFORE * SECONDS_PER_DAY,
				  now + (gint64)DAYS_AFTER * SECONDS_PER_DAY, &error);
	return *out_calendar != NULL ? NULL : "not-calendar";
}

static const gchar *
read_file(const gchar *path, GBytes **out_bytes)
{
	g_autofree gchar *data = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GFile) file = g_file_new_for_path(path);
	g_autoptr(GFileInfo) info = g_file_query_info(file, G_FILE_ATTRIBUTE_STANDARD_SIZE,
						      G_FILE_QUERY_INFO_NONE, NULL, NULL);
	gsize length = 0;

	if (info != NULL && g_file_info_get_size(info) > CM_BUSY_CALENDAR_MAX_BYTES)
		return "too-large";
	if (!g_file_get_contents(path, &data, &length, &error))
		return "unreachable";
	*out_bytes = g_bytes_new_take(g_steal_pointer(&data), length);
	return NULL;
}

static const gchar *
read_address(const gchar *address, GBytes **out_bytes)
{
	switch (cm_fetch_get(address, CM_BUSY_CALENDAR_MAX_BYTES, out_bytes)) {
	case CM_FETCH_OK:
		return NULL;
	case CM_FETCH_CERTIFICATE:
		return "certificate";
	case CM_FETCH_REFUSED:
		return "refused";
	case CM_FETCH_TOO_LARGE:
		return "too-large";
	case CM_FETCH_UNREACHABLE:
	case CM_FETCH_NOT_HTTPS:
	default:
		return "unreachable";
	}
}

static const gchar *
read_calendar(const gchar *location, CmBusyCalendar **out_calendar)
{
	g_autoptr(GBytes) bytes = NULL;
	const gchar *failure = g_str_has_prefix(location, FILE_PREFIX)
				   ? read_file(location + strlen(FILE_PREFIX), &bytes)
				   : read_address(location, &bytes);

	return failure != NULL ? failure : read_text(bytes, out_calendar);
}

static JsonBuilder *
make_times(const CmBusyCalendar *calendar)
{
	JsonBuilder *builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_begin_array(builder, "busy");
	for (guint i = 0; i < calendar->times->len; i++) {
		const CmBusyTime *time = &g_array_index(calendar->times, CmBusyTime, i);

		json_builder_begin_array(builder);
		json_builder_add_int_value(builder, time->start);
		json_builder_add_int_value(builder, time->end);
		json_builder_end_array(builder);
	}
	json_builder_end_array(builder);
	cm_document_add_boolean(builder, "partly", calendar->not_understood > 0);
	json_builder_end_object(builder);
	return builder;
}

/* Read one and bring what it says; FALSE with `error` when the daemon did not take it. `out_failure`: NULL when all was read. */
static gboolean
refresh(const Desk *desk,
	guint64 number,
	guint64 version,
	const gchar *location,
	const gchar **out_failure,
	GError **error)
{
	g_autoptr(CmBusyCalendar) calendar = NULL;
	g_autoptr(JsonBuilder) builder = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	GVariant *handle = NULL;
	guint64 after = 0;

	*out_failure = read_calendar(location, &calendar);
	if (*out_failure != NULL)
		return cm_dbus_busy_call_set_failed_sync(desk->busy, number, version, *out_failure,
							 &after, NULL, error);
	if (calendar->not_understood > 0)
		*out_failure = "partly";
	builder = make_times(calendar);
	descriptors = send_document(builder, &handle, error);
	return descriptors != NULL &&
	       cm_dbus_busy_call_set_times_sync(desk->busy, number, version, handle, descriptors,
						&after, NULL, NULL, error);
}

/* ---- what is shown */

/* never the address: it is a secret */
static gchar *
dup_place(JsonObject *calendar)
{
	const gchar *location = cm_json_get_string(calendar, "location");
	gchar *host = NULL;

	if (location == NULL)
		return g_strdup("");
	if (g_str_has_prefix(location, FILE_PREFIX))
		return g_path_get_basename(location + strlen(FILE_PREFIX));
	host = cm_fetch_dup_host(location);
	return host != NULL ? host : g_strdup("?");
}

static gchar *
dup_owner(const Desk *desk, JsonObject *calendar)
{
	gint64 number = cm_json_get_int(calendar, "professional");
	JsonObject *found = cm_find_by_number(desk->professionals, number);

	if (found != NULL)
		return g_strdup(cm_find_get_title(found));
	return g_strdup_printf("%" G_GINT64_FORMAT, number);
}

static void
append_calendar(GString *out, const CmComodalctl *cli, const Desk *desk, JsonObject *calendar)
{
	g_autofree gchar *owner = dup_owner(desk, calendar);
	g_autofree gchar *place = dup_place(calendar);
	g_autofree gchar *number =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(calendar, "number"));
	g_autofree gchar *state = cm_busy_note_describe(calendar);
	g_autofree gchar *line = g_strdup_printf("%s  %s  ", number, owner);
	g_autofree gchar *clean = cm_terminal_clean(line);
	g_autofree gchar *clean_place = cm_terminal_clean(place);

	g_string_append(out, clean);
	cm_terminal_append_styled(out, cli->color, CM_STYLE_PLACE, clean_place);
	g_string_append(out, "\n  ");
	if (cm_json_get_boolean(calendar, "stale"))
		cm_terminal_append_styled(out, cli->color, CM_STYLE_WARNING, "! ");
	cm_terminal_append_wrapped(out, state, 4, 4, cm_terminal_get_width());
}

static void
print_json(const Desk *desk, JsonArray *calendars)
{
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);
	g_autoptr(JsonArray) shown = json_array_new();

	for (guint i = 0; i < cm_json_get_length(calendars); i++) {
		JsonObject *calendar = cm_json_get_element(calendars, i);
		g_autofree gchar *place = dup_place(calendar);
		g_autofree gchar *owner = dup_owner(desk, calendar);

		json_object_remove_member(calendar, "location");
		json_object_set_string_member(calendar, "place", place);
		json_object_set_string_member(calendar, "name", owner);
		json_array_add_object_element(shown, json_object_ref(calendar));
	}
	json_node_set_array(node, shown);
	cm_json_print_node(node);
}

static void
print_list(const CmComodalctl *cli, const Desk *desk, JsonArray *calendars)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (cli->json) {
		print_json(desk, calendars);
		return;
	}
	for (guint i = 0; i < cm_json_get_length(calendars); i++)
		append_calendar(out, cli, desk, cm_json_get_element(calendars, i));
	if (out->len == 0)
		g_string_append_printf(out, "%s\n  → comodalctl busy add %s\n",
				       _("No calendar from elsewhere is known."), _("WHO"));
	cm_terminal_print(out->str);
}

/* ---- busy list */

CmExit
cm_comodalctl_busy_list_run(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) list = NULL;
	guint64 professional = 0;

	if (!cm_comodalctl_parse(cli, NULL, 0, 1, &arguments))
		return cli->exit_status;
	if (desk_open(&desk, cli, &error) &&
	    find_professional(&desk, arguments[0], &professional, &error))
		list = fetch_list(&desk, professional, &error);
	if (list == NULL)
		return cm_report_error(error);
	print_list(cli, &desk, get_calendars(list));
	return CM_EXIT_OK;
}

/* ---- busy refresh */

static CmExit
refresh_all(const CmComodalctl *cli, const Desk *desk, guint64 professional, GError **error)
{
	g_autoptr(JsonNode) list = fetch_list(desk, professional, error);
	g_autoptr(JsonNode) after = NULL;
	JsonArray *calendars = list != NULL ? get_calendars(list) : NULL;
	gboolean failed = FALSE;

	if (list == NULL)
		return CM_EXIT_REFUSED;
	for (guint i = 0; i < cm_json_get_length(calendars); i++) {
		JsonObject *calendar = cm_json_get_element(calendars, i);
		const gchar *failure = NULL;

		if (!refresh(desk, (guint64)cm_json_get_int(calendar, "number"),
			     (guint64)cm_json_get_int(calendar, "version"),
			     cm_json_get_string(calendar, "location"), &failure, error))
			return CM_EXIT_REFUSED;
		failed = failed || failure != NULL;
	}
	after = fetch_list(desk, professional, error);
	if (after == NULL)
		return CM_EXIT_REFUSED;
	print_list(cli, desk, get_calendars(after));
	return failed ? CM_EXIT_REFUSED : CM_EXIT_OK;
}

CmExit
cm_comodalctl_busy_refresh_run(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	guint64 professional = 0;
	CmExit status = CM_EXIT_REFUSED;

	if (!cm_comodalctl_parse(cli, NULL, 0, 1, &arguments))
		return cli->exit_status;
	if (desk_open(&desk, cli, &error) &&
	    find_professional(&desk, arguments[0], &professional, &error))
		status = refresh_all(cli, &desk, professional, &error);
	return error != NULL ? cm_report_error(error) : status;
}

/* ---- busy add */

/* a line of standard input, not shown while it is typed */
static gchar *
ask_address(void)
{
	struct termios before;
	struct termios silent;
	gboolean terminal = isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &before) == 0;
	gchar line[ADDRESS_MAX + 2] = "";
	const gchar *read = NULL;

	if (terminal) {
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		/* first: what was typed before the question is not the answer */
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
		fprintf(stderr, "%s ", _("Address of the calendar (https://…; it is not shown):"));
	}
	read = fgets(line, sizeof line, stdin);
	if (terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	return read != NULL ? g_strdup(g_strstrip(line)) : g_strdup("");
}

static gchar *
make_location(const gchar *file, GError **error)
{
	g_autofree gchar *address = NULL;
	g_autofree gchar *host = NULL;

	if (file != NULL && strstr(file, "://") != NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("An address is a secret, and others see what is typed on a command "
				"line: leave it out, it is asked for."),
			     NULL);
		return NULL;
	}
	if (file != NULL) {
		g_autofree gchar *path = g_canonicalize_filename(file, NULL);

		return g_strconcat(FILE_PREFIX, path, NULL);
	}
	address = ask_address();
	host = cm_fetch_dup_host(address);
	if (host == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("This is no address of a calendar: it begins with https://."),
			     NULL);
		return NULL;
	}
	return g_steal_pointer(&address);
}

static gboolean
add(const Desk *desk, guint64 professional, const gchar *location, GError **error)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GUnixFDList) descriptors = NULL;
	GVariant *handle = NULL;
	guint64 number = 0;
	guint64 version = 0;

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "location", location);
	json_builder_end_object(builder);
	descriptors = send_document(builder, &handle, error);
	return descriptors != NULL &&
	       cm_dbus_busy_call_add_sync(desk->busy, professional, handle, descriptors, &number,
					  &version, NULL, NULL, error);
}

CmExit
cm_comodalctl_busy_add_run(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *location = NULL;
	guint64 professional = 0;
	CmExit status = CM_EXIT_REFUSED;

	if (!cm_comodalctl_parse(cli, NULL, 1, 2, &arguments))
		return cli->exit_status;
	if (desk_open(&desk, cli, &error) &&
	    find_professional(&desk, arguments[0], &professional, &error))
		location = make_location(arguments[1], &error);
	/* read at once: whoever added it sees whether it works */
	if (location != NULL && add(&desk, professional, location, &error))
		status = refresh_all(cli, &desk, professional, &error);
	return error != NULL ? cm_report_error(error) : status;
}

/* ---- busy remove */

static gboolean
find_version(const Desk *desk, guint64 number, guint64 *out_version, GError **error)
{
	g_autoptr(JsonNode) list = fetch_list(desk, 0, error);
	JsonArray *calendars = list != NULL ? get_calendars(list) : NULL;

	if (list == NULL)
		return FALSE;
	for (guint i = 0; i < cm_json_get_length(calendars); i++) {
		JsonObject *calendar = cm_json_get_element(calendars, i);

		if ((guint64)cm_json_get_int(calendar, "number") != number)
			continue;
		*out_version = (guint64)cm_json_get_int(calendar, "version");
		return TRUE;
	}
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no calendar by this number."), NULL);
	return FALSE;
}

CmExit
cm_comodalctl_busy_remove_run(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	guint64 number = 0;
	guint64 version = 0;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, _("NUMBER"), arguments[0], 1, G_MAXINT64, &number))
		return CM_EXIT_USAGE;
	if (!desk_open(&desk, cli, &error) || !find_version(&desk, number, &version, &error) ||
	    !cm_dbus_busy_call_remove_sync(desk.busy, number, version, NULL, &error))
		return cm_report_error(error);
	if (!cli->json)
		cm_terminal_print(_("The calendar is forgotten, with its times.\n"));
	return CM_EXIT_OK;
}
