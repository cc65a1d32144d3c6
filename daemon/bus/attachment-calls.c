// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/attachment-calls.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/logging.h"
#include "daemon/bus/vault-call.h"
#include "daemon/store/attachment-intake.h"
#include "include/cm-error.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define REMOVED_MAX 500 /* files at one time */

/* Those under way. Main loop only. */
typedef struct {
	CmService *service;
	GPtrArray *uploads; /* (transfer none) */
} Desk;

typedef struct {
	Desk *desk;
	GDBusMethodInvocation *invocation;
	CmVaultCall *call;
	CmStoreAttachmentOffer offer;
	gint fd; /* from which it comes */
	guint8 organisation[CM_VAULT_HASH_BYTES];
	gchar *folder;
	guint64 most;
	CmAttachmentIntake intake;
} Upload;

/* whoever asks, and for which attachment of which case: the call's name and its other id */
static CmVaultCall *
take_call(GDBusMethodInvocation *invocation,
	  GVariant *case_name,
	  GVariant *attachment,
	  GError **error)
{
	CmVaultCall *call = cm_vault_call_new(invocation);

	call->name = cm_argument_read_octets(case_name, CM_VAULT_ID_BYTES, 1, 1, error);
	if (call->name != NULL)
		call->other = cm_argument_read_octets(attachment, CM_VAULT_ID_BYTES, 1, 1, error);
	return call;
}

static const guint8 *
get_attachment(const CmVaultCall *call)
{
	return g_bytes_get_data(call->other, NULL);
}

/* ---- PutAttachment */

static void
upload_free(gpointer data)
{
	Upload *upload = data;

	cm_attachment_intake_clear(&upload->intake);
	if (upload->fd >= 0)
		close(upload->fd);
	g_free(upload->folder);
	cm_vault_call_free(upload->call);
	g_free(upload);
}

static gboolean
admit(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Upload *upload = data;

	upload->folder = g_strdup(cm_store_attachment_get_folder(store));
	return cm_store_attachment_admit(store, &upload->offer, upload->organisation, &upload->most,
					 error);
}

static gboolean
keep(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Upload *upload = data;

	upload->offer.now = cm_clock_get_now();
	return cm_store_attachment_keep(store, &upload->offer, &upload->intake.stream, error);
}

/* the store is asked before and behind, and has nothing to do while octets come */
static gboolean
run(Upload *upload, GError **error)
{
	CmService *service = upload->desk->service;
	const CmVaultAttachment which = {.organisation = upload->organisation,
					 .case_id = cm_vault_call_get_name(upload->call),
					 .attachment = get_attachment(upload->call)};

	if (!cm_worker_run(service->store, admit, upload, service->closing, error) ||
	    !cm_attachment_intake_take(&upload->intake, upload->folder, upload->fd, &which,
				       upload->most, service->closing, error) ||
	    !cm_worker_run(service->store, keep, upload, service->closing, error))
		return FALSE;
	cm_attachment_intake_release(&upload->intake);
	return TRUE;
}

static gpointer
upload_thread(gpointer data)
{
	g_autoptr(GTask) task = data;
	Upload *upload = g_task_get_task_data(task);
	GError *error = NULL;

	if (run(upload, &error)) {
		g_task_return_boolean(task, TRUE);
		return NULL;
	}
	/* what was refused is gone when its caller is told */
	cm_attachment_intake_clear(&upload->intake);
	g_task_return_error(task, error);
	return NULL;
}

static void
on_uploaded(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	Upload *upload = g_task_get_task_data(G_TASK(result));
	CmService *service = upload->desk->service;
	const CmStoreAttachmentStream *stream = &upload->intake.stream;

	g_ptr_array_remove_fast(upload->desk->uploads, upload);
	if (g_task_propagate_boolean(G_TASK(result), &error))
		g_dbus_method_invocation_return_value(
		    upload->invocation,
		    g_variant_new("(t@ay)", stream->size,
				  g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, stream->digest,
							    sizeof stream->digest, 1)));
	else
		cm_reply_error(upload->invocation, error);
	cm_service_end(service);
}

/* one person's are few, so that nobody who hands over slowly keeps others waiting */
static gboolean
check_busy(const Desk *desk, guint32 uid, GError **error)
{
	guint own = 0;

	for (guint i = 0; i < desk->uploads->len; i++) {
		const Upload *upload = g_ptr_array_index(desk->uploads, i);

		own += upload->offer.uid == uid;
	}
	if (desk->uploads->len < CM_ATTACHMENT_CALLS_MAX && own < CM_ATTACHMENT_CALLS_PERSON_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_BUSY,
		     N_("Other attachments are being handed over; try again later."), NULL);
	return FALSE;
}

/* a socket: of anything else whoever holds the other end could keep us waiting */
static gint
take_socket(GUnixFDList *descriptors, GVariant *handle, GError **error)
{
	gint index = g_variant_get_handle(handle);
	gint fd = -1;
	gint kind = 0;
	socklen_t length = sizeof kind;

	if (descriptors != NULL && index >= 0 && index < g_unix_fd_list_get_length(descriptors))
		fd = g_unix_fd_list_get(descriptors, index, NULL);
	if (fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &length) == 0 &&
	    kind == SOCK_STREAM)
		return fd;
	if (fd >= 0)
		close(fd);
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("The attachment is to come by a socket."),
		     NULL);
	return -1;
}

