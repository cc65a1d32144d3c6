// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/inbox-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/inbox-document.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-inbox.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

/* What a call asks for. */
typedef struct {
	CmCaller *caller;
	gint64 number;
	gint64 expected;
	CmAnswer answer;
	gboolean all;
	CmStoreStamp stamp;
} Request;

static Request *
request_new(GDBusMethodInvocation *invocation, guint64 number)
{
	Request *request = g_new0(Request, 1);

	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->number = cm_argument_to_number(number);
	return request;
}

static void
request_free(gpointer data)
{
	Request *request = data;

	cm_caller_unref(request->caller);
	g_free(request);
}

/* theirs: of a booking of their own; of what nobody knows whose it is, those who plan. What isn't is as what isn't there */
static CmStoreInbound *
get_theirs(const Request *request, CmStore *store, GError **error)
{
	g_autoptr(CmStoreInbound) inbound = cm_store_inbox_get(store, request->number, error);

	if (inbound == NULL)
		return NULL;
	if (cm_caller_is_everywhere(request->caller) ||
	    (inbound->professional != 0 &&
	     cm_caller_acts_for(request->caller, inbound->professional)))
		return g_steal_pointer(&inbound);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no mail by this number."), NULL);
	return NULL;
}

/* ---- List, Get */

static gboolean
make_list(CmStore *store,
	  CmPolicySet *policies,
	  gpointer data,
	  JsonBuilder *builder,
	  GError **error)
{
	const Request *request = data;
	g_autoptr(GPtrArray) list =
	    cm_store_inbox_list(store, !request->all, cm_caller_get_bound(request->caller), error);

	return list != NULL &&
	       cm_inbox_document_add_list(builder, store, list, cm_clock_get_now(), error);
}

static gboolean
handle_list(CmDBusInbox *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *options,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	Request *request = request_new(invocation, 0);
	const CmOption known[] = {{"all", "b", &request->all}};

	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		request_free(request);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	cm_json_document_reply(user_data, invocation, make_list, request, request_free);
	return TRUE;
}

static gboolean
make_one(CmStore *store, CmPolicySet *policies, gpointer data, JsonBuilder *builder, GError **error)
{
	g_autoptr(CmStoreInbound) inbound = get_theirs(data, store, error);

	return inbound != NULL &&
	       cm_inbox_document_add_one(builder, store, inbound, cm_clock_get_now(), error);
}

static gboolean
handle_get(CmDBusInbox *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   guint64 number,
	   gpointer user_data)
{
	cm_json_document_reply(user_data, invocation, make_one, request_new(invocation, number),
			       request_free);
	return TRUE;
}

/* ---- Decide */

static GVariant *
make_decided(CmService *service,
	     CmStore *store,
	     const CmPolicySet *policies,
	     gpointer data,
	     gint *out_fd,
	     GCancellable *cancellable,
	     GError **error)
{
	Request *request = data;
	const CmStoreCall call = {.actor = request->caller->uid, .now = cm_clock_get_now()};
	g_autoptr(CmStoreInbound) inbound = get_theirs(request, store, error);
	gint64 booking = 0;

	if (inbound == NULL ||
	    !cm_store_inbox_decide(store, &call, request->number, request->expected,
				   request->answer, request->caller->professional, &request->stamp,
				   &booking, error))
		return NULL;
	return g_variant_new("(t)", (guint64)request->stamp.version);
}

static void
announce(CmService *service, gpointer data)
{
	const Request *request = data;

	cm_inbox_adaptor_announce(service->connection, request->number);
}

static gboolean
read_decision(const gchar *decision, CmAnswer *out_answer, GError **error)
{
	*out_answer = CM_ANSWER_NEEDS_ACTION;
	if (g_str_equal(decision, "ignore"))
		return TRUE;
	if (cm_store_invitation_answer_from_string(decision, out_answer) &&
	    *out_answer != CM_ANSWER_NEEDS_ACTION)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("“{0}” is no decision: accepted, declined, tentative or ignore."), decision,
		     NULL);
	return FALSE;
}

static gboolean
handle_decide(CmDBusInbox *object,
	      GDBusMethodInvocation *invocation,
	      guint64 number,
	      guint64 expected,
	      const gchar *decision,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	Request *request = request_new(invocation, number);

	request->expected = cm_argument_to_number(expected);
	if (!read_decision(decision, &request->answer, &error)) {
		request_free(request);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	cm_reply_from_change(user_data, invocation, make_decided, announce, request, request_free);
	return TRUE;
}

/* ---- the object */

void
cm_inbox_adaptor_announce(GDBusConnection *connection, gint64 number)
{
	(void)g_dbus_connection_emit_signal(connection, NULL, CM_OBJECT_PATH,
					    CM_INTERFACE_PREFIX "Inbox", "Changed",
					    g_variant_new("(t)", (guint64)number), NULL);
}

gboolean
cm_inbox_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusInbox) inbox = cm_dbus_inbox_skeleton_new();

	g_signal_connect(inbox, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(inbox, "handle-get", G_CALLBACK(handle_get), service);
	g_signal_connect(inbox, "handle-decide", G_CALLBACK(handle_decide), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(inbox), error);
}
