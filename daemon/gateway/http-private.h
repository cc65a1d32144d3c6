// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/admission.h"
#include "daemon/gateway/http-address.h"
#include "daemon/gateway/http-count.h"
#include "daemon/gateway/http-deadline.h"
#include "daemon/gateway/http-files.h"
#include "daemon/gateway/http-limits.h"
#include "daemon/gateway/http-mailbox.h"
#include "daemon/gateway/http-path.h"
#include "daemon/gateway/http-server.h"

#include <microhttpd.h>

/* What the files of the web server share with each other and with nobody else. Two kinds of threads meet here: the main context's, and
 * those that serve browsers (a CmHttpLoop each). What belongs to a loop is touched by its thread alone; they tell each other by mailboxes. */

typedef struct _CmHttpLoop CmHttpLoop;
typedef struct _CmHttpExchange CmHttpExchange;

typedef struct {
	CmHttpRoute route;
	gpointer user_data;
} CmHttpRouteEntry;

/* an error's page in each language, made when the server starts */
typedef struct {
	struct MHD_Response *pages[2];
} CmHttpErrorPages;

struct _CmHttpServer {
	const CmHttpSettings *settings;
	gboolean tls;    /* our own */
	gboolean secure; /* browsers come by https, to us or to a proxy */
	gchar *host;     /* what they send as Host */
	GArray *routes;  /* (element-type CmHttpRouteEntry) */
	CmHttpErrorPage make_page;
	gpointer page_user_data;
	GHashTable *errors; /* status → CmHttpErrorPages */
	CmHttpFiles *files;
	CmHttpAddresses *addresses;
	CmHttpCount *count;
	CmAdmission *admission;
	CmHttpMailbox *mailbox; /* to the main context */
	struct _CmHttpCertificate *certificate;
	gint listener;
	gchar *socket_path; /* of a unix socket */
	guint16 port;
	GPtrArray *loops;
	GQueue late; /* answers that are held back; the main context's */
};

struct _CmHttpPermit {
	gboolean given;
};

typedef enum { CM_HTTP_KIND_READ, CM_HTTP_KIND_WRITE, CM_HTTP_KIND_OPEN } CmHttpKind;

/* Made by a loop, then the main context's until it is answered, then the loop's again. */
struct _CmHttpRequest {
	CmHttpServer *server;
	CmHttpLoop *loop;
	CmHttpExchange *exchange; /* the loop's; NULL: given up */
	const CmHttpRouteEntry *entry;
	gchar *parts[CM_HTTP_PATH_PARTS_MAX];
	gchar *headers[CM_HTTP_HEADER_COUNT];
	gchar *pass;
	GPtrArray *form; /* (element-type GString): name, value, name …; or NULL */
	guint64 address;
	CmHttpKind kind;
	gboolean head;
	gboolean known;       /* comodald has spoken of its token lately */
	gboolean handed_over; /* the main context has it */
	gboolean active;      /* a handler has it */
	gint gone;            /* atomic */
	CmHttpPermit *permit;
	CmAdmissionTicket ticket;
};

/* Frees it, on whichever thread; secrets are wiped. */
void
cm_http_request_free(CmHttpRequest *request);

/* Send what is held back now. */
void
cm_http_request_flush_late(CmHttpServer *server);

/* ---- what a browser is sent (http-reply.c) */

/* A response with the policies that all have. `headers`: name, value, …, NULL. Returns: (transfer full) */
struct MHD_Response *
cm_http_reply_new(const CmHttpServer *server, GBytes *body, const gchar *const *headers);

/* Returns: (transfer full) */
struct MHD_Response *
cm_http_reply_new_answer(const CmHttpServer *server, const CmHttpAnswer *answer);

/* 405 of what takes a POST alone */
#define CM_HTTP_REPLY_POST_ONLY 1405

/* The status of what cm_http_reply_find_error() finds: of the two above 1000 their own. */
guint
cm_http_reply_get_status(guint which);

/* The server's own pages, once they are asked for no more. */
void
cm_http_reply_make_errors(CmHttpServer *server);

/* Returns: (transfer none) */
struct MHD_Response *
cm_http_reply_find_error(const CmHttpServer *server, guint status, const gchar *accepted);
