// SPDX-License-Identifier: GPL-3.0-or-later
/* The gateway's own web server, rooms and pages, with a comodald that is a folder: what it says to who enters by TOKEN stands in
 * TOKEN.json (docs/formats.md, comodal-room/1), and is read anew each time; without the file, nobody may be there. A line on standard
 * input is a change at every door. Writes "port N", and a line for whatever else it is told.
 *
 * usage: room-server FOLDER ADDRESS [ADDRESS that browsers know] */
#include "daemon/gateway/page-room.h"
#include "daemon/gateway/room-gate.h"
#include "daemon/gateway/web-files.h" /* nocheck:include-root: generated */
#include "include/cm-error.h"

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct _CmGatewayLink {
	const gchar *folder;
};

typedef struct {
	CmGatewayLink link;
	CmHttpServer *server;
	CmRoomGate *gate;
	CmWords *words;
	GMainLoop *loop;
	GDataInputStream *input;
} Program;

/* ---- comodald's end */

typedef struct {
	CmGatewayAnswered done;
	gpointer user_data;
	GBytes *document;
	GError *error;
} Answer;

static gboolean
give(gpointer data)
{
	Answer *answer = data;

	answer->done(NULL, answer->document, answer->error, answer->user_data);
	g_clear_pointer(&answer->document, g_bytes_unref);
	g_clear_error(&answer->error);
	g_free(answer);
	return G_SOURCE_REMOVE;
}

/* here it is the token itself, for files to be found by it */
GVariant *
/* nocheck:prefix: it stands for gateway-link.c */
cm_gateway_link_make_key(const gchar *token)
{
	return g_variant_new_bytestring(token);
}

static GBytes *
read_document(const CmGatewayLink *link, GVariant *parameters, GError **error)
{
	g_autoptr(GVariant) key = g_variant_get_child_value(parameters, 0);
	g_autofree gchar *name = g_strconcat(g_variant_get_bytestring(key), ".json", NULL);
	g_autofree gchar *path = g_build_filename(link->folder, name, NULL);
	gchar *text = NULL;
	gsize length = 0;

	if (!g_file_get_contents(path, &text, &length, NULL)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, "No.", NULL);
		return NULL;
	}
	return g_bytes_new_take(text, length);
}

void
/* nocheck:prefix: it stands for gateway-link.c */
cm_gateway_link_change(CmGatewayLink *link,
		       const CmHttpPermit *permit,
		       const gchar *method,
		       GVariant *parameters,
		       GBytes *document,
		       CmGatewayAnswered done,
		       gpointer user_data)
{
	g_autoptr(GVariant) held = g_variant_ref_sink(parameters);
	Answer *answer = g_new0(Answer, 1);
	guint64 subject = 0, turn = 0;
	gboolean works = FALSE;

	g_assert_nonnull(permit);
	answer->done = done;
	answer->user_data = user_data;
	if (g_str_equal(method, "Enter")) {
		answer->document = read_document(link, held, &answer->error);
	} else {
		g_variant_get(held, "(@ayttb)", NULL, &subject, &turn, &works);
		printf("report %s\n", works ? "works" : "fails");
	}
	g_idle_add(give, answer);
}

void
/* nocheck:prefix: it stands for gateway-link.c */
cm_gateway_link_leave(CmGatewayLink *link, const gchar *token, guint64 visit)
{
	printf("leave %s %" G_GUINT64_FORMAT "\n", token, visit);
}

/* ---- pages */

static const gchar *
find_file(gconstpointer server, const gchar *name)
{
	return cm_http_server_get_file_path(server, name);
}

static void
answer_page(CmHttpRequest *request, GBytes *body, const gchar *connect)
{
	const CmHttpAnswer answer = {.body = body, .devices = TRUE, .connect = connect};

	cm_http_request_answer(request, &answer);
	g_bytes_unref(body);
}

static gchar *
find_kind(const Program *program, const gchar *token)
{
	g_autofree gchar *name = g_strconcat(token, ".json", NULL);
	g_autofree gchar *path = g_build_filename(program->link.folder, name, NULL);
	g_autofree gchar *text = NULL;
	g_autoptr(CmRoomEntry) entry = NULL;
	gsize length = 0;

	if (g_file_get_contents(path, &text, &length, NULL))
		entry = cm_room_entry_read(text, length, NULL);
	return entry != NULL ? g_strdup(entry->kind) : NULL;
}

static CmPageFrame
make_frame(const Program *program, gchar *prefix)
{
	return (CmPageFrame){.words = program->words,
			     .prefix = prefix,
			     .organisation = "Centre de services scolaire des Rives",
			     .help_phone = "418 555-0100",
			     .help_hours = "lundi au vendredi, 8 h à 16 h",
			     .once = "once",
			     .find_file = find_file,
			     .files = program->server};
}

