// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-door.h"
#include "daemon/gateway/page-host.h"
#include "daemon/gateway/page-person.h"
#include "daemon/gateway/page-phrase.h"
#include "daemon/gateway/page-plain.h"
#include "daemon/gateway/page-room.h"
#include "daemon/gateway/routes-private.h"
#include "include/cm-error.h"

/* Pages that are looked at: nothing is changed here. */

static void
look(CmHttpRequest *request, gpointer routes, gint part, gboolean opened, CmRoutesShow show)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, NULL, part);

	if (call != NULL)
		cm_routes_view(call, opened, show);
}

/* ---- one's own page */

/* who came by a spoken code sees the door of one session, and no page */
static gboolean
is_code(const CmView *view)
{
	return view->pass && !cm_view_is_host(view);
}

static void
show_person(CmRoutesCall *call, const CmView *view, const CmViewItem *item)
{
	g_autoptr(CmWords) words = cm_routes_make_words(view);
	g_autofree gchar *once = cm_routes_make_once();
	const CmPageFrame frame = cm_routes_make_frame(call, view, words, once);
	g_autofree gchar *door = NULL;

	if (is_code(view) && view->items->len > 0) {
		const CmViewItem *first = g_ptr_array_index(view->items, 0);

		door = cm_page_parts_path("/door/", first->subject);
		cm_routes_answer_path(call, door);
		return;
	}
	cm_routes_answer_page(call, view, cm_page_person_make(view, &frame, call->said));
}

void
cm_routes_look_person(CmHttpRequest *request, gpointer routes)
{
	look(request, routes, -1, TRUE, show_person);
}

/* ---- other times */

typedef struct {
	CmRoutesCall *call;
	CmView *view;
} Times;

static void
on_times(GVariant *values, GBytes *document, const GError *error, gpointer user_data)
{
	g_autofree Times *given = user_data;
	g_autoptr(CmView) view = given->view;
	g_autoptr(CmWords) words = cm_routes_make_words(view);
	g_autofree gchar *once = cm_routes_make_once();
	const CmPageFrame frame = cm_routes_make_frame(given->call, view, words, once);
	g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(GVariantIter) iter = NULL;
	gint64 pair[2];

	if (error != NULL) {
		cm_routes_answer_error(given->call, error);
		return;
	}
	g_variant_get(values, "(a(xx))", &iter);
	while (g_variant_iter_next(iter, "(xx)", &pair[0], &pair[1]))
		g_array_append_vals(times, pair, 2);
	cm_routes_answer_page(given->call, view,
			      cm_page_person_make_times(view,
							cm_view_find(view, given->call->subject),
							&frame, times, given->call->said));
}

static void
show_times(CmRoutesCall *call, const CmView *view, const CmViewItem *item)
{
	Times *times = NULL;

	if ((item->may & CM_VIEW_MAY_ASK_TIME) == 0) {
		cm_routes_answer_path(call, "");
		return;
	}
	times = g_new0(Times, 1);
	times->call = call;
	times->view = cm_view_ref((CmView *)view);
	cm_gateway_link_look(
	    call->routes->link, "FindTimes",
	    g_variant_new("(@ayt)", cm_gateway_link_make_key(call->token), call->subject), on_times,
	    times);
}

void
cm_routes_look_times(CmHttpRequest *request, gpointer routes)
{
	look(request, routes, 0, FALSE, show_times);
}

/* ---- the door */

void
cm_routes_look_show_door(CmRoutesCall *call, const CmView *view, const CmViewItem *item)
{
	g_autoptr(CmWords) words = cm_routes_make_words(view);
	g_autofree gchar *once = cm_routes_make_once();
	const CmPageFrame frame = cm_routes_make_frame(call, view, words, once);
	gboolean waits = item->door.visit == CM_VIEW_VISIT_WAITING;
	GBytes *html = NULL;

	cm_presence_saw(call->routes->presence, call->token, item->subject,
			waits ? item->door.visit_number : 0, cm_routes_now());
	html = cm_view_is_host(view) ? cm_page_host_make(view, item, &frame, call->said)
				     : cm_page_door_make(view, item, &frame, call->said);
	cm_routes_answer_page(call, view, html);
}

