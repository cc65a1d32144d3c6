// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/roster-adaptor.h"

#include "daemon/bus/import-job.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

/* the caller's descriptor, ours to close; -1 with `error` set */
static gint
take_descriptor(GUnixFDList *descriptors, GVariant *handle, GError **error)
{
	gint index = g_variant_get_handle(handle);

	if (descriptors == NULL || index < 0 || index >= g_unix_fd_list_get_length(descriptors)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The document's descriptor did not come with the message."), NULL);
		return -1;
	}
	return g_unix_fd_list_get(descriptors, index, error);
}

static gboolean
handle_import(CmDBusRoster *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      GVariant *document,
	      GVariant *dictionary,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gboolean dry_run = FALSE;
	const CmOption known[] = {{"dry-run", "b", &dry_run}};
	const gchar *path = NULL;
	gint fd = -1;

	if (cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error))
		fd = take_descriptor(descriptors, document, &error);
	if (fd >= 0)
		path = cm_import_job_start(user_data, invocation, fd, dry_run, &error);
	if (path == NULL)
		cm_reply_error(invocation, error);
	else
		cm_dbus_roster_complete_import(object, invocation, NULL, path);
	return TRUE;
}

gboolean
cm_roster_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusRoster) object = cm_dbus_roster_skeleton_new();

	g_signal_connect(object, "handle-import", G_CALLBACK(handle_import), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
