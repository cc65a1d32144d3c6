// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-attachment.h"

#include <string.h>

/* Any octets as an attachment: none opens under this key, whatever they say. Then a stream of ours with one octet changed, or cut, where the
 * octets say: it never opens either, and never passes for another length. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
	const guint8 *data;
	gsize length;
	GByteArray *out;
} Memory;

static const guint8 some[CM_VAULT_HASH_BYTES] = {1};
static const guint8 key[CM_VAULT_KEY_BYTES] = {7};
static const CmVaultAttachment which = {.organisation = some, .case_id = some, .attachment = some};

static gboolean
read_memory(guint8 *octets, gsize length, gsize *out_length, gpointer user_data)
{
	Memory *memory = user_data;
	gsize count = MIN(length, memory->length);

	*out_length = count;
	if (count == 0)
		return TRUE;
	memcpy(octets, memory->data, count);
	memory->data += count;
	memory->length -= count;
	return TRUE;
}

static gboolean
write_memory(const guint8 *octets, gsize length, gpointer user_data)
{
	g_byte_array_append(((Memory *)user_data)->out, octets, (guint)length);
	return TRUE;
}

static CmVaultClass
open_it(const guint8 *data, gsize length, guint64 size)
{
	const CmVaultAttachmentQuestion question = {.which = &which, .key = key, .size = size};
	Memory memory = {data, length, NULL};
	const CmVaultAttachmentIo io = {read_memory, NULL, &memory};
	CmVaultAttachmentMeasure measure = {0};
	CmVaultClass found = CM_VAULT_CLASS_LAST;

	g_assert_true(cm_vault_attachment_open(&question, &io, &measure, &found));
	return found;
}

static void
pass_on(const guint8 *data, gsize length)
{
	Memory memory = {data, length, g_byte_array_new()};
	const CmVaultAttachmentIo io = {read_memory, write_memory, &memory};
	CmVaultAttachmentMeasure measure = {0};
	CmVaultClass found = CM_VAULT_CLASS_LAST;

	g_assert_true(cm_vault_attachment_copy(&which, length, &io, &measure, &found));
	if (found == CM_VAULT_CLASS_OK)
		g_assert_true(memory.out->len == length &&
			      memcmp(memory.out->data, data, length) == 0);
	g_byte_array_unref(memory.out);
}

static void
change(const guint8 *data, gsize size)
{
	g_autoptr(GByteArray) stream = g_byte_array_new();
	Memory memory = {data, size, stream};
	const CmVaultAttachmentIo io = {read_memory, write_memory, &memory};
	CmVaultAttachmentMeasure measure = {0};
	CmVaultClass found = CM_VAULT_CLASS_LAST;
	guint32 word = 0;
	gsize at = 0;

	g_assert_true(cm_vault_attachment_lock(&which, key, &io, &measure, &found));
	g_assert_cmpint(open_it(stream->data, stream->len, size), ==, CM_VAULT_CLASS_OK);
	memcpy(&word, data, MIN(size, sizeof word));
	at = word % stream->len;
	g_assert_cmpint(open_it(stream->data, at, size), !=, CM_VAULT_CLASS_OK);
	stream->data[at] ^= (guint8)(1u << (word >> 29));
	g_assert_cmpint(open_it(stream->data, stream->len, size), !=, CM_VAULT_CLASS_OK);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_assert_cmpint(open_it(data, size, size), !=, CM_VAULT_CLASS_OK);
	pass_on(data, size);
	if (size > 0)
		change(data, size);
	return 0;
}
