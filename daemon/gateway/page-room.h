// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/page.h"
#include "daemon/gateway/room-entry.h"

/* The pages of a video room, and the test of one's device. What they do is in web/room.js and web/device-test.js, all whose words stand in
 * these pages. docs/room.md describes them. */

typedef struct {
	guint64 subject;
	guint64 visit;     /* one's own; 0: not known */
	const gchar *with; /* who one meets, or NULL */
} CmPageRoomPlace;

/* The room of `entry`: a built-in or a Janus room in the page itself, a link to one that is elsewhere, or a number to call.
 * Returns: (transfer full) */
GBytes *
cm_page_room_make(const CmPageFrame *frame,
		  const CmPageRoomPlace *place,
		  const CmRoomEntry *entry) G_GNUC_WARN_UNUSED_RESULT;

/* The room is not ready, or one was not let in yet: said so, with the way back to the door. Returns: (transfer full) */
GBytes *
cm_page_room_make_wait(const CmPageFrame *frame, guint64 subject) G_GNUC_WARN_UNUSED_RESULT;

/* "Test my device". `ice`: a JSON array of RTCIceServer to be tried, or NULL. Returns: (transfer full) */
GBytes *
cm_page_room_make_test(const CmPageFrame *frame, const gchar *ice) G_GNUC_WARN_UNUSED_RESULT;
