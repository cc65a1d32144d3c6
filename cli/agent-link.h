// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "include/cm-dbus-agent.h"

/* The person's own comodal-agent, by its private socket. */

/* Connect; `start`: begin one when none runs. It is of this user: the kernel says so. CM_ERROR_NOT_FOUND: none runs; CM_ERROR_FAILED: it
 * can't be started. Returns: (transfer full) */
CmDBusAgent *
cm_agent_link_open(const CmComodalctl *cli,
		   gboolean start,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* From here on each call is waited for however long it takes: attachments are of any size. */
void
cm_agent_link_be_patient(CmDBusAgent *agent);
