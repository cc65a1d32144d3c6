// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/busy-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/busy-times.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-calendar.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

/* What a call asks for. */
typedef struct {
	CmCaller *caller;
	gint64 professional;
	gint64 number;
	gint64 expected;
	gchar *location;
	GArray *times; /* CmBusyTime */
	CmCalendarFailure failure;
} BusyRequest;

static void
busy_request_free(gpointer data)
{
	BusyRequest *request = data;

	cm_caller_unref(request->caller);
	g_free(request->location);
	g_clear_pointer(&request->times, g_array_unref);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BusyRequest, busy_request_free)

static BusyRequest *
busy_request_new(GDBusMethodInvocation *invocation, guint64 number, guint64 expected)
{
	BusyRequest *request = g_new0(BusyRequest, 1);

	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->number = (gint64)MIN(number, (guint64)G_MAXINT64);
	request->expected = (gint64)MIN(expected, (guint64)G_MAXINT64);
	return request;
}

static void
announce(CmService *service)
{
	(void)g_dbus_connection_emit_signal(service->connection, NULL, CM_OBJECT_PATH,
					    CM_INTERFACE_PREFIX "Busy", "Changed", NULL, NULL);
}

/* ---- Add */

static GVariant *
make_added(CmService *service,
	   CmStore *store,
	   gpointer data,
	   GCancellable *cancellable,
	   GError **error)
{
	BusyRequest *request = data;
	gint64 number = 0;

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_PROFESSIONAL, request->professional,
			     error) ||
	    !cm_store_calendar_add(store, request->professional, request->location,
				   request->caller->uid, cm_clock_get_now(), &number, error))
		return NULL;
	announce(service);
	return g_variant_new("(tt)", (guint64)number, (guint64)1);
}

static gboolean
handle_add(CmDBusBusy *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   guint64 professional,
	   GVariant *document,
	   gpointer user_data)
{
	static const gchar *const names[] = {"location", NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(BusyRequest) request = busy_request_new(invocation, 0, 0);
	g_autoptr(JsonObject) given = cm_json_document_read(descriptors, document, &error);
	const gchar *location = "";

	request->professional = (gint64)MIN(professional, (guint64)G_MAXINT64);
	if (given == NULL || !cm_json_document_check_names(given, names, &error) ||
	    !cm_json_document_get_text(given, "location", &location, &error)) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	request->location = g_strdup(location);
	cm_reply_from_store(user_data, invocation, make_added, g_steal_pointer(&request),
			    busy_request_free);
	return TRUE;
}

/* ---- List */

static void
add_instant(JsonBuilder *builder, const gchar *name, gint64 instant)
{
	if (instant != 0) {
		cm_document_add_int(builder, name, instant);
		return;
	}
	json_builder_set_member_name(builder, name);
	json_builder_add_null_value(builder);
}

static void
add_calendar(JsonBuilder *builder, const CmStoreCalendar *calendar, gint64 now)
{
	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", calendar->number);
	cm_document_add_int(builder, "version", calendar->version);
	cm_document_add_int(builder, "professional", calendar->professional);
	cm_document_add_string(builder, "location", calendar->location);
	cm_document_add_string(builder, "state",
			       cm_store_calendar_state_to_string(calendar->state));
	cm_document_add_string(builder, "failure",
			       cm_store_calendar_failure_to_string(calendar->failure));
	cm_document_add_boolean(builder, "stale", cm_store_calendar_is_stale(calendar, now));
	add_instant(builder, "read_at", calendar->read_at);
	add_instant(builder, "tried_at", calendar->tried_at);
	cm_document_add_int(builder, "times", calendar->times);
	json_builder_end_object(builder);
}

static gboolean
make_list(CmStore *store,
	  CmPolicySet *policies,
	  gpointer data,
	  JsonBuilder *builder,
	  GError **error)
{
	const BusyRequest *request = data;
	g_autoptr(GPtrArray) calendars =
	    cm_store_calendar_list(store, request->professional, error);
	gint64 now = cm_clock_get_now();

	if (calendars == NULL)
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-calendars/1");
	json_builder_set_member_name(builder, "calendars");
	json_builder_begin_array(builder);
	for (guint i = 0; i < calendars->len; i++) {
		const CmStoreCalendar *calendar = g_ptr_array_index(calendars, i);

		if (cm_caller_acts_for(request->caller, calendar->professional))
			add_calendar(builder, calendar, now);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}

static gboolean
handle_list(CmDBusBusy *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    guint64 professional,
	    gpointer user_data)
{
	BusyRequest *request = busy_request_new(invocation, 0, 0);

	request->professional = (gint64)MIN(professional, (guint64)G_MAXINT64);
	cm_json_document_reply(user_data, invocation, make_list, request, busy_request_free);
	return TRUE;
}

/* ---- Remove */

static GVariant *
make_removed(CmService *service,
	     CmStore *store,
	     gpointer data,
	     GCancellable *cancellable,
	     GError **error)
{
	const BusyRequest *request = data;

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_CALENDAR, request->number, error) ||
	    !cm_store_calendar_remove(store, request->number, request->expected,
				      request->caller->uid, cm_clock_get_now(), error))
		return NULL;
	announce(service);
	return g_variant_new("()");
}

