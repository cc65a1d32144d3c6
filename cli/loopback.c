// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/loopback.h"

#include "cli/socket-owner.h"
#include "include/cm-error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define NONCE_BYTES 16
#define CONNECTIONS_MAX 16
#define CONNECTION_MEMORY 16384
#define CONNECTION_SECONDS 10
/* connections that say nothing are closed by somebody looking */
#define TICK_MSEC 500

struct _CmLoopback {
	struct MHD_Daemon *server;
	guint16 port;
	gchar *host;    /* "127.0.0.1:PORT" */
	gchar *path;    /* "/" and the nonce */
	gchar *address; /* where the browser goes first */
	gchar *url;     /* where it is sent; gone once it was */
	guint refused;
	gboolean given;
	GMainLoop *loop; /* while it is waited for */
	CmLoopbackEnd end;
};

static enum MHD_Result
check_owner(void *data, const struct sockaddr *address, socklen_t length)
{
	CmLoopback *loopback = data;
	struct sockaddr_in from = {0};
	guint32 uid = 0;

	if (length < sizeof from || address->sa_family != AF_INET)
		return MHD_NO;
	memcpy(&from, address, sizeof from);
	if (cm_socket_owner_look_up(ntohs(from.sin_port), loopback->port, &uid) && uid == getuid())
		return MHD_YES;
	loopback->refused++;
	return MHD_NO;
}

static enum MHD_Result
answer_nothing(struct MHD_Connection *connection)
{
	static gchar nothing[] = "";
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_NOT_FOUND, response);

	MHD_destroy_response(response);
	return result;
}

/* the address goes with it: nobody else gets it */
static enum MHD_Result
answer_url(CmLoopback *loopback, struct MHD_Connection *connection)
{
	static gchar nothing[] = "";
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result = MHD_NO;

	if (MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, loopback->url) == MHD_YES &&
	    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store") ==
		MHD_YES &&
	    MHD_add_response_header(response, "Referrer-Policy", "no-referrer") == MHD_YES &&
	    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES)
		result = MHD_queue_response(connection, MHD_HTTP_SEE_OTHER, response);
	MHD_destroy_response(response);
	g_clear_pointer(&loopback->url, g_free);
	return result;
}

static enum MHD_Result
answer(void *data,
       struct MHD_Connection *connection,
       const char *path,
       const char *method,
       const char *version,
       const char *upload,
       size_t *upload_size,
       void **request)
{
	CmLoopback *loopback = data;
	const gchar *host =
	    MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);

	/* the first call tells that there is a request, the second that its headers are whole */
	if (*request == NULL) {
		*request = loopback;
		return MHD_YES;
	}
	*request = NULL;
	if (loopback->url == NULL || !g_str_equal(method, MHD_HTTP_METHOD_GET) ||
	    !g_str_equal(path, loopback->path) || g_strcmp0(host, loopback->host) != 0)
		return answer_nothing(connection);
	return answer_url(loopback, connection);
}

static void
finish(CmLoopback *loopback, CmLoopbackEnd end)
{
	loopback->end = end;
	if (loopback->loop != NULL)
		g_main_loop_quit(loopback->loop);
}

static void
completed(void *data,
	  struct MHD_Connection *connection,
	  void **request,
	  enum MHD_RequestTerminationCode how)
{
	CmLoopback *loopback = data;

	if (loopback->url != NULL || loopback->given)
		return;
	loopback->given = TRUE;
	finish(loopback, CM_LOOPBACK_GIVEN);
}

static gchar *
make_nonce(void)
{
	guint8 octets[NONCE_BYTES];
	GString *nonce = g_string_new("/");

	/* never short for so few */
	if (getrandom(octets, sizeof octets, 0) != (gssize)sizeof octets)
		g_assert_not_reached();
	for (guint i = 0; i < sizeof octets; i++)
		g_string_append_printf(nonce, "%02x", octets[i]);
	return g_string_free(nonce, FALSE);
}

static gboolean
start(CmLoopback *loopback)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
	const union MHD_DaemonInfo *info = NULL;

	loopback->server = MHD_start_daemon(
	    MHD_USE_EPOLL, 0, check_owner, loopback, answer, loopback, MHD_OPTION_SOCK_ADDR,
	    (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS_MAX,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)CONNECTION_SECONDS,
	    MHD_OPTION_NOTIFY_COMPLETED, completed, loopback, MHD_OPTION_END);
	if (loopback->server == NULL)
		return FALSE;
	info = MHD_get_daemon_info(loopback->server, MHD_DAEMON_INFO_BIND_PORT);
	loopback->port = info != NULL ? info->port : 0;
	return loopback->port != 0;
}

CmLoopback *
cm_loopback_new(const gchar *url, GError **error)
{
	g_autoptr(CmLoopback) loopback = g_new0(CmLoopback, 1);

	loopback->url = g_strdup(url);
	loopback->path = make_nonce();
	if (!start(loopback)) {
		cm_error_set(error, CM_ERROR_FAILED,
			     N_("The browser can’t be handed the link: {0}."), g_strerror(errno),
			     NULL);
		return NULL;
	}
	loopback->host = g_strdup_printf("127.0.0.1:%u", loopback->port);
	loopback->address = g_strdup_printf("http://%s%s", loopback->host, loopback->path);
	return g_steal_pointer(&loopback);
}

void
cm_loopback_free(CmLoopback *loopback)
{
	if (loopback == NULL)
		return;
	if (loopback->server != NULL)
		MHD_stop_daemon(loopback->server);
	g_free(loopback->host);
	g_free(loopback->path);
	g_free(loopback->address);
	g_free(loopback->url);
	g_free(loopback);
}

const gchar *
cm_loopback_get_address(const CmLoopback *loopback)
{
	return loopback->address;
}

guint
cm_loopback_get_refused(const CmLoopback *loopback)
{
	return loopback->refused;
}

/* ---- waiting */

static gboolean
on_ready(gint fd, GIOCondition condition, gpointer data)
{
	CmLoopback *loopback = data;

	(void)MHD_run(loopback->server);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_tick(gpointer data)
{
	return on_ready(-1, G_IO_IN, data);
}

static gboolean
on_late(gpointer data)
{
	finish(data, CM_LOOPBACK_LATE);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt(gpointer data)
{
	finish(data, CM_LOOPBACK_INTERRUPTED);
	return G_SOURCE_CONTINUE;
}

CmLoopbackEnd
cm_loopback_wait(CmLoopback *loopback, guint seconds)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(loopback->server, MHD_DAEMON_INFO_EPOLL_FD);
	guint sources[] = {
	    g_unix_fd_add(info->epoll_fd, G_IO_IN, on_ready, loopback),
	    g_timeout_add(TICK_MSEC, on_tick, loopback),
	    g_timeout_add_seconds(seconds, on_late, loopback),
	    g_unix_signal_add(SIGINT, on_interrupt, loopback),
	};

	loopback->end = CM_LOOPBACK_LATE;
	if (!loopback->given) {
		loopback->loop = g_main_loop_new(NULL, FALSE);
		g_main_loop_run(loopback->loop);
		g_clear_pointer(&loopback->loop, g_main_loop_unref);
	} else {
		loopback->end = CM_LOOPBACK_GIVEN;
	}
	for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
		g_source_remove(sources[i]);
	return loopback->end;
}
