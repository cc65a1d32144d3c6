// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/worker.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

struct _CmWorker {
	gpointer subject;
	GDestroyNotify subject_free;
	GAsyncQueue *queue;
	GThread *thread;
	CmWorkerGrouping grouping; /* begin NULL: none */
	gint stopping;
};

/* either somebody waits for `done`, or a task tells them */
typedef struct {
	CmWorkerCall call;
	gpointer data;
	GCancellable *cancellable;
	GTask *task;
	gboolean grouped;
	GMutex mutex;
	GCond cond;
	gboolean done;
	gboolean ok;
	GError *error;
} WorkItem;

static void
work_item_free(WorkItem *item)
{
	g_clear_object(&item->cancellable);
	g_clear_object(&item->task);
	g_mutex_clear(&item->mutex);
	g_cond_clear(&item->cond);
	g_clear_error(&item->error);
	g_free(item);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkItem, work_item_free)

static WorkItem *
work_item_new(CmWorkerCall call, gpointer data, GCancellable *cancellable)
{
	WorkItem *item = g_new0(WorkItem, 1);

	item->call = call;
	item->data = data;
	if (cancellable != NULL)
		item->cancellable = g_object_ref(cancellable);
	g_mutex_init(&item->mutex);
	g_cond_init(&item->cond);
	return item;
}

static gboolean
work_item_call(CmWorker *worker, WorkItem *item, GError **error)
{
	if (g_atomic_int_get(&worker->stopping) != 0 ||
	    g_cancellable_is_cancelled(item->cancellable)) {
		cm_error_set(error, CM_ERROR_CANCELLED, N_("The operation was cancelled."), NULL);
		return FALSE;
	}
	return item->call(worker->subject, item->data, item->cancellable, error);
}

/* tell whoever asked; the item is theirs again, or gone */
static void
work_item_answer(WorkItem *item)
{
	if (item->task != NULL) {
		if (item->ok)
			g_task_return_boolean(item->task, TRUE);
		else
			g_task_return_error(item->task, g_steal_pointer(&item->error));
		work_item_free(item);
		return;
	}
	/* once `done` is seen the item may be gone: nothing after the unlock */
	g_mutex_lock(&item->mutex);
	item->done = TRUE;
	g_cond_signal(&item->cond);
	g_mutex_unlock(&item->mutex);
}

static void
worker_make(CmWorker *worker, WorkItem *item)
{
	item->ok = work_item_call(worker, item, &item->error);
	work_item_answer(item);
}

/* Those that wait right behind `first` and may be made with it. `out_next` is what came after them, or NULL. */
static GPtrArray *
worker_gather(CmWorker *worker, WorkItem *first, WorkItem **out_next)
{
	GPtrArray *items = g_ptr_array_new();

	g_ptr_array_add(items, first);
	*out_next = NULL;
	while (items->len < CM_WORKER_GROUP_MAX && *out_next == NULL) {
		WorkItem *item = g_async_queue_try_pop(worker->queue);

		if (item == NULL)
			break;
		if (item->call != NULL && item->grouped)
			g_ptr_array_add(items, item);
		else
			*out_next = item;
	}
	return items;
}

/* the first `count` have not happened, whatever they said */
static void
worker_undo(CmWorker *worker, GPtrArray *items, guint count, const GError *error)
{
	for (guint i = 0; i < count; i++) {
		WorkItem *item = g_ptr_array_index(items, i);

		if (!item->ok)
			continue;
		item->ok = FALSE;
		item->error = g_error_copy(error);
	}
	if (worker->grouping.undone != NULL)
		worker->grouping.undone(worker->grouping.user_data);
}

/* Make the calls from `first` on as one. Returns how many were made: those behind one that undid the group are not. */
static guint
worker_make_group(CmWorker *worker, GPtrArray *items, guint first)
{
	const CmWorkerGrouping *grouping = &worker->grouping;
	g_autoptr(GError) error = NULL;
	gboolean begun = grouping->begin(worker->subject, &error);
	gboolean stands = begun;
	guint made = first;

	while (stands && made < items->len) {
		WorkItem *item = g_ptr_array_index(items, made++);

		item->ok = work_item_call(worker, item, &item->error);
		stands = grouping->stands(worker->subject);
	}
	if (!begun) {
		WorkItem *item = g_ptr_array_index(items, made++);

		item->ok = FALSE;
		item->error = g_steal_pointer(&error);
		return made;
	}
	/* also says what was wrong with one that no longer stands */
	if (!grouping->end(worker->subject, &error))
		worker_undo(worker, items, made, error);
	return made;
}

static void
worker_make_gathered(CmWorker *worker, GPtrArray *items)
{
	guint made = 0;

	if (items->len == 1) {
		worker_make(worker, g_ptr_array_index(items, 0));
		return;
	}
	while (made < items->len) {
		guint first = made;

		made = worker_make_group(worker, items, first);
		for (guint i = first; i < made; i++)
			work_item_answer(g_ptr_array_index(items, i));
	}
}

