// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What those inside a room say of it, each their last word. A host is believed; while no host says that it works, at least half of those
 * inside are. */

typedef struct _CmRoomVotes CmRoomVotes;

CmRoomVotes *
cm_room_votes_new(void);
void
cm_room_votes_free(CmRoomVotes *votes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomVotes, cm_room_votes_free)

/* Nobody has said anything. */
void
cm_room_votes_clear(CmRoomVotes *votes);

/* Somebody's last word. */
void
cm_room_votes_add(CmRoomVotes *votes, gint64 visit, gboolean host, gboolean works);

/* Whether the room has failed those inside, of whom there are `inside`. */
gboolean
cm_room_votes_have_failed(const CmRoomVotes *votes, guint inside);
