// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-request.h"

#include "daemon/gateway/http-loop.h"

#include <sodium.h>
#include <string.h>

static void
wipe(gchar *text)
{
	if (text != NULL)
		sodium_memzero(text, strlen(text));
	g_free(text);
}

void
cm_http_request_free(CmHttpRequest *request)
{
	for (guint i = 0; i < CM_HTTP_PATH_PARTS_MAX; i++)
		wipe(request->parts[i]);
	for (guint i = 0; i < CM_HTTP_HEADER_COUNT; i++)
		g_free(request->headers[i]);
	wipe(request->pass);
	g_clear_pointer(&request->form, g_ptr_array_unref);
	g_free(request->permit);
	g_free(request);
}

const gchar *
cm_http_request_get_part(const CmHttpRequest *request, guint index)
{
	g_return_val_if_fail(index < CM_HTTP_PATH_PARTS_MAX, NULL);
	return request->parts[index];
}

const gchar *
cm_http_request_get_route(const CmHttpRequest *request)
{
	return request->entry->route.pattern;
}

gboolean
cm_http_request_is_head(const CmHttpRequest *request)
{
	return request->head;
}

gboolean
cm_http_request_is_urgent(const CmHttpRequest *request)
{
	return request->ticket.class == CM_ADMISSION_HIGH;
}

const gchar *
cm_http_request_get_form(const CmHttpRequest *request, const gchar *name)
{
	const GPtrArray *form = request->form;

	for (guint i = 0; form != NULL && i + 1 < form->len; i += 2) {
		if (g_str_equal(((GString *)form->pdata[i])->str, name))
			return ((GString *)form->pdata[i + 1])->str;
	}
	return NULL;
}

const gchar *
cm_http_request_get_pass(const CmHttpRequest *request)
{
	return request->pass;
}

const gchar *
cm_http_request_get_header(const CmHttpRequest *request, CmHttpHeader header)
{
	g_return_val_if_fail((guint)header < CM_HTTP_HEADER_COUNT, NULL);
	return request->headers[header];
}

guint64
cm_http_request_get_address(const CmHttpRequest *request)
{
	return request->address;
}

gboolean
cm_http_request_is_gone(const CmHttpRequest *request)
{
	return g_atomic_int_get(&request->gone) != 0;
}

/* ---- answering */

typedef struct {
	CmHttpRequest *request;
	guint status;
	struct MHD_Response *response; /* NULL: the server's page of the status */
	GList link;                    /* of those held back */
	guint timer;
} Answered;

/* on the loop's thread */
static void
send_answer(gpointer data)
{
	g_autofree Answered *answered = data;
	CmHttpExchange *exchange = answered->request->exchange;

	if (exchange != NULL) {
		exchange->request = NULL;
		if (answered->response != NULL)
			cm_http_exchange_respond(exchange, answered->status,
						 g_steal_pointer(&answered->response));
		else
			cm_http_exchange_refuse(exchange, answered->status);
	}
	if (answered->response != NULL)
		MHD_destroy_response(answered->response);
	cm_http_request_free(answered->request);
}

static gboolean
send_answer_late(gpointer data)
{
	Answered *answered = data;

	g_queue_unlink(&answered->request->server->late, &answered->link);
	cm_http_loop_post(answered->request->loop, send_answer, answered);
	return G_SOURCE_REMOVE;
}

void
cm_http_request_flush_late(CmHttpServer *server)
{
	Answered *answered = g_queue_peek_head(&server->late);

	while (answered != NULL) {
		g_source_remove(answered->timer);
		(void)send_answer_late(answered);
		answered = g_queue_peek_head(&server->late);
	}
}

static void
hold_back(CmHttpServer *server, Answered *answered, guint milliseconds)
{
	answered->link.data = answered;
	g_queue_push_tail_link(&server->late, &answered->link);
	answered->timer = g_timeout_add(milliseconds, send_answer_late, answered);
}

static void
answer(CmHttpRequest *request, guint status, struct MHD_Response *response)
{
	CmHttpServer *server = request->server;
	Answered *answered = g_new0(Answered, 1);
	guint delay = 0;

	answered->request = request;
	answered->status = status;
	answered->response = response;
	if (request->active && cm_admission_done(server->admission, request->ticket.class))
		cm_http_mailbox_post(server->mailbox, NULL, NULL);
	request->active = FALSE;
	/* what a handler does not find was looked for by somebody who may be guessing */
	if (status == 404 && !request->loop->stopped)
		delay = cm_http_count_note_guess(server->count, request->address,
						 g_get_monotonic_time());
	if (delay > 0)
		hold_back(server, answered, delay);
	else
		cm_http_loop_post(request->loop, send_answer, answered);
}

void
cm_http_request_answer(CmHttpRequest *request, const CmHttpAnswer *given)
{
	CmHttpAnswer copy = *given;
	const gchar *known = request->headers[CM_HTTP_HEADER_IF_NONE_MATCH];

	if (copy.status == 0)
		copy.status = 200;
	if (copy.status == 200 && copy.etag != NULL && known != NULL &&
	    cm_http_path_lists_etag(known, copy.etag)) {
		copy.status = 304;
		copy.body = NULL;
	}
	answer(request, copy.status, cm_http_reply_new_answer(request->server, &copy));
}

void
cm_http_request_answer_error(CmHttpRequest *request, guint status)
{
	answer(request, status, NULL);
}
