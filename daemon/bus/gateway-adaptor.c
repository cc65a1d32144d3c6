// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/gateway-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/attempt-limit.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/door-keeper.h"
#include "daemon/bus/help-adaptor.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/logging.h"
#include "daemon/bus/peer-door.h"
#include "daemon/bus/room-keeper.h"
#include "daemon/bus/sealed-memfd.h"
#include "daemon/store/store-pass.h"
#include "include/cm-dbus-gateway.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define ETAG_MAX 128

struct _CmGatewayAdaptor {
	CmService *service;
	CmDBusGateway *object;
	CmPeerDoor *door;
	guint32 uid;
	CmGatewayState state;
	CmAttemptLimit *codes;
	CmAttemptLimit *links;
	CmAttemptLimit *changes;
	guint openings; /* source id */
};

static const gchar *const methods[] = {
    "View",     "Feed",    "Respond",  "FindTimes", "AskTime", "WithdrawTime",
    "Exchange", "Arrive",  "Leave",    "LetIn",     "Enter",   "ReportRoom",
    "End",      "AskHelp", "ListSoon", "Views",     NULL};

const gchar *const *
cm_gateway_adaptor_get_methods(void)
{
	return methods;
}

/* ---- a call, from the socket to the worker's thread and back */

typedef struct _Task Task;

/* What is done on the main loop once it lasts; FALSE: it answers later by itself. */
typedef gboolean (*After)(Task *task);

struct _Task {
	CmGatewayAdaptor *adaptor;
	GDBusMethodInvocation *invocation; /* NULL: nobody waits for an answer */
	CmGatewayCall *call;
	After after; /* or NULL */
	guint64 peer;
	guint64 place; /* of Exchange: where from */
	guint turn;
};

static void
task_free(Task *task)
{
	cm_gateway_call_free(task->call);
	g_free(task);
}

static Task *
task_new(CmGatewayAdaptor *adaptor,
	 GDBusMethodInvocation *invocation,
	 gboolean (*run)(CmGatewayCall *call, CmStore *store, GError **error))
{
	Task *task = g_new0(Task, 1);

	task->adaptor = adaptor;
	task->invocation = invocation;
	task->call = cm_gateway_call_new(&adaptor->state, run);
	if (invocation != NULL)
		task->peer = cm_peer_door_get_caller(invocation);
	return task;
}

/* what a stranger's browser may provoke as often as it likes is no news */
static gboolean
is_news(const GError *error)
{
	return !cm_error_is(error, CM_ERROR_NOT_FOUND) && !cm_error_is(error, CM_ERROR_CONFLICT) &&
	       !cm_error_is(error, CM_ERROR_INVALID_INPUT) && !cm_error_is(error, CM_ERROR_BUSY);
}

static void
refuse(CmGatewayAdaptor *adaptor, GDBusMethodInvocation *invocation, const GError *error)
{
	if (is_news(error))
		cm_peer_door_refuse("Gateway", adaptor->uid, invocation, error);
	else
		g_dbus_method_invocation_return_gerror(invocation, error);
}

static gboolean
task_run(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Task *task = data;

	g_set_object(&task->call->cancellable, cancellable);
	return task->call->run(task->call, store, error);
}

static void
tell(const Task *task)
{
	CmService *service = task->adaptor->service;
	const CmGatewayCall *call = task->call;

	for (guint i = 0; i < call->touched->len; i++)
		cm_door_keeper_touch(service->doors, g_array_index(call->touched, gint64, i));
	if (call->asked_help != 0)
		cm_help_adaptor_announce(service, call->asked_help, CM_HELP_WAITING);
	for (guint i = 0; i < call->claimed->len; i++)
		cm_door_keeper_add_visit(service->doors, g_array_index(call->claimed, gint64, i),
					 task->peer);
	if (call->left != 0)
		cm_door_keeper_remove_visit(service->doors, call->left);
	if (call->time_request != 0)
		(void)g_dbus_connection_emit_signal(
		    service->connection, NULL, CM_OBJECT_PATH, CM_INTERFACE_PREFIX "TimeRequest",
		    "Changed",
		    g_variant_new("(ts)", (guint64)call->time_request,
				  cm_time_request_state_to_string(call->time_request_state)),
		    NULL);
}

