// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"
#include "cli/note-desk.h"
#include "daemon/vault/vault-secret.h"

/* What the policy of one's profession asks of notes, as comodald says it, and as a person is asked. */

/* comodald's own view of the vault. Returns: (transfer full) */
CmDBusVault *
cm_note_rules_get_vault(const CmComodalctl *cli, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The comodal-note-rules/1 document. Returns: (transfer full) */
JsonNode *
cm_note_rules_fetch(const CmComodalctl *cli, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the policy lets a file of this number be begun. */
gboolean
cm_note_rules_may_begin(JsonNode *rules, guint8 file);

/* The template that a new note is to follow: --template, or the one that its kind has to; NULL: none. CM_ERROR_INVALID_INPUT with `error`
 * set: there is no such one, or it is of another kind. (transfer none) */
JsonObject *
cm_note_rules_choose(JsonNode *rules,
		     const CmNoteDesk *desk,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ask at the terminal for each section of a template, one after the other. Returns: (transfer full) */
CmVaultSecret *
cm_note_rules_ask(JsonObject *template, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The templates there are, and what the policy says of each of the files. */
void
cm_note_rules_print(const CmComodalctl *cli, JsonNode *rules);
