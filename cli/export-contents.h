// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/export-file.h"
#include "cli/note-json.h"

/* What is in an exported file: known when all of it was checked, and before any of it is shown. */
typedef struct {
	guint notes;
	guint attachments;
	GHashTable *texts;  /* hashes of the records whose texts are in it */
	GPtrArray *streams; /* ids of the attachments of these texts */
	GHashTable *stolen; /* hashes of the notes whose signer's keys were stolen since */
} CmExportContents;

void
cm_export_contents_clear(CmExportContents *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmExportContents, cm_export_contents_clear)

/* Which one it is, and by what it is opened. */
typedef struct {
	CmExportFile *file;
	const CmVaultSecret *key;
	const gchar *organisation; /* its fingerprint */
} CmExportQuestion;

/* Check all of it; `streams`: its attachments, too, to the last octet of each. What is wrong with one is said with the note that has it. */
gboolean
cm_export_contents_check(CmExportContents *self,
			 const CmExportQuestion *question,
			 gboolean streams,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Say that it holds, and how much is in it. */
void
cm_export_contents_report(const CmExportContents *self);

/* The same in JSON, members of an object that was begun: "notes", "texts", "attachments", "stolen", each how many. */
void
cm_export_contents_add_json(const CmExportContents *self, CmNoteJson *json);

/* What is in it in JSON, once it was checked, as members: "from", "asked_on", "basis", "contents". */
gboolean
cm_export_contents_add_texts_json(const CmExportContents *self,
				  const CmExportQuestion *question,
				  CmNoteJson *json,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Show it, once it was checked. */
gboolean
cm_export_contents_print(const CmExportContents *self,
			 const CmExportQuestion *question,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
