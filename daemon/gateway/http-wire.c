// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-wire.h"

#include "daemon/gateway/http-loop.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* RFC 6455, 4.2.2 */
#define HANDSHAKE_MAGIC "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_CHARACTERS 24
#define KEY_OCTETS 16
#define TURN_OCTETS_MAX (64 * 1024)
/* opcode, length, mask; and the longer lengths (RFC 6455, 5.2) */
#define FRAME_HEAD_OCTETS 6
#define FRAME_HEAD_MORE_16 2
#define FRAME_HEAD_MORE_64 8

CmHttpSocket *
cm_http_wire_ref(CmHttpSocket *socket)
{
	g_atomic_ref_count_inc(&socket->references);
	return socket;
}

void
cm_http_wire_unref(CmHttpSocket *socket)
{
	if (!g_atomic_ref_count_dec(&socket->references))
		return;
	g_clear_pointer(&socket->early, g_byte_array_unref);
	g_free(socket->permit);
	g_free(socket);
}

/* ---- what is told to the main context */

typedef struct {
	CmHttpSocket *socket;
	GBytes *text;
} Told;

static void
tell_text(gpointer data)
{
	g_autofree Told *told = data;
	CmHttpSocket *socket = told->socket;

	if (!socket->closed && socket->events.text != NULL)
		socket->events.text(socket, told->text, socket->user_data);
	g_bytes_unref(told->text);
	cm_http_wire_unref(socket);
}

static void
tell_closed(gpointer data)
{
	CmHttpSocket *socket = data;

	socket->closed = TRUE;
	if (socket->events.closed != NULL)
		socket->events.closed(socket, socket->user_data);
	cm_http_wire_unref(socket);
}

/* ---- wslay */

