// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/peer-door.h"

#include "daemon/bus/courier-adaptor.h"
#include "include/cm-dbus-courier.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const gchar *const methods[] = {"GetMailbox", NULL};

typedef struct {
	gchar *folder;
	gchar *socket;
	CmDBusCourier *object;
	CmPeerDoor *door;
	guint calls;
	guint came;
	guint gone;
} Fixture;

static gboolean
handle_get_mailbox(CmDBusCourier *object,
		   GDBusMethodInvocation *invocation,
		   const gchar *name,
		   gpointer user_data)
{
	Fixture *fixture = user_data;

	fixture->calls++;
	cm_dbus_courier_complete_get_mailbox(object, invocation, 3, strlen(name));
	return TRUE;
}

/* it is to be refused before it comes here */
static gboolean
handle_deliver(CmDBusCourier *object,
	       GDBusMethodInvocation *invocation,
	       GUnixFDList *descriptors,
	       const gchar *mailbox,
	       guint64 validity,
	       guint64 uid,
	       GVariant *document,
	       gpointer user_data)
{
	g_assert_not_reached();
}

static void
on_came(GDBusConnection *peer, gpointer user_data)
{
	((Fixture *)user_data)->came++;
}

static void
on_gone(GDBusConnection *peer, gpointer user_data)
{
	((Fixture *)user_data)->gone++;
}

static CmPeerDoor *
open_door(Fixture *fixture, guint32 uid, GError **error)
{
	const CmPeerDoorInside inside = {.path = CM_COURIER_OBJECT_PATH,
					 .skeleton = G_DBUS_INTERFACE_SKELETON(fixture->object),
					 .methods = methods,
					 .came = on_came,
					 .gone = on_gone,
					 .user_data = fixture};

	return cm_peer_door_new(fixture->socket, uid, &inside, error);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
	fixture->folder = g_dir_make_tmp("comodal-test-XXXXXX", NULL);
	fixture->socket = g_build_filename(fixture->folder, "socket", NULL);
	fixture->object = cm_dbus_courier_skeleton_new();
	g_signal_connect(fixture->object, "handle-get-mailbox", G_CALLBACK(handle_get_mailbox),
			 fixture);
	g_signal_connect(fixture->object, "handle-deliver", G_CALLBACK(handle_deliver), fixture);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
	g_clear_pointer(&fixture->door, cm_peer_door_free);
	/* its socket went with it */
	g_assert_false(g_file_test(fixture->socket, G_FILE_TEST_EXISTS));
	g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
	g_object_unref(fixture->object);
	g_free(fixture->socket);
	g_free(fixture->folder);
}

/* ---- a client, on a thread of its own: the door is served by the main loop */

typedef struct {
	const gchar *socket;
	const gchar *path;
	const gchar *interface;
	const gchar *method;
	GVariant *arguments;
	gboolean connected;
	GVariant *answer;
	gchar *error_name;
	gint done;
} Visit;

static gpointer
visit_run(gpointer data)
{
	Visit *visit = data;
	g_autofree gchar *address = g_strconcat("unix:path=", visit->socket, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusConnection) connection = g_dbus_connection_new_for_address_sync(
	    address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, &error);

	visit->connected = connection != NULL;
	if (connection != NULL)
		visit->answer = g_dbus_connection_call_sync(
		    connection, NULL, visit->path, visit->interface, visit->method,
		    visit->arguments, NULL, G_DBUS_CALL_FLAGS_NONE, 10000, NULL, &error);
	if (error != NULL)
		visit->error_name = g_dbus_error_get_remote_error(error);
	if (connection != NULL)
		(void)g_dbus_connection_close_sync(connection, NULL, NULL);
	g_atomic_int_set(&visit->done, 1);
	g_main_context_wakeup(NULL);
	return NULL;
}

static void
visit_pay(Visit *visit)
{
	GThread *thread = g_thread_new("visitor", visit_run, visit);

	while (g_atomic_int_get(&visit->done) == 0)
		g_main_context_iteration(NULL, TRUE);
	g_thread_join(thread);
}

static void
visit_clear(Visit *visit)
{
	g_clear_pointer(&visit->answer, g_variant_unref);
	g_free(visit->error_name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Visit, visit_clear)

/* ---- tests */

static void
test_peer_door_serves(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Visit) visit = {.socket = fixture->socket,
			       .path = CM_COURIER_OBJECT_PATH,
			       .interface = CM_COURIER_INTERFACE,
			       .method = "GetMailbox",
			       .arguments = g_variant_new("(s)", "inbox")};
	guint64 validity = 0;
	guint64 uid = 0;

	fixture->door = open_door(fixture, getuid(), &error);
	g_assert_no_error(error);
	visit_pay(&visit);
	g_assert_true(visit.connected);
	g_assert_nonnull(visit.answer);
	g_variant_get(visit.answer, "(tt)", &validity, &uid);
	g_assert_cmpuint(validity, ==, 3);
	g_assert_cmpuint(uid, ==, strlen("inbox"));
	while (fixture->gone == 0)
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpuint(fixture->came, ==, 1);
	g_assert_cmpuint(cm_peer_door_count(fixture->door), ==, 0);
}

