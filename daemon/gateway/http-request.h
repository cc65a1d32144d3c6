// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* One request of somebody's browser, and its answer. It came whole: its head and, of a POST, its form have been read and are within their
 * limits (daemon/gateway/http-limits.h). Handlers get it in the main context, answer at once or later, once. Main context only. */

typedef struct _CmHttpRequest CmHttpRequest;

/* What lets somebody change something. Only a handler of a POST from our own page gets one, or one of a web socket that our own page
 * opened; whatever changes something asks for it. So a GET or a HEAD, of a mail scanner for instance, changes nothing. */
typedef struct _CmHttpPermit CmHttpPermit;

typedef enum {
	CM_HTTP_HEADER_ACCEPT,
	CM_HTTP_HEADER_ACCEPT_LANGUAGE,
	CM_HTTP_HEADER_IF_NONE_MATCH,
	CM_HTTP_HEADER_USER_AGENT,
	CM_HTTP_HEADER_COUNT
} CmHttpHeader;

/* longer ones are as if they were not there */
#define CM_HTTP_REQUEST_HEADER_MAX 512

/* the cookie of a pass: behind https a name that no other host can set */
#define CM_HTTP_REQUEST_PASS_SECURE "__Host-pass"
#define CM_HTTP_REQUEST_PASS "pass"

/* ---- what was asked. Texts are the request's, valid UTF-8 and without control characters but TAB, CR, LF in a form's. */

/* What stood at the `index`th "{}" of the route's pattern: 1 to CM_HTTP_REQUEST_PART_MAX of A-Z a-z 0-9 - _ . */
#define CM_HTTP_REQUEST_PART_MAX 64
const gchar *
cm_http_request_get_part(const CmHttpRequest *request, guint index);

/* The pattern of the route it came by: what may be logged of its path. */
const gchar *
cm_http_request_get_route(const CmHttpRequest *request);

/* HEAD: nobody will see the body. */
gboolean
cm_http_request_is_head(const CmHttpRequest *request);

/* It was served before the others: somebody joins now, or soon. */
gboolean
cm_http_request_is_urgent(const CmHttpRequest *request);

/* A value of the form that was sent, NULL when it has none of that name. A name that comes twice was refused. */
const gchar *
cm_http_request_get_form(const CmHttpRequest *request, const gchar *name);

/* The pass that the browser keeps (CmHttpAnswer.pass), or NULL. A secret. */
const gchar *
cm_http_request_get_pass(const CmHttpRequest *request);

/* NULL: there is none, or too long a one */
const gchar *
cm_http_request_get_header(const CmHttpRequest *request, CmHttpHeader header);

/* Where it came from, behind the proxies that are trusted: a keyed hash (IPv6: of its /64), of this process's life; never 0. */
guint64
cm_http_request_get_address(const CmHttpRequest *request);

/* Its browser is gone: whatever is done for it is in vain. May be asked at any time before it is answered. */
gboolean
cm_http_request_is_gone(const CmHttpRequest *request);

/* ---- the answer */

/* Everything is as good as with {0} when it is not set. The server adds what each answer has: the policies of docs/gateway.md, the length,
 * and that nothing is kept ("no-store") unless there is an `etag`. */
typedef struct {
	guint status;              /* 0: 200 */
	const gchar *content_type; /* NULL: "text/html; charset=utf-8" */
	GBytes *body;              /* NULL: empty */
	const gchar *language;     /* of the page */
	const gchar *location;     /* of a 303 */
	const gchar *etag;         /* quoted, strong; the server compares it and answers 304 */
	const gchar *pass; /* for the browser to keep and to send, to us alone; "": forget it */
	gint pass_seconds; /* how long */
	guint retry_after; /* seconds */
	gboolean devices;  /* the page may use camera, microphone and screen */
	const gchar *
	    connect; /* what its scripts may connect to besides us: "wss://janus.example"; space between */
	const gchar *form_targets; /* where its forms may lead besides us */
	const gchar *disposition;  /* of a file: its name */
} CmHttpAnswer;

/* Answer it; `answer` and what it points to are copied or kept. Takes the request. */
void
cm_http_request_answer(CmHttpRequest *request, const CmHttpAnswer *answer);

/* 503 of what came to no end: whoever was to do it is away, or took too long, and may have done it or not */
#define CM_HTTP_REQUEST_AWAY 1503

/* Answer by the server's own page of a status, or of CM_HTTP_REQUEST_AWAY (CmHttpErrorPage). Takes the request. */
void
cm_http_request_answer_error(CmHttpRequest *request, guint status);
