// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/door-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/door-document.h"
#include "daemon/bus/door-keeper.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/room-keeper.h"
#include "daemon/bus/secret-document.h"
#include "daemon/bus/session-staff.h"
#include "daemon/store/store-entry.h"
#include "daemon/store/store-visit.h"
#include "daemon/visio/spoken-code.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

#define ENTRY_PATH "/h/"
#define CODE_PATH "/c"

#define ATTENDING (CM_STAFF_FLAG(CM_STAFF_HOST) | CM_STAFF_FLAG(CM_STAFF_HELPER))

typedef struct {
	CmCaller *caller;
	gint64 subject;
	gint64 visit;
	gboolean in;
	CmResource kind; /* of a code: whose */
	gint64 person;
	gboolean interpreter;
	gchar *base; /* of links, or NULL */
} DoorCall;

static DoorCall *
door_call_new(CmService *service, GDBusMethodInvocation *invocation, guint64 subject)
{
	DoorCall *call = g_new0(DoorCall, 1);

	call->caller = cm_caller_ref(cm_door_get_caller(invocation));
	call->subject = cm_argument_to_number(subject);
	call->base = g_strdup(service->configuration->link_base);
	return call;
}

static void
door_call_free(gpointer data)
{
	DoorCall *call = data;

	cm_caller_unref(call->caller);
	g_free(call->base);
	g_free(call);
}

/* whoever looks at these looks anew; none: at any, which is number 0 */
static void
doors_changed(const GArray *subjects, gpointer user_data)
{
	CmService *service = user_data;
	gint64 any = 0;
	const gint64 *numbers = subjects->len > 0 ? (const gint64 *)subjects->data : &any;

	for (guint i = 0; i < MAX(subjects->len, 1); i++)
		(void)g_dbus_connection_emit_signal(
		    service->connection, NULL, CM_OBJECT_PATH, CM_INTERFACE_PREFIX "Door",
		    "Changed", g_variant_new("(t)", (guint64)numbers[i]), NULL);
}

static void
announce(CmService *service, gpointer data)
{
	const DoorCall *call = data;

	cm_door_keeper_touch(service->doors, call->subject);
}

static void
announce_end(CmService *service, gpointer data)
{
	const DoorCall *call = data;

	announce(service, data);
	if (service->rooms != NULL)
		cm_room_keeper_end(service->rooms, call->subject);
}

/* ---- MakeEntry */

static gint
seal_entry(const gchar *base, const gchar *token, CmStaffPart part, GError **error)
{
	gchar *url = cm_secret_document_make_url(base, ENTRY_PATH, token, error);
	g_autoptr(JsonBuilder) builder = json_builder_new();
	gint fd = -1;

	if (url == NULL)
		return -1;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "url", url);
	cm_document_add_string(builder, "role", cm_session_staff_part_to_string(part));
	json_builder_end_object(builder);
	fd = cm_secret_document_seal(builder, error);
	cm_secret_document_wipe(url);
	return fd;
}

/* nothing is made that could not be used */
static gboolean
check_base(const DoorCall *call, GError **error)
{
	g_autofree gchar *url = cm_secret_document_make_url(call->base, "", NULL, error);

	return url != NULL;
}

static GVariant *
make_entry(CmService *service,
	   CmStore *store,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint *out_fd,
	   GCancellable *cancellable,
	   GError **error)
{
	const DoorCall *call = data;
	CmStaffPart part = CM_STAFF_NOBODY;
	g_autoptr(CmStoreBooking) booking = NULL;
	CmStoreVisitor visitor;
	CmStoreEntryOrder order;
	gchar *token = NULL;

	if (!check_base(call, error))
		return NULL;
	booking = cm_session_staff_get_booking(service, store, call->caller, call->subject,
					       ATTENDING, &part, error);
	if (booking == NULL)
		return NULL;
	visitor = cm_session_staff_make_visitor(call->caller, booking, part);
	order = (CmStoreEntryOrder){.role = visitor.role,
				    .kind = visitor.kind,
				    .person = visitor.person,
				    .subject = call->subject,
				    .actor = call->caller->uid,
				    .now = cm_clock_get_now(),
				    .policies = policies};
	if (!cm_store_entry_make_link(store, &order, &token, error))
		return NULL;
	*out_fd = seal_entry(call->base, token, part, error);
	cm_secret_document_wipe(token);
	if (*out_fd < 0)
		return NULL;
	return g_variant_new("(xh)", order.now + CM_STORE_ENTRY_LINK_SECONDS, 0);
}