static gpointer
worker_thread(gpointer user_data)
{
	CmWorker *worker = user_data;
	WorkItem *next = NULL;

	for (;;) {
		WorkItem *item = next != NULL ? next : g_async_queue_pop(worker->queue);
		g_autoptr(GPtrArray) items = NULL;

		next = NULL;
		/* an item without a call is the last one */
		if (item->call == NULL) {
			work_item_free(item);
			break;
		}
		if (!item->grouped || worker->grouping.begin == NULL) {
			worker_make(worker, item);
			continue;
		}
		items = worker_gather(worker, item, &next);
		worker_make_gathered(worker, items);
	}
	if (worker->subject_free != NULL)
		worker->subject_free(worker->subject);
	return NULL;
}

CmWorker *
cm_worker_new(gpointer subject, GDestroyNotify subject_free)
{
	CmWorker *worker = g_new0(CmWorker, 1);

	worker->subject = subject;
	worker->subject_free = subject_free;
	worker->queue = g_async_queue_new();
	worker->thread = g_thread_new("store", worker_thread, worker);
	return worker;
}

void
cm_worker_set_grouping(CmWorker *worker, const CmWorkerGrouping *grouping)
{
	worker->grouping = *grouping;
}

void
cm_worker_free(CmWorker *worker)
{
	if (worker == NULL)
		return;
	g_atomic_int_set(&worker->stopping, 1);
	g_async_queue_push(worker->queue, work_item_new(NULL, NULL, NULL));
	g_thread_join(worker->thread);
	g_async_queue_unref(worker->queue);
	g_free(worker);
}

static gboolean
worker_has_room(CmWorker *worker, GError **error)
{
	g_autofree gchar *limit = NULL;

	if (g_async_queue_length(worker->queue) < CM_WORKER_QUEUE_MAX)
		return TRUE;
	limit = g_strdup_printf("%d", CM_WORKER_QUEUE_MAX);
	cm_error_set(error, CM_ERROR_BUSY,
		     N_("{0} operations wait for the database already; try again later."), limit,
		     NULL);
	return FALSE;
}

gboolean
cm_worker_run(CmWorker *worker,
	      CmWorkerCall call,
	      gpointer data,
	      GCancellable *cancellable,
	      GError **error)
{
	g_autoptr(WorkItem) item = NULL;

	if (!worker_has_room(worker, error))
		return FALSE;
	item = work_item_new(call, data, cancellable);
	g_async_queue_push(worker->queue, item);
	g_mutex_lock(&item->mutex);
	while (!item->done)
		g_cond_wait(&item->cond, &item->mutex);
	g_mutex_unlock(&item->mutex);
	if (!item->ok)
		g_propagate_error(error, g_steal_pointer(&item->error));
	return item->ok;
}

static void
worker_queue(CmWorker *worker,
	     CmWorkerCall call,
	     gpointer data,
	     GDestroyNotify data_free,
	     gboolean grouped,
	     GCancellable *cancellable,
	     GAsyncReadyCallback callback,
	     gpointer user_data)
{
	g_autoptr(GTask) task = g_task_new(NULL, NULL, callback, user_data);
	g_autoptr(GError) error = NULL;
	WorkItem *item = NULL;

	g_task_set_source_tag(task, worker_queue);
	g_task_set_task_data(task, data, data_free);
	if (!worker_has_room(worker, &error)) {
		g_task_return_error(task, g_steal_pointer(&error));
		return;
	}
	item = work_item_new(call, data, cancellable);
	item->task = g_steal_pointer(&task);
	item->grouped = grouped;
	g_async_queue_push(worker->queue, item);
}

void
cm_worker_run_async(CmWorker *worker,
		    CmWorkerCall call,
		    gpointer data,
		    GDestroyNotify data_free,
		    GCancellable *cancellable,
		    GAsyncReadyCallback callback,
		    gpointer user_data)
{
	worker_queue(worker, call, data, data_free, FALSE, cancellable, callback, user_data);
}

void
cm_worker_run_grouped_async(CmWorker *worker,
			    CmWorkerCall call,
			    gpointer data,
			    GDestroyNotify data_free,
			    GCancellable *cancellable,
			    GAsyncReadyCallback callback,
			    gpointer user_data)
{
	worker_queue(worker, call, data, data_free, TRUE, cancellable, callback, user_data);
}

gboolean
cm_worker_run_finish(GAsyncResult *result, gpointer *out_data, GError **error)
{
	if (out_data != NULL)
		*out_data = g_task_get_task_data(G_TASK(result));
	return g_task_propagate_boolean(G_TASK(result), error);
}
