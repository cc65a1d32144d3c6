// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/outbox-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/outbox-keeper.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-outbox-list.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define DAYS_MAX 366

/* What a call asks for. */
typedef struct {
	CmCaller *caller;
	CmOutboxWhich which;
	guint days;
	gboolean letter; /* else a person */
	gint64 number;   /* of the letter */
	CmStoreRecipient who;
	gboolean drop;
} OutboxRequest;

static OutboxRequest *
outbox_request_new(GDBusMethodInvocation *invocation)
{
	OutboxRequest *request = g_new0(OutboxRequest, 1);

	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	return request;
}

static void
outbox_request_free(gpointer data)
{
	OutboxRequest *request = data;

	cm_caller_unref(request->caller);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutboxRequest, outbox_request_free)

/* by the numbers of CmResource; 3 and more are not people, but for accounts */
static const struct {
	const gchar *name;
	CmResource kind;
	CmSubject subject;
} kinds[] = {
    {"professional", CM_RESOURCE_PROFESSIONAL, CM_SUBJECT_PROFESSIONAL},
    {"student", CM_RESOURCE_STUDENT, CM_SUBJECT_STUDENT},
    {"contact", CM_RESOURCE_CONTACT, CM_SUBJECT_CONTACT},
    {"account", CM_NOTICE_TO_ACCOUNT, CM_SUBJECT_LAST},
};

static const gchar *
get_kind_name(CmResource kind)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].kind == kind)
			return kinds[i].name;
	}
	return "";
}

/* themselves and people of theirs, or everyone's for those who plan */
static gboolean
check_theirs(const CmCaller *caller, CmStore *store, const CmStoreRecipient *who, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].kind == who->kind && kinds[i].subject != CM_SUBJECT_LAST)
			return cm_caller_check(caller, store, kinds[i].subject, who->person, error);
	}
	if (cm_caller_is_everywhere(caller) || who->person == (gint64)caller->uid)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such account."), NULL);
	return FALSE;
}

/* ---- List */

static void
add_entry(JsonBuilder *builder, const CmOutboxEntry *entry)
{
	json_builder_begin_object(builder);
	cm_document_add_int(builder, "letter", entry->letter);
	cm_document_begin_object(builder, "recipient");
	cm_document_add_string(builder, "kind", get_kind_name(entry->who.kind));
	cm_document_add_int(builder, "number", entry->who.person);
	cm_document_add_string(builder, "name", entry->name);
	json_builder_end_object(builder);
	cm_document_add_string(builder, "kind", entry->kind);
	cm_document_add_string(builder, "state", entry->state);
	cm_document_add_boolean(builder, "urgent", entry->urgent);
	cm_document_add_boolean(builder, "uncertain", entry->uncertain);
	cm_document_add_int(builder, "things", entry->things);
	cm_document_add_int(builder, "since", entry->since);
	cm_document_add_int(builder, "until", entry->until);
	cm_document_add_int(builder, "attempts", entry->attempts);
	cm_document_add_string(builder, "cause", entry->cause);
	cm_document_add_int(builder, "code", entry->code);
	cm_document_add_int(builder, "sent_at", entry->sent_at);
	json_builder_end_object(builder);
}

