// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-attachment.h"

#include <gio/gio.h>

/* A stream on its way from whoever hands it over into a file of ours, in constant memory, without the store: on a thread of its own. */

#define CM_ATTACHMENT_INTAKE_SECONDS 60 /* for each chunk to come */

typedef struct {
	gchar *folder;
	gint fd; /* keeps the file from being swept up; -1: there is none */
	CmStoreAttachmentStream stream;
} CmAttachmentIntake;

/* Take it from a socket, to its end: `which` is what its head must name, `most` the octets there may be. The file is whole and synced then.
 * CM_ERROR_INVALID_INPUT: it is not a stream of that attachment, or does not come in time; CM_ERROR_CONFLICT: more than `most`;
 * CM_ERROR_STORE: it can't be written, the disk is as good as full; CM_ERROR_CANCELLED. */
gboolean
cm_attachment_intake_take(CmAttachmentIntake *self,
			  const gchar *folder,
			  gint fd,
			  const CmVaultAttachment *which,
			  guint64 most,
			  GCancellable *cancellable,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* It has its name and its row (cm_store_attachment_keep()). */
void
cm_attachment_intake_release(CmAttachmentIntake *self);

/* Whatever was not released goes. */
void
cm_attachment_intake_clear(CmAttachmentIntake *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmAttachmentIntake, cm_attachment_intake_clear)
