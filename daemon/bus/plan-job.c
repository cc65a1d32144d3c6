// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/plan-job.h"

#include "daemon/booking/planner-view.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/consent-modes.h"
#include "daemon/bus/policy-presence.h"
#include "daemon/bus/standing.h"
#include "daemon/planner/check.h"
#include "daemon/store/store-plan.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

typedef struct {
	CmService *service;
	CmPolicySet *policies;
	CmPlanJobOptions options;
	CmJob *job; /* while it runs */
	gint64 started;
	CmCaseload *caseload;
	guint64 roster_version;
	guint8
	    *over; /* [session]: held where it is booked: its day is over, or people booked it so */
	CmPlan *plan;
	guint64 number;
} Planning;

static void
planning_free(gpointer data)
{
	Planning *planning = data;

	cm_policy_set_unref(planning->policies);
	g_clear_pointer(&planning->plan, cm_plan_free);
	g_clear_pointer(&planning->caseload, cm_caseload_free);
	g_free(planning->over);
	g_free(planning);
}

/* a roster of its own, since it writes `replan_from` and the locks into it */
static gboolean
planning_load(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Planning *planning = data;
	g_autoptr(CmRosterNumbers) numbers = NULL;

	planning->caseload = cm_store_roster_load_numbered(store, &planning->roster_version,
							   &numbers, cancellable, error);
	if (planning->caseload == NULL)
		return FALSE;
	planning->over = g_malloc0(planning->caseload->sessions->len + 1);
	return cm_standing_read(store, planning->caseload, numbers, cm_clock_get_now(),
				planning->over, error) &&
	       cm_consent_modes_apply(store, planning->policies, numbers, planning->caseload,
				      planning->over, error);
}

static gboolean
planning_store(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Planning *planning = data;

	return cm_store_plan_add(store, planning->caseload, planning->plan,
				 planning->roster_version, cm_policy_presence_check,
				 planning->policies, &planning->number, cancellable, error);
}

static CmDay
planning_get_today(const CmCaseload *caseload)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(caseload->timezone);

	if (zone == NULL)
		zone = g_time_zone_new_utc();
	return cm_clock_get_day(cm_clock_get_now(), zone);
}

/* the first day that may change: what was asked for, else the roster's own, but never a day that is over once people have
 * been told of a plan */
static CmDay
planning_get_first_day(const Planning *planning)
{
	const CmCaseload *caseload = planning->caseload;
	CmDay first = caseload->from;

	if (planning->options.replan_from != CM_DAY_NONE)
		return planning->options.replan_from;
	/* a day before the horizon says that all of it may change */
	if (caseload->replan_from != CM_DAY_NONE)
		first = MAX(first, caseload->replan_from);
	if (caseload->previous->len > 0)
		first = MAX(first, planning_get_today(caseload));
	return first;
}

/* whether the roster, as it is now, still has the day on which a session was published */
static gboolean
placement_has_day(const CmCaseload *caseload, const CmPlacement *placement)
{
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, placement->session);
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	const CmProfessional *professional =
	    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional);
	guint32 site = CM_ELEMENT(caseload->students, CmStudent, followup->student)->site;
	gint cycle_day = 0;
	CmDayKind kind = cm_caseload_get_day(caseload, site, placement->date, &cycle_day);

	for (guint i = 0; i < professional->absences.count; i++) {
		const CmAbsence *absence =
		    CM_ELEMENT(caseload->absences, CmAbsence, professional->absences.first + i);

		if (absence->from <= placement->date && placement->date <= absence->to)
			return FALSE;
	}
	return placement->date >= caseload->from && placement->date >= followup->not_before &&
	       (kind == CM_DAY_KIND_CLASS ||
		(kind == CM_DAY_KIND_PEDAGOGICAL && placement->mode == CM_MODE_VIDEO_REMOTE));
}

/* Hold what was published for days that are over. A session whose day the roster has taken away since (an absence, a closure)
 * has not taken place: it is planned again, and those behind it with it, since sessions keep their order. */
static void
planning_hold(Planning *planning, CmDay first)
{
	const CmCaseload *caseload = planning->caseload;
	guint32 next = 0; /* the session that would carry on a run from its follow-up's first one */

	/* by session */
	for (guint i = 0; i < caseload->previous->len; i++) {
		CmPlacement *placement = CM_ELEMENT(caseload->previous, CmPlacement, i);
		guint32 followup =
		    CM_ELEMENT(caseload->sessions, CmSession, placement->session)->followup;
		gboolean begins =
		    placement->session ==
		    CM_ELEMENT(caseload->followups, CmFollowup, followup)->sessions.first;

		if (!begins && placement->session != next)
			continue;
		if (!placement->locked) {
			if (placement->date >= first || !placement_has_day(caseload, placement))
				continue;
			placement->locked = TRUE;
			planning->over[placement->session] = 1;
		}
		next = placement->session + 1;
	}
}

/* Held for this plan, not for ever: the next one has its own first day. */
static void
planning_release(Planning *planning)
{
	for (guint i = 0; i < planning->plan->placements->len; i++) {
		CmPlacement *placement = CM_ELEMENT(planning->plan->placements, CmPlacement, i);

		if (planning->over[placement->session] != 0)
			placement->locked = FALSE;
	}
}

