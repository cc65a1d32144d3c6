// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/page.h"

/* The pages of a video room, and the test of one's device. What they do is in web/room.js and web/device-test.js, all whose words stand in
 * these pages. No secret is in them: what lets somebody in comes by the room's socket, or by pressing a button. docs/room.md describes them. */

typedef struct {
	guint64 subject;
	guint64 visit; /* one's own; 0: not known */
	guint64 turn;
	const gchar *kind; /* as in CmRoomEntry */
	const gchar *with; /* who one meets, or NULL */
	gboolean host;     /* may end it for everybody */
} CmPageRoomPlace;

/* A built-in or a Janus room in the page itself; a button that leads to one that is elsewhere, or to the number to call (POST "/room/7").
 * Returns: (transfer full) */
GBytes *
cm_page_room_make(const CmPageFrame *frame, const CmPageRoomPlace *place) G_GNUC_WARN_UNUSED_RESULT;

/* The number to call: what the button led to. Returns: (transfer full) */
GBytes *
cm_page_room_make_phone(const CmPageFrame *frame, const gchar *phone) G_GNUC_WARN_UNUSED_RESULT;

/* The room is not ready: said so, with the way back to the door. Returns: (transfer full) */
GBytes *
cm_page_room_make_wait(const CmPageFrame *frame, guint64 subject) G_GNUC_WARN_UNUSED_RESULT;

/* "Test my device". `servers`: URLs of STUN and TURN servers to be tried, without a credential; ended by NULL, or NULL.
 * Returns: (transfer full) */
GBytes *
cm_page_room_make_test(const CmPageFrame *frame,
		       const gchar *const *servers) G_GNUC_WARN_UNUSED_RESULT;
