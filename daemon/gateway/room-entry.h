// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What comodald said when somebody entered: a comodal-room/1 document (docs/formats.md), checked and taken apart. It holds secrets:
 * never in a log. Pure. */

#define CM_ROOM_ENTRY_MAX 65536   /* octets of the document */
#define CM_ROOM_ENTRY_PEERS_MAX 4 /* of a built-in room: each sends to each */

typedef struct {
	guint64 subject, turn;
	guint64 visit; /* one's own; 0: not said */
	gchar *kind;   /* "builtin", "janus", "jitsi", "bbb", "fixed", "phone" */
	gchar *role;   /* "guest", "interpreter", "host", "helper" */
	gchar *name;   /* what the others see */
	gchar *seat;   /* of this visit; nobody else knows it */
	guint peers_max;
	gchar *ice;        /* builtin: a JSON array of RTCIceServer; "[]" for none */
	gchar *ice_policy; /* builtin: "all" or "relay" */
	gchar *janus;      /* janus: a JSON object, as the browser's client takes it; or NULL */
	gchar *url;        /* jitsi, bbb, fixed: https; or NULL */
	gchar *phone;      /* or NULL */
} CmRoomEntry;

void
cm_room_entry_free(CmRoomEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomEntry, cm_room_entry_free)

/* Read such a document. CM_ERROR_INVALID_INPUT: it is none, whatever is wrong with it. Returns: (transfer full) */
CmRoomEntry *
cm_room_entry_read(const gchar *text, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the gateway passes messages between those who are in such a room. */
gboolean
cm_room_entry_relays(const CmRoomEntry *entry);
