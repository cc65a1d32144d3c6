// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/gateway-link.h"

#include "daemon/bus/peer-link.h"
#include "daemon/bus/sealed-memfd.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct _CmGatewayLink {
	CmPeerLink *peer;
	CmGatewayLinkEvents events;
	gpointer user_data;
	GDBusConnection *connection; /* NULL: down */
	guint subscription;
	guint soon_subscription;
	GQueue calls; /* (element-type Call) that are not answered yet */
};

/* whatever of the contract changes nothing. Enter says where somebody who was let in goes; nobody else gets a word of it */
static const gchar *const looking[] = {"View",      "Views", "ListSoon", "Feed",
				       "FindTimes", "Enter", NULL};

/* ---- its life */

static void
link_on_changed(GDBusConnection *connection,
		const gchar *sender,
		const gchar *path,
		const gchar *interface,
		const gchar *signal,
		GVariant *parameters,
		gpointer user_data)
{
	CmGatewayLink *link = user_data;
	g_autoptr(GVariant) subjects = NULL;
	gconstpointer numbers = NULL;
	gsize count = 0;

	if (!g_variant_is_of_type(parameters, G_VARIANT_TYPE("(at)")))
		return;
	subjects = g_variant_get_child_value(parameters, 0);
	numbers = g_variant_get_fixed_array(subjects, &count, sizeof(guint64));
	link->events.changed(numbers, count, link->user_data);
}

static void
link_on_soon_changed(GDBusConnection *connection,
		     const gchar *sender,
		     const gchar *path,
		     const gchar *interface,
		     const gchar *signal,
		     GVariant *parameters,
		     gpointer user_data)
{
	const CmGatewayLink *link = user_data;

	if (link->events.soon_changed != NULL)
		link->events.soon_changed(link->user_data);
}

static guint
subscribe(CmGatewayLink *link, const gchar *signal, GDBusSignalCallback heard)
{
	return g_dbus_connection_signal_subscribe(link->connection, NULL, CM_GATEWAY_INTERFACE,
						  signal, CM_GATEWAY_OBJECT_PATH, NULL,
						  G_DBUS_SIGNAL_FLAGS_NONE, heard, link, NULL);
}

static void
unsubscribe(CmGatewayLink *link)
{
	g_dbus_connection_signal_unsubscribe(link->connection, link->subscription);
	g_dbus_connection_signal_unsubscribe(link->connection, link->soon_subscription);
}

static void
link_on_up(GDBusConnection *connection, gpointer user_data)
{
	CmGatewayLink *link = user_data;

	link->connection = connection;
	link->subscription = subscribe(link, "Changed", link_on_changed);
	link->soon_subscription = subscribe(link, "SoonChanged", link_on_soon_changed);
	link->events.up(link->user_data);
}

static void
link_on_down(gpointer user_data)
{
	CmGatewayLink *link = user_data;

	unsubscribe(link);
	link->connection = NULL;
	link->events.down(link->user_data);
}

CmGatewayLink *
cm_gateway_link_new(const gchar *socket, const CmGatewayLinkEvents *events, gpointer user_data)
{
	const CmPeerLinkEvents peer_events = {link_on_up, link_on_down};
	CmGatewayLink *link = g_new0(CmGatewayLink, 1);

	link->events = *events;
	link->user_data = user_data;
	link->peer = cm_peer_link_new(socket, &peer_events, link);
	return link;
}

gboolean
cm_gateway_link_is_up(const CmGatewayLink *link)
{
	return link->connection != NULL;
}

GVariant *
cm_gateway_link_make_key(const gchar *token)
{
	guint8 key[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(key, (const guint8 *)token, strlen(token));
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, key, sizeof(key), 1);
}

/* ---- calls */

typedef struct {
	CmGatewayLink *link; /* NULL: it is gone, and nobody is to be told */
	GList place;
	CmGatewayAnswered done;
	gpointer user_data;
} Call;

static Call *
call_new(CmGatewayLink *link, CmGatewayAnswered done, gpointer user_data)
{
	Call *call = g_new0(Call, 1);

	call->link = link;
	call->place.data = call;
	call->done = done;
	call->user_data = user_data;
	g_queue_push_tail_link(&link->calls, &call->place);
	return call;
}

static void
call_end(Call *call, GVariant *values, GBytes *document, const GError *error)
{
	g_queue_unlink(&call->link->calls, &call->place);
	if (call->done != NULL)
		call->done(values, document, error, call->user_data);
	g_free(call);
}

static GError *
make_down_error(void)
{
	GError *error = NULL;

	cm_error_set(&error, CM_ERROR_FAILED, N_("comodald is not there."), NULL);
	return error;
}

