// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/retention-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/octets-document.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/retention-document.h"
#include "daemon/bus/retention-keeper.h"
#include "daemon/store/store-destruction.h"
#include "include/cm-dbus.h"

#define RECORD_MAX 65536 /* octets, of the format */

typedef struct {
	CmCaller *caller;
	CmPolicySet *policies;
	gint64 number;
	GBytes *name;         /* of a case */
	GBytes *record;       /* a destruction */
	JsonObject *document; /* keeps `reason` */
	const gchar *reason;
} RetentionCall;

static RetentionCall *
retention_call_new(CmService *service, GDBusMethodInvocation *invocation)
{
	RetentionCall *call = g_new0(RetentionCall, 1);

	call->caller = cm_caller_ref(cm_door_get_caller(invocation));
	call->policies = cm_policy_set_ref(service->policies);
	return call;
}

static void
retention_call_free(gpointer data)
{
	RetentionCall *call = data;

	cm_caller_unref(call->caller);
	cm_policy_set_unref(call->policies);
	g_clear_pointer(&call->name, g_bytes_unref);
	g_clear_pointer(&call->record, g_bytes_unref);
	g_clear_pointer(&call->document, json_object_unref);
	g_free(call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RetentionCall, retention_call_free)

static const guint8 *
get_name(const RetentionCall *call)
{
	return g_bytes_get_data(call->name, NULL);
}

static CmStoreDestructionOrder
make_order(CmService *service, const RetentionCall *call)
{
	return (CmStoreDestructionOrder){.uid = call->caller->uid,
					 .now = cm_clock_get_now(),
					 .policies = call->policies,
					 .backup_days = service->configuration->backup_days};
}

/* ---- List */

static gboolean
handle_list(CmDBusRetention *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    gpointer user_data)
{
	CmRetentionQuery *query = g_new0(CmRetentionQuery, 1);

	query->service = user_data;
	query->caller = cm_caller_ref(cm_door_get_caller(invocation));
	cm_json_document_reply(user_data, invocation, cm_retention_document_make, query,
			       cm_retention_query_free);
	return TRUE;
}

/* ---- Hold, Release */

static GVariant *
make_hold(CmService *service,
	  CmStore *store,
	  gpointer data,
	  GCancellable *cancellable,
	  GError **error)
{
	const RetentionCall *call = data;
	gint64 now = cm_clock_get_now();
	gboolean good =
	    call->document != NULL
		? cm_store_retention_hold(store, call->number, call->reason, call->caller->uid, now,
					  error)
		: cm_store_retention_release(store, call->number, call->caller->uid, now, error);

	return good ? g_variant_new("()") : NULL;
}

static gboolean
handle_hold(CmDBusRetention *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    guint64 number,
	    GVariant *reason,
	    gpointer user_data)
{
	static const gchar *const names[] = {"reason", NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(RetentionCall) call = retention_call_new(user_data, invocation);

	call->number = cm_argument_to_number(number);
	call->reason = "";
	call->document = cm_json_document_read(descriptors, reason, &error);
	if (call->document == NULL ||
	    !cm_json_document_check_names(call->document, names, &error) ||
	    !cm_json_document_get_text(call->document, "reason", &call->reason, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_hold, g_steal_pointer(&call),
				    retention_call_free);
	return TRUE;
}

static gboolean
handle_release(CmDBusRetention *object,
	       GDBusMethodInvocation *invocation,
	       guint64 number,
	       gpointer user_data)
{
	RetentionCall *call = retention_call_new(user_data, invocation);

	call->number = cm_argument_to_number(number);
	cm_reply_from_store(user_data, invocation, make_hold, call, retention_call_free);
	return TRUE;
}

/* ---- GetCase, GetAsked, GetDestroyed */

static GVariant *
make_case(CmService *service,
	  CmStore *store,
	  const CmPolicySet *policies,
	  gpointer data,
	  gint *out_fd,
	  GCancellable *cancellable,
	  GError **error)
{
	const RetentionCall *call = data;

	return cm_octets_document_answer(
	    cm_store_destruction_get_case(store, call->caller->uid, get_name(call), error), out_fd,
	    error);
}

static GVariant *
make_asked(CmService *service,
	   CmStore *store,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint *out_fd,
	   GCancellable *cancellable,
	   GError **error)
{
	const RetentionCall *call = data;

	return cm_octets_document_answer(
	    cm_store_destruction_get_asked(store, call->caller->uid, get_name(call), error), out_fd,
	    error);
}

static GVariant *
make_destroyed(CmService *service,
	       CmStore *store,
	       const CmPolicySet *policies,
	       gpointer data,
	       gint *out_fd,
	       GCancellable *cancellable,
	       GError **error)
{
	const RetentionCall *call = data;

	return cm_octets_document_answer(
	    cm_store_destruction_get_done(store, get_name(call), error), out_fd, error);
}

static gboolean
answer_case(CmService *service,
	    GDBusMethodInvocation *invocation,
	    GVariant *name,
	    CmReplyChange make)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RetentionCall) call = retention_call_new(service, invocation);

	call->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 1, 1, &error);
	if (call->name == NULL)
		cm_reply_error(invocation, error);
	else
		cm_reply_from_change(service, invocation, make, NULL, g_steal_pointer(&call),
				     retention_call_free);
	return TRUE;
}

