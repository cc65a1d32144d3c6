// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/custody-adaptor.h"

#include "daemon/bus/octets-document.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-custody.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

typedef struct {
	CmCaller *caller;
	GBytes *given; /* a person's id */
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

gboolean
cm_custody_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusCustody) object = cm_dbus_custody_skeleton_new();

	g_signal_connect(object, "handle-get-deposit", G_CALLBACK(handle_get_deposit), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
