// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/derogation-adaptor.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/consent-documents.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-derogation.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

/* What a call asks or decides. */
typedef struct {
	CmCaller *caller;
	CmPolicySet *policies;
	gint64 number;
	gint64 version;
	CmDerogationState state;
	CmStoreDerogationOrder order;
	const gchar *note;
	JsonObject *document; /* holds the strings */
} DerogationRequest;

static DerogationRequest *
derogation_request_new(CmService *service, GDBusMethodInvocation *invocation)
{
	DerogationRequest *request = g_new0(DerogationRequest, 1);

	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->policies = cm_policy_set_ref(service->policies);
	return request;
}

static void
derogation_request_free(gpointer data)
{
	DerogationRequest *request = data;

	cm_caller_unref(request->caller);
	cm_policy_set_unref(request->policies);
	g_clear_pointer(&request->document, json_object_unref);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DerogationRequest, derogation_request_free)

static void
announce(CmService *service, gint64 number, CmDerogationState state)
{
	(void)g_dbus_connection_emit_signal(
	    service->connection, NULL, CM_OBJECT_PATH, CM_INTERFACE_PREFIX "Derogation", "Changed",
	    g_variant_new("(ts)", (guint64)number, cm_derogation_state_to_string(state)), NULL);
}

/* ---- ask */

static gboolean
read_order(DerogationRequest *request, GError **error)
{
	static const gchar *const names[] = {"followup", "session", "rule", "value",
					     "until",    "reason",  NULL};
	CmStoreDerogationOrder *order = &request->order;
	JsonObject *document = request->document;

	order->rule = "";
	order->value = CM_DEROGATION_NO_VALUE;
	order->until = CM_DAY_NONE;
	if (!cm_json_document_check_names(document, names, error) ||
	    !cm_json_document_get_number(document, "followup", &order->followup, error) ||
	    !cm_json_document_get_number(document, "session", &order->session, error) ||
	    !cm_json_document_get_text(document, "rule", &order->rule, error) ||
	    !cm_json_document_get_number(document, "value", &order->value, error) ||
	    !cm_json_document_get_day(document, "until", &order->until, error) ||
	    !cm_json_document_get_text(document, "reason", &order->reason, error))
		return FALSE;
	if ((order->followup > 0) != (order->session > 0) && order->followup >= 0 &&
	    order->session >= 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A derogation is for one follow-up or one session."), NULL);
	return FALSE;
}

static GVariant *
make_order(CmService *service,
	   CmStore *store,
	   gpointer data,
	   GCancellable *cancellable,
	   GError **error)
{
	const DerogationRequest *request = data;
	const CmStoreDerogationOrder *order = &request->order;
	gboolean session = order->session > 0;
	gint64 number = 0;
	CmDay today = 0;

	if (!cm_caller_check(request->caller, store,
			     session ? CM_SUBJECT_SESSION : CM_SUBJECT_FOLLOWUP,
			     session ? order->session : order->followup, error) ||
	    !cm_consent_documents_find_today(store, &today, error) ||
	    !cm_store_derogation_ask(store, order, request->policies, request->caller->uid,
				     cm_clock_get_now(), today, &number, error))
		return NULL;
	announce(service, number, CM_DEROGATION_ASKED);
	return g_variant_new("(t)", (guint64)number);
}

static gboolean
handle_ask(CmDBusDerogation *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   GVariant *order,
	   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(DerogationRequest) request = derogation_request_new(user_data, invocation);

	request->document = cm_json_document_read(descriptors, order, &error);
	if (request->document == NULL || !read_order(request, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_order, g_steal_pointer(&request),
				    derogation_request_free);
	return TRUE;
}

/* ---- decide */

static GVariant *
make_decision(CmService *service,
	      CmStore *store,
	      gpointer data,
	      GCancellable *cancellable,
	      GError **error)
{
	const DerogationRequest *request = data;

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_DEROGATION, request->number,
			     error) ||
	    !cm_store_derogation_decide(store, request->number, request->version, request->state,
					request->note, request->caller->uid, cm_clock_get_now(),
					error))
		return NULL;
	announce(service, request->number, request->state);
	return g_variant_new("(t)", (guint64)request->version + 1);
}

