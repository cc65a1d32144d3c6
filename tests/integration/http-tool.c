// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-server.h"
#include "tests/integration/http-tool-files.h" /* nocheck:include-root: generated */

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

/* The gateway's web server alone, with handlers that say what they were given: for gateway_http.py and the benchmarks. It is told by
 * "name=value" arguments, and prints the port it listens at. */

#define PAGE_OCTETS 3072

typedef struct {
	CmHttpServer *server;
	GMainLoop *loop;
	GQueue sockets;
	GQueue held; /* requests that are answered by a POST of /free */
	guint writes;
	gchar *gate; /* a named pipe; a page of a token in g waits until that is closed */
	gint pages;  /* made so far */
	gint page_microseconds; /* of work that a page costs */
} Tool;

static void
answer_text(CmHttpRequest *request, const gchar *text)
{
	g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));

	cm_http_request_answer(request,
			       &(const CmHttpAnswer){.body = body, .content_type = "text/plain"});
}

static void
work(gint microseconds)
{
	gint64 until = g_get_monotonic_time() + microseconds;

	while (g_get_monotonic_time() < until)
		continue;
}

static void
read_page(CmHttpRequest *request, gpointer user_data)
{
	Tool *tool = user_data;
	const gchar *token = cm_http_request_get_part(request, 0);
	/* what comodald would say of them */
	CmHttpClass class = token[0] == 'h'   ? CM_HTTP_CLASS_HIGH
			    : token[0] == 'm' ? CM_HTTP_CLASS_MIDDLE
					      : CM_HTTP_CLASS_LOW;
	g_autofree gchar *page = NULL;
	g_autoptr(GBytes) body = NULL;
	g_autofree gchar *nothing = NULL;

	if (token[0] == 'z') {
		cm_http_request_answer_error(request, 404);
		return;
	}
	if (token[0] == 'g' && !g_file_get_contents(tool->gate, &nothing, NULL, NULL))
		g_error("the gate can't be read");
	work(tool->page_microseconds);
	/* it begins with which it is, in the order that they are made */
	page = g_strdup_printf("%08d%0*d", g_atomic_int_add(&tool->pages, 1), PAGE_OCTETS - 8, 0);
	body = g_bytes_new(page, PAGE_OCTETS);
	cm_http_server_note_class(tool->server, token, class);
	cm_http_request_answer(request, &(const CmHttpAnswer){.body = body, .language = "fr"});
}

static void
read_feed(CmHttpRequest *request, gpointer user_data)
{
	g_autoptr(GBytes) body = g_bytes_new_static("BEGIN:VCALENDAR", 15);

	cm_http_request_answer(request,
			       &(const CmHttpAnswer){.body = body,
						     .content_type = "text/calendar; charset=utf-8",
						     .etag = "\"abc\"",
						     .disposition = "seances.ics"});
}

/* what arrived, a line each */
static void
read_echo(CmHttpRequest *request, gpointer user_data)
{
	const Tool *tool = user_data;
	GString *text = g_string_new(NULL);

	g_string_append_printf(
	    text, "part=%s\npass=%s\nlanguage=%s\nagent=%s\nwrites=%u\n",
	    cm_http_request_get_part(request, 0), cm_http_request_get_pass(request),
	    cm_http_request_get_header(request, CM_HTTP_HEADER_ACCEPT_LANGUAGE),
	    cm_http_request_get_header(request, CM_HTTP_HEADER_USER_AGENT), tool->writes);
	g_string_append_printf(text, "address=%" G_GINT64_MODIFIER "x\n",
			       cm_http_request_get_address(request));
	answer_text(request, text->str);
	g_string_free(text, TRUE);
}

static void
write_echo(CmHttpRequest *request, const CmHttpPermit *permit, gpointer user_data)
{
	Tool *tool = user_data;
	const gchar *name = cm_http_request_get_form(request, "name");

	tool->writes++;
	answer_text(request, name != NULL ? name : "(none)");
}

