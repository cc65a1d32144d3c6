// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What the gateway says on the socket of a room (docs/room.md, comodal-signal/1). Pure. */

#define CM_ROOM_WORDS_PONG "{\"type\":\"pong\"}"

/* somebody in it, as the others know them */
typedef struct {
	guint64 number;
	gchar *name;
	gchar *role;
	gboolean microphone, camera, screen; /* what they said is on */
	gboolean phone;                      /* they go on by telephone */
} CmRoomPerson;

typedef struct {
	const gchar *kind;
	guint64 turn;
	guint64 you;       /* one's own number */
	const gchar *name; /* one's own, for a room where people say it themselves */
	guint peers_max;
	const gchar *ice; /* as in CmRoomEntry */
	const gchar *ice_policy;
	const gchar *janus;
	const gchar *phone; /* or NULL */
} CmRoomWelcome;

/* The first thing somebody is told: who is there, and how they are reached. Of two people the one who came last is polite: gives way
 * when both make an offer at once. Returns: (transfer full) */
gchar *
cm_room_words_welcome(const CmRoomWelcome *welcome,
		      const CmRoomPerson *const *people,
		      guint count) G_GNUC_WARN_UNUSED_RESULT;

/* What those who are there are told: somebody came, is back after their socket broke, left, has something on or off.
 * Returns: (transfer full) */
gchar *
cm_room_words_joined(const CmRoomPerson *person) G_GNUC_WARN_UNUSED_RESULT;
gchar *
cm_room_words_back(guint64 number) G_GNUC_WARN_UNUSED_RESULT;
gchar *
cm_room_words_left(guint64 number) G_GNUC_WARN_UNUSED_RESULT;
gchar *
cm_room_words_state(const CmRoomPerson *person) G_GNUC_WARN_UNUSED_RESULT;
