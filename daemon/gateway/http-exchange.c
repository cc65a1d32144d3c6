// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-exchange.h"

#include "daemon/gateway/http-loop.h"
#include "daemon/gateway/http-origin.h"
#include "daemon/gateway/http-wire.h"

#include <string.h>
#include <sys/epoll.h>

#define FORM_TYPE "application/x-www-form-urlencoded"
#define POST_BUFFER_OCTETS 2048
#define FIELD_NAME_MAX 64
#define HEALTH_PATH "/health"

/* of a request's head what is looked at; pointers into the connection's memory */
typedef enum {
	HEAD_HOST,
	HEAD_CONTENT_LENGTH,
	HEAD_TRANSFER_ENCODING,
	HEAD_CONTENT_TYPE,
	HEAD_CONTENT_ENCODING,
	HEAD_ORIGIN,
	HEAD_SITE,
	HEAD_FORWARDED,
	HEAD_ACCEPT_ENCODING,
	HEAD_UPGRADE,
	HEAD_COOKIE,
	/* the rest are handed on */
	HEAD_ACCEPT,
	HEAD_ACCEPT_LANGUAGE,
	HEAD_IF_NONE_MATCH,
	HEAD_USER_AGENT,
	HEAD_COUNT
} HeadName;

static const gchar *const head_names[HEAD_COUNT] = {
    [HEAD_HOST] = "Host",
    [HEAD_CONTENT_LENGTH] = "Content-Length",
    [HEAD_TRANSFER_ENCODING] = "Transfer-Encoding",
    [HEAD_CONTENT_TYPE] = "Content-Type",
    [HEAD_CONTENT_ENCODING] = "Content-Encoding",
    [HEAD_ORIGIN] = "Origin",
    [HEAD_SITE] = "Sec-Fetch-Site",
    [HEAD_FORWARDED] = "X-Forwarded-For",
    [HEAD_ACCEPT_ENCODING] = "Accept-Encoding",
    [HEAD_UPGRADE] = "Upgrade",
    [HEAD_COOKIE] = "Cookie",
    [HEAD_ACCEPT] = "Accept",
    [HEAD_ACCEPT_LANGUAGE] = "Accept-Language",
    [HEAD_IF_NONE_MATCH] = "If-None-Match",
    [HEAD_USER_AGENT] = "User-Agent",
};

static const HeadName handed_on[CM_HTTP_HEADER_COUNT] = {
    [CM_HTTP_HEADER_ACCEPT] = HEAD_ACCEPT,
    [CM_HTTP_HEADER_ACCEPT_LANGUAGE] = HEAD_ACCEPT_LANGUAGE,
    [CM_HTTP_HEADER_IF_NONE_MATCH] = HEAD_IF_NONE_MATCH,
    [CM_HTTP_HEADER_USER_AGENT] = HEAD_USER_AGENT,
};

typedef struct {
	const gchar *values[HEAD_COUNT];
	gboolean
	    bad; /* one of those that say where a request ends, or for whom it is, stands twice; or a name is none */
} Head;

/* ---- reading */

static gboolean
is_name(const gchar *name, gsize size)
{
	for (gsize i = 0; i < size; i++) {
		if (!g_ascii_isgraph(name[i]))
			return FALSE;
	}
	return size > 0;
}

static enum MHD_Result
head_take(void *closure,
	  enum MHD_ValueKind kind,
	  const char *name,
	  size_t name_size,
	  const char *value,
	  size_t value_size)
{
	Head *head = closure;

	/* "Content-Length :" is one to some (RFC 9112, 5.1) */
	head->bad = head->bad || !is_name(name, name_size);
	for (guint i = 0; i < HEAD_COUNT; i++) {
		if (strlen(head_names[i]) != name_size ||
		    g_ascii_strcasecmp(head_names[i], name) != 0)
			continue;
		/* several hops may have written their own */
		if (head->values[i] != NULL && i < HEAD_FORWARDED)
			head->bad = TRUE;
		head->values[i] = value != NULL ? value : "";
	}
	return MHD_YES;
}

static gboolean
is_clean(const gchar *text)
{
	for (const gchar *p = text; *p != '\0'; p++) {
		if (!g_ascii_isprint(*p))
			return FALSE;
	}
	return TRUE;
}