static ssize_t
on_receive(wslay_event_context_ptr context, uint8_t *buffer, size_t size, int flags, void *closure)
{
	CmHttpSocket *socket = closure;
	gssize count = -1;

	if (socket->early != NULL && socket->early_taken < socket->early->len) {
		count = (gssize)MIN(size, socket->early->len - socket->early_taken);
		memcpy(buffer, socket->early->data + socket->early_taken, (gsize)count);
		socket->early_taken += (guint)count;
	} else if (socket->turn_octets < TURN_OCTETS_MAX) {
		count = recv(socket->fd, buffer, size, 0);
	} else {
		errno = EAGAIN;
	}
	if (count > 0) {
		socket->turn_octets += (guint)count;
		socket->octets += (guint64)count;
		return count;
	}
	wslay_event_set_error(context, count < 0 && (errno == EAGAIN || errno == EINTR)
					   ? WSLAY_ERR_WOULDBLOCK
					   : WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

static ssize_t
on_send(wslay_event_context_ptr context, const uint8_t *data, size_t size, int flags, void *closure)
{
	CmHttpSocket *socket = closure;
	gssize count = send(socket->fd, data, size, MSG_NOSIGNAL);

	if (count < 0)
		wslay_event_set_error(context, errno == EAGAIN || errno == EINTR
						   ? WSLAY_ERR_WOULDBLOCK
						   : WSLAY_ERR_CALLBACK_FAILURE);
	return count;
}

static void
refill(CmHttpSocket *socket)
{
	gint64 now = g_get_monotonic_time();
	gdouble seconds = (gdouble)(now - socket->refilled) / G_USEC_PER_SEC;

	socket->texts = MIN(CM_HTTP_SOCKET_BURST, socket->texts + seconds * CM_HTTP_SOCKET_RATE);
	socket->frames =
	    MIN(CM_HTTP_WIRE_FRAME_BURST, socket->frames + seconds * CM_HTTP_WIRE_FRAME_RATE);
	socket->refilled = now;
}

static void
on_frame(wslay_event_context_ptr context,
	 const struct wslay_event_on_frame_recv_start_arg *frame,
	 void *closure)
{
	CmHttpSocket *socket = closure;

	socket->frame_octets = FRAME_HEAD_OCTETS + frame->payload_length;
	if (frame->payload_length > G_MAXUINT16)
		socket->frame_octets += FRAME_HEAD_MORE_64;
	else if (frame->payload_length > 125)
		socket->frame_octets += FRAME_HEAD_MORE_16;
	if (!wslay_is_ctrl_frame(frame->opcode))
		socket->message_open = frame->fin == 0;
	refill(socket);
	socket->frames -= 1.0;
	if (socket->frames < 0.0)
		cm_http_wire_close(socket, CM_HTTP_SOCKET_POLICY, "too much");
}

static void
on_frame_end(wslay_event_context_ptr context, void *closure)
{
	CmHttpSocket *socket = closure;

	socket->octets_framed += socket->frame_octets;
}

static void
on_message(wslay_event_context_ptr context,
	   const struct wslay_event_on_msg_recv_arg *message,
	   void *closure)
{
	CmHttpSocket *socket = closure;
	Told *told = NULL;
	gchar *text = NULL;

	if (wslay_is_ctrl_frame(message->opcode) || socket->is_closing)
		return;
	if (message->opcode != WSLAY_TEXT_FRAME ||
	    memchr(message->msg, '\0', message->msg_length) != NULL) {
		cm_http_wire_close(socket, WSLAY_CODE_UNSUPPORTED_DATA, "texts only");
		return;
	}
	refill(socket);
	socket->texts -= 1.0;
	if (socket->texts < 0.0) {
		cm_http_wire_close(socket, CM_HTTP_SOCKET_POLICY, "too much");
		return;
	}
	told = g_new0(Told, 1);
	text = g_strndup((const gchar *)message->msg, message->msg_length);
	told->socket = cm_http_wire_ref(socket);
	told->text = g_bytes_new_take(text, message->msg_length);
	cm_http_mailbox_post(socket->server->mailbox, tell_text, told);
}

static const struct wslay_event_callbacks callbacks = {
    on_receive, on_send, NULL, on_frame, NULL, on_frame_end, on_message};

static gboolean
obtain_context(CmHttpSocket *socket)
{
	if (socket->context != NULL)
		return TRUE;
	if (wslay_event_context_server_init(&socket->context, &callbacks, socket) != 0)
		return FALSE;
	wslay_event_config_set_max_recv_msg_length(socket->context, CM_HTTP_SOCKET_TEXT_MAX);
	socket->octets = 0;
	socket->octets_framed = 0;
	return TRUE;
}

/* between two messages with nothing to send nothing has to be kept */
static void
drop_context(CmHttpSocket *socket)
{
	if (socket->context == NULL || socket->is_closing || socket->message_open ||
	    socket->octets != socket->octets_framed || wslay_event_want_write(socket->context) ||
	    (socket->early != NULL && socket->early_taken < socket->early->len))
		return;
	wslay_event_context_free(socket->context);
	socket->context = NULL;
	g_clear_pointer(&socket->early, g_byte_array_unref);
}

/* ---- its life */

static void
watch(CmHttpSocket *socket, gint operation)
{
	struct epoll_event event = {EPOLLIN, {.ptr = socket}};

	if (socket->wants_write)
		event.events |= EPOLLOUT;
	(void)epoll_ctl(socket->loop->epoll, operation, socket->fd, &event);
}

void
cm_http_wire_finish(CmHttpSocket *socket)
{
	CmHttpLoop *loop = socket->loop;

	if (socket->finished)
		return;
	socket->finished = TRUE;
	if (socket->fd >= 0) {
		g_queue_unlink(socket->is_closing ? &loop->closing : &loop->sockets, &socket->link);
		(void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, socket->fd, NULL);
		if (socket->upgraded != NULL)
			(void)MHD_upgrade_action(socket->upgraded, MHD_UPGRADE_ACTION_CLOSE);
		else
			close(socket->fd);
		socket->fd = -1;
	}
	if (socket->context != NULL)
		wslay_event_context_free(socket->context);
	socket->context = NULL;
	if (socket->counted)
		cm_http_count_remove(socket->server->count, CM_HTTP_COUNT_SOCKET, socket->address);
	/* with the main context's reference; then the loop's */
	cm_http_mailbox_post(socket->server->mailbox, tell_closed, socket);
	cm_http_wire_unref(socket);
}

void
cm_http_wire_fail(CmHttpSocket *socket)
{
	cm_http_wire_finish(socket);
}

/* send what can be sent, and be told when the rest can; or it is over */
static void
flush(CmHttpSocket *socket)
{
	gboolean wants = FALSE;

	if (socket->finished || socket->fd < 0 || socket->context == NULL)
		return;
	if (wslay_event_want_write(socket->context) && wslay_event_send(socket->context) != 0) {
		cm_http_wire_finish(socket);
		return;
	}
	wants = wslay_event_want_write(socket->context) != 0;
	if (!wants && !wslay_event_want_read(socket->context)) {
		/* both have said goodbye */
		cm_http_wire_finish(socket);
		return;
	}
	if (wants != socket->wants_write) {
		socket->wants_write = wants;
		watch(socket, EPOLL_CTL_MOD);
	}
	drop_context(socket);
}

void
cm_http_wire_handle(CmHttpSocket *socket, guint events)
{
	if (!obtain_context(socket)) {
		cm_http_wire_finish(socket);
		return;
	}
	socket->turn_octets = 0;
	socket->heard = socket->loop->now;
	if (wslay_event_want_read(socket->context) && wslay_event_recv(socket->context) != 0) {
		cm_http_wire_finish(socket);
		return;
	}
	if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
		cm_http_wire_finish(socket);
		return;
	}
	flush(socket);
}

void
cm_http_wire_send(CmHttpSocket *socket, GBytes *text)
{
	const struct wslay_event_msg message = {WSLAY_TEXT_FRAME, g_bytes_get_data(text, NULL),
						g_bytes_get_size(text)};

	if (socket->finished || socket->is_closing)
		return;
	if (!obtain_context(socket) ||
	    wslay_event_get_queued_msg_length(socket->context) + message.msg_length >
		CM_HTTP_SOCKET_QUEUE_MAX ||
	    wslay_event_queue_msg(socket->context, &message) != 0) {
		cm_http_wire_finish(socket);
		return;
	}
	flush(socket);
}

/* also called while wslay reads, which is why nothing is sent here */
static void
begin_to_close(CmHttpSocket *socket, guint16 code, const gchar *reason)
{
	socket->is_closing = TRUE;
	(void)wslay_event_queue_close(socket->context, code, (const guint8 *)reason,
				      reason != NULL ? strlen(reason) : 0);
	if (socket->fd < 0)
		return;
	g_queue_unlink(&socket->loop->sockets, &socket->link);
	socket->due = socket->loop->now + CM_HTTP_WIRE_CLOSE_SECONDS * G_USEC_PER_SEC;
	g_queue_push_tail_link(&socket->loop->closing, &socket->link);
}

void
cm_http_wire_close(CmHttpSocket *socket, guint16 code, const gchar *reason)
{
	if (socket->finished || socket->is_closing)
		return;
	if (obtain_context(socket))
		begin_to_close(socket, code, reason);
	else
		cm_http_wire_finish(socket);
}

void
cm_http_wire_flush(CmHttpSocket *socket)
{
	flush(socket);
}

/* ---- the handshake */

guint
cm_http_wire_judge(CmHttpExchange *exchange)
{
	const gchar *version =
	    MHD_lookup_connection_value(exchange->mhd, MHD_HEADER_KIND, "Sec-WebSocket-Version");
	const gchar *key =
	    MHD_lookup_connection_value(exchange->mhd, MHD_HEADER_KIND, "Sec-WebSocket-Key");
	const gchar *upgrade =
	    MHD_lookup_connection_value(exchange->mhd, MHD_HEADER_KIND, "Upgrade");
	const gchar *connection =
	    MHD_lookup_connection_value(exchange->mhd, MHD_HEADER_KIND, "Connection");
	g_autofree gchar *small = connection != NULL ? g_ascii_strdown(connection, -1) : NULL;
	g_autofree guint8 *octets = NULL;
	gsize size = 0;

	if (version == NULL || !g_str_equal(version, "13") || key == NULL ||
	    strlen(key) != KEY_CHARACTERS || g_ascii_strcasecmp(upgrade, "websocket") != 0 ||
	    small == NULL || strstr(small, "upgrade") == NULL)
		return 400;
	octets = g_base64_decode(key, &size);
	if (size != KEY_OCTETS)
		return 400;
	g_strlcpy(exchange->socket_key, key, sizeof(exchange->socket_key));
	return 0;
}

static gchar *
make_accept(const gchar *key)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA1);
	guint8 digest[20];
	gsize size = sizeof(digest);

	g_checksum_update(checksum, (const guchar *)key, -1);
	g_checksum_update(checksum, (const guchar *)HANDSHAKE_MAGIC, -1);
	g_checksum_get_digest(checksum, digest, &size);
	return g_base64_encode(digest, size);
}

