// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/courier-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/fetch-desk.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/logging.h"
#include "daemon/bus/peer-door.h"
#include "daemon/bus/room-desk.h"
#include "daemon/bus/sealed-memfd.h"
#include "daemon/letter/letter.h"
#include "include/cm-dbus-courier.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define MAILBOX_NAME_MAX 64

struct _CmCourierAdaptor {
	CmService *service;
	CmDBusCourier *object;
	CmPeerDoor *door;
	guint32 uid;
	gchar *inbox_address;
	gchar *inbox_server;
	CmCourierSettled settled;
	void (*taken)(const CmStoreInboxTaken *taken, gpointer user_data);
	gpointer user_data;

	/* the worker's thread only */
	GHashTable *letters; /* gint64: a letter that is out → Handed */
	CmFetchDesk *fetches;
};

/* who has a letter */
typedef struct {
	guint64 peer;
	guint attempt;
} Handed;

static const gchar *const methods[] = {"Lease",      "LeaseRooms", "Report",
				       "GetMailbox", "Deliver",    NULL};

const gchar *const *
cm_courier_adaptor_get_methods(void)
{
	return methods;
}

/* ---- a call, from the socket to the worker's thread and back */

typedef struct _Call Call;

struct _Call {
	CmCourierAdaptor *adaptor;
	GDBusMethodInvocation *invocation; /* NULL: nobody waits for an answer */
	gboolean (*run)(Call *call, CmStore *store, GError **error);
	guint64 peer;

	guint max;
	gint64 number;
	JsonObject *result;
	gchar *mailbox;
	gint64 uidvalidity;
	gint64 uid;
	GBytes *document;
	CmPolicySet *policies;

	GVariant *body; /* of the answer */
	GUnixFDList *descriptors;
	CmStoreRecipient addressee; /* whose letter was settled, person 0: nobody's */
	CmStoreInboxTaken taken;
	gboolean calendar_changed;
};

static void
call_free(gpointer data)
{
	Call *call = data;

	g_clear_pointer(&call->result, json_object_unref);
	g_clear_pointer(&call->document, g_bytes_unref);
	g_clear_pointer(&call->policies, cm_policy_set_unref);
	g_clear_pointer(&call->body, g_variant_unref);
	g_clear_object(&call->descriptors);
	g_free(call->mailbox);
	g_free(call);
}

static Call *
call_new(CmCourierAdaptor *adaptor,
	 GDBusMethodInvocation *invocation,
	 gboolean (*run)(Call *call, CmStore *store, GError **error))
{
	Call *call = g_new0(Call, 1);

	call->adaptor = adaptor;
	call->invocation = invocation;
	call->run = run;
	if (invocation != NULL)
		call->peer = cm_peer_door_get_caller(invocation);
	return call;
}

static void
refuse(CmCourierAdaptor *adaptor, GDBusMethodInvocation *invocation, const GError *error)
{
	cm_peer_door_refuse("Courier", adaptor->uid, invocation, error);
}

static gboolean
call_run(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Call *call = data;

	return call->run(call, store, error);
}

static void
call_tell(const Call *call)
{
	CmCourierAdaptor *adaptor = call->adaptor;

	if (call->addressee.person != 0 && adaptor->settled != NULL)
		adaptor->settled(&call->addressee, adaptor->user_data);
	if (call->taken.taken && adaptor->taken != NULL)
		adaptor->taken(&call->taken, adaptor->user_data);
	if (call->calendar_changed)
		(void)g_dbus_connection_emit_signal(adaptor->service->connection, NULL,
						    CM_OBJECT_PATH, CM_INTERFACE_PREFIX "Busy",
						    "Changed", NULL, NULL);
}

static void
call_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean good = cm_worker_run_finish(result, &data, &error);
	Call *call = data;
	CmService *service = call->adaptor->service;

	if (good)
		call_tell(call);
	if (call->invocation == NULL) {
		if (!good && !g_cancellable_is_cancelled(service->closing))
			cm_logging_report_error("Courier.Abandon", NULL, getuid(), error);
	} else if (good) {
		g_dbus_method_invocation_return_value_with_unix_fd_list(
		    call->invocation, call->body, call->descriptors);
	} else {
		refuse(call->adaptor, call->invocation, error);
	}
	cm_service_end(service);
}