void
cm_routes_look_door(CmHttpRequest *request, gpointer routes)
{
	look(request, routes, 0, FALSE, cm_routes_look_show_door);
}

/* ---- the room */

static const gchar *
get_kind(CmViewRoomKind kind)
{
	static const gchar *const kinds[] = {
	    [CM_VIEW_ROOM_NONE] = NULL,     [CM_VIEW_ROOM_BUILTIN] = "builtin",
	    [CM_VIEW_ROOM_JITSI] = "jitsi", [CM_VIEW_ROOM_BBB] = "bbb",
	    [CM_VIEW_ROOM_JANUS] = "janus", [CM_VIEW_ROOM_FIXED] = "fixed",
	    [CM_VIEW_ROOM_PHONE] = "phone"};

	return kinds[kind];
}

static void
answer_devices(CmRoutesCall *call, const CmView *view, GBytes *html, const CmViewDoor *door)
{
	CmViewRoomKind kind = door != NULL ? door->room : CM_VIEW_ROOM_NONE;
	CmHttpAnswer answer = {.body = html, .language = view->language, .devices = TRUE};

	/* where a room that is elsewhere is, comodald alone knows, and says it to who is let in: anywhere with TLS */
	if (kind == CM_VIEW_ROOM_JANUS)
		answer.connect = "wss:";
	if (kind == CM_VIEW_ROOM_JITSI || kind == CM_VIEW_ROOM_BBB || kind == CM_VIEW_ROOM_FIXED)
		answer.form_targets = "https:";

	cm_http_request_answer(g_steal_pointer(&call->request), &answer);
	g_bytes_unref(html);
	cm_routes_call_free(call);
}

static void
show_room(CmRoutesCall *call, const CmView *view, const CmViewItem *item)
{
	g_autoptr(CmWords) words = cm_routes_make_words(view);
	g_autofree gchar *once = cm_routes_make_once();
	const CmPageFrame frame = cm_routes_make_frame(call, view, words, once);
	g_autofree gchar *with = cm_page_phrase_host_name(words, item);
	CmPageRoomPlace place = {.subject = item->subject, .visit = item->door.visit_number};

	/* whoever is not inside stands at the door */
	if (item->door.visit != CM_VIEW_VISIT_INSIDE) {
		g_autofree gchar *door =
		    cm_page_parts_path(cm_view_is_host(view) ? "/host/" : "/door/", item->subject);

		cm_routes_answer_path(call, door);
		return;
	}
	if (item->door.room == CM_VIEW_ROOM_NONE) {
		cm_routes_answer_page(call, view, cm_page_room_make_wait(&frame, item->subject));
		return;
	}
	place.turn = item->door.turn;
	place.kind = get_kind(item->door.room);
	place.with = cm_view_is_host(view) ? item->about : with;
	place.host = view->role == CM_VIEW_HOST;
	answer_devices(call, view, cm_page_room_make(&frame, &place), &item->door);
}

void
cm_routes_look_room(CmHttpRequest *request, gpointer routes)
{
	look(request, routes, 0, FALSE, show_room);
}

static void
show_test(CmRoutesCall *call, const CmView *view, const CmViewItem *item)
{
	g_autoptr(CmWords) words = cm_routes_make_words(view);
	const CmPageFrame frame = cm_routes_make_frame(call, view, words, NULL);

	answer_devices(call, view,
		       cm_page_room_make_test(&frame, (const gchar *const *)view->servers), NULL);
}

void
cm_routes_look_test(CmHttpRequest *request, gpointer routes)
{
	look(request, routes, -1, FALSE, show_test);
}

/* ---- what is done with what people say */

static void
show_privacy(CmRoutesCall *call, const CmView *view, const CmViewItem *item)
{
	g_autoptr(CmWords) words = cm_routes_make_words(view);
	const CmPageFrame frame = cm_routes_make_frame(call, view, words, NULL);

	cm_routes_answer_page(call, view, cm_page_plain_make_privacy(&frame));
}

void
cm_routes_look_privacy(CmHttpRequest *request, gpointer routes)
{
	look(request, routes, -1, FALSE, show_privacy);
}
