// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-settings.h"

#include <gio/gio.h>

/* a file in the folder of the keys, which one agent locks as long as it lives */
#define CM_AGENT_PLACE_LOCK ".agent.lock"

/* What one agent alone has while it lives: its bus, its socket's path and its folder. An agent is of one bus, as its keys are of one
 * organisation: another session's comodald has other students by the same numbers. Main loop only. */
typedef struct {
	GDBusConnection
	    *bus; /* of a session; NULL: the system's, which is asked for at each call */
	gchar *socket;
	gchar *lock;      /* the file that is locked beside the socket */
	gint only;        /* it, -1: not locked */
	gint folder_only; /* the locked file in the folder, -1: not locked */
} CmAgentPlace;

#define CM_AGENT_PLACE_INIT                                                                        \
	{                                                                                          \
		.only = -1, .folder_only = -1                                                      \
	}

/* CM_ERROR_EXISTS: another agent has it, or the keys that are in the folder; CM_ERROR_FAILED; of the domain G_DBUS_ERROR: no bus answers.
 * `place` is CM_AGENT_PLACE_INIT; what was taken is cleared whatever is answered. */
gboolean
cm_agent_place_take(CmAgentPlace *place,
		    const CmAgentSettings *settings,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_agent_place_clear(CmAgentPlace *place);
