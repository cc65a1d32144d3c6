// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/link-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/secret-document.h"
#include "daemon/bus/session-staff.h"
#include "daemon/store/store-guardianship.h"
#include "daemon/store/store-link.h"
#include "daemon/store/store-reach.h"
#include "daemon/store/store-visit.h"
#include "daemon/visio/session-door.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

typedef struct {
	CmCaller *caller;
	CmResource kind;
	gint64 person;
	CmLinkScope scope;
	gint64 subject;
	const CmConfiguration *configuration; /* which stays while comodald runs */
} LinkCall;

static void
link_call_free(gpointer data)
{
	LinkCall *call = data;

	cm_caller_unref(call->caller);
	g_free(call);
}

/* ---- whose it is */

static gboolean
check_person(const LinkCall *call, CmStore *store, GError **error)
{
	static const CmSubject subjects[] = {
	    [CM_RESOURCE_PROFESSIONAL] = CM_SUBJECT_PROFESSIONAL,
	    [CM_RESOURCE_STUDENT] = CM_SUBJECT_STUDENT,
	    [CM_RESOURCE_CONTACT] = CM_SUBJECT_CONTACT,
	};

	return cm_caller_check(call->caller, store, subjects[call->kind], call->person, error);
}

static CmStoreVisitor
make_visitor(const LinkCall *call)
{
	CmStoreVisitor visitor = {.means = CM_STORE_MEANS_LINK,
				  .role = call->scope == CM_LINK_INTERPRETER ? CM_VISIT_INTERPRETER
									     : CM_VISIT_GUEST,
				  .kind = call->kind,
				  .person = call->person,
				  .subject = call->subject};

	return visitor;
}

/* a link for a session is for who has a part in it: `out_booking` is NULL for a link for no session */
static gboolean
check_subject(const LinkCall *call,
	      CmService *service,
	      CmStore *store,
	      const CmPolicySet *policies,
	      CmStoreBooking **out_booking,
	      GError **error)
{
	CmStoreVisitor visitor = make_visitor(call);
	g_auto(CmStoreDoor) door = {0};
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(GError) local = NULL;

	if (call->subject == 0)
		return TRUE;
	booking = cm_session_staff_get_booking(
	    service, store, call->caller, call->subject,
	    CM_STAFF_FLAG(CM_STAFF_HOST) | CM_STAFF_FLAG(CM_STAFF_PLANNER), NULL, error);
	if (booking == NULL)
		return FALSE;
	if (cm_store_visit_find_door(store, policies, &visitor, call->subject, cm_clock_get_now(),
				     &door, &local)) {
		*out_booking = g_steal_pointer(&booking);
		return TRUE;
	}
	if (cm_error_is(local, CM_ERROR_NOT_FOUND))
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("They have no part in this session or meeting."), NULL);
	else
		g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

/* ---- whether a rule wants another link */

static gboolean
takes_part(const CmCaseload *caseload, const CmFollowup *followup, guint32 contact)
{
	for (guint32 s = 0; s < followup->sessions.count; s++) {
		const CmRange *participants =
		    &CM_ELEMENT(caseload->sessions, CmSession, followup->sessions.first + s)
			 ->participants;

		for (guint32 i = 0; i < participants->count; i++) {
			if (*CM_ELEMENT(caseload->references, guint32, participants->first + i) ==
			    contact)
				return TRUE;
		}
	}
	return FALSE;
}

static gboolean
is_among(const GArray *numbers, gint64 number)
{
	for (guint i = 0; i < numbers->len; i++) {
		if (g_array_index(numbers, gint64, i) == number)
			return TRUE;
	}
	return FALSE;
}

/* whether a follow-up is somebody's: their own, of a child for whom they decide, or one that they take part in */
static gboolean
is_theirs(const LinkCall *call,
	  const CmRosterSnapshot *roster,
	  const CmFollowup *followup,
	  const GArray *children)
{
	guint32 index =
	    cm_roster_numbers_find(roster->numbers, (CmNumberKind)call->kind, call->person);
	gint64 student =
	    cm_roster_numbers_get(roster->numbers, CM_NUMBER_STUDENT, followup->student);

	if (index == CM_NONE)
		return FALSE;
	if (call->kind == CM_RESOURCE_STUDENT)
		return followup->student == index;
	return call->kind == CM_RESOURCE_CONTACT &&
	       (is_among(children, student) || takes_part(roster->caseload, followup, index));
}

/* whether one of those who follow them is of a profession whose rules want a link for each session */
static gboolean
find_own_link(const LinkCall *call,
	      CmStore *store,
	      const CmRosterSnapshot *roster,
	      const CmPolicySet *policies,
	      gboolean *out_own,
	      GError **error)
{
	const CmCaseload *caseload = roster->caseload;
	g_autoptr(GArray) children = NULL;

	if (call->scope != CM_LINK_GUEST || call->subject != 0)
		return TRUE;
	children = call->kind == CM_RESOURCE_CONTACT
		       ? cm_store_guardianship_list_of_contact(store, call->person, error)
		       : g_array_new(FALSE, FALSE, sizeof(gint64));
	if (children == NULL)
		return FALSE;
	for (guint i = 0; !*out_own && i < caseload->followups->len; i++) {
		const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, i);
		const CmProfessional *professional =
		    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional);

		*out_own = cm_session_door_needs_own_link(
			       cm_policy_set_lookup(policies, professional->profession)) &&
			   is_theirs(call, roster, followup, children);
	}
	return TRUE;
}

