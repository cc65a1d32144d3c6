// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* One thread that owns something not to be shared (the store) and makes calls on it, in the order they were queued. */

#define CM_WORKER_QUEUE_MAX 1000

typedef struct _CmWorker CmWorker;

/* A call: runs on the worker's thread. */
typedef gboolean (*CmWorkerCall)(gpointer subject,
				 gpointer data,
				 GCancellable *cancellable,
				 GError **error);

/* Takes `subject`, which is freed on the worker's thread when the worker ends. Returns: (transfer full) */
CmWorker *
cm_worker_new(gpointer subject, GDestroyNotify subject_free);

/* Several calls made as one: `begin`, the calls, then `end`, which makes them all last. When `end` fails, or `stands` says after a call
 * that what was begun is gone, none of the calls made so far has happened: each fails with the error, and `undone` (may be NULL) is
 * called. All on the worker's thread. */
typedef struct {
	gboolean (*begin)(gpointer subject, GError **error);
	gboolean (*stands)(gpointer subject);
	gboolean (*end)(gpointer subject, GError **error);
	void (*undone)(gpointer user_data);
	gpointer user_data;
} CmWorkerGrouping;

#define CM_WORKER_GROUP_MAX 64

/* From now on calls of cm_worker_run_grouped_async() that wait one behind another are made as one, up to CM_WORKER_GROUP_MAX. To be
 * called before any of them. */
void
cm_worker_set_grouping(CmWorker *worker, const CmWorkerGrouping *grouping);

/* What is queued fails with CM_ERROR_CANCELLED, what runs is waited for, the subject is freed. */
void
cm_worker_free(CmWorker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmWorker, cm_worker_free)

/* Queue a call and wait for it. From any thread but the main one. A cancelled `cancellable` keeps it from beginning. Errors:
 * those of the call, CM_ERROR_CANCELLED, CM_ERROR_BUSY. */
gboolean
cm_worker_run(CmWorker *worker,
	      CmWorkerCall call,
	      gpointer data,
	      GCancellable *cancellable,
	      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same without waiting: `callback` is called on the thread-default main context of the caller, `source` NULL. `data` is
 * kept until then; cm_worker_run_finish() gives it back in out_data (still the task's), also when the call failed. */
void
cm_worker_run_async(CmWorker *worker,
		    CmWorkerCall call,
		    gpointer data,
		    GDestroyNotify data_free,
		    GCancellable *cancellable,
		    GAsyncReadyCallback callback,
		    gpointer user_data);
/* The same, for a call that may be made together with others. */
void
cm_worker_run_grouped_async(CmWorker *worker,
			    CmWorkerCall call,
			    gpointer data,
			    GDestroyNotify data_free,
			    GCancellable *cancellable,
			    GAsyncReadyCallback callback,
			    gpointer user_data);
gboolean
cm_worker_run_finish(GAsyncResult *result,
		     gpointer *out_data,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
