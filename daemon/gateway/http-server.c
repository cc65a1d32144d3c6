// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-server.h"

#include "daemon/gateway/http-certificate.h"
#include "daemon/gateway/http-listener.h"
#include "daemon/gateway/http-loop.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* descriptors for all but browsers */
#define OWN_DESCRIPTORS 128

/* ---- handlers */

static void
call_handler(CmHttpRequest *request)
{
	const CmHttpRoute *route = &request->entry->route;
	gpointer user_data = request->entry->user_data;

	switch (request->kind) {
	case CM_HTTP_KIND_WRITE:
		route->write(request, request->permit, user_data);
		break;
	case CM_HTTP_KIND_OPEN:
		route->open(request, request->permit, user_data);
		break;
	case CM_HTTP_KIND_READ:
	default:
		route->read(request, user_data);
		break;
	}
}

/* hand over whose turn it is, while handlers have room */
static void
serve(gpointer user_data)
{
	CmHttpServer *server = user_data;
	gboolean shed = FALSE;
	CmHttpRequest *request = cm_admission_pop(server->admission, g_get_monotonic_time(), &shed);

	while (request != NULL) {
		request->active = !shed;
		if (shed) {
			cm_http_request_answer_error(request, 503);
		} else if (cm_http_request_is_gone(request)) {
			/* nobody would read it */
			cm_http_request_answer_error(request, 500);
		} else {
			if (request->kind != CM_HTTP_KIND_READ)
				request->permit = g_new0(CmHttpPermit, 1);
			call_handler(request);
		}
		request = cm_admission_pop(server->admission, g_get_monotonic_time(), &shed);
	}
}

/* ---- making it */

static struct MHD_Response *
respond_file(GBytes *body, const gchar *const *headers, gpointer user_data)
{
	return cm_http_reply_new(user_data, body, headers);
}

CmHttpServer *
cm_http_server_new(const CmHttpSettings *settings)
{
	CmHttpServer *server = g_new0(CmHttpServer, 1);
	const gchar *host = strstr(settings->origin, "://");

	server->settings = settings;
	server->tls = settings->certificate != NULL;
	server->secure = g_str_has_prefix(settings->origin, "https://");
	server->host = g_strdup(host != NULL ? host + 3 : settings->origin);
	server->routes = g_array_new(FALSE, FALSE, sizeof(CmHttpRouteEntry));
	server->files = cm_http_files_new(respond_file, server);
	server->count = cm_http_count_new(settings->connections, settings->sockets,
					  settings->connections_per_address);
	server->admission = cm_admission_new(settings->handlers);
	server->mailbox = cm_http_mailbox_new(serve, server);
	server->listener = -1;
	server->loops = g_ptr_array_new_with_free_func((GDestroyNotify)cm_http_loop_free);
	return server;
}

void
cm_http_server_add_routes(CmHttpServer *server,
			  const CmHttpRoute *routes,
			  guint count,
			  gpointer user_data)
{
	for (guint i = 0; i < count; i++) {
		const CmHttpRouteEntry entry = {routes[i], user_data};

		g_array_append_val(server->routes, entry);
	}
}

void
cm_http_server_set_error_page(CmHttpServer *server, CmHttpErrorPage make, gpointer user_data)
{
	server->make_page = make;
	server->page_user_data = user_data;
}

gboolean
cm_http_server_add_files(CmHttpServer *server,
			 GResource *resource,
			 const gchar *folder,
			 GError **error)
{
	return cm_http_files_add(server->files, resource, folder, error);
}

const gchar *
cm_http_server_get_file_path(const CmHttpServer *server, const gchar *name)
{
	return cm_http_files_get_path(server->files, name);
}

/* ---- running */

