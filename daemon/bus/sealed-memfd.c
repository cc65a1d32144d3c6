// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/sealed-memfd.h"

#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <sys/mman.h>
#include <unistd.h>

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static gboolean
memfd_write(gint fd, const gchar *data, gsize length)
{
	while (length > 0) {
		gssize written = write(fd, data, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return FALSE;
		data += written;
		length -= (gsize)written;
	}
	return TRUE;
}

static gboolean
memfd_fail(GError **error)
{
	cm_error_set(error, CM_ERROR_FAILED, N_("The document can't be handed over: {0}."),
		     g_strerror(errno), NULL);
	return FALSE;
}

gint
cm_sealed_memfd_open(GError **error)
{
	gint fd = memfd_create("comodal-document", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		(void)memfd_fail(error);
	return fd;
}

gboolean
cm_sealed_memfd_write(gint fd, const gchar *data, gsize length, GError **error)
{
	return memfd_write(fd, data, length) || memfd_fail(error);
}

gboolean
cm_sealed_memfd_seal(gint fd, GError **error)
{
	if (lseek(fd, 0, SEEK_SET) != 0 || fcntl(fd, F_ADD_SEALS, SEALS) != 0)
		return memfd_fail(error);
	return TRUE;
}

gboolean
cm_sealed_memfd_append(GUnixFDList **inout_descriptors,
		       GBytes *octets,
		       gint *out_index,
		       GError **error)
{
	gint fd = cm_sealed_memfd_open(error);
	gint index = -1;

	if (fd < 0)
		return FALSE;
	if (*inout_descriptors == NULL)
		*inout_descriptors = g_unix_fd_list_new();
	if ((octets == NULL || cm_sealed_memfd_write(fd, g_bytes_get_data(octets, NULL),
						     g_bytes_get_size(octets), error)) &&
	    cm_sealed_memfd_seal(fd, error))
		index = g_unix_fd_list_append(*inout_descriptors, fd, error);
	close(fd);
	if (index < 0)
		return FALSE;
	*out_index = index;
	return TRUE;
}
