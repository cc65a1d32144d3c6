// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/disclosure-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-disclosure.h"
#include "daemon/store/store-retention.h"
#include "daemon/vault/vault-fields.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define FORMAT "comodal-disclosures/1"
#define FORMAT_FOUND "comodal-disclosure/1"

typedef struct {
	CmService *service;
	CmCaller *caller;
	CmPolicySet *policies;
	JsonObject *document;
	CmStoreDisclosure disclosure;
	gint64 number;
	gchar *outcome;
	GBytes *name; /* of a case */
} DisclosureCall;

static DisclosureCall *
disclosure_call_new(CmService *service, GDBusMethodInvocation *invocation)
{
	DisclosureCall *call = g_new0(DisclosureCall, 1);

	call->service = service;
	call->caller = cm_caller_ref(cm_door_get_caller(invocation));
	call->policies = cm_policy_set_ref(service->policies);
	return call;
}

static void
disclosure_call_free(gpointer data)
{
	DisclosureCall *call = data;

	cm_caller_unref(call->caller);
	cm_policy_set_unref(call->policies);
	g_clear_pointer(&call->document, json_object_unref);
	g_clear_pointer(&call->name, g_bytes_unref);
	g_free(call->outcome);
	g_free(call->disclosure.basis);
	g_free(call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DisclosureCall, disclosure_call_free)

static CmStoreDisclosureCaller
get_caller(const DisclosureCall *call)
{
	return (CmStoreDisclosureCaller){.policies = call->policies,
					 .uid = call->caller->uid,
					 .all = cm_caller_is_everywhere(call->caller),
					 .now = cm_clock_get_now()};
}

/* ---- List */

typedef struct {
	JsonBuilder *builder;
	const CmRosterSnapshot *roster;
	CmDay today;
} Making;

/* a student whom the roster has no more has no name */
static void
add_student(const Making *making, gint64 number)
{
	guint32 index = cm_roster_numbers_find(making->roster->numbers, CM_NUMBER_STUDENT, number);
	const CmStudent *student =
	    index != CM_NONE ? CM_ELEMENT(making->roster->caseload->students, CmStudent, index)
			     : NULL;

	cm_document_add_int(making->builder, "student", number);
	cm_document_add_string(making->builder, "name", student != NULL ? student->name : NULL);
	cm_document_add_string(making->builder, "reference", student != NULL ? student->id : NULL);
}

/* "open", "late", "waiting", or how it ended */
static const gchar *
get_state(const Making *making, const CmStoreDisclosure *disclosure)
{
	if (disclosure->outcome != NULL)
		return disclosure->outcome;
	if (disclosure->day == CM_DAY_NONE)
		return "open";
	if (disclosure->purpose == CM_DISCLOSURE_ACCESS)
		return making->today > disclosure->day ? "late" : "open";
	return making->today < disclosure->day ? "waiting" : "open";
}

static void
add_rule(JsonBuilder *builder, const CmRule *rule)
{
	json_builder_set_member_name(builder, "rule");
	if (rule == NULL) {
		json_builder_add_null_value(builder);
		return;
	}
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "id", rule->id);
	cm_document_add_int(builder, "days", rule->number);
	cm_document_add_string(builder, "article", rule->article);
	cm_document_add_string(builder, "source", rule->source);
	cm_document_add_string(builder, "confidence", cm_confidence_to_string(rule->confidence));
	cm_document_add_string(builder, "fr", rule->text[CM_LANGUAGE_FRENCH]);
	cm_document_add_string(builder, "en", rule->text[CM_LANGUAGE_ENGLISH]);
	cm_document_add_string(builder, "note_fr", rule->note[CM_LANGUAGE_FRENCH]);
	cm_document_add_string(builder, "note_en", rule->note[CM_LANGUAGE_ENGLISH]);
	json_builder_end_object(builder);
}

