// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* The service key: 32 random bytes that seal what names a person in the database (seal.h). It
 * stands in guarded memory, locked and wiped, and is never logged, printed (but on its recovery
 * sheet) or given on a command line.
 *
 * Its file is one line, "comodal-service-key/1 " and 64 hexadecimal digits, mode 0600, outside the
 * database's folder, so that a copy of that folder opens nothing. Under systemd it is the
 * credential CM_SERVICE_KEY_CREDENTIAL. */

#define CM_SERVICE_KEY_BYTES 32
#define CM_SERVICE_KEY_CREDENTIAL "comodal-service-key"

typedef struct _CmServiceKey CmServiceKey;

/* Read the key from `path`. Refused with CM_ERROR_KEY: a file that is missing, a symbolic link, of
 * another owner, readable by others, damaged, or in `database_folder` or below it (NULL: not
 * checked); memory that can't be locked. Returns: (transfer full) */
CmServiceKey *
cm_service_key_load(const gchar *path,
		    const gchar *database_folder,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The file of the credential when systemd gave one ($CREDENTIALS_DIRECTORY/comodal-service-key
 * exists), else NULL. Returns: (transfer full) (nullable) */
gchar *
cm_service_key_find_credential(void) G_GNUC_WARN_UNUSED_RESULT;

/* Make a new key and its file, whole or not at all, and its recovery sheet: a text in French and
 * English that the caller prints once and wipes (cm_service_key_wipe_text()). CM_ERROR_EXISTS when
 * there is a file already: a key is never replaced. `database_folder` as above. `out_sheet` may be
 * NULL: a test's. */
gboolean
cm_service_key_create(const gchar *path,
		      const gchar *database_folder,
		      gchar **out_sheet,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Make the key's file again from the text of its recovery sheet: the four numbered rows, in any
 * order, among any other text; case and spaces do not matter, O is read as 0, I and L as 1. A row
 * with a typo is named (CM_ERROR_INVALID_INPUT), nothing is written. CM_ERROR_EXISTS as above. */
gboolean
cm_service_key_restore(const gchar *path,
		       const gchar *database_folder,
		       const gchar *sheet,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_service_key_free(CmServiceKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmServiceKey, cm_service_key_free)

/* The same key, once more. Returns: (transfer full) */
CmServiceKey *
cm_service_key_ref(CmServiceKey *key);

/* Its CM_SERVICE_KEY_BYTES bytes. (transfer none) */
const guint8 *
cm_service_key_get_bytes(const CmServiceKey *key);

/* "7F3A-09C2": tells two keys apart, tells nothing of the key. Returns: (transfer full) */
gchar *
cm_service_key_dup_fingerprint(const CmServiceKey *key) G_GNUC_WARN_UNUSED_RESULT;

/* Overwrite a text and free it. */
void
cm_service_key_wipe_text(gchar *text);
