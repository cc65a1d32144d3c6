// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/authorization.h"

#include "include/cm-error.h"
#include "include/cm-names.h"

#include <gio/gio.h>

/* the contract itself, not what was generated from it */
static GDBusNodeInfo *
read_contract(void)
{
	g_autofree gchar *path = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "include",
						  "org.comodal.Comodal1.xml", NULL);
	g_autofree gchar *text = NULL;
	g_autoptr(GError) error = NULL;
	GDBusNodeInfo *node = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, &error));
	node = g_dbus_node_info_new_for_xml(text, &error);
	g_assert_no_error(error);
	return node;
}

static void
test_authorization_lists_contract(void)
{
	g_autoptr(GDBusNodeInfo) node = read_contract();
	guint members = 0;

	for (guint i = 0; node->interfaces[i] != NULL; i++) {
		const GDBusInterfaceInfo *interface = node->interfaces[i];

		for (guint m = 0; interface->methods != NULL && interface->methods[m] != NULL;
		     m++) {
			members++;
			if (cm_authorization_lookup(interface->name, interface->methods[m]->name,
						    CM_MEMBER_METHOD) == NULL)
				g_test_fail_printf("%s.%s() is not in the table", interface->name,
						   interface->methods[m]->name);
		}
		for (guint p = 0; interface->properties != NULL && interface->properties[p] != NULL;
		     p++) {
			members++;
			/* security is not something to set over the bus */
			g_assert_cmpint(interface->properties[p]->flags, ==,
					G_DBUS_PROPERTY_INFO_FLAGS_READABLE);
			if (cm_authorization_lookup(interface->name, interface->properties[p]->name,
						    CM_MEMBER_PROPERTY) == NULL)
				g_test_fail_printf("%s.%s is not in the table", interface->name,
						   interface->properties[p]->name);
		}
	}
	g_assert_cmpuint(members, >, 20);
}

static gboolean
is_in_contract(const GDBusNodeInfo *node, const CmAuthorizationRow *row)
{
	g_autofree gchar *name = g_strconcat(CM_INTERFACE_PREFIX, row->interface, NULL);
	GDBusInterfaceInfo *interface =
	    g_dbus_node_info_lookup_interface((GDBusNodeInfo *)node, name);

	if (interface == NULL)
		return FALSE;
	if (row->kind == CM_MEMBER_METHOD)
		return g_dbus_interface_info_lookup_method(interface, row->member) != NULL;
	return g_dbus_interface_info_lookup_property(interface, row->member) != NULL;
}

static void
test_authorization_lists_nothing_else(void)
{
	g_autoptr(GDBusNodeInfo) node = read_contract();
	gsize count = 0;
	const CmAuthorizationRow *rows = cm_authorization_get_rows(&count);

	for (gsize i = 0; i < count; i++) {
		if (!is_in_contract(node, &rows[i]))
			g_test_fail_printf("%s.%s is not in the contract", rows[i].interface,
					   rows[i].member);
		if (cm_authorization_lookup(rows[i].interface, rows[i].member, rows[i].kind) !=
		    &rows[i])
			g_test_fail_printf("%s.%s stands twice", rows[i].interface, rows[i].member);
		/* a row for no role is a row forgotten */
		g_assert_cmpuint(rows[i].roles, !=, 0);
	}
}

static void
check(const gchar *interface, const gchar *member, CmMemberKind kind, guint roles, gboolean allowed)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_authorization_check(interface, member, kind, roles, &error) == allowed);
	if (allowed)
		g_assert_no_error(error);
	else
		g_assert_true(cm_error_is(error, CM_ERROR_ACCESS_DENIED));
}

static void
test_authorization_checks(void)
{
	const gchar *planner = CM_INTERFACE_PREFIX "Planner";
	const gchar *manager = CM_INTERFACE_PREFIX "Manager";

	check(planner, "Publish", CM_MEMBER_METHOD, CM_ROLE_COORDINATOR, TRUE);
	check(planner, "Publish", CM_MEMBER_METHOD, CM_ROLE_HELPER | CM_ROLE_ADMINISTRATOR, TRUE);
	check(planner, "Publish", CM_MEMBER_METHOD, CM_ROLE_PROFESSIONAL | CM_ROLE_HELPER, FALSE);
	check(planner, "Publish", CM_MEMBER_METHOD, 0, FALSE);
	check(CM_INTERFACE_PREFIX "Policy", "Reload", CM_MEMBER_METHOD, CM_ROLE_COORDINATOR, FALSE);
	/* what is not listed is refused to everyone */
	check(planner, "PublishAll", CM_MEMBER_METHOD, CM_ROLES_ALL, FALSE);
	check("org.comodal.Other", "Publish", CM_MEMBER_METHOD, CM_ROLES_ALL, FALSE);
	check(planner, "Publish", CM_MEMBER_PROPERTY, CM_ROLES_ALL, FALSE);
	check(manager, "Version", CM_MEMBER_PROPERTY, 0, TRUE);
	check(manager, "GetStatus", CM_MEMBER_METHOD, 0, FALSE);
	check(manager, "GetStatus", CM_MEMBER_METHOD, CM_ROLE_HELPER, TRUE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/authorization/lists-contract", test_authorization_lists_contract);
	g_test_add_func("/authorization/lists-nothing-else", test_authorization_lists_nothing_else);
	g_test_add_func("/authorization/checks", test_authorization_checks);
	return g_test_run();
}