static void
answer(Task *task)
{
	if (task->invocation != NULL)
		g_dbus_method_invocation_return_value_with_unix_fd_list(
		    task->invocation, task->call->body, task->call->descriptors);
}

static void
task_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
	Task *task = user_data;
	CmService *service = task->adaptor->service;
	g_autoptr(GError) error = NULL;

	if (cm_worker_run_finish(result, NULL, &error)) {
		tell(task);
		if (task->after != NULL && !task->after(task))
			return;
		answer(task);
	} else if (task->invocation != NULL) {
		refuse(task->adaptor, task->invocation, error);
	} else if (!g_cancellable_is_cancelled(service->closing)) {
		cm_logging_report_error("Gateway.Keep", NULL, getuid(), error);
	}
	task_free(task);
	cm_service_end(service);
}

/* takes the task */
static void
task_queue(Task *task)
{
	CmService *service = task->adaptor->service;

	cm_service_begin(service);
	cm_worker_run_grouped_async(service->store, task_run, task, NULL, service->closing,
				    task_done, task);
}

/* takes the task; with `error` it is refused at once */
static gboolean
task_queue_or_refuse(Task *task, const GError *error)
{
	if (error == NULL) {
		task_queue(task);
		return TRUE;
	}
	refuse(task->adaptor, task->invocation, error);
	task_free(task);
	return TRUE;
}

/* ---- what is asked */

static GBytes *
take_octets(GVariant *array)
{
	gsize length = 0;
	gconstpointer data = g_variant_get_fixed_array(array, &length, 1);

	return g_bytes_new(data, MIN(length, 2 * CM_STORE_KEY_BYTES));
}

static Task *
task_new_by(CmGatewayAdaptor *adaptor,
	    GDBusMethodInvocation *invocation,
	    GVariant *key,
	    guint64 subject,
	    gboolean (*run)(CmGatewayCall *call, CmStore *store, GError **error))
{
	Task *task = task_new(adaptor, invocation, run);

	task->call->key = take_octets(key);
	task->call->subject = cm_argument_to_number(subject);
	return task;
}

/* whoever changes things without end fills the audit log */
static gboolean
check_changes(Task *task, GError **error)
{
	gsize length = 0;
	gconstpointer key = g_bytes_get_data(task->call->key, &length);
	guint64 place = 0;

	/* of no octets there is no address either */
	if (length > 0)
		memcpy(&place, key, MIN(length, sizeof place));
	if (cm_attempt_limit_take(task->adaptor->changes, place, cm_clock_get_now()))
		return TRUE;
	cm_error_set(error, CM_ERROR_BUSY,
		     N_("Too much was changed by this link; try again later."), NULL);
	return FALSE;
}

/* ---- View, Views, ListSoon, Feed, FindTimes */

static gboolean
handle_view(CmDBusGateway *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *key,
	    gboolean opened,
	    gpointer user_data)
{
	Task *task = task_new_by(user_data, invocation, key, 0, cm_gateway_call_view);

	task->call->flag = opened;
	task_queue(task);
	return TRUE;
}

/* what View would have said of each that was refused */
static gboolean
viewed(Task *task)
{
	const GPtrArray *refusals = task->call->refusals;

	for (guint i = 0; i < refusals->len; i++) {
		const GError *error = g_ptr_array_index(refusals, i);

		if (is_news(error))
			cm_logging_report_error("Gateway.View", NULL, task->adaptor->uid, error);
	}
	return TRUE;
}

static gboolean
handle_views(CmDBusGateway *object,
	     GDBusMethodInvocation *invocation,
	     GUnixFDList *descriptors,
	     GVariant *asked,
	     gpointer user_data)
{
	Task *task = task_new(user_data, invocation, cm_gateway_call_views);
	g_autofree gchar *limit = NULL;
	g_autoptr(GError) error = NULL;

	task->call->asked = g_variant_ref(asked);
	task->after = viewed;
	if (g_variant_n_children(asked) > CM_GATEWAY_VIEWS_MAX) {
		limit = g_strdup_printf("%d", CM_GATEWAY_VIEWS_MAX);
		cm_error_set(&error, CM_ERROR_INVALID_INPUT,
			     N_("No more than {0} views are made at a time."), limit, NULL);
	}
	return task_queue_or_refuse(task, error);
}

