// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-stream.h"

#include <sodium.h>
#include <string.h>

#define BOUND_BYTES (CM_VAULT_HASH_BYTES + CM_VAULT_STREAM_PLACE_BYTES)

G_STATIC_ASSERT(CM_VAULT_STREAM_TAG_BYTES == crypto_secretstream_xchacha20poly1305_ABYTES);
G_STATIC_ASSERT(CM_VAULT_STREAM_HEADER_BYTES == crypto_secretstream_xchacha20poly1305_HEADERBYTES);

struct _CmVaultStream {
	CmVaultSecret *state;
	guint8 head[CM_VAULT_HASH_BYTES];
	guint32 next;
};

static crypto_secretstream_xchacha20poly1305_state *
get_state(CmVaultStream *stream)
{
	return (gpointer)cm_vault_secret_get(stream->state);
}

static CmVaultStream *
stream_new(void)
{
	CmVaultSecret *state =
	    cm_vault_secret_new(crypto_secretstream_xchacha20poly1305_statebytes());
	CmVaultStream *stream = NULL;

	if (state == NULL)
		return NULL;
	stream = g_new0(CmVaultStream, 1);
	stream->state = state;
	return stream;
}

CmVaultStream *
cm_vault_stream_new_writer(const guint8 *key, guint8 out_header[CM_VAULT_STREAM_HEADER_BYTES])
{
	CmVaultStream *stream = stream_new();

	if (stream != NULL)
		crypto_secretstream_xchacha20poly1305_init_push(get_state(stream), out_header, key);
	return stream;
}

static const guint8 *
get_header(const CmVaultRecord *head)
{
	if (cm_vault_record_get_kind(head) == CM_VAULT_KIND_EXPORT)
		return ((const CmVaultExport *)cm_vault_record_get_fields(head,
									  CM_VAULT_KIND_EXPORT))
		    ->stream;
	return ((const CmVaultAttachment *)cm_vault_record_get_fields(head,
								      CM_VAULT_KIND_ATTACHMENT))
	    ->stream;
}

CmVaultStream *
cm_vault_stream_new_reader(const guint8 *key, const CmVaultRecord *head)
{
	CmVaultStream *stream = stream_new();

	if (stream == NULL)
		return NULL;
	crypto_secretstream_xchacha20poly1305_init_pull(get_state(stream), get_header(head), key);
	cm_vault_stream_set_head(stream, head);
	return stream;
}

void
cm_vault_stream_free(CmVaultStream *stream)
{
	if (stream == NULL)
		return;
	cm_vault_secret_free(stream->state);
	g_free(stream);
}

void
cm_vault_stream_set_head(CmVaultStream *stream, const CmVaultRecord *head)
{
	memcpy(stream->head, cm_vault_record_get_hash(head), sizeof stream->head);
}

static void
bind(const CmVaultStream *stream, const guint8 *place, guint8 bound[BOUND_BYTES])
{
	memcpy(bound, stream->head, CM_VAULT_HASH_BYTES);
	memcpy(bound + CM_VAULT_HASH_BYTES, place, CM_VAULT_STREAM_PLACE_BYTES);
}

CmVaultClass
cm_vault_stream_push(CmVaultStream *stream,
		     const guint8 *plain,
		     gsize length,
		     gboolean final,
		     guint8 *out_octets)
{
	guint8 bound[BOUND_BYTES];

	g_return_val_if_fail(length <= CM_VAULT_STREAM_CHUNK_BYTES, CM_VAULT_CLASS_MALFORMED);
	g_return_val_if_fail(final || length == CM_VAULT_STREAM_CHUNK_BYTES,
			     CM_VAULT_CLASS_MALFORMED);
	if (stream->next >= CM_VAULT_STREAM_CHUNKS_MAX)
		return CM_VAULT_CLASS_LIMIT;
	cm_vault_hash_write_number(stream->next++, out_octets);
	cm_vault_hash_write_number((guint32)length, out_octets + CM_VAULT_HASH_NUMBER_BYTES);
	bind(stream, out_octets, bound);
	crypto_secretstream_xchacha20poly1305_push(
	    get_state(stream), out_octets + CM_VAULT_STREAM_PLACE_BYTES, NULL, plain, length, bound,
	    sizeof bound,
	    final ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
		  : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_stream_read_place(CmVaultStream *stream, const guint8 *place, gsize *out_length)
{
	guint32 index = 0;
	guint32 length = 0;

	memcpy(&index, place, sizeof index);
	memcpy(&length, place + sizeof index, sizeof length);
	index = GUINT32_FROM_LE(index);
	length = GUINT32_FROM_LE(length);
	if (index != stream->next)
		return index > stream->next ? CM_VAULT_CLASS_MISSING : CM_VAULT_CLASS_REORDERED;
	if (index >= CM_VAULT_STREAM_CHUNKS_MAX)
		return CM_VAULT_CLASS_LIMIT;
	if (length > CM_VAULT_STREAM_CHUNK_BYTES)
		return CM_VAULT_CLASS_MALFORMED;
	*out_length = length;
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_stream_pull(CmVaultStream *stream,
		     const guint8 *place,
		     const guint8 *locked,
		     gsize length,
		     guint8 *out_plain,
		     gboolean *out_final)
{
	guint8 bound[BOUND_BYTES];
	guint8 tag = 0;
	gboolean final = FALSE;

	bind(stream, place, bound);
	if (crypto_secretstream_xchacha20poly1305_pull(get_state(stream), out_plain, NULL, &tag,
						       locked, length + CM_VAULT_STREAM_TAG_BYTES,
						       bound, sizeof bound) != 0)
		return CM_VAULT_CLASS_ALTERED;
	final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	if (!final && (tag != crypto_secretstream_xchacha20poly1305_TAG_MESSAGE ||
		       length < CM_VAULT_STREAM_CHUNK_BYTES))
		return CM_VAULT_CLASS_MALFORMED;
	if (length == 0 && stream->next > 0)
		return CM_VAULT_CLASS_MALFORMED;
	stream->next++;
	*out_final = final;
	return CM_VAULT_CLASS_OK;
}
