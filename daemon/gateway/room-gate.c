// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/room-gate.h"

#include "include/cm-error.h"

#include <string.h>

#define TICK_SECONDS 1

struct _CmRoomGate {
	CmGatewayLink *link;
	CmRoomRelay *relay;
	GHashTable *visitors; /* (element-type Visitor), owned: one a socket */
	GHashTable *leaving;  /* (key: seat, value: Ticket) what is said to comodald when they go */
	guint tick;
	gboolean freed;
	guint calls; /* under way */
};

/* somebody's socket; lives until it is closed and what was asked of comodald for it is answered */
typedef struct {
	CmRoomGate *gate;
	CmHttpRequest *request; /* until comodald has answered */
	CmHttpSocket *socket;   /* then, until it is closed */
	const CmHttpPermit *permit;
	CmRoomLine *line;
	gchar *token; /* a secret */
	gchar *seat;
	guint64 subject, turn;
	gboolean asking; /* comodald, once more */
	gboolean again;  /* something changed meanwhile */
} Visitor;

typedef struct {
	gchar *token;
	guint64 visit;
	guint64 subject;
} Ticket;

/* ---- lives */

static void
ticket_free(gpointer data)
{
	Ticket *ticket = data;

	g_free(ticket->token);
	g_free(ticket);
}

static void
visitor_free(Visitor *visitor)
{
	g_free(visitor->token);
	g_free(visitor->seat);
	g_free(visitor);
}

static void
free_when_done(CmRoomGate *gate)
{
	if (!gate->freed || gate->calls > 0 || g_hash_table_size(gate->visitors) > 0)
		return;
	cm_room_relay_free(gate->relay);
	g_hash_table_unref(gate->visitors);
	g_hash_table_unref(gate->leaving);
	g_free(gate);
}

/* nothing is left of it */
static void
forget_visitor(Visitor *visitor)
{
	CmRoomGate *gate = visitor->gate;

	if (visitor->socket != NULL || visitor->asking || visitor->request != NULL)
		return;
	g_hash_table_remove(gate->visitors, visitor);
	visitor_free(visitor);
	free_when_done(gate);
}

/* ---- what the relay says */

static void
on_send(gpointer data, const gchar *text, gsize length)
{
	Visitor *visitor = data;
	g_autoptr(GBytes) bytes = g_bytes_new(text, length);

	cm_http_socket_send(visitor->socket, bytes);
}

static void
on_close(gpointer data, CmRoomClose why)
{
	Visitor *visitor = data;

	visitor->line = NULL;
	cm_http_socket_close(visitor->socket, (guint16)why, NULL);
}

static void
ignore_answer(GVariant *values, GBytes *document, const GError *error, gpointer data)
{
	CmRoomGate *gate = data;

	gate->calls--;
	free_when_done(gate);
}

static void
on_report(gpointer data, gboolean works)
{
	Visitor *visitor = data;
	GVariant *parameters = g_variant_new("(@ayttb)", cm_gateway_link_make_key(visitor->token),
					     visitor->subject, visitor->turn, works);

	visitor->gate->calls++;
	cm_gateway_link_change(visitor->gate->link, visitor->permit, "ReportRoom", parameters, NULL,
			       ignore_answer, visitor->gate);
}

/* they did not come back, or said that they go */
static void
on_left(gpointer data, guint64 subject, const gchar *seat)
{
	CmRoomGate *gate = data;
	const Ticket *ticket = g_hash_table_lookup(gate->leaving, seat);

	if (ticket == NULL)
		return;
	if (ticket->visit != 0 && !gate->freed)
		cm_gateway_link_leave(gate->link, ticket->token, ticket->visit);
	g_hash_table_remove(gate->leaving, seat);
}

static gboolean
on_tick(gpointer data)
{
	CmRoomGate *gate = data;

	cm_room_relay_tick(gate->relay, g_get_monotonic_time());
	if (cm_room_relay_get_rooms(gate->relay) > 0)
		return G_SOURCE_CONTINUE;
	gate->tick = 0;
	return G_SOURCE_REMOVE;
}

/* ---- what the browser says */

static void
on_text(CmHttpSocket *socket, GBytes *text, gpointer data)
{
	Visitor *visitor = data;
	gsize length = 0;
	const gchar *octets = g_bytes_get_data(text, &length);

	if (visitor->line != NULL)
		cm_room_relay_receive(visitor->gate->relay, visitor->line, octets, length, TRUE,
				      g_get_monotonic_time());
}

static void
on_closed(CmHttpSocket *socket, gpointer data)
{
	Visitor *visitor = data;

	if (visitor->line != NULL)
		cm_room_relay_detach(visitor->gate->relay, visitor->line, g_get_monotonic_time());
	visitor->line = NULL;
	visitor->socket = NULL;
	/* the permit was the socket's */
	visitor->permit = NULL;
	forget_visitor(visitor);
}

static const CmHttpSocketEvents socket_events = {on_text, on_closed};

static void
keep_ticket(Visitor *visitor, const CmRoomEntry *entry)
{
	Ticket *ticket = g_new0(Ticket, 1);

	ticket->token = g_strdup(visitor->token);
	ticket->visit = entry->visit;
	ticket->subject = entry->subject;
	g_hash_table_replace(visitor->gate->leaving, g_strdup(entry->seat), ticket);
}

