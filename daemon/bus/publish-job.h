// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Planner.Publish as a job: judge the draft once more by rules that share no code with the search, then publish it. */

/* Returns the job's path (transfer none). */
const gchar *
cm_publish_job_start(CmService *service,
		     GDBusMethodInvocation *invocation,
		     guint64 plan,
		     guint64 published,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
