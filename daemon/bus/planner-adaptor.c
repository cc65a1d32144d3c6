// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/planner-adaptor.h"

#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/plan-documents.h"
#include "daemon/bus/plan-job.h"
#include "daemon/bus/publish-job.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-plan.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define DEFAULT_SECONDS 30.0

static gboolean
check_limits(const CmPlanJobOptions *options, GError **error)
{
	if (!(options->seconds >= 0) || options->seconds > CM_PLAN_JOB_SECONDS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Option “seconds” must be between 0 and 86400."), NULL);
		return FALSE;
	}
	if (options->seconds <= 0 && options->effort == 0) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("One of the options “seconds” and “effort” must be more than 0."),
			     NULL);
		return FALSE;
	}
	if (options->threads > CM_PLAN_JOB_THREADS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Option “threads” must be 64 or less."), NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
read_plan_options(GVariant *dictionary, CmPlanJobOptions *out_options, GError **error)
{
	const gchar *replan_from = NULL;
	const CmOption known[] = {
	    {"seconds", "d", &out_options->seconds}, {"effort", "t", &out_options->effort},
	    {"seed", "t", &out_options->seed},       {"threads", "u", &out_options->threads},
	    {"replan-from", "s", &replan_from},
	};

	out_options->seconds = -1;
	out_options->replan_from = CM_DAY_NONE;
	if (!cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), error))
		return FALSE;
	if (replan_from != NULL && !cm_day_parse(replan_from, &out_options->replan_from)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Option “replan-from” must be a date as 2026-09-01, not “{0}”."),
			     replan_from, NULL);
		return FALSE;
	}
	/* with an effort alone, time plays no part: the plan can be had again */
	if (g_variant_lookup(dictionary, "seconds", "d", NULL) == FALSE)
		out_options->seconds = out_options->effort > 0 ? 0 : DEFAULT_SECONDS;
	return check_limits(out_options, error);
}

static gboolean
handle_plan(CmDBusPlanner *object,
	    GDBusMethodInvocation *invocation,
	    GVariant *dictionary,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	CmPlanJobOptions options = {0};
	const gchar *path = NULL;

	if (read_plan_options(dictionary, &options, &error))
		path = cm_plan_job_start(user_data, invocation, &options, &error);
	if (path == NULL)
		cm_reply_error(invocation, error);
	else
		cm_dbus_planner_complete_plan(object, invocation, path);
	return TRUE;
}

static gboolean
handle_publish(CmDBusPlanner *object,
	       GDBusMethodInvocation *invocation,
	       guint64 plan,
	       guint64 published,
	       gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	const gchar *path = cm_publish_job_start(user_data, invocation, plan, published, &error);

	if (path == NULL)
		cm_reply_error(invocation, error);
	else
		cm_dbus_planner_complete_publish(object, invocation, path);
	return TRUE;
}

static GVariant *
make_list(CmService *service,
	  CmStore *store,
	  gpointer data,
	  GCancellable *cancellable,
	  GError **error)
{
	g_autoptr(GArray) plans = cm_store_plan_list(store, error);
	GVariantBuilder list;

	if (plans == NULL)
		return NULL;
	g_variant_builder_init(&list, G_VARIANT_TYPE("a(tsxuuxt)"));
	for (guint i = 0; i < plans->len; i++) {
		const CmPlanInfo *info = &g_array_index(plans, CmPlanInfo, i);

		g_variant_builder_add(&list, "(tsxuuxt)", info->number,
				      cm_store_plan_state_to_string(info->state), info->made_at,
				      info->placed, info->unscheduled,
				      cm_cost_get_total(&info->cost), info->roster_version);
	}
	return g_variant_new("(a(tsxuuxt))", &list);
}

static gboolean
handle_list_plans(CmDBusPlanner *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	cm_reply_from_store(user_data, invocation, make_list, NULL, NULL);
	return TRUE;
}

typedef struct {
	guint64 plan;
	gint64 actor;
} Discard;

static GVariant *
make_discard(CmService *service,
	     CmStore *store,
	     gpointer data,
	     GCancellable *cancellable,
	     GError **error)
{
	const Discard *discard = data;

	if (!cm_store_plan_discard(store, discard->plan, discard->actor, error))
		return NULL;
	return g_variant_new("()");
}

static gboolean
handle_discard(CmDBusPlanner *object,
	       GDBusMethodInvocation *invocation,
	       guint64 plan,
	       gpointer user_data)
{
	Discard discard = {plan, cm_door_get_uid(invocation)};

	cm_reply_from_store(user_data, invocation, make_discard,
			    g_memdup2(&discard, sizeof discard), g_free);
	return TRUE;
}

static gboolean
handle_get(CmDBusPlanner *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   guint64 plan,
	   gpointer user_data)
{
	cm_plan_documents_reply_plan(user_data, invocation, plan);
	return TRUE;
}

static gboolean
handle_diff(CmDBusPlanner *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    guint64 from,
	    guint64 to,
	    gpointer user_data)
{
	cm_plan_documents_reply_diff(user_data, invocation, from, to);
	return TRUE;
}

static gboolean
handle_explain(CmDBusPlanner *object,
	       GDBusMethodInvocation *invocation,
	       GUnixFDList *descriptors,
	       const gchar *session,
	       guint64 plan,
	       gpointer user_data)
{
	cm_plan_documents_reply_explanation(user_data, invocation, session, plan);
	return TRUE;
}

gboolean
cm_planner_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusPlanner) object = cm_dbus_planner_skeleton_new();

	g_signal_connect(object, "handle-plan", G_CALLBACK(handle_plan), service);
	g_signal_connect(object, "handle-publish", G_CALLBACK(handle_publish), service);
	g_signal_connect(object, "handle-list-plans", G_CALLBACK(handle_list_plans), service);
	g_signal_connect(object, "handle-discard", G_CALLBACK(handle_discard), service);
	g_signal_connect(object, "handle-get", G_CALLBACK(handle_get), service);
	g_signal_connect(object, "handle-diff", G_CALLBACK(handle_diff), service);
	g_signal_connect(object, "handle-explain", G_CALLBACK(handle_explain), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