static gboolean
handle_make_entry(CmDBusDoor *object,
		  GDBusMethodInvocation *invocation,
		  GUnixFDList *descriptors,
		  guint64 subject,
		  gpointer user_data)
{
	cm_reply_from_change(user_data, invocation, make_entry, NULL,
			     door_call_new(user_data, invocation, subject), door_call_free);
	return TRUE;
}

/* ---- MakeCode */

static gint
seal_code(const gchar *base, const gchar *code, GError **error)
{
	g_autofree gchar *url = cm_secret_document_make_url(base, CODE_PATH, NULL, error);
	g_autoptr(JsonBuilder) builder = json_builder_new();
	gchar *shown = NULL;
	gint fd = -1;

	if (url == NULL)
		return -1;
	shown = cm_spoken_code_format(code);
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "code", shown);
	cm_document_add_string(builder, "url", url);
	json_builder_end_object(builder);
	fd = cm_secret_document_seal(builder, error);
	cm_secret_document_wipe(shown);
	return fd;
}

static GVariant *
make_code(CmService *service,
	  CmStore *store,
	  const CmPolicySet *policies,
	  gpointer data,
	  gint *out_fd,
	  GCancellable *cancellable,
	  GError **error)
{
	const DoorCall *call = data;
	const CmStoreEntryOrder order = {.role = call->interpreter ? CM_VISIT_INTERPRETER
								   : CM_VISIT_GUEST,
					 .kind = call->kind,
					 .person = call->person,
					 .subject = call->subject,
					 .actor = call->caller->uid,
					 .now = cm_clock_get_now(),
					 .policies = policies};
	g_autoptr(CmStoreBooking) booking = NULL;
	gchar *code = NULL;
	gint64 from = 0;
	gint64 until = 0;

	if (!check_base(call, error))
		return NULL;
	booking =
	    cm_session_staff_get_booking(service, store, call->caller, call->subject,
					 ATTENDING | CM_STAFF_FLAG(CM_STAFF_PLANNER), NULL, error);
	if (booking == NULL ||
	    !cm_store_entry_make_code(store, &order, &code, &from, &until, error))
		return NULL;
	*out_fd = seal_code(call->base, code, error);
	cm_secret_document_wipe(code);
	return *out_fd >= 0 ? g_variant_new("(xxh)", from, until, 0) : NULL;
}

static gboolean
read_kind(const gchar *text, CmResource *out_kind, GError **error)
{
	static const CmResource kinds[] = {CM_RESOURCE_STUDENT, CM_RESOURCE_CONTACT,
					   CM_RESOURCE_PROFESSIONAL};

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_str_equal(text, cm_resource_to_string(kinds[i]))) {
			*out_kind = kinds[i];
			return TRUE;
		}
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A code is for a student, a contact or a professional."), NULL);
	return FALSE;
}

static gboolean
handle_make_code(CmDBusDoor *object,
		 GDBusMethodInvocation *invocation,
		 GUnixFDList *descriptors,
		 guint64 subject,
		 const gchar *kind,
		 guint64 person,
		 GVariant *options,
		 gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	DoorCall *call = door_call_new(user_data, invocation, subject);
	const CmOption known[] = {{"interpreter", "b", &call->interpreter}};

	call->person = cm_argument_to_number(person);
	if (read_kind(kind, &call->kind, &error) &&
	    cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		cm_reply_from_change(user_data, invocation, make_code, NULL, call, door_call_free);
		return TRUE;
	}
	door_call_free(call);
	cm_reply_error(invocation, error);
	return TRUE;
}

/* ---- List */

static void
query_free(gpointer data)
{
	CmDoorQuery *query = data;

	cm_caller_unref(query->caller);
	g_free(query);
}

static gboolean
handle_list(CmDBusDoor *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *options,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	CmDoorQuery *query = g_new0(CmDoorQuery, 1);
	guint64 subject = 0;
	const CmOption known[] = {{"subject", "t", &subject}};

	query->service = user_data;
	query->caller = cm_caller_ref(cm_door_get_caller(invocation));
	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		query_free(query);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	query->subject = cm_argument_to_number(subject);
	cm_json_document_reply(user_data, invocation, cm_door_document_make, query, query_free);
	return TRUE;
}

