// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* Streams: a head record, then chunks, in constant memory. Whoever reads and writes the octets is elsewhere. */

#define CM_VAULT_STREAM_CHUNK_BYTES 65536
#define CM_VAULT_STREAM_PLACE_BYTES 8 /* before each chunk */
#define CM_VAULT_STREAM_TAG_BYTES 17  /* a locked chunk is longer than its plain one by this */
#define CM_VAULT_STREAM_HEADER_BYTES 24
#define CM_VAULT_STREAM_CHUNKS_MAX 1048576

typedef struct _CmVaultStream CmVaultStream;

/* Begin to write under a random key: `out_header` goes into the head record's field “stream”. NULL: no locked memory. */
CmVaultStream *
cm_vault_stream_new_writer(const guint8 *key, guint8 out_header[CM_VAULT_STREAM_HEADER_BYTES])
    G_GNUC_WARN_UNUSED_RESULT;

/* Begin to read; `head` is the record before the chunks (an attachment or an export). NULL: no locked memory. */
CmVaultStream *
cm_vault_stream_new_reader(const guint8 *key, const CmVaultRecord *head) G_GNUC_WARN_UNUSED_RESULT;
void
cm_vault_stream_free(CmVaultStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmVaultStream, cm_vault_stream_free)

/* A writer's head record, before its first chunk. */
void
cm_vault_stream_set_head(CmVaultStream *stream, const CmVaultRecord *head);

/* Lock the next chunk: CM_VAULT_STREAM_PLACE_BYTES, the chunk, CM_VAULT_STREAM_TAG_BYTES, to `out_octets`. Every chunk but the last has
 * CM_VAULT_STREAM_CHUNK_BYTES; the last is empty only if it is the first. CM_VAULT_CLASS_LIMIT: too many. */
CmVaultClass
cm_vault_stream_push(CmVaultStream *stream,
		     const guint8 *plain,
		     gsize length,
		     gboolean final,
		     guint8 *out_octets) G_GNUC_WARN_UNUSED_RESULT;

/* What stands before a chunk (CM_VAULT_STREAM_PLACE_BYTES): `out_length` octets of plain text follow, and CM_VAULT_STREAM_TAG_BYTES. */
CmVaultClass
cm_vault_stream_read_place(CmVaultStream *stream,
			   const guint8 *place,
			   gsize *out_length) G_GNUC_WARN_UNUSED_RESULT;

/* Open the chunk of that place: `length` as it was told, CM_VAULT_STREAM_TAG_BYTES more in `locked`. When `out_final`, nothing may follow;
 * whoever finds the end before is to say CM_VAULT_CLASS_TRUNCATED. */
CmVaultClass
cm_vault_stream_pull(CmVaultStream *stream,
		     const guint8 *place,
		     const guint8 *locked,
		     gsize length,
		     guint8 *out_plain,
		     gboolean *out_final) G_GNUC_WARN_UNUSED_RESULT;
