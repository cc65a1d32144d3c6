// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/comodald-link.h"

#include "daemon/bus/peer-link.h"
#include "daemon/bus/sealed-memfd.h"
#include "include/cm-dbus-courier.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <unistd.h>

struct _CmComodaldLink {
	CmPeerLink *peer;
	CmComodaldLinkEvents events;
	gpointer user_data;
	GCancellable *cancellable; /* of everything under way */
	CmDBusCourier *proxy;      /* NULL: down */
};

/* ---- connecting */

static void
link_drop_proxy(CmComodaldLink *link)
{
	if (link->proxy != NULL)
		g_signal_handlers_disconnect_by_data(link->proxy, link);
	g_clear_object(&link->proxy);
}

static void
link_on_down(gpointer user_data)
{
	CmComodaldLink *link = user_data;

	link_drop_proxy(link);
	link->events.down(link->user_data);
}

static void
link_on_due(CmDBusCourier *proxy, gpointer user_data)
{
	CmComodaldLink *link = user_data;

	link->events.due(link->user_data);
}

static void
link_on_rooms_due(CmDBusCourier *proxy, gpointer user_data)
{
	CmComodaldLink *link = user_data;

	if (link->events.rooms_due != NULL)
		link->events.rooms_due(link->user_data);
}

static void
link_on_up(GDBusConnection *connection, gpointer user_data)
{
	CmComodaldLink *link = user_data;

	/* without a bus and without properties nothing is asked for it */
	link->proxy =
	    cm_dbus_courier_proxy_new_sync(connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES,
					   NULL, CM_COURIER_OBJECT_PATH, NULL, NULL);
	g_return_if_fail(link->proxy != NULL);
	g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(link->proxy),
					 CM_COMODALD_LINK_CALL_SECONDS * 1000);
	g_signal_connect(link->proxy, "due", G_CALLBACK(link_on_due), link);
	g_signal_connect(link->proxy, "rooms-due", G_CALLBACK(link_on_rooms_due), link);
	link->events.up(link->user_data);
}

CmComodaldLink *
cm_comodald_link_new(const gchar *socket, const CmComodaldLinkEvents *events, gpointer user_data)
{
	const CmPeerLinkEvents peer_events = {link_on_up, link_on_down};
	CmComodaldLink *link = g_new0(CmComodaldLink, 1);

	link->events = *events;
	link->user_data = user_data;
	link->cancellable = g_cancellable_new();
	link->peer = cm_peer_link_new(socket, &peer_events, link);
	return link;
}

void
cm_comodald_link_free(CmComodaldLink *link)
{
	if (link == NULL)
		return;
	g_cancellable_cancel(link->cancellable);
	link_drop_proxy(link);
	cm_peer_link_free(link->peer);
	g_object_unref(link->cancellable);
	g_free(link);
}

gboolean
cm_comodald_link_is_up(const CmComodaldLink *link)
{
	return link->proxy != NULL;
}

/* ---- calls */

typedef struct {
	CmComodaldLink *link;
	GCallback done; /* of the call's own type */
	gpointer user_data;
} Call;

static Call *
call_new(CmComodaldLink *link, GCallback done, gpointer user_data)
{
	Call *call = g_new0(Call, 1);

	call->link = link;
	call->done = done;
	call->user_data = user_data;
	return call;
}

static GError *
make_down_error(void)
{
	GError *error = NULL;

	cm_error_set(&error, CM_ERROR_FAILED, N_("comodald is not there."), NULL);
	return error;
}

/* FALSE: the link is gone, nobody is to be told. What is not comodald's own answer ends the connection. */
static gboolean
call_check(const Call *call, const GError *error)
{
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return FALSE;
	cm_peer_link_judge(call->link->peer, error);
	return TRUE;
}

/* bytes as a sealed memfd and its handle */
static GUnixFDList *
seal(GBytes *bytes, GError **error)
{
	gint fd = cm_sealed_memfd_open(error);

	if (fd < 0)
		return NULL;
	if (cm_sealed_memfd_write(fd, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
				  error) &&
	    cm_sealed_memfd_seal(fd, error))
		return g_unix_fd_list_new_from_array(&fd, 1);
	close(fd);
	return NULL;
}

static void
job_free(gpointer data)
{
	CmComodaldJob *job = data;

	if (job->order >= 0)
		close(job->order);
	if (job->content >= 0)
		close(job->content);
	g_free(job->kind);
	g_free(job);
}

static gint
take_fd(gint *fds, gint count, gint index)
{
	gint fd = index >= 0 && index < count ? fds[index] : -1;

	if (fd >= 0)
		fds[index] = -1;
	return fd;
}

