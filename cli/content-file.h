// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* A text that leaves the vault by its reader's own act, as plain text in a file that they name. */

/* Write `length` octets to a descriptor, whatever it takes. CM_ERROR_FAILED. */
gboolean
cm_content_file_put(gint fd, gconstpointer octets, gsize length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A content record, title, headings and texts as they are; nothing of it is kept in a buffer. */
gboolean
cm_content_file_write(gint fd,
		      const CmVaultRecord *content,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
