// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/publish-job.h"

#include "daemon/booking/planner-view.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/standing.h"
#include "daemon/planner/check.h"
#include "daemon/store/store-plan.h"
#include "daemon/store/store-roster.h"
#include "include/cm-dbus.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

typedef struct {
	CmService *service;
	guint64 number;
	guint64 published;
	gint64 actor;
	CmPolicySet *policies;
	CmPlanInfo info;
	CmCaseload *caseload;
	guint64 roster_version;
	CmPlan *plan;
	guint8 *fixed; /* [session] */
	CmPublishReport report;
} Publishing;

static gboolean
publishing_write(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Publishing *publishing = data;

	return cm_store_plan_publish(store, publishing->number, publishing->published,
				     publishing->actor, cm_clock_get_now(), &publishing->report,
				     cancellable, error);
}

/* a roster of its own, since it writes into it */
static gboolean
publishing_load(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Publishing *publishing = data;
	g_autoptr(CmRosterNumbers) numbers = NULL;

	if (!cm_store_plan_get_info(store, publishing->number, &publishing->info, error))
		return FALSE;
	publishing->caseload = cm_store_roster_load_numbered(store, &publishing->roster_version,
							     &numbers, cancellable, error);
	if (publishing->caseload == NULL)
		return FALSE;
	publishing->fixed = g_malloc0(publishing->caseload->sessions->len + 1);
	if (!cm_standing_read(store, publishing->caseload, numbers, cm_clock_get_now(),
			      publishing->fixed, error))
		return FALSE;
	publishing->plan =
	    cm_store_plan_load(store, publishing->caseload, publishing->number, cancellable, error);
	return publishing->plan != NULL;
}

/* The policies may have been tightened since, or the plan come from a database that somebody wrote to. A plan of an older roster
 * is the store's to refuse. */
static gboolean
publishing_check(CmJob *job, Publishing *publishing, GError **error)
{
	g_autoptr(GTimeZone) zone = NULL;
	g_autoptr(CmPlannerView) view = NULL;
	g_autoptr(CmPlan) plan = NULL;

	if (!cm_worker_run(publishing->service->store, publishing_load, publishing,
			   cm_job_get_cancellable(job), error))
		return FALSE;
	if (publishing->info.state != CM_PLAN_STATE_DRAFT ||
	    publishing->info.roster_version != publishing->roster_version)
		return TRUE;
	/* the first day that could move was decided when the draft was made */
	publishing->caseload->replan_from = CM_DAY_NONE;
	zone = g_time_zone_new_identifier(publishing->caseload->timezone);
	cm_standing_set_plan(publishing->caseload, publishing->plan, publishing->fixed,
			     zone != NULL ? cm_clock_get_day(cm_clock_get_now(), zone)
					  : publishing->caseload->from);
	view = cm_planner_view_new(publishing->caseload, publishing->policies, error);
	if (view == NULL)
		return FALSE;
	plan = cm_planner_view_reduce(view, publishing->plan);
	return cm_check_part(view->problem, plan, error);
}

static void
publishing_free(gpointer data)
{
	Publishing *publishing = data;

	cm_policy_set_unref(publishing->policies);
	g_clear_pointer(&publishing->plan, cm_plan_free);
	g_clear_pointer(&publishing->caseload, cm_caseload_free);
	g_free(publishing->fixed);
	g_free(publishing);
}

static gboolean
publishing_run(CmJob *job, gpointer data, GError **error)
{
	Publishing *publishing = data;
	g_autofree gchar *checking = cm_message_new(N_("Checking the plan."), NULL);
	g_autofree gchar *phase = cm_message_new(N_("Booking the sessions."), NULL);
	g_auto(GVariantDict) result = G_VARIANT_DICT_INIT(NULL);

	cm_job_set_progress(job, 0, checking);
	if (!publishing_check(job, publishing, error))
		return FALSE;
	cm_job_set_progress(job, 0.5, phase);
	if (!cm_worker_run(publishing->service->store, publishing_write, publishing,
			   cm_job_get_cancellable(job), error))
		return FALSE;
	g_variant_dict_insert(&result, "placed", "u", publishing->report.placed);
	g_variant_dict_insert(&result, "added", "u", publishing->report.added);
	g_variant_dict_insert(&result, "changed", "u", publishing->report.changed);
	g_variant_dict_insert(&result, "removed", "u", publishing->report.removed);
	g_variant_dict_insert(&result, "kept", "u", publishing->report.kept);
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
	publishing->policies = cm_policy_set_ref(service->policies);
	publishing->number = plan;
	publishing->published = published;
	publishing->actor = cm_door_get_uid(invocation);
	return cm_jobs_start(service->jobs, invocation, &publishing_kind, publishing,
			     publishing_free, error);
}
