// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/plan-documents.h"

#include "daemon/agenda/explanation.h"
#include "daemon/bus/booking-answers.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/plan-view.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/sealed-memfd.h"
#include "daemon/roster/plan-diff.h"
#include "daemon/roster/plan-writer.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-derogation.h"
#include "daemon/store/store-invitation.h"
#include "daemon/store/store-time-request.h"
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

typedef struct {
	gint64 session;
	CmStoreBooking *booking; /* or NULL */
	GPtrArray *derogations;  /* CmStoreDerogation */
	GPtrArray *requests;     /* CmStoreTimeRequest, that wait */
	GPtrArray *invitations;  /* CmStoreInvitation */
} DecisionsQuery;

static void
decisions_query_clear(DecisionsQuery *query)
{
	g_clear_pointer(&query->booking, cm_store_booking_free);
	g_clear_pointer(&query->derogations, g_ptr_array_unref);
	g_clear_pointer(&query->requests, g_ptr_array_unref);
	g_clear_pointer(&query->invitations, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DecisionsQuery, decisions_query_clear)

static gboolean
read_decisions(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	DecisionsQuery *query = data;
	CmStoreDerogationFilter filter = {.session = query->session};
	CmStoreTimeRequestFilter waiting = {.subject = query->session, .open = TRUE};
	gint64 now = cm_clock_get_now();
	g_autoptr(GError) local_error = NULL;

	(void)cancellable;
	query->booking = cm_store_booking_get(store, query->session, now, &local_error);
	if (query->booking == NULL && !g_error_matches(local_error, CM_ERROR, CM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&local_error));
		return FALSE;
	}
	query->derogations = cm_store_derogation_list(store, &filter, error);
	if (query->derogations != NULL)
		query->requests = cm_store_time_request_list(store, &waiting, now, error);
	if (query->requests != NULL)
		query->invitations =
		    cm_store_invitation_list_by_subject(store, query->session, error);
	return query->invitations != NULL;
}

/* those that were refused or taken back bear on nothing */
static GArray *
find_derogations(const DecisionsQuery *query)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(CmExplanationDerogation));

	for (guint i = 0; i < query->derogations->len; i++) {
		const CmStoreDerogation *row = g_ptr_array_index(query->derogations, i);
		CmExplanationDerogation one = {
		    .number = row->derogation.number,
		    .state = cm_derogation_state_to_string(row->derogation.state),
		    .rule = row->rule,
		    .until = row->derogation.until};

		if (row->derogation.state == CM_DEROGATION_ASKED ||
		    row->derogation.state == CM_DEROGATION_APPROVED)
			g_array_append_val(found, one);
	}
	return found;
}

static GBytes *
make_explanation(CmService *service,
		 const CmPolicySet *policies,
		 const CmPlanView *view,
		 const gchar *session,
		 GCancellable *cancellable,
		 GError **error)
{
	const CmCaseload *caseload = view->roster->caseload;
	g_auto(DecisionsQuery) query = {0};
	CmExplanationDecisions decisions = {0};
	g_autoptr(GArray) derogations = NULL;
	g_autoptr(GArray) answers = NULL;

	for (guint32 i = 0; i < caseload->sessions->len && query.session == 0; i++)
		if (g_str_equal(CM_ELEMENT(caseload->sessions, CmSession, i)->id, session))
			query.session =
			    cm_roster_numbers_get(view->roster->numbers, CM_NUMBER_SESSION, i);
	if (query.session != 0 &&
	    !cm_worker_run(service->store, read_decisions, &query, cancellable, error))
		return NULL;
	if (query.derogations != NULL)
		derogations = find_derogations(&query);
	decisions.derogations = derogations;
	if (query.booking != NULL) {
		decisions.booking = cm_booking_state_to_string(query.booking->state);
		decisions.by_hand = query.booking->by_hand;
		answers = cm_booking_answers_find(query.invitations, view->roster->numbers,
						  query.booking);
		decisions.answers = answers;
	}
	if (query.requests != NULL && query.requests->len > 0) {
		const CmStoreTimeRequest *request = g_ptr_array_index(query.requests, 0);

		decisions.time_request = request->number;
		decisions.asked_date = request->date;
		decisions.asked_start = request->start;
	}
	return cm_explanation_new_document(caseload, view->plan, policies, session, view->number,
					   derogations != NULL ? &decisions : NULL, error);
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
	document = make_explanation(service, policies, view, request->session, cancellable, error);
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
