// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/hand-over.h"

#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/mman.h>
#include <unistd.h>

GUnixFDList *
cm_hand_over_bytes(GBytes *bytes, GVariant **out_handle, GError **error)
{
	g_autoptr(GUnixFDList) descriptors = g_unix_fd_list_new();
	gsize length = 0;
	const gchar *data = g_bytes_get_data(bytes, &length);
	gint descriptor = memfd_create("document", MFD_CLOEXEC);
	gint handle = -1;

	if (descriptor >= 0 && write(descriptor, data, length) == (gssize)length &&
	    lseek(descriptor, 0, SEEK_SET) == 0)
		handle = g_unix_fd_list_append(descriptors, descriptor, error);
	else
		cm_error_set(error, CM_ERROR_FAILED, N_("There is no memory for a document: {0}."),
			     g_strerror(errno), NULL);
	if (descriptor >= 0)
		close(descriptor);
	if (handle < 0)
		return NULL;
	*out_handle = g_variant_new_handle(handle);
	return g_steal_pointer(&descriptors);
}
