// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/followup-adaptor.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-followup.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

typedef struct {
	CmCaller *caller;
	gint64 followup;
	CmStoreFollowupCall change;
} FollowupRequest;

static FollowupRequest *
followup_request_new(GDBusMethodInvocation *invocation, guint64 followup)
{
	FollowupRequest *request = g_new0(FollowupRequest, 1);

	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->followup = (gint64)MIN(followup, (guint64)G_MAXINT64);
	return request;
}

static void
followup_request_free(gpointer data)
{
	FollowupRequest *request = data;

	cm_caller_unref(request->caller);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FollowupRequest, followup_request_free)

static GVariant *
make_get(CmService *service,
	 CmStore *store,
	 gpointer data,
	 GCancellable *cancellable,
	 GError **error)
{
	const FollowupRequest *request = data;
	CmStoreFollowup followup;

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_FOLLOWUP, request->followup,
			     error) ||
	    !cm_store_followup_get(store, request->followup, cm_clock_get_now(), &followup, error))
		return NULL;
	return g_variant_new("(su)", cm_followup_state_to_string(followup.state), followup.coming);
}

static gboolean
handle_get(CmDBusFollowup *object,
	   GDBusMethodInvocation *invocation,
	   guint64 followup,
	   gpointer user_data)
{
	cm_reply_from_store(user_data, invocation, make_get,
			    followup_request_new(invocation, followup), followup_request_free);
	return TRUE;
}

/* what was cancelled is told as if somebody had done it by hand */
static void
announce(CmService *service, gint64 followup, CmFollowupState state, const GArray *withdrawn)
{
	(void)g_dbus_connection_emit_signal(
	    service->connection, NULL, CM_OBJECT_PATH, CM_INTERFACE_PREFIX "Followup", "Changed",
	    g_variant_new("(ts)", (guint64)followup, cm_followup_state_to_string(state)), NULL);
	for (guint i = 0; i < withdrawn->len; i++) {
		const CmStoreStamp *stamp = &g_array_index(withdrawn, CmStoreStamp, i);

		cm_service_announce_booking(service, stamp->number, stamp->version,
					    CM_BOOKING_CANCELLED);
	}
}

static GVariant *
make_change(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	FollowupRequest *request = data;
	g_autoptr(GArray) withdrawn = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	GVariantBuilder numbers;
	CmFollowupState state = CM_FOLLOWUP_WAITING;

	request->change.now = cm_clock_get_now();
	request->change.actor = request->caller->uid;
	if (!cm_caller_check(request->caller, store, CM_SUBJECT_FOLLOWUP, request->followup,
			     error) ||
	    !cm_store_followup_change(store, request->followup, &request->change, &state, withdrawn,
				      error))
		return NULL;
	announce(service, request->followup, state, withdrawn);
	g_variant_builder_init(&numbers, G_VARIANT_TYPE("at"));
	for (guint i = 0; i < withdrawn->len; i++)
		g_variant_builder_add(&numbers, "t",
				      (guint64)g_array_index(withdrawn, CmStoreStamp, i).number);
	return g_variant_new("(sat)", cm_followup_state_to_string(state), &numbers);
}

static gboolean
read_change(FollowupRequest *request,
	    const gchar *was,
	    const gchar *event,
	    GVariant *options,
	    GError **error)
{
	const CmOption known[] = {{"withdraw", "b", &request->change.withdraw}};

	if (!cm_followup_state_from_string(was, &request->change.was)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is no state of a follow-up: waiting, active, suspended or "
				"closed."),
			     was, NULL);
		return FALSE;
	}
	if (!cm_followup_state_event_from_string(event, &request->change.event)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” can’t happen to a follow-up: start, suspend, resume, close "
				"or reopen."),
			     event, NULL);
		return FALSE;
	}
	return cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), error);
}

static gboolean
handle_change(CmDBusFollowup *object,
	      GDBusMethodInvocation *invocation,
	      guint64 followup,
	      const gchar *was,
	      const gchar *event,
	      GVariant *options,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(FollowupRequest) request = followup_request_new(invocation, followup);

	if (!read_change(request, was, event, options, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_change, g_steal_pointer(&request),
				    followup_request_free);
	return TRUE;
}

gboolean
cm_followup_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusFollowup) object = cm_dbus_followup_skeleton_new();

	g_signal_connect(object, "handle-get", G_CALLBACK(handle_get), service);
	g_signal_connect(object, "handle-change", G_CALLBACK(handle_change), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
