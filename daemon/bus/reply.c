// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/reply.h"

#include "daemon/bus/logging.h"
#include "daemon/bus/sealed-memfd.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <unistd.h>

typedef struct {
	CmService *service;
	GDBusMethodInvocation *invocation;
	CmPolicySet *policies;
	CmReplyMake make;
	CmReplyWrite write;
	CmReplyWork work;
	CmReplyChange change;
	CmReplyChanged changed;
	gint fd; /* of the body, or -1 */
	gboolean document;
	gpointer data;
	GDestroyNotify data_free;
	GVariant *body;
} Reply;

static void
reply_free(Reply *reply)
{
	if (reply->data_free != NULL)
		reply->data_free(reply->data);
	g_clear_pointer(&reply->policies, cm_policy_set_unref);
	g_clear_pointer(&reply->body, g_variant_unref);
	if (reply->fd >= 0)
		close(reply->fd);
	g_free(reply);
}

/* its service may close with it; what is the reply's is freed with its task */
static void
reply_end(Reply *reply)
{
	reply->service->documents -= reply->document ? 1 : 0;
	cm_service_end(reply->service);
}

void
cm_reply_error(GDBusMethodInvocation *invocation, const GError *error)
{
	const gchar *interface = g_dbus_method_invocation_get_interface_name(invocation);
	g_autofree gchar *method = NULL;

	if (g_str_has_prefix(interface, CM_INTERFACE_PREFIX))
		interface += strlen(CM_INTERFACE_PREFIX);
	method = g_strdup_printf("%s.%s", interface,
				 g_dbus_method_invocation_get_method_name(invocation));
	cm_logging_report_error(method, NULL, cm_door_get_uid(invocation), error);
	g_dbus_method_invocation_return_gerror(invocation, error);
}

/* NULL when too many wait already: then the caller has been told, and the data freed */
static Reply *
reply_new(CmService *service,
	  GDBusMethodInvocation *invocation,
	  gboolean document,
	  gpointer data,
	  GDestroyNotify data_free)
{
	Reply *reply = NULL;

	if (document ? service->documents >= CM_REPLY_DOCUMENTS_MAX
		     : service->pending - service->documents >= CM_REPLY_ANSWERS_MAX) {
		g_autoptr(GError) error = NULL;

		cm_error_set(&error, CM_ERROR_BUSY,
			     N_("The service is busy with other requests; try again later."), NULL);
		cm_reply_error(invocation, error);
		if (data_free != NULL)
			data_free(data);
		return NULL;
	}
	reply = g_new0(Reply, 1);
	reply->service = service;
	reply->invocation = invocation;
	reply->fd = -1;
	reply->document = document;
	service->documents += document ? 1 : 0;
	reply->policies = cm_policy_set_ref(service->policies);
	reply->data = data;
	reply->data_free = data_free;
	cm_service_begin(service);
	return reply;
}

static gboolean
reply_make(gpointer subject, gpointer data, GCancellable *cancellable, GError **error)
{
	Reply *reply = data;
	GVariant *body = reply->make(reply->service, subject, reply->data, cancellable, error);

	if (body == NULL)
		return FALSE;
	reply->body = g_variant_ref_sink(body);
	return TRUE;
}

static void
reply_made(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean ok = cm_worker_run_finish(result, &data, &error);
	Reply *reply = data;

	if (ok)
		g_dbus_method_invocation_return_value(reply->invocation, reply->body);
	else
		cm_reply_error(reply->invocation, error);
	reply_end(reply);
}

void
cm_reply_from_store(CmService *service,
		    GDBusMethodInvocation *invocation,
		    CmReplyMake make,
		    gpointer data,
		    GDestroyNotify data_free)
{
	Reply *reply = reply_new(service, invocation, FALSE, data, data_free);

	if (reply == NULL)
		return;
	reply->make = make;
	cm_worker_run_async(service->store, reply_make, reply, (GDestroyNotify)reply_free,
			    service->closing, reply_made, NULL);
}

static gboolean
reply_change(gpointer subject, gpointer data, GCancellable *cancellable, GError **error)
{
	Reply *reply = data;
	GVariant *body = reply->change(reply->service, subject, reply->policies, reply->data,
				       &reply->fd, cancellable, error);

	if (body == NULL)
		return FALSE;
	reply->body = g_variant_ref_sink(body);
	return TRUE;
}

