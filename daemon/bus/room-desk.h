// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/visio/provider.h"

/* Calls of video providers' servers, handed out to the courier and taken back, in memory alone: whoever asks knows what to ask again, and
 * asking twice harms nothing. Somebody waits before a door meanwhile, so that each has its time, after which it ends as a failure, whether a
 * courier was there or not. Main loop only. */

#define CM_ROOM_DESK_SECONDS 12
#define CM_ROOM_DESK_CALLS_MAX 256 /* at a time */

typedef struct _CmRoomDesk CmRoomDesk;

CmRoomDesk *
cm_room_desk_new(void);
/* Whoever asked is not told. */
void
cm_room_desk_free(CmRoomDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomDesk, cm_room_desk_free)

/* `due` is called whenever there is something to hand out. */
void
cm_room_desk_set_due(CmRoomDesk *desk, void (*due)(gpointer user_data), gpointer user_data);

/* What was answered; a failure "unreachable" when nobody took the call, "slow" when nobody brought an answer. */
typedef void (*CmRoomDeskAnswered)(const CmProviderAnswer *answer, gpointer user_data);

/* Have a call made. `answered` is called later, once, unless the call is dropped before. Returns the call's number; over
 * CM_ROOM_DESK_CALLS_MAX, or while nobody hands out, it fails at once (later). Takes the call. */
gint64
cm_room_desk_ask(CmRoomDesk *desk,
		 CmProviderCall *call,
		 CmRoomDeskAnswered answered,
		 gpointer user_data);

/* Nobody wants the answer any more. */
void
cm_room_desk_drop(CmRoomDesk *desk, gint64 number);

/* What is handed out: as Courier1.LeaseRooms has it; secrets. */
typedef struct {
	gint64 number;
	GBytes *order;
	GBytes *content;
} CmRoomLease;

/* Hand out to `peer` (told apart by its number, never 0) up to `max` of those nobody has. Returns: (transfer full) (element-type
 * CmRoomLease) */
GPtrArray *
cm_room_desk_lease(CmRoomDesk *desk, guint64 peer, guint max) G_GNUC_WARN_UNUSED_RESULT;

/* Take an answer (Courier1.Report). CM_ERROR_NOT_FOUND: nobody waits for it, or it was handed out to somebody else;
 * CM_ERROR_INVALID_INPUT. */
gboolean
cm_room_desk_report(CmRoomDesk *desk,
		    guint64 peer,
		    gint64 number,
		    JsonObject *result,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A peer is gone: what it had is handed out again. */
void
cm_room_desk_forget(CmRoomDesk *desk, guint64 peer);