static void
write_pass(CmHttpRequest *request, const CmHttpPermit *permit, gpointer user_data)
{
	cm_http_request_answer(request, &(const CmHttpAnswer){.status = 303,
							      .location = "/echo/after",
							      .pass = "abcdefghijklmnopqrstuv",
							      .pass_seconds = 600});
}

static void
read_room(CmHttpRequest *request, gpointer user_data)
{
	g_autoptr(GBytes) body = g_bytes_new_static("room", 4);

	cm_http_request_answer(
	    request,
	    &(const CmHttpAnswer){.body = body, .devices = TRUE, .connect = "wss://janus.example"});
}

static void
read_hold(CmHttpRequest *request, gpointer user_data)
{
	g_queue_push_tail(&((Tool *)user_data)->held, request);
}

static void
write_free(CmHttpRequest *request, const CmHttpPermit *permit, gpointer user_data)
{
	Tool *tool = user_data;
	g_autoptr(GString) gone = g_string_new(NULL);

	while (tool->held.length > 0) {
		CmHttpRequest *held = g_queue_pop_head(&tool->held);

		g_string_append(gone, cm_http_request_is_gone(held) ? "gone\n" : "there\n");
		answer_text(held, "freed");
	}
	answer_text(request, gone->str);
}

/* ---- sockets */

static void
on_text(CmHttpSocket *socket, GBytes *text, gpointer user_data)
{
	const gchar *said = g_bytes_get_data(text, NULL);

	if (g_str_equal(said, "close"))
		cm_http_socket_close(socket, CM_HTTP_SOCKET_NORMAL, "asked");
	else if (g_str_has_prefix(said, "much"))
		for (guint i = 0; i < 64; i++)
			cm_http_socket_send(socket, text);
	else
		cm_http_socket_send(socket, text);
}

static void
on_closed(CmHttpSocket *socket, gpointer user_data)
{
	g_queue_remove(&((Tool *)user_data)->sockets, socket);
}

static void
open_socket(CmHttpRequest *request, const CmHttpPermit *permit, gpointer user_data)
{
	const CmHttpSocketEvents events = {on_text, on_closed};
	Tool *tool = user_data;

	g_queue_push_tail(&tool->sockets, cm_http_socket_new(request, &events, tool));
}

static void
read_sockets(CmHttpRequest *request, gpointer user_data)
{
	g_autofree gchar *text = g_strdup_printf("%u", ((Tool *)user_data)->sockets.length);

	answer_text(request, text);
}

static void
write_all(CmHttpRequest *request, const CmHttpPermit *permit, gpointer user_data)
{
	g_autoptr(GBytes) text = g_bytes_new_static("changed", 7);
	Tool *tool = user_data;

	for (const GList *l = tool->sockets.head; l != NULL; l = l->next)
		cm_http_socket_send(l->data, text);
	answer_text(request, "sent");
}

static const CmHttpRoute routes[] = {
    {"/v/{}", CM_HTTP_CLASS_LOW, 0, read_page, NULL, NULL},
    {"/v/{}/socket", CM_HTTP_CLASS_HIGH, 0, NULL, NULL, open_socket},
    {"/feed/{}", CM_HTTP_CLASS_LOW, 0, read_feed, NULL, NULL},
    {"/echo/{}", CM_HTTP_CLASS_MIDDLE, 0, read_echo, write_echo, NULL},
    {"/p", CM_HTTP_CLASS_MIDDLE, -1, NULL, write_echo, NULL},
    {"/pass", CM_HTTP_CLASS_MIDDLE, -1, NULL, write_pass, NULL},
    {"/room", CM_HTTP_CLASS_HIGH, -1, read_room, NULL, NULL},
    {"/hold/{}", CM_HTTP_CLASS_LOW, 0, read_hold, NULL, NULL},
    {"/free", CM_HTTP_CLASS_HIGH, -1, NULL, write_free, NULL},
    {"/sockets", CM_HTTP_CLASS_HIGH, -1, read_sockets, NULL, NULL},
    {"/all", CM_HTTP_CLASS_HIGH, -1, NULL, write_all, NULL},
};

/* ---- */