/* takes the call */
static void
call_queue(Call *call)
{
	CmService *service = call->adaptor->service;

	cm_service_begin(service);
	cm_worker_run_grouped_async(service->store, call_run, call, call_free, service->closing,
				    call_answered, NULL);
}

/* ---- Lease */

static gboolean
check_max(guint max, GError **error)
{
	if (max > 0 && max <= CM_STORE_LEASES_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("From 1 to {0} jobs can be leased at a time."),
		     G_STRINGIFY(CM_STORE_LEASES_MAX), NULL);
	return FALSE;
}

static gboolean
append_job(GVariantBuilder *jobs,
	   GUnixFDList *descriptors,
	   gint64 number,
	   const gchar *kind,
	   GBytes *order,
	   GBytes *content,
	   GError **error)
{
	gint first = 0;
	gint second = 0;

	if (!cm_sealed_memfd_append(&descriptors, order, &first, error) ||
	    !cm_sealed_memfd_append(&descriptors, content, &second, error))
		return FALSE;
	g_variant_builder_add(jobs, "(tshh)", (guint64)number, kind, first, second);
	return TRUE;
}

static GBytes *
make_mail_order(const CmStoreLease *lease)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "from", lease->sender);
	cm_document_add_string(builder, "to", lease->recipient);
	cm_document_add_int(builder, "attempt", lease->attempt);
	json_builder_end_object(builder);
	return cm_document_to_bytes(builder);
}

/* the finished message; NULL with `error` */
static GBytes *
render(const CmStoreLease *lease, GError **error)
{
	g_autoptr(CmLetter) letter = cm_letter_from_bytes(lease->facts, error);
	const GPtrArray *links = lease->item_links;
	GBytes *message = NULL;

	for (guint i = 0; letter != NULL && links != NULL && i < links->len; i++) {
		CmLetterItem *item = g_ptr_array_index(letter->items, i);

		item->link = g_strdup(g_ptr_array_index(links, i));
	}
	if (letter == NULL || !cm_letter_render(letter, lease->link, &message, error))
		return NULL;
	return message;
}

/* a letter that can't be made will not be made later either: staff see it among the dead */
static gboolean
bury_letter(CmStore *store, const CmStoreLease *lease, const GError *reason, GError **error)
{
	const CmStoreAttempt attempt = {.attempt = lease->attempt, .outcome = CM_ATTEMPT_PERMANENT};

	cm_logging_report_error("Courier.Render", NULL, getuid(), reason);
	return cm_store_letter_report(store, lease->number, &attempt, cm_clock_get_now(), NULL,
				      error);
}

static gboolean
lease_letter(Call *call,
	     CmStore *store,
	     const CmStoreLease *lease,
	     GVariantBuilder *jobs,
	     GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GBytes) message = render(lease, &local);
	g_autoptr(GBytes) order = make_mail_order(lease);
	Handed *handed = NULL;

	if (message == NULL)
		return bury_letter(store, lease, local, error);
	if (!append_job(jobs, call->descriptors, lease->number, "mail", order, message, error))
		return FALSE;
	handed = g_new0(Handed, 1);
	handed->peer = call->peer;
	handed->attempt = lease->attempt;
	g_hash_table_insert(call->adaptor->letters, g_memdup2(&lease->number, sizeof lease->number),
			    handed);
	return TRUE;
}

static gboolean
run_lease(Call *call, CmStore *store, GError **error)
{
	g_auto(GVariantBuilder) jobs = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(tshh)"));
	gint64 now = cm_clock_get_now();
	g_autoptr(GPtrArray) letters = cm_store_letter_lease(store, now, call->max, error);
	g_autoptr(GPtrArray) fetches = NULL;

	if (letters == NULL)
		return FALSE;
	call->descriptors = g_unix_fd_list_new();
	for (guint i = 0; i < letters->len; i++) {
		if (!lease_letter(call, store, g_ptr_array_index(letters, i), &jobs, error))
			return FALSE;
	}
	fetches = cm_fetch_desk_lease(call->adaptor->fetches, store, call->peer, now,
				      call->max - letters->len, error);
	if (fetches == NULL)
		return FALSE;
	for (guint i = 0; i < fetches->len; i++) {
		const CmFetchLease *lease = g_ptr_array_index(fetches, i);

		if (!append_job(&jobs, call->descriptors, lease->number, "fetch", lease->order,
				NULL, error))
			return FALSE;
	}
	call->body = g_variant_ref_sink(g_variant_new("(a(tshh))", &jobs));
	return TRUE;
}

