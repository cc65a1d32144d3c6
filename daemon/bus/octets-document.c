// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/octets-document.h"

#include "daemon/bus/sealed-memfd.h"
#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/stat.h>
#include <unistd.h>

/* what can be read without waiting for anybody */
static gboolean
is_file(gint fd, GError **error)
{
	struct stat status;

	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("The document is to be a file or memory, not a pipe."), NULL);
	return FALSE;
}

static gboolean
read_all(gint fd, gsize max, GByteArray *bytes, GError **error)
{
	guint8 buffer[16384];

	for (;;) {
		gssize count = read(fd, buffer, sizeof buffer);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("The document can’t be read: {0}."), g_strerror(errno),
				     NULL);
			return FALSE;
		}
		if (count == 0)
			return TRUE;
		if (bytes->len + (gsize)count > max) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("The document is too long."),
				     NULL);
			return FALSE;
		}
		g_byte_array_append(bytes, buffer, (guint)count);
	}
}

GBytes *
cm_octets_document_read(GUnixFDList *descriptors, GVariant *handle, gsize max, GError **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	gint index = g_variant_get_handle(handle);
	gboolean ok = FALSE;
	gint fd = -1;

	if (descriptors == NULL || index < 0 || index >= g_unix_fd_list_get_length(descriptors)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The document's descriptor did not come with the message."), NULL);
		return NULL;
	}
	fd = g_unix_fd_list_get(descriptors, index, error);
	if (fd < 0)
		return NULL;
	/* on the main loop: a pipe could keep it waiting */
	ok = is_file(fd, error) && read_all(fd, max, bytes, error);
	close(fd);
	return ok ? g_byte_array_free_to_bytes(g_steal_pointer(&bytes)) : NULL;
}

gint
cm_octets_document_seal(GBytes *octets, GError **error)
{
	gsize length = 0;
	const gchar *data = g_bytes_get_data(octets, &length);
	gint fd = cm_sealed_memfd_open(error);

	if (fd < 0)
		return -1;
	if (cm_sealed_memfd_write(fd, data, length, error) && cm_sealed_memfd_seal(fd, error))
		return fd;
	close(fd);
	return -1;
}

GVariant *
cm_octets_document_answer(GBytes *octets, gint *out_fd, GError **error)
{
	g_autoptr(GBytes) kept = octets;

	if (kept != NULL)
		*out_fd = cm_octets_document_seal(kept, error);
	return *out_fd >= 0 ? g_variant_new("(h)", 0) : NULL;
}
