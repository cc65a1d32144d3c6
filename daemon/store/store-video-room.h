// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* Rooms where sessions are held, one a turn: another one follows when its provider fails. What a provider has to know of it is sealed. Each
 * change is a transaction with its audit entry (numbers and the provider's name only). */

typedef enum {
	CM_VIDEO_ROOM_OPENING, /* made up, asked for, not known to be there */
	CM_VIDEO_ROOM_OPEN,
	CM_VIDEO_ROOM_FAILED,
	CM_VIDEO_ROOM_ENDED,
	CM_VIDEO_ROOM_STATE_LAST
} CmVideoRoomState;

#define CM_STORE_VIDEO_ROOM_FACTS_MAX 8192 /* octets */
#define CM_STORE_VIDEO_ROOM_TURNS_MAX 100  /* of a session */
#define CM_STORE_VIDEO_ROOM_CAUSE_MAX 64

typedef struct {
	gint64 number;
	gint64 subject;
	guint turn;
	gchar *provider; /* its name in the configuration */
	CmVideoRoomState state;
	GBytes *facts; /* secrets; wiped with it */
	gchar *cause;  /* why it failed, "" else */
	gint64 opened_at;
	gint64 ended_at; /* 0: of one that failed or ended, its provider has not been told yet */
} CmStoreVideoRoom;

void
cm_store_video_room_free(CmStoreVideoRoom *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreVideoRoom, cm_store_video_room_free)

/* The present one of a session, opening or open; NULL when there is none. */
gboolean
cm_store_video_room_find(CmStore *store,
			 gint64 subject,
			 CmStoreVideoRoom **out_room,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of a session, by turn. Returns: (transfer full) (element-type CmStoreVideoRoom) */
GPtrArray *
cm_store_video_room_list(CmStore *store, gint64 subject, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All with which something is to be done: opening, open, and those whose provider has not been told of their end. Returns: (transfer full)
 * (element-type CmStoreVideoRoom) */
GPtrArray *
cm_store_video_room_list_unfinished(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Begin one, as the session's next turn. CM_ERROR_CONFLICT: there is one; CM_STORE_VIDEO_ROOM_TURNS_MAX are over.
 * Returns: (transfer full) */
CmStoreVideoRoom *
cm_store_video_room_add(CmStore *store,
			gint64 subject,
			const gchar *provider,
			GBytes *facts,
			gint64 now,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* It is there: opening becomes open. `facts`: what is known of it now. CM_ERROR_CONFLICT: it is neither. */
gboolean
cm_store_video_room_open(CmStore *store, gint64 number, GBytes *facts, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What is to be known of it is another thing now: of one that is opening or open. CM_ERROR_CONFLICT: it is neither. */
gboolean
cm_store_video_room_keep(CmStore *store, gint64 number, GBytes *facts, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* It is no more: failed, with a cause, or ended, with NULL. Of one that was that already: nothing. */
gboolean
cm_store_video_room_finish(CmStore *store,
			   gint64 number,
			   const gchar *cause,
			   gint64 now,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its provider knows that it is no more, or will not be told. What is known of it is forgotten. */
gboolean
cm_store_video_room_forget(CmStore *store, gint64 number, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
