// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/time-request-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/booking-call.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/time-request-document.h"
#include "daemon/store/store-time-request.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>
#include <string.h>

#define SLOTS_DEFAULT 3
#define DAYS_DEFAULT 28
#define DAYS_MAX 366
#define NOTE_MAX 4000

static void
announce(CmService *service, gint64 number, CmTimeRequestState state)
{
	(void)g_dbus_connection_emit_signal(
	    service->connection, NULL, CM_OBJECT_PATH, CM_INTERFACE_PREFIX "TimeRequest", "Changed",
	    g_variant_new("(ts)", (guint64)number, cm_time_request_state_to_string(state)), NULL);
}

/* what a key stands for: the body, and what came by descriptor */
static gchar *
describe(GDBusMethodInvocation *invocation, const gchar *text)
{
	g_autofree gchar *body =
	    g_variant_print(g_dbus_method_invocation_get_parameters(invocation), FALSE);

	return g_strdup_printf("TimeRequest.%s %s\n%s",
			       g_dbus_method_invocation_get_method_name(invocation), body,
			       text != NULL ? text : "");
}

/* ---- Ask, Decline, Withdraw */

typedef struct {
	CmCaller *caller;
	CmStoreTimeRequestOrder order;
	gint64 number; /* of one that is there */
	gint64 expected;
	CmTimeRequestEvent event;
	JsonObject *document; /* holds the texts */
	const gchar *answer;
	gchar *key;
	gchar *asked;
	CmStoreStamp stamp;
	CmTimeRequestState state;
} Change;

static Change *
change_new(GDBusMethodInvocation *invocation)
{
	Change *change = g_new0(Change, 1);

	change->caller = cm_caller_ref(cm_door_get_caller(invocation));
	change->order = (CmStoreTimeRequestOrder)CM_STORE_TIME_REQUEST_ORDER_INIT;
	change->order.source = CM_TIME_REQUEST_SOURCE_STAFF;
	return change;
}

static void
change_free(gpointer data)
{
	Change *change = data;

	cm_caller_unref(change->caller);
	g_clear_pointer(&change->document, json_object_unref);
	g_free(change->key);
	g_free(change->asked);
	g_free(change);
}

static void
change_announce(CmService *service, gpointer data)
{
	const Change *change = data;

	announce(service, change->stamp.number, change->state);
}

static CmStoreCall
make_call(const Change *change)
{
	CmStoreCall call = {.actor = change->caller->uid,
			    .now = cm_clock_get_now(),
			    .key = change->key,
			    .asked = change->asked};

	return call;
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
	Change *change = data;
	CmStoreCall call = make_call(change);
	gint64 subject = change->order.subject;

	change->state = CM_TIME_REQUEST_WAITING;
	if ((!cm_caller_check(change->caller, store, CM_SUBJECT_SESSION, subject, NULL) &&
	     !cm_caller_check(change->caller, store, CM_SUBJECT_HELD_APPOINTMENT, subject,
			      error)) ||
	    !cm_store_time_request_ask(store, &call, &change->order, &change->stamp, error))
		return NULL;
	return g_variant_new("(tt)", (guint64)change->stamp.number, (guint64)change->stamp.version);
}

static GVariant *
make_ended(CmService *service,
	   CmStore *store,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint *out_fd,
	   GCancellable *cancellable,
	   GError **error)
{
	Change *change = data;
	CmStoreCall call = make_call(change);
	gboolean done;

	if (!cm_caller_check(change->caller, store, CM_SUBJECT_TIME_REQUEST, change->number, error))
		return NULL;
	if (change->event == CM_TIME_REQUEST_EVENT_DECLINE) {
		change->state = CM_TIME_REQUEST_DECLINED;
		done = cm_store_time_request_decline(store, &call, change->number, change->expected,
						     change->answer, &change->stamp, error);
	} else {
		change->state = CM_TIME_REQUEST_WITHDRAWN;
		done = cm_store_time_request_withdraw(store, &call, change->number,
						      change->expected, &change->stamp, error);
	}
	return done ? g_variant_new("(t)", (guint64)change->stamp.version) : NULL;
}

static gboolean
read_person(const gchar *kind, guint64 person, CmStoreTimeRequestOrder *order, GError **error)
{
	order->asker = cm_argument_to_number(person);
	for (guint i = CM_RESOURCE_PROFESSIONAL; i <= CM_RESOURCE_CONTACT; i++) {
		if (!g_str_equal(kind, cm_resource_to_string((CmResource)i)))
			continue;
		order->asker_kind = (CmResource)i;
		return TRUE;
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("“{0}” is no kind of person: professional, student or contact."), kind,
		     NULL);
	return FALSE;
}

