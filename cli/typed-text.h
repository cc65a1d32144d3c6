// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "cli/note-editor.h"
#include "include/cm-dbus-agent.h"

/* A text that somebody typed, in locked memory until it is kept somewhere: whatever it is refused for, it is not lost for that. */
typedef struct {
	CmVaultSecret *text;
	CmNoteEditor *editor; /* in which it was written; NULL: none yet */
} CmTypedText;

void
cm_typed_text_clear(CmTypedText *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmTypedText, cm_typed_text_clear)

/* How much is read before it is measured: at a terminal more than is taken, so that what is too long can be cut. */
gsize
cm_typed_text_get_most(void);

/* Whether it is no longer than a note can be, and nothing but text: CM_ERROR_INVALID_INPUT. */
gboolean
cm_typed_text_check(const CmTypedText *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After it was refused with `*error`: at a terminal the person is told why, and may open keys that have locked, put the text right in vim, which
 * has it in memory of nobody's file, or try again. TRUE: it is to be handed over again, with `*agent`, which may be a new link; the error is
 * cleared. FALSE with `*error` set: nobody sits there, or whoever does gave it up. */
gboolean
cm_typed_text_mend(CmTypedText *self, const CmComodalctl *cli, CmDBusAgent **agent, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