static void
let_in(Visitor *visitor, const CmRoomEntry *entry)
{
	CmRoomGate *gate = visitor->gate;

	visitor->turn = entry->turn;
	visitor->seat = g_strdup(entry->seat);
	visitor->socket =
	    cm_http_socket_new(g_steal_pointer(&visitor->request), &socket_events, visitor);
	visitor->line = cm_room_relay_attach(gate->relay, visitor, entry, g_get_monotonic_time());
	if (visitor->line == NULL) {
		cm_http_socket_close(visitor->socket, CM_ROOM_CLOSE_FULL, NULL);
		return;
	}
	keep_ticket(visitor, entry);
	if (gate->tick == 0)
		gate->tick = g_timeout_add_seconds(TICK_SECONDS, on_tick, gate);
}

/* ---- what comodald says */

static guint
choose_status(const GError *error)
{
	if (cm_error_is(error, CM_ERROR_NOT_FOUND))
		return 404;
	/* not let in, over; the page goes to the door, which says which */
	if (cm_error_is(error, CM_ERROR_CONFLICT))
		return 404;
	return 503;
}

static CmRoomEntry *
read_entry(GBytes *document, const GError *error)
{
	g_autoptr(GError) fault = NULL;
	CmRoomEntry *entry = NULL;
	gsize length = 0;
	const gchar *text = NULL;

	if (error != NULL || document == NULL)
		return NULL;
	text = g_bytes_get_data(document, &length);
	entry = cm_room_entry_read(text, length, &fault);
	if (entry == NULL)
		g_warning("%s", fault->message);
	return entry;
}

static gboolean
has_socket(const CmRoomEntry *entry)
{
	return g_str_equal(entry->kind, "builtin") || g_str_equal(entry->kind, "janus");
}

static void
on_entered(GVariant *values, GBytes *document, const GError *error, gpointer data)
{
	Visitor *visitor = data;
	CmRoomGate *gate = visitor->gate;
	g_autoptr(CmRoomEntry) entry = read_entry(document, error);

	gate->calls--;
	visitor->asking = FALSE;
	if (entry != NULL && has_socket(entry) && !gate->freed) {
		let_in(visitor, entry);
		return;
	}
	cm_http_request_answer_error(g_steal_pointer(&visitor->request),
				     entry != NULL ? 404 : choose_status(error));
	forget_visitor(visitor);
}

static void
ask(Visitor *visitor, CmGatewayAnswered answered)
{
	GVariant *parameters =
	    g_variant_new("(@ayt)", cm_gateway_link_make_key(visitor->token), visitor->subject);

	visitor->asking = TRUE;
	visitor->gate->calls++;
	cm_gateway_link_change(visitor->gate->link, visitor->permit, "Enter", parameters, NULL,
			       answered, visitor);
}

void
cm_room_gate_open(CmRoomGate *gate,
		  CmHttpRequest *request,
		  const CmHttpPermit *permit,
		  const gchar *token,
		  guint64 subject)
{
	Visitor *visitor = g_new0(Visitor, 1);

	visitor->gate = gate;
	visitor->request = request;
	visitor->permit = permit;
	visitor->token = g_strdup(token);
	visitor->subject = subject;
	g_hash_table_add(gate->visitors, visitor);
	ask(visitor, on_entered);
}

/* ---- something changed */

static void
put_out(Visitor *visitor, CmRoomClose why)
{
	if (visitor->line != NULL)
		cm_room_relay_close_line(visitor->gate->relay, visitor->line, why,
					 g_get_monotonic_time());
}

static void
on_entered_again(GVariant *values, GBytes *document, const GError *error, gpointer data)
{
	Visitor *visitor = data;
	g_autoptr(CmRoomEntry) entry = read_entry(document, error);

	visitor->gate->calls--;
	visitor->asking = FALSE;
	if (cm_error_is(error, CM_ERROR_NOT_FOUND) || cm_error_is(error, CM_ERROR_CONFLICT))
		put_out(visitor, CM_ROOM_CLOSE_OVER);
	else if (entry != NULL && entry->turn != visitor->turn)
		put_out(visitor, CM_ROOM_CLOSE_MOVED);
	/* comodald that is not there, or busy, says nothing against anybody */
	if (visitor->again && visitor->socket != NULL && visitor->line != NULL) {
		visitor->again = FALSE;
		ask(visitor, on_entered_again);
	}
	forget_visitor(visitor);
}

static gboolean
concerns(const Visitor *visitor, const guint64 *subjects, gsize count)
{
	for (gsize i = 0; i < count; i++) {
		if (subjects[i] == visitor->subject)
			return TRUE;
	}
	return count == 0;
}

void
cm_room_gate_changed(CmRoomGate *gate, const guint64 *subjects, gsize count)
{
	GHashTableIter iter;
	gpointer data = NULL;

	g_hash_table_iter_init(&iter, gate->visitors);
	while (g_hash_table_iter_next(&iter, &data, NULL)) {
		Visitor *visitor = data;

		if (visitor->line == NULL || !concerns(visitor, subjects, count))
			continue;
		if (visitor->asking)
			visitor->again = TRUE;
		else
			ask(visitor, on_entered_again);
	}
}

CmRoomGate *
cm_room_gate_new(CmGatewayLink *link)
{
	CmRoomGate *gate = g_new0(CmRoomGate, 1);
	CmRoomRelayCalls calls = {on_send, on_close, on_report, on_left, gate};

	gate->link = link;
	gate->relay = cm_room_relay_new(&calls);
	gate->visitors = g_hash_table_new(NULL, NULL);
	gate->leaving = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, ticket_free);
	return gate;
}

void
cm_room_gate_free(CmRoomGate *gate)
{
	gate->freed = TRUE;
	g_clear_handle_id(&gate->tick, g_source_remove);
	free_when_done(gate);
}
