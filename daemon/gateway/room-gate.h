// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/gateway-link.h"
#include "daemon/gateway/http-server.h"
#include "daemon/gateway/room-relay.h"

/* Between the web sockets of rooms, what those in them say to one another (room-relay.h), and comodald, which alone knows who may be in
 * which. Whoever comes is entered by comodald first, and again whenever something changed at the session's door: who may not be there any
 * more is put out at once. Main context only. */

typedef struct _CmRoomGate CmRoomGate;

/* `link` is not taken and must outlive it. Returns: (transfer full) */
CmRoomGate *
cm_room_gate_new(CmGatewayLink *link);

/* After the server has stopped: all sockets are closed. */
void
cm_room_gate_free(CmRoomGate *gate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomGate, cm_room_gate_free)

/* A browser wants a socket of the room of `subject` (CmHttpRoute.open). `token`: of the link or the pass. Takes the request. */
void
cm_room_gate_open(CmRoomGate *gate,
		  CmHttpRequest *request,
		  const CmHttpPermit *permit,
		  const gchar *token,
		  guint64 subject);

/* comodald said that something changed at these doors; none: at any. */
void
cm_room_gate_changed(CmRoomGate *gate, const guint64 *subjects, gsize count);
