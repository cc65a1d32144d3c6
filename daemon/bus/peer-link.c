// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/peer-link.h"

struct _CmPeerLink {
	gchar *address;
	CmPeerLinkEvents events;
	gpointer user_data;
	GCancellable *cancellable; /* of connecting */
	GDBusConnection *connection;
	guint timer;
	guint tries;     /* that failed, one after another */
	gboolean silent; /* it was said that nobody is there */
};

static void
link_connect(CmPeerLink *link);

static gboolean
link_try_again(gpointer user_data)
{
	CmPeerLink *link = user_data;

	link->timer = 0;
	link_connect(link);
	return G_SOURCE_REMOVE;
}

static void
link_wait(CmPeerLink *link)
{
	guint seconds = MIN(1u << MIN(link->tries, 6u), CM_PEER_LINK_RETRY_SECONDS_MAX);

	link->tries++;
	if (!link->silent)
		g_message("comodald is not there; looking for it again and again");
	link->silent = TRUE;
	link->timer = g_timeout_add_seconds(seconds, link_try_again, link);
}

static void
link_on_closed(GDBusConnection *connection, gboolean vanished, GError *error, gpointer user_data)
{
	CmPeerLink *link = user_data;

	g_signal_handlers_disconnect_by_data(link->connection, link);
	link->events.down(link->user_data);
	g_clear_object(&link->connection);
	link_wait(link);
}

static void
link_connected(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CmPeerLink *link = user_data;
	g_autoptr(GError) error = NULL;
	GDBusConnection *connection = g_dbus_connection_new_for_address_finish(result, &error);

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	if (connection == NULL || g_dbus_connection_is_closed(connection)) {
		g_clear_object(&connection);
		link_wait(link);
		return;
	}
	link->connection = connection;
	link->tries = 0;
	link->silent = FALSE;
	g_dbus_connection_set_exit_on_close(connection, FALSE);
	g_signal_connect(connection, "closed", G_CALLBACK(link_on_closed), link);
	g_message("connected to comodald");
	link->events.up(connection, link->user_data);
}

static void
link_connect(CmPeerLink *link)
{
	g_dbus_connection_new_for_address(link->address,
					  G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
					  link->cancellable, link_connected, link);
}

CmPeerLink *
cm_peer_link_new(const gchar *socket, const CmPeerLinkEvents *events, gpointer user_data)
{
	CmPeerLink *link = g_new0(CmPeerLink, 1);
	g_autofree gchar *escaped = g_dbus_address_escape_value(socket);

	link->address = g_strconcat("unix:path=", escaped, NULL);
	link->events = *events;
	link->user_data = user_data;
	link->cancellable = g_cancellable_new();
	link_connect(link);
	return link;
}

void
cm_peer_link_free(CmPeerLink *link)
{
	if (link == NULL)
		return;
	g_cancellable_cancel(link->cancellable);
	if (link->timer != 0)
		g_source_remove(link->timer);
	if (link->connection != NULL) {
		g_signal_handlers_disconnect_by_data(link->connection, link);
		/* what was reported last is heard */
		(void)g_dbus_connection_flush_sync(link->connection, NULL, NULL);
		(void)g_dbus_connection_close_sync(link->connection, NULL, NULL);
		g_object_unref(link->connection);
	}
	g_object_unref(link->cancellable);
	g_free(link->address);
	g_free(link);
}

GDBusConnection *
cm_peer_link_get_connection(const CmPeerLink *link)
{
	return link->connection;
}

void
cm_peer_link_judge(CmPeerLink *link, const GError *error)
{
	if (error != NULL && !g_dbus_error_is_remote_error(error) && link->connection != NULL)
		g_dbus_connection_close(link->connection, NULL, NULL, NULL);
}
