// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Roster.Import as a job: read the document in the job's thread, bring the roster to it on the store's. */

/* Takes the descriptor. Returns the job's path (transfer none). */
const gchar *
cm_import_job_start(CmService *service,
		    GDBusMethodInvocation *invocation,
		    gint fd,
		    gboolean dry_run,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