/* the library's descriptor is ours from now on */
static gint
take_descriptor(CmHttpSocket *socket, gint fd, struct MHD_UpgradeResponseHandle *upgraded)
{
	gint copy = -1;

	if (socket->server->tls) {
		/* the library goes on between the browser and this end of a pair */
		socket->upgraded = upgraded;
		return fd;
	}
	copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	(void)MHD_upgrade_action(upgraded, MHD_UPGRADE_ACTION_CLOSE);
	return copy;
}

static void
on_upgraded(void *closure,
	    struct MHD_Connection *mhd,
	    void *request_closure,
	    const char *early,
	    size_t early_size,
	    MHD_socket fd,
	    struct MHD_UpgradeResponseHandle *upgraded)
{
	CmHttpSocket *socket = closure;
	CmHttpLoop *loop = socket->loop;
	CmHttpExchange *exchange = request_closure;

	exchange->socket = NULL;
	socket->fd = take_descriptor(socket, fd, upgraded);
	if (socket->fd < 0) {
		cm_http_wire_finish(socket);
		return;
	}
	(void)fcntl(socket->fd, F_SETFL, fcntl(socket->fd, F_GETFL) | O_NONBLOCK);
	if (early_size > 0) {
		socket->early = g_byte_array_sized_new((guint)early_size);
		g_byte_array_append(socket->early, (const guint8 *)early, (guint)early_size);
	}
	socket->heard = loop->now;
	socket->due = loop->now + (socket->is_closing ? CM_HTTP_WIRE_CLOSE_SECONDS
						      : CM_HTTP_SOCKET_PING_SECONDS) *
				      G_USEC_PER_SEC;
	g_queue_push_tail_link(socket->is_closing ? &loop->closing : &loop->sockets, &socket->link);
	watch(socket, EPOLL_CTL_ADD);
	if (early_size > 0)
		cm_http_wire_handle(socket, 0);
	else
		flush(socket);
}

