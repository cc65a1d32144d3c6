// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/http-exchange.h"

#include <wslay/wslay.h>

/* A web socket's other half, on the loop's thread. What it costs while nothing happens is this structure and a descriptor: the library's
 * connection is given back as soon as the socket is made (but for our own TLS), and wslay's buffers live from the first octet of a frame to the last
 * of a message. */

/* frames that may come, pings and pongs too, a second over time and at once */
#define CM_HTTP_WIRE_FRAME_RATE 50
#define CM_HTTP_WIRE_FRAME_BURST 300
/* how long the other end may take to say goodbye */
#define CM_HTTP_WIRE_CLOSE_SECONDS 5

struct _CmHttpSocket {
	CmHttpWatch watch;
	gatomicrefcount references;
	CmHttpServer *server;
	CmHttpLoop *loop;
	guint64 address;
	CmHttpPermit *permit;

	/* the main context's */
	CmHttpSocketEvents events;
	gpointer user_data;
	gboolean closed;

	/* the loop's */
	gint fd;
	struct MHD_UpgradeResponseHandle *upgraded; /* with our own TLS */
	wslay_event_context_ptr context;            /* NULL: nothing is half done */
	GByteArray *early;                          /* came with the handshake */
	guint early_taken;
	guint64 octets;        /* that the context was given */
	guint64 octets_framed; /* of those in whole frames */
	guint64 frame_octets;  /* of the frame that comes */
	gboolean message_open; /* a message goes on in the next frame */
	guint turn_octets;     /* read in this turn */
	gboolean counted;
	gboolean finished;
	gboolean is_closing;
	gboolean wants_write;
	gdouble texts; /* that may still come, and frames; and since when that is so */
	gdouble frames;
	gint64 refilled;
	gint64 heard;
	gint64 due; /* of a ping, or the end of closing */
	GList link; /* in the loop's queue */
};

/* Returns: 0, or the status of a refusal of what is no handshake. */
guint
cm_http_wire_judge(CmHttpExchange *exchange);

/* Takes `request`, and a reference of `socket`. */
void
cm_http_wire_open(CmHttpSocket *socket, CmHttpRequest *request);

/* Its connection is gone before it was one. */
void
cm_http_wire_fail(CmHttpSocket *socket);

/* Something can be read or written. */
void
cm_http_wire_handle(CmHttpSocket *socket, guint events);

/* Send a text, now or as soon as it can be; too much that waits ends it. */
void
cm_http_wire_send(CmHttpSocket *socket, GBytes *text);

/* Say goodbye; cm_http_wire_flush() sends it. Also while it is read from. */
void
cm_http_wire_close(CmHttpSocket *socket, guint16 code, const gchar *reason);

/* Send what waits. */
void
cm_http_wire_flush(CmHttpSocket *socket);

/* Ping whose time has come, and end those that are silent. */
void
cm_http_wire_tick(CmHttpLoop *loop);

/* End it at once. */
void
cm_http_wire_finish(CmHttpSocket *socket);

CmHttpSocket *
cm_http_wire_ref(CmHttpSocket *socket);

void
cm_http_wire_unref(CmHttpSocket *socket);
