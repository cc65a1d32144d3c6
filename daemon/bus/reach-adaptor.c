// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/reach-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/sealed-memfd.h"
#include "daemon/letter/letter-event.h"
#include "daemon/store/store-feed.h"
#include "daemon/store/store-link.h"
#include "daemon/store/store-reach.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct {
	const gchar *name;
	CmResource kind;
} kinds[] = {
    {"professional", CM_RESOURCE_PROFESSIONAL},
    {"student", CM_RESOURCE_STUDENT},
    {"contact", CM_RESOURCE_CONTACT},
    {"account", CM_REACHABLE_ACCOUNT},
};

typedef struct {
	CmCaller *caller;
	CmStoreRecipient who;
	gint64 version;
	CmLinkScope scope; /* CM_LINK_SCOPE_LAST: renew */
	gboolean missing;
	CmStoreReachChange change;
	gboolean works;
	JsonObject *document; /* holds the change's strings */
} ReachRequest;

static void
reach_request_free(gpointer data)
{
	ReachRequest *request = data;

	cm_caller_unref(request->caller);
	g_clear_pointer(&request->document, json_object_unref);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReachRequest, reach_request_free)

static const gchar *
kind_to_string(CmResource kind)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].kind == kind)
			return kinds[i].name;
	}
	return "";
}

/* `kind`: "" for nobody in particular */
static ReachRequest *
reach_request_new(GDBusMethodInvocation *invocation,
		  const gchar *kind,
		  guint64 number,
		  GError **error)
{
	g_autoptr(ReachRequest) request = g_new0(ReachRequest, 1);

	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->who.person = cm_argument_to_number(number);
	request->scope = CM_LINK_SCOPE_LAST;
	if (*kind == '\0')
		return g_steal_pointer(&request);
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_str_equal(kinds[i].name, kind)) {
			request->who.kind = kinds[i].kind;
			return g_steal_pointer(&request);
		}
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("“{0}” is not a kind of people: professional, student, contact, account."),
		     kind, NULL);
	return NULL;
}

/* ---- whose it is */

/* of somebody that is not theirs, the same words as of nobody */
static gboolean
check_who(const ReachRequest *request, CmStore *store, GError **error)
{
	const CmCaller *caller = request->caller;
	const CmStoreRecipient *who = &request->who;

	if (who->kind == CM_REACHABLE_ACCOUNT) {
		if (who->person == (gint64)caller->uid ||
		    (caller->roles & CM_ROLE_ADMINISTRATOR) != 0)
			return cm_store_reach_check_person(store, who->kind, who->person, error);
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing of yours by this number."), NULL);
		return FALSE;
	}
	if (who->kind == CM_RESOURCE_PROFESSIONAL)
		return cm_caller_check(caller, store, CM_SUBJECT_PROFESSIONAL, who->person, error);
	return cm_caller_check(caller, store,
			       who->kind == CM_RESOURCE_STUDENT ? CM_SUBJECT_STUDENT
								: CM_SUBJECT_CONTACT,
			       who->person, error);
}

static void
announce(CmService *service, const CmStoreRecipient *who)
{
	(void)g_dbus_connection_emit_signal(
	    service->connection, NULL, CM_OBJECT_PATH, CM_INTERFACE_PREFIX "Reach", "Changed",
	    g_variant_new("(st)", kind_to_string(who->kind), (guint64)who->person), NULL);
}

/* ---- documents out */

static const gchar *
get_state(const CmReachable *reachable)
{
	if (*reachable->email == '\0')
		return "none";
	return reachable->bounced ? "bounced" : "good";
}

