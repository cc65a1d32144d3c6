// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/callers.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

#define DBUS_NAME "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"

struct _CmCallers {
	GDBusConnection *connection;
	CmCallersGone gone;
	gpointer user_data;
	GHashTable *known; /* unique name -> Caller */
	GCancellable *cancellable;
};

typedef struct {
	CmCallers *callers;
	gchar *name;
	guint subscription;
	gboolean has_uid;
	guint uid;
	GQueue waiting; /* Waiter */
} Caller;

typedef struct {
	CmCallersFound found;
	gpointer user_data;
} Waiter;

static void
caller_tell(Caller *caller, const GError *error)
{
	for (;;) {
		g_autofree Waiter *waiter = g_queue_pop_head(&caller->waiting);

		if (waiter == NULL)
			return;
		waiter->found(caller->uid, error, waiter->user_data);
	}
}

static void
caller_free(Caller *caller)
{
	g_autoptr(GError) error = NULL;

	g_dbus_connection_signal_unsubscribe(caller->callers->connection, caller->subscription);
	cm_error_set(&error, CM_ERROR_ACCESS_DENIED, N_("The bus does not know the caller."), NULL);
	caller_tell(caller, error);
	g_free(caller->name);
	g_free(caller);
}

static void
callers_owner_changed(GDBusConnection *connection,
		      const gchar *sender,
		      const gchar *path,
		      const gchar *interface,
		      const gchar *signal,
		      GVariant *parameters,
		      gpointer user_data)
{
	CmCallers *callers = user_data;
	const gchar *name = NULL;
	const gchar *owner = NULL;
	g_autofree gchar *kept = NULL;

	g_variant_get(parameters, "(&s&s&s)", &name, NULL, &owner);
	if (*owner != '\0' || !g_hash_table_contains(callers->known, name))
		return;
	kept = g_strdup(name);
	g_hash_table_remove(callers->known, kept);
	callers->gone(kept, callers->user_data);
}

CmCallers *
cm_callers_new(GDBusConnection *connection, CmCallersGone gone, gpointer user_data)
{
	CmCallers *callers = g_new0(CmCallers, 1);

	callers->connection = g_object_ref(connection);
	callers->gone = gone;
	callers->user_data = user_data;
	callers->known =
	    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)caller_free);
	callers->cancellable = g_cancellable_new();
	return callers;
}

void
cm_callers_free(CmCallers *callers)
{
	if (callers == NULL)
		return;
	g_cancellable_cancel(callers->cancellable);
	g_hash_table_destroy(callers->known);
	g_object_unref(callers->cancellable);
	g_object_unref(callers->connection);
	g_free(callers);
}

/* what the bus's answer is about: the caller may have gone meanwhile, and the callers too */
typedef struct {
	CmCallers *callers;
	gchar *name;
} Question;

static void
callers_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autofree Question *question = user_data;
	g_autofree gchar *name = question->name;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply =
	    g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
	Caller *caller = NULL;

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	caller = g_hash_table_lookup(question->callers->known, name);
	if (caller == NULL)
		return;
	if (reply == NULL) {
		g_hash_table_remove(question->callers->known, name);
		return;
	}
	g_variant_get(reply, "(u)", &caller->uid);
	caller->has_uid = TRUE;
	caller_tell(caller, NULL);
}

static Caller *
callers_add(CmCallers *callers, const gchar *name)
{
	Caller *caller = g_new0(Caller, 1);
	Question *question = g_new0(Question, 1);

	caller->callers = callers;
	caller->name = g_strdup(name);
	g_queue_init(&caller->waiting);
	/* subscribed before asking, so that a departure between the two is seen */
	caller->subscription = g_dbus_connection_signal_subscribe(
	    callers->connection, DBUS_NAME, DBUS_NAME, "NameOwnerChanged", DBUS_PATH, name,
	    G_DBUS_SIGNAL_FLAGS_NONE, callers_owner_changed, callers, NULL);
	g_hash_table_insert(callers->known, caller->name, caller);

	question->callers = callers;
	question->name = g_strdup(name);
	g_dbus_connection_call(callers->connection, DBUS_NAME, DBUS_PATH, DBUS_NAME,
			       "GetConnectionUnixUser", g_variant_new("(s)", name),
			       G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, -1,
			       callers->cancellable, callers_answered, question);
	return caller;
}

void
cm_callers_lookup(CmCallers *callers, const gchar *name, CmCallersFound found, gpointer user_data)
{
	Caller *caller = g_hash_table_lookup(callers->known, name);
	Waiter *waiter = NULL;

	if (caller != NULL && caller->has_uid) {
		found(caller->uid, NULL, user_data);
		return;
	}
	if (caller == NULL && g_hash_table_size(callers->known) >= CM_CALLERS_MAX) {
		g_autoptr(GError) error = NULL;

		cm_error_set(&error, CM_ERROR_BUSY, N_("Too many programs are connected."), NULL);
		found(0, error, user_data);
		return;
	}
	if (caller == NULL)
		caller = callers_add(callers, name);
	waiter = g_new0(Waiter, 1);
	waiter->found = found;
	waiter->user_data = user_data;
	g_queue_push_tail(&caller->waiting, waiter);
}

gboolean
cm_callers_has(const CmCallers *callers, const gchar *name)
{
	return g_hash_table_contains(callers->known, name);
}
