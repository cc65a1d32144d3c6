// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/routes.h"

#include "daemon/gateway/page-door.h"
#include "daemon/gateway/page-host.h"
#include "daemon/gateway/page-plain.h"
#include "daemon/gateway/routes-private.h"
#include "daemon/gateway/web-files.h" /* nocheck:include-root: generated */
#include "include/cm-error.h"

#include <sodium.h>
#include <string.h>

#define SWEEP_SECONDS 15
#define ONCE_OCTETS 15
/* the pages of nobody say no hour: any zone will do */
#define PLAIN_ZONE "America/Toronto"
#define FEED_END ".ics"
#define FILES_FOLDER "/org/comodal/gateway/web"

gint64
cm_routes_now(void)
{
	return g_get_monotonic_time() / G_USEC_PER_SEC;
}

/* ---- a call */

void
cm_routes_call_free(CmRoutesCall *call)
{
	if (call == NULL)
		return;
	if (call->request != NULL)
		cm_http_request_answer_error(call->request, 500);
	if (call->token != NULL)
		sodium_memzero(call->token, strlen(call->token));
	if (call->prefix != NULL)
		sodium_memzero(call->prefix, strlen(call->prefix));
	g_free(call->token);
	g_free(call->prefix);
	g_free(call->text);
	g_free(call);
}

/* "12", and nothing that could be another spelling of it */
static gboolean
read_subject(const CmHttpRequest *request, guint index, guint64 *out_subject)
{
	const gchar *text = cm_http_request_get_part(request, index);

	return text != NULL && *text != '0' &&
	       g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, out_subject, NULL);
}

CmRoutesCall *
cm_routes_begin(CmRoutes *routes, CmHttpRequest *request, const CmHttpPermit *permit, gint part)
{
	gboolean link = g_str_has_prefix(cm_http_request_get_route(request), "/v/");
	const gchar *token =
	    link ? cm_http_request_get_part(request, 0) : cm_http_request_get_pass(request);
	guint64 subject = 0;
	CmRoutesCall *call = NULL;

	if (token == NULL ||
	    (part >= 0 && !read_subject(request, (guint)part + (link ? 1 : 0), &subject))) {
		cm_http_request_answer_error(request, 404);
		return NULL;
	}
	call = g_new0(CmRoutesCall, 1);
	call->routes = routes;
	call->request = request;
	call->permit = permit;
	/* a calendar's address may say what it is */
	call->token = g_str_has_suffix(token, FEED_END)
			  ? g_strndup(token, strlen(token) - strlen(FEED_END))
			  : g_strdup(token);
	call->prefix = link ? g_strconcat("/v/", token, NULL) : g_strdup("/p");
	call->subject = subject;
	return call;
}

/* ---- answers */

static void
answer(CmRoutesCall *call, const CmHttpAnswer *with)
{
	cm_http_request_answer(g_steal_pointer(&call->request), with);
	cm_routes_call_free(call);
}

void
cm_routes_answer_page(CmRoutesCall *call, const CmView *view, GBytes *html)
{
	const CmHttpAnswer with = {
	    .status = call->status, .body = html, .language = view->language};

	answer(call, &with);
	g_bytes_unref(html);
}

void
cm_routes_answer_path(CmRoutesCall *call, const gchar *path)
{
	g_autofree gchar *location = g_strconcat(call->prefix, path, NULL);
	const CmHttpAnswer with = {.status = 303, .location = location};

	answer(call, &with);
}

static guint
find_status(const GError *error)
{
	if (g_error_matches(error, CM_ERROR, CM_ERROR_NOT_FOUND))
		return 404;
	if (g_error_matches(error, CM_ERROR, CM_ERROR_BUSY))
		return 429;
	if (g_error_matches(error, CM_ERROR, CM_ERROR_INVALID_INPUT))
		return 400;
	/* whatever it is, it is not theirs: comodald is away, or can't, or refuses us */
	return CM_HTTP_REQUEST_AWAY;
}

void
cm_routes_answer_error(CmRoutesCall *call, const GError *error)
{
	cm_http_request_answer_error(g_steal_pointer(&call->request), find_status(error));
	cm_routes_call_free(call);
}

/* ---- the frame */

static const gchar *
find_file(gconstpointer files, const gchar *name)
{
	return cm_http_server_get_file_path(files, name);
}

CmPageFrame
cm_routes_make_frame(const CmRoutesCall *call,
		     const CmView *view,
		     const CmWords *words,
		     const gchar *once)
{
	CmPageFrame frame = {.words = words,
			     .prefix = call->prefix,
			     .once = once,
			     .find_file = find_file,
			     .files = call->routes->server};

	cm_page_parts_fill_frame(&frame, view);
	return frame;
}

