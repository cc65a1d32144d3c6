// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/http-request.h"

/* A web socket of somebody's browser: texts, both ways. It also is how a page is told of what happens (a waiting room): a waiting socket
 * costs less than an event stream does (docs/gateway.md), and the server alone looks whether its other end is still there. Main context
 * only; what happens to it is told from the main context. */

/* octets of a text that comes; a longer one closes the socket */
#define CM_HTTP_SOCKET_TEXT_MAX (64 * 1024)
/* octets that may wait to be sent; more close it */
#define CM_HTTP_SOCKET_QUEUE_MAX (512 * 1024)
/* texts that may come, a second over time and at once; more close it */
#define CM_HTTP_SOCKET_RATE 20
#define CM_HTTP_SOCKET_BURST 100
/* the other end is asked whether it is there; silent for twice that, it is gone */
#define CM_HTTP_SOCKET_PING_SECONDS 25

/* codes to close with (RFC 6455, 7.4) */
#define CM_HTTP_SOCKET_NORMAL 1000
#define CM_HTTP_SOCKET_GOING_AWAY 1001
#define CM_HTTP_SOCKET_POLICY 1008
#define CM_HTTP_SOCKET_TRY_AGAIN 1013

typedef struct _CmHttpSocket CmHttpSocket;

typedef struct {
	/* valid UTF-8, ended by NUL, which is not of its size; may be NULL: what comes is dropped */
	void (*text)(CmHttpSocket *socket, GBytes *text, gpointer user_data);
	/* It is closed, by whichever end; once, and nothing after it. It may not be used any more. */
	void (*closed)(CmHttpSocket *socket, gpointer user_data);
} CmHttpSocketEvents;

/* Make a socket of a request that a route's `open` got, at once or later (or refuse it by cm_http_request_answer()). Takes the request.
 * `events` is copied. It is yours until it is closed. Returns: (transfer none), never NULL: if the browser is gone, `closed` follows. */
CmHttpSocket *
cm_http_socket_new(CmHttpRequest *request, const CmHttpSocketEvents *events, gpointer user_data);

/* Send a text (UTF-8). Nothing is sent any more once it is closing. */
void
cm_http_socket_send(CmHttpSocket *socket, GBytes *text);

/* Close it, after what is queued. `closed` follows. `reason`: a static text of at most 100 octets, or NULL. */
void
cm_http_socket_close(CmHttpSocket *socket, guint16 code, const gchar *reason);

/* As cm_http_request_get_address(). */
guint64
cm_http_socket_get_address(const CmHttpSocket *socket);