/* as many as the kernel lets us; fewer than there may be browsers would be found out under load only */
static gboolean
raise_descriptors(const CmHttpSettings *settings, GError **error)
{
	struct rlimit limit = {0, 0};
	/* with our own TLS a web socket is a pair more, and the connection */
	guint per_socket = settings->certificate != NULL ? 3 : 1;
	guint64 needed =
	    (guint64)settings->connections + per_socket * settings->sockets + OWN_DESCRIPTORS;
	g_autofree gchar *text = g_strdup_printf("%" G_GUINT64_FORMAT, needed);

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= needed)
		return TRUE;
	cm_error_set(error, CM_ERROR_FAILED,
		     N_("{0} open files are needed for so many connections and web sockets, and "
			"the system grants fewer: configure fewer, or raise LimitNOFILE."),
		     text, NULL);
	return FALSE;
}

gboolean
cm_http_server_start(CmHttpServer *server, GError **error)
{
	const CmHttpSettings *settings = server->settings;

	server->addresses = cm_http_addresses_new((const gchar *const *)settings->proxies, error);
	if (server->addresses == NULL || !raise_descriptors(settings, error))
		return FALSE;
	if (server->tls) {
		server->certificate =
		    cm_http_certificate_new(settings->certificate, settings->key, error);
		if (server->certificate == NULL)
			return FALSE;
	}
	cm_http_reply_make_errors(server);
	server->listener =
	    cm_http_listener_open(settings->listen, &server->port, &server->socket_path, error);
	if (server->listener < 0)
		return FALSE;
	for (guint i = 0; i < MAX(1, settings->threads); i++) {
		CmHttpLoop *loop = cm_http_loop_new(server, server->listener, error);

		if (loop == NULL)
			return FALSE;
		g_ptr_array_add(server->loops, loop);
	}
	return TRUE;
}

void
cm_http_server_note_class(CmHttpServer *server, const gchar *token, CmHttpClass class)
{
	guint8 key[CM_ADMISSION_KEY_OCTETS];

	cm_admission_make_key(token, key);
	cm_admission_note(server->admission, key, class, g_get_monotonic_time());
}

void
cm_http_server_note_soon(CmHttpServer *server, const guint8 *marks, gsize count, gboolean all)
{
	cm_admission_note_soon(server->admission, marks, count, all);
}

gboolean
cm_http_server_reload(CmHttpServer *server, GError **error)
{
	return server->certificate == NULL ||
	       cm_http_certificate_reload(server->certificate, error);
}

guint16
cm_http_server_get_port(const CmHttpServer *server)
{
	return server->port;
}

void
cm_http_server_stop(CmHttpServer *server)
{
	for (guint i = 0; i < server->loops->len; i++)
		cm_http_loop_stop(server->loops->pdata[i]);
	cm_http_request_flush_late(server);
	if (server->listener >= 0)
		close(server->listener);
	server->listener = -1;
	if (server->socket_path != NULL)
		(void)unlink(server->socket_path);
	g_clear_pointer(&server->socket_path, g_free);
	/* nobody's turn any more: those that wait are answered in vain, sockets are told of their end */
	cm_http_mailbox_post(server->mailbox, NULL, NULL);
}

void
cm_http_server_free(CmHttpServer *server)
{
	CmHttpRequest *request = NULL;
	gboolean shed = FALSE;

	if (server == NULL)
		return;
	cm_http_server_stop(server);
	/* no waiting is this long: all that wait are shed */
	request = cm_admission_pop(server->admission, G_MAXINT64, &shed);
	while (request != NULL) {
		cm_http_request_answer_error(request, 503);
		request = cm_admission_pop(server->admission, G_MAXINT64, &shed);
	}
	cm_http_mailbox_free(server->mailbox);
	g_ptr_array_unref(server->loops);
	g_clear_pointer(&server->errors, g_hash_table_unref);
	cm_http_files_free(server->files);
	cm_http_addresses_free(server->addresses);
	cm_http_count_free(server->count);
	cm_admission_free(server->admission);
	cm_http_certificate_free(server->certificate);
	g_array_unref(server->routes);
	g_free(server->host);
	g_free(server);
}
