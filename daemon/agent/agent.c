// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent.h"

#include "daemon/agent/agent-calls.h"
#include "daemon/agent/agent-place.h"
#include "daemon/agent/agent-sleep.h"
#include "daemon/agent/agent-worker.h"
#include "daemon/agent/boot-timer.h"
#include "daemon/bus/logging.h"
#include "daemon/bus/peer-door.h"
#include "include/cm-dbus-agent.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <unistd.h>

/* a lock that is not there by then is forced: the process ends, and its memory with it */
#define LOCK_SECONDS 30

struct _CmAgent {
	const CmAgentSettings *settings;
	void (*ended)(gpointer user_data);
	gpointer user_data;
	CmAgentPlace place;
	CmAgentCalls calls; /* the worker's */
	CmAgentWorker *worker;
	CmDBusAgent *skeleton;
	CmPeerDoor *door;
	CmAgentSleep *sleep;
	CmBootTimer *timer;
	gulong bus_gone;
	guint forced;      /* source: LOCK_SECONDS are over */
	gboolean unlocked; /* as the worker told last */
	gboolean stopping;
};

/* One call of a program of the person's. */
typedef struct {
	CmAgent *agent;
	const CmAgentMethod *method;
	GDBusMethodInvocation *invocation;
	GUnixFDList *list;
	GVariant *reply;
	GError *error;
	gboolean unlocked;
} Call;

/* ---- when keys are locked */

static void
rest(CmAgent *agent)
{
	cm_boot_timer_set(agent->timer, agent->unlocked ? agent->settings->idle_seconds
							: agent->settings->linger_seconds);
}

static void
run_lock(gpointer data, GCancellable *cancellable)
{
	CmAgent *agent = data;

	cm_agent_keys_lock(agent->calls.keys);
}

static void
on_locked(gpointer data)
{
	CmAgent *agent = data;

	g_clear_handle_id(&agent->forced, g_source_remove);
	if (agent->unlocked)
		g_message("keys are locked");
	agent->unlocked = FALSE;
	cm_agent_sleep_allow(agent->sleep);
	rest(agent);
	if (agent->stopping)
		agent->ended(agent->user_data);
}

static gboolean
on_not_locked(gpointer user_data)
{
	g_warning("keys could not be locked in time: the process ends");
	_exit(EXIT_FAILURE);
	return G_SOURCE_REMOVE;
}

static void
force(CmAgent *agent)
{
	if (agent->forced == 0)
		agent->forced = g_timeout_add_seconds(LOCK_SECONDS, on_not_locked, agent);
}

static void
lock(gpointer user_data)
{
	CmAgent *agent = user_data;

	force(agent);
	cm_agent_worker_push(agent->worker, TRUE, run_lock, on_locked, agent);
}

static void
on_unused(gpointer user_data)
{
	CmAgent *agent = user_data;

	if (cm_agent_worker_count(agent->worker) > 0)
		rest(agent);
	else if (agent->unlocked)
		lock(agent);
	else
		cm_agent_stop(agent);
}

/* ---- calls */

static void
run_call(gpointer data, GCancellable *cancellable)
{
	Call *call = data;
	CmAgentCalls *calls = &call->agent->calls;
	GDBusMessage *message = g_dbus_method_invocation_get_message(call->invocation);
	const CmAgentCall asked = {
	    .parameters = g_dbus_method_invocation_get_parameters(call->invocation),
	    .in_list = g_dbus_message_get_unix_fd_list(message),
	    .out_list = call->list,
	    .cancellable = cancellable,
	};

	call->reply = call->method->run(calls, &asked, &call->error);
	call->unlocked = cm_agent_keys_are_open(calls->keys);
}

static void
answer(Call *call)
{
	if (call->reply != NULL) {
		g_dbus_method_invocation_return_value_with_unix_fd_list(
		    call->invocation, call->reply,
		    g_unix_fd_list_get_length(call->list) > 0 ? call->list : NULL);
		return;
	}
	cm_logging_report_error(call->method->name, NULL, getuid(), call->error);
	g_dbus_method_invocation_return_gerror(call->invocation, call->error);
}

static gboolean
is_lock(const CmAgentMethod *method)
{
	return g_str_equal(method->name, "Lock");
}

