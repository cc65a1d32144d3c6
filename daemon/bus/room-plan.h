// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/roster-cache.h"
#include "daemon/bus/visio-configuration.h"
#include "daemon/policy/policy.h"
#include "daemon/store/store-video-room.h"

/* Which provider holds a session, and the next room's row: the room keeper's work on the worker's thread. The order is that of the rule
 * CM_ROOM_PLAN_ORDER_RULE of the profession's policy, or else of the configuration; a provider that failed for the session is left out, one
 * that can't hold it too (cm_provider_fits()), and the phone comes last. */

#define CM_ROOM_PLAN_ORDER_RULE "telepractice.providers"

/* a provider that forgot a session's room so often is no better than one that failed */
#define CM_ROOM_PLAN_FORGOTTEN_MAX 3
/* the cause of a room that its provider forgot while people were in it */
#define CM_ROOM_PLAN_FORGOTTEN "forgotten"

/* What is to be done; what it was found to be. */
typedef struct {
	/* set by whoever asks */
	const CmVisioConfiguration *visio;
	CmRosterCache *roster; /* or NULL: nobody's own rooms */
	CmPolicySet *policies;
	gint64 subject;
	gint64 now;
	gint64 finished;    /* number of a room that is no more, 0: none */
	const gchar *cause; /* why: static; NULL: it has ended */
	gboolean
	    by_guests; /* nobody but guests says so: it stays when but the telephone would follow, which no order names */
	gboolean wanted; /* there is to be a room */

	/* found */
	gboolean closed; /* the session's door is: there is no room, whatever is wanted */
	CmProviderSession session;
	gchar *professional;
	CmStoreVideoRoom *room; /* or NULL */
} CmRoomPlan;

void
cm_room_plan_free(CmRoomPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoomPlan, cm_room_plan_free)

/* Finish what is to be finished, find the session, and its room, or begin one. Within a group of the store it is one commit. */
gboolean
cm_room_plan_run(CmRoomPlan *plan, CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The facts of a row, or NULL when they can't be read. Returns: (transfer full) */
JsonObject *
cm_room_plan_read_facts(const CmStoreVideoRoom *room);

/* And back; a secret. Returns: (transfer full) */
GBytes *
cm_room_plan_write_facts(JsonObject *facts) G_GNUC_WARN_UNUSED_RESULT;