static GBytes *
make_page(guint status, const gchar *language, gpointer user_data)
{
	gchar *text = g_strdup_printf("<p>%u %s</p>", status, language);

	return status == 500 ? (g_free(text), NULL) : g_bytes_new_take(text, strlen(text));
}

static gboolean
on_signal(gpointer user_data)
{
	g_main_loop_quit(((Tool *)user_data)->loop);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_reload(gpointer user_data)
{
	g_autoptr(GError) error = NULL;

	if (!cm_http_server_reload(((Tool *)user_data)->server, &error))
		g_printerr("%s\n", error->message);
	return G_SOURCE_CONTINUE;
}

static void
take_number(const gchar *value, guint *out_number)
{
	*out_number = (guint)g_ascii_strtoull(value, NULL, 10);
}

static void
take_list(const gchar *value, GStrv *out_list)
{
	g_strfreev(*out_list);
	*out_list = g_strsplit(value, ",", 0);
}

static void
configure(CmHttpSettings *settings, Tool *tool, const gchar *argument)
{
	g_auto(GStrv) pair = g_strsplit(argument, "=", 2);
	const gchar *value = pair[1];

	if (g_str_equal(pair[0], "listen"))
		settings->listen = g_strdup(value);
	else if (g_str_equal(pair[0], "origin"))
		settings->origin = g_strdup(value);
	else if (g_str_equal(pair[0], "certificate"))
		settings->certificate = g_strdup(value);
	else if (g_str_equal(pair[0], "key"))
		settings->key = g_strdup(value);
	else if (g_str_equal(pair[0], "proxies"))
		take_list(value, &settings->proxies);
	else if (g_str_equal(pair[0], "connections"))
		take_number(value, &settings->connections);
	else if (g_str_equal(pair[0], "sockets"))
		take_number(value, &settings->sockets);
	else if (g_str_equal(pair[0], "address"))
		take_number(value, &settings->connections_per_address);
	else if (g_str_equal(pair[0], "threads"))
		take_number(value, &settings->threads);
	else if (g_str_equal(pair[0], "handlers"))
		take_number(value, &settings->handlers);
	else if (g_str_equal(pair[0], "gate"))
		tool->gate = g_strdup(value);
	else if (g_str_equal(pair[0], "work"))
		take_number(value, (guint *)&tool->page_microseconds);
}

static gboolean
run(Tool *tool, GError **error)
{
	cm_http_server_add_routes(tool->server, routes, G_N_ELEMENTS(routes), tool);
	cm_http_server_set_error_page(tool->server, make_page, NULL);
	if (!cm_http_server_add_files(tool->server, http_tool_get_resource(), "/http-tool",
				      error) ||
	    !cm_http_server_start(tool->server, error))
		return FALSE;
	printf("%u %s %s\n", cm_http_server_get_port(tool->server),
	       cm_http_server_get_file_path(tool->server, "page.txt"),
	       cm_http_server_get_file_path(tool->server, "style.css"));
	fflush(stdout);
	g_main_loop_run(tool->loop);
	cm_http_server_stop(tool->server);
	return TRUE;
}

int
main(int argc, char **argv)
{
	g_autoptr(CmHttpSettings) settings = cm_http_settings_new();
	g_autoptr(GError) error = NULL;
	Tool tool = {0};
	gboolean ran = FALSE;

	for (int i = 1; i < argc; i++)
		configure(settings, &tool, argv[i]);
	tool.loop = g_main_loop_new(NULL, FALSE);
	tool.server = cm_http_server_new(settings);
	g_unix_signal_add(SIGTERM, on_signal, &tool);
	g_unix_signal_add(SIGHUP, on_reload, &tool);
	ran = run(&tool, &error);
	if (!ran)
		fprintf(stderr, "%s\n", error->message);
	while (tool.held.length > 0)
		answer_text(g_queue_pop_head(&tool.held), "over");
	cm_http_server_free(tool.server);
	g_main_loop_unref(tool.loop);
	g_free(tool.gate);
	return ran ? 0 : 1;
}
