// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/vault-call.h"

CmVaultCall *
cm_vault_call_new(GDBusMethodInvocation *invocation)
{
	CmVaultCall *call = g_new0(CmVaultCall, 1);

	call->caller = cm_caller_ref(cm_door_get_caller(invocation));
	return call;
}

void
cm_vault_call_free(gpointer data)
{
	CmVaultCall *call = data;

	if (call == NULL)
		return;
	cm_caller_unref(call->caller);
	g_clear_pointer(&call->name, g_bytes_unref);
	g_clear_pointer(&call->other, g_bytes_unref);
	g_clear_pointer(&call->records, g_bytes_unref);
	g_free(call);
}

const guint8 *
cm_vault_call_get_name(const CmVaultCall *call)
{
	return call->name != NULL && g_bytes_get_size(call->name) > 0
		   ? g_bytes_get_data(call->name, NULL)
		   : NULL;
}

void
cm_vault_call_answer(CmService *service,
		     GDBusMethodInvocation *invocation,
		     CmReplyChange change,
		     CmReplyChanged changed,
		     CmVaultCall *call,
		     GError *error)
{
	g_autoptr(GError) unread = error;

	if (unread == NULL) {
		cm_reply_from_change(service, invocation, change, changed, call,
				     cm_vault_call_free);
		return;
	}
	cm_reply_error(invocation, unread);
	cm_vault_call_free(call);
}