static gboolean
handle_list_soon(CmDBusGateway *object,
		 GDBusMethodInvocation *invocation,
		 GUnixFDList *descriptors,
		 gpointer user_data)
{
	task_queue(task_new(user_data, invocation, cm_gateway_call_list_soon));
	return TRUE;
}

static gboolean
handle_feed(CmDBusGateway *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *key,
	    const gchar *known,
	    gpointer user_data)
{
	Task *task = task_new_by(user_data, invocation, key, 0, cm_gateway_call_feed);

	task->call->text = g_strndup(known, ETAG_MAX);
	task_queue(task);
	return TRUE;
}

static gboolean
handle_find_times(CmDBusGateway *object,
		  GDBusMethodInvocation *invocation,
		  GVariant *key,
		  guint64 subject,
		  gpointer user_data)
{
	task_queue(task_new_by(user_data, invocation, key, subject, cm_gateway_call_find_times));
	return TRUE;
}

/* ---- Respond, AskTime, WithdrawTime, AskHelp */

static gboolean
read_answer(const gchar *text, CmAnswer *out_answer, GError **error)
{
	if (cm_store_invitation_answer_from_string(text, out_answer) &&
	    (*out_answer == CM_ANSWER_ACCEPTED || *out_answer == CM_ANSWER_DECLINED))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("An answer is “accepted” or “declined”."),
		     NULL);
	return FALSE;
}

static gboolean
handle_respond(CmDBusGateway *object,
	       GDBusMethodInvocation *invocation,
	       GVariant *key,
	       guint64 subject,
	       guint64 version,
	       const gchar *text,
	       const gchar *once,
	       gpointer user_data)
{
	Task *task = task_new_by(user_data, invocation, key, subject, cm_gateway_call_respond);
	g_autoptr(GError) error = NULL;

	task->call->version = cm_argument_to_number(version);
	task->call->once = g_strdup(once);
	if (read_answer(text, &task->call->answer, &error))
		(void)!check_changes(task, &error);
	return task_queue_or_refuse(task, error);
}

static gboolean
handle_ask_time(CmDBusGateway *object,
		GDBusMethodInvocation *invocation,
		GUnixFDList *descriptors,
		GVariant *key,
		guint64 subject,
		guint64 version,
		gint64 start,
		GVariant *remark,
		const gchar *once,
		gpointer user_data)
{
	static const gchar *const names[] = {"text", NULL};
	Task *task = task_new_by(user_data, invocation, key, subject, cm_gateway_call_ask_time);
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) document = cm_json_document_read(descriptors, remark, &error);
	const gchar *text = NULL;

	task->call->version = cm_argument_to_number(version);
	task->call->start = start;
	task->call->once = g_strdup(once);
	if (document != NULL && cm_json_document_check_names(document, names, &error) &&
	    cm_json_document_get_text(document, "text", &text, &error) &&
	    check_changes(task, &error))
		task->call->text = g_strdup(text);
	return task_queue_or_refuse(task, error);
}

static gboolean
handle_withdraw_time(CmDBusGateway *object,
		     GDBusMethodInvocation *invocation,
		     GVariant *key,
		     guint64 subject,
		     guint64 version,
		     const gchar *once,
		     gpointer user_data)
{
	Task *task =
	    task_new_by(user_data, invocation, key, subject, cm_gateway_call_withdraw_time);
	g_autoptr(GError) error = NULL;

	task->call->version = cm_argument_to_number(version);
	task->call->once = g_strdup(once);
	(void)!check_changes(task, &error);
	return task_queue_or_refuse(task, error);
}

static gboolean
handle_ask_help(CmDBusGateway *object,
		GDBusMethodInvocation *invocation,
		GUnixFDList *descriptors,
		GVariant *key,
		guint64 subject,
		GVariant *report,
		gpointer user_data)
{
	static const gchar *const names[] = {"browser", "camera", "microphone",
					     "network", "text",   NULL};
	Task *task = task_new_by(user_data, invocation, key, subject, cm_gateway_call_ask_help);
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) document = cm_json_document_read(descriptors, report, &error);

	if (document != NULL && cm_json_document_check_texts(document, names, &error) &&
	    check_changes(task, &error))
		task->call->text = cm_json_document_to_text(document);
	return task_queue_or_refuse(task, error);
}

