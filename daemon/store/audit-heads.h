// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-audit.h"

/* Heads of the audit log kept outside the database's folder, so that a database that was put back to an earlier state, or cut, is
 * found: the file CM_AUDIT_HEADS_NAME of a folder, replaced whole and synced to the disk.
 *
 * It is a GLib key file: [Log] with Database and PublicKey, then a group [Head N] for each head with SignedAt, Hash and
 * Signature; octets in hexadecimal. */

#define CM_AUDIT_HEADS_NAME "comodal-audit-heads"
#define CM_AUDIT_HEADS_MAX 64 /* kept in the file, the newest */
#define CM_AUDIT_HEADS_BYTES_MAX 65536

/* What the file says, in order (element-type CmAuditHead); nothing is verified but its form and that it is of this database.
 * CM_ERROR_NOT_FOUND: there is no file. CM_ERROR_CONFLICT: of another database. CM_ERROR_INVALID_INPUT: damaged.
 * CM_ERROR_FAILED: it can't be read. Returns: (transfer full) */
GArray *
cm_audit_heads_read(CmStore *store, const gchar *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where the store's heads are kept from now on; NULL: nowhere. */
void
cm_audit_heads_set_folder(CmStore *store, const gchar *folder);
/* (transfer none) (nullable) */
const gchar *
cm_audit_heads_get_folder(CmStore *store);

/* Sign the last entry and bring the file up to date; nothing is done when it is. A file whose heads are not of this log's history
 * is evidence: it is left as it is, CM_ERROR_CONFLICT. */
gboolean
cm_audit_heads_update(CmStore *store, const gchar *folder, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
