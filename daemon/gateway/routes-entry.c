// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-path.h"
#include "daemon/gateway/page-plain.h"
#include "daemon/gateway/routes-private.h"
#include "include/cm-error.h"

#include <sodium.h>
#include <string.h>

/* Ways in that are not a mailed link, pages of nobody's, and calendars. */

#define PLAIN_ZONE "America/Toronto"
#define CODE_MAX 64
/* comodald ends a pass with its session; the browser forgets it at last the day after */
#define PASS_SECONDS (26 * 3600)

/* ---- pages of nobody's */

static CmWords *
choose_words(const CmHttpRequest *request)
{
	const gchar *accepted = cm_http_request_get_header(request, CM_HTTP_HEADER_ACCEPT_LANGUAGE);

	return cm_words_new(cm_http_path_choose_language(accepted), PLAIN_ZONE, NULL);
}

/* takes the request and the page */
static void
answer_plain(CmHttpRequest *request, const CmWords *words, guint status, GBytes *html)
{
	const CmHttpAnswer answer = {.status = status, .body = html, .language = words->language};

	cm_http_request_answer(request, &answer);
	g_bytes_unref(html);
}

void
cm_routes_entry_look_about(CmHttpRequest *request, gpointer routes)
{
	g_autoptr(CmWords) words = choose_words(request);
	const CmPageFrame frame = cm_routes_make_plain_frame(routes, words);

	answer_plain(request, words, 200, cm_page_plain_make_about(&frame));
}

void
cm_routes_entry_look_code(CmHttpRequest *request, gpointer routes)
{
	g_autoptr(CmWords) words = choose_words(request);
	const CmPageFrame frame = cm_routes_make_plain_frame(routes, words);

	answer_plain(request, words, 200, cm_page_plain_make_code(&frame, CM_PAGE_CODE_ASKED));
}

/* whatever the token is: only who presses learns whether it opens something */
void
cm_routes_entry_look_once(CmHttpRequest *request, gpointer routes)
{
	g_autoptr(CmWords) words = choose_words(request);
	const CmPageFrame frame = cm_routes_make_plain_frame(routes, words);

	answer_plain(request, words, 200,
		     cm_page_plain_make_once(&frame, cm_http_request_get_part(request, 0)));
}

/* ---- an exchange for a pass */

typedef struct {
	CmRoutes *routes;
	CmHttpRequest *request;
	const CmHttpPermit *permit;
	gboolean code;
	gchar *pass;
	guint64 subject; /* of a host's door */
} Exchange;

static void
exchange_free(Exchange *exchange)
{
	if (exchange->pass != NULL)
		sodium_memzero(exchange->pass, strlen(exchange->pass));
	g_free(exchange->pass);
	g_free(exchange);
}

/* a code that opens nothing is said where it was written; anything else as a link that does not work */
static void
refuse(Exchange *exchange, const GError *error)
{
	g_autoptr(CmWords) words = choose_words(exchange->request);
	const CmPageFrame frame = cm_routes_make_plain_frame(exchange->routes, words);
	gboolean busy = g_error_matches(error, CM_ERROR, CM_ERROR_BUSY);
	gboolean unknown = g_error_matches(error, CM_ERROR, CM_ERROR_NOT_FOUND);

	if (exchange->code && (busy || unknown))
		answer_plain(exchange->request, words, busy ? 429 : 404,
			     cm_page_plain_make_code(&frame, busy ? CM_PAGE_CODE_TOO_MANY
								  : CM_PAGE_CODE_WRONG));
	else
		cm_http_request_answer_error(exchange->request, unknown ? 404
								: busy  ? 429
									: CM_HTTP_REQUEST_AWAY);
	exchange_free(exchange);
}

/* takes the exchange; `place`: where the pass leads */
static void
answer_pass(Exchange *exchange, const gchar *place)
{
	const CmHttpAnswer answer = {
	    .status = 303, .pass_seconds = PASS_SECONDS, .location = place, .pass = exchange->pass};

	cm_http_request_answer(exchange->request, &answer);
	exchange_free(exchange);
}

/* come or not: the page says how it stands, and has the button */
static void
on_host_arrived(GVariant *values, GBytes *document, const GError *error, gpointer user_data)
{
	Exchange *exchange = user_data;
	g_autofree gchar *place = cm_page_parts_path("/p/host/", exchange->subject);

	answer_pass(exchange, place);
}

/* whoever pressed to go in as the host is here: they are not to press for it again */
static gboolean
is_to_arrive(const CmView *view, const CmViewItem *item)
{
	return view->role == CM_VIEW_HOST && item->door.visit != CM_VIEW_VISIT_INSIDE &&
	       (item->door.state == CM_VIEW_DOOR_OPEN || item->door.state == CM_VIEW_DOOR_LATE);
}

