// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/door.h"
#include "daemon/bus/job.h"

/* The jobs there are, at /org/comodal/Comodal1/jobs/N: each seen only by who started it. Main loop only. */

#define CM_JOBS_PER_CALLER_MAX 16
#define CM_JOBS_MAX 256

typedef struct _CmJobs CmJobs;

/* The door is not taken and must outlive the jobs. Returns NULL with `error` set when the path is taken. */
CmJobs *
cm_jobs_new(GDBusConnection *connection, CmDoor *door, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* No job may run any more. */
void
cm_jobs_free(CmJobs *jobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmJobs, cm_jobs_free)

/* Start a job for whoever made `invocation` (through the door). Takes `data` whatever happens. Returns its object path (transfer
 * none), or NULL with CM_ERROR_BUSY. */
const gchar *
cm_jobs_start(CmJobs *jobs,
	      GDBusMethodInvocation *invocation,
	      const CmJobKind *kind,
	      gpointer data,
	      GDestroyNotify data_free,
	      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The caller has left the bus. */
void
cm_jobs_forget_owner(CmJobs *jobs, const gchar *owner);

/* Cancel all; `ended` is called on the main loop (or at once) when none runs, and no new one begins. */
void
cm_jobs_close(CmJobs *jobs, GSourceFunc ended, gpointer user_data);