/* ---- LetIn, End */

static void
set_nothing(GError **error)
{
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is nothing of yours by this number."),
		     NULL);
}

/* the door of a visit, and whether it is the caller's to open for them */
static gboolean
find_visit(CmService *service, CmStore *store, DoorCall *call, GError **error)
{
	const CmStoreVisitFilter one = {.number = call->visit};
	g_autoptr(GPtrArray) found = NULL;
	g_autoptr(CmStoreBooking) booking = NULL;
	CmStaffPart part = CM_STAFF_NOBODY;
	CmStoreVisitor visitor;
	gboolean may = FALSE;

	found = call->visit > 0 ? cm_store_visit_list(store, &one, error) : g_ptr_array_new();
	if (found == NULL)
		return FALSE;
	if (found->len == 0) {
		set_nothing(error);
		return FALSE;
	}
	call->subject = ((const CmStoreVisit *)g_ptr_array_index(found, 0))->subject;
	booking = cm_session_staff_get_booking(service, store, call->caller, call->subject,
					       ATTENDING, &part, error);
	if (booking == NULL)
		return FALSE;
	visitor = cm_session_staff_make_visitor(call->caller, booking, part);
	if (!cm_store_visit_may_decide(store, &visitor, call->visit, &may, error))
		return FALSE;
	if (!may)
		set_nothing(error);
	return may;
}

static GVariant *
make_decision(CmService *service,
	      CmStore *store,
	      const CmPolicySet *policies,
	      gpointer data,
	      gint *out_fd,
	      GCancellable *cancellable,
	      GError **error)
{
	DoorCall *call = data;

	if (!find_visit(service, store, call, error) ||
	    !cm_store_visit_decide(store, call->visit, call->subject, call->in, call->caller->uid,
				   cm_clock_get_now(), &call->subject, error))
		return NULL;
	return g_variant_new("()");
}

static gboolean
handle_let_in(CmDBusDoor *object,
	      GDBusMethodInvocation *invocation,
	      guint64 visit,
	      gboolean in,
	      gpointer user_data)
{
	DoorCall *call = door_call_new(user_data, invocation, 0);

	call->visit = cm_argument_to_number(visit);
	call->in = in;
	cm_reply_from_change(user_data, invocation, make_decision, announce, call, door_call_free);
	return TRUE;
}

/* what has not begun can't be over: its door would open all the same */
static gboolean
check_begun(const CmStoreBooking *booking, gint64 now, GError **error)
{
	const CmSessionDoor door = {.start = booking->start_utc, .end = booking->end_utc};

	if (now >= cm_session_door_get_opens(&door))
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_CONFLICT,
	    N_("The door of this session has not opened yet: there is nothing to end. To call "
	       "it off, cancel it."),
	    NULL);
	return FALSE;
}

static GVariant *
make_end(CmService *service,
	 CmStore *store,
	 const CmPolicySet *policies,
	 gpointer data,
	 gint *out_fd,
	 GCancellable *cancellable,
	 GError **error)
{
	const DoorCall *call = data;
	g_autoptr(CmStoreBooking) booking = cm_session_staff_get_booking(
	    service, store, call->caller, call->subject, CM_STAFF_FLAG(CM_STAFF_HOST), NULL, error);

	const gint64 now = cm_clock_get_now();

	if (booking == NULL || !check_begun(booking, now, error) ||
	    !cm_store_visit_end(store, call->subject, call->caller->uid, now, error))
		return NULL;
	return g_variant_new("()");
}

static gboolean
handle_end(CmDBusDoor *object,
	   GDBusMethodInvocation *invocation,
	   guint64 subject,
	   gpointer user_data)
{
	cm_reply_from_change(user_data, invocation, make_end, announce_end,
			     door_call_new(user_data, invocation, subject), door_call_free);
	return TRUE;
}

gboolean
cm_door_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusDoor) object = cm_dbus_door_skeleton_new();

	g_signal_connect(object, "handle-make-entry", G_CALLBACK(handle_make_entry), service);
	g_signal_connect(object, "handle-make-code", G_CALLBACK(handle_make_code), service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-let-in", G_CALLBACK(handle_let_in), service);
	g_signal_connect(object, "handle-end", G_CALLBACK(handle_end), service);
	cm_door_keeper_add_listener(service->doors, doors_changed, service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