static void
check_refused(Fixture *fixture,
	      const gchar *path,
	      const gchar *interface,
	      const gchar *method,
	      GVariant *arguments)
{
	g_auto(Visit) visit = {.socket = fixture->socket,
			       .path = path,
			       .interface = interface,
			       .method = method,
			       .arguments = arguments};

	visit_pay(&visit);
	g_assert_true(visit.connected);
	g_assert_null(visit.answer);
	g_assert_cmpstr(visit.error_name, ==, CM_ERROR_NAME_PREFIX "AccessDenied");
}

static void
test_peer_door_refuses_calls(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	const gchar *path = CM_COURIER_OBJECT_PATH;

	fixture->door = open_door(fixture, getuid(), &error);
	g_assert_no_error(error);
	/* offered by the object, not on the list */
	check_refused(fixture, path, CM_COURIER_INTERFACE, "Deliver",
		      g_variant_new("(stth)", "inbox", (guint64)1, (guint64)1, 0));
	check_refused(fixture, path, CM_COURIER_INTERFACE, "Nothing", NULL);
	check_refused(fixture, "/", CM_COURIER_INTERFACE, "GetMailbox",
		      g_variant_new("(s)", "inbox"));
	check_refused(fixture, path, "org.freedesktop.DBus.Introspectable", "Introspect", NULL);
	check_refused(fixture, path, "org.freedesktop.DBus.Peer", "GetMachineId", NULL);
	check_refused(fixture, path, "org.freedesktop.DBus.Properties", "GetAll",
		      g_variant_new("(s)", CM_COURIER_INTERFACE));
	g_assert_cmpuint(fixture->calls, ==, 0);
}

static void
test_peer_door_refuses_user(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Visit) visit = {.socket = fixture->socket,
			       .path = CM_COURIER_OBJECT_PATH,
			       .interface = CM_COURIER_INTERFACE,
			       .method = "GetMailbox",
			       .arguments = g_variant_ref_sink(g_variant_new("(s)", "inbox"))};

	g_test_expect_message("comodal", G_LOG_LEVEL_MESSAGE, "*another user*");
	fixture->door = open_door(fixture, getuid() + 1, &error);
	g_assert_no_error(error);
	visit_pay(&visit);
	g_assert_false(visit.connected);
	g_assert_cmpuint(fixture->came, ==, 0);
	g_test_assert_expected_messages();
	g_variant_unref(visit.arguments);
}

static void
test_peer_door_takes_old_place(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocket) old = g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
					      G_SOCKET_PROTOCOL_DEFAULT, NULL);
	g_autoptr(GSocketAddress) address = g_unix_socket_address_new(fixture->socket);
	CmPeerDoor *second = NULL;

	/* left by a process that was killed */
	g_assert_true(g_socket_bind(old, address, FALSE, NULL));
	g_assert_true(g_socket_close(old, NULL));
	g_assert_true(g_file_test(fixture->socket, G_FILE_TEST_EXISTS));
	fixture->door = open_door(fixture, getuid(), &error);
	g_assert_no_error(error);
	/* and one that listens is not pushed away */
	second = open_door(fixture, getuid(), &error);
	g_assert_null(second);
	g_assert_true(cm_error_is(error, CM_ERROR_EXISTS));
	g_assert_true(g_file_test(fixture->socket, G_FILE_TEST_EXISTS));
}

static void
check_no_door(Fixture *fixture, guint32 uid)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(open_door(fixture, uid, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_FAILED));
}

static void
test_peer_door_refuses_place(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *file = g_build_filename(fixture->folder, "socket", NULL);

	g_assert_true(g_file_set_contents(file, "kept", -1, NULL));
	check_no_door(fixture, getuid());
	g_assert_true(g_file_test(file, G_FILE_TEST_IS_REGULAR));
	g_unlink(file);
	g_assert_cmpint(g_chmod(fixture->folder, 0750), ==, 0);
	check_no_door(fixture, getuid());
	g_assert_cmpint(g_chmod(fixture->folder, 0751), ==, 0);
	check_no_door(fixture, getuid() + 1);
	g_assert_cmpint(g_chmod(fixture->folder, 0770), ==, 0);
	check_no_door(fixture, getuid() + 1);
}

/* the table of comodald's end is the contract's, no more and no less */
static void
test_peer_door_lists_contract(Fixture *fixture, gconstpointer data)
{
	const GDBusInterfaceInfo *info = cm_dbus_courier_interface_info();
	const gchar *const *listed = cm_courier_adaptor_get_methods();
	guint count = 0;

	for (; info->methods[count] != NULL; count++)
		g_assert_true(g_strv_contains(listed, info->methods[count]->name));
	g_assert_cmpuint(g_strv_length((gchar **)listed), ==, count);
	g_assert_null(info->properties);
}

int
main(int argc, char **argv)
{
	static const struct {
		const gchar *name;
		void (*run)(Fixture *, gconstpointer);
	} tests[] = {{"/peer-door/serves", test_peer_door_serves},
		     {"/peer-door/refuses-calls", test_peer_door_refuses_calls},
		     {"/peer-door/refuses-user", test_peer_door_refuses_user},
		     {"/peer-door/takes-old-place", test_peer_door_takes_old_place},
		     {"/peer-door/refuses-place", test_peer_door_refuses_place},
		     {"/peer-door/lists-contract", test_peer_door_lists_contract}};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