/* a request that two readers could take for two, or that is not for us */
static gboolean
head_is_bad(const Head *head, const CmHttpServer *server, const gchar *path)
{
	if (head->bad || head->values[HEAD_TRANSFER_ENCODING] != NULL ||
	    head->values[HEAD_CONTENT_ENCODING] != NULL)
		return TRUE;
	if (head->values[HEAD_COOKIE] != NULL &&
	    strlen(head->values[HEAD_COOKIE]) > CM_HTTP_LIMITS_COOKIES_OCTETS)
		return TRUE;
	/* whoever looks after us asks by an address */
	if (g_str_equal(path, HEALTH_PATH))
		return FALSE;
	return head->values[HEAD_HOST] == NULL ||
	       g_ascii_strcasecmp(head->values[HEAD_HOST], server->host) != 0;
}

static const CmHttpRouteEntry *
find_route(const CmHttpServer *server, const gchar *path, gchar **parts)
{
	for (guint i = 0; i < server->routes->len; i++) {
		const CmHttpRouteEntry *entry = &g_array_index(server->routes, CmHttpRouteEntry, i);

		if (cm_http_path_match(entry->route.pattern, path, parts))
			return entry;
	}
	return NULL;
}

static gboolean
is_form(const gchar *type)
{
	gsize length = strlen(FORM_TYPE);

	return type != NULL && g_ascii_strncasecmp(type, FORM_TYPE, length) == 0 &&
	       (type[length] == '\0' || type[length] == ';' || type[length] == ' ');
}

static guint
judge_form(const Head *head, const CmHttpServer *server, gboolean token)
{
	const CmHttpOriginFacts facts = {server->settings->origin, head->values[HEAD_ORIGIN],
					 head->values[HEAD_SITE], token};
	const gchar *length = head->values[HEAD_CONTENT_LENGTH];
	guint64 octets = 0;

	if (!cm_http_origin_allows_form(&facts))
		return 403;
	if (length != NULL && !g_ascii_string_to_unsigned(length, 10, 0, G_MAXINT64, &octets, NULL))
		return 400;
	if (octets > CM_HTTP_LIMITS_FORM_OCTETS)
		return 413;
	return octets == 0 || is_form(head->values[HEAD_CONTENT_TYPE]) ? 0 : 415;
}

/* Returns: 0, or the status of a refusal */
static guint
judge(const CmHttpExchange *exchange, const Head *head, const gchar *method)
{
	const CmHttpServer *server = exchange->loop->server;
	const CmHttpRoute *route = &exchange->entry->route;
	gboolean get = g_str_equal(method, "GET") || g_str_equal(method, "HEAD");
	const CmHttpOriginFacts facts = {server->settings->origin, head->values[HEAD_ORIGIN],
					 head->values[HEAD_SITE], FALSE};

	if (get && head->values[HEAD_CONTENT_LENGTH] != NULL &&
	    !g_str_equal(head->values[HEAD_CONTENT_LENGTH], "0"))
		return 400;
	if (get && route->open != NULL && head->values[HEAD_UPGRADE] != NULL)
		return cm_http_origin_allows_socket(&facts) ? 0 : 403;
	if (get)
		return route->read != NULL    ? 0
		       : route->write != NULL ? CM_HTTP_REPLY_POST_ONLY
					      : 400;
	if (!g_str_equal(method, "POST"))
		return 405;
	if (route->write == NULL)
		return 405;
	return judge_form(head, server, route->token >= 0);
}

/* ---- the request that handlers get */

static gchar *
copy_header(const gchar *value)
{
	if (value == NULL || strlen(value) > CM_HTTP_REQUEST_HEADER_MAX || !is_clean(value))
		return NULL;
	return g_strdup(value);
}

static gchar *
copy_pass(const CmHttpExchange *exchange)
{
	const gchar *pass = MHD_lookup_connection_value(
	    exchange->mhd, MHD_COOKIE_KIND,
	    exchange->loop->server->secure ? CM_HTTP_REQUEST_PASS_SECURE : CM_HTTP_REQUEST_PASS);

	if (pass == NULL || *pass == '\0' || strlen(pass) > CM_HTTP_REQUEST_PART_MAX ||
	    strpbrk(pass, " \"/%") != NULL || !is_clean(pass))
		return NULL;
	return g_strdup(pass);
}

/* whose token it is that is shown, or NULL */
static const gchar *
find_token(const CmHttpRequest *request)
{
	const CmHttpRoute *route = &request->entry->route;

	return route->token >= 0 ? request->parts[route->token] : request->pass;
}

