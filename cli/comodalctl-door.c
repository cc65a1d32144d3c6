// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/door-view.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/subjects.h"
#include "cli/terminal.h"
#include "cli/who.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <unistd.h>

/* door: who waits before which session's room, and what is done about it */

#define WORDS_MAX 8
/* minutes that somebody waits are shown: they pass without a signal */
#define WATCH_SECONDS 30
/* a burst of changes is shown once */
#define SETTLE_MSEC 200
#define HOME_AND_CLEAR "\033[H\033[2J"

/* `subject` 0: those that are near */
static JsonNode *
fetch(const CmSubjects *subjects, gint64 subject, GError **error)
{
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (subject != 0)
		g_variant_dict_insert(&options, "subject", "t", (guint64)subject);
	if (!cm_dbus_door_call_list_sync(subjects->door, g_variant_dict_end(&options), NULL,
					 &handle, &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static JsonArray *
get_doors(JsonNode *document)
{
	return cm_json_get_array(json_node_get_object(document), "doors");
}

/* ---- door, door --watch */

typedef struct {
	const CmSubjects *subjects;
	GMainLoop *loop;
	guint settling; /* source that shows what changed */
	gchar *
	    shown; /* a thing that is as it was is not shown again where lines only follow one another */
	gboolean interrupted;
	GError *error;
} Watch;

static gboolean
show(const CmSubjects *subjects, gchar **shown, gboolean screen, GError **error)
{
	g_autoptr(JsonNode) document = fetch(subjects, subjects->number, error);
	g_autofree gchar *text = NULL;

	if (document == NULL)
		return FALSE;
	if (subjects->bookings.cli->json) {
		cm_json_print_node(document);
		return TRUE;
	}
	text = cm_door_view_draw(&subjects->bookings, document);
	if (screen)
		cm_terminal_print(HOME_AND_CLEAR);
	if (screen || shown == NULL || g_strcmp0(*shown, text) != 0)
		cm_terminal_print(text);
	if (shown != NULL) {
		g_free(*shown);
		*shown = g_steal_pointer(&text);
	}
	return TRUE;
}

static gboolean
watch_show(gpointer data)
{
	Watch *watch = data;
	gboolean screen = isatty(STDOUT_FILENO) == 1 && watch->subjects->bookings.cli->color;

	watch->settling = 0;
	if (!show(watch->subjects, &watch->shown, screen, &watch->error))
		g_main_loop_quit(watch->loop);
	return G_SOURCE_REMOVE;
}

static void
watch_changed(GDBusConnection *bus,
	      const gchar *sender,
	      const gchar *path,
	      const gchar *interface,
	      const gchar *name,
	      GVariant *values,
	      gpointer data)
{
	Watch *watch = data;

	if (watch->settling == 0)
		watch->settling = g_timeout_add(SETTLE_MSEC, watch_show, watch);
}

static gboolean
watch_tick(gpointer data)
{
	Watch *watch = data;

	if (watch->settling == 0)
		watch->settling = g_idle_add(watch_show, watch);
	return G_SOURCE_CONTINUE;
}

static gboolean
watch_interrupt(gpointer data)
{
	Watch *watch = data;

	watch->interrupted = TRUE;
	g_main_loop_quit(watch->loop);
	return G_SOURCE_CONTINUE;
}

static guint
subscribe(Watch *watch, const gchar *interface)
{
	return g_dbus_connection_signal_subscribe(
	    watch->subjects->bookings.bus, CM_BUS_NAME, interface, "Changed", CM_OBJECT_PATH, NULL,
	    G_DBUS_SIGNAL_FLAGS_NONE, watch_changed, watch, NULL);
}

/* until Ctrl-C */
static CmExit
run_watch(const CmSubjects *subjects)
{
	Watch watch = {.subjects = subjects, .loop = g_main_loop_new(NULL, FALSE)};
	guint signals[] = {subscribe(&watch, CM_INTERFACE_PREFIX "Door"),
			   subscribe(&watch, CM_INTERFACE_PREFIX "Help")};
	guint sources[] = {g_timeout_add_seconds(WATCH_SECONDS, watch_tick, &watch),
			   g_unix_signal_add(SIGINT, watch_interrupt, &watch)};
	CmExit status = CM_EXIT_OK;

	watch.settling = g_idle_add(watch_show, &watch);
	g_main_loop_run(watch.loop);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		g_dbus_connection_signal_unsubscribe(subjects->bookings.bus, signals[i]);
	for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
		g_source_remove(sources[i]);
	if (watch.settling != 0)
		g_source_remove(watch.settling);
	if (watch.error != NULL)
		status = cm_report_error(watch.error);
	g_clear_error(&watch.error);
	g_free(watch.shown);
	g_main_loop_unref(watch.loop);
	return status;
}

CmExit
cm_comodalctl_door_run(CmComodalctl *cli)
{
	gboolean watch = FALSE;
	const GOptionEntry entries[] = {
	    {"watch", 'w', 0, G_OPTION_ARG_NONE, &watch,
	     N_("Show it again whenever something changes, until Ctrl-C"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmSubjects) subjects = {0};
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, WORDS_MAX, &arguments))
		return cli->exit_status;
	if (!cm_subjects_open(&subjects, cli, &error) ||
	    (arguments[0] != NULL &&
	     !cm_subjects_find(&subjects, (const gchar *const *)arguments, &error)))
		return cm_report_error(error);
	if (watch)
		return run_watch(&subjects);
	if (!show(&subjects, NULL, FALSE, &error))
		return cm_report_error(error);
	return CM_EXIT_OK;
}

/* ---- door let-in, door refuse */

/* how well a visit is what was typed: its number, or a name */
static gboolean
visit_fits(JsonObject *visit, gboolean in, const gchar *typed)
{
	const gchar *state = cm_json_get_string(visit, "state");
	gboolean waits = g_strcmp0(state, "waiting") == 0;
	const gchar *name = cm_json_get_string(visit, "name");
	guint64 number = 0;

	/* hosts let themselves in, and who is inside can be sent out again */
	if (g_strcmp0(cm_json_get_string(visit, "role"), "host") == 0 ||
	    !(waits || g_strcmp0(state, in ? "refused" : "inside") == 0))
		return FALSE;
	if (typed == NULL)
		return waits;
	if (g_ascii_string_to_unsigned(typed, 10, 1, G_MAXINT64, &number, NULL))
		return (gint64)number == cm_json_get_int(visit, "number");
	return name != NULL && cm_who_match(typed, name) > 0;
}

/* (transfer none), of the document */
static JsonObject *
find_visit(JsonNode *document, gboolean in, const gchar *typed, GError **error)
{
	JsonArray *doors = get_doors(document);
	JsonObject *found = NULL;
	guint count = 0;

	for (guint d = 0; d < cm_json_get_length(doors); d++) {
		JsonArray *visits = cm_json_get_array(cm_json_get_element(doors, d), "visits");

		for (guint i = 0; i < cm_json_get_length(visits); i++) {
			JsonObject *visit = cm_json_get_element(visits, i);

			if (visit_fits(visit, in, typed)) {
				found = visit;
				count++;
			}
		}
	}
	if (count == 1)
		return found;
	if (count > 1)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Several wait: say who, by a name or the number that “comodalctl "
				"door” shows."),
			     NULL);
	else if (typed == NULL)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("Nobody waits at a door of yours."),
			     NULL);
	else
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("Nobody like “{0}” waits at a door of yours."), typed, NULL);
	return NULL;
}

