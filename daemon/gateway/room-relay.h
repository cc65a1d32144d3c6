// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/room-entry.h"
#include "daemon/gateway/room-message.h"

/* Who is in which room, and what one of them says to another (docs/room.md). It knows nothing of sockets: it is told what came on one and
 * says what goes out on which. Who somebody is comes from the entry that comodald gave, never from what they say; messages go to
 * those of the same subject and turn only. Times are in microseconds of one clock that never goes back. For one thread. */

#define CM_ROOM_RELAY_BURST 90            /* messages at once on one socket */
#define CM_ROOM_RELAY_RATE 18             /* messages a second for longer */
#define CM_ROOM_RELAY_OCTETS_BURST 524288 /* the same in octets */
#define CM_ROOM_RELAY_OCTETS_RATE 65536
#define CM_ROOM_RELAY_HELLO_SECONDS 10 /* a socket that has not said hello by then is closed */
#define CM_ROOM_RELAY_SILENCE_SECONDS                                                              \
	45 /* and one that has said nothing for that long: pages ping each 10 s */
#define CM_ROOM_RELAY_GRACE_SECONDS                                                                \
	30 /* somebody whose socket broke is still there that long: their phone changes networks */
#define CM_ROOM_RELAY_LINES_MAX 12 /* sockets of one room, with those that have not said hello */

/* Why a socket is closed; what the browser sees as the close event's code. */
typedef enum {
	CM_ROOM_CLOSE_MOVED = 4301,     /* the session goes on in another room */
	CM_ROOM_CLOSE_MALFORMED = 4400, /* what came may not be said */
	CM_ROOM_CLOSE_FULL = 4403,      /* as many as may be are there */
	CM_ROOM_CLOSE_SILENT = 4408,    /* nothing came for too long */
	CM_ROOM_CLOSE_REPLACED = 4409,  /* the same person came in again, elsewhere */
	CM_ROOM_CLOSE_OVER = 4410,      /* the session is over, or one may not be there any more */
	CM_ROOM_CLOSE_TOO_LARGE = 4413, /* a message that is too long */
	CM_ROOM_CLOSE_TOO_FAST = 4429,  /* too many messages */
} CmRoomClose;

typedef struct CmRoomRelay CmRoomRelay;
typedef struct CmRoomLine CmRoomLine; /* a socket */

typedef struct {
	/* Send a text message. */
	void (*send)(gpointer socket, const gchar *text, gsize length);
	/* Close it: what comes after that is not told to the relay any more, and nothing is sent. */
	void (*close)(gpointer socket, CmRoomClose why);
	/* Somebody in the room says whether it works for them. */
	void (*report)(gpointer socket, gboolean works);
	/* They went away for good, by saying so or by not coming back. The socket may be NULL. */
	void (*left)(gpointer data, guint64 subject, const gchar *seat);
	gpointer data;
} CmRoomRelayCalls;

CmRoomRelay *
cm_room_relay_new(const CmRoomRelayCalls *calls);

/* All sockets are to have been detached. */
void
cm_room_relay_free(CmRoomRelay *relay);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomRelay, cm_room_relay_free)

/* A socket has come for the room of `entry` (transfer none). NULL: there are too many for it already, it is to be closed as FULL.
 * Returns: (transfer none), until it is detached, or closed by the relay */
CmRoomLine *
cm_room_relay_attach(CmRoomRelay *relay, gpointer socket, const CmRoomEntry *entry, gint64 now)
    G_GNUC_WARN_UNUSED_RESULT;

/* Something came on it. It may be closed by that, and `line` is gone then: FALSE. */
gboolean
cm_room_relay_receive(CmRoomRelay *relay,
		      CmRoomLine *line,
		      const gchar *octets,
		      gsize length,
		      gboolean is_text,
		      gint64 now);

/* It was closed by the other end, or broke. `line` is gone. */
void
cm_room_relay_detach(CmRoomRelay *relay, CmRoomLine *line, gint64 now);

/* The relay's clock: closes who is silent, forgets who did not come back. To be called each second or so. */
void
cm_room_relay_tick(CmRoomRelay *relay, gint64 now);

/* The session of `subject` has another room, or none: its sockets are closed. `turn_kept`: of a room that stays, or 0. */
void
cm_room_relay_close_rooms(CmRoomRelay *relay, guint64 subject, guint64 turn_kept, CmRoomClose why);

/* One socket is to be closed: who it is may not be there any more. `line` is gone. */
void
cm_room_relay_close_line(CmRoomRelay *relay, CmRoomLine *line, CmRoomClose why, gint64 now);

/* How many rooms and sockets there are. */
guint
cm_room_relay_get_rooms(const CmRoomRelay *relay);
guint
cm_room_relay_get_lines(const CmRoomRelay *relay);
