// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/door.h"

#include "daemon/bus/authorization.h"
#include "daemon/bus/logging.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

#define UID_KEY "cm-uid"
#define CALLER_KEY "cm-caller"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

struct _CmDoor {
	GDBusConnection *connection;
	CmCallers *callers;
	CmAccounts *accounts;
	GArray *registrations; /* guint */
};

typedef struct {
	CmDoor *door;
	GDBusInterfaceSkeleton *skeleton;
	GDBusMethodInvocation *invocation;
} Knock;

static void
knock_free(Knock *knock)
{
	g_object_unref(knock->skeleton);
	g_free(knock);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Knock, knock_free)

static void
knock_refuse(Knock *knock, guint uid, const GError *error)
{
	g_autofree gchar *method =
	    g_strdup_printf("%s.%s", g_dbus_method_invocation_get_interface_name(knock->invocation),
			    g_dbus_method_invocation_get_method_name(knock->invocation));

	cm_logging_report_error(method, NULL, uid, error);
	g_dbus_method_invocation_return_gerror(knock->invocation, error);
}

static void
knock_get_property(Knock *knock, guint uid, guint roles)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) value = NULL;
	GDBusInterfaceVTable *vtable = g_dbus_interface_skeleton_get_vtable(knock->skeleton);
	GVariant *parameters = g_dbus_method_invocation_get_parameters(knock->invocation);
	const gchar *interface = NULL;
	const gchar *property = NULL;

	g_variant_get(parameters, "(&s&s)", &interface, &property);
	if (!cm_authorization_check(interface, property, CM_MEMBER_PROPERTY, roles, &error)) {
		knock_refuse(knock, uid, error);
		return;
	}
	value = vtable->get_property(g_dbus_method_invocation_get_connection(knock->invocation),
				     g_dbus_method_invocation_get_sender(knock->invocation),
				     g_dbus_method_invocation_get_object_path(knock->invocation),
				     interface, property, &error, knock->skeleton);
	if (value == NULL)
		knock_refuse(knock, uid, error);
	else
		g_dbus_method_invocation_return_value(knock->invocation,
						      g_variant_new("(v)", value));
}

/* those that the table lists for these roles; refused when there is none */
static void
knock_get_all(Knock *knock, guint uid, guint roles)
{
	g_autoptr(GVariant) all = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(GVariantDict) allowed = G_VARIANT_DICT_INIT(NULL);
	GVariant *parameters = g_dbus_method_invocation_get_parameters(knock->invocation);
	const gchar *interface = NULL;
	const gchar *name = NULL;
	GVariant *value = NULL;
	GVariantIter iter;
	guint count = 0;

	g_variant_get(parameters, "(&s)", &interface);
	/* ours and not floating, whatever its documentation says */
	all = g_dbus_interface_skeleton_get_properties(knock->skeleton);
	g_variant_iter_init(&iter, all);
	while (g_variant_iter_next(&iter, "{&sv}", &name, &value)) {
		g_clear_error(&error);
		if (cm_authorization_check(interface, name, CM_MEMBER_PROPERTY, roles, &error)) {
			g_variant_dict_insert_value(&allowed, name, value);
			count++;
		}
		g_variant_unref(value);
	}
	if (count == 0 && error != NULL) {
		knock_refuse(knock, uid, error);
		return;
	}
	g_dbus_method_invocation_return_value(
	    knock->invocation, g_variant_new("(@a{sv})", g_variant_dict_end(&allowed)));
}

static void
knock_call_method(Knock *knock, guint uid, guint roles)
{
	g_autoptr(GError) error = NULL;
	GDBusInterfaceVTable *vtable = g_dbus_interface_skeleton_get_vtable(knock->skeleton);
	GDBusMethodInvocation *invocation = knock->invocation;
	const gchar *interface = g_dbus_method_invocation_get_interface_name(invocation);
	const gchar *method = g_dbus_method_invocation_get_method_name(invocation);

	if (!cm_authorization_check(interface, method, CM_MEMBER_METHOD, roles, &error)) {
		knock_refuse(knock, uid, error);
		return;
	}
	vtable->method_call(g_dbus_method_invocation_get_connection(invocation),
			    g_dbus_method_invocation_get_sender(invocation),
			    g_dbus_method_invocation_get_object_path(invocation), interface, method,
			    g_dbus_method_invocation_get_parameters(invocation), invocation,
			    knock->skeleton);
}

/* A caller may have left while its roles were looked up. Whoever is told of those who leave has been told already: a job begun
 * now would never be forgotten. */