static gboolean
end_down(gpointer data)
{
	Call *call = data;
	g_autoptr(GError) error = make_down_error();

	if (call->link == NULL)
		g_free(call);
	else
		call_end(call, NULL, NULL, error);
	return G_SOURCE_REMOVE;
}

/* the whole of a sealed memfd */
static GBytes *
read_document(gint fd, GError **error)
{
	struct stat status;
	g_autofree gchar *text = NULL;
	gsize taken = 0;

	if (fstat(fd, &status) != 0 || status.st_size > CM_GATEWAY_LINK_DOCUMENT_MAX) {
		cm_error_set(error, CM_ERROR_FAILED, N_("A document can't be read."), NULL);
		return NULL;
	}
	text = g_malloc((gsize)status.st_size + 1);
	while (taken < (gsize)status.st_size) {
		gssize count = pread(fd, text + taken, (gsize)status.st_size - taken, (off_t)taken);

		if (count <= 0) {
			cm_error_set(error, CM_ERROR_FAILED, N_("A document can't be read."), NULL);
			return NULL;
		}
		taken += (gsize)count;
	}
	text[taken] = '\0';
	return g_bytes_new_take(g_steal_pointer(&text), taken);
}

static GBytes *
read_first(GUnixFDList *list, GError **error)
{
	gint count = 0;
	g_autofree gint *fds = g_unix_fd_list_steal_fds(list, &count);
	GBytes *document = count == 1 ? read_document(fds[0], error) : NULL;

	if (count != 1)
		cm_error_set(error, CM_ERROR_FAILED, N_("A document can't be read."), NULL);
	for (gint i = 0; i < count; i++)
		close(fds[i]);
	return document;
}

static void
call_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	Call *call = user_data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GBytes) document = NULL;
	g_autoptr(GVariant) values = g_dbus_connection_call_with_unix_fd_list_finish(
	    G_DBUS_CONNECTION(source), &list, result, &error);

	if (values != NULL && list != NULL && g_unix_fd_list_get_length(list) > 0)
		document = read_first(list, &error);
	if (error != NULL)
		g_clear_pointer(&values, g_variant_unref);
	if (call->link == NULL) {
		g_free(call);
		return;
	}
	cm_peer_link_judge(call->link->peer, error);
	call_end(call, values, document, error);
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
link_call(CmGatewayLink *link,
	  const gchar *method,
	  GVariant *parameters,
	  GBytes *document,
	  CmGatewayAnswered done,
	  gpointer user_data)
{
	g_autoptr(GVariant) taken = g_variant_ref_sink(parameters);
	g_autoptr(GUnixFDList) list = NULL;
	Call *call = call_new(link, done, user_data);

	if (document != NULL)
		list = seal(document, NULL);
	if (link->connection == NULL || (document != NULL && list == NULL)) {
		g_idle_add(end_down, call);
		return;
	}
	g_dbus_connection_call_with_unix_fd_list(
	    link->connection, NULL, CM_GATEWAY_OBJECT_PATH, CM_GATEWAY_INTERFACE, method, taken,
	    NULL, G_DBUS_CALL_FLAGS_NONE, CM_GATEWAY_LINK_CALL_SECONDS * 1000, list, NULL,
	    call_answered, call);
}

void
cm_gateway_link_free(CmGatewayLink *link)
{
	Call *call = NULL;

	if (link == NULL)
		return;
	/* what they wait for comes to nobody */
	call = g_queue_peek_head(&link->calls);
	while (call != NULL) {
		g_autoptr(GError) error = make_down_error();

		g_queue_unlink(&link->calls, &call->place);
		call->link = NULL;
		if (call->done != NULL)
			call->done(NULL, NULL, error, call->user_data);
		call = g_queue_peek_head(&link->calls);
	}
	if (link->connection != NULL)
		unsubscribe(link);
	cm_peer_link_free(link->peer);
	g_free(link);
}

void
cm_gateway_link_look(CmGatewayLink *link,
		     const gchar *method,
		     GVariant *parameters,
		     CmGatewayAnswered done,
		     gpointer user_data)
{
	g_return_if_fail(g_strv_contains(looking, method));
	link_call(link, method, parameters, NULL, done, user_data);
}

void
cm_gateway_link_change(CmGatewayLink *link,
		       const CmHttpPermit *permit,
		       const gchar *method,
		       GVariant *parameters,
		       GBytes *document,
		       CmGatewayAnswered done,
		       gpointer user_data)
{
	g_return_if_fail(permit != NULL);
	link_call(link, method, parameters, document, done, user_data);
}

void
cm_gateway_link_leave(CmGatewayLink *link, const gchar *token, guint64 visit)
{
	link_call(link, "Leave", g_variant_new("(@ayt)", cm_gateway_link_make_key(token), visit),
		  NULL, NULL, NULL);
}
