// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* What a content has attached, as a person names it. Nobody takes an attachment's name for a path. */

/* The one of that place, from 1, or of that name. CM_ERROR_NOT_FOUND; CM_ERROR_INVALID_INPUT: several of that name. A view. */
const CmVaultContentAttachment *
cm_note_attachment_find(const CmVaultRecord *content,
			const gchar *typed,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a file is called that it is saved as, when nothing is said: of the note's number, of its place, and of the letters and digits that its
 * name ends with: "note-3-attachment-1.pdf". Returns: (transfer full) */
gchar *
cm_note_attachment_dup_file_name(const CmVaultRecord *content,
				 const CmVaultContentAttachment *attachment,
				 guint64 sequence);

/* Its id, as the agent takes it. Returns: (transfer floating) */
GVariant *
cm_note_attachment_pack_id(const CmVaultContentAttachment *attachment);