static CmExit
decide(CmComodalctl *cli, gboolean in)
{
	g_auto(GStrv) arguments = NULL;
	g_auto(CmSubjects) subjects = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autofree gchar *typed = NULL;
	g_autofree gchar *name = NULL;
	g_autofree gchar *line = NULL;
	JsonObject *visit = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 0, WORDS_MAX, &arguments))
		return cli->exit_status;
	if (arguments[0] != NULL)
		typed = g_strjoinv(" ", arguments);
	if (cm_subjects_open(&subjects, cli, &error))
		document = fetch(&subjects, 0, &error);
	if (document != NULL)
		visit = find_visit(document, in, typed, &error);
	if (visit == NULL ||
	    !cm_dbus_door_call_let_in_sync(subjects.door, (guint64)cm_json_get_int(visit, "number"),
					   in, NULL, &error))
		return cm_report_error(error);
	if (cli->json) {
		g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

		json_object_set_string_member(visit, "state", in ? "inside" : "refused");
		json_node_set_object(node, visit);
		cm_json_print_node(node);
		return CM_EXIT_OK;
	}
	name = cm_door_view_dup_name(visit);
	line = cm_report_format(in ? N_("{0} is let in.") : N_("{0} is not let in."), name, NULL);
	cm_terminal_print_line(line);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_door_run_let_in(CmComodalctl *cli)
{
	return decide(cli, TRUE);
}

CmExit
cm_comodalctl_door_run_refuse(CmComodalctl *cli)
{
	return decide(cli, FALSE);
}

/* ---- door end */

CmExit
cm_comodalctl_door_run_end(CmComodalctl *cli)
{
	g_auto(GStrv) arguments = NULL;
	g_auto(CmSubjects) subjects = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autofree gchar *line = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 0, WORDS_MAX, &arguments))
		return cli->exit_status;
	if (!cm_subjects_open(&subjects, cli, &error) ||
	    !cm_subjects_find(&subjects, (const gchar *const *)arguments, &error) ||
	    !cm_dbus_door_call_end_sync(subjects.door, (guint64)subjects.number, NULL, &error))
		return cm_report_error(error);
	if (cli->json) {
		document = fetch(&subjects, subjects.number, &error);
		if (document == NULL)
			return cm_report_error(error);
		cm_json_print_node(document);
		return CM_EXIT_OK;
	}
	line = cm_report_format(N_("The session is over, everybody has left: {0}."), subjects.title,
				NULL);
	cm_terminal_print_line(line);
	return CM_EXIT_OK;
}
