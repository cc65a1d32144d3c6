// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/peer-door.h"

#include "daemon/bus/logging.h"
#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NUMBER_KEY "cm-peer"
#define FOLDER_MODE 0700
#define SOCKET_MODE_OWN 0600
/* the folder lets in whom it lets in; the user is checked all the same */
#define SOCKET_MODE_OTHERS 0666

struct _CmPeerDoor {
	GDBusServer *server;
	guint32 uid;
	gchar *path;
	GDBusInterfaceSkeleton *skeleton;
	const gchar *const *methods;
	CmPeerDoorPeer came;
	CmPeerDoorPeer gone;
	gpointer user_data;
	GPtrArray *peers; /* GDBusConnection */
	guint64 last_number;
};

/* ---- who may come in */

/* on a thread of the connection's own: nothing of the door but its uid */
static gboolean
observer_authorize(GDBusAuthObserver *observer,
		   GIOStream *stream,
		   GCredentials *credentials,
		   gpointer user_data)
{
	guint32 uid = GPOINTER_TO_UINT(user_data);
	g_autoptr(GCredentials) kernel = NULL;

	if (G_IS_SOCKET_CONNECTION(stream))
		kernel = g_socket_get_credentials(
		    g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream)), NULL);
	if (credentials != NULL && kernel != NULL &&
	    g_credentials_get_unix_user(credentials, NULL) == uid &&
	    g_credentials_get_unix_user(kernel, NULL) == uid)
		return TRUE;
	g_message("a program of another user was turned away at the private socket");
	return FALSE;
}

static gboolean
observer_allow_mechanism(GDBusAuthObserver *observer, const gchar *mechanism, gpointer user_data)
{
	return g_str_equal(mechanism, "EXTERNAL");
}

static GDBusAuthObserver *
make_observer(guint32 uid)
{
	GDBusAuthObserver *observer = g_dbus_auth_observer_new();

	g_signal_connect(observer, "authorize-authenticated-peer", G_CALLBACK(observer_authorize),
			 GUINT_TO_POINTER(uid));
	g_signal_connect(observer, "allow-mechanism", G_CALLBACK(observer_allow_mechanism), NULL);
	return observer;
}

/* ---- what may be called */

/* What the filter knows, on GDBus's thread: immutable, and its own, for it may outlive the door. */
typedef struct {
	gchar *path;
	gchar *interface;
	gchar **methods;
} Table;

static void
table_free(gpointer data)
{
	Table *table = data;

	g_free(table->path);
	g_free(table->interface);
	g_strfreev(table->methods);
	g_free(table);
}

static gboolean
table_allows(const Table *table, GDBusMessage *message)
{
	const gchar *method = g_dbus_message_get_member(message);

	return g_strcmp0(g_dbus_message_get_path(message), table->path) == 0 &&
	       g_strcmp0(g_dbus_message_get_interface(message), table->interface) == 0 &&
	       method != NULL && g_strv_contains((const gchar *const *)table->methods, method);
}

static GDBusMessage *
filter(GDBusConnection *peer, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusMessage) answer = NULL;
	g_autofree gchar *name = NULL;

	if (!incoming ||
	    g_dbus_message_get_message_type(message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL ||
	    table_allows(user_data, message))
		return message;
	cm_error_set(&error, CM_ERROR_ACCESS_DENIED, N_("This is not offered here."), NULL);
	name = g_dbus_error_encode_gerror(error);
	answer = g_dbus_message_new_method_error_literal(message, name, error->message);
	(void)g_dbus_connection_send_message(peer, answer, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
					     NULL);
	g_message("a call that is not offered at the private socket was refused");
	g_object_unref(message);
	return NULL;
}

static Table *
make_table(const CmPeerDoor *door)
{
	Table *table = g_new0(Table, 1);

	table->path = g_strdup(door->path);
	table->interface = g_strdup(g_dbus_interface_skeleton_get_info(door->skeleton)->name);
	table->methods = g_strdupv((gchar **)door->methods);
	return table;
}

