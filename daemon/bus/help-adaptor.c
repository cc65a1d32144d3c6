// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/help-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/door-keeper.h"
#include "daemon/bus/help-document.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/session-staff.h"
#include "daemon/store/store-help.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

typedef struct {
	CmCaller *caller;
	gint64 number;
	gint64 expected;
	JsonObject *document; /* holds the answer; NULL: it is closed */
	const gchar *answer;
	gint64 subject;
} HelpCall;

static HelpCall *
help_call_new(GDBusMethodInvocation *invocation, guint64 number, guint64 expected)
{
	HelpCall *call = g_new0(HelpCall, 1);

	call->caller = cm_caller_ref(cm_door_get_caller(invocation));
	call->number = cm_argument_to_number(number);
	/* for the store 0 is any version: a caller says which */
	call->expected = expected != 0 ? cm_argument_to_number(expected) : -1;
	return call;
}

static void
help_call_free(gpointer data)
{
	HelpCall *call = data;

	cm_caller_unref(call->caller);
	g_clear_pointer(&call->document, json_object_unref);
	g_free(call);
}

void
cm_help_adaptor_announce(CmService *service, gint64 number, CmHelpState state)
{
	(void)g_dbus_connection_emit_signal(
	    service->connection, NULL, CM_OBJECT_PATH, CM_INTERFACE_PREFIX "Help", "Changed",
	    g_variant_new("(ts)", (guint64)number, cm_help_state_to_string(state)), NULL);
}

static void
announce(CmService *service, gpointer data)
{
	const HelpCall *call = data;

	cm_help_adaptor_announce(service, call->number,
				 call->document != NULL ? CM_HELP_ANSWERED : CM_HELP_CLOSED);
	cm_door_keeper_touch(service->doors, call->subject);
}

/* ---- List */

static void
query_free(gpointer data)
{
	CmHelpQuery *query = data;

	cm_caller_unref(query->caller);
	g_free(query);
}

static gboolean
handle_list(CmDBusHelp *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *options,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	CmHelpQuery *query = g_new0(CmHelpQuery, 1);
	guint64 subject = 0;
	guint64 number = 0;
	const CmOption known[] = {
	    {"subject", "t", &subject}, {"request", "t", &number}, {"all", "b", &query->all}};

	query->service = user_data;
	query->caller = cm_caller_ref(cm_door_get_caller(invocation));
	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		query_free(query);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	query->subject = cm_argument_to_number(subject);
	query->number = cm_argument_to_number(number);
	query->all = query->all || number != 0;
	cm_json_document_reply(user_data, invocation, cm_help_document_make, query, query_free);
	return TRUE;
}

/* ---- Answer, Close */

/* whether it is the caller's to answer; what is not there and what is not theirs read alike */
static gboolean
check_request(CmService *service, CmStore *store, const HelpCall *call, GError **error)
{
	const CmStoreHelpFilter one = {.number = call->number};
	g_autoptr(GPtrArray) found =
	    call->number > 0 ? cm_store_help_list(store, &one, error) : g_ptr_array_new();
	g_autoptr(CmStoreBooking) booking = NULL;

	if (found == NULL)
		return FALSE;
	if (found->len == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing of yours by this number."), NULL);
		return FALSE;
	}
	booking = cm_session_staff_get_booking(
	    service, store, call->caller,
	    ((const CmStoreHelp *)g_ptr_array_index(found, 0))->subject,
	    CM_STAFF_FLAG(CM_STAFF_HOST) | CM_STAFF_FLAG(CM_STAFF_HELPER), NULL, error);
	return booking != NULL;
}

static GVariant *
make_change(CmService *service,
	    CmStore *store,
	    const CmPolicySet *policies,
	    gpointer data,
	    gint *out_fd,
	    GCancellable *cancellable,
	    GError **error)
{
	HelpCall *call = data;
	gint64 now = cm_clock_get_now();
	gint64 version = 0;
	gboolean ok = FALSE;

	if (!check_request(service, store, call, error))
		return NULL;
	if (call->document != NULL)
		ok = cm_store_help_answer(store, call->number, call->expected, call->answer,
					  call->caller->uid, now, &version, &call->subject, error);
	else
		ok = cm_store_help_close(store, call->number, call->expected, call->caller->uid,
					 now, &version, &call->subject, error);
	return ok ? g_variant_new("(t)", (guint64)version) : NULL;
}

static gboolean
handle_answer(CmDBusHelp *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      guint64 number,
	      guint64 expected,
	      GVariant *document,
	      gpointer user_data)
{
	static const gchar *const names[] = {"answer", NULL};
	g_autoptr(GError) error = NULL;
	HelpCall *call = help_call_new(invocation, number, expected);

	call->answer = "";
	call->document = cm_json_document_read(descriptors, document, &error);
	if (call->document != NULL && cm_json_document_check_names(call->document, names, &error) &&
	    cm_json_document_get_text(call->document, "answer", &call->answer, &error)) {
		cm_reply_from_change(user_data, invocation, make_change, announce, call,
				     help_call_free);
		return TRUE;
	}
	help_call_free(call);
	cm_reply_error(invocation, error);
	return TRUE;
}

static gboolean
handle_close(CmDBusHelp *object,
	     GDBusMethodInvocation *invocation,
	     guint64 number,
	     guint64 expected,
	     gpointer user_data)
{
	cm_reply_from_change(user_data, invocation, make_change, announce,
			     help_call_new(invocation, number, expected), help_call_free);
	return TRUE;
}

gboolean
cm_help_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusHelp) object = cm_dbus_help_skeleton_new();

	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-answer", G_CALLBACK(handle_answer), service);
	g_signal_connect(object, "handle-close", G_CALLBACK(handle_close), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
