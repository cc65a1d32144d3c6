// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-settings.h"

#include <gio/gio.h>

/* All of comodal-agent behind its fence (agent-fence.h): its socket, its keys, and when they are locked. Main loop only. */
typedef struct _CmAgent CmAgent;

/* `ended` is called once, when keys are locked and there is nothing more to do. CM_ERROR_EXISTS: one runs already; CM_ERROR_FAILED.
 * `settings` is kept, not taken. Returns: (transfer full) */
CmAgent *
cm_agent_new(const CmAgentSettings *settings,
	     void (*ended)(gpointer user_data),
	     gpointer user_data,
	     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_agent_free(CmAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgent, cm_agent_free)

/* Lock, then end. */
void
cm_agent_stop(CmAgent *agent);
