// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* Texts: a content record in guarded memory, its padding, its commitment, and the records that it is locked in. */

#define CM_VAULT_TEXT_SALT_BYTES 32

/* salt + content, padded. NULL: no locked memory, or a content longer than its limit. Returns: (transfer full) (nullable) */
CmVaultSecret *
cm_vault_text_pad(const guint8 *salt, const CmVaultPart *content) G_GNUC_WARN_UNUSED_RESULT;

/* How long cm_vault_text_pad() makes it. */
gsize
cm_vault_text_measure(gsize content_length);

/* How long the stream of an attachment of `size` octets is: they are padded with zeros to whole chunks. */
guint64
cm_vault_text_measure_attachment(guint64 size);

/* Take it apart again: views of `padded`. CM_VAULT_CLASS_MALFORMED when it is not padded as it must be. */
CmVaultClass
cm_vault_text_unpad(const CmVaultSecret *padded,
		    const guint8 **out_salt,
		    CmVaultPart *out_content) G_GNUC_WARN_UNUSED_RESULT;

/* The same, its content read: a record of its own, in guarded memory of its own. */
CmVaultClass
cm_vault_text_read_padded(const CmVaultSecret *padded,
			  const guint8 **out_salt,
			  CmVaultRecord **out_content) G_GNUC_WARN_UNUSED_RESULT;

/* The text_commitment of a note whose other fields are those of `note`. */
void
cm_vault_text_commit(const CmVaultNote *note,
		     const guint8 *salt,
		     const CmVaultPart *content,
		     guint8 out_commitment[CM_VAULT_HASH_BYTES]);

/* The subject of a case: what an epoch's key makes of a student's identifier. */
void
cm_vault_text_identify_subject(const guint8 *key,
			       const guint8 *organisation,
			       const guint8 *case_id,
			       const gchar *reference,
			       guint8 out_subject[CM_VAULT_HASH_BYTES]);

/* Lock a note's text under the key of `epoch`. NULL: as cm_vault_text_pad(). Returns: (transfer full) (nullable) */
GBytes *
cm_vault_text_lock_body(const CmVaultRecord *note,
			guint32 epoch,
			const guint8 *key,
			const guint8 *salt,
			const CmVaultPart *content) G_GNUC_WARN_UNUSED_RESULT;

/* Open a body of `note`, a record that was checked, with the key of `epoch`, that was checked against its commitment.
 * `out_content` (kind content) stands in guarded memory. */
CmVaultClass
cm_vault_text_open_body(GBytes *octets,
			const CmVaultRecord *note,
			guint32 epoch,
			const guint8 *key,
			CmVaultRecord **out_content) G_GNUC_WARN_UNUSED_RESULT;

/* The same as a record of kind opened, for an export, in guarded memory. */
CmVaultClass
cm_vault_text_open_body_for_export(GBytes *octets,
				   const CmVaultRecord *note,
				   guint32 epoch,
				   const guint8 *key,
				   GBytes **out_opened) G_GNUC_WARN_UNUSED_RESULT;

/* A text as an export has it: of a note or of minutes, with the salt and the content (kind content) that they committed to. In guarded
 * memory. */
CmVaultClass
cm_vault_text_write_opened(const CmVaultRecord *of,
			   const guint8 *salt,
			   const CmVaultRecord *content,
			   GBytes **out_opened) G_GNUC_WARN_UNUSED_RESULT;

/* Read a text in an export: of a note, or of minutes. */
CmVaultClass
cm_vault_text_open_opened(GBytes *octets,
			  const CmVaultRecord *of,
			  CmVaultRecord **out_content) G_GNUC_WARN_UNUSED_RESULT;

/* Lock a draft of the bundle's owner; `draft` says case, draft and revision. Returns: (transfer full) (nullable) */
GBytes *
cm_vault_text_lock_draft(const CmVaultRecord *bundle,
			 const CmVaultDraft *draft,
			 const CmVaultPart *content) G_GNUC_WARN_UNUSED_RESULT;

/* Open one. */
CmVaultClass
cm_vault_text_open_draft(GBytes *octets,
			 const CmVaultRecord *bundle,
			 CmVaultRecord **out_content) G_GNUC_WARN_UNUSED_RESULT;

/* Lock what an agent remembers. Returns: (transfer full) (nullable): no locked memory */
GBytes *
cm_vault_text_lock_memory(const CmVaultRecord *bundle,
			  guint64 counter,
			  const CmVaultRemembered *remembered) G_GNUC_WARN_UNUSED_RESULT;

/* Open it; `out_remembered` (kind remembered) stands in guarded memory. */
CmVaultClass
cm_vault_text_open_memory(GBytes *octets,
			  const CmVaultRecord *bundle,
			  CmVaultRecord **out_remembered) G_GNUC_WARN_UNUSED_RESULT;
