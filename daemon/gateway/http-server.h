// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/http-request.h"
#include "daemon/gateway/http-settings.h"
#include "daemon/gateway/http-socket.h"

/* The web server of comodal-gateway. A thread of its own waits for all browsers at once (epoll): it reads requests, holds them to their
 * limits, answers what it can alone (files, refusals) and looks after web sockets. What remains is handed to handlers in the main
 * context, the most urgent first (daemon/gateway/admission.h), and no more at a time than comodald can answer. docs/gateway.md says how. */

typedef struct _CmHttpServer CmHttpServer;

/* GET and HEAD: look, never change. */
typedef void (*CmHttpRead)(CmHttpRequest *request, gpointer user_data);
/* POST from a page of ours. `permit` lives as long as the request is not answered: pass it on. */
typedef void (*CmHttpWrite)(CmHttpRequest *request, const CmHttpPermit *permit, gpointer user_data);
/* A web socket that a page of ours opens: cm_http_socket_new(), or an answer. `permit` is the socket's: it lives as long as that. */
typedef void (*CmHttpOpen)(CmHttpRequest *request, const CmHttpPermit *permit, gpointer user_data);

/* How urgent something is when not all can be done. Of a request, the more urgent of its route's and its key's counts. */
typedef enum {
	CM_HTTP_CLASS_HIGH,   /* joins within 15 minutes */
	CM_HTTP_CLASS_MIDDLE, /* answers something */
	CM_HTTP_CLASS_LOW     /* looks */
} CmHttpClass;

typedef struct {
	/* "/v/{}/door/{}": each "{}" is a whole part of the path. Static. It is all that a log says of a path. */
	const gchar *pattern;
	CmHttpClass class;
	/* The part (from 0) that is a token; -1: none, and the pass counts if there is one. What comodald says of it
	 * (cm_http_server_note_class()) makes the request more urgent. */
	gint token;
	CmHttpRead read;   /* or NULL */
	CmHttpWrite write; /* or NULL */
	CmHttpOpen open;   /* or NULL */
} CmHttpRoute;

/* The page for what the server refuses by itself: 400, 403, 404, 405, 413, 415, 429, 500, 503, CM_HTTP_REQUEST_AWAY in "fr" or "en" (docs/gateway.md says
 * when).
 * Called once for each when the server starts. Returns: (transfer full): HTML; NULL: a line of plain text is made */
typedef GBytes *(*CmHttpErrorPage)(guint status, const gchar *language, gpointer user_data);

/* `settings` are not taken and must outlive it. Returns: (transfer full) */
CmHttpServer *
cm_http_server_new(const CmHttpSettings *settings);

/* ---- before it starts */

/* `routes` are copied; their patterns are not. The first that matches counts. */
void
cm_http_server_add_routes(CmHttpServer *server,
			  const CmHttpRoute *routes,
			  guint count,
			  gpointer user_data);

/* Without it, refusals are a line of plain text. */
void
cm_http_server_set_error_page(CmHttpServer *server, CmHttpErrorPage make, gpointer user_data);

/* Serve every file below `folder` of `resource` as "/static/NAME.HASH.EXTENSION", for ever the same: compressed where that is smaller,
 * known again by its ETag, and never touching the main context. A file of a type that is not known is an error. */
gboolean
cm_http_server_add_files(CmHttpServer *server,
			 GResource *resource,
			 const gchar *folder,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where a page finds the file `name` ("door.css"). NULL: there is none, a fault of the program's. */
const gchar *
cm_http_server_get_file_path(const CmHttpServer *server, const gchar *name);

/* Listen and serve. Errors: CM_ERROR_FAILED when it can't listen, CM_ERROR_KEY of a certificate or key. */
gboolean
cm_http_server_start(CmHttpServer *server, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- while it runs */

/* comodald said how urgent those are who hold this token (or pass): the class counts for a quarter of an hour. */
void
cm_http_server_note_class(CmHttpServer *server, const gchar *token, CmHttpClass class);

/* Who joins soon, as comodald lists them: the marks of their tokens side by side. `all`: nobody else does (cm_admission_note_soon()). */
void
cm_http_server_note_soon(CmHttpServer *server, const guint8 *marks, gsize count, gboolean all);

/* Read certificate and key again. On error the old ones stay. */
gboolean
cm_http_server_reload(CmHttpServer *server, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where it listens: the port that was chosen for 0; 0 of a unix socket. */
guint16
cm_http_server_get_port(const CmHttpServer *server);

/* Closes everything; `closed` of each socket is called, requests that are not answered yet may still be, in vain, and must be. */
void
cm_http_server_stop(CmHttpServer *server);

/* After every request was answered. */
void
cm_http_server_free(CmHttpServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmHttpServer, cm_http_server_free)