static gboolean
planning_prepare(Planning *planning, GError **error)
{
	CmCaseload *caseload = planning->caseload;
	CmDay first = planning_get_first_day(planning);
	gchar texts[3][CM_DAY_TEXT_SIZE];

	if (first < caseload->from || first > caseload->to) {
		cm_error_set(
		    error, CM_ERROR_INVALID_INPUT,
		    N_("Nothing can move from {0} on: the roster's horizon goes from {1} to "
		       "{2}. Give another first day (replan-from)."),
		    cm_day_format(first, texts[0]), cm_day_format(caseload->from, texts[1]),
		    cm_day_format(caseload->to, texts[2]), NULL);
		return FALSE;
	}
	caseload->replan_from = first;
	planning_hold(planning, first);
	return TRUE;
}

static void
planning_watch(const CmSolverProgress *progress, gpointer user_data)
{
	Planning *planning = user_data;
	gdouble seconds = (gdouble)(g_get_monotonic_time() - planning->started) / G_USEC_PER_SEC;

	cm_job_set_figure(planning->job, "cost", (gdouble)cm_cost_get_total(&progress->cost));
	cm_job_set_figure(planning->job, "unscheduled", progress->unscheduled);
	cm_job_set_figure(planning->job, "effort", (gdouble)progress->effort);
	cm_job_set_figure(planning->job, "seconds", seconds);
	cm_job_set_progress(planning->job, progress->share, NULL);
}

static gboolean
planning_solve(CmJob *job, Planning *planning, guint64 *out_effort, GError **error)
{
	g_autofree gchar *phase = cm_message_new(N_("Looking for a better plan."), NULL);
	g_autoptr(CmPlannerView) view = NULL;
	g_autoptr(CmPlan) plan = NULL;
	CmSolverOptions options = {
	    .seconds = planning->options.seconds,
	    .effort = planning->options.effort,
	    .seed = planning->options.seed,
	    .threads = planning->options.threads,
	    .stop = cm_job_get_stop(job),
	    .watch = planning_watch,
	    .watch_data = planning,
	};

	view = cm_planner_view_new(planning->caseload, planning->policies, error);
	if (view == NULL)
		return FALSE;
	cm_job_set_progress(job, 0, phase);
	plan = cm_solver_run(view->problem, &options, out_effort);
	planning->plan = cm_planner_view_restore(view, plan);
	/* a cancelled plan is not worth judging, and the next step refuses it */
	return g_cancellable_is_cancelled(cm_job_get_cancellable(job)) ||
	       cm_check_plan(view->problem, plan, error);
}

static GVariant *
planning_describe(const Planning *planning, guint64 effort)
{
	g_auto(GVariantDict) result = G_VARIANT_DICT_INIT(NULL);
	GVariantBuilder cost;

	g_variant_builder_init(&cost, G_VARIANT_TYPE("a(sx)"));
	for (guint part = 0; part < CM_COST_LAST; part++)
		g_variant_builder_add(&cost, "(sx)", cm_cost_part_to_string((CmCostPart)part),
				      planning->plan->cost.part[part]);
	g_variant_dict_insert(&result, "plan", "t", planning->number);
	g_variant_dict_insert(&result, "placed", "u", planning->plan->placements->len);
	g_variant_dict_insert(&result, "unscheduled", "u", planning->plan->unscheduled->len);
	g_variant_dict_insert(&result, "cost", "a(sx)", &cost);
	g_variant_dict_insert(&result, "effort", "t", effort);
	return g_variant_dict_end(&result);
}

static gboolean
planning_run(CmJob *job, gpointer data, GError **error)
{
	Planning *planning = data;
	CmWorker *store = planning->service->store;
	GCancellable *cancellable = cm_job_get_cancellable(job);
	g_autofree gchar *preparing = cm_message_new(N_("Reading the roster."), NULL);
	g_autofree gchar *keeping = cm_message_new(N_("Keeping the plan."), NULL);
	guint64 effort = 0;

	planning->job = job;
	planning->started = g_get_monotonic_time();
	cm_job_set_progress(job, 0, preparing);
	if (!cm_worker_run(store, planning_load, planning, cancellable, error) ||
	    !planning_prepare(planning, error) || !planning_solve(job, planning, &effort, error))
		return FALSE;
	planning_release(planning);
	cm_job_set_progress(job, 1, keeping);
	/* also what keeps a cancelled plan out of the store */
	if (!cm_worker_run(store, planning_store, planning, cancellable, error))
		return FALSE;
	cm_job_set_result(job, planning_describe(planning, effort));
	return TRUE;
}

static const CmJobKind planning_kind = {"plan", "Planner.Plan", planning_run, TRUE};

const gchar *
cm_plan_job_start(CmService *service,
		  GDBusMethodInvocation *invocation,
		  const CmPlanJobOptions *options,
		  GError **error)
{
	Planning *planning = g_new0(Planning, 1);

	planning->service = service;
	planning->policies = cm_policy_set_ref(service->policies);
	planning->options = *options;
	return cm_jobs_start(service->jobs, invocation, &planning_kind, planning, planning_free,
			     error);
}
