// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/secret-document.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/sealed-memfd.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

gint
cm_secret_document_seal(JsonBuilder *builder, GError **error)
{
	g_autoptr(GBytes) bytes = cm_document_to_bytes(builder);
	gsize length = 0;
	gpointer data = (gpointer)g_bytes_get_data(bytes, &length);
	gint fd = cm_sealed_memfd_open(error);
	gboolean ok = fd >= 0 && cm_sealed_memfd_write(fd, data, length, error) &&
		      cm_sealed_memfd_seal(fd, error);

	/* nobody else has these bytes */
	sodium_memzero(data, length);
	if (ok)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

gchar *
cm_secret_document_make_url(const gchar *base,
			    const gchar *path,
			    const gchar *token,
			    GError **error)
{
	if (base == NULL) {
		cm_error_set(
		    error, CM_ERROR_NOT_SUPPORTED,
		    N_("There is no gateway: [Links] Base= in comodald.conf says where one "
		       "is."),
		    NULL);
		return NULL;
	}
	return g_strconcat(base, path, token, NULL);
}

void
cm_secret_document_wipe(gchar *text)
{
	if (text == NULL)
		return;
	sodium_memzero(text, strlen(text));
	g_free(text);
}
