// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/custody-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/octets-document.h"
#include "daemon/bus/vault-call.h"
#include "daemon/store/store-custody.h"
#include "include/cm-dbus.h"

#define RECORD_MAX 2048 /* octets: more than any that is taken */

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
	const CmVaultCall *call = data;

	return cm_octets_document_answer(cm_store_custody_get_deposit(store, call->caller->uid,
								      cm_vault_call_get_name(call),
								      error),
					 out_fd, error);
}

static gboolean
handle_get_deposit(CmDBusCustody *object,
		   GDBusMethodInvocation *invocation,
		   GUnixFDList *descriptors,
		   GVariant *person,
		   gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->name = cm_argument_read_octets(person, CM_VAULT_ID_BYTES, 1, 1, &error);
	cm_vault_call_answer(user_data, invocation, make_deposit, NULL, call, error);
	return TRUE;
}

/* ---- Add */

static CmStoreCustodyOrder
make_order(const CmVaultCall *call)
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
	const CmVaultCall *call = data;
	const CmStoreCustodyOrder order = make_order(call);

	return cm_store_custody_add(store, &order, call->records, error) ? g_variant_new("()")
									 : NULL;
}

static gboolean
handle_add(CmDBusCustody *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   GVariant *record,
	   gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->records = cm_octets_document_read(descriptors, record, RECORD_MAX, &error);
	cm_vault_call_answer(user_data, invocation, make_added, NULL, call, error);
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
	cm_vault_call_answer(user_data, invocation, make_requests, NULL,
			     cm_vault_call_new(invocation), NULL);
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