static gboolean
parse_time(const gchar *date,
	   const gchar *start,
	   CmDay *out_date,
	   CmMinute *out_start,
	   GError **error)
{
	if (date == NULL && start == NULL)
		return TRUE;
	if (date == NULL || start == NULL || !cm_minute_parse(start, out_start)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Another time is a date as 2026-10-05 and a time as 09:00."), NULL);
		return FALSE;
	}
	return cm_argument_parse_day(date, out_date, error);
}

static gboolean
read_asked(Change *change, GError **error)
{
	static const gchar *const names[] = {"date", "start", "remark", NULL};
	const gchar *date = NULL;
	const gchar *start = NULL;

	return cm_json_document_check_names(change->document, names, error) &&
	       cm_json_document_get_text(change->document, "date", &date, error) &&
	       cm_json_document_get_text(change->document, "start", &start, error) &&
	       cm_json_document_get_text(change->document, "remark", &change->order.remark,
					 error) &&
	       parse_time(date, start, &change->order.date, &change->order.start, error);
}

/* the options that all have, with a key or without */
static gboolean
read_options(Change *change,
	     GDBusMethodInvocation *invocation,
	     GVariant *dictionary,
	     gboolean asks,
	     GError **error)
{
	guint64 expected = 0;
	const gchar *key = NULL;
	const CmOption known[] = {{"key", "s", &key}, {"expected", "t", &expected}};
	g_autofree gchar *text = NULL;

	if (!cm_option_dictionary_read(dictionary, known, asks ? 2 : 1, error))
		return FALSE;
	change->order.subject_version = cm_argument_to_number(expected);
	if (key == NULL)
		return TRUE;
	if (change->document != NULL)
		text = cm_json_document_to_text(change->document);
	change->key = g_strdup(key);
	change->asked = describe(invocation, text);
	return TRUE;
}

static void
run(CmService *service,
    GDBusMethodInvocation *invocation,
    Change *change,
    CmReplyChange make,
    const GError *error)
{
	if (error == NULL) {
		cm_reply_from_change(service, invocation, make, change_announce, change,
				     change_free);
		return;
	}
	change_free(change);
	cm_reply_error(invocation, error);
}

static gboolean
handle_ask(CmDBusTimeRequest *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   guint64 subject,
	   const gchar *kind,
	   guint64 person,
	   GVariant *document,
	   GVariant *options,
	   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	Change *change = change_new(invocation);

	change->order.subject = cm_argument_to_number(subject);
	change->document = cm_json_document_read(descriptors, document, &error);
	if (change->document != NULL && read_person(kind, person, &change->order, &error) &&
	    read_asked(change, &error))
		(void)!read_options(change, invocation, options, TRUE, &error);
	run(user_data, invocation, change, make_asked, error);
	return TRUE;
}

static Change *
end_new(GDBusMethodInvocation *invocation,
	guint64 number,
	guint64 expected,
	CmTimeRequestEvent event)
{
	Change *change = change_new(invocation);

	change->number = cm_argument_to_number(number);
	change->expected = cm_argument_to_number(expected);
	change->event = event;
	return change;
}

static gboolean
handle_decline(CmDBusTimeRequest *object,
	       GDBusMethodInvocation *invocation,
	       GUnixFDList *descriptors,
	       guint64 number,
	       guint64 expected,
	       GVariant *document,
	       GVariant *options,
	       gpointer user_data)
{
	static const gchar *const names[] = {"answer", NULL};
	g_autoptr(GError) error = NULL;
	Change *change = end_new(invocation, number, expected, CM_TIME_REQUEST_EVENT_DECLINE);

	change->document = cm_json_document_read(descriptors, document, &error);
	if (change->document != NULL &&
	    cm_json_document_check_names(change->document, names, &error) &&
	    cm_json_document_get_text(change->document, "answer", &change->answer, &error))
		(void)!read_options(change, invocation, options, FALSE, &error);
	run(user_data, invocation, change, make_ended, error);
	return TRUE;
}

static gboolean
handle_withdraw(CmDBusTimeRequest *object,
		GDBusMethodInvocation *invocation,
		guint64 number,
		guint64 expected,
		GVariant *options,
		gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	Change *change = end_new(invocation, number, expected, CM_TIME_REQUEST_EVENT_WITHDRAW);

	(void)!read_options(change, invocation, options, FALSE, &error);
	run(user_data, invocation, change, make_ended, error);
	return TRUE;
}

/* ---- List */

static void
query_free(gpointer data)
{
	CmTimeRequestQuery *query = data;

	cm_caller_unref(query->caller);
	g_free(query);
}

