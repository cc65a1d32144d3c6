// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/custody-adaptor.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/octets-document.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-custody.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define RECORD_MAX 2048 /* octets: more than any that is taken */

typedef struct {
	CmCaller *caller;
	GBytes *given; /* a person's id, or a record */
} CustodyCall;

static CustodyCall *
custody_call_new(GDBusMethodInvocation *invocation)
{
	CustodyCall *call = g_new0(CustodyCall, 1);

	call->caller = cm_caller_ref(cm_door_get_caller(invocation));
	return call;
}

static void
custody_call_free(gpointer data)
{
	CustodyCall *call = data;

	cm_caller_unref(call->caller);
	g_clear_pointer(&call->given, g_bytes_unref);
	g_free(call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CustodyCall, custody_call_free)

/* an argument of just so many octets */
static GBytes *
read_octets(GVariant *argument, gsize length, GError **error)
{
	g_autoptr(GBytes) octets = g_variant_get_data_as_bytes(argument);

	if (g_bytes_get_size(octets) == length)
		return g_steal_pointer(&octets);
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("An id of the vault has 16 octets, a hash 32."), NULL);
	return NULL;
}

/* ---- GetDeposit */

static GVariant *
make_deposit(CmService *service,
	     CmStore *store,
	     const CmPolicySet *policies,
	     gpointer data,
	     gint *out_fd,
	     GCancellable *cancellable,
	     GError **error)
{
	const CustodyCall *call = data;

	return cm_octets_document_answer(
	    cm_store_custody_get_deposit(store, call->caller->uid,
					 g_bytes_get_data(call->given, NULL), error),
	    out_fd, error);
}

static gboolean
handle_get_deposit(CmDBusCustody *object,
		   GDBusMethodInvocation *invocation,
		   GUnixFDList *descriptors,
		   GVariant *person,
		   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CustodyCall) call = custody_call_new(invocation);

	call->given = read_octets(person, CM_VAULT_ID_BYTES, &error);
	if (call->given == NULL)
		cm_reply_error(invocation, error);
	else
		cm_reply_from_change(user_data, invocation, make_deposit, NULL,
				     g_steal_pointer(&call), custody_call_free);
	return TRUE;
}

/* ---- Add */

static CmStoreCustodyOrder
make_order(const CustodyCall *call)
{
	return (CmStoreCustodyOrder){
	    .uid = call->caller->uid, .now = cm_clock_get_now(), .uptime = cm_clock_get_uptime()};
}

static GVariant *
make_added(CmService *service,
	   CmStore *store,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint *out_fd,
	   GCancellable *cancellable,
	   GError **error)
{
	const CustodyCall *call = data;
	const CmStoreCustodyOrder order = make_order(call);

	return cm_store_custody_add(store, &order, call->given, error) ? g_variant_new("()") : NULL;
}

static gboolean
handle_add(CmDBusCustody *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   GVariant *record,
	   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CustodyCall) call = custody_call_new(invocation);

	call->given = cm_octets_document_read(descriptors, record, RECORD_MAX, &error);
	if (call->given == NULL)
		cm_reply_error(invocation, error);
	else
		cm_reply_from_change(user_data, invocation, make_added, NULL,
				     g_steal_pointer(&call), custody_call_free);
	return TRUE;
}

/* ---- ListRequests */

static void
add_request(GVariantBuilder *list, const CmStoreCustodyRequest *request)
{
	g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(NULL);

	g_variant_dict_insert_value(&row, "request",
				    g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, request->request,
							      sizeof request->request, 1));
	g_variant_dict_insert(&row, "waited", "t", (guint64)request->waited);
	g_variant_dict_insert(&row, "delay", "t", (guint64)request->delay);
	g_variant_dict_insert(&row, "releases", "u", request->releases);
	g_variant_dict_insert(&row, "refused", "b", request->refused);
	g_variant_builder_add_value(list, g_variant_dict_end(&row));
}

static GVariant *
make_requests(CmService *service,
	      CmStore *store,
	      const CmPolicySet *policies,
	      gpointer data,
	      gint *out_fd,
	      GCancellable *cancellable,
	      GError **error)
{
	const CmStoreCustodyOrder order = make_order(data);
	g_autoptr(GArray) requests = cm_store_custody_list_requests(store, &order, error);
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

	if (requests == NULL)
		return NULL;
	for (guint i = 0; i < requests->len; i++)
		add_request(&list, &g_array_index(requests, CmStoreCustodyRequest, i));
	return g_variant_new("(aa{sv})", &list);
}

static gboolean
handle_list_requests(CmDBusCustody *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	cm_reply_from_change(user_data, invocation, make_requests, NULL,
			     custody_call_new(invocation), custody_call_free);
	return TRUE;
}

gboolean
cm_custody_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusCustody) object = cm_dbus_custody_skeleton_new();

	g_signal_connect(object, "handle-get-deposit", G_CALLBACK(handle_get_deposit), service);
	g_signal_connect(object, "handle-add", G_CALLBACK(handle_add), service);
	g_signal_connect(object, "handle-list-requests", G_CALLBACK(handle_list_requests), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
