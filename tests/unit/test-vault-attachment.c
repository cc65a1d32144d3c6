// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-attachment.h"
#include "daemon/vault/vault-text.h"

#include <sodium.h>
#include <string.h>

/* Attachments of every length around whole chunks: locked, passed on, opened; and what the octets' source or sink does meanwhile. */

#define CHUNK CM_VAULT_STREAM_CHUNK_BYTES
#define NEVER G_MAXUINT

typedef struct {
	GBytes *in;
	gsize at;
	guint reads_left;  /* then it fails */
	guint writes_left; /* the same */
	GByteArray *out;
} Ends;

static const guint8 organisation[CM_VAULT_HASH_BYTES] = {1};
static const guint8 case_id[CM_VAULT_ID_BYTES] = {2};
static const guint8 id[CM_VAULT_ID_BYTES] = {3};
static const guint8 key[CM_VAULT_KEY_BYTES] = {4};
static const CmVaultAttachment which = {.organisation = organisation,
					.case_id = case_id,
					.attachment = id};

static gboolean
read_end(guint8 *octets, gsize length, gsize *out_length, gpointer user_data)
{
	Ends *ends = user_data;
	gsize count = MIN(length, g_bytes_get_size(ends->in) - ends->at);

	if (ends->reads_left-- == 0)
		return FALSE;
	if (count > 0)
		memcpy(octets, (const guint8 *)g_bytes_get_data(ends->in, NULL) + ends->at, count);
	ends->at += count;
	*out_length = count;
	return TRUE;
}

static gboolean
write_end(const guint8 *octets, gsize length, gpointer user_data)
{
	Ends *ends = user_data;

	if (ends->writes_left-- == 0)
		return FALSE;
	g_byte_array_append(ends->out, octets, (guint)length);
	return TRUE;
}

static void
ends_begin(Ends *ends, GBytes *in)
{
	*ends =
	    (Ends){.in = in, .reads_left = NEVER, .writes_left = NEVER, .out = g_byte_array_new()};
}

static GBytes *
make_file(gsize length)
{
	guint8 *octets = g_malloc(MAX(length, 1));

	/* not 0: what is behind it is */
	for (gsize i = 0; i < length; i++)
		octets[i] = (guint8)(i % 255 + 1);
	return g_bytes_new_take(octets, length);
}

static GBytes *
lock(GBytes *file, CmVaultAttachmentMeasure *out_measure)
{
	Ends ends;
	const CmVaultAttachmentIo io = {read_end, write_end, &ends};
	CmVaultClass found = CM_VAULT_CLASS_LAST;

	ends_begin(&ends, file);
	g_assert_true(cm_vault_attachment_lock(&which, key, &io, out_measure, &found));
	g_assert_cmpint(found, ==, CM_VAULT_CLASS_OK);
	return g_byte_array_free_to_bytes(ends.out);
}

static CmVaultClass
copy(GBytes *stream, guint64 most, CmVaultAttachmentMeasure *out_measure, GBytes **out_octets)
{
	Ends ends;
	const CmVaultAttachmentIo io = {read_end, write_end, &ends};
	CmVaultClass found = CM_VAULT_CLASS_LAST;

	ends_begin(&ends, stream);
	g_assert_true(cm_vault_attachment_copy(&which, most, &io, out_measure, &found));
	*out_octets = g_byte_array_free_to_bytes(ends.out);
	return found;
}

static CmVaultClass
open_it(GBytes *stream, guint64 size, const CmVaultNoteAttachment *named, GBytes **out_file)
{
	const CmVaultAttachmentQuestion question = {
	    .which = &which, .key = key, .size = size, .named = named};
	Ends ends;
	const CmVaultAttachmentIo io = {read_end, write_end, &ends};
	CmVaultAttachmentMeasure measure = {0};
	CmVaultClass found = CM_VAULT_CLASS_LAST;

	ends_begin(&ends, stream);
	g_assert_true(cm_vault_attachment_open(&question, &io, &measure, &found));
	*out_file = g_byte_array_free_to_bytes(ends.out);
	if (found == CM_VAULT_CLASS_OK)
		g_assert_cmpuint(measure.plain, ==, size);
	return found;
}

