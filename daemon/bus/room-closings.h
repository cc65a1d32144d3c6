// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "daemon/store/store-video-room.h"

/* Rooms that are no more, while their providers are told so: a few times, and then what is known of them is forgotten. What was not done is
 * done by the comodald that begins next. Main loop only. */

typedef struct _CmRoomClosings CmRoomClosings;

/* Returns: (transfer full) */
CmRoomClosings *
cm_room_closings_new(CmService *service);
/* Nothing more is asked. */
void
cm_room_closings_close(CmRoomClosings *closings);
/* To be called once the service's worker has ended. */
void
cm_room_closings_free(CmRoomClosings *closings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomClosings, cm_room_closings_free)

/* Tell the provider of a room that has failed or ended, unless that is under way. Takes the room. */
void
cm_room_closings_add(CmRoomClosings *closings, CmStoreVideoRoom *room);
