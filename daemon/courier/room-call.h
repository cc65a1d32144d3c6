// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/courier/calendar-fetch.h"
#include "daemon/courier/curl-source.h"

/* A call of a video provider's server: https only, or plain http where comodald's configuration says that the server stands in the
 * organisation's own network; no address of this machine or of its network but then; no redirection; within a size and a short time, for
 * somebody waits. Neither what is asked nor what is answered is ever logged. */

#define CM_ROOM_CALL_SECONDS_MAX 8
#define CM_ROOM_CALL_BODY_MAX 65536 /* octets, of what is sent */

/* What is to be asked. */
typedef struct {
	const gchar *url;
	const gchar *type; /* of the body; NULL: a GET */
	GBytes *body;      /* or NULL */
	gboolean private_network;
} CmRoomOrder;

typedef struct _CmRoomCall CmRoomCall;

/* `report`: as Courier1.Report has it, a JSON object. */
typedef void (*CmRoomCallDone)(GBytes *report, gpointer user_data);

/* Begin; `done` is called from the main loop, once, unless it is freed before. The settings are those for calendars, but for
 * `allow_private`. Returns: (transfer full) */
CmRoomCall *
cm_room_call_new(CmCurlSource *curl,
		 const CmFetchSettings *settings,
		 const CmRoomOrder *order,
		 CmRoomCallDone done,
		 gpointer user_data);

/* Ends it in the middle, if it is there. */
void
cm_room_call_free(CmRoomCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomCall, cm_room_call_free)

/* The report of a call that failed so. Returns: (transfer full) */
GBytes *
cm_room_call_make_failure(const gchar *failure) G_GNUC_WARN_UNUSED_RESULT;