/* ---- Exchange */

static gboolean
exchanged(Task *task)
{
	CmGatewayAdaptor *adaptor = task->adaptor;

	cm_attempt_limit_give_back(task->call->flag ? adaptor->codes : adaptor->links, task->place);
	return TRUE;
}

static gboolean
handle_exchange(CmDBusGateway *object,
		GDBusMethodInvocation *invocation,
		GUnixFDList *descriptors,
		const gchar *means,
		GVariant *secret,
		guint64 address,
		gpointer user_data)
{
	CmGatewayAdaptor *adaptor = user_data;
	Task *task = task_new_by(adaptor, invocation, secret, 0, cm_gateway_call_exchange);
	g_autoptr(GError) error = NULL;

	task->call->flag = g_str_equal(means, "code");
	task->after = exchanged;
	task->place = address;
	if (!task->call->flag && !g_str_equal(means, "link"))
		cm_error_set(&error, CM_ERROR_INVALID_INPUT,
			     N_("One comes in by a “link” or a “code”."), NULL);
	else if (!cm_attempt_limit_take(task->call->flag ? adaptor->codes : adaptor->links, address,
					cm_clock_get_now()))
		cm_error_set(&error, CM_ERROR_BUSY,
			     N_("Too many were tried; wait a quarter of an hour."), NULL);
	return task_queue_or_refuse(task, error);
}

/* ---- the door */

static gboolean
arrived(Task *task)
{
	cm_room_keeper_prepare(task->adaptor->service->rooms, task->call->subject);
	return TRUE;
}

static gboolean
handle_arrive(CmDBusGateway *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      GVariant *key,
	      guint64 subject,
	      GVariant *answers,
	      gpointer user_data)
{
	Task *task = task_new_by(user_data, invocation, key, subject, cm_gateway_call_arrive);
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) document = cm_json_document_read(descriptors, answers, &error);

	task->after = arrived;
	if (document != NULL && check_changes(task, &error))
		task->call->text = cm_json_document_to_text(document);
	return task_queue_or_refuse(task, error);
}

static gboolean
handle_leave(CmDBusGateway *object,
	     GDBusMethodInvocation *invocation,
	     GVariant *key,
	     guint64 visit,
	     gpointer user_data)
{
	Task *task = task_new_by(user_data, invocation, key, 0, cm_gateway_call_leave);

	task->call->visit = cm_argument_to_number(visit);
	task_queue(task);
	return TRUE;
}

static gboolean
handle_let_in(CmDBusGateway *object,
	      GDBusMethodInvocation *invocation,
	      GVariant *key,
	      guint64 visit,
	      gboolean in,
	      gpointer user_data)
{
	Task *task = task_new_by(user_data, invocation, key, 0, cm_gateway_call_let_in);
	g_autoptr(GError) error = NULL;

	task->call->visit = cm_argument_to_number(visit);
	task->call->flag = in;
	(void)!check_changes(task, &error);
	return task_queue_or_refuse(task, error);
}

static gboolean
ended(Task *task)
{
	cm_room_keeper_end(task->adaptor->service->rooms, task->call->subject);
	return TRUE;
}

static gboolean
handle_end(CmDBusGateway *object,
	   GDBusMethodInvocation *invocation,
	   GVariant *key,
	   guint64 subject,
	   gpointer user_data)
{
	Task *task = task_new_by(user_data, invocation, key, subject, cm_gateway_call_end);
	g_autoptr(GError) error = NULL;

	task->after = ended;
	(void)!check_changes(task, &error);
	return task_queue_or_refuse(task, error);
}

/* ---- the room */

static void
answer_with_room(Task *task, GBytes *room, GError **error)
{
	g_autoptr(GUnixFDList) descriptors = NULL;
	gint index = 0;

	if (cm_sealed_memfd_append(&descriptors, room, &index, error))
		g_dbus_method_invocation_return_value_with_unix_fd_list(
		    task->invocation, g_variant_new("(h)", index), descriptors);
}

