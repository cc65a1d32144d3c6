// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-loop.h"

#include "daemon/gateway/http-certificate.h"
#include "daemon/gateway/http-wire.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 256
#define TICK_MILLISECONDS 500
/* the library's own idea of an idle connection: ours are shorter, this one is behind them */
#define LIBRARY_TIMEOUT_SECONDS 120u
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

typedef struct {
	CmHttpMail run;
	gpointer data;
} Letter;

/* ---- connections */

/* closing the socket itself is the library's: it sees an end */
static void
kill_connection(CmHttpConnection *connection)
{
	connection->killed = TRUE;
	(void)shutdown(connection->fd, SHUT_RDWR);
}

/* When there is hardly room left, who has kept a connection longest for one thing loses it to who comes: whoever says nothing, sends a form
 * drop by drop, or does not take an answer. Whoever waits for us does not. */
static void
make_room(CmHttpLoop *loop)
{
	CmHttpDeadline *oldest = NULL;

	if (loop->connections <=
	    loop->connections_most - loop->connections_most / CM_HTTP_LIMITS_FREE_SHARE)
		return;
	oldest = cm_http_deadline_find_oldest(&loop->deadlines);
	if (oldest == NULL)
		return;
	/* it is not found again before it is closed */
	cm_http_deadline_enter(oldest, &loop->deadlines, CM_HTTP_STAGE_END, loop->now);
	kill_connection((CmHttpConnection *)oldest);
}

static void
on_connection_begun(CmHttpLoop *loop, struct MHD_Connection *mhd, void **context)
{
	const CmHttpServer *server = loop->server;
	const struct sockaddr *peer =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
	CmHttpConnection *connection = g_new0(CmHttpConnection, 1);

	connection->loop = loop;
	connection->fd =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	connection->proxy = cm_http_addresses_is_proxy(server->addresses, peer);
	connection->address =
	    connection->proxy ? 0 : cm_http_addresses_find_client(server->addresses, peer, NULL);
	connection->counted =
	    cm_http_count_add(server->count, CM_HTTP_COUNT_CONNECTION, connection->address);
	*context = connection;
	loop->connections++;
	make_room(loop);
	cm_http_deadline_init(&connection->deadline, &loop->deadlines, loop->now);
	if (!connection->counted) {
		cm_http_deadline_enter(&connection->deadline, &loop->deadlines, CM_HTTP_STAGE_END,
				       loop->now);
		kill_connection(connection);
	}
}

static void
on_connection_ended(CmHttpLoop *loop, CmHttpConnection *connection)
{
	loop->connections--;
	cm_http_deadline_remove(&connection->deadline, &loop->deadlines);
	if (connection->counted)
		cm_http_count_remove(loop->server->count, CM_HTTP_COUNT_CONNECTION,
				     connection->address);
	g_free(connection);
}

static void
on_connection(void *closure,
	      struct MHD_Connection *mhd,
	      void **context,
	      enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		on_connection_begun(closure, mhd, context);
	else if (*context != NULL)
		on_connection_ended(closure, *context);
}

static void
on_completed(void *closure,
	     struct MHD_Connection *mhd,
	     void **context,
	     enum MHD_RequestTerminationCode code)
{
	CmHttpLoop *loop = closure;
	CmHttpExchange *exchange = *context;
	CmHttpConnection *connection = NULL;

	if (exchange == NULL)
		return;
	connection = exchange->connection;
	*context = NULL;
	cm_http_exchange_end(exchange);
	if (!connection->killed)
		cm_http_deadline_enter(&connection->deadline, &loop->deadlines, CM_HTTP_STAGE_HEAD,
				       loop->now);
}

static void
end_those_over(CmHttpLoop *loop)
{
	CmHttpDeadline *over = cm_http_deadline_find_over(&loop->deadlines, loop->now);

	while (over != NULL) {
		CmHttpConnection *connection = (CmHttpConnection *)over;
		gboolean waits = over->stage == CM_HTTP_STAGE_HANDLER;

		/* a while to be sent, or to be closed in */
		cm_http_deadline_enter(over, &loop->deadlines,
				       waits ? CM_HTTP_STAGE_SEND : CM_HTTP_STAGE_END, loop->now);
		if (waits && connection->exchange != NULL && !connection->killed)
			cm_http_exchange_abandon(connection->exchange, CM_HTTP_REQUEST_AWAY);
		else
			kill_connection(connection);
		over = cm_http_deadline_find_over(&loop->deadlines, loop->now);
	}
}

/* ---- the thread */

