// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-stream.h"

#include <string.h>

/* Any bytes as the places and chunks of a stream: none opens under this key, whatever they say, and nothing is read beyond their end. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static CmVaultRecord *
make_head(void)
{
	static const guint8 some[CM_VAULT_HASH_BYTES] = {1};
	CmVaultAttachment attachment = {
	    .organisation = some, .case_id = some, .attachment = some, .stream = some};
	g_autoptr(GBytes) octets = cm_vault_record_write(CM_VAULT_KIND_ATTACHMENT, &attachment);
	CmVaultRecord *head = NULL;

	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_ATTACHMENT, octets, &head), ==,
			CM_VAULT_CLASS_OK);
	return head;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static const guint8 key[CM_VAULT_KEY_BYTES] = {7};
	g_autoptr(CmVaultRecord) head = make_head();
	g_autoptr(CmVaultStream) stream = cm_vault_stream_new_reader(key, head);
	g_autofree guint8 *plain = g_malloc(CM_VAULT_STREAM_CHUNK_BYTES);
	gsize length = 0;
	gboolean final = FALSE;

	if (size < CM_VAULT_STREAM_PLACE_BYTES ||
	    cm_vault_stream_read_place(stream, data, &length) != CM_VAULT_CLASS_OK)
		return 0;
	g_assert_cmpuint(length, <=, CM_VAULT_STREAM_CHUNK_BYTES);
	if (size >= CM_VAULT_STREAM_PLACE_BYTES + length + CM_VAULT_STREAM_TAG_BYTES)
		g_assert_cmpint(cm_vault_stream_pull(stream, data,
						     data + CM_VAULT_STREAM_PLACE_BYTES, length,
						     plain, &final),
				==, CM_VAULT_CLASS_ALTERED);
	return 0;
}