void
cm_http_wire_open(CmHttpSocket *socket, CmHttpRequest *request)
{
	CmHttpExchange *exchange = request->exchange;
	struct MHD_Response *response = NULL;
	g_autofree gchar *accept = NULL;

	socket->counted =
	    exchange != NULL &&
	    cm_http_count_add(socket->server->count, CM_HTTP_COUNT_SOCKET, socket->address);
	if (exchange != NULL)
		exchange->request = NULL;
	cm_http_request_free(request);
	if (!socket->counted) {
		if (exchange != NULL)
			cm_http_exchange_refuse(exchange, 503);
		cm_http_wire_finish(socket);
		return;
	}
	accept = make_accept(exchange->socket_key);
	response = MHD_create_response_for_upgrade(on_upgraded, socket);
	(void)MHD_add_response_header(response, "Upgrade", "websocket");
	(void)MHD_add_response_header(response, "Sec-WebSocket-Accept", accept);
	exchange->socket = socket;
	cm_http_exchange_respond(exchange, 101, response);
}

/* ---- those that are silent */

static void
ping(CmHttpSocket *socket)
{
	const struct wslay_event_msg message = {WSLAY_PING, NULL, 0};
	CmHttpLoop *loop = socket->loop;

	socket->due = loop->now + CM_HTTP_SOCKET_PING_SECONDS * G_USEC_PER_SEC;
	g_queue_unlink(&loop->sockets, &socket->link);
	g_queue_push_tail_link(&loop->sockets, &socket->link);
	if (loop->now - socket->heard > 2 * CM_HTTP_SOCKET_PING_SECONDS * G_USEC_PER_SEC ||
	    !obtain_context(socket) || wslay_event_queue_msg(socket->context, &message) != 0)
		cm_http_wire_finish(socket);
	else
		flush(socket);
}

void
cm_http_wire_tick(CmHttpLoop *loop)
{
	CmHttpSocket *first = g_queue_peek_head(&loop->closing);

	while (first != NULL && first->due <= loop->now) {
		cm_http_wire_finish(first);
		first = g_queue_peek_head(&loop->closing);
	}
	first = g_queue_peek_head(&loop->sockets);
	while (first != NULL && first->due <= loop->now) {
		ping(first);
		first = g_queue_peek_head(&loop->sockets);
	}
}
