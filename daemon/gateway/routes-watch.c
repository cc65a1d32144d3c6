// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/routes-private.h"

#include <string.h>

/* Who looks at a door hears when it changes: not what, for that the page is looked at again. */

#define NOW "now"
/* of nothing in particular: whoever hears it takes its time, so that not all come at once */
#define SOON "soon"
/* between a page that was made and its socket: what changes then is told to who comes */
#define CHANGE_SECONDS 30
#define CHANGES_MAX 4096

typedef struct {
	CmRoutes *routes;
	CmHttpSocket *socket; /* until it is closed */
	gchar *token;
	gint64 subject;
} Watch;

static void
watch_free(Watch *watch)
{
	g_free(watch->token);
	g_free(watch);
}

static void
add_watch(Watch *watch)
{
	GPtrArray *all = g_hash_table_lookup(watch->routes->watches, &watch->subject);

	if (all == NULL) {
		all = g_ptr_array_new();
		g_hash_table_insert(watch->routes->watches,
				    g_memdup2(&watch->subject, sizeof watch->subject), all);
	}
	g_ptr_array_add(all, watch);
}

static void
remove_watch(Watch *watch)
{
	GPtrArray *all = g_hash_table_lookup(watch->routes->watches, &watch->subject);

	if (all == NULL || !g_ptr_array_remove_fast(all, watch))
		return;
	if (all->len == 0)
		g_hash_table_remove(watch->routes->watches, &watch->subject);
}

static void
on_closed(CmHttpSocket *socket, gpointer user_data)
{
	Watch *watch = user_data;

	cm_presence_count(watch->routes->presence, watch->token, (guint64)watch->subject, -1,
			  cm_routes_now());
	remove_watch(watch);
	watch_free(watch);
}

static gboolean
is_past(gpointer subject, gpointer when, gpointer user_data)
{
	return *(const gint64 *)when + CHANGE_SECONDS < *(const gint64 *)user_data;
}

static void
note_change(CmRoutes *routes, gint64 subject)
{
	gint64 now = cm_routes_now();

	if (g_hash_table_size(routes->changes) >= CHANGES_MAX)
		g_hash_table_foreach_remove(routes->changes, is_past, &now);
	/* more than any region has doors: forgetting costs who comes just now a look that is late */
	if (g_hash_table_size(routes->changes) >= CHANGES_MAX)
		g_hash_table_remove_all(routes->changes);
	g_hash_table_replace(routes->changes, g_memdup2(&subject, sizeof subject),
			     g_memdup2(&now, sizeof now));
}

/* what changed after the page was made that opens the socket */
static void
tell_late(const Watch *watch)
{
	const gint64 *when = g_hash_table_lookup(watch->routes->changes, &watch->subject);
	g_autoptr(GBytes) text = g_bytes_new_static(NOW, strlen(NOW));

	if (when != NULL && *when + CHANGE_SECONDS >= cm_routes_now())
		cm_http_socket_send(watch->socket, text);
}

/* takes the call's request */
static void
begin_watch(CmRoutesCall *call)
{
	/* what the browser says is not listened to */
	const CmHttpSocketEvents events = {NULL, on_closed};
	Watch *watch = g_new0(Watch, 1);

	watch->routes = call->routes;
	watch->token = g_strdup(call->token);
	watch->subject = (gint64)call->subject;
	add_watch(watch);
	cm_presence_count(call->routes->presence, call->token, call->subject, 1, cm_routes_now());
	watch->socket = cm_http_socket_new(g_steal_pointer(&call->request), &events, watch);
	tell_late(watch);
	cm_routes_call_free(call);
}

static void
open_known(CmRoutesCall *call, const CmView *view, const CmViewItem *item)
{
	gboolean waits = item->door.visit == CM_VIEW_VISIT_WAITING;

	cm_presence_saw(call->routes->presence, call->token, item->subject,
			waits ? item->door.visit_number : 0, cm_routes_now());
	begin_watch(call);
}

void
cm_routes_watch_open(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, 0);

	if (call == NULL)
		return;
	/* the page that opens it was shown a moment ago: comodald need not be asked again, when thousands come at once */
	if (cm_presence_knows(call->routes->presence, call->token, call->subject, cm_routes_now()))
		begin_watch(call);
	else
		cm_routes_view(call, FALSE, open_known);
}

static void
tell(GPtrArray *watches, const gchar *what)
{
	g_autoptr(GBytes) text = g_bytes_new_static(what, strlen(what));

	for (guint i = 0; watches != NULL && i < watches->len; i++) {
		const Watch *watch = g_ptr_array_index(watches, i);

		cm_http_socket_send(watch->socket, text);
	}
}

static void
tell_all(CmRoutes *routes)
{
	GHashTableIter iter;
	gpointer watches = NULL;

	g_hash_table_iter_init(&iter, routes->watches);
	while (g_hash_table_iter_next(&iter, NULL, &watches))
		tell(watches, SOON);
}

void
cm_routes_watch_changed(CmRoutes *routes, const guint64 *subjects, gsize count)
{
	if (count == 0)
		tell_all(routes);
	for (gsize i = 0; i < count; i++) {
		const gint64 subject = (gint64)subjects[i];

		note_change(routes, subject);
		tell(g_hash_table_lookup(routes->watches, &subject), NOW);
	}
}

void
cm_routes_watch_room(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, 0);

	if (call == NULL)
		return;
	cm_room_gate_open(call->routes->gate, g_steal_pointer(&call->request), permit, call->token,
			  call->subject);
	cm_routes_call_free(call);
}