static void
write_person(JsonBuilder *builder, const CmReachable *reachable)
{
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "kind", kind_to_string(reachable->kind));
	cm_document_add_int(builder, "number", reachable->person);
	cm_document_add_int(builder, "version", reachable->version);
	cm_document_add_string(builder, "email", reachable->email);
	cm_document_add_string(builder, "state", get_state(reachable));
	cm_document_add_string(builder, "phone", reachable->phone);
	cm_document_add_string(builder, "language", reachable->language);
	cm_document_add_string(builder, "delivery",
			       cm_reachable_delivery_to_string(reachable->delivery));
	cm_document_add_minute(builder, "digest", reachable->digest_at);
	cm_document_begin_object(builder, "quiet");
	cm_document_add_minute(builder, "from", reachable->quiet_from);
	cm_document_add_minute(builder, "to", reachable->quiet_to);
	json_builder_end_object(builder);
	cm_document_add_int(builder, "remind_hours", reachable->remind_hours);
	cm_document_add_string(builder, "zone", reachable->zone);
	cm_document_add_boolean(builder, "own_zone", reachable->own_zone);
	cm_document_add_int(builder, "changed_at", reachable->changed_at);
	if (reachable->changed_at != 0)
		cm_document_add_int(builder, "changed_by", reachable->changed_by);
	json_builder_end_object(builder);
}

static void
begin_document(JsonBuilder *builder)
{
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-reach/1");
	cm_document_begin_array(builder, "people");
}

static void
end_document(JsonBuilder *builder)
{
	json_builder_end_array(builder);
	json_builder_end_object(builder);
}

static gboolean
make_person(CmStore *store,
	    CmPolicySet *policies,
	    gpointer data,
	    JsonBuilder *builder,
	    GError **error)
{
	const ReachRequest *request = data;
	g_autoptr(CmReachable) reachable = NULL;

	if (!check_who(request, store, error))
		return FALSE;
	reachable = cm_store_reach_get(store, request->who.kind, request->who.person, error);
	if (reachable == NULL)
		return FALSE;
	begin_document(builder);
	write_person(builder, reachable);
	end_document(builder);
	return TRUE;
}

static gboolean
write_missing(CmStore *store, const ReachRequest *request, JsonBuilder *builder, GError **error)
{
	g_autoptr(GArray) missing =
	    cm_store_reach_list_missing(store, cm_caller_get_bound(request->caller), error);

	if (missing == NULL)
		return FALSE;
	for (guint i = 0; i < missing->len; i++) {
		const CmStoreRecipient *who = &g_array_index(missing, CmStoreRecipient, i);
		g_autoptr(CmReachable) reachable =
		    cm_store_reach_get(store, who->kind, who->person, error);

		if (reachable == NULL)
			return FALSE;
		write_person(builder, reachable);
	}
	return TRUE;
}

/* each that is the caller's to see */
static gboolean
write_kind(CmStore *store,
	   const ReachRequest *request,
	   CmResource kind,
	   JsonBuilder *builder,
	   GError **error)
{
	g_autoptr(GPtrArray) list = cm_store_reach_list(store, kind, error);
	ReachRequest each = *request;

	if (list == NULL)
		return FALSE;
	for (guint i = 0; i < list->len; i++) {
		const CmReachable *reachable = g_ptr_array_index(list, i);
		g_autoptr(GError) refused = NULL;

		each.who.kind = kind;
		each.who.person = reachable->person;
		if (check_who(&each, store, &refused))
			write_person(builder, reachable);
		else if (!g_error_matches(refused, CM_ERROR, CM_ERROR_NOT_FOUND)) {
			g_propagate_error(error, g_steal_pointer(&refused));
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean
make_list(CmStore *store,
	  CmPolicySet *policies,
	  gpointer data,
	  JsonBuilder *builder,
	  GError **error)
{
	const ReachRequest *request = data;

	begin_document(builder);
	if (request->missing && !write_missing(store, request, builder, error))
		return FALSE;
	for (guint i = 0; !request->missing && i < G_N_ELEMENTS(kinds); i++) {
		if (!write_kind(store, request, kinds[i].kind, builder, error))
			return FALSE;
	}
	end_document(builder);
	return TRUE;
}

static gboolean
handle_get(CmDBusReach *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   const gchar *kind,
	   guint64 number,
	   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	ReachRequest *request = reach_request_new(invocation, kind, number, &error);

	if (request == NULL)
		cm_reply_error(invocation, error);
	else
		cm_json_document_reply(user_data, invocation, make_person, request,
				       reach_request_free);
	return TRUE;
}

static gboolean
handle_list(CmDBusReach *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *options,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ReachRequest) request = reach_request_new(invocation, "", 0, &error);
	const CmOption known[] = {{"missing", "b", &request->missing}};

	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error))
		cm_reply_error(invocation, error);
	else
		cm_json_document_reply(user_data, invocation, make_list, g_steal_pointer(&request),
				       reach_request_free);
	return TRUE;
}

