// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/agenda-adaptor.h"

#include "daemon/agenda/agenda.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/plan-view.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/sealed-memfd.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

typedef struct {
	gchar *who;
	gchar *site;
	CmDay from;
	CmDay to;
	guint64 plan;
} AgendaRequest;

static void
agenda_request_free(gpointer data)
{
	AgendaRequest *request = data;

	g_free(request->who);
	g_free(request->site);
	g_free(request);
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
	CmAgendaQuery query = {
	    .who = request->who,
	    .site = request->site,
	    .from = request->from,
	    .to = request->to,
	};

	view = cm_plan_view_load(service, request->plan, cancellable, error);
	if (view == NULL)
		return FALSE;
	query.plan = view->number;
	query.numbers = view->roster->numbers;
	document =
	    cm_agenda_new_document(view->roster->caseload, view->plan, policies, &query, error);
	if (document == NULL)
		return FALSE;
	return cm_sealed_memfd_write(fd, g_bytes_get_data(document, NULL),
				     g_bytes_get_size(document), error);
}

static gboolean
parse_date(const gchar *text, CmDay *out_day, GError **error)
{
	if (cm_day_parse(text, out_day))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("“{0}” is not a date; write it as 2026-09-01."), text, NULL);
	return FALSE;
}

static gboolean
handle_get(CmDBusAgenda *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   const gchar *who,
	   const gchar *from,
	   const gchar *to,
	   GVariant *dictionary,
	   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	AgendaRequest *request = g_new0(AgendaRequest, 1);
	const gchar *site = "";
	const CmOption known[] = {{"site", "s", &site}, {"plan", "t", &request->plan}};

	if (!cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) ||
	    !parse_date(from, &request->from, &error) || !parse_date(to, &request->to, &error)) {
		agenda_request_free(request);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	request->who = g_strdup(who);
	request->site = g_strdup(site);
	cm_reply_document(user_data, invocation, write_agenda, request, agenda_request_free);
	return TRUE;
}

gboolean
cm_agenda_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusAgenda) object = cm_dbus_agenda_skeleton_new();

	g_signal_connect(object, "handle-get", G_CALLBACK(handle_get), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
