// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/publish-job.h"

#include "daemon/store/store-plan.h"
#include "include/cm-dbus.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

typedef struct {
	CmService *service;
	guint64 number;
	guint64 published;
	CmPublishReport report;
} Publishing;

static gboolean
publishing_write(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Publishing *publishing = data;

	return cm_store_plan_publish(store, publishing->number, publishing->published,
				     &publishing->report, cancellable, error);
}

static gboolean
publishing_run(CmJob *job, gpointer data, GError **error)
{
	Publishing *publishing = data;
	g_autofree gchar *phase = cm_message_new(N_("Booking the sessions."), NULL);
	g_auto(GVariantDict) result = G_VARIANT_DICT_INIT(NULL);

	cm_job_set_progress(job, 0, phase);
	if (!cm_worker_run(publishing->service->store, publishing_write, publishing,
			   cm_job_get_cancellable(job), error))
		return FALSE;
	g_variant_dict_insert(&result, "placed", "u", publishing->report.placed);
	g_variant_dict_insert(&result, "added", "u", publishing->report.added);
	g_variant_dict_insert(&result, "changed", "u", publishing->report.changed);
	g_variant_dict_insert(&result, "removed", "u", publishing->report.removed);
	cm_job_set_result(job, g_variant_dict_end(&result));
	cm_service_announce_published(publishing->service, publishing->number);
	return TRUE;
}

static const CmJobKind publishing_kind = {"publish", "Planner.Publish", publishing_run, FALSE};

const gchar *
cm_publish_job_start(CmService *service,
		     GDBusMethodInvocation *invocation,
		     guint64 plan,
		     guint64 published,
		     GError **error)
{
	Publishing *publishing = g_new0(Publishing, 1);

	publishing->service = service;
	publishing->number = plan;
	publishing->published = published;
	return cm_jobs_start(service->jobs, invocation, &publishing_kind, publishing, g_free,
			     error);
}