static void
entered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	Task *task = user_data;
	CmService *service = task->adaptor->service;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) room = cm_room_keeper_enter_finish(service->rooms, result, &error);

	if (room != NULL)
		answer_with_room(task, room, &error);
	if (error != NULL)
		refuse(task->adaptor, task->invocation, error);
	task_free(task);
	cm_service_end(service);
}

static gboolean
enter(Task *task)
{
	CmService *service = task->adaptor->service;
	const CmRoomPerson person = {.subject = task->call->subject,
				     .visit = task->call->visit,
				     .host = task->call->visitor.role == CM_VISIT_HOST,
				     .name = task->call->name};

	cm_room_keeper_enter_async(service->rooms, &person, service->closing, entered, task);
	return FALSE;
}

static gboolean
handle_enter(CmDBusGateway *object,
	     GDBusMethodInvocation *invocation,
	     GUnixFDList *descriptors,
	     GVariant *key,
	     guint64 subject,
	     gpointer user_data)
{
	Task *task = task_new_by(user_data, invocation, key, subject, cm_gateway_call_check_inside);

	task->after = enter;
	task_queue(task);
	return TRUE;
}

static gboolean
reported(Task *task)
{
	const CmGatewayCall *call = task->call;
	const CmRoomReport report = {.subject = call->subject,
				     .visit = call->visit,
				     .turn = (guint)MIN(call->version, G_MAXINT),
				     .inside = call->inside,
				     .host = call->visitor.role == CM_VISIT_HOST,
				     .works = call->flag};

	cm_room_keeper_report(task->adaptor->service->rooms, &report);
	return TRUE;
}

static gboolean
handle_report_room(CmDBusGateway *object,
		   GDBusMethodInvocation *invocation,
		   GVariant *key,
		   guint64 subject,
		   guint64 turn,
		   gboolean works,
		   gpointer user_data)
{
	Task *task = task_new_by(user_data, invocation, key, subject, cm_gateway_call_check_inside);
	g_autoptr(GError) error = NULL;

	task->call->version = cm_argument_to_number(turn);
	task->call->flag = works;
	task->after = reported;
	(void)!check_changes(task, &error);
	return task_queue_or_refuse(task, error);
}

/* ---- who comes and goes */

static void
on_came(GDBusConnection *peer, gpointer user_data)
{
	g_message("a gateway is connected");
}

static void
on_gone(GDBusConnection *peer, gpointer user_data)
{
	CmGatewayAdaptor *adaptor = user_data;

	g_message("a gateway is gone");
	cm_door_keeper_forget_gateway(adaptor->service->doors, cm_peer_door_get_number(peer));
}

static void
visits_gone(const GArray *visits, gpointer user_data)
{
	Task *task = task_new(user_data, NULL, cm_gateway_call_abandon);

	task->call->visits = g_array_copy((GArray *)visits);
	task_queue(task);
}

static void
doors_changed(const GArray *subjects, gpointer user_data)
{
	CmGatewayAdaptor *adaptor = user_data;

	if (adaptor->door == NULL)
		return;
	cm_dbus_gateway_emit_changed(
	    adaptor->object, g_variant_new_fixed_array(G_VARIANT_TYPE_UINT64, subjects->data,
						       subjects->len, sizeof(guint64)));
}

static void
soon_changed(gpointer user_data)
{
	CmGatewayAdaptor *adaptor = user_data;

	if (adaptor->door != NULL)
		cm_dbus_gateway_emit_soon_changed(adaptor->object);
}

/* in a transaction of its own: what is written is forgotten here, and one that is shared with others may be undone by them */
static gboolean
write_openings(gpointer user_data)
{
	CmGatewayAdaptor *adaptor = user_data;
	CmService *service = adaptor->service;
	Task *task = task_new(adaptor, NULL, cm_gateway_call_write_openings);

	cm_service_begin(service);
	cm_worker_run_async(service->store, task_run, task, NULL, service->closing, task_done,
			    task);
	return G_SOURCE_CONTINUE;
}

static gboolean
listed_present(Task *task)
{
	/* they are nobody's until a gateway speaks for them: task->peer is 0 */
	cm_door_keeper_forget_gateway(task->adaptor->service->doors, 0);
	return TRUE;
}

static void
list_present(CmGatewayAdaptor *adaptor)
{
	Task *task = task_new(adaptor, NULL, cm_gateway_call_list_present);

	task->after = listed_present;
	task_queue(task);
}