static gboolean
make_list(CmStore *store,
	  CmPolicySet *policies,
	  gpointer data,
	  JsonBuilder *builder,
	  GError **error)
{
	const OutboxRequest *request = data;
	g_autoptr(GTimeZone) zone = cm_store_consent_get_zone(store, error);
	g_autoptr(GPtrArray) entries = NULL;

	if (zone == NULL)
		return FALSE;
	entries = cm_store_outbox_list(store, request->which, cm_clock_get_now(), error);
	if (entries == NULL)
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-outbox/1");
	cm_document_add_string(builder, "zone", g_time_zone_get_identifier(zone));
	cm_document_begin_array(builder, "letters");
	for (guint i = 0; i < entries->len; i++) {
		const CmOutboxEntry *entry = g_ptr_array_index(entries, i);

		if (check_theirs(request->caller, store, &entry->who, NULL))
			add_entry(builder, entry);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}

static gboolean
handle_list(CmDBusOutbox *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    const gchar *which,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxRequest) request = outbox_request_new(invocation);

	if (!cm_store_outbox_list_which_from_string(which, &request->which)) {
		cm_error_set(&error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is none of: waiting, dead, unreachable, sent."), which,
			     NULL);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	cm_json_document_reply(user_data, invocation, make_list, g_steal_pointer(&request),
			       outbox_request_free);
	return TRUE;
}

/* ---- Count */

static GVariant *
make_counts(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	const OutboxRequest *request = data;
	CmOutboxCounts counts = {0};
	GVariantDict figures;

	if (!cm_store_outbox_list_count(store, cm_clock_get_now() - (gint64)request->days * 86400,
					&counts, error))
		return NULL;
	g_variant_dict_init(&figures, NULL);
	g_variant_dict_insert(&figures, "waiting", "u", counts.waiting);
	g_variant_dict_insert(&figures, "gathering", "u", counts.gathering);
	g_variant_dict_insert(&figures, "dead", "u", counts.dead);
	g_variant_dict_insert(&figures, "unreachable", "u", counts.unreachable);
	g_variant_dict_insert(&figures, "sent", "u", counts.sent);
	g_variant_dict_insert(&figures, "people", "u", counts.people);
	g_variant_dict_insert(&figures, "most", "u", counts.most);
	g_variant_dict_insert(&figures, "families", "u", counts.families);
	g_variant_dict_insert(&figures, "most_family", "u", counts.most_family);
	return g_variant_new("(@a{sv})", g_variant_dict_end(&figures));
}

static gboolean
handle_count(CmDBusOutbox *object,
	     GDBusMethodInvocation *invocation,
	     guint days,
	     gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxRequest) request = outbox_request_new(invocation);

	request->days = days;
	if (days < 1 || days > DAYS_MAX) {
		cm_error_set(&error, CM_ERROR_INVALID_INPUT,
			     N_("A number of days from 1 to 366 is expected."), NULL);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	cm_reply_from_store(user_data, invocation, make_counts, g_steal_pointer(&request),
			    outbox_request_free);
	return TRUE;
}

/* ---- Retry, Drop */

static gboolean
change_letter(OutboxRequest *request, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();

	if (!cm_store_outbox_list_find_letter(store, request->number, &request->who, error))
		return FALSE;
	if (!check_theirs(request->caller, store, &request->who, NULL)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no letter by this number."),
			     NULL);
		return FALSE;
	}
	if (request->drop)
		return cm_store_outbox_list_drop(store, request->number, request->caller->uid, now,
						 error);
	return cm_store_outbox_list_retry(store, request->number, request->caller->uid, now, error);
}

static GVariant *
make_changed(CmService *service,
	     CmStore *store,
	     const CmPolicySet *policies,
	     gpointer data,
	     gint *out_fd,
	     GCancellable *cancellable,
	     GError **error)
{
	OutboxRequest *request = data;
	gint64 now = cm_clock_get_now();
	gboolean good = FALSE;

	if (request->letter)
		good = change_letter(request, store, error);
	else if (!check_theirs(request->caller, store, &request->who, error))
		return NULL;
	else if (request->drop)
		good = cm_store_outbox_list_drop_person(store, &request->who, request->caller->uid,
							now, error);
	else
		good = cm_store_outbox_list_retry_person(store, &request->who, request->caller->uid,
							 now, error);
	return good ? g_variant_new("()") : NULL;
}

/* what waits again is looked at now */
static void
changed(CmService *service, gpointer data)
{
	const OutboxRequest *request = data;

	if (service->outbox != NULL)
		cm_outbox_keeper_look_at(service->outbox, &request->who);
}

static void
change(CmService *service,
       GDBusMethodInvocation *invocation,
       const gchar *kind,
       guint64 number,
       gboolean drop)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxRequest) request = outbox_request_new(invocation);
	gboolean known = g_str_equal(kind, "letter");

	request->letter = known;
	request->drop = drop;
	request->number = (gint64)MIN(number, (guint64)G_MAXINT64);
	request->who.person = request->number;
	for (guint i = 0; !known && i < G_N_ELEMENTS(kinds); i++) {
		known = g_str_equal(kinds[i].name, kind);
		request->who.kind = kinds[i].kind;
	}
	if (!known) {
		cm_error_set(&error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is none of: letter, professional, student, contact, "
				"account."),
			     kind, NULL);
		cm_reply_error(invocation, error);
		return;
	}
	cm_reply_from_change(service, invocation, make_changed, changed, g_steal_pointer(&request),
			     outbox_request_free);
}

static gboolean
handle_retry(CmDBusOutbox *object,
	     GDBusMethodInvocation *invocation,
	     const gchar *kind,
	     guint64 number,
	     gpointer user_data)
{
	change(user_data, invocation, kind, number, FALSE);
	return TRUE;
}

static gboolean
handle_drop(CmDBusOutbox *object,
	    GDBusMethodInvocation *invocation,
	    const gchar *kind,
	    guint64 number,
	    gpointer user_data)
{
	change(user_data, invocation, kind, number, TRUE);
	return TRUE;
}

gboolean
cm_outbox_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusOutbox) skeleton = cm_dbus_outbox_skeleton_new();

	g_signal_connect(skeleton, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(skeleton, "handle-count", G_CALLBACK(handle_count), service);
	g_signal_connect(skeleton, "handle-retry", G_CALLBACK(handle_retry), service);
	g_signal_connect(skeleton, "handle-drop", G_CALLBACK(handle_drop), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(skeleton), error);
}