static DerogationRequest *
decision_new(CmService *service,
	     GDBusMethodInvocation *invocation,
	     guint64 number,
	     guint64 version,
	     CmDerogationState state)
{
	DerogationRequest *request = derogation_request_new(service, invocation);

	request->number = (gint64)MIN(number, (guint64)G_MAXINT64);
	request->version = (gint64)MIN(version, (guint64)G_MAXINT64 - 1);
	request->state = state;
	return request;
}

static void
decide(CmService *service,
       GDBusMethodInvocation *invocation,
       GUnixFDList *descriptors,
       GVariant *decision,
       DerogationRequest *taken)
{
	static const gchar *const names[] = {"note", NULL};
	g_autoptr(DerogationRequest) request = taken;
	g_autoptr(GError) error = NULL;

	request->document = cm_json_document_read(descriptors, decision, &error);
	if (request->document == NULL ||
	    !cm_json_document_check_names(request->document, names, &error) ||
	    !cm_json_document_get_text(request->document, "note", &request->note, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(service, invocation, make_decision, g_steal_pointer(&request),
				    derogation_request_free);
}

static gboolean
handle_approve(CmDBusDerogation *object,
	       GDBusMethodInvocation *invocation,
	       GUnixFDList *descriptors,
	       guint64 number,
	       guint64 version,
	       GVariant *decision,
	       gpointer user_data)
{
	decide(user_data, invocation, descriptors, decision,
	       decision_new(user_data, invocation, number, version, CM_DEROGATION_APPROVED));
	return TRUE;
}

static gboolean
handle_refuse(CmDBusDerogation *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      guint64 number,
	      guint64 version,
	      GVariant *decision,
	      gpointer user_data)
{
	decide(user_data, invocation, descriptors, decision,
	       decision_new(user_data, invocation, number, version, CM_DEROGATION_REFUSED));
	return TRUE;
}

static gboolean
handle_withdraw(CmDBusDerogation *object,
		GDBusMethodInvocation *invocation,
		guint64 number,
		guint64 version,
		gpointer user_data)
{
	cm_reply_from_store(
	    user_data, invocation, make_decision,
	    decision_new(user_data, invocation, number, version, CM_DEROGATION_WITHDRAWN),
	    derogation_request_free);
	return TRUE;
}

/* ---- list */

static gboolean
handle_list(CmDBusDerogation *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *options,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmConsentQuery) query = cm_consent_query_new(invocation, 0);
	guint64 followup = 0;
	guint64 session = 0;
	guint64 derogation = 0;
	const CmOption known[] = {{"followup", "t", &followup},
				  {"session", "t", &session},
				  {"derogation", "t", &derogation},
				  {"all", "b", &query->all}};

	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	query->followup = (gint64)MIN(followup, (guint64)G_MAXINT64);
	query->session = (gint64)MIN(session, (guint64)G_MAXINT64);
	query->derogation = (gint64)MIN(derogation, (guint64)G_MAXINT64);
	query->all = query->all || derogation != 0;
	cm_json_document_reply(user_data, invocation, cm_consent_documents_make_derogations,
			       g_steal_pointer(&query), cm_consent_query_free);
	return TRUE;
}

gboolean
cm_derogation_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusDerogation) object = cm_dbus_derogation_skeleton_new();

	g_signal_connect(object, "handle-ask", G_CALLBACK(handle_ask), service);
	g_signal_connect(object, "handle-approve", G_CALLBACK(handle_approve), service);
	g_signal_connect(object, "handle-refuse", G_CALLBACK(handle_refuse), service);
	g_signal_connect(object, "handle-withdraw", G_CALLBACK(handle_withdraw), service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
