// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-notes.h"
#include "daemon/vault/vault-export.h"

/* A case as an export: signed, locked under a passphrase of its own or for somebody's key, written a chunk at a time. The worker's thread alone. */

typedef struct {
	guint8 purpose; /* CM_VAULT_PURPOSE_… */
	guint32 asked_on;
	const gchar *basis;
	const guint64 *withheld; /* places of notes whose texts stay away */
	gsize n_withheld;
	const guint8 *recipient_key; /* X25519; NULL: under a passphrase */
	gint beside; /* the folder in which attachments' streams are written; -1: there are none */
} CmAgentExportOrder;

/* Write the case of `notes` to a descriptor, and the attachments of what is not withheld beside it; its records are checked once more, as
 * whoever receives them will. CM_ERROR_INVALID_INPUT: an order that can't be; CM_ERROR_ACCESS_DENIED: a text is not the person's to read;
 * CM_ERROR_FAILED: the file can't be written; CM_ERROR_CONFLICT: there are attachments, and no folder for them.
 * `out_passphrase`: (transfer full), NULL with a recipient's key */
gboolean
cm_agent_export_make(CmAgentNotes *notes,
		     const CmAgentExportOrder *order,
		     gint fd,
		     CmVaultSecret **out_passphrase,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