/* ---- coming and going */

static void
door_on_closed(GDBusConnection *peer, gboolean vanished, GError *error, gpointer user_data)
{
	CmPeerDoor *door = user_data;
	g_autoptr(GDBusConnection) kept = g_object_ref(peer);

	g_signal_handlers_disconnect_by_data(peer, door);
	if (!g_ptr_array_remove(door->peers, peer))
		return;
	if (g_dbus_interface_skeleton_has_connection(door->skeleton, peer))
		g_dbus_interface_skeleton_unexport_from_connection(door->skeleton, peer);
	if (door->gone != NULL)
		door->gone(peer, door->user_data);
}

static gboolean
door_on_new_connection(GDBusServer *server, GDBusConnection *peer, gpointer user_data)
{
	CmPeerDoor *door = user_data;
	g_autoptr(GError) error = NULL;

	if (door->peers->len >= CM_PEER_DOOR_PEERS_MAX) {
		g_message("too many programs at the private socket: one was turned away");
		return FALSE;
	}
	/* from the first message on: they are read once this returns */
	(void)g_dbus_connection_add_filter(peer, filter, make_table(door), table_free);
	if (!g_dbus_interface_skeleton_export(door->skeleton, peer, door->path, &error)) {
		g_warning("the private socket's object is not there: %s", error->message);
		return FALSE;
	}
	door->last_number++;
	g_object_set_data_full(G_OBJECT(peer), NUMBER_KEY,
			       g_memdup2(&door->last_number, sizeof door->last_number), g_free);
	g_ptr_array_add(door->peers, g_object_ref(peer));
	g_signal_connect(peer, "closed", G_CALLBACK(door_on_closed), door);
	if (door->came != NULL)
		door->came(peer, door->user_data);
	return TRUE;
}

/* ---- the socket */

static gboolean
fail(GError **error, const gchar *format, const gchar *path)
{
	cm_error_set(error, CM_ERROR_FAILED, format, path, g_strerror(errno), NULL);
	return FALSE;
}

static gboolean
check_folder(const gchar *folder, gboolean others, GError **error)
{
	GStatBuf status;
	mode_t shut = others ? S_IWGRP | S_IRWXO : S_IRWXG | S_IRWXO;

	if (g_mkdir(folder, FOLDER_MODE) != 0 && errno != EEXIST)
		return fail(error, N_("The folder {0} can't be made: {1}."), folder);
	if (g_lstat(folder, &status) != 0)
		return fail(error, N_("The folder {0} can't be looked at: {1}."), folder);
	if (S_ISDIR(status.st_mode) && (status.st_uid == geteuid() || status.st_uid == 0) &&
	    (status.st_mode & shut) == 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_FAILED,
		     N_("The folder {0} is another's, or others may use it: the private socket is "
			"not put there."),
		     folder, NULL);
	return FALSE;
}

/* whether somebody answers there; FALSE also when nothing is there */
static gboolean
is_listening(const gchar *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	gint fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	gboolean answered = FALSE;

	if (fd < 0)
		return FALSE;
	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	answered = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
	close(fd);
	return answered;
}

static gboolean
clear_place(const gchar *path, GError **error)
{
	struct sockaddr_un address;
	GStatBuf status;

	if (strlen(path) >= sizeof address.sun_path) {
		cm_error_set(error, CM_ERROR_FAILED, N_("The path of the socket {0} is too long."),
			     path, NULL);
		return FALSE;
	}
	if (g_lstat(path, &status) != 0)
		return TRUE;
	if (!S_ISSOCK(status.st_mode)) {
		cm_error_set(error, CM_ERROR_FAILED, N_("{0} is not a socket, and stays as it is."),
			     path, NULL);
		return FALSE;
	}
	if (is_listening(path)) {
		cm_error_set(error, CM_ERROR_EXISTS,
			     N_("Another process listens at the socket {0}."), path, NULL);
		return FALSE;
	}
	if (g_unlink(path) != 0)
		return fail(error, N_("The old socket {0} can't be removed: {1}."), path);
	return TRUE;
}

