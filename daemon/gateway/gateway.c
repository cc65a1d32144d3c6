// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/gateway.h"

#include "daemon/gateway/admission.h"
#include "daemon/gateway/routes.h"

#include <string.h>

/* how often comodald is asked who joins soon; what it says holds for longer */
#define SOON_SECONDS 60
/* when it says that they are others: not more often than this, however many change */
#define SOON_PAUSE_MILLISECONDS 3000

struct _CmGateway {
	const CmGatewaySettings *settings;
	CmHttpServer *server;
	CmGatewayLink *link;
	CmRoomGate *gate;
	CmRoutes *routes;
	guint minute; /* source */
	guint again;  /* source: ListSoon was asked a moment ago */
	gint64 asked; /* when: monotonic, milliseconds */
};

/* ---- what comodald says */

/* Without it, or when it is not to be had, whoever is not known is taken for somebody who may join now. */
static void
on_soon(GVariant *values, GBytes *document, const GError *error, gpointer user_data)
{
	CmGateway *gateway = user_data;
	gboolean all = FALSE;
	gsize size = 0;
	const guint8 *marks = document != NULL ? g_bytes_get_data(document, &size) : NULL;

	if (values != NULL)
		g_variant_get_child(values, 0, "b", &all);
	cm_http_server_note_soon(gateway->server, marks, size / CM_ADMISSION_KEY_OCTETS, all);
}

static gint64
get_milliseconds(void)
{
	return g_get_monotonic_time() / 1000;
}

static void
ask_soon(CmGateway *gateway)
{
	gateway->asked = get_milliseconds();
	cm_gateway_link_look(gateway->link, "ListSoon", g_variant_new("()"), on_soon, gateway);
}

static gboolean
on_minute(gpointer user_data)
{
	ask_soon(user_data);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_again(gpointer user_data)
{
	CmGateway *gateway = user_data;

	gateway->again = 0;
	ask_soon(gateway);
	return G_SOURCE_REMOVE;
}

static void
on_soon_changed(gpointer user_data)
{
	CmGateway *gateway = user_data;
	gint64 wait = gateway->asked + SOON_PAUSE_MILLISECONDS - get_milliseconds();

	if (gateway->again == 0)
		gateway->again = g_timeout_add((guint)MAX(wait, 0), on_again, gateway);
}

static void
on_up(gpointer user_data)
{
	CmGateway *gateway = user_data;

	ask_soon(gateway);
	/* whatever happened meanwhile */
	cm_routes_changed(gateway->routes, NULL, 0);
}

static void
on_down(gpointer user_data)
{
}

static void
on_changed(const guint64 *subjects, gsize count, gpointer user_data)
{
	CmGateway *gateway = user_data;

	cm_routes_changed(gateway->routes, subjects, count);
}

/* ---- whoever looks after us */

static void
read_health(CmHttpRequest *request, gpointer user_data)
{
	const CmGateway *gateway = user_data;
	gboolean up = cm_gateway_link_is_up(gateway->link);
	const gchar *text = up ? "ok\n" : "comodald is not there\n";
	g_autoptr(GBytes) body = g_bytes_new_static(text, strlen(text));
	const CmHttpAnswer answer = {
	    .status = up ? 200 : 503, .content_type = "text/plain; charset=utf-8", .body = body};

	cm_http_request_answer(request, &answer);
}

static const CmHttpRoute own_routes[] = {
    {"/health", CM_HTTP_CLASS_HIGH, -1, read_health, NULL, NULL},
};

/* ---- its life */

CmGateway *
cm_gateway_new(const CmGatewaySettings *settings, GError **error)
{
	const CmGatewayLinkEvents events = {on_up, on_down, on_changed, on_soon_changed};
	CmGateway *gateway = g_new0(CmGateway, 1);

	gateway->settings = settings;
	gateway->server = cm_http_server_new(settings->http);
	gateway->link = cm_gateway_link_new(settings->socket, &events, gateway);
	cm_http_server_add_routes(gateway->server, own_routes, G_N_ELEMENTS(own_routes), gateway);
	gateway->gate = cm_room_gate_new(gateway->link);
	gateway->minute = g_timeout_add_seconds(SOON_SECONDS, on_minute, gateway);
	gateway->routes =
	    cm_routes_new(gateway->server, gateway->link, gateway->gate, &settings->help, error);
	if (gateway->routes != NULL && cm_http_server_start(gateway->server, error))
		return gateway;
	cm_gateway_free(gateway);
	/* nocheck:error-unset: the server has */
	return NULL;
}

gboolean
cm_gateway_reload(CmGateway *gateway, GError **error)
{
	return cm_http_server_reload(gateway->server, error);
}

void
cm_gateway_free(CmGateway *gateway)
{
	if (gateway == NULL)
		return;
	g_source_remove(gateway->minute);
	g_clear_handle_id(&gateway->again, g_source_remove);
	cm_http_server_stop(gateway->server);
	/* handlers that wait for comodald answer now, in vain */
	cm_gateway_link_free(gateway->link);
	cm_room_gate_free(gateway->gate);
	cm_routes_free(gateway->routes);
	cm_http_server_free(gateway->server);
	g_free(gateway);
}