static gboolean
knock_is_heard(const Knock *knock, GError **error)
{
	const gchar *sender = g_dbus_method_invocation_get_sender(knock->invocation);

	if (cm_callers_has(knock->door->callers, sender))
		return TRUE;
	cm_error_set(error, CM_ERROR_ACCESS_DENIED, N_("The bus does not know the caller."), NULL);
	return FALSE;
}

static void
door_found_caller(const CmCaller *caller, const GError *error, gpointer user_data)
{
	g_autoptr(Knock) knock = user_data;
	GDBusMethodInvocation *invocation = knock->invocation;
	const gchar *method = g_dbus_method_invocation_get_method_name(invocation);
	guint uid = cm_door_get_uid(invocation);
	g_autoptr(GError) gone = NULL;

	if (error != NULL) {
		knock_refuse(knock, uid, error);
		return;
	}
	if (!knock_is_heard(knock, &gone)) {
		knock_refuse(knock, uid, gone);
		return;
	}
	g_object_set_data_full(G_OBJECT(invocation), CALLER_KEY, cm_caller_ref(caller),
			       (GDestroyNotify)cm_caller_unref);
	if (!g_str_equal(g_dbus_method_invocation_get_interface_name(invocation),
			 PROPERTIES_INTERFACE))
		knock_call_method(knock, uid, caller->roles);
	else if (g_str_equal(method, "Get"))
		knock_get_property(knock, uid, caller->roles);
	else
		knock_get_all(knock, uid, caller->roles);
}

static void
door_found_uid(guint uid, const GError *error, gpointer user_data)
{
	Knock *knock = user_data;

	if (error != NULL) {
		knock_refuse(knock, uid, error);
		knock_free(knock);
		return;
	}
	g_object_set_data(G_OBJECT(knock->invocation), UID_KEY, GUINT_TO_POINTER(uid));
	cm_accounts_lookup(knock->door->accounts, uid, door_found_caller, knock);
}

void
cm_door_admit(CmDoor *door, GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation)
{
	Knock *knock = g_new0(Knock, 1);

	knock->door = door;
	knock->skeleton = g_object_ref(skeleton);
	knock->invocation = invocation;
	cm_callers_lookup(door->callers, g_dbus_method_invocation_get_sender(invocation),
			  door_found_uid, knock);
}

guint
cm_door_get_uid(GDBusMethodInvocation *invocation)
{
	return GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(invocation), UID_KEY));
}

const CmCaller *
cm_door_get_caller(GDBusMethodInvocation *invocation)
{
	return g_object_get_data(G_OBJECT(invocation), CALLER_KEY);
}

/* what a registered object's calls come with */
typedef struct {
	CmDoor *door;
	GDBusInterfaceSkeleton *skeleton;
} Exported;

static void
exported_free(gpointer data)
{
	Exported *exported = data;

	g_object_unref(exported->skeleton);
	g_free(exported);
}

static void
door_method_call(GDBusConnection *connection,
		 const gchar *sender,
		 const gchar *path,
		 const gchar *interface,
		 const gchar *method,
		 GVariant *parameters,
		 GDBusMethodInvocation *invocation,
		 gpointer user_data)
{
	Exported *exported = user_data;

	cm_door_admit(exported->door, exported->skeleton, invocation);
}

/* without get_property, reading a property is a call like any other */
static const GDBusInterfaceVTable door_vtable = {door_method_call, NULL, NULL, {NULL}};

gboolean
cm_door_export(CmDoor *door, GDBusInterfaceSkeleton *skeleton, const gchar *path, GError **error)
{
	Exported *exported = g_new0(Exported, 1);
	guint id = 0;

	exported->door = door;
	exported->skeleton = g_object_ref(skeleton);
	id = g_dbus_connection_register_object(door->connection, path,
					       g_dbus_interface_skeleton_get_info(skeleton),
					       &door_vtable, exported, exported_free, error);
	if (id == 0) {
		exported_free(exported);
		return FALSE;
	}
	g_array_append_val(door->registrations, id);
	return TRUE;
}

CmDoor *
cm_door_new(GDBusConnection *connection, CmCallers *callers, CmAccounts *accounts)
{
	CmDoor *door = g_new0(CmDoor, 1);

	door->connection = g_object_ref(connection);
	door->callers = callers;
	door->accounts = accounts;
	door->registrations = g_array_new(FALSE, FALSE, sizeof(guint));
	return door;
}

void
cm_door_free(CmDoor *door)
{
	if (door == NULL)
		return;
	for (guint i = 0; i < door->registrations->len; i++)
		g_dbus_connection_unregister_object(door->connection,
						    g_array_index(door->registrations, guint, i));
	g_array_unref(door->registrations);
	g_object_unref(door->connection);
	g_free(door);
}