static void
reply_answer_body(Reply *reply)
{
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (reply->fd < 0) {
		g_dbus_method_invocation_return_value(reply->invocation, reply->body);
		return;
	}
	descriptors = g_unix_fd_list_new_from_array(&reply->fd, 1);
	reply->fd = -1;
	g_dbus_method_invocation_return_value_with_unix_fd_list(reply->invocation, reply->body,
								descriptors);
}

static void
reply_changed(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean ok = cm_worker_run_finish(result, &data, &error);
	Reply *reply = data;

	if (!ok) {
		cm_reply_error(reply->invocation, error);
	} else {
		if (reply->changed != NULL)
			reply->changed(reply->service, reply->data);
		reply_answer_body(reply);
	}
	reply_end(reply);
}

void
cm_reply_from_change(CmService *service,
		     GDBusMethodInvocation *invocation,
		     CmReplyChange change,
		     CmReplyChanged changed,
		     gpointer data,
		     GDestroyNotify data_free)
{
	Reply *reply = reply_new(service, invocation, FALSE, data, data_free);

	if (reply == NULL)
		return;
	reply->change = change;
	reply->changed = changed;
	cm_worker_run_grouped_async(service->store, reply_change, reply, (GDestroyNotify)reply_free,
				    service->closing, reply_changed, NULL);
}

/* Takes `reply`. What was made is ours to close, and what was done is said, even if the service closes meanwhile. */
static void
reply_run_in_thread(Reply *reply, GTaskThreadFunc run, GAsyncReadyCallback ended)
{
	g_autoptr(GTask) task = g_task_new(NULL, reply->service->closing, ended, NULL);

	g_task_set_check_cancellable(task, FALSE);
	g_task_set_task_data(task, reply, (GDestroyNotify)reply_free);
	g_task_run_in_thread(task, run);
}

static void
reply_write(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
	Reply *reply = task_data;
	GError *error = NULL;
	gint fd = cm_sealed_memfd_open(&error);

	if (fd >= 0 &&
	    reply->write(reply->service, reply->policies, reply->data, fd, cancellable, &error) &&
	    cm_sealed_memfd_seal(fd, &error)) {
		g_task_return_int(task, fd);
		return;
	}
	if (fd >= 0)
		close(fd);
	g_task_return_error(task, error);
}

static void
reply_written(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	Reply *reply = g_task_get_task_data(G_TASK(result));
	gint fd = (gint)g_task_propagate_int(G_TASK(result), &error);

	if (fd < 0) {
		cm_reply_error(reply->invocation, error);
	} else {
		descriptors = g_unix_fd_list_new_from_array(&fd, 1);
		g_dbus_method_invocation_return_value_with_unix_fd_list(
		    reply->invocation, g_variant_new("(h)", 0), descriptors);
	}
	reply_end(reply);
}

void
cm_reply_document(CmService *service,
		  GDBusMethodInvocation *invocation,
		  CmReplyWrite write,
		  gpointer data,
		  GDestroyNotify data_free)
{
	Reply *reply = reply_new(service, invocation, TRUE, data, data_free);

	if (reply == NULL)
		return;
	reply->write = write;
	reply_run_in_thread(reply, reply_write, reply_written);
}

static void
reply_work(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
	Reply *reply = task_data;
	GError *error = NULL;
	GVariant *body = reply->work(reply->service, reply->data, cancellable, &error);

	if (body != NULL)
		reply->body = g_variant_ref_sink(body);
	if (body != NULL)
		g_task_return_boolean(task, TRUE);
	else
		g_task_return_error(task, error);
}

static void
reply_worked(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	Reply *reply = g_task_get_task_data(G_TASK(result));

	if (g_task_propagate_boolean(G_TASK(result), &error))
		g_dbus_method_invocation_return_value(reply->invocation, reply->body);
	else
		cm_reply_error(reply->invocation, error);
	reply_end(reply);
}

void
cm_reply_from_thread(CmService *service,
		     GDBusMethodInvocation *invocation,
		     CmReplyWork work,
		     gpointer data,
		     GDestroyNotify data_free)
{
	Reply *reply = reply_new(service, invocation, TRUE, data, data_free);

	if (reply == NULL)
		return;
	reply->work = work;
	reply_run_in_thread(reply, reply_work, reply_worked);
}
