// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "daemon/vault/vault-fields.h"
#include "include/cm-dbus-agent.h"
#include "include/cm-time.h"

#include <json-glib/json-glib.h>

/* What the verbs about case notes share: whose file it is, by the person's agent, and what was said on the command line. */

/* The word for nothing at all, where a template or a session would be taken by itself. */
#define CM_NOTE_DESK_NONE "none"

/* One run. */
typedef struct {
	CmDBusAgent *agent;
	GVariant *case_id; /* NULL: the file is not begun yet */
	guint8 file;
	gint64 student;   /* by their number */
	gchar *name;      /* the student's */
	gchar *reference; /* the student's identifier in the roster; NULL: it was not asked for */
	gchar *file_given;
	gchar *of_given;
	gchar *kind_given;
	gchar *on_given;
	gchar *draft_given;
	gchar *at_given;
	gchar *name_given;
	gchar *output_given;
	gchar *template_given;
	gboolean yes;
	gboolean editor;
	CmDay day; /* 0: today */
	gchar **words;
} CmNoteDesk;

void
cm_note_desk_clear(CmNoteDesk *desk);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmNoteDesk, cm_note_desk_clear)

#define CM_NOTE_DESK_WORDS_MAX 65 /* a student, and as many files as a note may have */

/* The command line of a verb with `count` arguments, or more files, where it takes several; which options it has goes by its name. FALSE: return cli->exit_status. */
gboolean
cm_note_desk_parse(CmComodalctl *cli, CmNoteDesk *desk, guint count) G_GNUC_WARN_UNUSED_RESULT;

/* The student that the first argument means, as the other verbs find one; then their file, by the agent. `beginning`: there may be none
 * yet of that file, which leaves desk->case_id NULL until cm_note_desk_begin(). */
gboolean
cm_note_desk_open(const CmComodalctl *cli, CmNoteDesk *desk, gboolean beginning, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Begin the file, where there is none yet. Nothing takes an empty one away again: first have what goes into it. */
gboolean
cm_note_desk_begin(CmNoteDesk *desk, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The draft that --draft means, or the only one: its row of ListDrafts; its place in the list in `out_number`.
 * Returns: (transfer full) */
GVariant *
cm_note_desk_pick_draft(const CmNoteDesk *desk,
			guint64 *out_number,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of a row of the agent's: "draft" as it takes it back. Returns: (transfer full) */
GVariant *
cm_note_desk_get_draft(GVariant *row);

/* The words for --file and --kind, from 1 as the records have them; 0 with `error` set: another word. */
guint8
cm_note_desk_find_file(const gchar *word, GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint8
cm_note_desk_find_kind(const gchar *word, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The word on the command line. (transfer none) */
const gchar *
cm_note_desk_get_file_name(guint8 file);
/* What a person reads, translated. (transfer none) */
const gchar *
cm_note_desk_describe_file(guint8 file);
/* The same in the word or two that tell it from the others, for a column. (transfer none) */
const gchar *
cm_note_desk_name_file(guint8 file);
