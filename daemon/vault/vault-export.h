// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-people.h"

/* An export as a whole, written: one stream in constant memory, whose plain octets are records one after the other (docs/vault-format.md,
 * “Exports”). Read: vault-export-reader.h. */

#define CM_VAULT_EXPORT_RECORDS_MAX 60000
#define CM_VAULT_EXPORT_PASSPHRASE_LENGTH 19 /* four groups of four, and hyphens: 80 bits */

enum { CM_VAULT_PURPOSE_ACCESS = 1, CM_VAULT_PURPOSE_TRANSFER, CM_VAULT_PURPOSE_COPY };

/* A passphrase for one export. Returns: (transfer full) (nullable): no locked memory */
CmVaultSecret *
cm_vault_export_make_passphrase(void) G_GNUC_WARN_UNUSED_RESULT;

/* What is exported, by whom, for whom. All of it is to live longer than the writer. */
typedef struct {
	const CmVaultPeople *people;
	const CmVaultRecord *bundle; /* the exporter's */
	guint8 purpose;
	const CmVaultSecret *passphrase; /* NULL: for a key */
	guint32 operations;              /* of Argon2id, with a passphrase */
	guint32 memory;
	const guint8 *recipient_key; /* X25519; NULL: under a passphrase */
	CmVaultBytes basis;
	guint32 asked_on;
	guint64 now;
} CmVaultExportOrder;

/* Where the octets go: something else than CM_VAULT_CLASS_OK stops. */
typedef CmVaultClass (*CmVaultExportPut)(gpointer data, const guint8 *octets, gsize length);

typedef struct _CmVaultExportWriter CmVaultExportWriter;

/* Begin: head and manifest. `hashes`: CM_VAULT_HASH_BYTES of every record that is to come, in order. CM_VAULT_CLASS_LIMIT: more than
 * CM_VAULT_EXPORT_RECORDS_MAX; CM_VAULT_CLASS_MALFORMED: none, or a basis or day that can't be; CM_VAULT_CLASS_PARAMETERS. */
CmVaultClass
cm_vault_export_begin(const CmVaultExportOrder *order,
		      const GByteArray *hashes,
		      CmVaultExportPut put,
		      gpointer data,
		      CmVaultExportWriter **out_writer) G_GNUC_WARN_UNUSED_RESULT;

/* The next record. CM_VAULT_CLASS_REPLACED: it is not the manifest's next. */
CmVaultClass
cm_vault_export_add(CmVaultExportWriter *writer, GBytes *record) G_GNUC_WARN_UNUSED_RESULT;

/* The last chunk. CM_VAULT_CLASS_MISSING: the manifest has more. */
CmVaultClass
cm_vault_export_end(CmVaultExportWriter *writer) G_GNUC_WARN_UNUSED_RESULT;
void
cm_vault_export_free(CmVaultExportWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmVaultExportWriter, cm_vault_export_free)

/* What a stream of an attachment is called that lies beside an export. Returns: (transfer full) */
gchar *
cm_vault_export_dup_beside_name(const guint8 *attachment);

/* The stream's key, by a head that was read: with a passphrase as it was typed (CM_VAULT_CLASS_MALFORMED: it can't be one), or the
 * recipient's secret key. CM_VAULT_CLASS_PARAMETERS; CM_VAULT_CLASS_WRONG_KEY: not this one, or locked in the other way. */
CmVaultClass
cm_vault_export_open_passphrase(const CmVaultRecord *head,
				const guint8 *passphrase,
				gsize length,
				CmVaultSecret **out_key) G_GNUC_WARN_UNUSED_RESULT;
CmVaultClass
cm_vault_export_open_box(const CmVaultRecord *head,
			 const guint8 *box_secret,
			 CmVaultSecret **out_key) G_GNUC_WARN_UNUSED_RESULT;
