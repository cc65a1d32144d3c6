// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Mail put into a Maildir that any mail program opens: written aside, on the disk, then renamed. A file is named after what is in it,
 * so that the very same mail put there twice is one file. */

typedef struct _CmMaildir CmMaildir;

/* Its three folders are made where they are missing, 0700. CM_ERROR_FAILED. Returns: (transfer full) */
CmMaildir *
cm_maildir_new(const gchar *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_maildir_free(CmMaildir *maildir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmMaildir, cm_maildir_free)

/* Put what stands in `fd`, from its start, there as "<hash>.eml". With `again` it is looked for among what a mail program has taken
 * already. FALSE: it is not there (`errno` says why). */
gboolean
cm_maildir_deliver(CmMaildir *maildir, gint fd, gboolean again) G_GNUC_WARN_UNUSED_RESULT;
