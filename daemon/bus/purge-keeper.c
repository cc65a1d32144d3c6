// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/purge-keeper.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/logging.h"
#include "daemon/store/store-purge.h"

#include <unistd.h>

struct _CmPurgeKeeper {
	CmService *service;
	CmClockWatch *watch;
	gboolean looking;
	gboolean again; /* the clock ticked meanwhile */
};

/* one slice after another, so that people's calls come in between */
typedef struct {
	guint days;
	gboolean begun;
	gint64 before;
	CmStorePurge purge;
} PurgeLook;

static gboolean
look_on_worker(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	PurgeLook *look = data;
	gint64 now = cm_clock_get_now();
	gboolean new = FALSE;

	if (!look->begun) {
		if (!cm_store_purge_begin(store, look->days, now, &new, &look->before, error))
			return FALSE;
		look->begun = TRUE;
		if (!new)
			look->before = 0;
	}
	return look->before == 0 ||
	       cm_store_purge_run(store, look->before, now, &look->purge, error);
}

static gboolean
purge_keeper_look(gpointer user_data);

static void
log_purge(const CmStorePurge *purge)
{
	if (purge->entries + purge->passes + purge->visits + purge->endings + purge->helps +
		purge->rooms + purge->openings >
	    0)
		g_message("gone for good: %u ways in, %u passes, %u visits, %u ends, %u requests "
			  "for help, %u rooms, %u counts of openings",
			  purge->entries, purge->passes, purge->visits, purge->endings,
			  purge->helps, purge->rooms, purge->openings);
}

static void
purge_keeper_run(CmPurgeKeeper *keeper, const PurgeLook *from);

static void
purge_keeper_looked(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CmPurgeKeeper *keeper = user_data;
	CmService *service = keeper->service;
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean ok = cm_worker_run_finish(result, &data, &error);
	const PurgeLook *look = data;
	gboolean closing = g_cancellable_is_cancelled(service->closing);

	keeper->looking = FALSE;
	if (ok && look->purge.more && !closing) {
		purge_keeper_run(keeper, look);
	} else {
		/* what is left goes another day */
		log_purge(&look->purge);
		if (!ok && !closing)
			cm_logging_report_error("Door.Purge", NULL, getuid(), error);
		if (keeper->again && !closing)
			(void)purge_keeper_look(keeper);
	}
	cm_service_end(service);
}

static void
purge_keeper_run(CmPurgeKeeper *keeper, const PurgeLook *from)
{
	keeper->looking = TRUE;
	/* it counts as a reply: the service does not end before it has */
	cm_service_begin(keeper->service);
	cm_worker_run_async(keeper->service->store, look_on_worker, g_memdup2(from, sizeof *from),
			    g_free, keeper->service->closing, purge_keeper_looked, keeper);
}

static gboolean
purge_keeper_look(gpointer user_data)
{
	CmPurgeKeeper *keeper = user_data;
	const PurgeLook look = {.days = keeper->service->configuration->door_days};

	keeper->again = keeper->looking;
	if (!keeper->looking && !g_cancellable_is_cancelled(keeper->service->closing))
		purge_keeper_run(keeper, &look);
	return G_SOURCE_CONTINUE;
}

CmPurgeKeeper *
cm_purge_keeper_new(CmService *service)
{
	CmPurgeKeeper *keeper = g_new0(CmPurgeKeeper, 1);

	keeper->service = service;
	keeper->watch = cm_clock_new_watch(purge_keeper_look, keeper);
	(void)purge_keeper_look(keeper);
	return keeper;
}

void
cm_purge_keeper_free(CmPurgeKeeper *keeper)
{
	if (keeper == NULL)
		return;
	cm_clock_free_watch(keeper->watch);
	g_free(keeper);
}
