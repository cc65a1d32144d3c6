// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-stream.h"

/* Attachments whole: a stream whose chunks are whole, zeros behind the file's octets, and the digest that a note signs. Each function goes
 * once through octets of any number, in constant memory, a chunk at a time; plain ones stand in guarded memory alone. */

/* Where octets come from and go to. Each answers FALSE when it can't, and keeps why to itself: whoever has given them says it. */
typedef struct {
	/* as many as `length`; fewer at the end alone */
	gboolean (*read)(guint8 *octets, gsize length, gsize *out_length, gpointer user_data);
	/* all of them; NULL: they go nowhere */
	gboolean (*write)(const guint8 *octets, gsize length, gpointer user_data);
	gpointer user_data;
} CmVaultAttachmentIo;

/* What went through. */
typedef struct {
	guint64 plain; /* octets of the file; 0 from cm_vault_attachment_copy(), which can't know */
	guint64 stream;                     /* octets of the stream, its head with it */
	guint8 digest[CM_VAULT_HASH_BYTES]; /* H("stream", the stream) */
} CmVaultAttachmentMeasure;

/* Lock a file, read to its end: `which` says organisation, case and id; `key` is random, and this stream's alone. CM_VAULT_CLASS_LIMIT: more
 * than 64 GiB; CM_VAULT_CLASS_MEMORY. FALSE: `io` failed. */
gboolean
cm_vault_attachment_lock(const CmVaultAttachment *which,
			 const guint8 *key,
			 const CmVaultAttachmentIo *io,
			 CmVaultAttachmentMeasure *out_measure,
			 CmVaultClass *out_found) G_GNUC_WARN_UNUSED_RESULT;

/* What an attachment is held against. */
typedef struct {
	const CmVaultAttachment
	    *which; /* organisation, case and id; its “stream” is nothing here */
	const guint8 *key;
	guint64 size;                       /* of the file, by the note's content */
	const CmVaultNoteAttachment *named; /* what the note signs; NULL: none does yet */
} CmVaultAttachmentQuestion;

/* Open one. What is written is the file's, and in its place; whether it is all of it, and what was signed, is known at the end alone. The
 * class: of the head, CM_VAULT_CLASS_ORGANISATION, CM_VAULT_CLASS_REPLACED, then of the chunks as they come, and behind the last
 * CM_VAULT_CLASS_COMMITMENT. FALSE: `io` failed. */
gboolean
cm_vault_attachment_open(const CmVaultAttachmentQuestion *question,
			 const CmVaultAttachmentIo *io,
			 CmVaultAttachmentMeasure *out_measure,
			 CmVaultClass *out_found) G_GNUC_WARN_UNUSED_RESULT;

/* Pass a stream on without its key, `most` octets of it (CM_VAULT_CLASS_LIMIT): that its head names what was said, that its chunks are whole
 * and in order, and that it ends behind one. That it ends where it should, only who has the key can tell. FALSE: `io` failed. */
gboolean
cm_vault_attachment_copy(const CmVaultAttachment *which,
			 guint64 most,
			 const CmVaultAttachmentIo *io,
			 CmVaultAttachmentMeasure *out_measure,
			 CmVaultClass *out_found) G_GNUC_WARN_UNUSED_RESULT;
