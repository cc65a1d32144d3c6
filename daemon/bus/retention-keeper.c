// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/retention-keeper.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/logging.h"
#include "daemon/store/store-destruction.h"

#include <unistd.h>

struct _CmRetentionKeeper {
	CmService *service;
	CmClockWatch *watch;
	gboolean looking;
	gboolean again; /* the clock ticked meanwhile */
	GMutex erasing; /* one at a time */
	gint under_way; /* erasures, and what waits for them; atomic */
};

/* ---- destroying and erasing */

typedef struct {
	CmRetentionDestroy destroy;
	gpointer data;
	CmStoreErasure *erasure;
} Destruction;

static gboolean
destroy_on_worker(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Destruction *destruction = data;

	return destruction->destroy(store, destruction->data, &destruction->erasure, error);
}

static gboolean
step_on_worker(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	return cm_store_erasure_step(data, store, cm_clock_get_now(), error);
}

/* a step at a time: between two of them the store's thread has the calls that came before */
static gboolean
erase(CmWorker *worker, CmStoreErasure *erasure, GCancellable *cancellable, GError **error)
{
	while (cm_store_erasure_get_turn(erasure) != CM_ERASURE_DONE) {
		gboolean good =
		    cm_store_erasure_get_turn(erasure) == CM_ERASURE_LOOK
			? cm_store_erasure_look(erasure, cancellable, error)
			: cm_worker_run(worker, step_on_worker, erasure, cancellable, error);

		if (!good)
			return FALSE;
	}
	return TRUE;
}

static gboolean
destroy_and_erase(CmRetentionKeeper *keeper,
		  Destruction *destruction,
		  gboolean *out_erased,
		  GCancellable *cancellable,
		  GError **error)
{
	CmWorker *worker = keeper->service->store;
	g_autoptr(CmStoreErasure) erasure = NULL;
	g_autoptr(GError) local = NULL;

	if (!cm_worker_run(worker, destroy_on_worker, destruction, cancellable, error))
		return FALSE;
	erasure = destruction->erasure;
	/* what is destroyed is so at once, whatever is being cleaned up after others */
	g_mutex_lock(&keeper->erasing);
	*out_erased = erasure != NULL && erase(worker, erasure, cancellable, &local);
	g_mutex_unlock(&keeper->erasing);
	if (local != NULL)
		g_message("a file was destroyed, and the database's own files are still to be "
			  "cleaned of it: %s",
			  local->message);
	return TRUE;
}

gboolean
cm_retention_keeper_destroy(CmRetentionKeeper *keeper,
			    CmRetentionDestroy destroy,
			    gpointer data,
			    gboolean *out_erased,
			    GCancellable *cancellable,
			    GError **error)
{
	Destruction destruction = {destroy, data, NULL};
	gboolean good = FALSE;

	g_atomic_int_inc(&keeper->under_way);
	good = destroy_and_erase(keeper, &destruction, out_erased, cancellable, error);
	(void)g_atomic_int_dec_and_test(&keeper->under_way);
	return good;
}

/* ---- what was destroyed before, and is not erased */

static gboolean
make_late(CmStore *store, gpointer data, CmStoreErasure **out_erasure, GError **error)
{
	*out_erasure = cm_store_erasure_new(store, error);
	return *out_erasure != NULL;
}

static void
erase_late(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
	GError *error = NULL;
	gboolean erased = FALSE;

	if (cm_retention_keeper_destroy(task_data, make_late, NULL, &erased, cancellable, &error))
		g_task_return_boolean(task, erased);
	else
		g_task_return_error(task, error);
}

static void
erased_late(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CmRetentionKeeper *keeper = user_data;
	g_autoptr(GError) error = NULL;

	if (g_task_propagate_boolean(G_TASK(result), &error))
		g_message("destruction of files: nothing is left of them in the database's files");
	else if (error != NULL && !g_cancellable_is_cancelled(keeper->service->closing))
		cm_logging_report_error("Retention.Erase", NULL, getuid(), error);
	cm_service_end(keeper->service);
}

static void
begin_late(CmRetentionKeeper *keeper)
{
	g_autoptr(GTask) task = NULL;

	if (g_atomic_int_get(&keeper->under_way) > 0)
		return;
	cm_service_begin(keeper->service);
	task = g_task_new(NULL, keeper->service->closing, erased_late, keeper);
	g_task_set_check_cancellable(task, FALSE);
	g_task_set_task_data(task, keeper, NULL);
	g_task_run_in_thread(task, erase_late);
}

/* ---- looking, when the clock ticks */

static gboolean
look_on_worker(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	return cm_store_destruction_look(store, cm_clock_get_now(), data, error);
}

static gboolean
retention_keeper_look(gpointer user_data);

static void
retention_keeper_looked(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CmRetentionKeeper *keeper = user_data;
	CmService *service = keeper->service;
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean ok = cm_worker_run_finish(result, &data, &error);
	const CmStoreDestructionReport *report = data;
	gboolean closing = g_cancellable_is_cancelled(service->closing);

	keeper->looking = FALSE;
	if (!ok && !closing)
		cm_logging_report_error("Retention.Keep", NULL, getuid(), error);
	else if (ok && report->over + report->certified > 0)
		g_message("destruction of files: %u questions over, %u certified", report->over,
			  report->certified);
	if (ok && report->left > 0 && !closing)
		begin_late(keeper);
	if (keeper->again && !closing)
		(void)retention_keeper_look(keeper);
	cm_service_end(service);
}

static gboolean
retention_keeper_look(gpointer user_data)
{
	CmRetentionKeeper *keeper = user_data;

	keeper->again = keeper->looking;
	if (keeper->looking || g_cancellable_is_cancelled(keeper->service->closing))
		return G_SOURCE_CONTINUE;
	keeper->looking = TRUE;
	/* it counts as a reply: the service does not end before it has */
	cm_service_begin(keeper->service);
	cm_worker_run_async(keeper->service->store, look_on_worker,
			    g_new0(CmStoreDestructionReport, 1), g_free, keeper->service->closing,
			    retention_keeper_looked, keeper);
	return G_SOURCE_CONTINUE;
}

CmRetentionKeeper *
cm_retention_keeper_new(CmService *service)
{
	CmRetentionKeeper *keeper = g_new0(CmRetentionKeeper, 1);

	keeper->service = service;
	g_mutex_init(&keeper->erasing);
	keeper->watch = cm_clock_new_watch(retention_keeper_look, keeper);
	(void)retention_keeper_look(keeper);
	return keeper;
}

void
cm_retention_keeper_free(CmRetentionKeeper *keeper)
{
	if (keeper == NULL)
		return;
	cm_clock_free_watch(keeper->watch);
	g_mutex_clear(&keeper->erasing);
	g_free(keeper);
}
