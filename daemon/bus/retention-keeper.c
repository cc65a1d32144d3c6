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
};

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
	else if (ok && report->over + report->erased + report->certified > 0)
		g_message("destruction of files: %u questions over, %u out of the database's "
			  "files, %u certified",
			  report->over, report->erased, report->certified);
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
	g_free(keeper);
}
