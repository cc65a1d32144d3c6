// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/custody-keeper.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/logging.h"
#include "daemon/store/store-custody.h"

#define COUNT_SECONDS 60

struct _CmCustodyKeeper {
	CmService *service;
	guint timer;
	gboolean counting;
};

static gboolean
count_on_worker(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	return cm_store_custody_count(store, cm_clock_get_uptime(), error);
}

static void
counted(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CmCustodyKeeper *keeper = user_data;
	CmService *service = keeper->service;
	g_autoptr(GError) error = NULL;

	keeper->counting = FALSE;
	if (!cm_worker_run_finish(result, NULL, &error))
		cm_logging_report_error("custody", NULL, 0, error);
	cm_service_end(service);
}

static gboolean
count(gpointer user_data)
{
	CmCustodyKeeper *keeper = user_data;

	if (keeper->counting || g_cancellable_is_cancelled(keeper->service->closing))
		return G_SOURCE_CONTINUE;
	keeper->counting = TRUE;
	/* it counts as a reply: the service does not end before it has */
	cm_service_begin(keeper->service);
	cm_worker_run_async(keeper->service->store, count_on_worker, NULL, NULL,
			    keeper->service->closing, counted, keeper);
	return G_SOURCE_CONTINUE;
}

CmCustodyKeeper *
cm_custody_keeper_new(CmService *service)
{
	CmCustodyKeeper *keeper = g_new0(CmCustodyKeeper, 1);

	keeper->service = service;
	keeper->timer = g_timeout_add_seconds(COUNT_SECONDS, count, keeper);
	(void)count(keeper);
	return keeper;
}

void
cm_custody_keeper_free(CmCustodyKeeper *keeper)
{
	if (keeper == NULL)
		return;
	g_source_remove(keeper->timer);
	g_free(keeper);
}