static gboolean
handle_lease(CmDBusCourier *object,
	     GDBusMethodInvocation *invocation,
	     GUnixFDList *descriptors,
	     guint max,
	     gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	Call *call = NULL;

	if (!check_max(max, &error)) {
		refuse(user_data, invocation, error);
		return TRUE;
	}
	call = call_new(user_data, invocation, run_lease);
	call->max = max;
	call_queue(call);
	return TRUE;
}

/* ---- LeaseRooms: nothing of it is in the database, and somebody waits */

static GVariant *
lease_rooms(CmCourierAdaptor *adaptor,
	    guint64 peer,
	    guint max,
	    GUnixFDList *descriptors,
	    GError **error)
{
	g_auto(GVariantBuilder) jobs = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(tshh)"));
	g_autoptr(GPtrArray) rooms = cm_room_desk_lease(adaptor->service->room_desk, peer, max);

	for (guint i = 0; i < rooms->len; i++) {
		const CmRoomLease *lease = g_ptr_array_index(rooms, i);

		if (!append_job(&jobs, descriptors, lease->number, "room", lease->order,
				lease->content, error))
			return NULL;
	}
	return g_variant_new("(a(tshh))", &jobs);
}

static gboolean
handle_lease_rooms(CmDBusCourier *object,
		   GDBusMethodInvocation *invocation,
		   GUnixFDList *descriptors,
		   guint max,
		   gpointer user_data)
{
	guint64 peer = cm_peer_door_get_caller(invocation);
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_autoptr(GError) error = NULL;
	GVariant *body = NULL;

	if (check_max(max, &error))
		body = lease_rooms(user_data, peer, max, list, &error);
	if (body != NULL)
		g_dbus_method_invocation_return_value_with_unix_fd_list(invocation, body, list);
	else
		refuse(user_data, invocation, error);
	return TRUE;
}

/* ---- Report */

static gboolean
run_report_mail(Call *call, CmStore *store, GError **error)
{
	static const gchar *const names[] = {"attempt", "outcome", "code", NULL};
	CmStoreAttempt attempt = {0};
	const gchar *outcome = "";
	gint64 number = 0;
	gint64 code = 0;

	if (!cm_json_document_check_names(call->result, names, error) ||
	    !cm_json_document_get_number(call->result, "attempt", &number, error) ||
	    !cm_json_document_get_text(call->result, "outcome", &outcome, error) ||
	    !cm_json_document_get_number(call->result, "code", &code, error))
		return FALSE;
	if (!cm_outbox_backoff_attempt_from_string(outcome, &attempt.outcome) || number < 1 ||
	    number > G_MAXINT || code < 0 || code > 999) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is no report of a mail."),
			     NULL);
		return FALSE;
	}
	attempt.attempt = (guint)number;
	attempt.code = (guint)code;
	if (!cm_store_letter_report(store, call->number, &attempt, cm_clock_get_now(),
				    &call->addressee, error))
		return FALSE;
	(void)g_hash_table_remove(call->adaptor->letters, &call->number);
	call->body = g_variant_ref_sink(g_variant_new("()"));
	return TRUE;
}

static gboolean
run_report_fetch(Call *call, CmStore *store, GError **error)
{
	if (!cm_fetch_desk_report(call->adaptor->fetches, store, call->number, call->result,
				  cm_clock_get_now(), &call->calendar_changed, error))
		return FALSE;
	call->body = g_variant_ref_sink(g_variant_new("()"));
	return TRUE;
}

/* FALSE: it is refused */
static gboolean
report_room(CmCourierAdaptor *adaptor,
	    GDBusMethodInvocation *invocation,
	    guint64 job,
	    JsonObject *result,
	    GError **error)
{
	guint64 peer = cm_peer_door_get_caller(invocation);
	gint64 number = (gint64)MIN(job, (guint64)G_MAXINT64);

	if (!cm_room_desk_report(adaptor->service->room_desk, peer, number, result, error))
		return FALSE;
	g_dbus_method_invocation_return_value(invocation, NULL);
	return TRUE;
}

