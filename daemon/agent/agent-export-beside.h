// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-notes.h"

/* Attachments' streams beside an export, as comodald has them: locked, and held against what their note signs. No key is needed. The worker's
 * thread alone. */

/* Write those of one note into a folder, as cm_vault_export_dup_beside_name() has it; one that is there already is only checked.
 * CM_ERROR_NOT_FOUND: comodald has one no more; CM_ERROR_STORE: it is not what was signed; CM_ERROR_FAILED: it can't be written, or the file
 * was removed meanwhile. */
gboolean
cm_agent_export_beside_copy(CmAgentNotes *notes, guint64 sequence, gint folder, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* How many a note has. */
guint
cm_agent_export_beside_count(const CmAgentNotes *notes, guint64 sequence);