/* ---- somebody's calendar */

typedef struct {
	const ReachRequest *request;
	const CmPolicySet *policies;
	CmLetter *letter;
} FeedLook;

static gboolean
load_feed(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	FeedLook *look = data;

	if (!check_who(look->request, store, error))
		return FALSE;
	look->letter = cm_store_feed_load(store, look->policies, look->request->who.kind,
					  look->request->who.person, cm_clock_get_now(), error);
	return look->letter != NULL;
}

static gboolean
write_feed(CmService *service,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint fd,
	   GCancellable *cancellable,
	   GError **error)
{
	FeedLook look = {.request = data, .policies = policies};
	g_autoptr(CmLetter) letter = NULL;
	g_autoptr(CmWords) words = NULL;
	g_autofree gchar *text = NULL;

	if (!cm_worker_run(service->store, load_feed, &look, cancellable, error))
		return FALSE;
	letter = look.letter;
	words = cm_words_new(letter->language, letter->zone, error);
	if (words != NULL)
		text = cm_letter_event_write_feed(letter, words, error);
	return text != NULL && cm_sealed_memfd_write(fd, text, strlen(text), error);
}

static gboolean
handle_get_feed(CmDBusReach *object,
		GDBusMethodInvocation *invocation,
		GUnixFDList *descriptors,
		const gchar *kind,
		guint64 number,
		gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	ReachRequest *request = reach_request_new(invocation, kind, number, &error);

	if (request == NULL)
		cm_reply_error(invocation, error);
	else
		cm_reply_document(user_data, invocation, write_feed, request, reach_request_free);
	return TRUE;
}

/* ---- changes */

static gboolean
read_minute(const gchar *text, CmMinute *out_minute, GError **error)
{
	if (cm_minute_parse(text, out_minute))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is not a time."), text, NULL);
	return FALSE;
}

/* "20:00-07:00" */
static gboolean
read_quiet(CmStoreReachChange *change, const gchar *text, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, "-", -1);

	if (g_strv_length(parts) != 2) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Quiet hours are two times, as 20:00-07:00."), NULL);
		return FALSE;
	}
	change->members |= CM_STORE_REACH_QUIET;
	return read_minute(g_strstrip(parts[0]), &change->quiet_from, error) &&
	       read_minute(g_strstrip(parts[1]), &change->quiet_to, error);
}

static gboolean
read_delivery(CmStoreReachChange *change, const gchar *text, GError **error)
{
	change->members |= CM_STORE_REACH_DELIVERY;
	if (cm_reachable_delivery_from_string(text, &change->delivery))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("Mail comes as invitations, as a digest or not at all (none)."), NULL);
	return FALSE;
}

static gboolean
read_times(CmStoreReachChange *change, JsonObject *document, GError **error)
{
	const gchar *delivery = NULL;
	const gchar *digest = NULL;
	const gchar *quiet = NULL;
	gint64 hours = -1;

	if (!cm_json_document_get_text(document, "delivery", &delivery, error) ||
	    !cm_json_document_get_text(document, "digest", &digest, error) ||
	    !cm_json_document_get_text(document, "quiet", &quiet, error) ||
	    !cm_json_document_get_number(document, "remind_hours", &hours, error) ||
	    (delivery != NULL && !read_delivery(change, delivery, error)) ||
	    (digest != NULL && !read_minute(digest, &change->digest_at, error)) ||
	    (quiet != NULL && !read_quiet(change, quiet, error)))
		return FALSE;
	if (digest != NULL)
		change->members |= CM_STORE_REACH_DIGEST_AT;
	if (json_object_has_member(document, "remind_hours")) {
		change->members |= CM_STORE_REACH_REMIND;
		/* what is below 0 is too much as well */
		change->remind_hours = hours >= 0 && hours <= CM_REACHABLE_REMIND_HOURS_MAX
					   ? (guint)hours
					   : CM_REACHABLE_REMIND_HOURS_MAX + 1;
	}
	return TRUE;
}