static GDBusServer *
listen_at(const gchar *path, guint32 uid, GError **error)
{
	g_autofree gchar *escaped = g_dbus_address_escape_value(path);
	g_autofree gchar *address = g_strconcat("unix:path=", escaped, NULL);
	g_autofree gchar *guid = g_dbus_generate_guid();
	g_autoptr(GDBusAuthObserver) observer = make_observer(uid);
	g_autoptr(GError) local = NULL;
	GDBusServer *server =
	    g_dbus_server_new_sync(address, G_DBUS_SERVER_FLAGS_NONE, guid, observer, NULL, &local);

	if (server == NULL) {
		cm_error_set(error, CM_ERROR_FAILED, N_("The socket {0} can't be made: {1}."), path,
			     local->message, NULL);
		return NULL;
	}
	if (g_chmod(path, uid == geteuid() ? SOCKET_MODE_OWN : SOCKET_MODE_OTHERS) != 0) {
		(void)fail(error, N_("The socket {0} can't be made: {1}."), path);
		g_object_unref(server);
		return NULL;
	}
	return server;
}

CmPeerDoor *
cm_peer_door_new(const gchar *socket, guint32 uid, const CmPeerDoorInside *inside, GError **error)
{
	g_autofree gchar *folder = g_path_get_dirname(socket);
	g_autoptr(GDBusServer) server = NULL;
	CmPeerDoor *door = NULL;

	if (!check_folder(folder, uid != geteuid(), error) || !clear_place(socket, error))
		return NULL;
	server = listen_at(socket, uid, error);
	if (server == NULL)
		return NULL;
	door = g_new0(CmPeerDoor, 1);
	door->server = g_steal_pointer(&server);
	door->uid = uid;
	door->path = g_strdup(inside->path);
	door->skeleton = g_object_ref(inside->skeleton);
	door->methods = inside->methods;
	door->came = inside->came;
	door->gone = inside->gone;
	door->user_data = inside->user_data;
	door->peers = g_ptr_array_new_with_free_func(g_object_unref);
	g_signal_connect(door->server, "new-connection", G_CALLBACK(door_on_new_connection), door);
	g_dbus_server_start(door->server);
	return door;
}

void
cm_peer_door_free(CmPeerDoor *door)
{
	if (door == NULL)
		return;
	g_signal_handlers_disconnect_by_data(door->server, door);
	/* its socket goes with it */
	g_dbus_server_stop(door->server);
	for (guint i = 0; i < door->peers->len; i++) {
		GDBusConnection *peer = g_ptr_array_index(door->peers, i);

		g_signal_handlers_disconnect_by_data(peer, door);
		if (g_dbus_interface_skeleton_has_connection(door->skeleton, peer))
			g_dbus_interface_skeleton_unexport_from_connection(door->skeleton, peer);
		g_dbus_connection_close(peer, NULL, NULL, NULL);
	}
	g_ptr_array_unref(door->peers);
	g_object_unref(door->skeleton);
	g_object_unref(door->server);
	g_free(door->path);
	g_free(door);
}

guint
cm_peer_door_count(const CmPeerDoor *door)
{
	return door->peers->len;
}

/* ---- who calls */

guint64
cm_peer_door_get_number(GDBusConnection *peer)
{
	const guint64 *number = g_object_get_data(G_OBJECT(peer), NUMBER_KEY);

	return number != NULL ? *number : 0;
}

guint64
cm_peer_door_get_caller(GDBusMethodInvocation *invocation)
{
	return cm_peer_door_get_number(g_dbus_method_invocation_get_connection(invocation));
}

void
cm_peer_door_refuse(const gchar *side,
		    guint32 uid,
		    GDBusMethodInvocation *invocation,
		    const GError *error)
{
	g_autofree gchar *method =
	    g_strconcat(side, ".", g_dbus_method_invocation_get_method_name(invocation), NULL);

	cm_logging_report_error(method, NULL, uid, error);
	g_dbus_method_invocation_return_gerror(invocation, error);
}