static void
check_length(gsize length)
{
	g_autoptr(GBytes) file = make_file(length);
	CmVaultAttachmentMeasure locked = {0};
	CmVaultAttachmentMeasure passed = {0};
	g_autoptr(GBytes) stream = lock(file, &locked);
	g_autoptr(GBytes) copied = NULL;
	g_autoptr(GBytes) opened = NULL;
	const CmVaultPart part = {g_bytes_get_data(stream, NULL), g_bytes_get_size(stream)};
	const CmVaultNoteAttachment named = {
	    .attachment = id, .size = g_bytes_get_size(stream), .digest = locked.digest};
	guint8 digest[CM_VAULT_HASH_BYTES];

	g_assert_cmpuint(locked.plain, ==, length);
	g_assert_cmpuint(locked.stream, ==, g_bytes_get_size(stream));
	g_assert_cmpuint(locked.stream, ==, cm_vault_text_measure_attachment(length));
	cm_vault_hash("stream", &part, 1, digest);
	g_assert_cmpmem(digest, sizeof digest, locked.digest, sizeof locked.digest);
	g_assert_cmpint(copy(stream, locked.stream, &passed, &copied), ==, CM_VAULT_CLASS_OK);
	g_assert_true(g_bytes_equal(copied, stream));
	g_assert_cmpmem(passed.digest, sizeof passed.digest, digest, sizeof digest);
	g_assert_cmpint(open_it(stream, length, &named, &opened), ==, CM_VAULT_CLASS_OK);
	g_assert_true(g_bytes_equal(opened, file));
}

static void
test_lengths(void)
{
	static const gsize lengths[] = {0,         1,         CHUNK - 1,     CHUNK,
					CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK - 1};

	for (guint i = 0; i < G_N_ELEMENTS(lengths); i++)
		check_length(lengths[i]);
}

/* what passes it on has no key: it sees the frame alone */
static void
test_passing_on(void)
{
	g_autoptr(GBytes) file = make_file(CHUNK + 1);
	CmVaultAttachmentMeasure measure = {0};
	g_autoptr(GBytes) stream = lock(file, &measure);
	const struct {
		gsize from;
		gsize length;
		guint64 most;
		CmVaultClass expected;
	} cases[] = {
	    {0, measure.stream, measure.stream - 1, CM_VAULT_CLASS_LIMIT},
	    {0, 0, G_MAXUINT64, CM_VAULT_CLASS_TRUNCATED},
	    {0, CM_VAULT_ATTACHMENT_HEAD_BYTES - 1, G_MAXUINT64, CM_VAULT_CLASS_TRUNCATED},
	    {0, CM_VAULT_ATTACHMENT_HEAD_BYTES, G_MAXUINT64, CM_VAULT_CLASS_TRUNCATED},
	    {0, CM_VAULT_ATTACHMENT_HEAD_BYTES + 5, G_MAXUINT64, CM_VAULT_CLASS_TRUNCATED},
	    {0, measure.stream - 1, G_MAXUINT64, CM_VAULT_CLASS_TRUNCATED},
	    {1, measure.stream - 1, G_MAXUINT64, CM_VAULT_CLASS_MALFORMED},
	    /* where it is cut behind a chunk, only the digest tells */
	    {0, measure.stream - CM_VAULT_ATTACHMENT_CHUNK_BYTES, G_MAXUINT64, CM_VAULT_CLASS_OK},
	};
	static const struct {
		gsize at;
		guint8 octet;
		CmVaultClass expected;
	} edits[] = {
	    {CM_VAULT_RECORD_HEAD_BYTES, 9, CM_VAULT_CLASS_ORGANISATION},
	    {CM_VAULT_RECORD_HEAD_BYTES + CM_VAULT_HASH_BYTES, 9, CM_VAULT_CLASS_REPLACED},
	    {CM_VAULT_ATTACHMENT_HEAD_BYTES, 1, CM_VAULT_CLASS_MISSING},
	    {CM_VAULT_ATTACHMENT_HEAD_BYTES + 4, 1, CM_VAULT_CLASS_MALFORMED},
	    {CM_VAULT_ATTACHMENT_HEAD_BYTES + CM_VAULT_ATTACHMENT_CHUNK_BYTES, 0,
	     CM_VAULT_CLASS_REORDERED},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GBytes) part =
		    g_bytes_new_from_bytes(stream, cases[i].from, cases[i].length);
		g_autoptr(GBytes) copied = NULL;

		g_assert_cmpint(copy(part, cases[i].most, &measure, &copied), ==,
				cases[i].expected);
		g_assert_cmpuint(g_bytes_get_size(copied), <=, cases[i].most);
	}
	for (guint i = 0; i < G_N_ELEMENTS(edits); i++) {
		gsize length = g_bytes_get_size(stream);
		guint8 *octets = g_memdup2(g_bytes_get_data(stream, NULL), length);
		g_autoptr(GBytes) edited = g_bytes_new_take(octets, length);
		g_autoptr(GBytes) copied = NULL;

		octets[edits[i].at] = edits[i].octet;
		g_assert_cmpint(copy(edited, G_MAXUINT64, &measure, &copied), ==,
				edits[i].expected);
	}
}