static void
run_letters(CmHttpLoop *loop)
{
	g_autoptr(GArray) letters = g_array_new(FALSE, FALSE, sizeof(Letter));
	GArray *full = NULL;

	g_mutex_lock(&loop->lock);
	full = loop->letters;
	loop->letters = g_steal_pointer(&letters);
	g_mutex_unlock(&loop->lock);
	letters = full;
	for (guint i = 0; i < letters->len; i++) {
		const Letter *letter = &g_array_index(letters, Letter, i);

		letter->run(letter->data);
	}
}

/* its browser is gone; the handler may go on or not */
static void
on_exchange_gone(CmHttpExchange *exchange)
{
	(void)epoll_ctl(exchange->loop->epoll, EPOLL_CTL_DEL, exchange->connection->fd, NULL);
	if (exchange->request != NULL)
		g_atomic_int_set(&exchange->request->gone, 1);
}

static void
on_wake(const CmHttpLoop *loop)
{
	guint64 count = 0;

	while (read(loop->wake, &count, sizeof(count)) > 0)
		continue;
}

static void
handle_event(CmHttpLoop *loop, const struct epoll_event *event)
{
	switch (*(const CmHttpWatch *)event->data.ptr) {
	case CM_HTTP_WATCH_SOCKET:
		cm_http_wire_handle(event->data.ptr, event->events);
		break;
	case CM_HTTP_WATCH_EXCHANGE:
		on_exchange_gone(event->data.ptr);
		break;
	case CM_HTTP_WATCH_WAKE:
		on_wake(loop);
		break;
	case CM_HTTP_WATCH_DAEMON:
	default:
		break;
	}
}

static gint
find_timeout(const CmHttpLoop *loop)
{
	MHD_UNSIGNED_LONG_LONG wanted = 0;
	gboolean idle = loop->sockets.length == 0 && loop->closing.length == 0 &&
			cm_http_deadline_is_empty(&loop->deadlines);

	if (MHD_get_timeout(loop->daemon, &wanted) == MHD_YES && wanted < TICK_MILLISECONDS)
		return (gint)wanted;
	return idle ? -1 : TICK_MILLISECONDS;
}

/* letters come after events, for they may end what an event of the same turn is of */
static gpointer
loop_run(gpointer data)
{
	CmHttpLoop *loop = data;
	struct epoll_event events[EVENTS_MAX];
	gint64 ticked = 0;

	while (!loop->stopping) {
		gint count = epoll_wait(loop->epoll, events, EVENTS_MAX, find_timeout(loop));

		loop->now = g_get_monotonic_time();
		for (gint i = 0; i < count; i++)
			handle_event(loop, &events[i]);
		run_letters(loop);
		(void)MHD_run(loop->daemon);
		if (loop->now - ticked >= TICK_MILLISECONDS * 1000) {
			ticked = loop->now;
			end_those_over(loop);
			cm_http_wire_tick(loop);
		}
	}
	return NULL;
}

void
cm_http_loop_post(CmHttpLoop *loop, CmHttpMail run, gpointer data)
{
	const Letter letter = {run, data};
	const guint64 one = 1;
	gboolean wake = FALSE;

	g_mutex_lock(&loop->lock);
	if (loop->stopped) {
		g_mutex_unlock(&loop->lock);
		run(data);
		return;
	}
	wake = loop->letters->len == 0;
	g_array_append_val(loop->letters, letter);
	g_mutex_unlock(&loop->lock);
	if (wake)
		(void)!write(loop->wake, &one, sizeof(one));
}

/* ---- its beginning */

/* names of routes are all that is ever logged of a request; what the library says may hold more */
static void
on_log(void *closure, const char *format, va_list arguments)
{
	g_debug("the web server's library has something to say");
}

static size_t
unescape(void *closure, struct MHD_Connection *mhd, char *text)
{
	/* a path with a code in it is refused, so none is ever decoded */
	return strlen(text);
}

