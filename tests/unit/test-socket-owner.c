// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/socket-owner.h"

#include <gio/gio.h>
#include <unistd.h>

/* Whose a connection on this machine is. */

#define HEAD                                                                                       \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "      \
	"timeout inode\n"
/* 127.0.0.1:40000 to 127.0.0.1:8080, and its other end, which is the server's */
#define CLIENT(state, uid)                                                                         \
	"   1: 0100007F:9C40 0100007F:1F90 " state " 00000000:00000000 00:00000000 00000000  " uid \
	"        0 4711 1 0000000000000000 20 4 30 10 -1\n"
#define SERVER                                                                                     \
	"   0: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0       " \
	" "                                                                                        \
	"0 4712 1 0000000000000000 20 4 30 10 -1\n"
#define ELSEWHERE                                                                                  \
	"   2: 0200007F:9C40 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1007       " \
	" "                                                                                        \
	"0 4713 1 0000000000000000 20 4 30 10 -1\n"

static void
test_found(void)
{
	guint32 uid = 0;

	g_assert_true(cm_socket_owner_find(HEAD SERVER CLIENT("01", "1005"), 40000, 8080, &uid));
	g_assert_cmpuint(uid, ==, 1005);
	/* it has sent all that it will: it still waits for the answer */
	g_assert_true(cm_socket_owner_find(HEAD CLIENT("08", "1006"), 40000, 8080, &uid));
	g_assert_cmpuint(uid, ==, 1006);
	g_assert_true(cm_socket_owner_find(HEAD CLIENT("01", "4294967294"), 40000, 8080, &uid));
	g_assert_cmpuint(uid, ==, 4294967294u);
}

/* what nobody's is, is never taken for root's */
static void
test_not_found(void)
{
	static const gchar *const tables[] = {
	    "",
	    HEAD,
	    HEAD SERVER,
	    HEAD ELSEWHERE,
	    HEAD CLIENT("06", "0"), /* TIME_WAIT: the table says 0 of whoever it was */
	    HEAD CLIENT("02", "1005"),
	    HEAD CLIENT("01", "-1"),
	    HEAD CLIENT("01", "4294967296"),
	    HEAD CLIENT("zz", "1005"),
	    "   1: 0100007F:9C40 0100007F:1F90 01\n",
	    "   1: 0100007F:9C401 0100007F:1F90 01 0 0 0 1005 0\n",
	};

	for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
		guint32 uid = 77;

		g_test_message("case %u", i);
		g_assert_false(cm_socket_owner_find(tables[i], 40000, 8080, &uid));
		g_assert_cmpuint(uid, ==, 77);
	}
}

static guint16
get_port(GSocket *socket, gboolean local)
{
	g_autoptr(GSocketAddress) address = local ? g_socket_get_local_address(socket, NULL)
						  : g_socket_get_remote_address(socket, NULL);

	return g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address));
}

/* the machine's own table */
static void
test_machine(void)
{
	g_autoptr(GSocketListener) listener = g_socket_listener_new();
	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
	g_autoptr(GSocketAddress) bound = NULL;
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketConnection) connection = NULL;
	g_autoptr(GError) error = NULL;
	guint32 uid = G_MAXUINT32;
	guint16 from = 0;
	guint16 to = 0;

	g_assert_true(g_socket_listener_add_address(listener, any, G_SOCKET_TYPE_STREAM,
						    G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error));
	g_assert_no_error(error);
	connection = g_socket_client_connect(client, G_SOCKET_CONNECTABLE(bound), NULL, &error);
	g_assert_no_error(error);
	from = get_port(g_socket_connection_get_socket(connection), TRUE);
	to = get_port(g_socket_connection_get_socket(connection), FALSE);
	g_assert_true(cm_socket_owner_look_up(from, to, &uid));
	g_assert_cmpuint(uid, ==, getuid());
	g_assert_false(cm_socket_owner_look_up(from, (guint16)(to + 1), &uid));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/socket-owner/found", test_found);
	g_test_add_func("/socket-owner/not-found", test_not_found);
	g_test_add_func("/socket-owner/machine", test_machine);
	return g_test_run();
}