static gboolean
handle_report(CmDBusCourier *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      guint64 job,
	      const gchar *kind,
	      GVariant *document,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) result = cm_json_document_read(descriptors, document, &error);
	gboolean mail = g_str_equal(kind, "mail");
	gboolean room = g_str_equal(kind, "room");
	Call *call = NULL;

	if (result != NULL && room && report_room(user_data, invocation, job, result, &error))
		return TRUE;
	if (result != NULL && !mail && !room && !g_str_equal(kind, "fetch"))
		cm_error_set(&error, CM_ERROR_INVALID_INPUT, N_("There is no such kind of job."),
			     NULL);
	if (error != NULL) {
		refuse(user_data, invocation, error);
		return TRUE;
	}
	call = call_new(user_data, invocation, mail ? run_report_mail : run_report_fetch);
	call->number = (gint64)MIN(job, (guint64)G_MAXINT64);
	call->result = g_steal_pointer(&result);
	call_queue(call);
	return TRUE;
}

/* ---- GetMailbox, Deliver */

static gboolean
check_mailbox(const gchar *name, GError **error)
{
	gsize length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (length > 0 && length <= MAILBOX_NAME_MAX && name[length] == '\0')
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is no name of a mailbox."), NULL);
	return FALSE;
}

static gboolean
run_get_mailbox(Call *call, CmStore *store, GError **error)
{
	CmStoreMailbox mailbox = {0};

	if (!cm_store_inbox_get_mailbox(store, call->mailbox, &mailbox, error))
		return FALSE;
	call->body = g_variant_ref_sink(
	    g_variant_new("(tt)", (guint64)mailbox.uidvalidity, (guint64)mailbox.uid));
	return TRUE;
}

static gboolean
handle_get_mailbox(CmDBusCourier *object,
		   GDBusMethodInvocation *invocation,
		   const gchar *name,
		   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	Call *call = NULL;

	if (!check_mailbox(name, &error)) {
		refuse(user_data, invocation, error);
		return TRUE;
	}
	call = call_new(user_data, invocation, run_get_mailbox);
	call->mailbox = g_strdup(name);
	call_queue(call);
	return TRUE;
}

static gboolean
run_deliver(Call *call, CmStore *store, GError **error)
{
	const CmStoreInboxSettings settings = {.policies = call->policies,
					       .address = call->adaptor->inbox_address,
					       .server = call->adaptor->inbox_server};

	if (!cm_store_inbox_take(store, call->mailbox, call->uidvalidity, call->uid, call->document,
				 &settings, cm_clock_get_now(), &call->taken, error))
		return FALSE;
	call->body = g_variant_ref_sink(g_variant_new("(b)", call->taken.taken));
	return TRUE;
}

static gboolean
handle_deliver(CmDBusCourier *object,
	       GDBusMethodInvocation *invocation,
	       GUnixFDList *descriptors,
	       const gchar *mailbox,
	       guint64 uidvalidity,
	       guint64 uid,
	       GVariant *document,
	       gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) octets = NULL;
	Call *call = NULL;

	if (check_mailbox(mailbox, &error))
		octets = cm_json_document_read_octets(descriptors, document, &error);
	/* RFC 3501 section 2.3.1.1: both have 32 bits and are not 0 */
	if (octets != NULL &&
	    (uidvalidity == 0 || uidvalidity > G_MAXUINT32 || uid == 0 || uid > G_MAXUINT32))
		cm_error_set(&error, CM_ERROR_INVALID_INPUT,
			     N_("These are no numbers of a mailbox and a message."), NULL);
	if (error != NULL) {
		refuse(user_data, invocation, error);
		return TRUE;
	}
	call = call_new(user_data, invocation, run_deliver);
	call->mailbox = g_strdup(mailbox);
	call->uidvalidity = (gint64)uidvalidity;
	call->uid = (gint64)uid;
	call->document = g_steal_pointer(&octets);
	call->policies = cm_policy_set_ref(call->adaptor->service->policies);
	call_queue(call);
	return TRUE;
}

/* ---- who comes and goes */

static void
on_came(GDBusConnection *peer, gpointer user_data)
{
	g_message("a courier is connected");
}