static GPtrArray *
read_jobs(GVariant *jobs, GUnixFDList *list)
{
	GPtrArray *read = g_ptr_array_new_with_free_func(job_free);
	gint count = 0;
	g_autofree gint *fds = list != NULL ? g_unix_fd_list_steal_fds(list, &count) : NULL;
	GVariantIter iter;
	guint64 number = 0;
	const gchar *kind = NULL;
	gint order = 0;
	gint content = 0;

	g_variant_iter_init(&iter, jobs);
	while (g_variant_iter_next(&iter, "(t&shh)", &number, &kind, &order, &content)) {
		CmComodaldJob *job = g_new0(CmComodaldJob, 1);

		job->number = (gint64)number;
		job->kind = g_strdup(kind);
		job->order = take_fd(fds, count, order);
		job->content = take_fd(fds, count, content);
		g_ptr_array_add(read, job);
	}
	for (gint i = 0; i < count; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	return read;
}

static void
lease_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autofree Call *call = user_data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) jobs = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GPtrArray) read = NULL;

	if (cm_dbus_courier_call_lease_finish(CM_DBUS_COURIER(source), &jobs, &list, result,
					      &error))
		read = read_jobs(jobs, list);
	if (call_check(call, error))
		((CmComodaldLeased)call->done)(read, error, call->user_data);
}

void
cm_comodald_link_lease(CmComodaldLink *link, guint max, CmComodaldLeased done, gpointer user_data)
{
	if (link->proxy == NULL) {
		g_autoptr(GError) error = make_down_error();

		done(NULL, error, user_data);
		return;
	}
	cm_dbus_courier_call_lease(link->proxy, max, NULL, link->cancellable, lease_answered,
				   call_new(link, G_CALLBACK(done), user_data));
}

static void
rooms_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autofree Call *call = user_data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) jobs = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GPtrArray) read = NULL;

	if (cm_dbus_courier_call_lease_rooms_finish(CM_DBUS_COURIER(source), &jobs, &list, result,
						    &error))
		read = read_jobs(jobs, list);
	if (call_check(call, error))
		((CmComodaldLeased)call->done)(read, error, call->user_data);
}

void
cm_comodald_link_lease_rooms(CmComodaldLink *link,
			     guint max,
			     CmComodaldLeased done,
			     gpointer user_data)
{
	if (link->proxy == NULL) {
		g_autoptr(GError) error = make_down_error();

		done(NULL, error, user_data);
		return;
	}
	cm_dbus_courier_call_lease_rooms(link->proxy, max, NULL, link->cancellable, rooms_answered,
					 call_new(link, G_CALLBACK(done), user_data));
}

static void
report_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autofree Call *call = user_data;
	g_autoptr(GError) error = NULL;

	(void)cm_dbus_courier_call_report_finish(CM_DBUS_COURIER(source), NULL, result, &error);
	if (call_check(call, error))
		((CmComodaldReported)call->done)(error, call->user_data);
}

void
cm_comodald_link_report(CmComodaldLink *link,
			gint64 number,
			const gchar *kind,
			GBytes *result,
			CmComodaldReported done,
			gpointer user_data)
{
	g_autoptr(GError) error = link->proxy == NULL ? make_down_error() : NULL;
	g_autoptr(GUnixFDList) list = error == NULL ? seal(result, &error) : NULL;

	if (list == NULL) {
		done(error, user_data);
		return;
	}
	cm_dbus_courier_call_report(link->proxy, (guint64)number, kind, g_variant_new_handle(0),
				    list, link->cancellable, report_answered,
				    call_new(link, G_CALLBACK(done), user_data));
}

static void
mailbox_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autofree Call *call = user_data;
	g_autoptr(GError) error = NULL;
	guint64 uidvalidity = 0;
	guint64 uid = 0;

	(void)cm_dbus_courier_call_get_mailbox_finish(CM_DBUS_COURIER(source), &uidvalidity, &uid,
						      result, &error);
	if (call_check(call, error))
		((CmComodaldMailbox)call->done)(uidvalidity, uid, error, call->user_data);
}

void
cm_comodald_link_get_mailbox(CmComodaldLink *link,
			     const gchar *name,
			     CmComodaldMailbox done,
			     gpointer user_data)
{
	if (link->proxy == NULL) {
		g_autoptr(GError) error = make_down_error();

		done(0, 0, error, user_data);
		return;
	}
	cm_dbus_courier_call_get_mailbox(link->proxy, name, link->cancellable, mailbox_answered,
					 call_new(link, G_CALLBACK(done), user_data));
}

static void
deliver_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autofree Call *call = user_data;
	g_autoptr(GError) error = NULL;
	gboolean taken = FALSE;

	(void)cm_dbus_courier_call_deliver_finish(CM_DBUS_COURIER(source), &taken, NULL, result,
						  &error);
	if (call_check(call, error))
		((CmComodaldDelivered)call->done)(taken, error, call->user_data);
}

void
cm_comodald_link_deliver(CmComodaldLink *link,
			 const gchar *mailbox,
			 guint64 uidvalidity,
			 guint64 uid,
			 GBytes *document,
			 CmComodaldDelivered done,
			 gpointer user_data)
{
	g_autoptr(GError) error = link->proxy == NULL ? make_down_error() : NULL;
	g_autoptr(GUnixFDList) list = error == NULL ? seal(document, &error) : NULL;

	if (list == NULL) {
		done(FALSE, error, user_data);
		return;
	}
	cm_dbus_courier_call_deliver(link->proxy, mailbox, uidvalidity, uid,
				     g_variant_new_handle(0), list, link->cancellable,
				     deliver_answered, call_new(link, G_CALLBACK(done), user_data));
}