/* Whichever read or write fails, there is no class: and nothing is said to be whole. */
static void
test_failing_ends(void)
{
	g_autoptr(GBytes) file = make_file(2 * CHUNK + 5);
	CmVaultAttachmentMeasure measure = {0};
	g_autoptr(GBytes) stream = lock(file, &measure);
	const CmVaultAttachmentQuestion question = {
	    .which = &which, .key = key, .size = 2 * CHUNK + 5};

	for (guint way = 0; way < 6; way++) {
		gboolean fails = TRUE;

		for (guint i = 0; fails; i++) {
			Ends ends;
			const CmVaultAttachmentIo io = {read_end, write_end, &ends};
			CmVaultClass found = CM_VAULT_CLASS_LAST;

			ends_begin(&ends, way < 2 ? file : stream);
			*(way % 2 == 0 ? &ends.reads_left : &ends.writes_left) = i;
			fails =
			    way < 2 ? !cm_vault_attachment_lock(&which, key, &io, &measure, &found)
			    : way < 4 ? !cm_vault_attachment_open(&question, &io, &measure, &found)
				      : !cm_vault_attachment_copy(&which, G_MAXUINT64, &io,
								  &measure, &found);
			g_assert_cmpint(found, ==, fails ? CM_VAULT_CLASS_LAST : CM_VAULT_CLASS_OK);
			g_assert_true(fails || i >= 3);
			g_byte_array_unref(ends.out);
		}
	}
}

/* to nowhere: that an attachment is whole is known before anything of it is handed on */
static void
test_looked_through(void)
{
	g_autoptr(GBytes) file = make_file(CHUNK + 5);
	CmVaultAttachmentMeasure measure = {0};
	g_autoptr(GBytes) stream = lock(file, &measure);
	const CmVaultAttachmentQuestion question = {.which = &which, .key = key, .size = CHUNK + 5};
	CmVaultAttachmentMeasure seen = {0};
	Ends ends;
	const CmVaultAttachmentIo io = {read_end, NULL, &ends};
	CmVaultClass found = CM_VAULT_CLASS_LAST;

	ends_begin(&ends, stream);
	g_assert_true(cm_vault_attachment_open(&question, &io, &seen, &found));
	g_assert_cmpint(found, ==, CM_VAULT_CLASS_OK);
	g_assert_cmpmem(seen.digest, sizeof seen.digest, measure.digest, sizeof measure.digest);
	g_byte_array_unref(ends.out);
}

/* only the first chunk may be empty */
static void
test_empty_chunk(void)
{
	guint8 header[CM_VAULT_STREAM_HEADER_BYTES];
	gsize longest =
	    CM_VAULT_STREAM_PLACE_BYTES + CM_VAULT_STREAM_CHUNK_BYTES + CM_VAULT_STREAM_TAG_BYTES;
	g_autofree guint8 *plain = g_malloc0(CM_VAULT_STREAM_CHUNK_BYTES);
	g_autofree guint8 *full = g_malloc0(longest);
	g_autofree guint8 *empty = g_malloc0(longest);
	g_autoptr(CmVaultStream) writer = cm_vault_stream_new_writer(key, header);
	g_autoptr(CmVaultStream) reader = NULL;
	CmVaultAttachment attachment = {
	    .organisation = organisation, .case_id = case_id, .attachment = id, .stream = header};
	g_autoptr(GBytes) head = cm_vault_record_write(CM_VAULT_KIND_ATTACHMENT, &attachment);
	g_autoptr(CmVaultRecord) record = NULL;
	gsize length = 1;
	gboolean final = FALSE;

	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_ATTACHMENT, head, &record), ==,
			CM_VAULT_CLASS_OK);
	cm_vault_stream_set_head(writer, record);
	g_assert_cmpint(
	    cm_vault_stream_push(writer, plain, CM_VAULT_STREAM_CHUNK_BYTES, FALSE, full), ==,
	    CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_stream_push(writer, plain, 0, TRUE, empty), ==, CM_VAULT_CLASS_OK);
	reader = cm_vault_stream_new_reader(key, record);
	g_assert_cmpint(cm_vault_stream_read_place(reader, full, &length), ==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_stream_pull(reader, full, full + CM_VAULT_STREAM_PLACE_BYTES,
					     length, plain, &final),
			==, CM_VAULT_CLASS_OK);
	g_assert_false(final);
	g_assert_cmpint(cm_vault_stream_read_place(reader, empty, &length), ==, CM_VAULT_CLASS_OK);
	g_assert_cmpuint(length, ==, 0);
	g_assert_cmpint(cm_vault_stream_pull(reader, empty, empty + CM_VAULT_STREAM_PLACE_BYTES,
					     length, plain, &final),
			==, CM_VAULT_CLASS_MALFORMED);
	g_assert_false(final);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(sodium_init(), >=, 0);
	g_test_add_func("/vault-attachment/lengths", test_lengths);
	g_test_add_func("/vault-attachment/passing-on", test_passing_on);
	g_test_add_func("/vault-attachment/failing-ends", test_failing_ends);
	g_test_add_func("/vault-attachment/looked-through", test_looked_through);
	g_test_add_func("/vault-attachment/empty-chunk", test_empty_chunk);
	return g_test_run();
}
