// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/plan-documents.h"

#include "daemon/agenda/explanation.h"
#include "daemon/bus/plan-view.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/sealed-memfd.h"
#include "daemon/roster/plan-diff.h"
#include "daemon/roster/plan-writer.h"
#include "include/cm-error.h"

typedef struct {
	guint64 from; /* of a difference */
	guint64 plan;
	gchar *session; /* of an explanation */
} PlanRequest;

static PlanRequest *
plan_request_new(guint64 from, guint64 plan, const gchar *session)
{
	PlanRequest *request = g_new0(PlanRequest, 1);

	request->from = from;
	request->plan = plan;
	request->session = g_strdup(session);
	return request;
}

static void
plan_request_free(gpointer data)
{
	PlanRequest *request = data;

	g_free(request->session);
	g_free(request);
}

static gboolean
write_plan(CmService *service,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint fd,
	   GCancellable *cancellable,
	   GError **error)
{
	const PlanRequest *request = data;
	g_autoptr(CmPlanView) view = cm_plan_view_load(service, request->plan, cancellable, error);

	return view != NULL &&
	       cm_plan_writer_write_fd(view->plan, view->roster->caseload, fd, error);
}

void
cm_plan_documents_reply_plan(CmService *service, GDBusMethodInvocation *invocation, guint64 plan)
{
	cm_reply_document(service, invocation, write_plan, plan_request_new(0, plan, NULL),
			  plan_request_free);
}

/* what is published may be nothing yet: then everything is new */
static gboolean
load_before(CmService *service,
	    guint64 number,
	    GCancellable *cancellable,
	    CmPlanView **out_view,
	    GError **error)
{
	g_autoptr(GError) local = NULL;
	CmPlanView *view = cm_plan_view_load(service, number, cancellable, &local);

	if (view == NULL && !(number == 0 && cm_error_is(local, CM_ERROR_NOT_FOUND))) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	*out_view = view;
	return TRUE;
}

static gboolean
write_diff(CmService *service,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint fd,
	   GCancellable *cancellable,
	   GError **error)
{
	const PlanRequest *request = data;
	g_autoptr(CmPlanView) before = NULL;
	g_autoptr(CmPlanView) after = NULL;
	g_autoptr(CmPlanDiff) diff = NULL;

	after = cm_plan_view_load(service, request->plan, cancellable, error);
	if (after == NULL || !load_before(service, request->from, cancellable, &before, error))
		return FALSE;
	diff = cm_plan_diff_new(before != NULL ? before->plan : NULL,
				before != NULL ? before->roster->caseload : after->roster->caseload,
				after->plan, after->roster->caseload);
	return cm_plan_diff_write_fd(diff, fd, error);
}

void
cm_plan_documents_reply_diff(CmService *service,
			     GDBusMethodInvocation *invocation,
			     guint64 from,
			     guint64 to)
{
	cm_reply_document(service, invocation, write_diff, plan_request_new(from, to, NULL),
			  plan_request_free);
}

static gboolean
write_explanation(CmService *service,
		  const CmPolicySet *policies,
		  gpointer data,
		  gint fd,
		  GCancellable *cancellable,
		  GError **error)
{
	const PlanRequest *request = data;
	g_autoptr(GBytes) document = NULL;
	g_autoptr(CmPlanView) view = cm_plan_view_load(service, request->plan, cancellable, error);

	if (view == NULL)
		return FALSE;
	document = cm_explanation_new_document(view->roster->caseload, view->plan, policies,
					       request->session, view->number, error);
	if (document == NULL)
		return FALSE;
	return cm_sealed_memfd_write(fd, g_bytes_get_data(document, NULL),
				     g_bytes_get_size(document), error);
}

void
cm_plan_documents_reply_explanation(CmService *service,
				    GDBusMethodInvocation *invocation,
				    const gchar *session,
				    guint64 plan)
{
	cm_reply_document(service, invocation, write_explanation,
			  plan_request_new(0, plan, session), plan_request_free);
}
