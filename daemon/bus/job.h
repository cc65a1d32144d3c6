// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-faults.h"

#include <gio/gio.h>

/* One thing that takes long: a thread that does it, and what org.comodal.Comodal1.Job shows of it. jobs.h keeps and exports
 * them. */

typedef struct _CmJob CmJob;

/* Does it, on a thread of the job's own, to its end. CM_ERROR_CANCELLED (or GIO's) makes the job "cancelled". */
typedef gboolean (*CmJobRun)(CmJob *job, gpointer data, GError **error);

typedef struct {
	const gchar *kind;   /* as the Kind property */
	const gchar *method; /* what started it, for the log, as "Roster.Import" */
	CmJobRun run;
	gboolean can_stop; /* obeys cm_job_get_stop(); else Stop() is Cancel() */
} CmJobKind;

/* For the running function, from any of its threads. */

/* Cancelled by Cancel(), by the caller's departure, by the daemon's end. (transfer none) */
GCancellable *
cm_job_get_cancellable(CmJob *job);

/* Becomes 1 when the job must end with what it has. Lives as long as the job. */
volatile gint *
cm_job_get_stop(CmJob *job);

/* `phase` is a message, or NULL to leave it. */
void
cm_job_set_progress(CmJob *job, gdouble share, const gchar *phase);

/* `name` is a constant. */
void
cm_job_set_figure(CmJob *job, const gchar *name, gdouble value);

/* An a{sv}; a floating reference is taken. */
void
cm_job_set_result(CmJob *job, GVariant *result);

/* What is wrong with the document. */
void
cm_job_set_faults(CmJob *job, const CmFaults *faults);

/* For jobs.c, on the main loop. */

/* `finished` is called once, on the main loop, when the thread has ended. Takes `data`. Returns: (transfer full) */
CmJob *
cm_job_new(const CmJobKind *kind,
	   GDBusConnection *connection,
	   const gchar *path,
	   const gchar *owner,
	   guint uid,
	   gpointer data,
	   GDestroyNotify data_free);

typedef void (*CmJobCallback)(CmJob *job, gpointer user_data);

/* `released`: the caller wants it gone. */
void
cm_job_start(CmJob *job, CmJobCallback finished, CmJobCallback released, gpointer user_data);

CmJob *
cm_job_ref(CmJob *job);
void
cm_job_unref(CmJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmJob, cm_job_unref)

/* What it shows, for its owner. (transfer none) */
GDBusInterfaceSkeleton *
cm_job_get_skeleton(CmJob *job);
/* Its object. (transfer none) */
const gchar *
cm_job_get_path(CmJob *job);
/* The unique name of who started it. (transfer none) */
const gchar *
cm_job_get_owner(CmJob *job);
/* Until its thread has been joined. */
gboolean
cm_job_is_running(CmJob *job);
/* End it without any effect, soon. */
void
cm_job_cancel(CmJob *job);
/* Nobody is there any more to be told of it. */
void
cm_job_mute(CmJob *job);