static void
show_room(CmHttpRequest *request, gpointer data)
{
	Program *program = data;
	const gchar *token = cm_http_request_get_part(request, 0);
	g_autofree gchar *prefix = g_strconcat("/v/", token, NULL);
	g_autofree gchar *kind = find_kind(program, token);
	CmPageFrame frame = make_frame(program, prefix);
	CmPageRoomPlace place = {
	    .subject = 1, .visit = 7, .turn = 1, .kind = kind, .with = "Sophie Gagnon"};

	place.host = strstr(token, "host") != NULL;
	if (kind == NULL)
		cm_http_request_answer_error(request, 404);
	else
		answer_page(request, cm_page_room_make(&frame, &place), g_getenv("ROOM_CONNECT"));
}

static void
show_test(CmHttpRequest *request, gpointer data)
{
	Program *program = data;
	const gchar *said = g_getenv("ROOM_TEST_SERVERS");
	g_auto(GStrv) servers = said != NULL ? g_strsplit(said, " ", -1) : NULL;
	g_autofree gchar *prefix = g_strconcat("/v/", cm_http_request_get_part(request, 0), NULL);
	CmPageFrame frame = make_frame(program, prefix);

	answer_page(request, cm_page_room_make_test(&frame, (const gchar *const *)servers), NULL);
}

static void
show_door(CmHttpRequest *request, gpointer data)
{
	static const gchar text[] = "<!DOCTYPE html><title>door</title><p id=\"door\">door</p>";

	answer_page(request, g_bytes_new_static(text, strlen(text)), NULL);
}

static void
take_form(CmHttpRequest *request, const CmHttpPermit *permit, gpointer data)
{
	g_autofree gchar *door =
	    g_strdup_printf("/v/%s/door/1", cm_http_request_get_part(request, 0));
	const CmHttpAnswer answer = {.status = 303, .location = door};

	printf("post %s\n", cm_http_request_get_route(request));
	cm_http_request_answer(request, &answer);
}

static void
open_socket(CmHttpRequest *request, const CmHttpPermit *permit, gpointer data)
{
	Program *program = data;
	g_autofree gchar *token = g_strdup(cm_http_request_get_part(request, 0));

	cm_room_gate_open(program->gate, request, permit, token, 1);
}

static const CmHttpRoute routes[] = {
    {"/v/{}/room/{}", CM_HTTP_CLASS_HIGH, 1, show_room, NULL, NULL},
    {"/v/{}/room/{}/socket", CM_HTTP_CLASS_HIGH, 1, NULL, NULL, open_socket},
    {"/v/{}/door/{}", CM_HTTP_CLASS_HIGH, 1, show_door, NULL, NULL},
    {"/v/{}/host/{}", CM_HTTP_CLASS_LOW, 1, show_door, NULL, NULL},
    {"/v/{}/test", CM_HTTP_CLASS_LOW, 1, show_test, NULL, NULL},
    {"/v/{}/leave", CM_HTTP_CLASS_HIGH, 1, NULL, take_form, NULL},
    {"/v/{}/end/{}", CM_HTTP_CLASS_HIGH, 1, NULL, take_form, NULL},
};

/* ---- */

static void
on_line(GObject *source, GAsyncResult *result, gpointer data)
{
	Program *program = data;
	g_autofree gchar *line =
	    g_data_input_stream_read_line_finish(program->input, result, NULL, NULL);

	if (line == NULL) {
		g_main_loop_quit(program->loop);
		return;
	}
	cm_room_gate_changed(program->gate, NULL, 0);
	g_data_input_stream_read_line_async(program->input, 0, NULL, on_line, program);
}

static void
watch_input(Program *program)
{
	g_autoptr(GInputStream) input = g_unix_input_stream_new(STDIN_FILENO, FALSE);

	program->input = g_data_input_stream_new(input);
	g_data_input_stream_read_line_async(program->input, 0, NULL, on_line, program);
}

static gboolean
start(Program *program, GError **error)
{
	cm_http_server_add_routes(program->server, routes, G_N_ELEMENTS(routes), program);
	return cm_http_server_add_files(program->server, cm_web_files_get_resource(),
					"/org/comodal/gateway/web", error) &&
	       cm_http_server_start(program->server, error);
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmHttpSettings) settings = cm_http_settings_new();
	const gchar *language =
	    g_getenv("ROOM_LANGUAGE") != NULL ? g_getenv("ROOM_LANGUAGE") : "en";
	Program program = {0};

	setvbuf(stdout, NULL, _IOLBF, 0);
	settings->listen = g_strdup(argv[2]);
	settings->origin = g_strdup_printf("http://%s", argc > 3 ? argv[3] : argv[2]);
	program.link.folder = argv[1];
	program.words = cm_words_new(language, "America/Toronto", &error);
	g_assert_no_error(error);
	program.loop = g_main_loop_new(NULL, FALSE);
	program.server = cm_http_server_new(settings);
	program.gate = cm_room_gate_new(&program.link);
	if (!start(&program, &error)) {
		fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	printf("port %u\n", cm_http_server_get_port(program.server));
	watch_input(&program);
	g_main_loop_run(program.loop);
	cm_http_server_stop(program.server);
	cm_room_gate_free(program.gate);
	while (g_main_context_iteration(NULL, FALSE))
		continue;
	cm_http_server_free(program.server);
	g_main_loop_unref(program.loop);
	g_object_unref(program.input);
	cm_words_free(program.words);
	return 0;
}
