// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/minutes-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/octets-document.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-vault-minutes.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define MINUTES_MAX 1060864 /* octets, of the format */

typedef struct {
	CmCaller *caller;
	GBytes *minutes; /* what was handed over */
	gint64 after;
	gboolean named;
	guint8 name[CM_VAULT_ID_BYTES];
} MinutesCall;

static MinutesCall *
minutes_call_new(GDBusMethodInvocation *invocation)
{
	MinutesCall *call = g_new0(MinutesCall, 1);

	call->caller = cm_caller_ref(cm_door_get_caller(invocation));
	return call;
}

static void
minutes_call_free(gpointer data)
{
	MinutesCall *call = data;

	cm_caller_unref(call->caller);
	g_clear_pointer(&call->minutes, g_bytes_unref);
	g_free(call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MinutesCall, minutes_call_free)

/* `optional`: empty is none */
static gboolean
take_name(MinutesCall *call, GVariant *argument, gboolean optional, GError **error)
{
	gsize length = 0;
	const guint8 *octets = g_variant_get_fixed_array(argument, &length, 1);

	call->named = length == sizeof call->name;
	if (call->named)
		memcpy(call->name, octets, sizeof call->name);
	if (call->named || (optional && length == 0))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("An id of the vault has 16 octets, a hash 32."), NULL);
	return FALSE;
}

static GVariant *
make_put(CmService *service,
	 CmStore *store,
	 const CmPolicySet *policies,
	 gpointer data,
	 gint *out_fd,
	 GCancellable *cancellable,
	 GError **error)
{
	const MinutesCall *call = data;

	return cm_store_vault_minutes_put(store, call->caller->uid, call->minutes,
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
	g_autoptr(GError) error = NULL;
	g_autoptr(MinutesCall) call = minutes_call_new(invocation);

	call->minutes = cm_octets_document_read(descriptors, minutes, MINUTES_MAX, &error);
	if (call->minutes == NULL)
		cm_reply_error(invocation, error);
	else
		cm_reply_from_change(user_data, invocation, make_put, NULL, g_steal_pointer(&call),
				     minutes_call_free);
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
	const MinutesCall *call = data;
	const CmStoreVaultMinutesFilter filter = {.uid = call->caller->uid,
						  .name = call->named ? call->name : NULL,
						  .after = call->after};
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
	g_autoptr(GError) error = NULL;
	g_autoptr(MinutesCall) call = minutes_call_new(invocation);

	call->after = MAX(0, cm_argument_to_number(after));
	if (!take_name(call, name, TRUE, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_change(user_data, invocation, make_got, NULL, g_steal_pointer(&call),
				     minutes_call_free);
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
	const MinutesCall *call = data;

	return cm_store_vault_minutes_drop(store, call->caller->uid, call->name, cm_clock_get_now(),
					   error)
		   ? g_variant_new("()")
		   : NULL;
}

static gboolean
handle_drop(CmDBusVault *object,
	    GDBusMethodInvocation *invocation,
	    GVariant *name,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(MinutesCall) call = minutes_call_new(invocation);

	if (!take_name(call, name, FALSE, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_change(user_data, invocation, make_dropped, NULL,
				     g_steal_pointer(&call), minutes_call_free);
	return TRUE;
}

void
cm_minutes_adaptor_connect(CmDBusVault *object, CmService *service)
{
	g_signal_connect(object, "handle-put-minutes", G_CALLBACK(handle_put), service);
	g_signal_connect(object, "handle-get-minutes", G_CALLBACK(handle_get), service);
	g_signal_connect(object, "handle-drop-minutes", G_CALLBACK(handle_drop), service);
}
