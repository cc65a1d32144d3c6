// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/room-desk.h"

#include "daemon/bus/json-document.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define STATUS_MAX 999
#define VALUES_MAX 64

typedef struct {
	CmRoomDesk *desk;
	gint64 number;
	CmProviderCall *call;
	CmRoomDeskAnswered answered;
	gpointer user_data;
	guint64 peer; /* who has it; 0: nobody */
	guint timer;
} Call;

struct _CmRoomDesk {
	GHashTable *calls; /* gint64 → Call */
	gint64 last;
	void (*due)(gpointer user_data);
	gpointer due_data;
};

static void
call_free(gpointer data)
{
	Call *call = data;

	if (call->timer != 0)
		g_source_remove(call->timer);
	cm_provider_call_free(call->call);
	g_free(call);
}

CmRoomDesk *
cm_room_desk_new(void)
{
	CmRoomDesk *desk = g_new0(CmRoomDesk, 1);

	/* a courier may have answers to what the comodald before this one asked: they are taken for nobody's */
	desk->last = (gint64)randombytes_random() << 16;
	desk->calls = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, call_free);
	return desk;
}

void
cm_room_desk_free(CmRoomDesk *desk)
{
	if (desk == NULL)
		return;
	g_hash_table_unref(desk->calls);
	g_free(desk);
}

void
cm_room_desk_set_due(CmRoomDesk *desk, void (*due)(gpointer user_data), gpointer user_data)
{
	desk->due = due;
	desk->due_data = user_data;
}

static void
announce(CmRoomDesk *desk)
{
	if (desk->due != NULL)
		desk->due(desk->due_data);
}

/* the call is no more when somebody is told */
static void
call_answer(Call *call, const CmProviderAnswer *answer)
{
	CmRoomDeskAnswered answered = call->answered;
	gpointer user_data = call->user_data;
	gint64 number = call->number;

	g_hash_table_remove(call->desk->calls, &number);
	answered(answer, user_data);
}

static gboolean
call_late(gpointer user_data)
{
	Call *call = user_data;
	const CmProviderAnswer answer = {.failure = call->peer != 0 ? "slow" : "unreachable"};

	call->timer = 0;
	call_answer(call, &answer);
	return G_SOURCE_REMOVE;
}

gint64
cm_room_desk_ask(CmRoomDesk *desk,
		 CmProviderCall *call,
		 CmRoomDeskAnswered answered,
		 gpointer user_data)
{
	Call *made = g_new0(Call, 1);
	gboolean full =
	    desk->due == NULL || g_hash_table_size(desk->calls) >= CM_ROOM_DESK_CALLS_MAX;

	desk->last++;
	made->desk = desk;
	made->number = desk->last;
	made->call = call;
	made->answered = answered;
	made->user_data = user_data;
	made->timer = full ? g_idle_add(call_late, made)
			   : g_timeout_add_seconds(CM_ROOM_DESK_SECONDS, call_late, made);
	g_hash_table_insert(desk->calls, &made->number, made);
	if (!full)
		announce(desk);
	return made->number;
}

void
cm_room_desk_drop(CmRoomDesk *desk, gint64 number)
{
	g_hash_table_remove(desk->calls, &number);
}

/* ---- handing out */

static void
lease_free(gpointer data)
{
	CmRoomLease *lease = data;

	g_bytes_unref(lease->order);
	g_clear_pointer(&lease->content, g_bytes_unref);
	g_free(lease);
}

static void
wipe(gpointer text)
{
	sodium_memzero(text, strlen(text));
	g_free(text);
}

static GBytes *
make_order(const CmProviderCall *call)
{
	g_autoptr(JsonObject) order = json_object_new();
	g_autoptr(JsonNode) root = json_node_alloc();
	gchar *text = NULL;

	json_object_set_string_member(order, "url", call->url);
	if (call->type != NULL)
		json_object_set_string_member(order, "type", call->type);
	if (call->private_network)
		json_object_set_boolean_member(order, "private", TRUE);
	json_node_init_object(root, order);
	text = json_to_string(root, FALSE);
	return g_bytes_new_with_free_func(text, strlen(text), wipe, text);
}

static GBytes *
make_content(const CmProviderCall *call)
{
	gchar *text = g_strdup(call->body);

	return text != NULL ? g_bytes_new_with_free_func(text, strlen(text), wipe, text) : NULL;
}

