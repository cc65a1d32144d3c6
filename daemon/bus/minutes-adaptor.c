// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/minutes-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/octets-document.h"
#include "daemon/bus/vault-call.h"
#include "daemon/store/store-vault-minutes.h"

#define MINUTES_MAX 1060864 /* octets, of the format */

static GVariant *
make_put(CmService *service,
	 CmStore *store,
	 const CmPolicySet *policies,
	 gpointer data,
	 gint *out_fd,
	 GCancellable *cancellable,
	 GError **error)
{
	const CmVaultCall *call = data;

	return cm_store_vault_minutes_put(store, call->caller->uid, call->records,
					  cm_clock_get_now(), error)
		   ? g_variant_new("()")
		   : NULL;
}

static gboolean
handle_put(CmDBusVault *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   GVariant *minutes,
	   gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->records = cm_octets_document_read(descriptors, minutes, MINUTES_MAX, &error);
	cm_vault_call_answer(user_data, invocation, make_put, NULL, call, error);
	return TRUE;
}

static GVariant *
make_got(CmService *service,
	 CmStore *store,
	 const CmPolicySet *policies,
	 gpointer data,
	 gint *out_fd,
	 GCancellable *cancellable,
	 GError **error)
{
	const CmVaultCall *call = data;
	const CmStoreVaultMinutesFilter filter = {
	    .uid = call->caller->uid, .name = cm_vault_call_get_name(call), .after = call->number};
	gint64 last = 0;
	g_autoptr(GBytes) minutes = cm_store_vault_minutes_get(store, &filter, &last, error);

	if (minutes == NULL)
		return NULL;
	*out_fd = cm_octets_document_seal(minutes, error);
	return *out_fd >= 0 ? g_variant_new("(ht)", 0, (guint64)last) : NULL;
}

static gboolean
handle_get(CmDBusVault *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   GVariant *name,
	   guint64 after,
	   gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->number = MAX(0, cm_argument_to_number(after));
	call->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 0, 1, &error);
	cm_vault_call_answer(user_data, invocation, make_got, NULL, call, error);
	return TRUE;
}

static GVariant *
make_dropped(CmService *service,
	     CmStore *store,
	     const CmPolicySet *policies,
	     gpointer data,
	     gint *out_fd,
	     GCancellable *cancellable,
	     GError **error)
{
	const CmVaultCall *call = data;

	return cm_store_vault_minutes_drop(store, call->caller->uid, cm_vault_call_get_name(call),
					   cm_clock_get_now(), error)
		   ? g_variant_new("()")
		   : NULL;
}

static gboolean
handle_drop(CmDBusVault *object,
	    GDBusMethodInvocation *invocation,
	    GVariant *name,
	    gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 1, 1, &error);
	cm_vault_call_answer(user_data, invocation, make_dropped, NULL, call, error);
	return TRUE;
}

void
cm_minutes_adaptor_connect(CmDBusVault *object, CmService *service)
{
	g_signal_connect(object, "handle-put-minutes", G_CALLBACK(handle_put), service);
	g_signal_connect(object, "handle-get-minutes", G_CALLBACK(handle_get), service);
	g_signal_connect(object, "handle-drop-minutes", G_CALLBACK(handle_drop), service);
}
