// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

#include <json-glib/json-glib.h>

/* A text written in an editor that leaves no file: the text is in memory of nobody's file (memfd), which the editor has as a descriptor. Only
 * vim was shown to open nothing else for writing (docs/vault.md). What the editor itself holds is neither locked nor guarded. */

/* What the text is to begin with; both may be NULL. */
typedef struct {
	const CmVaultRecord *content; /* a draft's, section by section */
	JsonObject *template;         /* headings to fill in, of a new one */
} CmNoteEditorStart;

/* Start $VISUAL, $EDITOR or vim, and wait. CM_ERROR_NOT_SUPPORTED: another editor, which is named; CM_ERROR_CANCELLED: it ended with a
 * failure (:cq); CM_ERROR_INVALID_INPUT: no terminal, nothing, or too much. Returns: (transfer full) */
CmVaultSecret *
cm_note_editor_run(const CmNoteEditorStart *start,
		   gsize most,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