/* ---- ours */

static void
connect_handlers(CmGatewayAdaptor *adaptor)
{
	static const struct {
		const gchar *signal;
		GCallback handler;
	} handlers[] = {
	    {"handle-view", G_CALLBACK(handle_view)},
	    {"handle-views", G_CALLBACK(handle_views)},
	    {"handle-list-soon", G_CALLBACK(handle_list_soon)},
	    {"handle-feed", G_CALLBACK(handle_feed)},
	    {"handle-respond", G_CALLBACK(handle_respond)},
	    {"handle-find-times", G_CALLBACK(handle_find_times)},
	    {"handle-ask-time", G_CALLBACK(handle_ask_time)},
	    {"handle-withdraw-time", G_CALLBACK(handle_withdraw_time)},
	    {"handle-exchange", G_CALLBACK(handle_exchange)},
	    {"handle-arrive", G_CALLBACK(handle_arrive)},
	    {"handle-leave", G_CALLBACK(handle_leave)},
	    {"handle-let-in", G_CALLBACK(handle_let_in)},
	    {"handle-enter", G_CALLBACK(handle_enter)},
	    {"handle-report-room", G_CALLBACK(handle_report_room)},
	    {"handle-end", G_CALLBACK(handle_end)},
	    {"handle-ask-help", G_CALLBACK(handle_ask_help)},
	};

	for (guint i = 0; i < G_N_ELEMENTS(handlers); i++)
		g_signal_connect(adaptor->object, handlers[i].signal, handlers[i].handler, adaptor);
}

CmGatewayAdaptor *
cm_gateway_adaptor_new(CmService *service, const CmGatewayAdaptorSettings *settings, GError **error)
{
	g_autoptr(CmGatewayAdaptor) adaptor = g_new0(CmGatewayAdaptor, 1);
	CmPeerDoorInside inside = {.path = CM_GATEWAY_OBJECT_PATH,
				   .methods = methods,
				   .came = on_came,
				   .gone = on_gone,
				   .user_data = adaptor};

	adaptor->service = service;
	adaptor->uid = settings->uid;
	adaptor->state.service = service;
	adaptor->codes = cm_attempt_limit_new(CM_GATEWAY_TRIES_EACH, CM_GATEWAY_TRIES_ALL,
					      CM_GATEWAY_TRIES_SECONDS);
	adaptor->links = cm_attempt_limit_new(CM_GATEWAY_TRIES_EACH, 0, CM_GATEWAY_TRIES_SECONDS);
	adaptor->changes =
	    cm_attempt_limit_new(CM_GATEWAY_CHANGES_EACH, 0, CM_GATEWAY_CHANGES_SECONDS);
	adaptor->object = cm_dbus_gateway_skeleton_new();
	connect_handlers(adaptor);
	inside.skeleton = G_DBUS_INTERFACE_SKELETON(adaptor->object);
	adaptor->door = cm_peer_door_new(settings->socket, settings->uid, &inside, error);
	if (adaptor->door == NULL)
		return NULL;
	cm_door_keeper_add_listener(service->doors, doors_changed, adaptor);
	cm_door_keeper_set_soon(service->doors, soon_changed, adaptor);
	cm_door_keeper_set_gone(service->doors, visits_gone, adaptor);
	adaptor->openings =
	    g_timeout_add_seconds(CM_GATEWAY_OPENINGS_SECONDS, write_openings, adaptor);
	list_present(adaptor);
	return g_steal_pointer(&adaptor);
}

void
cm_gateway_adaptor_close(CmGatewayAdaptor *adaptor)
{
	g_clear_handle_id(&adaptor->openings, g_source_remove);
	g_clear_pointer(&adaptor->door, cm_peer_door_free);
}

void
cm_gateway_adaptor_free(CmGatewayAdaptor *adaptor)
{
	if (adaptor == NULL)
		return;
	cm_gateway_adaptor_close(adaptor);
	g_clear_object(&adaptor->object);
	cm_attempt_limit_free(adaptor->codes);
	cm_attempt_limit_free(adaptor->links);
	cm_attempt_limit_free(adaptor->changes);
	g_clear_pointer(&adaptor->state.openings, g_hash_table_unref);
	g_free(adaptor);
}
