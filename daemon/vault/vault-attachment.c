// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-attachment.h"

#include "daemon/vault/vault-text.h"

#include <sodium.h>
#include <string.h>

#define LOCKED_BYTES (CM_VAULT_STREAM_CHUNK_BYTES + CM_VAULT_STREAM_TAG_BYTES)

G_STATIC_ASSERT(CM_VAULT_ATTACHMENT_CHUNK_BYTES == CM_VAULT_STREAM_PLACE_BYTES + LOCKED_BYTES);

/* One way through: where octets come from and go to, and what they come to so far. */
typedef struct {
	const CmVaultAttachmentIo *io;
	CmVaultHashing *digest; /* of the stream */
	CmVaultAttachmentMeasure measure;
	guint8 *octets;  /* of a place and a chunk that is locked */
	gboolean failed; /* `io` has */
} Pass;

static void
pass_begin(Pass *pass, const CmVaultAttachmentIo *io)
{
	*pass = (Pass){.io = io, .digest = cm_vault_hash_begin("stream")};
	pass->octets = g_malloc(CM_VAULT_ATTACHMENT_CHUNK_BYTES);
}

static void
pass_clear(Pass *pass)
{
	cm_vault_hash_abandon(pass->digest);
	g_free(pass->octets);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pass, pass_clear)

/* up to `length` octets */
static gsize
pass_read(Pass *pass, guint8 *octets, gsize length)
{
	gsize count = 0;

	if (!pass->failed && !pass->io->read(octets, length, &count, pass->io->user_data))
		pass->failed = TRUE;
	return pass->failed ? 0 : count;
}

static void
pass_write(Pass *pass, const guint8 *octets, gsize length)
{
	if (!pass->failed && pass->io->write != NULL && length > 0 &&
	    !pass->io->write(octets, length, pass->io->user_data))
		pass->failed = TRUE;
}

static void
pass_count(Pass *pass, const guint8 *octets, gsize length)
{
	cm_vault_hash_add(pass->digest, octets, length);
	pass->measure.stream += length;
}

/* `length` octets of the stream to `octets`, or its end */
static CmVaultClass
pass_take(Pass *pass, guint8 *octets, gsize length)
{
	gsize count = pass_read(pass, octets, length);

	pass_count(pass, octets, count);
	return count == length ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_TRUNCATED;
}

/* whatever class was found while `io` had failed already says nothing */
static gboolean
pass_end(Pass *pass,
	 CmVaultClass found,
	 CmVaultAttachmentMeasure *out_measure,
	 CmVaultClass *out_found)
{
	if (pass->failed)
		return FALSE;
	cm_vault_hash_end(g_steal_pointer(&pass->digest), pass->measure.digest);
	if (found == CM_VAULT_CLASS_OK)
		*out_measure = pass->measure;
	*out_found = found;
	return TRUE;
}

/* ---- locking */

typedef struct {
	CmVaultStream *stream;
	CmVaultSecret *chunk; /* the next to be locked */
	CmVaultSecret *ahead; /* what comes behind it, if anything does */
} Locker;

static void
locker_clear(Locker *locker)
{
	cm_vault_stream_free(locker->stream);
	cm_vault_secret_free(locker->chunk);
	cm_vault_secret_free(locker->ahead);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Locker, locker_clear)

static CmVaultClass
write_head(Pass *pass, Locker *locker, const CmVaultAttachment *which, const guint8 *key)
{
	CmVaultAttachment fields = *which;
	guint8 header[CM_VAULT_STREAM_HEADER_BYTES];
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) head = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;
	gsize length = 0;
	const guint8 *data = NULL;

	locker->stream = cm_vault_stream_new_writer(key, header);
	locker->chunk = cm_vault_secret_new(CM_VAULT_STREAM_CHUNK_BYTES);
	locker->ahead = cm_vault_secret_new(CM_VAULT_STREAM_CHUNK_BYTES);
	if (locker->stream == NULL || locker->chunk == NULL || locker->ahead == NULL)
		return CM_VAULT_CLASS_MEMORY;
	fields.stream = header;
	octets = cm_vault_record_write(CM_VAULT_KIND_ATTACHMENT, &fields);
	found = cm_vault_record_read(CM_VAULT_KIND_ATTACHMENT, octets, &head);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	cm_vault_stream_set_head(locker->stream, head);
	data = g_bytes_get_data(octets, &length);
	pass_count(pass, data, length);
	pass_write(pass, data, length);
	return CM_VAULT_CLASS_OK;
}

