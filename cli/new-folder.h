// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* Puts files into an open folder, none of them in a folder below it; on a thread of its own, which `cancellable` tells to stop. */
typedef gboolean (*CmNewFolderWriter)(gint folder,
				      GCancellable *cancellable,
				      gpointer user_data,
				      GError **error);

/* Have `writer` fill a folder that nobody has yet: it has another name beside, hidden, before all of it is there and on the disk. Nothing is
 * left of it when it fails or is interrupted (SIGINT, SIGTERM, SIGHUP); when this process is killed, the hidden one is, and beside it perhaps
 * an empty one of its name, where the file system (NFS) can't rename on condition. Only its owner may read it. CM_ERROR_EXISTS: there is
 * something of that name; CM_ERROR_CANCELLED: interrupted; else CM_ERROR_FAILED, or what `writer` says. */
gboolean
cm_new_folder_write(const gchar *path, CmNewFolderWriter writer, gpointer user_data, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Remove the hidden ones in `above` whose process was killed, with the files in them: for a folder that has nothing of anybody else's. One that
 * is being filled stays. */
void
cm_new_folder_sweep(const gchar *above);

/* A new file in it, to be written and read; the caller's to close. -1 with `error` set */
gint
cm_new_folder_add(gint folder, const gchar *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
