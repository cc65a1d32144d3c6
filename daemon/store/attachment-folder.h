// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Where attachments' streams are kept: a folder beside the database, 0700, each stream a file of its own that is never changed once it has
 * its name. Which file is whose, a row says (store-attachment.h): a file comes before its row and goes after it, and the database remembers
 * those that are without. An id has CM_ATTACHMENT_FOLDER_ID_BYTES. */

#define CM_ATTACHMENT_FOLDER_NAME "attachments"
#define CM_ATTACHMENT_FOLDER_ID_BYTES 16

/* Octets that stay free on the disk, so that notes can be written when no attachment can be kept any more. */
#define CM_ATTACHMENT_FOLDER_RESERVE (G_GUINT64_CONSTANT(256) * 1024 * 1024)

/* The folder beside `database`. Returns: (transfer full) */
gchar *
cm_attachment_folder_dup_path(const gchar *database);

/* A new file, under a name that only what is not whole yet has; locked as long as `out_fd` is open. The folder is made where there is none. */
gboolean
cm_attachment_folder_begin(const gchar *folder, guint8 *out_id, gint *out_fd, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Write to one, above the reserve. CM_ERROR_STORE: the disk is full, or as good as. */
gboolean
cm_attachment_folder_write(gint fd, const guint8 *octets, gsize length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What was written lasts when this returns. */
gboolean
cm_attachment_folder_sync(gint fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* It is whole, and synced: give it its name, which lasts when this returns. */
gboolean
cm_attachment_folder_finish(const gchar *folder,
			    const guint8 *id,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* It will not be whole: remove it; one that is not there is no error. */
void
cm_attachment_folder_abandon(const gchar *folder, const guint8 *id);

/* Open a whole one to be read, with its length. -1 with `error` set: CM_ERROR_STORE, it is not there. */
gint
cm_attachment_folder_open(const gchar *folder,
			  const guint8 *id,
			  guint64 *out_length,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* CM_ERROR_CONFLICT: people have as many as the service keeps. FALSE */
gboolean
cm_attachment_folder_fail_room(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The ids of the whole ones; what was begun and is nobody's any more is removed. No folder is none. (element-type 16 octets) (transfer full) */
GArray *
cm_attachment_folder_list(const gchar *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Remove whole ones (element-type 16 octets), which lasts when this returns TRUE; one that is not there is no error. */
gboolean
cm_attachment_folder_remove(const gchar *folder,
			    const GArray *ids,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