static gboolean
handle_get_case(CmDBusRetention *object,
		GDBusMethodInvocation *invocation,
		GUnixFDList *descriptors,
		GVariant *name,
		gpointer user_data)
{
	return answer_case(user_data, invocation, name, make_case);
}

static gboolean
handle_get_asked(CmDBusRetention *object,
		 GDBusMethodInvocation *invocation,
		 GUnixFDList *descriptors,
		 GVariant *name,
		 gpointer user_data)
{
	return answer_case(user_data, invocation, name, make_asked);
}

static gboolean
handle_get_destroyed(CmDBusRetention *object,
		     GDBusMethodInvocation *invocation,
		     GUnixFDList *descriptors,
		     GVariant *name,
		     gpointer user_data)
{
	return answer_case(user_data, invocation, name, make_destroyed);
}

/* ---- Ask, Agree, Withdraw */

static GVariant *
make_question(CmService *service,
	      CmStore *store,
	      gpointer data,
	      GCancellable *cancellable,
	      GError **error)
{
	const RetentionCall *call = data;
	const CmStoreDestructionOrder order = make_order(service, call);

	return cm_store_destruction_ask(store, &order, call->record, error) ? g_variant_new("()")
									    : NULL;
}

typedef struct {
	CmService *service;
	const RetentionCall *call;
} Agreement;

static gboolean
destroy(CmStore *store, gpointer data, CmStoreErasure **out_erasure, GError **error)
{
	const Agreement *agreement = data;
	const CmStoreDestructionOrder order = make_order(agreement->service, agreement->call);

	return cm_store_destruction_agree(store, &order, agreement->call->record, out_erasure,
					  error);
}

/* alone in its commit: what it leaves in the database's files is looked for right after */
static GVariant *
make_agreement(CmService *service, gpointer data, GCancellable *cancellable, GError **error)
{
	Agreement agreement = {service, data};
	gboolean erased = FALSE;

	return cm_retention_keeper_destroy(service->retention, destroy, &agreement, &erased,
					   cancellable, error)
		   ? g_variant_new("(b)", erased)
		   : NULL;
}

/* a call with a record; NULL when there is none, and the caller was told */
static RetentionCall *
read_record(CmService *service,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *record)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RetentionCall) call = retention_call_new(service, invocation);

	call->record = cm_octets_document_read(descriptors, record, RECORD_MAX, &error);
	if (call->record != NULL)
		return g_steal_pointer(&call);
	cm_reply_error(invocation, error);
	return NULL;
}

static gboolean
handle_ask(CmDBusRetention *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   GVariant *record,
	   gpointer user_data)
{
	RetentionCall *call = read_record(user_data, invocation, descriptors, record);

	if (call != NULL)
		cm_reply_from_store(user_data, invocation, make_question, call,
				    retention_call_free);
	return TRUE;
}

static gboolean
handle_agree(CmDBusRetention *object,
	     GDBusMethodInvocation *invocation,
	     GUnixFDList *descriptors,
	     GVariant *record,
	     gpointer user_data)
{
	RetentionCall *call = read_record(user_data, invocation, descriptors, record);

	if (call != NULL)
		cm_reply_from_thread(user_data, invocation, make_agreement, call,
				     retention_call_free);
	return TRUE;
}

static GVariant *
make_withdrawal(CmService *service,
		CmStore *store,
		gpointer data,
		GCancellable *cancellable,
		GError **error)
{
	const RetentionCall *call = data;
	const CmStoreDestructionOrder order = make_order(service, call);

	return cm_store_destruction_withdraw(store, &order, get_name(call),
					     cm_caller_is_everywhere(call->caller), error)
		   ? g_variant_new("()")
		   : NULL;
}

static gboolean
handle_withdraw(CmDBusRetention *object,
		GDBusMethodInvocation *invocation,
		GVariant *name,
		gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RetentionCall) call = retention_call_new(user_data, invocation);

	call->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 1, 1, &error);
	if (call->name == NULL)
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_withdrawal, g_steal_pointer(&call),
				    retention_call_free);
	return TRUE;
}

gboolean
cm_retention_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusRetention) object = cm_dbus_retention_skeleton_new();

	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-hold", G_CALLBACK(handle_hold), service);
	g_signal_connect(object, "handle-release", G_CALLBACK(handle_release), service);
	g_signal_connect(object, "handle-get-case", G_CALLBACK(handle_get_case), service);
	g_signal_connect(object, "handle-get-asked", G_CALLBACK(handle_get_asked), service);
	g_signal_connect(object, "handle-get-destroyed", G_CALLBACK(handle_get_destroyed), service);
	g_signal_connect(object, "handle-ask", G_CALLBACK(handle_ask), service);
	g_signal_connect(object, "handle-agree", G_CALLBACK(handle_agree), service);
	g_signal_connect(object, "handle-withdraw", G_CALLBACK(handle_withdraw), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
