// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-people.h"
#include "daemon/vault/vault-registrar.h"

/* The folder of whoever holds the organisation's key, on a computer that is on no network: the key, sealed under a passphrase, and all
 * directories that it signed. */

#define CM_DIRECTORY_FOLDER_RECORDS "comodal-directory" /* the file that is carried to comodald */
#define CM_DIRECTORY_FOLDER_MAX 67108864                /* octets of it: what comodald takes */

typedef struct {
	gchar *path;
	GBytes *records; /* successions and directories, in order */
	GBytes *key;     /* the organisation's first */
	CmVaultPeople *people;
} CmDirectoryFolder;

void
cm_directory_folder_free(CmDirectoryFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmDirectoryFolder, cm_directory_folder_free)

/* A new organisation: its key, and a first directory with nobody in it. The folder is made when it is not there. CM_ERROR_EXISTS: it holds
 * one already. Returns: (transfer full) */
CmDirectoryFolder *
cm_directory_folder_create(const gchar *path,
			   const CmVaultSecret *passphrase,
			   guint64 now,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the folder holds, checked. CM_ERROR_NOT_FOUND: nothing. Returns: (transfer full) */
CmDirectoryFolder *
cm_directory_folder_open(const gchar *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The directories of these octets, checked from the first on, whose key is taken from there. Returns: (transfer full) */
CmDirectoryFolder *
cm_directory_folder_read(GBytes *records, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Give the organisation another key, under `next`'s passphrase, and sign the next directory with it. The old one counts for nothing from then on,
 * and is not kept. Whatever interrupts it leaves one of the two that opens and counts; errors as below. */
gboolean
cm_directory_folder_succeed(CmDirectoryFolder *folder,
			    const CmVaultSecret *passphrase,
			    const CmVaultSecret *next,
			    guint64 now,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sign the next directory with the key, and keep it; a reader has to take it before it is kept. CM_ERROR_ACCESS_DENIED: not the
 * passphrase. */
gboolean
cm_directory_folder_sign(CmDirectoryFolder *folder,
			 const CmVaultSecret *passphrase,
			 const CmVaultRegistrarChange *changes,
			 gsize count,
			 guint64 now,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
