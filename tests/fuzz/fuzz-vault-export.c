// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-export-reader.h"
#include "daemon/vault/vault-stream.h"

#include <string.h>

/* Any octets as what stands in an export whose stream is right: none of it passes without the organisation's signature. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
	GByteArray *octets;
	gsize next;
} File;

static gsize
get(gpointer data, guint8 *out_octets, gsize length)
{
	File *file = data;
	gsize count = MIN(length, file->octets->len - file->next);

	memcpy(out_octets, file->octets->data + file->next, count);
	file->next += count;
	return count;
}

static void
rewind_file(gpointer data)
{
	((File *)data)->next = 0;
}

static void
push(CmVaultStream *stream, const guint8 *plain, gsize length, gboolean final, GByteArray *octets)
{
	gsize locked = CM_VAULT_STREAM_PLACE_BYTES + length + CM_VAULT_STREAM_TAG_BYTES;
	guint at = octets->len;

	g_byte_array_set_size(octets, at + (guint)locked);
	g_assert_cmpint(cm_vault_stream_push(stream, plain, length, final, octets->data + at), ==,
			CM_VAULT_CLASS_OK);
}

static void
make_file(const guint8 *key, const guint8 *data, gsize size, GByteArray *octets)
{
	static const guint8 some[CM_VAULT_HASH_BYTES] = {1};
	static const guint8 locked[112] = {1};
	guint8 header[CM_VAULT_STREAM_HEADER_BYTES];
	g_autoptr(CmVaultStream) stream = cm_vault_stream_new_writer(key, header);
	const CmVaultExport head = {.organisation = some,
				    .export = some,
				    .exporter = some,
				    .exporter_generation = 1,
				    .purpose = 1,
				    .lock = CM_VAULT_LOCK_PUBLIC_KEY,
				    .recipient_key = some,
				    .locked = {locked, sizeof locked},
				    .stream = header,
				    .directory = 1,
				    .made_at = 1};
	g_autoptr(GBytes) start = cm_vault_record_write(CM_VAULT_KIND_EXPORT, &head);
	g_autoptr(CmVaultRecord) record = NULL;

	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_EXPORT, start, &record), ==,
			CM_VAULT_CLASS_OK);
	cm_vault_stream_set_head(stream, record);
	g_byte_array_append(octets, g_bytes_get_data(start, NULL), (guint)g_bytes_get_size(start));
	for (; size > CM_VAULT_STREAM_CHUNK_BYTES; size -= CM_VAULT_STREAM_CHUNK_BYTES) {
		push(stream, data, CM_VAULT_STREAM_CHUNK_BYTES, FALSE, octets);
		data += CM_VAULT_STREAM_CHUNK_BYTES;
	}
	push(stream, data, size, TRUE, octets);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static const guint8 key[CM_VAULT_KEY_BYTES] = {7};
	g_autoptr(GByteArray) octets = g_byte_array_new();
	File file = {octets, 0};
	const CmVaultExportSource source = {get, rewind_file, &file};

	make_file(key, data, size, octets);
	g_assert_cmpint(
	    cm_vault_export_reader_run(&source, key,
				       "0000 0000 0000 0000 0000 0000 0000 0000 0000 0000", NULL),
	    !=, CM_VAULT_CLASS_OK);
	return 0;
}
