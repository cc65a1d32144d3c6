// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What a browser says on the socket of a room (docs/room.md, comodal-signal/1), read as the word of an enemy: of bounded length and
 * depth, of known types with known members only. What is passed on is written anew from what was read, never copied. Pure. */

#define CM_ROOM_MESSAGE_MAX 32768         /* octets of a message */
#define CM_ROOM_MESSAGE_SDP_MAX 24576     /* octets of a session description */
#define CM_ROOM_MESSAGE_CANDIDATE_MAX 512 /* octets of a candidate, and of what names its part */
#define CM_ROOM_MESSAGE_INSTANCE_MAX 40   /* characters a page gives itself for a name */

typedef enum {
	CM_ROOM_MESSAGE_HELLO,       /* the first one: which page this is */
	CM_ROOM_MESSAGE_DESCRIPTION, /* to one other: an offer or an answer */
	CM_ROOM_MESSAGE_CANDIDATE,   /* to one other: where one may be reached */
	CM_ROOM_MESSAGE_STATE, /* to all: microphone, camera, screen on or off, gone over to the telephone */
	CM_ROOM_MESSAGE_PING,   /* answered at once */
	CM_ROOM_MESSAGE_REPORT, /* for comodald: whether the room works */
	CM_ROOM_MESSAGE_LEAVE,  /* goes away and does not come back */
} CmRoomMessageType;

typedef struct {
	CmRoomMessageType type;
	guint64 to;         /* DESCRIPTION, CANDIDATE: number of who it is for */
	gchar *instance;    /* HELLO */
	gchar *description; /* DESCRIPTION: "offer" or "answer" */
	gchar *sdp;         /* DESCRIPTION */
	gchar *candidate;   /* CANDIDATE; NULL: there are no more */
	gchar *mid;         /* CANDIDATE; or NULL */
	gint64 line;        /* CANDIDATE: sdpMLineIndex; -1: not said */
	gchar *fragment;    /* CANDIDATE: usernameFragment; or NULL */
	gboolean microphone, camera, screen, phone; /* STATE */
	gboolean works;                             /* REPORT */
} CmRoomMessage;

void
cm_room_message_free(CmRoomMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomMessage, cm_room_message_free)

/* Read the `length` octets at `text`. NULL: it is nothing that may be said, whatever is wrong with it. Returns: (transfer full) */
CmRoomMessage *
cm_room_message_read(const gchar *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;

/* What reaches the other of a DESCRIPTION or CANDIDATE that `from` sent. Returns: (transfer full) */
gchar *
cm_room_message_relay(const CmRoomMessage *message, guint64 from) G_GNUC_WARN_UNUSED_RESULT;