/* of a peer that is gone, or, with 0, of all that an earlier process had handed out */
static gboolean
run_abandon(Call *call, CmStore *store, GError **error)
{
	CmCourierAdaptor *adaptor = call->adaptor;
	gint64 now = cm_clock_get_now();
	guint others = 0;
	GHashTableIter iter;
	gpointer key = NULL;
	gpointer value = NULL;

	cm_fetch_desk_forget(adaptor->fetches, call->peer);
	g_hash_table_iter_init(&iter, adaptor->letters);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		others += ((const Handed *)value)->peer != call->peer ? 1 : 0;
	if (others == 0) {
		g_hash_table_remove_all(adaptor->letters);
		return cm_store_letter_abandon(store, now, error);
	}
	g_hash_table_iter_init(&iter, adaptor->letters);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		const Handed *handed = value;
		const CmStoreAttempt attempt = {.attempt = handed->attempt,
						.outcome = CM_ATTEMPT_UNCERTAIN};

		if (handed->peer != call->peer)
			continue;
		if (!cm_store_letter_report(store, *(const gint64 *)key, &attempt, now, NULL,
					    error))
			return FALSE;
		g_hash_table_iter_remove(&iter);
	}
	return TRUE;
}

static void
on_gone(GDBusConnection *peer, gpointer user_data)
{
	CmCourierAdaptor *adaptor = user_data;
	Call *call = call_new(adaptor, NULL, run_abandon);

	call->peer = cm_peer_door_get_number(peer);
	g_message("a courier is gone");
	cm_room_desk_forget(adaptor->service->room_desk, call->peer);
	call_queue(call);
}

/* ---- ours */

static void
connect_handlers(CmCourierAdaptor *adaptor)
{
	CmDBusCourier *object = adaptor->object;

	g_signal_connect(object, "handle-lease", G_CALLBACK(handle_lease), adaptor);
	g_signal_connect(object, "handle-lease-rooms", G_CALLBACK(handle_lease_rooms), adaptor);
	g_signal_connect(object, "handle-report", G_CALLBACK(handle_report), adaptor);
	g_signal_connect(object, "handle-get-mailbox", G_CALLBACK(handle_get_mailbox), adaptor);
	g_signal_connect(object, "handle-deliver", G_CALLBACK(handle_deliver), adaptor);
}

CmCourierAdaptor *
cm_courier_adaptor_new(CmService *service, const CmCourierAdaptorSettings *settings, GError **error)
{
	g_autoptr(CmCourierAdaptor) adaptor = g_new0(CmCourierAdaptor, 1);
	CmPeerDoorInside inside = {.path = CM_COURIER_OBJECT_PATH,
				   .methods = methods,
				   .came = on_came,
				   .gone = on_gone,
				   .user_data = adaptor};

	adaptor->service = service;
	adaptor->uid = settings->uid;
	adaptor->inbox_address = g_strdup(settings->inbox.address);
	adaptor->inbox_server = g_strdup(settings->inbox.server);
	adaptor->settled = settings->settled;
	adaptor->taken = settings->taken;
	adaptor->user_data = settings->user_data;
	adaptor->letters = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	adaptor->fetches = cm_fetch_desk_new();
	adaptor->object = cm_dbus_courier_skeleton_new();
	connect_handlers(adaptor);
	inside.skeleton = G_DBUS_INTERFACE_SKELETON(adaptor->object);
	adaptor->door = cm_peer_door_new(settings->socket, settings->uid, &inside, error);
	if (adaptor->door == NULL)
		return NULL;
	call_queue(call_new(adaptor, NULL, run_abandon));
	return g_steal_pointer(&adaptor);
}

void
cm_courier_adaptor_close(CmCourierAdaptor *adaptor)
{
	g_clear_pointer(&adaptor->door, cm_peer_door_free);
}

void
cm_courier_adaptor_free(CmCourierAdaptor *adaptor)
{
	if (adaptor == NULL)
		return;
	cm_courier_adaptor_close(adaptor);
	g_clear_object(&adaptor->object);
	cm_fetch_desk_free(adaptor->fetches);
	g_hash_table_unref(adaptor->letters);
	g_free(adaptor->inbox_address);
	g_free(adaptor->inbox_server);
	g_free(adaptor);
}

void
cm_courier_adaptor_announce_due(CmCourierAdaptor *adaptor)
{
	if (adaptor->door != NULL)
		cm_dbus_courier_emit_due(adaptor->object);
}

void
cm_courier_adaptor_announce_rooms(CmCourierAdaptor *adaptor)
{
	if (adaptor->door != NULL)
		cm_dbus_courier_emit_rooms_due(adaptor->object);
}

guint
cm_courier_adaptor_count(const CmCourierAdaptor *adaptor)
{
	return adaptor->door != NULL ? cm_peer_door_count(adaptor->door) : 0;
}