static gboolean
handle_remove(CmDBusBusy *object,
	      GDBusMethodInvocation *invocation,
	      guint64 number,
	      guint64 expected,
	      gpointer user_data)
{
	cm_reply_from_store(user_data, invocation, make_removed,
			    busy_request_new(invocation, number, expected), busy_request_free);
	return TRUE;
}

/* ---- SetTimes, SetFailed */

static GVariant *
make_set(CmService *service,
	 CmStore *store,
	 gpointer data,
	 GCancellable *cancellable,
	 GError **error)
{
	const BusyRequest *request = data;
	gint64 now = cm_clock_get_now();
	gint64 version = 0;
	gboolean good = FALSE;

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_CALENDAR, request->number, error))
		return NULL;
	if (request->times != NULL)
		good = cm_store_calendar_set_times(
		    store, request->number, request->expected,
		    (const CmBusyTime *)(gconstpointer)request->times->data, request->times->len,
		    request->failure, request->caller->uid, now, &version, error);
	else
		good = cm_store_calendar_set_failed(store, request->number, request->expected,
						    request->failure, request->caller->uid, now,
						    &version, error);
	if (!good)
		return NULL;
	announce(service);
	return g_variant_new("(t)", (guint64)version);
}

static gboolean
handle_set_times(CmDBusBusy *object,
		 GDBusMethodInvocation *invocation,
		 GUnixFDList *descriptors,
		 guint64 number,
		 guint64 expected,
		 GVariant *document,
		 gpointer user_data)
{
	static const gchar *const names[] = {"busy", "partly", NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(BusyRequest) request = busy_request_new(invocation, number, expected);
	g_autoptr(JsonObject) given = cm_json_document_read(descriptors, document, &error);
	JsonArray *pairs = NULL;
	gboolean partly = FALSE;

	request->times = g_array_new(FALSE, TRUE, sizeof(CmBusyTime));
	if (given == NULL || !cm_json_document_check_names(given, names, &error) ||
	    !cm_json_document_get_array(given, "busy", &pairs, &error) ||
	    !cm_json_document_get_flag(given, "partly", &partly, &error) ||
	    !cm_busy_times_read(pairs, request->times, &error)) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	request->failure = partly ? CM_CALENDAR_FAILURE_PARTLY : CM_CALENDAR_FAILURE_NONE;
	cm_reply_from_store(user_data, invocation, make_set, g_steal_pointer(&request),
			    busy_request_free);
	return TRUE;
}

static gboolean
handle_set_failed(CmDBusBusy *object,
		  GDBusMethodInvocation *invocation,
		  guint64 number,
		  guint64 expected,
		  const gchar *failure,
		  gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(BusyRequest) request = busy_request_new(invocation, number, expected);

	if (!cm_store_calendar_failure_from_string(failure, &request->failure)) {
		cm_error_set(&error, CM_ERROR_INVALID_INPUT, N_("There is no such failure."), NULL);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	cm_reply_from_store(user_data, invocation, make_set, g_steal_pointer(&request),
			    busy_request_free);
	return TRUE;
}

gboolean
cm_busy_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusBusy) object = cm_dbus_busy_skeleton_new();

	g_signal_connect(object, "handle-add", G_CALLBACK(handle_add), service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-remove", G_CALLBACK(handle_remove), service);
	g_signal_connect(object, "handle-set-times", G_CALLBACK(handle_set_times), service);
	g_signal_connect(object, "handle-set-failed", G_CALLBACK(handle_set_failed), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
