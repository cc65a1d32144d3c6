// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-socket.h"

#include "daemon/gateway/http-loop.h"
#include "daemon/gateway/http-wire.h"

typedef struct {
	CmHttpSocket *socket;
	CmHttpRequest *request;
	GBytes *text;
	guint16 code;
	const gchar *reason;
} Order;

static void
post(CmHttpMail run, const Order *order)
{
	cm_http_loop_post(order->socket->loop, run, g_memdup2(order, sizeof(*order)));
}

static void
open_socket(gpointer data)
{
	g_autofree Order *order = data;

	cm_http_wire_open(order->socket, order->request);
}

CmHttpSocket *
cm_http_socket_new(CmHttpRequest *request, const CmHttpSocketEvents *events, gpointer user_data)
{
	CmHttpSocket *socket = g_new0(CmHttpSocket, 1);
	CmHttpServer *server = request->server;

	/* the main context's and the loop's */
	g_atomic_ref_count_init(&socket->references);
	g_atomic_ref_count_inc(&socket->references);
	socket->watch = CM_HTTP_WATCH_SOCKET;
	socket->server = server;
	socket->loop = request->loop;
	socket->address = request->address;
	socket->permit = g_steal_pointer(&request->permit);
	socket->events = *events;
	socket->user_data = user_data;
	socket->fd = -1;
	socket->link.data = socket;
	socket->texts = CM_HTTP_SOCKET_BURST;
	socket->frames = CM_HTTP_WIRE_FRAME_BURST;
	socket->refilled = g_get_monotonic_time();
	if (request->active && cm_admission_done(server->admission, request->ticket.class))
		cm_http_mailbox_post(server->mailbox, NULL, NULL);
	request->active = FALSE;
	post(open_socket, &(const Order){.socket = socket, .request = request});
	return socket;
}

static void
send_text(gpointer data)
{
	g_autofree Order *order = data;

	cm_http_wire_send(order->socket, order->text);
	g_bytes_unref(order->text);
	cm_http_wire_unref(order->socket);
}

void
cm_http_socket_send(CmHttpSocket *socket, GBytes *text)
{
	if (!socket->closed)
		post(send_text,
		     &(const Order){.socket = cm_http_wire_ref(socket), .text = g_bytes_ref(text)});
}

static void
close_socket(gpointer data)
{
	g_autofree Order *order = data;

	cm_http_wire_close(order->socket, order->code, order->reason);
	cm_http_wire_flush(order->socket);
	cm_http_wire_unref(order->socket);
}

void
cm_http_socket_close(CmHttpSocket *socket, guint16 code, const gchar *reason)
{
	if (!socket->closed)
		post(close_socket, &(const Order){.socket = cm_http_wire_ref(socket),
						  .code = code,
						  .reason = reason});
}

guint64
cm_http_socket_get_address(const CmHttpSocket *socket)
{
	return socket->address;
}
