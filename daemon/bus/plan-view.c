// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/plan-view.h"

#include "daemon/store/store-plan.h"

typedef struct {
	CmService *service;
	guint64 wanted;
	CmPlanView *view;
} ViewQuery;

void
cm_plan_view_free(CmPlanView *view)
{
	if (view == NULL)
		return;
	g_clear_pointer(&view->plan, cm_plan_free);
	g_clear_pointer(&view->roster, cm_roster_snapshot_unref);
	g_free(view);
}

static gboolean
view_read(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	ViewQuery *query = data;
	g_autoptr(CmPlanView) view = g_new0(CmPlanView, 1);
	CmPlanInfo info = {0};

	view->roster = cm_roster_cache_get(query->service->roster, store, cancellable, error);
	if (view->roster == NULL || !cm_store_plan_get_info(store, query->wanted, &info, error))
		return FALSE;
	view->number = info.number;
	view->published = info.state == CM_PLAN_STATE_PUBLISHED;
	view->plan =
	    cm_store_plan_load(store, view->roster->caseload, info.number, cancellable, error);
	if (view->plan == NULL)
		return FALSE;
	query->view = g_steal_pointer(&view);
	return TRUE;
}

CmPlanView *
cm_plan_view_load(CmService *service, guint64 number, GCancellable *cancellable, GError **error)
{
	ViewQuery query = {.service = service, .wanted = number};

	if (!cm_worker_run(service->store, view_read, &query, cancellable, error))
		return NULL;
	return query.view;
}
