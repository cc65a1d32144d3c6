// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-listener.h"

#include "include/cm-error.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define UNIX_PATH_MAX_OCTETS (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)

static GSocketAddress *
read_place(const gchar *where)
{
	const gchar *colon = strrchr(where, ':');
	g_autofree gchar *address = NULL;
	guint64 port = 0;
	gsize length = 0;

	if (*where == '/')
		return strlen(where) <= UNIX_PATH_MAX_OCTETS ? g_unix_socket_address_new(where)
							     : NULL;
	if (colon == NULL ||
	    !g_ascii_string_to_unsigned(colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
		return NULL;
	address = g_strndup(where, (gsize)(colon - where));
	length = strlen(address);
	if (*address == '[' && address[length - 1] == ']') {
		address[length - 1] = '\0';
		return g_inet_socket_address_new_from_string(address + 1, (guint)port);
	}
	return strchr(address, ':') == NULL
		   ? g_inet_socket_address_new_from_string(address, (guint)port)
		   : NULL;
}

gboolean
cm_http_listener_is_place(const gchar *where)
{
	g_autoptr(GSocketAddress) address = read_place(where);

	return address != NULL;
}

static gboolean
somebody_listens(const struct sockaddr *address, socklen_t size)
{
	gint fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	gboolean listens = fd >= 0 && connect(fd, address, size) == 0;

	if (fd >= 0)
		close(fd);
	return listens;
}

static gboolean
bind_and_listen(gint fd, const struct sockaddr *address, socklen_t size)
{
	const gint on = 1;

	if (address->sa_family == AF_UNIX) {
		const struct sockaddr_un *place = (const void *)address;
		struct stat status;

		if (lstat(place->sun_path, &status) == 0 && S_ISSOCK(status.st_mode) &&
		    !somebody_listens(address, size))
			(void)unlink(place->sun_path);
	} else {
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	}
	if (bind(fd, address, size) != 0)
		return FALSE;
	/* a proxy of the same group comes in, nobody else */
	if (address->sa_family == AF_UNIX)
		(void)chmod(((const struct sockaddr_un *)(const void *)address)->sun_path, 0660);
	return listen(fd, CM_HTTP_LISTENER_BACKLOG) == 0;
}

static guint16
read_port(gint fd)
{
	struct sockaddr_storage storage = {0};
	socklen_t size = sizeof(storage);
	g_autoptr(GSocketAddress) address = NULL;

	if (getsockname(fd, (struct sockaddr *)&storage, &size) != 0)
		return 0;
	address = g_socket_address_new_from_native(&storage, size);
	return G_IS_INET_SOCKET_ADDRESS(address)
		   ? g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address))
		   : 0;
}

gint
cm_http_listener_open(const gchar *where, guint16 *out_port, gchar **out_path, GError **error)
{
	g_autoptr(GSocketAddress) address = read_place(where);
	struct sockaddr_storage storage = {0};
	gssize size = address != NULL ? g_socket_address_get_native_size(address) : 0;
	gint fd = -1;

	if (address == NULL ||
	    !g_socket_address_to_native(address, &storage, sizeof(storage), NULL)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is no place to listen at."),
			     where, NULL);
		return -1;
	}
	fd = socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || !bind_and_listen(fd, (const struct sockaddr *)&storage, (socklen_t)size)) {
		cm_error_set(error, CM_ERROR_FAILED, N_("Can't listen at {0}: {1}"), where,
			     g_strerror(errno), NULL);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*out_port = read_port(fd);
	*out_path = *where == '/' ? g_strdup(where) : NULL;
	return fd;
}
