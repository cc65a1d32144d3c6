// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Start Audit.Verify. Returns the job's path (transfer none), or NULL with `error` set. */
const gchar *
cm_audit_job_start(CmService *service,
		   GDBusMethodInvocation *invocation,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
