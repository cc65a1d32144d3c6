// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/common/person-place.h"

#include "include/cm-names.h"

#define DBUS_NAME "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"
#define TIMEOUT_MSEC 30000

gchar *
cm_person_place_dup_folder(gboolean session)
{
	const gchar *given = g_getenv(CM_ENV_DATA_DIR);

	if (given != NULL && *given != '\0')
		return g_canonicalize_filename(given, NULL);
	return g_build_filename(g_get_user_data_dir(), session ? "comodal-session" : "comodal",
				NULL);
}

gchar *
cm_person_place_dup_bus(GDBusConnection *bus, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GVariant) answer = g_dbus_connection_call_sync(
	    bus, DBUS_NAME, DBUS_PATH, DBUS_NAME, "GetId", NULL, G_VARIANT_TYPE("(s)"),
	    G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MSEC, NULL, &local);
	const gchar *id = NULL;

	if (answer != NULL)
		g_variant_get(answer, "(&s)", &id);
	/* it becomes a part of a path */
	if (id != NULL && g_dbus_is_guid(id))
		return g_strdup(id);
	g_set_error(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER, "GetId: %s",
		    local != NULL ? local->message : "no bus says that of itself");
	return NULL;
}

gchar *
cm_person_place_dup_socket(const gchar *bus)
{
	g_autofree gchar *name =
	    bus != NULL ? g_strconcat(CM_AGENT_SOCKET "-", bus, NULL) : g_strdup(CM_AGENT_SOCKET);

	return g_build_filename(g_get_user_runtime_dir(), CM_AGENT_SOCKET_FOLDER, name, NULL);
}