static gboolean
handle_list(CmDBusTimeRequest *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *options,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	CmTimeRequestQuery *query = g_new0(CmTimeRequestQuery, 1);
	guint64 number = 0;
	guint64 subject = 0;
	guint32 count = SLOTS_DEFAULT;
	guint32 days = DAYS_DEFAULT;
	const CmOption known[] = {{"subject", "t", &subject},
				  {"request", "t", &number},
				  {"all", "b", &query->all},
				  {"count", "u", &count},
				  {"days", "u", &days}};

	query->caller = cm_caller_ref(cm_door_get_caller(invocation));
	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		query_free(query);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	query->number = cm_argument_to_number(number);
	query->subject = cm_argument_to_number(subject);
	query->all = query->all || number != 0;
	query->count = MIN(count, CM_TIME_REQUEST_SLOTS_MAX);
	query->days = MIN(days, DAYS_MAX);
	cm_reply_from_change(user_data, invocation, cm_time_request_document_make, NULL, query,
			     query_free);
	return TRUE;
}

/* ---- Accept */

static void
accept_announce(CmService *service, gpointer data)
{
	const CmBookingCall *call = data;

	cm_booking_call_announce(service, data);
	announce(service, call->accepted.number, CM_TIME_REQUEST_ACCEPTED);
}

typedef struct {
	const gchar *date;
	const gchar *start;
	const gchar *mode;
	guint64 room;
	guint64 companion;
	gint32 document;
	const gchar *key;
} AcceptOptions;

static gboolean
take_place(CmBookingCall *call, const AcceptOptions *options, GError **error)
{
	CmStoreOrder order = {.place = {.date = CM_DAY_NONE}};

	if (!parse_time(options->date, options->start, &order.place.date, &order.place.start,
			error) ||
	    (options->mode != NULL &&
	     !cm_argument_parse_mode(options->mode, &order.place.mode, error)))
		return FALSE;
	order.place.room = cm_argument_to_number(options->room);
	order.place.companion = cm_argument_to_number(options->companion);
	call->moved |= options->mode != NULL ? (guint)CM_BOOKING_ASKED_MODE : 0;
	call->moved |= options->room != 0 ? (guint)CM_BOOKING_ASKED_ROOM : 0;
	call->moved |= options->companion != 0 ? (guint)CM_BOOKING_ASKED_COMPANION : 0;
	g_array_append_val(call->orders, order);
	return TRUE;
}

static gboolean
take_note(CmBookingCall *call, GUnixFDList *descriptors, gint32 handle, GError **error)
{
	static const gchar *const names[] = {"note", NULL};
	g_autoptr(GVariant) which = NULL;
	g_autoptr(JsonObject) document = NULL;
	const gchar *note = NULL;

	if (handle < 0)
		return TRUE;
	which = g_variant_ref_sink(g_variant_new_handle(handle));
	document = cm_json_document_read(descriptors, which, error);
	if (document == NULL || !cm_json_document_check_names(document, names, error) ||
	    !cm_json_document_get_text(document, "note", &note, error))
		return FALSE;
	if (note != NULL && strlen(note) > NOTE_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("A note has at most 4000 bytes."),
			     NULL);
		return FALSE;
	}
	call->note = g_strdup(note);
	return TRUE;
}

static gboolean
handle_accept(CmDBusTimeRequest *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      guint64 number,
	      guint64 expected,
	      GVariant *dictionary,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	AcceptOptions options = {.document = -1};
	const CmOption known[] = {{"date", "s", &options.date},
				  {"start", "s", &options.start},
				  {"mode", "s", &options.mode},
				  {"room", "t", &options.room},
				  {"companion", "t", &options.companion},
				  {"document", "h", &options.document},
				  {"key", "s", &options.key}};
	CmBookingCall *call = cm_booking_call_new(CM_BOOKING_VERB_ACCEPT, invocation);

	call->time_request = cm_argument_to_number(number);
	call->time_request_version = cm_argument_to_number(expected);
	if (!cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) ||
	    !take_place(call, &options, &error) ||
	    !take_note(call, descriptors, options.document, &error)) {
		cm_booking_call_free(call);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	call->key = g_strdup(options.key);
	if (call->key != NULL)
		call->asked = describe(invocation, call->note);
	cm_reply_from_change(user_data, invocation, cm_booking_call_make, accept_announce, call,
			     (GDestroyNotify)cm_booking_call_free);
	return TRUE;
}

gboolean
cm_time_request_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusTimeRequest) object = cm_dbus_time_request_skeleton_new();

	g_signal_connect(object, "handle-ask", G_CALLBACK(handle_ask), service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-accept", G_CALLBACK(handle_accept), service);
	g_signal_connect(object, "handle-decline", G_CALLBACK(handle_decline), service);
	g_signal_connect(object, "handle-withdraw", G_CALLBACK(handle_withdraw), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