CmPageFrame
cm_routes_make_plain_frame(const CmRoutes *routes, const CmWords *words)
{
	return (CmPageFrame){.words = words,
			     .help_phone = routes->help->phone,
			     .help_hours = cm_help_line_get_hours(routes->help, words->language),
			     .find_file = find_file,
			     .files = routes->server};
}

gchar *
cm_routes_make_once(void)
{
	guint8 octets[ONCE_OCTETS];
	gchar text[ONCE_OCTETS * 2 + 1];

	randombytes_buf(octets, sizeof octets);
	return g_strdup(sodium_bin2hex(text, sizeof text, octets, sizeof octets));
}

CmWords *
cm_routes_make_words(const CmView *view)
{
	CmWords *words = cm_words_new(view->language, view->zone, NULL);

	/* a zone or a language that comodald has and we have not */
	if (words == NULL)
		words = cm_words_new("fr", view->zone, NULL);
	return words != NULL ? words : cm_words_new("fr", PLAIN_ZONE, NULL);
}

/* ---- what comodald says */

typedef struct {
	CmRoutesCall *call;
	CmRoutesShow show;
	gboolean opened;
} Viewing;

/* GLib reads a time zone anew when nobody holds it any more, which took longer than all of a page */
static void
keep_zone(CmRoutes *routes, const gchar *zone)
{
	CmWords *words = NULL;

	if (g_hash_table_contains(routes->zones, zone) ||
	    g_hash_table_size(routes->zones) >= CM_ROUTES_ZONES_MAX)
		return;
	words = cm_words_new("fr", zone, NULL);
	if (words != NULL)
		g_hash_table_insert(routes->zones, g_strdup(zone), words);
}

static void
show_view(Viewing *viewing, guint class, const CmView *view)
{
	CmRoutesCall *call = viewing->call;
	const CmViewItem *item = call->subject != 0 ? cm_view_find(view, call->subject) : NULL;

	cm_http_server_note_class(call->routes->server, call->token, MIN(class, CM_HTTP_CLASS_LOW));
	if (call->subject != 0 && item == NULL) {
		cm_http_request_answer_error(g_steal_pointer(&call->request), 404);
		cm_routes_call_free(call);
		return;
	}
	viewing->show(call, view, item);
}

static void
on_view(guint class, GBytes *document, const GError *error, gpointer user_data)
{
	g_autofree Viewing *viewing = user_data;
	g_autoptr(GError) unreadable = NULL;
	g_autofree gchar *problem = NULL;
	g_autoptr(CmView) view = NULL;
	gsize size = 0;
	const gchar *text = NULL;

	if (document == NULL) {
		/* the one link that shows no page */
		if (viewing->opened && g_error_matches(error, CM_ERROR, CM_ERROR_NOT_FOUND))
			cm_routes_entry_try_feed(viewing->call);
		else
			cm_routes_answer_error(viewing->call, error);
		return;
	}
	text = g_bytes_get_data(document, &size);
	view = cm_view_read(text != NULL ? text : "", size, &unreadable);
	if (view == NULL) {
		problem = cm_error_to_english(unreadable);
		g_warning("comodald's answer can't be read: %s", problem);
		cm_http_request_answer_error(g_steal_pointer(&viewing->call->request), 500);
		cm_routes_call_free(viewing->call);
		return;
	}
	keep_zone(viewing->call->routes, view->zone);
	show_view(viewing, class, view);
}

void
cm_routes_view(CmRoutesCall *call, gboolean opened, CmRoutesShow show)
{
	Viewing *viewing = g_new0(Viewing, 1);
	CmGatewayViewFlags flags = 0;

	if (opened && !cm_http_request_is_head(call->request))
		flags |= CM_GATEWAY_VIEW_OPENED;
	if (cm_http_request_is_urgent(call->request))
		flags |= CM_GATEWAY_VIEW_URGENT;
	viewing->call = call;
	viewing->show = show;
	viewing->opened = opened;
	cm_gateway_views_ask(call->routes->views, call->token, flags, on_view, viewing);
}

/* ---- which stands where */

