// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* The other way in: a private socket, for one program of ours that runs as one user. It speaks D-Bus without a bus between. Whoever
 * connects is held against that user (EXTERNAL, and the kernel's own word of who connected), and each call against a list of methods:
 * whatever is not on it is refused, also what any D-Bus object offers (Introspectable, Properties, Peer). Main loop only. */

/* programs at a time; one more is turned away */
#define CM_PEER_DOOR_PEERS_MAX 4

typedef struct _CmPeerDoor CmPeerDoor;

/* Who has come, or gone; the connection tells one from the other. */
typedef void (*CmPeerDoorPeer)(GDBusConnection *peer, gpointer user_data);

/* What stands behind a door. */
typedef struct {
	const gchar *path; /* of its one object */
	GDBusInterfaceSkeleton *skeleton;
	const gchar *const
	    *methods; /* of the skeleton's interface, that may be called; ended by NULL, static */
	CmPeerDoorPeer came; /* may be NULL */
	CmPeerDoorPeer
	    gone; /* may be NULL; not called for those still there when the door is freed */
	gpointer user_data;
} CmPeerDoorInside;

/* Listen at `socket`, a path, for programs of the user `uid` alone. Its folder is made (one level, 0700) when it is not there;
 * one that others may write to is refused, and, where `uid` is another user than this process's, one that everybody may enter. A
 * socket that nobody listens at any more is removed first. Errors: CM_ERROR_FAILED; CM_ERROR_EXISTS when another process listens there.
 * Returns: (transfer full) */
CmPeerDoor *
cm_peer_door_new(const gchar *socket, guint32 uid, const CmPeerDoorInside *inside, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Closes every connection and removes the socket. */
void
cm_peer_door_free(CmPeerDoor *door);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPeerDoor, cm_peer_door_free)

/* Of one that has come: each has a number of its own, from 1, behind one door. 0: it never came. */
guint64
cm_peer_door_get_number(GDBusConnection *peer);
guint64
cm_peer_door_get_caller(GDBusMethodInvocation *invocation);

/* Answer a call by an error, and log it as a method of `side`, "Gateway". */
void
cm_peer_door_refuse(const gchar *side,
		    guint32 uid,
		    GDBusMethodInvocation *invocation,
		    const GError *error);

/* How many are there now. */
guint
cm_peer_door_count(const CmPeerDoor *door);
