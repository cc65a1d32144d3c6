// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* JSON on standard output straight from guarded memory: no buffer of the program keeps any of a text. */
typedef struct _CmNoteJson CmNoteJson;

/* Returns: (transfer full) */
CmNoteJson *
cm_note_json_new(void);
/* Ends it with a newline. */
void
cm_note_json_free(CmNoteJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmNoteJson, cm_note_json_free)

/* `name`: of the member; NULL in an array, and for the whole. */
void
cm_note_json_begin_object(CmNoteJson *json, const gchar *name);
void
cm_note_json_end_object(CmNoteJson *json);
void
cm_note_json_begin_array(CmNoteJson *json, const gchar *name);
void
cm_note_json_end_array(CmNoteJson *json);
void
cm_note_json_add_string(CmNoteJson *json, const gchar *name, const gchar *text);
void
cm_note_json_add_int(CmNoteJson *json, const gchar *name, gint64 number);
void
cm_note_json_add_flag(CmNoteJson *json, const gchar *name, gboolean flag);
/* A content record's members: "template", "title", "sections", "attachments". */
void
cm_note_json_add_content(CmNoteJson *json, const CmVaultRecord *content);
