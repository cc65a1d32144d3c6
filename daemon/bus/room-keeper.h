// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Rooms of sessions: made when the first comes to the door, with the first provider of the order that can; looked after while people are in
 * them; another's turn when one fails, with whoever waits carried along; ended when the session is, or when its door closes. All that is
 * known stands in the database (daemon/store/store-video-room.h), written before anything is asked of a provider, so that a comodald that
 * begins anew goes on where the one before was. The provider's servers are asked by the courier. Main loop only, where nothing else is
 * said. docs/providers.md tells what happens when. */

typedef struct _CmRoomKeeper CmRoomKeeper;

/* Goes on with what is open. The service outlives it, and its worker does not. Returns: (transfer full) */
CmRoomKeeper *
cm_room_keeper_new(CmService *service);

/* Begin to stop: whoever goes in fails with CM_ERROR_CANCELLED, nothing more is asked. */
void
cm_room_keeper_close(CmRoomKeeper *keeper);

/* To be called once the service's worker has ended. */
void
cm_room_keeper_free(CmRoomKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomKeeper, cm_room_keeper_free)

/* `changed` is called when the room of a session became another, or came to be: whoever looks at its door is to look anew. */
void
cm_room_keeper_set_changed(CmRoomKeeper *keeper,
			   void (*changed)(gint64 subject, gpointer user_data),
			   gpointer user_data);

/* Somebody has come to a session's door: see to a room. As often as one likes. */
void
cm_room_keeper_prepare(CmRoomKeeper *keeper, gint64 subject);

/* Somebody who may go in. That they may has been seen to. */
typedef struct {
	gint64 subject;
	gint64 visit; /* theirs */
	gboolean host;
	const gchar *name; /* as others in the room see it */
} CmRoomPerson;

/* Where they go, and with what. A provider that may have forgotten the room is asked first, for a few seconds at most. */
void
cm_room_keeper_enter_async(CmRoomKeeper *keeper,
			   const CmRoomPerson *person,
			   GCancellable *cancellable,
			   GAsyncReadyCallback callback,
			   gpointer user_data);

/* A comodal-room/1 document (docs/formats.md); a secret. CM_ERROR_BUSY: it is being made ready, and `changed` is called when it is;
 * CM_ERROR_CONFLICT: the door is closed. Returns: (transfer full) */
GBytes *
cm_room_keeper_enter_finish(CmRoomKeeper *keeper,
			    GAsyncResult *result,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What somebody's browser says of the room. A provider has failed when a host says so, or, while no host says that it works, at least half
 * of those inside, unless but the telephone would follow, which the order does not name; a room that its provider had only forgotten is made
 * again instead. Of another turn than the present one: nothing. */
typedef struct {
	gint64 subject;
	gint64 visit;
	guint turn;
	guint inside; /* how many are inside */
	gboolean host;
	gboolean works;
} CmRoomReport;

/* Take a report; nothing is answered. */
void
cm_room_keeper_report(CmRoomKeeper *keeper, const CmRoomReport *report);

/* The session is over: its room is ended. Whoever comes to its door again gets another. As often as one likes. */
void
cm_room_keeper_end(CmRoomKeeper *keeper, gint64 subject);

/* For the view of a door, on the worker's thread: the present room's turn and the kind of its provider ("builtin", "jitsi", "bbb", "janus",
 * "fixed", "phone"), once it is open; `out_turn` 0 and NULL: there is none (yet). */
gboolean
cm_room_keeper_look_up(const CmRoomKeeper *keeper,
		       CmStore *store,
		       gint64 subject,
		       guint *out_turn,
		       const gchar **out_kind,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
