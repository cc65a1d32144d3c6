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

typedef struct _CmNoteEditor CmNoteEditor;

/* The memory, and $VISUAL, $EDITOR or vim. CM_ERROR_NOT_SUPPORTED: another editor, which is named; CM_ERROR_INVALID_INPUT: no terminal.
 * Returns: (transfer full) */
CmNoteEditor *
cm_note_editor_new(const CmNoteEditorStart *start, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a text that was typed elsewhere, in vim. Returns: (transfer full) */
CmNoteEditor *
cm_note_editor_new_of(const CmVaultSecret *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_note_editor_free(CmNoteEditor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmNoteEditor, cm_note_editor_free)

/* Start it on what the memory has, and wait; again: on what it was left as. Without the empty lines at its end, and of what is longer than
 * `most` one octet more than that. `out_changed`: whether it is another text than before, which may be none. CM_ERROR_CANCELLED: it ended with a
 * failure (:cq). Returns: (transfer full) */
CmVaultSecret *
cm_note_editor_run(CmNoteEditor *self, gsize most, gboolean *out_changed, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
