// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* The other end of a private socket of comodald's (daemon/bus/peer-door.h), in a program of ours without a bus: connected, and again when
 * it was lost, later and later. Main loop only. */

#define CM_PEER_LINK_RETRY_SECONDS_MAX 15

typedef struct _CmPeerLink CmPeerLink;

/* What happens to it. None is called after it is freed. */
typedef struct {
	void (*up)(GDBusConnection *connection, gpointer user_data);
	void (*down)(gpointer user_data);
} CmPeerLinkEvents;

/* `socket`: a path; `events` is copied. Begins to connect. Returns: (transfer full) */
CmPeerLink *
cm_peer_link_new(const gchar *socket, const CmPeerLinkEvents *events, gpointer user_data);

/* What was sent last is sent. */
void
cm_peer_link_free(CmPeerLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPeerLink, cm_peer_link_free)

/* NULL: it is down. (transfer none) */
GDBusConnection *
cm_peer_link_get_connection(const CmPeerLink *link);

/* A call has failed: what is not comodald's own answer (no answer in time, say) ends the connection, which is then made anew. */
void
cm_peer_link_judge(CmPeerLink *link, const GError *error);