static void
begin(Desk *desk, Upload *upload)
{
	CmService *service = desk->service;
	const CmConfiguration *configuration = service->configuration;
	g_autoptr(GTask) task = g_task_new(NULL, NULL, on_uploaded, NULL);

	upload->desk = desk;
	upload->offer =
	    (CmStoreAttachmentOffer){.uid = upload->call->caller->uid,
				     .case_name = cm_vault_call_get_name(upload->call),
				     .attachment = get_attachment(upload->call),
				     .person_max = configuration->attachments_person_max,
				     .total_max = configuration->attachments_total_max};
	g_ptr_array_add(desk->uploads, upload);
	cm_service_begin(service);
	g_task_set_task_data(task, upload, upload_free);
	g_thread_unref(g_thread_new("attachment", upload_thread, g_object_ref(task)));
}

static gboolean
handle_put(CmDBusVault *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   GVariant *case_name,
	   GVariant *attachment,
	   GVariant *stream,
	   gpointer user_data)
{
	Desk *desk = user_data;
	g_autoptr(GError) error = NULL;
	Upload *upload = g_new0(Upload, 1);

	upload->invocation = invocation;
	upload->fd = -1;
	upload->intake.fd = -1;
	upload->call = take_call(invocation, case_name, attachment, &error);
	if (error == NULL && check_busy(desk, upload->call->caller->uid, &error))
		upload->fd = take_socket(descriptors, stream, &error);
	if (upload->fd >= 0) {
		begin(desk, upload);
		return TRUE;
	}
	cm_reply_error(invocation, error);
	upload_free(upload);
	return TRUE;
}

/* ---- GetAttachment, DropAttachment */

static GVariant *
make_opened(CmService *service,
	    CmStore *store,
	    const CmPolicySet *policies,
	    gpointer data,
	    gint *out_fd,
	    GCancellable *cancellable,
	    GError **error)
{
	const CmVaultCall *call = data;
	guint64 size = 0;

	*out_fd = cm_store_attachment_open(store, call->caller->uid, cm_vault_call_get_name(call),
					   get_attachment(call), &size, error);
	return *out_fd >= 0 ? g_variant_new("(ht)", 0, size) : NULL;
}

static GVariant *
make_dropped(CmService *service,
	     CmStore *store,
	     const CmPolicySet *policies,
	     gpointer data,
	     gint *out_fd,
	     GCancellable *cancellable,
	     GError **error)
{
	const CmVaultCall *call = data;

	return cm_store_attachment_drop(store, call->caller->uid, cm_vault_call_get_name(call),
					get_attachment(call), error)
		   ? g_variant_new("()")
		   : NULL;
}

static gboolean
remove_left(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	guint removed = 0;

	return cm_store_attachment_remove_left(store, REMOVED_MAX, &removed, error);
}

static void
on_removed(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CmService *service = user_data;
	g_autoptr(GError) error = NULL;

	if (!cm_worker_run_finish(result, NULL, &error) &&
	    !g_cancellable_is_cancelled(service->closing))
		cm_logging_report_error("Vault.DropAttachment", NULL, getuid(), error);
	cm_service_end(service);
}

/* the room that it took is free for others: so is the disk's */
static void
on_dropped(CmService *service, gpointer data)
{
	cm_service_begin(service);
	cm_worker_run_async(service->store, remove_left, NULL, NULL, service->closing, on_removed,
			    service);
}

static void
answer(Desk *desk,
       GDBusMethodInvocation *invocation,
       GVariant *case_name,
       GVariant *attachment,
       CmReplyChange change,
       CmReplyChanged changed)
{
	GError *error = NULL;
	CmVaultCall *call = take_call(invocation, case_name, attachment, &error);

	cm_vault_call_answer(desk->service, invocation, change, changed, call, error);
}

static gboolean
handle_get(CmDBusVault *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   GVariant *case_name,
	   GVariant *attachment,
	   gpointer user_data)
{
	answer(user_data, invocation, case_name, attachment, make_opened, NULL);
	return TRUE;
}

static gboolean
handle_drop(CmDBusVault *object,
	    GDBusMethodInvocation *invocation,
	    GVariant *case_name,
	    GVariant *attachment,
	    gpointer user_data)
{
	answer(user_data, invocation, case_name, attachment, make_dropped, on_dropped);
	return TRUE;
}

static void
desk_free(gpointer data)
{
	Desk *desk = data;

	g_ptr_array_unref(desk->uploads);
	g_free(desk);
}

void
cm_attachment_calls_connect(CmDBusVault *object, CmService *service)
{
	Desk *desk = g_new0(Desk, 1);

	desk->service = service;
	desk->uploads = g_ptr_array_new();
	g_object_set_data_full(G_OBJECT(object), "cm-attachment-calls", desk, desk_free);
	g_signal_connect(object, "handle-put-attachment", G_CALLBACK(handle_put), desk);
	g_signal_connect(object, "handle-get-attachment", G_CALLBACK(handle_get), desk);
	g_signal_connect(object, "handle-drop-attachment", G_CALLBACK(handle_drop), desk);
}
