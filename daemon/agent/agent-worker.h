// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* The one thread that touches keys: what is asked of it is done in order, one thing after another; what is urgent cancels what was
 * asked before it and comes next. After each, the thread's stack is wiped. Main loop only, but for what runs. */
typedef struct _CmAgentWorker CmAgentWorker;

/* On the worker's thread. */
typedef void (*CmAgentWorkerRun)(gpointer data, GCancellable *cancellable);
/* On the main loop, when it has run; it frees the data. */
typedef void (*CmAgentWorkerDone)(gpointer data);

/* Returns: (transfer full) */
CmAgentWorker *
cm_agent_worker_new(void);

/* Waits for what is under way, which is cancelled; what has not begun never is, and is told as done on no account. */
void
cm_agent_worker_free(CmAgentWorker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentWorker, cm_agent_worker_free)

/* `done` is told each thing that has run. */
void
cm_agent_worker_push(CmAgentWorker *worker,
		     gboolean urgent,
		     CmAgentWorkerRun run,
		     CmAgentWorkerDone done,
		     gpointer data);

/* How many have not been done, the one under way included. */
guint
cm_agent_worker_count(const CmAgentWorker *worker);
