// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"
#include "cli/comodalctl.h"
#include "include/cm-dbus-agent.h"

/* For whose keys a file is exported: a colleague's of the directory, or those that somebody gave as a file (“export key”). */

typedef struct {
	gchar *to;     /* a colleague, as typed */
	gchar *to_key; /* the file */
	gchar *given;  /* the fingerprint, as they told it; NULL: it is asked for */
	gchar *label;  /* name and title, once chosen; NULL: nobody, it is under a passphrase */
	gchar *fingerprint;             /* the same */
	guint8 key[CM_VAULT_KEY_BYTES]; /* X25519, of the file */
} CmExportRecipient;

void
cm_export_recipient_clear(CmExportRecipient *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmExportRecipient, cm_export_recipient_clear)

/* Find them, and have the person say that the fingerprint is theirs. CM_ERROR_INVALID_INPUT: both are named, or what the file has is nobody's
 * keys; CM_ERROR_NOT_FOUND; CM_ERROR_ACCESS_DENIED: not in force; CM_ERROR_FAILED: it is not theirs. */
gboolean
cm_export_recipient_choose(CmExportRecipient *self,
			   const CmComodalctl *cli,
			   CmDBusAgent *agent,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As MakeExport takes it; nothing when nobody was chosen. */
void
cm_export_recipient_add(const CmExportRecipient *self, GVariantDict *options);

/* The public part of keys as a file has it; views of `out_record`. CM_ERROR_INVALID_INPUT. Returns: the fingerprint (transfer full) */
gchar *
cm_export_recipient_read(GBytes *octets,
			 CmVaultRecord **out_record,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
