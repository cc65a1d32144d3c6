// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/agenda-adaptor.h"

#include "daemon/agenda/agenda.h"
#include "daemon/bus/agenda-bookings.h"
#include "daemon/bus/argument.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/plan-view.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/roster-scope.h"
#include "daemon/bus/sealed-memfd.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

typedef struct {
	CmCaller *caller;
	guint64 who;  /* 0: nobody in particular */
	guint64 site; /* 0: none */
	CmDay from;
	CmDay to;
	guint64 plan;
} AgendaRequest;

static void
agenda_request_free(gpointer data)
{
	AgendaRequest *request = data;

	cm_caller_unref(request->caller);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AgendaRequest, agenda_request_free)

/* what is not there and what may not be seen read alike */
static gboolean
set_unknown(GError **error, gboolean site)
{
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     site ? N_("There is no school and no office of yours by this number.")
			  : N_("There is no professional and no student of yours by this number."),
		     NULL);
	return FALSE;
}

static gboolean
resolve_numbers(const AgendaRequest *request,
		const CmRosterScope *scope,
		const CmRosterNumbers *numbers,
		CmAgendaQuery *query,
		GError **error)
{
	gint64 who = (gint64)MIN(request->who, (guint64)G_MAXINT64);
	gint64 site = (gint64)MIN(request->site, (guint64)G_MAXINT64);

	if (who != 0) {
		query->professional = cm_roster_numbers_find(numbers, CM_NUMBER_PROFESSIONAL, who);
		query->student = cm_roster_numbers_find(numbers, CM_NUMBER_STUDENT, who);
		if (query->professional == CM_NONE && query->student == CM_NONE)
			return set_unknown(error, FALSE);
		if ((query->professional != CM_NONE &&
		     !cm_roster_scope_has(scope, CM_NUMBER_PROFESSIONAL, query->professional)) ||
		    (query->student != CM_NONE &&
		     !cm_roster_scope_has(scope, CM_NUMBER_STUDENT, query->student)))
			return set_unknown(error, FALSE);
	}
	if (site != 0) {
		query->site = cm_roster_numbers_find(numbers, CM_NUMBER_SITE, site);
		if (query->site == CM_NONE ||
		    !cm_roster_scope_has(scope, CM_NUMBER_SITE, query->site))
			return set_unknown(error, TRUE);
	}
	return TRUE;
}

/* Keep a query to what is the caller's: as a professional their own, at the schools that they watch what happens there. */
static gboolean
keep_to_caller(const AgendaRequest *request,
	       const CmRosterScope *scope,
	       CmAgendaQuery *query,
	       GError **error)
{
	guint32 own = cm_roster_scope_get_professional(scope);
	const guint8 *watched = cm_roster_scope_get_watched_sites(scope);

	if (cm_caller_is_everywhere(request->caller))
		return TRUE;
	if (watched != NULL &&
	    (own == CM_NONE || (query->site != CM_NONE && watched[query->site] != 0))) {
		query->sites = watched;
		return request->who == 0 ? TRUE : set_unknown(error, FALSE);
	}
	if (own == CM_NONE || (query->professional != CM_NONE && query->professional != own))
		return set_unknown(error, FALSE);
	query->bound = own;
	if (query->student == CM_NONE && query->site == CM_NONE)
		query->professional = own;
	return TRUE;
}

static gboolean
write_agenda(CmService *service,
	     const CmPolicySet *policies,
	     gpointer data,
	     gint fd,
	     GCancellable *cancellable,
	     GError **error)
{
	const AgendaRequest *request = data;
	g_autoptr(GBytes) document = NULL;
	g_autoptr(CmPlanView) view = NULL;
	g_autoptr(CmRosterScope) scope = NULL;
	g_autoptr(CmAgendaBookings) bookings = NULL;
	CmAgendaQuery query = CM_AGENDA_QUERY(request->from, request->to);

	view = cm_plan_view_load(service, request->plan, cancellable, error);
	if (view == NULL)
		return FALSE;
	query.plan = view->number;
	query.numbers = view->roster->numbers;
	scope = cm_roster_scope_new(view->roster->caseload, view->roster->numbers, request->caller);
	if (!resolve_numbers(request, scope, view->roster->numbers, &query, error) ||
	    !keep_to_caller(request, scope, &query, error))
		return FALSE;
	bookings = cm_agenda_bookings_load(service, &query, view->published, cancellable, error);
	if (bookings == NULL)
		return FALSE;
	query.booked = cm_agenda_bookings_get(bookings);
	document =
	    cm_agenda_new_document(view->roster->caseload, view->plan, policies, &query, error);
	if (document == NULL)
		return FALSE;
	return cm_sealed_memfd_write(fd, g_bytes_get_data(document, NULL),
				     g_bytes_get_size(document), error);
}

/* a draft is for those who plan */
static gboolean
check_plan(const AgendaRequest *request, GError **error)
{
	if (request->plan == 0 || cm_caller_is_everywhere(request->caller))
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_ACCESS_DENIED,
	    N_("Your account may not use {0}. Who administers comodal can give it the right."),
	    "plan", NULL);
	return FALSE;
}

static gboolean
handle_get(CmDBusAgenda *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   guint64 who,
	   const gchar *from,
	   const gchar *to,
	   GVariant *dictionary,
	   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(AgendaRequest) request = g_new0(AgendaRequest, 1);
	const CmOption known[] = {{"site", "t", &request->site}, {"plan", "t", &request->plan}};

	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->who = who;
	if (!cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) ||
	    !cm_argument_parse_day(from, &request->from, &error) ||
	    !cm_argument_parse_day(to, &request->to, &error) || !check_plan(request, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_document(user_data, invocation, write_agenda, g_steal_pointer(&request),
				  agenda_request_free);
	return TRUE;
}

gboolean
cm_agenda_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusAgenda) object = cm_dbus_agenda_skeleton_new();

	g_signal_connect(object, "handle-get", G_CALLBACK(handle_get), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