static void
on_called(gpointer data)
{
	Call *call = data;
	CmAgent *agent = call->agent;

	if (is_lock(call->method))
		g_clear_handle_id(&agent->forced, g_source_remove);
	answer(call);
	if (call->unlocked && !agent->unlocked)
		g_message("keys are unlocked");
	if (!call->unlocked && agent->unlocked)
		g_message("keys are locked");
	if (call->method->use || !call->unlocked || !agent->unlocked) {
		agent->unlocked = call->unlocked;
		rest(agent);
	}
	g_clear_error(&call->error);
	g_object_unref(call->list);
	g_free(call);
}

/* connected swapped: whatever the method's arguments are, these two come first */
static gboolean
on_call(CmAgent *agent, GDBusMethodInvocation *invocation)
{
	const gchar *name = g_dbus_method_invocation_get_method_name(invocation);
	Call *call = g_new0(Call, 1);

	call->agent = agent;
	call->method = cm_agent_calls_find(name);
	call->invocation = invocation;
	call->list = g_unix_fd_list_new();
	/* to lock waits for nothing */
	if (is_lock(call->method))
		force(agent);
	cm_agent_worker_push(agent->worker, is_lock(call->method), run_call, on_called, call);
	return TRUE;
}

static void
connect_calls(CmAgent *agent)
{
	const gchar *const *names = cm_agent_calls_get_names();

	for (guint i = 0; names[i] != NULL; i++) {
		g_autoptr(GString) signal = g_string_new("handle");

		for (const gchar *p = names[i]; *p != '\0'; p++) {
			if (g_ascii_isupper(*p))
				g_string_append_c(signal, '-');
			g_string_append_c(signal, g_ascii_tolower(*p));
		}
		g_signal_connect_swapped(agent->skeleton, signal->str, G_CALLBACK(on_call), agent);
	}
}

/* ---- coming and going */

/* connected swapped */
static void
on_bus_closed(CmAgent *agent)
{
	g_message("stopping: its bus has gone");
	cm_agent_stop(agent);
}

static gboolean
open_door(CmAgent *agent, GError **error)
{
	const CmPeerDoorInside inside = {
	    .path = CM_AGENT_OBJECT_PATH,
	    .skeleton = G_DBUS_INTERFACE_SKELETON(agent->skeleton),
	    .methods = cm_agent_calls_get_names(),
	};

	agent->door = cm_peer_door_new(agent->place.socket, geteuid(), &inside, error);
	return agent->door != NULL;
}

CmAgent *
cm_agent_new(const CmAgentSettings *settings,
	     void (*ended)(gpointer user_data),
	     gpointer user_data,
	     GError **error)
{
	g_autoptr(CmAgent) agent = g_new0(CmAgent, 1);

	agent->settings = settings;
	agent->ended = ended;
	agent->user_data = user_data;
	agent->place = (CmAgentPlace)CM_AGENT_PLACE_INIT;
	if (!cm_agent_place_take(&agent->place, settings, error))
		return NULL;
	agent->timer = cm_boot_timer_new(on_unused, agent, error);
	if (agent->timer == NULL)
		return NULL;
	agent->calls.keys = cm_agent_keys_new(settings->folder);
	agent->calls.comodald = cm_agent_comodald_new(agent->place.bus);
	agent->calls.settings = settings;
	agent->worker = cm_agent_worker_new();
	agent->skeleton = cm_dbus_agent_skeleton_new();
	connect_calls(agent);
	if (!open_door(agent, error))
		return NULL;
	agent->sleep = cm_agent_sleep_new(lock, agent);
	/* without its bus it serves nobody any more */
	if (agent->place.bus != NULL)
		agent->bus_gone = g_signal_connect_swapped(agent->place.bus, "closed",
							   G_CALLBACK(on_bus_closed), agent);
	rest(agent);
	return g_steal_pointer(&agent);
}

void
cm_agent_free(CmAgent *agent)
{
	if (agent == NULL)
		return;
	if (agent->bus_gone != 0)
		g_clear_signal_handler(&agent->bus_gone, agent->place.bus);
	cm_agent_sleep_free(agent->sleep);
	cm_peer_door_free(agent->door);
	cm_agent_worker_free(agent->worker);
	cm_agent_keys_free(agent->calls.keys);
	cm_agent_comodald_free(agent->calls.comodald);
	cm_boot_timer_free(agent->timer);
	g_clear_handle_id(&agent->forced, g_source_remove);
	g_clear_object(&agent->skeleton);
	cm_agent_place_clear(&agent->place);
	g_free(agent);
}

void
cm_agent_stop(CmAgent *agent)
{
	agent->stopping = TRUE;
	lock(agent);
}
