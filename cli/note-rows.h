// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "cli/note-json.h"

/* The rows of the agent's ListNotes and ListDrafts (aa{sv}), as a person or a program reads them. */

/* What kind of note it is: a msgid, which is the word in JSON too. (transfer none) */
const gchar *
cm_note_rows_get_kind(GVariant *row);

/* The same of a kind by its number; "?": none is so numbered. */
const gchar *
cm_note_rows_get_kind_word(guint8 kind);

/* The note of that number; NULL: there is none. Returns: (transfer full) (nullable) */
GVariant *
cm_note_rows_find(GVariant *notes, guint64 sequence);

/* Whether `sequence` is about `root`, be it by way of other notes, or it itself. */
gboolean
cm_note_rows_belongs(GVariant *notes, guint64 sequence, guint64 root);

/* The note that everything about `sequence` goes back to: it itself unless it is about another. */
guint64
cm_note_rows_find_root(GVariant *notes, guint64 sequence);

/* The number of the note that co-signs this one; 0: none. */
guint64
cm_note_rows_find_cosignature(GVariant *notes, guint64 sequence);

/* What makes a note another than most: what it is about, a late entry with the day of its signature, who co-signed it or that nobody did.
 * `notes`: all there are. Returns: (transfer full) */
gchar *
cm_note_rows_format_remark(GVariant *notes, GVariant *row);

/* Those of `rows` in a table; `history`: the moment of signing in a column of its own. */
void
cm_note_rows_print(const CmComodalctl *cli, GVariant *notes, GVariant *rows, gboolean history);

/* The members of a note, in an object that is open. */
void
cm_note_rows_add_json(CmNoteJson *json, GVariant *notes, GVariant *row);

/* Those of `rows` as a document: {"file", "notes"}. */
void
cm_note_rows_print_json(guint8 file, GVariant *notes, GVariant *rows);
