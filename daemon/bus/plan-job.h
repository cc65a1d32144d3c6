// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "daemon/planner/solver.h"

/* Planner.Plan as a job: the search runs in threads of its own over a roster read for it, the plan becomes a draft. */

typedef struct {
	gdouble seconds;
	guint64 effort;
	guint64 seed;
	guint32 threads;
	CmDay replan_from; /* CM_DAY_NONE: as the contract's default */
} CmPlanJobOptions;

/* More than this is refused: seconds, threads. */
#define CM_PLAN_JOB_SECONDS_MAX 86400.0
#define CM_PLAN_JOB_THREADS_MAX 64

/* Returns the job's path (transfer none). */
const gchar *
cm_plan_job_start(CmService *service,
		  GDBusMethodInvocation *invocation,
		  const CmPlanJobOptions *options,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;