/* `length` octets of the file stand in the chunk; what it had before is not to be locked behind them */
static CmVaultClass
lock_chunk(Pass *pass, Locker *locker, gsize length, gboolean final)
{
	guint8 *chunk = cm_vault_secret_get(locker->chunk);
	CmVaultClass found = CM_VAULT_CLASS_OK;

	sodium_memzero(chunk + length, CM_VAULT_STREAM_CHUNK_BYTES - length);
	found = cm_vault_stream_push(locker->stream, chunk, CM_VAULT_STREAM_CHUNK_BYTES, final,
				     pass->octets);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	pass->measure.plain += length;
	pass_count(pass, pass->octets, CM_VAULT_ATTACHMENT_CHUNK_BYTES);
	pass_write(pass, pass->octets, CM_VAULT_ATTACHMENT_CHUNK_BYTES);
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
lock_chunks(Pass *pass, Locker *locker)
{
	gsize length =
	    pass_read(pass, cm_vault_secret_get(locker->chunk), CM_VAULT_STREAM_CHUNK_BYTES);
	CmVaultClass found = CM_VAULT_CLASS_OK;
	gboolean final = FALSE;

	while (!final && !pass->failed && found == CM_VAULT_CLASS_OK) {
		CmVaultSecret *done = locker->chunk;
		gsize behind = length < CM_VAULT_STREAM_CHUNK_BYTES
				   ? 0
				   : pass_read(pass, cm_vault_secret_get(locker->ahead),
					       CM_VAULT_STREAM_CHUNK_BYTES);

		final = behind == 0;
		if (!pass->failed)
			found = lock_chunk(pass, locker, length, final);
		locker->chunk = locker->ahead;
		locker->ahead = done;
		length = behind;
	}
	return found;
}

gboolean
cm_vault_attachment_lock(const CmVaultAttachment *which,
			 const guint8 *key,
			 const CmVaultAttachmentIo *io,
			 CmVaultAttachmentMeasure *out_measure,
			 CmVaultClass *out_found)
{
	g_auto(Pass) pass = {0};
	g_auto(Locker) locker = {0};
	CmVaultClass found = CM_VAULT_CLASS_OK;

	pass_begin(&pass, io);
	found = write_head(&pass, &locker, which, key);
	if (found == CM_VAULT_CLASS_OK)
		found = lock_chunks(&pass, &locker);
	return pass_end(&pass, found, out_measure, out_found);
}

/* ---- its head, with a key and without */

static gboolean
is_same(const guint8 *one, const guint8 *other, gsize length)
{
	return memcmp(one, other, length) == 0;
}

static CmVaultClass
compare(const CmVaultRecord *head, const CmVaultAttachment *which)
{
	const CmVaultAttachment *fields =
	    cm_vault_record_get_fields(head, CM_VAULT_KIND_ATTACHMENT);

	if (!is_same(fields->organisation, which->organisation, CM_VAULT_HASH_BYTES))
		return CM_VAULT_CLASS_ORGANISATION;
	if (!is_same(fields->case_id, which->case_id, CM_VAULT_ID_BYTES) ||
	    !is_same(fields->attachment, which->attachment, CM_VAULT_ID_BYTES))
		return CM_VAULT_CLASS_REPLACED;
	return CM_VAULT_CLASS_OK;
}

/* its octets, as many as it says that it has */
static CmVaultClass
read_head_octets(Pass *pass, GBytes **out_octets)
{
	CmVaultKind kind = CM_VAULT_KIND_LAST;
	guint32 behind = 0;
	gsize length = 0;
	gsize count = pass_read(pass, pass->octets, CM_VAULT_RECORD_HEAD_BYTES);
	CmVaultClass found = cm_vault_record_frame(
	    pass->octets, count, CM_VAULT_RECORD_OF(CM_VAULT_KIND_ATTACHMENT), &kind, &length);

	/* all that can be said of 16 octets; what is longer than this kind may be is refused by now */
	if (found == CM_VAULT_CLASS_TRUNCATED && count == CM_VAULT_RECORD_HEAD_BYTES) {
		memcpy(&behind, pass->octets + count - sizeof behind, sizeof behind);
		count += pass_read(pass, pass->octets + count, GUINT32_FROM_LE(behind));
		found = cm_vault_record_frame(pass->octets, count,
					      CM_VAULT_RECORD_OF(CM_VAULT_KIND_ATTACHMENT), &kind,
					      &length);
	}
	pass_count(pass, pass->octets, count);
	if (found == CM_VAULT_CLASS_OK)
		*out_octets = g_bytes_new(pass->octets, length);
	return found;
}

static CmVaultClass
read_head(Pass *pass, const CmVaultAttachment *which, CmVaultRecord **out_head)
{
	g_autoptr(CmVaultRecord) head = NULL;
	g_autoptr(GBytes) octets = NULL;
	CmVaultClass found = read_head_octets(pass, &octets);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_record_read(CM_VAULT_KIND_ATTACHMENT, octets, &head);
	if (found == CM_VAULT_CLASS_OK)
		found = compare(head, which);
	if (found == CM_VAULT_CLASS_OK)
		*out_head = g_steal_pointer(&head);
	return found;
}

/* ---- opening */

typedef struct {
	CmVaultStream *stream;
	CmVaultSecret *chunk;
	gboolean final;
	gboolean other; /* something else than the file and zeros */
} Opener;

static void
opener_clear(Opener *opener)
{
	cm_vault_stream_free(opener->stream);
	cm_vault_secret_free(opener->chunk);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Opener, opener_clear)

static CmVaultClass
open_chunk(Pass *pass, Opener *opener, guint64 size)
{
	guint8 *plain = cm_vault_secret_get(opener->chunk);
	guint8 *locked = pass->octets + CM_VAULT_STREAM_PLACE_BYTES;
	gsize length = 0;
	gsize own = 0;
	CmVaultClass found = pass_take(pass, pass->octets, CM_VAULT_STREAM_PLACE_BYTES);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_stream_read_place(opener->stream, pass->octets, &length);
	if (found == CM_VAULT_CLASS_OK)
		found = pass_take(pass, locked, length + CM_VAULT_STREAM_TAG_BYTES);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_stream_pull(opener->stream, pass->octets, locked, length, plain,
					     &opener->final);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	own = (gsize)MIN(size - pass->measure.plain, length);
	if (length < CM_VAULT_STREAM_CHUNK_BYTES || !sodium_is_zero(plain + own, length - own))
		opener->other = TRUE;
	pass->measure.plain += own;
	pass_write(pass, plain, own);
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
check_end(Pass *pass, const Opener *opener, const CmVaultAttachmentQuestion *question)
{
	const CmVaultNoteAttachment *named = question->named;
	guint8 digest[CM_VAULT_HASH_BYTES];
	guint8 more = 0;

	if (pass_read(pass, &more, sizeof more) != 0)
		return CM_VAULT_CLASS_MALFORMED;
	cm_vault_hash_peek(pass->digest, digest);
	if (opener->other || pass->measure.plain != question->size ||
	    pass->measure.stream != cm_vault_text_measure_attachment(question->size))
		return CM_VAULT_CLASS_COMMITMENT;
	if (named != NULL &&
	    (pass->measure.stream != named->size || !is_same(digest, named->digest, sizeof digest)))
		return CM_VAULT_CLASS_COMMITMENT;
	return CM_VAULT_CLASS_OK;
}

gboolean
cm_vault_attachment_open(const CmVaultAttachmentQuestion *question,
			 const CmVaultAttachmentIo *io,
			 CmVaultAttachmentMeasure *out_measure,
			 CmVaultClass *out_found)
{
	g_auto(Pass) pass = {0};
	g_auto(Opener) opener = {0};
	g_autoptr(CmVaultRecord) head = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	pass_begin(&pass, io);
	found = read_head(&pass, question->which, &head);
	if (found == CM_VAULT_CLASS_OK) {
		opener.stream = cm_vault_stream_new_reader(question->key, head);
		opener.chunk = cm_vault_secret_new(CM_VAULT_STREAM_CHUNK_BYTES);
		if (opener.stream == NULL || opener.chunk == NULL)
			found = CM_VAULT_CLASS_MEMORY;
	}
	while (found == CM_VAULT_CLASS_OK && !opener.final && !pass.failed)
		found = open_chunk(&pass, &opener, question->size);
	if (found == CM_VAULT_CLASS_OK)
		found = check_end(&pass, &opener, question);
	return pass_end(&pass, found, out_measure, out_found);
}

/* ---- passing on */

/* a whole chunk's place, the next; `out_end`: there is none */
static CmVaultClass
copy_place(Pass *pass, guint64 index, gboolean *out_end)
{
	gsize count = pass_read(pass, pass->octets, CM_VAULT_STREAM_PLACE_BYTES);
	guint32 place[2];

	*out_end = count == 0;
	if (count == 0)
		return index > 0 ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_TRUNCATED;
	if (count < CM_VAULT_STREAM_PLACE_BYTES)
		return CM_VAULT_CLASS_TRUNCATED;
	memcpy(place, pass->octets, sizeof place);
	if (GUINT32_FROM_LE(place[0]) != index)
		return GUINT32_FROM_LE(place[0]) > index ? CM_VAULT_CLASS_MISSING
							 : CM_VAULT_CLASS_REORDERED;
	if (index >= CM_VAULT_STREAM_CHUNKS_MAX)
		return CM_VAULT_CLASS_LIMIT;
	return GUINT32_FROM_LE(place[1]) == CM_VAULT_STREAM_CHUNK_BYTES ? CM_VAULT_CLASS_OK
									: CM_VAULT_CLASS_MALFORMED;
}

static CmVaultClass
copy_chunk(Pass *pass, guint64 index, guint64 most, gboolean *out_end)
{
	CmVaultClass found = copy_place(pass, index, out_end);

	if (found != CM_VAULT_CLASS_OK || *out_end)
		return found;
	if (pass->measure.stream + CM_VAULT_ATTACHMENT_CHUNK_BYTES > most)
		return CM_VAULT_CLASS_LIMIT;
	if (pass_read(pass, pass->octets + CM_VAULT_STREAM_PLACE_BYTES, LOCKED_BYTES) <
	    LOCKED_BYTES)
		return CM_VAULT_CLASS_TRUNCATED;
	pass_count(pass, pass->octets, CM_VAULT_ATTACHMENT_CHUNK_BYTES);
	pass_write(pass, pass->octets, CM_VAULT_ATTACHMENT_CHUNK_BYTES);
	return CM_VAULT_CLASS_OK;
}

gboolean
cm_vault_attachment_copy(const CmVaultAttachment *which,
			 guint64 most,
			 const CmVaultAttachmentIo *io,
			 CmVaultAttachmentMeasure *out_measure,
			 CmVaultClass *out_found)
{
	g_auto(Pass) pass = {0};
	g_autoptr(CmVaultRecord) head = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;
	gboolean end = FALSE;

	pass_begin(&pass, io);
	found = read_head(&pass, which, &head);
	if (found == CM_VAULT_CLASS_OK)
		pass_write(&pass, pass.octets, CM_VAULT_ATTACHMENT_HEAD_BYTES);
	for (guint64 i = 0; found == CM_VAULT_CLASS_OK && !end && !pass.failed; i++)
		found = copy_chunk(&pass, i, most, &end);
	return pass_end(&pass, found, out_measure, out_found);
}