static const CmHttpRoute table[] = {
    {"/", CM_HTTP_CLASS_LOW, -1, cm_routes_entry_look_about, NULL, NULL},
    {"/c", CM_HTTP_CLASS_HIGH, -1, cm_routes_entry_look_code, cm_routes_entry_form_code, NULL},
    {"/h/{}", CM_HTTP_CLASS_HIGH, 0, cm_routes_entry_look_once, cm_routes_entry_form_once, NULL},
#define BOTH(TAIL, CLASS, READ, WRITE, OPEN)                                                       \
	{"/v/{}" TAIL, CLASS, 0, READ, WRITE, OPEN},                                               \
	{                                                                                          \
		"/p" TAIL, CLASS, -1, READ, WRITE, OPEN                                            \
	}
    BOTH("", CM_HTTP_CLASS_LOW, cm_routes_look_person, NULL, NULL),
    BOTH("/answer", CM_HTTP_CLASS_MIDDLE, NULL, cm_routes_form_answer, NULL),
    BOTH("/times/{}", CM_HTTP_CLASS_MIDDLE, cm_routes_look_times, cm_routes_form_times, NULL),
    BOTH("/times/{}/withdraw", CM_HTTP_CLASS_MIDDLE, NULL, cm_routes_form_withdraw_time, NULL),
    BOTH("/door/{}", CM_HTTP_CLASS_LOW, cm_routes_look_door, cm_routes_form_door, NULL),
    BOTH("/door/{}/events", CM_HTTP_CLASS_LOW, NULL, NULL, cm_routes_watch_open),
    BOTH("/host/{}", CM_HTTP_CLASS_LOW, cm_routes_look_door, NULL, NULL),
    BOTH("/room/{}", CM_HTTP_CLASS_HIGH, cm_routes_look_room, cm_routes_form_room, NULL),
    BOTH("/room/{}/socket", CM_HTTP_CLASS_HIGH, NULL, NULL, cm_routes_watch_room),
    BOTH("/room/{}/report", CM_HTTP_CLASS_HIGH, NULL, cm_routes_form_report, NULL),
    BOTH("/leave", CM_HTTP_CLASS_MIDDLE, NULL, cm_routes_form_leave, NULL),
    BOTH("/help/{}", CM_HTTP_CLASS_HIGH, NULL, cm_routes_form_help, NULL),
    BOTH("/let-in", CM_HTTP_CLASS_HIGH, NULL, cm_routes_form_let_in, NULL),
    BOTH("/end/{}", CM_HTTP_CLASS_HIGH, NULL, cm_routes_form_end, NULL),
    BOTH("/test", CM_HTTP_CLASS_LOW, cm_routes_look_test, NULL, NULL),
    BOTH("/privacy", CM_HTTP_CLASS_LOW, cm_routes_look_privacy, NULL, NULL),
#undef BOTH
};

static GBytes *
make_error_page(guint status, const gchar *language, gpointer user_data)
{
	const CmRoutes *routes = user_data;
	g_autoptr(CmWords) words = cm_words_new(language, PLAIN_ZONE, NULL);
	const CmPageFrame frame = cm_routes_make_plain_frame(routes, words);

	return cm_page_plain_make_status(&frame, status == CM_HTTP_REQUEST_AWAY ? CM_PAGE_PLAIN_AWAY
										: status);
}

static void
on_left(const gchar *token, guint64 visit, gpointer user_data)
{
	const CmRoutes *routes = user_data;

	cm_gateway_link_leave(routes->link, token, visit);
}

static gboolean
on_sweep(gpointer user_data)
{
	CmRoutes *routes = user_data;

	cm_presence_sweep(routes->presence, cm_routes_now(), on_left, routes);
	return G_SOURCE_CONTINUE;
}

CmRoutes *
cm_routes_new(CmHttpServer *server,
	      CmGatewayLink *link,
	      CmRoomGate *gate,
	      const CmHelpLine *help,
	      GError **error)
{
	g_autoptr(CmRoutes) routes = g_new0(CmRoutes, 1);

	routes->server = server;
	routes->link = link;
	routes->gate = gate;
	routes->help = help;
	routes->views = cm_gateway_views_new(link);
	routes->presence = cm_presence_new();
	routes->zones =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)cm_words_free);
	routes->changes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	routes->watches = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
						(GDestroyNotify)g_ptr_array_unref);
	routes->sweep = g_timeout_add_seconds(SWEEP_SECONDS, on_sweep, routes);
	if (!cm_http_server_add_files(server, cm_web_files_get_resource(), FILES_FOLDER, error))
		return NULL;
	cm_http_server_add_routes(server, table, G_N_ELEMENTS(table), routes);
	cm_http_server_set_error_page(server, make_error_page, routes);
	return g_steal_pointer(&routes);
}

void
cm_routes_changed(CmRoutes *routes, const guint64 *subjects, gsize count)
{
	cm_routes_watch_changed(routes, subjects, count);
	cm_room_gate_changed(routes->gate, subjects, count);
}

void
cm_routes_free(CmRoutes *routes)
{
	if (routes == NULL)
		return;
	cm_gateway_views_free(routes->views);
	g_source_remove(routes->sweep);
	g_hash_table_unref(routes->watches);
	g_hash_table_unref(routes->changes);
	g_hash_table_unref(routes->zones);
	cm_presence_free(routes->presence);
	g_free(routes);
}
