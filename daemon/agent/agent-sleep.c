// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-sleep.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

#define LOGIND "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define MANAGER "org.freedesktop.login1.Manager"
#define SESSION "org.freedesktop.login1.Session"
#define PROPERTIES "org.freedesktop.DBus.Properties"

struct _CmAgentSleep {
	GDBusConnection *bus; /* NULL: none yet */
	GCancellable *cancellable;
	void (*lock)(gpointer user_data);
	gpointer user_data;
	gint inhibitor; /* held, the machine waits for us before it sleeps; -1 */
	gboolean falling_asleep;
	guint subscriptions[3];
};

static void
let_go(CmAgentSleep *sleep)
{
	if (sleep->inhibitor >= 0)
		close(sleep->inhibitor);
	sleep->inhibitor = -1;
}

/* NULL when it was cancelled: then `user_data` is gone */
static GVariant *
finish(GObject *source, GAsyncResult *result, gboolean *out_gone)
{
	g_autoptr(GError) error = NULL;
	GVariant *answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

	*out_gone = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
	return answer;
}

static void
on_inhibited(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) answer = g_dbus_connection_call_with_unix_fd_list_finish(
	    G_DBUS_CONNECTION(source), &list, result, &error);
	CmAgentSleep *sleep = user_data;
	gint handle = -1;

	if (answer == NULL)
		return;
	g_variant_get(answer, "(h)", &handle);
	let_go(sleep);
	sleep->inhibitor = g_unix_fd_list_get(list, handle, NULL);
}

static void
inhibit(CmAgentSleep *sleep)
{
	g_dbus_connection_call_with_unix_fd_list(
	    sleep->bus, LOGIND, LOGIND_PATH, MANAGER, "Inhibit",
	    g_variant_new("(ssss)", "sleep", "comodal-agent", "Keys are locked first", "delay"),
	    G_VARIANT_TYPE("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, sleep->cancellable,
	    on_inhibited, sleep);
}

static void
on_sleep(GDBusConnection *bus,
	 const gchar *sender,
	 const gchar *path,
	 const gchar *interface,
	 const gchar *name,
	 GVariant *values,
	 gpointer user_data)
{
	CmAgentSleep *sleep = user_data;

	if (!g_variant_is_of_type(values, G_VARIANT_TYPE("(b)")))
		return;
	g_variant_get(values, "(b)", &sleep->falling_asleep);
	if (sleep->falling_asleep)
		sleep->lock(sleep->user_data);
	else
		inhibit(sleep);
}

/* whose session was locked; one that can't be told counts as ours */
static void
on_owner(GObject *source, GAsyncResult *result, gpointer user_data)
{
	gboolean gone = FALSE;
	g_autoptr(GVariant) answer = finish(source, result, &gone);
	g_autoptr(GVariant) value = NULL;
	CmAgentSleep *sleep = user_data;
	guint32 uid = 0;

	if (gone)
		return;
	if (answer != NULL) {
		g_variant_get(answer, "(v)", &value);
		if (g_variant_is_of_type(value, G_VARIANT_TYPE("(uo)"))) {
			g_variant_get(value, "(uo)", &uid, NULL);
			if (uid != getuid())
				return;
		}
	}
	sleep->lock(sleep->user_data);
}

static void
on_session_locked(GDBusConnection *bus,
		  const gchar *sender,
		  const gchar *path,
		  const gchar *interface,
		  const gchar *name,
		  GVariant *values,
		  gpointer user_data)
{
	CmAgentSleep *sleep = user_data;

	g_dbus_connection_call(bus, LOGIND, path, PROPERTIES, "Get",
			       g_variant_new("(ss)", SESSION, "User"), G_VARIANT_TYPE("(v)"),
			       G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, sleep->cancellable, on_owner,
			       sleep);
}

/* locked when none of those that are left is ours */
static void
on_sessions(GObject *source, GAsyncResult *result, gpointer user_data)
{
	gboolean gone = FALSE;
	g_autoptr(GVariant) answer = finish(source, result, &gone);
	CmAgentSleep *sleep = user_data;
	GVariantIter *sessions = NULL;
	guint32 uid = 0;
	gboolean ours = FALSE;

	if (gone)
		return;
	if (answer != NULL) {
		g_variant_get(answer, "(a(susso))", &sessions);
		while (g_variant_iter_next(sessions, "(susso)", NULL, &uid, NULL, NULL, NULL))
			ours = ours || uid == getuid();
		g_variant_iter_free(sessions);
	}
	if (!ours)
		sleep->lock(sleep->user_data);
}

static void
on_session_removed(GDBusConnection *bus,
		   const gchar *sender,
		   const gchar *path,
		   const gchar *interface,
		   const gchar *name,
		   GVariant *values,
		   gpointer user_data)
{
	CmAgentSleep *sleep = user_data;

	g_dbus_connection_call(bus, LOGIND, LOGIND_PATH, MANAGER, "ListSessions", NULL,
			       G_VARIANT_TYPE("(a(susso))"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
			       sleep->cancellable, on_sessions, sleep);
}

static void
on_bus(GObject *source, GAsyncResult *result, gpointer user_data)
{
	static const struct {
		const gchar *interface;
		const gchar *name;
		GDBusSignalCallback came;
	} signals[] = {{MANAGER, "PrepareForSleep", on_sleep},
		       {SESSION, "Lock", on_session_locked},
		       {MANAGER, "SessionRemoved", on_session_removed}};
	g_autoptr(GError) error = NULL;
	GDBusConnection *bus = g_bus_get_finish(result, &error);
	CmAgentSleep *sleep = user_data;

	if (bus == NULL)
		return;
	sleep->bus = bus;
	g_dbus_connection_set_exit_on_close(bus, FALSE);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		sleep->subscriptions[i] = g_dbus_connection_signal_subscribe(
		    bus, LOGIND, signals[i].interface, signals[i].name, NULL, NULL,
		    G_DBUS_SIGNAL_FLAGS_NONE, signals[i].came, sleep, NULL);
	inhibit(sleep);
}

CmAgentSleep *
cm_agent_sleep_new(void (*lock)(gpointer user_data), gpointer user_data)
{
	CmAgentSleep *sleep = g_new0(CmAgentSleep, 1);

	sleep->cancellable = g_cancellable_new();
	sleep->lock = lock;
	sleep->user_data = user_data;
	sleep->inhibitor = -1;
	g_bus_get(G_BUS_TYPE_SYSTEM, sleep->cancellable, on_bus, sleep);
	return sleep;
}

void
cm_agent_sleep_free(CmAgentSleep *sleep)
{
	if (sleep == NULL)
		return;
	g_cancellable_cancel(sleep->cancellable);
	for (guint i = 0; sleep->bus != NULL && i < G_N_ELEMENTS(sleep->subscriptions); i++) {
		if (sleep->subscriptions[i] != 0)
			g_dbus_connection_signal_unsubscribe(sleep->bus, sleep->subscriptions[i]);
	}
	let_go(sleep);
	g_clear_object(&sleep->bus);
	g_object_unref(sleep->cancellable);
	g_free(sleep);
}

void
cm_agent_sleep_allow(CmAgentSleep *sleep)
{
	if (sleep->falling_asleep)
		let_go(sleep);
}
