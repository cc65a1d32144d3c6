// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/accounts.h"
#include "daemon/bus/callers.h"

/* The one way in. GDBus's own `g-authorize-method` runs in a thread a call; here every call to an exported interface, method or
 * property, waits on the main loop for its caller's uid, is held against the authorization table, and only then reaches the
 * interface's skeleton. */

typedef struct _CmDoor CmDoor;

/* The callers and accounts are not taken and must outlive the door. */
CmDoor *
cm_door_new(GDBusConnection *connection, CmCallers *callers, CmAccounts *accounts);
/* Takes back what it has exported. */
void
cm_door_free(CmDoor *door);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmDoor, cm_door_free)

/* Put a skeleton's interface at `path`, for whoever is allowed. (Do not g_dbus_interface_skeleton_export() it.) */
gboolean
cm_door_export(CmDoor *door, GDBusInterfaceSkeleton *skeleton, const gchar *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Check one call, then give it to the skeleton. For objects that are registered elsewhere (jobs). Takes the invocation, which
 * may be of a property (org.freedesktop.DBus.Properties, when the registration's vtable has no get_property). */
void
cm_door_admit(CmDoor *door, GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation);

/* The uid of whoever made a call that came through the door. */
guint
cm_door_get_uid(GDBusMethodInvocation *invocation);

/* Who made it, and what is theirs; as long as the invocation. (transfer none) */
const CmCaller *
cm_door_get_caller(GDBusMethodInvocation *invocation);
