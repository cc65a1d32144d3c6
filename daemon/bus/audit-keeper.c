// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/audit-keeper.h"

#include "daemon/bus/logging.h"
#include "daemon/store/audit-heads.h"

#include <unistd.h>

#define METHOD "Audit.Keep"

struct _CmAuditKeeper {
	CmWorker *worker;
	guint timer;
	gboolean failed; /* the worker's thread: it was said already */
};

/* on the worker's thread */
static gboolean
keep(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	CmAuditKeeper *keeper = data;
	const gchar *folder = cm_audit_heads_get_folder(store);
	g_autoptr(GError) local = NULL;

	if (folder == NULL ||
	    cm_audit_heads_update(store, folder, g_get_real_time() / G_USEC_PER_SEC, &local)) {
		keeper->failed = FALSE;
		return TRUE;
	}
	/* once, not every minute */
	if (!keeper->failed)
		cm_logging_report_error(METHOD, NULL, getuid(), local);
	keeper->failed = TRUE;
	return TRUE;
}

static void
kept(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;

	/* a queue that is full, a daemon that stops: the next time does it, or the end */
	if (!cm_worker_run_finish(result, NULL, &error))
		g_debug("heads of the audit log: %s", error->message);
}

static gboolean
keeper_on_timer(gpointer user_data)
{
	CmAuditKeeper *keeper = user_data;

	cm_worker_run_async(keeper->worker, keep, keeper, NULL, NULL, kept, NULL);
	return G_SOURCE_CONTINUE;
}

CmAuditKeeper *
cm_audit_keeper_new(CmWorker *worker)
{
	CmAuditKeeper *keeper = g_new0(CmAuditKeeper, 1);

	keeper->worker = worker;
	keeper->timer = g_timeout_add_seconds(CM_AUDIT_KEEPER_SECONDS, keeper_on_timer, keeper);
	(void)keeper_on_timer(keeper);
	return keeper;
}

void
cm_audit_keeper_free(CmAuditKeeper *keeper)
{
	if (keeper == NULL)
		return;
	g_source_remove(keeper->timer);
	g_free(keeper);
}

void
cm_audit_keeper_close_store(gpointer store)
{
	CmAuditKeeper last = {0};

	(void)keep(store, &last, NULL, NULL);
	cm_store_close(store);
}
