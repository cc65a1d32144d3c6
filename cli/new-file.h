// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/output.h"

/* Have `writer` make a file that nobody has yet: it has no name before it is whole and on the disk, and nothing is left of it when it fails
 * or this process ends. Only its owner may read it. On a file system that has no such files it has its name from the first, and is
 * removed when it fails. `writer` may read what it wrote. CM_ERROR_EXISTS: there is something of that name; else CM_ERROR_FAILED. */
gboolean
cm_new_file_write(const gchar *path, CmOutputWriter writer, gpointer user_data, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Set `error` as an errno has it, for a file or a folder that nobody had yet: CM_ERROR_EXISTS, or CM_ERROR_FAILED. Returns: FALSE */
gboolean
cm_new_file_fail(gint code, const gchar *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