static void
add_request(const Making *making, const CmStoreDisclosure *disclosure)
{
	JsonBuilder *builder = making->builder;

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", disclosure->number);
	add_student(making, disclosure->student);
	cm_document_add_string(builder, "purpose",
			       cm_disclosure_purpose_to_string(disclosure->purpose));
	cm_document_add_string(builder, "state", get_state(making, disclosure));
	cm_document_add_date(builder, "since", disclosure->since);
	cm_document_add_string(builder, "basis", disclosure->basis);
	cm_document_add_boolean(builder, "waived", disclosure->waived);
	cm_document_add_date(builder, "day", disclosure->day);
	if (disclosure->day != CM_DAY_NONE)
		cm_document_add_int(builder, "days_left", disclosure->day - making->today);
	cm_document_add_int(builder, "by", disclosure->recorded_by);
	cm_document_add_int(builder, "at", disclosure->recorded_at);
	cm_document_add_int(builder, "extended", disclosure->extended_at);
	cm_document_add_int(builder, "closed", disclosure->closed_at);
	add_rule(builder, disclosure->rule);
	json_builder_end_object(builder);
}

static gboolean
make_list(CmStore *store,
	  CmPolicySet *policies,
	  gpointer data,
	  JsonBuilder *builder,
	  GError **error)
{
	const DisclosureCall *call = data;
	const CmStoreDisclosureCaller caller = get_caller(call);
	g_autoptr(GPtrArray) list = cm_store_disclosure_list(store, &caller, error);
	g_autoptr(CmRosterSnapshot) roster =
	    list != NULL ? cm_roster_cache_get(call->service->roster, store, NULL, error) : NULL;
	g_autoptr(GTimeZone) zone = roster != NULL ? cm_store_consent_get_zone(store, error) : NULL;
	Making making = {.builder = builder, .roster = roster};

	if (zone == NULL || !cm_store_retention_find_day(store, caller.now, &making.today, error))
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", FORMAT);
	cm_document_add_string(builder, "zone", g_time_zone_get_identifier(zone));
	cm_document_add_date(builder, "today", making.today);
	cm_document_begin_array(builder, "requests");
	for (guint i = 0; i < list->len; i++)
		add_request(&making, g_ptr_array_index(list, i));
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}

static gboolean
handle_list(CmDBusDisclosure *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    gpointer user_data)
{
	cm_json_document_reply(user_data, invocation, make_list,
			       disclosure_call_new(user_data, invocation), disclosure_call_free);
	return TRUE;
}

/* ---- Record, Extend, Close */

static gboolean
take_request(DisclosureCall *call, GError **error)
{
	static const gchar *const names[] = {"purpose", "since", "basis", "waived", NULL};
	const gchar *purpose = "";
	const gchar *basis = "";
	CmStoreDisclosure *disclosure = &call->disclosure;

	disclosure->since = CM_DAY_NONE;
	if (!cm_json_document_check_names(call->document, names, error) ||
	    !cm_json_document_get_text(call->document, "purpose", &purpose, error) ||
	    !cm_json_document_get_day(call->document, "since", &disclosure->since, error) ||
	    !cm_json_document_get_text(call->document, "basis", &basis, error) ||
	    !cm_json_document_get_flag(call->document, "waived", &disclosure->waived, error))
		return FALSE;
	disclosure->basis = g_strdup(basis);
	if (cm_disclosure_purpose_from_string(purpose, &disclosure->purpose))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is none of the words for this."),
		     purpose, NULL);
	return FALSE;
}

static GVariant *
make_record(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	DisclosureCall *call = data;
	const CmStoreDisclosureCaller caller = get_caller(call);

	return cm_caller_check(call->caller, store, CM_SUBJECT_STUDENT, call->disclosure.student,
			       error) &&
		       cm_store_disclosure_record(store, &caller, &call->disclosure, error)
		   ? g_variant_new("(t)", (guint64)call->disclosure.number)
		   : NULL;
}