/* ---- Show */

static void
add_help(JsonBuilder *builder, const CmConfiguration *configuration, const gchar *language)
{
	cm_document_begin_object(builder, "help");
	cm_document_add_string(builder, "phone", configuration->help.phone);
	cm_document_add_string(builder, "hours",
			       cm_help_line_get_hours(&configuration->help, language));
	json_builder_end_object(builder);
}

static gint
seal_link(const LinkCall *call,
	  const gchar *url,
	  gint64 made_at,
	  gboolean own_link,
	  const CmStoreBooking *booking,
	  const CmReachable *reachable,
	  GError **error)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "url", url);
	cm_document_add_string(builder, "scope", cm_link_scope_to_string(call->scope));
	cm_document_add_int(builder, "subject", call->subject);
	cm_document_add_int(builder, "made_at", made_at);
	if (booking != NULL) {
		cm_document_add_int(builder, "start", booking->start_utc);
		cm_document_add_int(builder, "end", booking->end_utc);
	}
	cm_document_add_boolean(builder, "own_link", own_link);
	cm_document_add_string(builder, "language", reachable->language);
	cm_document_add_string(builder, "zone", reachable->zone);
	add_help(builder, call->configuration, reachable->language);
	json_builder_end_object(builder);
	return cm_secret_document_seal(builder, error);
}

/* the token of their link: that it was looked at is in the audit log */
static gchar *
issue(const LinkCall *call, CmStore *store, gint64 *out_made_at, GError **error)
{
	const CmLinkTarget target = {.kind = (guint)call->kind,
				     .person = call->person,
				     .scope = call->scope,
				     .subject = call->subject};
	gchar *token = NULL;

	if (!cm_store_link_show(store, &target, call->caller->uid, cm_clock_get_now(), &token,
				out_made_at, error))
		return NULL;
	if (token == NULL)
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Their links were revoked. “comodalctl link renew” makes another."),
			     NULL);
	return token;
}

static GVariant *
make_shown(CmService *service,
	   CmStore *store,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint *out_fd,
	   GCancellable *cancellable,
	   GError **error)
{
	const LinkCall *call = data;
	g_autofree gchar *base =
	    cm_secret_document_make_url(call->configuration->link_base, "", NULL, error);
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(CmReachable) reachable = NULL;
	g_autoptr(CmRosterSnapshot) roster = NULL;
	gboolean own = FALSE;
	gint64 made_at = 0;
	gchar *token = NULL;
	gchar *url = NULL;

	if (base == NULL || !check_person(call, store, error) ||
	    !check_subject(call, service, store, policies, &booking, error))
		return NULL;
	roster = cm_roster_cache_get(service->roster, store, NULL, error);
	if (roster != NULL && find_own_link(call, store, roster, policies, &own, error))
		reachable = cm_store_reach_get(store, call->kind, call->person, error);
	if (reachable != NULL)
		token = issue(call, store, &made_at, error);
	if (token == NULL)
		return NULL;
	url = cm_secret_document_make_url(base, CM_LINK_PATH, token, error);
	cm_secret_document_wipe(token);
	*out_fd = seal_link(call, url, made_at, own, booking, reachable, error);
	cm_secret_document_wipe(url);
	return *out_fd >= 0 ? g_variant_new("(h)", 0) : NULL;
}

static gboolean
read_target(LinkCall *call, const gchar *kind, const gchar *scope, GError **error)
{
	static const CmResource kinds[] = {CM_RESOURCE_PROFESSIONAL, CM_RESOURCE_STUDENT,
					   CM_RESOURCE_CONTACT};

	if (!cm_link_scope_from_string(scope, &call->scope) ||
	    (call->scope == CM_LINK_FEED && call->subject != 0)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A link is for a guest, an interpreter or a feed."), NULL);
		return FALSE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_str_equal(kind, cm_resource_to_string(kinds[i]))) {
			call->kind = kinds[i];
			return TRUE;
		}
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A link is a student’s, a contact’s or a professional’s."), NULL);
	return FALSE;
}

static gboolean
handle_show(CmDBusLink *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    const gchar *kind,
	    guint64 person,
	    const gchar *scope,
	    guint64 subject,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	CmService *service = user_data;
	LinkCall *call = g_new0(LinkCall, 1);

	call->caller = cm_caller_ref(cm_door_get_caller(invocation));
	call->person = cm_argument_to_number(person);
	call->subject = cm_argument_to_number(subject);
	call->configuration = service->configuration;
	if (read_target(call, kind, scope, &error)) {
		cm_reply_from_change(service, invocation, make_shown, NULL, call, link_call_free);
		return TRUE;
	}
	link_call_free(call);
	cm_reply_error(invocation, error);
	return TRUE;
}

gboolean
cm_link_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusLink) object = cm_dbus_link_skeleton_new();

	g_signal_connect(object, "handle-show", G_CALLBACK(handle_show), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
