// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/room-waiters.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

struct _CmRoomWaiters {
	GQueue tasks; /* GTask, whose data is a Waiter */
	void (*late)(gpointer user_data);
	gpointer user_data;
};

typedef struct {
	CmRoomWaiters *waiters;
	gint64 visit;
	gboolean host;
	gchar *name;
	guint timer;
} Waiter;

static void
waiter_free(gpointer data)
{
	Waiter *waiter = data;

	if (waiter->timer != 0)
		g_source_remove(waiter->timer);
	g_free(waiter->name);
	g_free(waiter);
}

CmRoomWaiters *
cm_room_waiters_new(void (*late)(gpointer user_data), gpointer user_data)
{
	CmRoomWaiters *waiters = g_new0(CmRoomWaiters, 1);

	waiters->late = late;
	waiters->user_data = user_data;
	return waiters;
}

void
cm_room_waiters_free(CmRoomWaiters *waiters)
{
	if (waiters == NULL)
		return;
	g_warn_if_fail(waiters->tasks.length == 0);
	g_free(waiters);
}

guint
cm_room_waiters_count(const CmRoomWaiters *waiters)
{
	return waiters->tasks.length;
}

/* takes the task */
static void
refuse(GTask *task, const GError *reason)
{
	g_task_return_error(task, g_error_copy(reason));
	g_object_unref(task);
}

static gboolean
waiter_on_time(gpointer user_data)
{
	GTask *task = user_data;
	Waiter *waiter = g_task_get_task_data(task);
	CmRoomWaiters *waiters = waiter->waiters;
	g_autoptr(GError) error = NULL;

	waiter->timer = 0;
	(void)g_queue_remove(&waiters->tasks, task);
	cm_error_set(&error, CM_ERROR_BUSY, N_("The room is being made ready."), NULL);
	refuse(task, error);
	waiters->late(waiters->user_data);
	return G_SOURCE_REMOVE;
}

void
cm_room_waiters_add(CmRoomWaiters *waiters, const CmRoomPerson *person, GTask *task)
{
	Waiter *waiter = g_new0(Waiter, 1);

	waiter->waiters = waiters;
	waiter->visit = person->visit;
	waiter->host = person->host;
	waiter->name = g_strdup(person->name);
	waiter->timer = g_timeout_add_seconds(CM_ROOM_WAITERS_SECONDS, waiter_on_time, task);
	g_task_set_task_data(task, waiter, waiter_free);
	g_queue_push_tail(&waiters->tasks, task);
}

void
cm_room_waiters_let_in(CmRoomWaiters *waiters,
		       const CmProviderSettings *provider,
		       const CmProviderSession *session,
		       JsonObject *facts,
		       guint turn,
		       gint64 now)
{
	GTask *task = g_queue_pop_head(&waiters->tasks);

	for (; task != NULL; task = g_queue_pop_head(&waiters->tasks)) {
		const Waiter *waiter = g_task_get_task_data(task);
		const CmProviderPerson person = {
		    .host = waiter->host, .name = waiter->name, .visit = waiter->visit};
		g_autoptr(GError) error = NULL;
		GBytes *entry =
		    cm_provider_make_entry(provider, session, facts, turn, &person, now, &error);

		if (entry != NULL)
			g_task_return_pointer(task, entry, (GDestroyNotify)g_bytes_unref);
		else
			g_task_return_error(task, g_steal_pointer(&error));
		g_object_unref(task);
	}
}

void
cm_room_waiters_refuse(CmRoomWaiters *waiters, const GError *reason)
{
	GTask *task = g_queue_pop_head(&waiters->tasks);

	for (; task != NULL; task = g_queue_pop_head(&waiters->tasks))
		refuse(task, reason);
}
