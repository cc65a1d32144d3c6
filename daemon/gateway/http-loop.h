// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/http-exchange.h"

/* A thread that serves browsers: the library's connections, web sockets, and letters from the main context, all by one epoll. */

struct _CmHttpLoop {
	CmHttpServer *server;
	GThread *thread;
	struct MHD_Daemon *daemon;
	gint epoll;
	gint wake; /* eventfd */
	CmHttpWatch watch_daemon;
	CmHttpWatch watch_wake;
	GMutex lock; /* of the next two */
	GArray *letters;
	gboolean stopped;
	gboolean stopping;
	CmHttpDeadlines deadlines;
	guint connections;
	guint connections_most;
	GQueue suspended; /* (element-type CmHttpExchange) */
	GQueue
	    sockets; /* (element-type CmHttpSocket), by when they are asked whether they are there */
	GQueue closing; /* those that are being closed, by until when */
	gint64 now;     /* of this turn: monotonic */
};

/* Begin to serve. `listener` is copied. Errors: CM_ERROR_FAILED. Returns: (transfer full) */
CmHttpLoop *
cm_http_loop_new(CmHttpServer *server, gint listener, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends the thread and closes all it has. Letters that are posted to it from then on run at once. */
void
cm_http_loop_stop(CmHttpLoop *loop);

void
cm_http_loop_free(CmHttpLoop *loop);

/* Have something done on its thread; from any thread. */
void
cm_http_loop_post(CmHttpLoop *loop, CmHttpMail run, gpointer data);