static gboolean
read_change(ReachRequest *request, GError **error)
{
	static const gchar *const names[] = {"email",  "phone", "language",     "delivery",
					     "digest", "quiet", "remind_hours", "zone",
					     "works",  NULL};
	JsonObject *document = request->document;
	CmStoreReachChange *change = &request->change;

	return cm_json_document_check_names(document, names, error) &&
	       cm_json_document_get_text(document, "email", &change->email, error) &&
	       cm_json_document_get_text(document, "phone", &change->phone, error) &&
	       cm_json_document_get_text(document, "language", &change->language, error) &&
	       cm_json_document_get_text(document, "zone", &change->zone, error) &&
	       cm_json_document_get_flag(document, "works", &request->works, error) &&
	       read_times(change, document, error);
}

static GVariant *
make_change(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	const ReachRequest *request = data;
	gint64 now = cm_clock_get_now();
	gint64 version = 0;
	g_autoptr(CmReachable) reachable = NULL;

	if (!check_who(request, store, error) ||
	    !cm_store_reach_set(store, request->who.kind, request->who.person, &request->change,
				request->version, request->caller->uid, now, &version, error) ||
	    (request->works &&
	     !cm_store_reach_set_bounced(store, request->who.kind, request->who.person, NULL, FALSE,
					 request->caller->uid, now, error)))
		return NULL;
	reachable = cm_store_reach_get(store, request->who.kind, request->who.person, error);
	if (reachable == NULL)
		return NULL;
	if (reachable->version != request->version)
		announce(service, &request->who);
	return g_variant_new("(t)", (guint64)reachable->version);
}

static gboolean
handle_set(CmDBusReach *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   const gchar *kind,
	   guint64 number,
	   guint64 version,
	   GVariant *document,
	   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ReachRequest) request = reach_request_new(invocation, kind, number, &error);

	if (request != NULL) {
		request->version = (gint64)MIN(version, (guint64)G_MAXINT64);
		request->document = cm_json_document_read(descriptors, document, &error);
	}
	if (request == NULL || request->document == NULL || !read_change(request, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_change, g_steal_pointer(&request),
				    reach_request_free);
	return TRUE;
}

/* ---- links */

static GVariant *
make_links(CmService *service,
	   CmStore *store,
	   gpointer data,
	   GCancellable *cancellable,
	   GError **error)
{
	const ReachRequest *request = data;
	gint64 now = cm_clock_get_now();
	gboolean ok = FALSE;

	if (!check_who(request, store, error))
		return NULL;
	if (request->scope == CM_LINK_SCOPE_LAST)
		ok = cm_store_link_renew(store, request->who.kind, request->who.person,
					 request->caller->uid, now, error);
	else
		ok = cm_store_link_revoke(store, request->who.kind, request->who.person,
					  request->scope, request->caller->uid, now, error);
	if (!ok)
		return NULL;
	announce(service, &request->who);
	return g_variant_new("()");
}

static gboolean
handle_renew_links(CmDBusReach *object,
		   GDBusMethodInvocation *invocation,
		   const gchar *kind,
		   guint64 number,
		   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	ReachRequest *request = reach_request_new(invocation, kind, number, &error);

	if (request == NULL)
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_links, request, reach_request_free);
	return TRUE;
}

static gboolean
handle_revoke_links(CmDBusReach *object,
		    GDBusMethodInvocation *invocation,
		    const gchar *kind,
		    guint64 number,
		    const gchar *scope,
		    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ReachRequest) request = reach_request_new(invocation, kind, number, &error);

	if (request != NULL && !cm_link_scope_from_string(scope, &request->scope))
		cm_error_set(&error, CM_ERROR_INVALID_INPUT,
			     N_("A link is for a guest, an interpreter or a feed."), NULL);
	if (error != NULL)
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_links, g_steal_pointer(&request),
				    reach_request_free);
	return TRUE;
}

gboolean
cm_reach_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusReach) object = cm_dbus_reach_skeleton_new();

	g_signal_connect(object, "handle-get", G_CALLBACK(handle_get), service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-set", G_CALLBACK(handle_set), service);
	g_signal_connect(object, "handle-get-feed", G_CALLBACK(handle_get_feed), service);
	g_signal_connect(object, "handle-renew-links", G_CALLBACK(handle_renew_links), service);
	g_signal_connect(object, "handle-revoke-links", G_CALLBACK(handle_revoke_links), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