static gboolean
handle_record(CmDBusDisclosure *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      guint64 student,
	      GVariant *request,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(DisclosureCall) call = disclosure_call_new(user_data, invocation);

	call->disclosure.student = cm_argument_to_number(student);
	call->document = cm_json_document_read(descriptors, request, &error);
	if (call->document == NULL || !take_request(call, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_record, g_steal_pointer(&call),
				    disclosure_call_free);
	return TRUE;
}

/* without an outcome it goes on for longer */
static GVariant *
make_change(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	const DisclosureCall *call = data;
	const CmStoreDisclosureCaller caller = get_caller(call);
	gboolean good =
	    call->outcome == NULL
		? cm_store_disclosure_extend(store, &caller, call->number, error)
		: cm_store_disclosure_close(store, &caller, call->number, call->outcome, error);

	return good ? g_variant_new("()") : NULL;
}

static gboolean
handle_extend(CmDBusDisclosure *object,
	      GDBusMethodInvocation *invocation,
	      guint64 number,
	      gpointer user_data)
{
	DisclosureCall *call = disclosure_call_new(user_data, invocation);

	call->number = cm_argument_to_number(number);
	cm_reply_from_store(user_data, invocation, make_change, call, disclosure_call_free);
	return TRUE;
}

static gboolean
handle_close(CmDBusDisclosure *object,
	     GDBusMethodInvocation *invocation,
	     guint64 number,
	     const gchar *outcome,
	     gpointer user_data)
{
	DisclosureCall *call = disclosure_call_new(user_data, invocation);

	call->number = cm_argument_to_number(number);
	call->outcome = g_strdup(outcome);
	cm_reply_from_store(user_data, invocation, make_change, call, disclosure_call_free);
	return TRUE;
}

/* ---- Find */

static gboolean
make_found(CmStore *store,
	   CmPolicySet *policies,
	   gpointer data,
	   JsonBuilder *builder,
	   GError **error)
{
	const DisclosureCall *call = data;
	const CmStoreDisclosureCaller caller = get_caller(call);
	g_autoptr(CmStoreDisclosure) found = NULL;

	if (!cm_store_disclosure_find(store, &caller, g_bytes_get_data(call->name, NULL),
				      call->disclosure.purpose, call->number, &found, error))
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", FORMAT_FOUND);
	cm_document_add_int(builder, "number", found != NULL ? found->number : 0);
	cm_document_add_date(builder, "since", found != NULL ? found->since : CM_DAY_NONE);
	cm_document_add_string(builder, "basis", found != NULL ? found->basis : "");
	json_builder_end_object(builder);
	return TRUE;
}

static gboolean
take_question(DisclosureCall *call, GVariant *name, const gchar *purpose, GError **error)
{
	call->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 1, 1, error);
	if (call->name == NULL)
		return FALSE;
	if (cm_disclosure_purpose_from_string(purpose, &call->disclosure.purpose))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is none of the words for this."),
		     purpose, NULL);
	return FALSE;
}

static gboolean
handle_find(CmDBusDisclosure *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *name,
	    const gchar *purpose,
	    guint64 number,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(DisclosureCall) call = disclosure_call_new(user_data, invocation);

	call->number = cm_argument_to_number(number);
	if (!take_question(call, name, purpose, &error))
		cm_reply_error(invocation, error);
	else
		cm_json_document_reply(user_data, invocation, make_found, g_steal_pointer(&call),
				       disclosure_call_free);
	return TRUE;
}

gboolean
cm_disclosure_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusDisclosure) object = cm_dbus_disclosure_skeleton_new();

	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-record", G_CALLBACK(handle_record), service);
	g_signal_connect(object, "handle-extend", G_CALLBACK(handle_extend), service);
	g_signal_connect(object, "handle-close", G_CALLBACK(handle_close), service);
	g_signal_connect(object, "handle-find", G_CALLBACK(handle_find), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
