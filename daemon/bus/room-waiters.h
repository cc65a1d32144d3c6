// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/room-keeper.h"
#include "daemon/visio/provider.h"

/* Who goes into one room, until it is ready or they have waited for so long that they are to come again. Main loop only. */

#define CM_ROOM_WAITERS_SECONDS 5

typedef struct _CmRoomWaiters CmRoomWaiters;

/* `late` is called when somebody was sent away (CM_ERROR_BUSY). Returns: (transfer full) */
CmRoomWaiters *
cm_room_waiters_new(void (*late)(gpointer user_data), gpointer user_data);
/* Nobody may wait any more. */
void
cm_room_waiters_free(CmRoomWaiters *waiters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomWaiters, cm_room_waiters_free)

/* How many wait. */
guint
cm_room_waiters_count(const CmRoomWaiters *waiters);

/* `task` returns a comodal-room/1 document, as GBytes. Takes it. */
void
cm_room_waiters_add(CmRoomWaiters *waiters, const CmRoomPerson *person, GTask *task);

/* All go in. */
void
cm_room_waiters_let_in(CmRoomWaiters *waiters,
		       const CmProviderSettings *provider,
		       const CmProviderSession *session,
		       JsonObject *facts,
		       guint turn,
		       gint64 now);

/* None does. */
void
cm_room_waiters_refuse(CmRoomWaiters *waiters, const GError *reason);
