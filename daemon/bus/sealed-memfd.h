// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gunixfdlist.h>

/* A document handed over by descriptor: memory that, once sealed, nobody can change or cut any more. */

/* An empty one to write to, close-on-exec, the caller's to close. Returns -1 with `error` set (CM_ERROR_FAILED). */
gint
cm_sealed_memfd_open(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Add bytes. */
gboolean
cm_sealed_memfd_write(gint fd, const gchar *data, gsize length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Seal it, its offset at 0 for whoever reads it. */
gboolean
cm_sealed_memfd_seal(gint fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A sealed one of these octets (NULL: none) at the end of a list, which is made when it is NULL; which of the list it is. */
gboolean
cm_sealed_memfd_append(GUnixFDList **inout_descriptors,
		       GBytes *octets,
		       gint *out_index,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
