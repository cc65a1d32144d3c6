// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-worker.h"

#include <sodium.h>

/* more than any of our calls has used of it */
#define STACK_BYTES (256 * 1024)

typedef struct {
	CmAgentWorker *worker;
	CmAgentWorkerRun run;
	CmAgentWorkerDone done;
	gpointer data;
	GCancellable *cancellable;
} Job;

struct _CmAgentWorker {
	GThread *thread;
	GMutex mutex;
	GCond cond;
	GQueue waiting;
	Job *under_way;
	gboolean ending;
	guint count; /* main loop only */
};

static void
job_free(gpointer data)
{
	Job *job = data;

	g_object_unref(job->cancellable);
	g_free(job);
}

static gboolean
on_done(gpointer user_data)
{
	Job *job = user_data;

	job->worker->count--;
	job->done(job->data);
	return G_SOURCE_REMOVE;
}

/* NULL: the worker ends */
static Job *
take_next(CmAgentWorker *worker)
{
	g_mutex_lock(&worker->mutex);
	worker->under_way = NULL;
	while (!worker->ending && g_queue_is_empty(&worker->waiting))
		g_cond_wait(&worker->cond, &worker->mutex);
	if (!worker->ending)
		worker->under_way = g_queue_pop_head(&worker->waiting);
	g_mutex_unlock(&worker->mutex);
	return worker->under_way;
}

static gpointer
work(gpointer user_data)
{
	CmAgentWorker *worker = user_data;

	for (Job *job = take_next(worker); job != NULL; job = take_next(worker)) {
		job->run(job->data, job->cancellable);
		sodium_stackzero(STACK_BYTES);
		g_mutex_lock(&worker->mutex);
		worker->under_way = NULL;
		g_mutex_unlock(&worker->mutex);
		g_idle_add_full(G_PRIORITY_DEFAULT, on_done, job, job_free);
	}
	return NULL;
}

CmAgentWorker *
cm_agent_worker_new(void)
{
	CmAgentWorker *worker = g_new0(CmAgentWorker, 1);

	g_mutex_init(&worker->mutex);
	g_cond_init(&worker->cond);
	g_queue_init(&worker->waiting);
	worker->thread = g_thread_new("keys", work, worker);
	return worker;
}

void
cm_agent_worker_free(CmAgentWorker *worker)
{
	if (worker == NULL)
		return;
	g_mutex_lock(&worker->mutex);
	worker->ending = TRUE;
	if (worker->under_way != NULL)
		g_cancellable_cancel(worker->under_way->cancellable);
	g_cond_signal(&worker->cond);
	g_mutex_unlock(&worker->mutex);
	g_thread_join(worker->thread);
	g_queue_clear_full(&worker->waiting, job_free);
	g_cond_clear(&worker->cond);
	g_mutex_clear(&worker->mutex);
	g_free(worker);
}

static void
cancel_all(CmAgentWorker *worker)
{
	if (worker->under_way != NULL)
		g_cancellable_cancel(worker->under_way->cancellable);
	for (GList *link = worker->waiting.head; link != NULL; link = link->next)
		g_cancellable_cancel(((Job *)link->data)->cancellable);
}

void
cm_agent_worker_push(CmAgentWorker *worker,
		     gboolean urgent,
		     CmAgentWorkerRun run,
		     CmAgentWorkerDone done,
		     gpointer data)
{
	Job *job = g_new0(Job, 1);

	job->worker = worker;
	job->run = run;
	job->done = done;
	job->data = data;
	job->cancellable = g_cancellable_new();
	worker->count++;
	g_mutex_lock(&worker->mutex);
	if (urgent) {
		cancel_all(worker);
		g_queue_push_head(&worker->waiting, job);
	} else {
		g_queue_push_tail(&worker->waiting, job);
	}
	g_cond_signal(&worker->cond);
	g_mutex_unlock(&worker->mutex);
}

guint
cm_agent_worker_count(const CmAgentWorker *worker)
{
	return worker->count;
}
