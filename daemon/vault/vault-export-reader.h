// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-people.h"

/* An export as a whole, read in constant memory but for what has no text: signatures, chain and manifest are checked, and texts are held
 * against what their authors committed to. Nothing of it is taken into a chain of one's own. */

/* Where its octets come from. */
typedef struct {
	/* up to `length` octets; fewer only at the end */
	gsize (*get)(gpointer data, guint8 *out_octets, gsize length);
	/* back to the beginning */
	void (*rewind)(gpointer data);
	gpointer data;
} CmVaultExportSource;

/* Who is told what was found, in order; each may be NULL. Records are as long as the call, contents stand in guarded memory. What is told
 * counts for nothing until cm_vault_export_reader_run() says CM_VAULT_CLASS_OK. */
typedef struct {
	void (*begin)(gpointer data,
		      const CmVaultPeople *people,
		      const CmVaultExport *head,
		      const CmVaultManifest *manifest);
	void (*record)(gpointer data, const CmVaultRecord *record); /* a note, or minutes */
	void (*text)(gpointer data, const CmVaultRecord *of, const CmVaultRecord *content);
	/* A record whose signer's keys were stolen since, as of a directory before that: whoever exported it answers for it, whose own keys
	 * are in force and whose manifest names it. NULL: CM_VAULT_CLASS_REVOKED. Told after the others. */
	void (*vouched)(gpointer data, const CmVaultRecord *record);
	gpointer data;
} CmVaultExportSink;

/* The head, from the beginning: what a passphrase or a key is to open. */
CmVaultClass
cm_vault_export_reader_get_head(const CmVaultExportSource *source,
				CmVaultRecord **out_head) G_GNUC_WARN_UNUSED_RESULT;

/* All of it, with the stream's key: the stream first, then what is in it. `fingerprint`: of the organisation, as the sender told it by
 * another way; another one's is CM_VAULT_CLASS_ORGANISATION. */
CmVaultClass
cm_vault_export_reader_run(const CmVaultExportSource *source,
			   const guint8 *key,
			   const gchar *fingerprint,
			   const CmVaultExportSink *sink) G_GNUC_WARN_UNUSED_RESULT;