static int
get_certificate(gnutls_session_t session,
		const struct gnutls_cert_retr_st *info,
		gnutls_pcert_st **chain,
		unsigned int *count,
		gnutls_ocsp_data_st **ocsp,
		unsigned int *ocsp_count,
		gnutls_privkey_t *key,
		unsigned int *flags)
{
	const union MHD_ConnectionInfo *info_of = MHD_get_connection_info(
	    gnutls_session_get_ptr(session), MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	const CmHttpConnection *connection = info_of->socket_context;

	*ocsp_count = 0;
	*flags = 0;
	cm_http_certificate_get(connection->loop->server->certificate, chain, count, key);
	return 0;
}

static struct MHD_Daemon *
start_daemon(CmHttpLoop *loop, gint listener)
{
	const CmHttpServer *server = loop->server;
	guint flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE | MHD_USE_ITC |
		      MHD_USE_ERROR_LOG;
	struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
	struct MHD_OptionItem tls[] = {
	    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)TLS_PRIORITIES},
	    {MHD_OPTION_HTTPS_CERT_CALLBACK2, 0, (void *)get_certificate},
	    {MHD_OPTION_END, 0, NULL}};

	if (server->tls)
		flags |= MHD_USE_TLS;
	return MHD_start_daemon(
	    flags, 0, NULL, NULL, cm_http_exchange_handle, loop, MHD_OPTION_EXTERNAL_LOGGER, on_log,
	    NULL, MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT,
	    loop->connections_most, MHD_OPTION_CONNECTION_TIMEOUT, LIBRARY_TIMEOUT_SECONDS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CM_HTTP_LIMITS_HEAD_OCTETS,
	    MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)1024, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
	    loop, MHD_OPTION_NOTIFY_CONNECTION, on_connection, loop, MHD_OPTION_ARRAY,
	    server->tls ? tls : plain, MHD_OPTION_END);
}

static gboolean
watch_own(CmHttpLoop *loop)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct epoll_event daemon = {EPOLLIN, {.ptr = &loop->watch_daemon}};
	struct epoll_event wake = {EPOLLIN, {.ptr = &loop->watch_wake}};

	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, info->epoll_fd, &daemon) == 0 &&
	       epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wake, &wake) == 0;
}

CmHttpLoop *
cm_http_loop_new(CmHttpServer *server, gint listener, GError **error)
{
	CmHttpLoop *loop = g_new0(CmHttpLoop, 1);
	gint copy = fcntl(listener, F_DUPFD_CLOEXEC, 0);

	loop->server = server;
	loop->watch_daemon = CM_HTTP_WATCH_DAEMON;
	loop->watch_wake = CM_HTTP_WATCH_WAKE;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	loop->now = g_get_monotonic_time();
	loop->connections_most =
	    MAX(1, server->settings->connections / MAX(1, server->settings->threads));
	g_mutex_init(&loop->lock);
	loop->letters = g_array_new(FALSE, FALSE, sizeof(Letter));
	if (copy >= 0)
		loop->daemon = start_daemon(loop, copy);
	if (loop->daemon == NULL || !watch_own(loop)) {
		if (loop->daemon == NULL && copy >= 0)
			close(copy);
		loop->stopped = TRUE;
		cm_http_loop_free(loop);
		cm_error_set(error, CM_ERROR_FAILED, N_("The web server can't be started."), NULL);
		return NULL;
	}
	loop->thread = g_thread_new("browsers", loop_run, loop);
	return loop;
}

/* ---- its end */

static void
begin_to_stop(gpointer data)
{
	((CmHttpLoop *)data)->stopping = TRUE;
}

static void
end_all(CmHttpLoop *loop)
{
	CmHttpSocket *socket = NULL;
	CmHttpExchange *exchange = g_queue_peek_head(&loop->suspended);

	while (exchange != NULL) {
		cm_http_exchange_abandon(exchange, CM_HTTP_REQUEST_AWAY);
		exchange = g_queue_peek_head(&loop->suspended);
	}
	socket = g_queue_peek_head(&loop->sockets);
	while (socket != NULL) {
		cm_http_wire_close(socket, CM_HTTP_SOCKET_GOING_AWAY, NULL);
		cm_http_wire_flush(socket);
		socket = g_queue_peek_head(&loop->sockets);
	}
	socket = g_queue_peek_head(&loop->closing);
	while (socket != NULL) {
		cm_http_wire_finish(socket);
		socket = g_queue_peek_head(&loop->closing);
	}
	/* what was resumed is answered, if its browser takes it at once */
	(void)MHD_run(loop->daemon);
	(void)MHD_run(loop->daemon);
}

void
cm_http_loop_stop(CmHttpLoop *loop)
{
	if (loop->stopped)
		return;
	cm_http_loop_post(loop, begin_to_stop, loop);
	g_thread_join(loop->thread);
	g_mutex_lock(&loop->lock);
	loop->stopped = TRUE;
	g_mutex_unlock(&loop->lock);
	run_letters(loop);
	end_all(loop);
	MHD_stop_daemon(loop->daemon);
	loop->daemon = NULL;
}

void
cm_http_loop_free(CmHttpLoop *loop)
{
	cm_http_loop_stop(loop);
	if (loop->daemon != NULL)
		MHD_stop_daemon(loop->daemon);
	close(loop->epoll);
	close(loop->wake);
	g_array_unref(loop->letters);
	g_mutex_clear(&loop->lock);
	g_free(loop);
}
