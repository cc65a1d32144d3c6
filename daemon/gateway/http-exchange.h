// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/http-private.h"

/* One request as it comes in and its answer goes out, on a loop's thread: from the first of its head that the library has read to the last
 * octet that was sent. */

/* what an epoll event is of; first in each */
typedef enum {
	CM_HTTP_WATCH_DAEMON,
	CM_HTTP_WATCH_WAKE,
	CM_HTTP_WATCH_EXCHANGE,
	CM_HTTP_WATCH_SOCKET
} CmHttpWatch;

/* A browser's connection. */
typedef struct {
	CmHttpDeadline deadline;
	CmHttpLoop *loop;
	gint fd;
	guint64 address; /* 0: a proxy's */
	gboolean proxy;
	gboolean counted;
	gboolean killed;
	CmHttpExchange *exchange; /* NULL between two */
} CmHttpConnection;

struct _CmHttpExchange {
	CmHttpWatch watch;
	CmHttpLoop *loop;
	CmHttpConnection *connection;
	struct MHD_Connection *mhd;
	const CmHttpRouteEntry *entry;
	struct MHD_PostProcessor *post;
	gsize form_octets;
	guint refused; /* status, once the form is to be refused */
	CmHttpRequest *request;
	gboolean suspended;
	GList link; /* of those suspended */
	/* the answer */
	guint status;
	struct MHD_Response *response;
	gboolean borrowed;    /* the response is the server's */
	CmHttpSocket *socket; /* being opened */
	gchar socket_key[32];
};

/* MHD_AccessHandlerCallback; its closure is the loop. */
enum MHD_Result
cm_http_exchange_handle(void *loop,
			struct MHD_Connection *mhd,
			const char *path,
			const char *method,
			const char *version,
			const char *data,
			size_t *size,
			void **exchange);

/* The request is over, however. Frees it. */
void
cm_http_exchange_end(CmHttpExchange *exchange);

/* Send one of the server's own pages. */
void
cm_http_exchange_refuse(CmHttpExchange *exchange, guint status);

/* Send this: goes on with a connection that waits. Takes `response`. */
void
cm_http_exchange_respond(CmHttpExchange *exchange, guint status, struct MHD_Response *response);

/* It has waited for too long: the handler's answer will be in vain, and this page is sent. */
void
cm_http_exchange_abandon(CmHttpExchange *exchange, guint status);