static CmHttpRequest *
new_request(CmHttpExchange *exchange, const Head *head, gchar **parts)
{
	CmHttpRequest *request = g_new0(CmHttpRequest, 1);
	const union MHD_ConnectionInfo *peer =
	    MHD_get_connection_info(exchange->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	request->server = exchange->loop->server;
	request->loop = exchange->loop;
	request->exchange = exchange;
	request->entry = exchange->entry;
	memcpy(request->parts, parts, sizeof(request->parts));
	memset(parts, 0, sizeof(request->parts));
	for (guint i = 0; i < CM_HTTP_HEADER_COUNT; i++)
		request->headers[i] = copy_header(head->values[handed_on[i]]);
	request->pass = copy_pass(exchange);
	request->address = cm_http_addresses_find_client(
	    request->server->addresses, peer->client_addr, head->values[HEAD_FORWARDED]);
	return request;
}

/* Returns: 0, or the status of a refusal */
static guint
classify(CmHttpExchange *exchange)
{
	CmHttpRequest *request = exchange->request;
	CmHttpServer *server = request->server;
	const gchar *token = find_token(request);
	guint8 key[CM_ADMISSION_KEY_OCTETS];
	gint64 now = exchange->loop->now;

	if (token != NULL)
		cm_admission_make_key(token, key);
	request->ticket.class = cm_admission_classify(
	    server->admission, request->entry->route.class, token != NULL ? key : NULL, now);
	request->known = token != NULL && cm_admission_is_known(server->admission, key, now);
	if (!request->known && (token != NULL || exchange->post != NULL) &&
	    cm_http_count_is_guesser(server->count, request->address, now))
		return 429;
	return 0;
}

/* ---- answering */

static enum MHD_Result
queue_response(CmHttpExchange *exchange)
{
	enum MHD_Result result =
	    MHD_queue_response(exchange->mhd, exchange->status, exchange->response);

	cm_http_deadline_enter(&exchange->connection->deadline, &exchange->loop->deadlines,
			       CM_HTTP_STAGE_SEND, exchange->loop->now);
	return result;
}

static void
set_response(CmHttpExchange *exchange,
	     guint status,
	     struct MHD_Response *response,
	     gboolean borrowed)
{
	exchange->status = status;
	exchange->response = response;
	exchange->borrowed = borrowed;
}

static void
go_on(CmHttpExchange *exchange)
{
	if (!exchange->suspended)
		return;
	exchange->suspended = FALSE;
	g_queue_unlink(&exchange->loop->suspended, &exchange->link);
	(void)epoll_ctl(exchange->loop->epoll, EPOLL_CTL_DEL, exchange->connection->fd, NULL);
	MHD_resume_connection(exchange->mhd);
}

void
cm_http_exchange_refuse(CmHttpExchange *exchange, guint status)
{
	const gchar *accepted = MHD_lookup_connection_value(exchange->mhd, MHD_HEADER_KIND,
							    head_names[HEAD_ACCEPT_LANGUAGE]);

	if (exchange->response != NULL)
		return;
	set_response(exchange, cm_http_reply_get_status(status),
		     cm_http_reply_find_error(exchange->loop->server, status, accepted), TRUE);
	go_on(exchange);
}

void
cm_http_exchange_respond(CmHttpExchange *exchange, guint status, struct MHD_Response *response)
{
	if (exchange->response != NULL) {
		MHD_destroy_response(response);
		return;
	}
	set_response(exchange, status, response, FALSE);
	go_on(exchange);
}

/* whoever has the request learns that nobody waits */
static void
let_go(CmHttpExchange *exchange)
{
	CmHttpRequest *request = g_steal_pointer(&exchange->request);

	if (request == NULL)
		return;
	request->exchange = NULL;
	g_atomic_int_set(&request->gone, 1);
	if (!request->handed_over)
		cm_http_request_free(request);
}

void
cm_http_exchange_abandon(CmHttpExchange *exchange, guint status)
{
	let_go(exchange);
	cm_http_exchange_refuse(exchange, status);
}

static void
answer_file(CmHttpExchange *exchange, const CmHttpFile *file, const Head *head)
{
	const gchar *encodings = head->values[HEAD_ACCEPT_ENCODING];
	const gchar *known = head->values[HEAD_IF_NONE_MATCH];
	gboolean zipped = file->zipped != NULL && encodings != NULL &&
			  strstr(encodings, "gzip") != NULL &&
			  strstr(encodings, "gzip;q=0") == NULL;
	gboolean unchanged = known != NULL && cm_http_path_lists_etag(
						  known, zipped ? file->zipped_etag : file->etag);

	if (unchanged)
		set_response(exchange, 304, zipped ? file->zipped_unchanged : file->unchanged,
			     TRUE);
	else
		set_response(exchange, 200, zipped ? file->zipped : file->plain, TRUE);
}

/* ---- the library's calls */

/* the form of a POST, one value or a piece of one */
static enum MHD_Result
form_take(void *closure,
	  enum MHD_ValueKind kind,
	  const char *name,
	  const char *file_name,
	  const char *type,
	  const char *encoding,
	  const char *data,
	  uint64_t offset,
	  size_t size)
{
	CmHttpExchange *exchange = closure;
	GPtrArray *form = exchange->request->form;
	GString *value = NULL;

	if (offset > 0 && form->len > 0) {
		value = form->pdata[form->len - 1];
	} else {
		if (form->len >= 2 * CM_HTTP_LIMITS_FORM_FIELDS || name == NULL || *name == '\0' ||
		    strlen(name) > FIELD_NAME_MAX || !is_clean(name) ||
		    cm_http_request_get_form(exchange->request, name) != NULL) {
			exchange->refused = 400;
			return MHD_NO;
		}
		g_ptr_array_add(form, g_string_new(name));
		value = g_string_new(NULL);
		g_ptr_array_add(form, value);
	}
	g_string_append_len(value, data, (gssize)size);
	return MHD_YES;
}

static void
string_free(gpointer string)
{
	GString *text = string;

	memset(text->str, 0, text->len);
	g_string_free(text, TRUE);
}

static gboolean
is_text(const GString *value)
{
	/* also for a NUL in it */
	if (!g_utf8_validate(value->str, (gssize)value->len, NULL))
		return FALSE;
	for (gsize i = 0; i < value->len; i++) {
		gchar c = value->str[i];

		if (g_ascii_iscntrl(c) && c != '\t' && c != '\n' && c != '\r')
			return FALSE;
	}
	return TRUE;
}

static void
finish_form(CmHttpExchange *exchange)
{
	GPtrArray *form = exchange->request->form;

	if (exchange->post == NULL)
		return;
	if (MHD_destroy_post_processor(g_steal_pointer(&exchange->post)) != MHD_YES)
		exchange->refused = 400;
	for (guint i = 1; i < form->len; i += 2) {
		if (!is_text(form->pdata[i]))
			exchange->refused = 400;
	}
}

static void
begin_form(CmHttpExchange *exchange, const gchar *length)
{
	if (length == NULL || g_str_equal(length, "0"))
		return;
	exchange->request->form = g_ptr_array_new_with_free_func(string_free);
	exchange->post =
	    MHD_create_post_processor(exchange->mhd, POST_BUFFER_OCTETS, form_take, exchange);
	if (exchange->post == NULL)
		cm_http_exchange_refuse(exchange, 415);
}

/* a head has been read; refused, or answered, or there is a request */
static void
begin(CmHttpExchange *exchange, const gchar *path, const gchar *method)
{
	CmHttpServer *server = exchange->loop->server;
	gchar *parts[CM_HTTP_PATH_PARTS_MAX] = {NULL};
	const CmHttpFile *file = NULL;
	Head head = {0};
	guint status = 0;

	(void)MHD_get_connection_values_n(exchange->mhd, MHD_HEADER_KIND, head_take, &head);
	if (head_is_bad(&head, server, path)) {
		cm_http_exchange_refuse(exchange, 400);
		return;
	}
	if (strlen(path) > CM_HTTP_LIMITS_PATH_OCTETS || !cm_http_path_is_plain(path)) {
		cm_http_exchange_refuse(exchange, 404);
		return;
	}
	file = cm_http_files_find(server->files, path);
	if (file != NULL && (g_str_equal(method, "GET") || g_str_equal(method, "HEAD"))) {
		answer_file(exchange, file, &head);
		return;
	}
	exchange->entry = file == NULL ? find_route(server, path, parts) : NULL;
	if (exchange->entry == NULL) {
		cm_http_exchange_refuse(exchange, file == NULL ? 404 : 405);
		return;
	}
	exchange->request = new_request(exchange, &head, parts);
	exchange->request->head = g_str_equal(method, "HEAD");
	status = judge(exchange, &head, method);
	if (status == 0 && g_str_equal(method, "POST")) {
		exchange->request->kind = CM_HTTP_KIND_WRITE;
		begin_form(exchange, head.values[HEAD_CONTENT_LENGTH]);
	} else if (exchange->entry->route.open != NULL && head.values[HEAD_UPGRADE] != NULL) {
		exchange->request->kind = CM_HTTP_KIND_OPEN;
		status = status != 0 ? status : cm_http_wire_judge(exchange);
	}
	status = status != 0 ? status : classify(exchange);
	if (status != 0)
		cm_http_exchange_refuse(exchange, status);
}

/* it is whole: to the handlers */
static enum MHD_Result
hand_over(CmHttpExchange *exchange)
{
	CmHttpLoop *loop = exchange->loop;
	CmHttpRequest *request = exchange->request;
	struct epoll_event event = {EPOLLRDHUP, {.ptr = exchange}};

	finish_form(exchange);
	if (exchange->refused != 0)
		cm_http_exchange_refuse(exchange, exchange->refused);
	else if (loop->stopping)
		cm_http_exchange_refuse(exchange, 503);
	else if (!cm_admission_push(loop->server->admission, &request->ticket, request,
				    request->ticket.class, loop->now))
		cm_http_exchange_refuse(exchange, 503);
	if (exchange->response != NULL)
		return queue_response(exchange);
	request->handed_over = TRUE;
	cm_http_deadline_enter(&exchange->connection->deadline, &loop->deadlines,
			       CM_HTTP_STAGE_HANDLER, loop->now);
	MHD_suspend_connection(exchange->mhd);
	exchange->suspended = TRUE;
	g_queue_push_tail_link(&loop->suspended, &exchange->link);
	(void)epoll_ctl(loop->epoll, EPOLL_CTL_ADD, exchange->connection->fd, &event);
	cm_http_mailbox_post(loop->server->mailbox, NULL, NULL);
	return MHD_YES;
}

static CmHttpExchange *
new_exchange(CmHttpLoop *loop, struct MHD_Connection *mhd)
{
	CmHttpExchange *exchange = g_new0(CmHttpExchange, 1);

	exchange->watch = CM_HTTP_WATCH_EXCHANGE;
	exchange->loop = loop;
	exchange->mhd = mhd;
	exchange->link.data = exchange;
	exchange->connection =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	exchange->connection->exchange = exchange;
	return exchange;
}

/* Answered now, before its end, the library closes the connection; at its end, it stays. What could still follow of a request that is refused
 * is not to be taken for another one. */
static gboolean
stays(const CmHttpExchange *exchange, const gchar *method)
{
	return exchange->status != 400 &&
	       (g_str_equal(method, "GET") || g_str_equal(method, "HEAD"));
}

enum MHD_Result
cm_http_exchange_handle(void *closure,
			struct MHD_Connection *mhd,
			const char *path,
			const char *method,
			const char *version,
			const char *data,
			size_t *size,
			void **context)
{
	CmHttpExchange *exchange = *context;

	if (exchange == NULL) {
		exchange = new_exchange(closure, mhd);
		*context = exchange;
		begin(exchange, path, method);
		if (exchange->response != NULL && !stays(exchange, method))
			return queue_response(exchange);
		cm_http_deadline_enter(&exchange->connection->deadline, &exchange->loop->deadlines,
				       CM_HTTP_STAGE_FORM, exchange->loop->now);
		return MHD_YES;
	}
	if (exchange->response != NULL)
		return queue_response(exchange);
	if (*size == 0)
		return hand_over(exchange);
	exchange->form_octets += *size;
	if (exchange->form_octets > CM_HTTP_LIMITS_FORM_OCTETS)
		return MHD_NO;
	if (exchange->refused == 0 && exchange->post != NULL &&
	    MHD_post_process(exchange->post, data, *size) != MHD_YES)
		exchange->refused = 400;
	*size = 0;
	return MHD_YES;
}

void
cm_http_exchange_end(CmHttpExchange *exchange)
{
	if (exchange->post != NULL)
		(void)MHD_destroy_post_processor(exchange->post);
	let_go(exchange);
	if (exchange->socket != NULL)
		cm_http_wire_fail(exchange->socket);
	if (exchange->response != NULL && !exchange->borrowed)
		MHD_destroy_response(exchange->response);
	exchange->connection->exchange = NULL;
	g_free(exchange);
}
