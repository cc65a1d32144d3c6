// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* A result file, there whole or not at all. */

/* Writes into an open descriptor. */
typedef gboolean (*CmOutputWriter)(gint fd, gpointer user_data, GError **error);

/* Have `writer` make the file at `path`: beside it under another name, only its owner may read it, on the disk before it
 * gets its name. "-" or NULL is standard output. Whatever fails, an older file stays. Fails with CM_ERROR_FAILED. */
gboolean
cm_output_write(const gchar *path, CmOutputWriter writer, gpointer user_data, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The same of bytes that are there. */
gboolean
cm_output_write_bytes(const gchar *path, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of these octets into a descriptor. FALSE: errno says why. */
gboolean
cm_output_write_octets(gint fd, const guint8 *octets, gsize length) G_GNUC_WARN_UNUSED_RESULT;