static gint
compare_calls(gconstpointer one, gconstpointer other)
{
	const Call *first = *(const Call *const *)one;
	const Call *second = *(const Call *const *)other;

	return first->number < second->number ? -1 : 1;
}

GPtrArray *
cm_room_desk_lease(CmRoomDesk *desk, guint64 peer, guint max)
{
	GPtrArray *leases = g_ptr_array_new_with_free_func(lease_free);
	g_autoptr(GPtrArray) waiting = g_ptr_array_new();
	GHashTableIter iter;
	gpointer value = NULL;

	g_hash_table_iter_init(&iter, desk->calls);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		g_ptr_array_add(waiting, value);
	g_ptr_array_sort(waiting, compare_calls);
	for (guint i = 0; i < waiting->len && leases->len < max; i++) {
		Call *call = g_ptr_array_index(waiting, i);
		CmRoomLease *lease = NULL;

		if (call->peer != 0)
			continue;
		call->peer = peer;
		lease = g_new0(CmRoomLease, 1);
		lease->number = call->number;
		lease->order = make_order(call->call);
		lease->content = make_content(call->call);
		g_ptr_array_add(leases, lease);
	}
	return leases;
}

void
cm_room_desk_forget(CmRoomDesk *desk, guint64 peer)
{
	GHashTableIter iter;
	gpointer value = NULL;
	gboolean some = FALSE;

	g_hash_table_iter_init(&iter, desk->calls);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		Call *call = value;

		if (call->peer == peer) {
			call->peer = 0;
			some = TRUE;
		}
	}
	if (some)
		announce(desk);
}

/* ---- taking back */

static gboolean
read_values(JsonObject *result, GHashTable *values, GError **error)
{
	JsonObject *object = NULL;
	JsonObjectIter iter;
	const gchar *name = NULL;
	JsonNode *node = NULL;
	JsonNode *member = json_object_get_member(result, "values");

	if (member == NULL)
		return TRUE;
	object = JSON_NODE_HOLDS_OBJECT(member) ? json_node_get_object(member) : NULL;
	if (object == NULL || json_object_get_size(object) > VALUES_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is no report of a room."),
			     NULL);
		return FALSE;
	}
	json_object_iter_init(&iter, object);
	while (json_object_iter_next(&iter, &name, &node)) {
		if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
			g_hash_table_insert(values, g_strdup(name), json_node_dup_string(node));
	}
	return TRUE;
}

static const gchar *
find_failure(const gchar *text)
{
	static const gchar *const failures[] = {"unreachable", "certificate", "slow", "too-large"};

	for (guint i = 0; i < G_N_ELEMENTS(failures); i++) {
		if (g_str_equal(failures[i], text))
			return failures[i];
	}
	return NULL;
}

static gboolean
read_answer(JsonObject *result, GHashTable *values, CmProviderAnswer *out_answer, GError **error)
{
	static const gchar *const names[] = {"failure", "status", "values", NULL};
	const gchar *failure = NULL;
	gint64 status = 0;

	if (!cm_json_document_check_names(result, names, error) ||
	    !cm_json_document_get_text(result, "failure", &failure, error) ||
	    !cm_json_document_get_number(result, "status", &status, error) ||
	    !read_values(result, values, error))
		return FALSE;
	if (failure != NULL)
		out_answer->failure = find_failure(failure);
	out_answer->status = (guint)CLAMP(status, 0, STATUS_MAX);
	out_answer->values = json_object_has_member(result, "values") ? values : NULL;
	if (out_answer->failure != NULL || (failure == NULL && status > 0 && status <= STATUS_MAX))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is no report of a room."), NULL);
	return FALSE;
}

gboolean
cm_room_desk_report(CmRoomDesk *desk,
		    guint64 peer,
		    gint64 number,
		    JsonObject *result,
		    GError **error)
{
	g_autoptr(GHashTable) values =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	Call *call = g_hash_table_lookup(desk->calls, &number);
	CmProviderAnswer answer = {0};

	if (call == NULL || call->peer != peer) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("Nobody waits for this answer."), NULL);
		return FALSE;
	}
	if (!read_answer(result, values, &answer, error))
		return FALSE;
	call_answer(call, &answer);
	return TRUE;
}
