// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "daemon/vault/vault-export-reader.h"
#include "daemon/vault/vault-secret.h"

#include <gio/gio.h>

/* An exported file on this computer: one file; or a folder with CM_EXPORT_FILE_NAME in it, and the streams of its attachments beside that. */

#define CM_EXPORT_FILE_NAME "comodal-export"

typedef struct {
	gint fd;     /* the export itself */
	gint folder; /* in which streams lie */
} CmExportFile;

/* CM_ERROR_NOT_FOUND: it can't be read. */
gboolean
cm_export_file_open(const gchar *path,
		    CmExportFile *out_file,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_export_file_clear(CmExportFile *file);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmExportFile, cm_export_file_clear)

/* Its octets; of `file`, as long as that is open. */
CmVaultExportSource
cm_export_file_get_source(CmExportFile *file);

/* The stream's key, by the passphrase that is asked for; of one that was locked for somebody's keys, by their agent. Returns: (transfer full) */
CmVaultSecret *
cm_export_file_open_key(CmExportFile *file,
			const CmComodalctl *cli,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Check all of it but attachments, and tell `sink`. `organisation`: as cm_vault_export_reader_run() */
gboolean
cm_export_file_read(CmExportFile *file,
		    const CmVaultSecret *key,
		    const gchar *organisation,
		    const CmVaultExportSink *sink,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Check one attachment of a note, to its last octet, against the note and the content that it signs; `to`: where its own octets go as they
 * come, -1: nowhere. What was written counts for nothing unless it holds. CM_ERROR_NOT_FOUND: its stream does not lie beside. */
gboolean
cm_export_file_read_attachment(const CmExportFile *file,
			       const CmVaultRecord *note,
			       const CmVaultContentAttachment *attachment,
			       gint to,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A stream as it lies there, the caller's to close. -1 with `error` set: as above */
gint
cm_export_file_open_stream(const CmExportFile *file,
			   const guint8 *attachment,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All octets from the beginning of one descriptor, a file called `name`, to another. CM_ERROR_FAILED: which of them could not. */
gboolean
cm_export_file_copy(const gchar *name,
		    gint from,
		    gint to,
		    GCancellable *cancellable,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