/* in which door: that of the pass's only session */
static void
on_pass_view(guint class, GBytes *document, const GError *error, gpointer user_data)
{
	Exchange *exchange = user_data;
	gsize size = 0;
	const gchar *text = document != NULL ? g_bytes_get_data(document, &size) : NULL;
	g_autoptr(CmView) view = text != NULL ? cm_view_read(text, size, NULL) : NULL;
	const CmViewItem *item =
	    view != NULL && view->items->len > 0 ? g_ptr_array_index(view->items, 0) : NULL;
	g_autoptr(GBytes) nothing = g_bytes_new_static("{}", strlen("{}"));
	g_autofree gchar *place = NULL;

	/* ListSoon knows nothing of it yet, and the page comes next */
	if (view != NULL)
		cm_http_server_note_class(exchange->routes->server, exchange->pass,
					  MIN(class, CM_HTTP_CLASS_LOW));
	if (item != NULL && is_to_arrive(view, item)) {
		exchange->subject = item->subject;
		cm_gateway_link_change(exchange->routes->link, exchange->permit, "Arrive",
				       g_variant_new("(@ayth)",
						     cm_gateway_link_make_key(exchange->pass),
						     item->subject, 0),
				       nothing, on_host_arrived, exchange);
		return;
	}
	if (item != NULL)
		place = cm_page_parts_path(cm_view_is_host(view) ? "/p/host/" : "/p/door/",
					   item->subject);
	answer_pass(exchange, place != NULL ? place : "/p");
}

static void
on_exchanged(GVariant *values, GBytes *document, const GError *error, gpointer user_data)
{
	Exchange *exchange = user_data;
	gsize size = 0;
	const gchar *text = document != NULL ? g_bytes_get_data(document, &size) : NULL;

	if (error != NULL || text == NULL) {
		refuse(exchange, error);
		return;
	}
	exchange->pass = g_strndup(text, size);
	cm_gateway_views_ask(exchange->routes->views, exchange->pass, CM_GATEWAY_VIEW_URGENT,
			     on_pass_view, exchange);
}

static void
exchange_secret(CmRoutes *routes,
		CmHttpRequest *request,
		const CmHttpPermit *permit,
		gboolean code,
		const gchar *secret)
{
	Exchange *exchange = g_new0(Exchange, 1);

	exchange->routes = routes;
	exchange->request = request;
	exchange->permit = permit;
	exchange->code = code;
	cm_gateway_link_change(routes->link, permit, "Exchange",
			       g_variant_new("(s@ayt)", code ? "code" : "link",
					     cm_gateway_link_make_key(secret),
					     cm_http_request_get_address(request)),
			       NULL, on_exchanged, exchange);
}

void
cm_routes_entry_form_once(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	exchange_secret(routes, request, permit, FALSE, cm_http_request_get_part(request, 0));
}

/* as it is said aloud: capitals, and nothing of how it was written down */
void
cm_routes_entry_form_code(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	const gchar *written = cm_http_request_get_form(request, "code");
	g_autoptr(GString) code = g_string_new(NULL);

	for (const gchar *c = written != NULL ? written : ""; *c != '\0' && code->len < CODE_MAX;
	     c++) {
		if (g_ascii_isalnum(*c))
			g_string_append_c(code, g_ascii_toupper(*c));
	}
	exchange_secret(routes, request, permit, TRUE, code->str);
	sodium_memzero(code->str, code->len);
}

/* ---- calendars */

/* one mark, with its quotes; of a list, or a weak one, none is known to comodald */
static gchar *
read_known(const CmHttpRequest *request)
{
	const gchar *header = cm_http_request_get_header(request, CM_HTTP_HEADER_IF_NONE_MATCH);
	gsize length = header != NULL ? strlen(header) : 0;

	if (length < 2 || header[0] != '"' || strchr(header + 1, '"') != header + length - 1)
		return g_strdup("");
	return g_strdup(header);
}

static void
on_feed(GVariant *values, GBytes *document, const GError *error, gpointer user_data)
{
	CmRoutesCall *call = user_data;
	CmHttpAnswer answer = {.content_type = "text/calendar; charset=utf-8", .body = document};

	if (error != NULL) {
		cm_routes_answer_error(call, error);
		return;
	}
	g_variant_get_child(values, 0, "&s", &answer.etag);
	/* nothing comes of what the reader has already */
	if (document == NULL || g_bytes_get_size(document) == 0)
		answer.status = 304;
	cm_http_request_answer(g_steal_pointer(&call->request), &answer);
	cm_routes_call_free(call);
}

void
cm_routes_entry_try_feed(CmRoutesCall *call)
{
	g_autofree gchar *known = read_known(call->request);

	cm_gateway_link_look(call->routes->link, "Feed",
			     g_variant_new("(@ays)", cm_gateway_link_make_key(call->token), known),
			     on_feed, call);
}
