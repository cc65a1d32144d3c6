// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/vault-vectors.h"

#include "daemon/vault/vault-code.h"
#include "daemon/vault/vault-escrow.h"
#include "daemon/vault/vault-export.h"
#include "daemon/vault/vault-export-reader.h"
#include "daemon/vault/vault-keyring.h"
#include "daemon/vault/vault-attachment.h"
#include "daemon/vault/vault-stream.h"
#include "daemon/vault/vault-minutes.h"
#include "daemon/vault/vault-text.h"

#include <string.h>

#define SHARED "shared"

static gchar *
dup_text(const CmVaultVectors *vectors, const gchar *name, const gchar *field)
{
	return g_key_file_get_string(vectors->file, name, field, NULL);
}

static GBytes *
from_hex(const gchar *text)
{
	gsize length = strlen(text) / 2;
	guint8 *octets = g_malloc(length + 1);

	for (gsize i = 0; i < length; i++)
		octets[i] = (guint8)(g_ascii_xdigit_value(text[2 * i]) << 4 |
				     g_ascii_xdigit_value(text[2 * i + 1]));
	return g_bytes_new_take(octets, length);
}

static GBytes *
dup_part(const CmVaultVectors *vectors, const gchar *part)
{
	g_autofree gchar *shared = *part == '@' ? dup_text(vectors, SHARED, part) : NULL;

	return from_hex(shared != NULL ? shared : part);
}

GBytes *
cm_vault_vectors_dup_octets(const CmVaultVectors *vectors, const gchar *field)
{
	g_autofree gchar *text = dup_text(vectors, vectors->name, field);

	return dup_part(vectors, text != NULL ? text : "");
}

/* (element-type GBytes) */
static GPtrArray *
dup_list(const CmVaultVectors *vectors, const gchar *field)
{
	g_autofree gchar *text = dup_text(vectors, vectors->name, field);
	g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ";", -1);
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

	for (guint i = 0; parts[i] != NULL; i++)
		if (*parts[i] != '\0')
			g_ptr_array_add(list, dup_part(vectors, parts[i]));
	return list;
}

static gint
get_number(const CmVaultVectors *vectors, const gchar *field)
{
	return g_key_file_get_integer(vectors->file, vectors->name, field, NULL);
}

/* some octets put over others, and its end cut off */
static void
edit(const CmVaultVectors *vectors, GByteArray *octets)
{
	g_autofree gchar *edited = dup_text(vectors, vectors->name, "Edit");
	gint cut = get_number(vectors, "Cut");

	if (edited != NULL) {
		g_autoptr(GBytes) over = from_hex(strchr(edited, ':') + 1);
		gsize at = (gsize)g_ascii_strtoull(edited, NULL, 10);

		memcpy(octets->data + at, g_bytes_get_data(over, NULL), g_bytes_get_size(over));
	}
	if (cut > 0)
		g_byte_array_set_size(octets, (guint)cut);
}

/* a stream's head and some of its chunks */
static GBytes *
assemble(const CmVaultVectors *vectors)
{
	g_autofree gchar *name = dup_text(vectors, vectors->name, "OctetsIn");
	g_autofree gchar *path = g_build_filename(vectors->folder, name, NULL);
	g_autofree gchar *chunks = dup_text(vectors, vectors->name, "Chunks");
	g_auto(GStrv) parts = g_strsplit(chunks, ";", -1);
	g_autofree gchar *all = NULL;
	GByteArray *octets = g_byte_array_new();
	CmVaultKind kind = CM_VAULT_KIND_LAST;
	gsize chunk =
	    CM_VAULT_STREAM_PLACE_BYTES + CM_VAULT_STREAM_CHUNK_BYTES + CM_VAULT_STREAM_TAG_BYTES;
	gsize length = 0;
	gsize head = 0;

	g_assert_true(g_file_get_contents(path, &all, &length, NULL));
	g_assert_cmpint(cm_vault_record_frame((const guint8 *)all, length,
					      CM_VAULT_RECORD_OF(CM_VAULT_KIND_ATTACHMENT), &kind,
					      &head),
			==, CM_VAULT_CLASS_OK);
	g_byte_array_append(octets, (const guint8 *)all, (guint)head);
	for (guint i = 0; parts[i] != NULL; i++) {
		gsize at = head + chunk * (gsize)g_ascii_strtoull(parts[i], NULL, 10);

		g_byte_array_append(octets, (const guint8 *)all + at,
				    (guint)MIN(chunk, length - at));
	}
	edit(vectors, octets);
	return g_byte_array_free_to_bytes(octets);
}

GBytes *
cm_vault_vectors_dup_question(const CmVaultVectors *vectors)
{
	if (g_key_file_has_key(vectors->file, vectors->name, "Chunks", NULL))
		return assemble(vectors);
	return cm_vault_vectors_dup_octets(vectors, "Octets");
}

static CmVaultRecord *
read_record(const CmVaultVectors *vectors, const gchar *field, CmVaultKind kind)
{
	g_autoptr(GBytes) octets = cm_vault_vectors_dup_octets(vectors, field);
	CmVaultRecord *record = NULL;

	g_assert_cmpint(cm_vault_record_read(kind, octets, &record), ==, CM_VAULT_CLASS_OK);
	return record;
}

/* what the vector says is remembered was taken before */
static CmVaultClass
add_record(CmVaultVectors *vectors, GBytes *octets)
{
	g_autoptr(GPtrArray) vouched = dup_list(vectors, "Vouched");
	CmVaultPart whole = {0};
	guint8 hash[CM_VAULT_HASH_BYTES];

	whole.data = g_bytes_get_data(octets, &whole.length);
	cm_vault_hash("record", &whole, 1, hash);
	for (guint i = 0; i < vouched->len; i++)
		if (memcmp(g_bytes_get_data(g_ptr_array_index(vouched, i), NULL), hash,
			   sizeof hash) == 0)
			return cm_vault_case_add_kept(vectors->held, octets, NULL);
	return cm_vault_case_add(vectors->held, octets, NULL);
}

static void
prepare_case(CmVaultVectors *vectors)
{
	g_autoptr(GBytes) id = cm_vault_vectors_dup_octets(vectors, "Case");
	g_autoptr(GPtrArray) context = dup_list(vectors, "Context");

	vectors->held = cm_vault_case_new(vectors->people, g_bytes_get_data(id, NULL));
	for (guint i = 0; i < context->len; i++)
		g_assert_cmpint(add_record(vectors, g_ptr_array_index(context, i)), ==,
				CM_VAULT_CLASS_OK);
}

static gboolean
has(const CmVaultVectors *vectors, const gchar *field)
{
	return g_key_file_has_key(vectors->file, vectors->name, field, NULL);
}

void
cm_vault_vectors_prepare(CmVaultVectors *vectors,
			 GKeyFile *file,
			 const gchar *folder,
			 const gchar *name)
{
	*vectors = (CmVaultVectors){.file = file, .folder = folder, .name = name};
	if (has(vectors, "Directory")) {
		g_autoptr(GBytes) directory = cm_vault_vectors_dup_octets(vectors, "Directory");
		g_autoptr(GBytes) key = cm_vault_vectors_dup_octets(vectors, "OrganisationKey");

		g_assert_cmpint(cm_vault_people_new(directory, g_bytes_get_data(key, NULL), NULL,
						    &vectors->people),
				==, CM_VAULT_CLASS_OK);
	}
	if (has(vectors, "Context"))
		prepare_case(vectors);
	if (has(vectors, "Note"))
		vectors->first = read_record(vectors, "Note", CM_VAULT_KIND_NOTE);
	if (has(vectors, "Minutes"))
		vectors->first = read_record(vectors, "Minutes", CM_VAULT_KIND_MINUTES);
	if (has(vectors, "Bundle"))
		vectors->first = read_record(vectors, "Bundle", CM_VAULT_KIND_BUNDLE);
}

void
cm_vault_vectors_clear(CmVaultVectors *vectors)
{
	cm_vault_case_free(vectors->held);
	cm_vault_people_unref(vectors->people);
	cm_vault_record_unref(vectors->first);
	cm_vault_record_unref(vectors->second);
}

static GBytes *
copy_secret(const CmVaultSecret *secret)
{
	return g_bytes_new(cm_vault_secret_peek(secret), cm_vault_secret_get_length(secret));
}

static CmVaultClass
give_secret(CmVaultClass found, CmVaultSecret *secret, GBytes **out_plain)
{
	if (found == CM_VAULT_CLASS_OK)
		*out_plain = copy_secret(secret);
	cm_vault_secret_free(secret);
	return found;
}

static CmVaultClass
give_record(CmVaultClass found, CmVaultRecord *record, GBytes **out_plain)
{
	if (found == CM_VAULT_CLASS_OK)
		*out_plain = g_bytes_ref(cm_vault_record_get_octets(record));
	cm_vault_record_unref(record);
	return found;
}

static CmVaultKind
find_kind(const gchar *name)
{
	for (guint kind = 0; kind < CM_VAULT_KIND_LAST; kind++)
		if (g_str_equal(cm_vault_fields_get_layout((CmVaultKind)kind)->name, name))
			return (CmVaultKind)kind;
	g_assert_not_reached();
}

static CmVaultClass
answer_read(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autofree gchar *kind = dup_text(vectors, vectors->name, "Kind");
	g_autoptr(CmVaultRecord) record = NULL;

	return cm_vault_record_read(find_kind(kind), octets, &record);
}

static CmVaultClass
answer_signed(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autofree gchar *kind = dup_text(vectors, vectors->name, "Kind");
	g_autoptr(CmVaultRecord) record = NULL;

	return cm_vault_people_check(vectors->people, find_kind(kind), octets, &record);
}

static CmVaultClass
answer_enrolment(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) organisation = cm_vault_vectors_dup_octets(vectors, "Organisation");
	g_autoptr(CmVaultRecord) record = NULL;

	return cm_vault_people_check_enrolment(g_bytes_get_data(organisation, NULL), octets,
					       &record);
}

static CmVaultClass
answer_succession(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) organisation = cm_vault_vectors_dup_octets(vectors, "Organisation");
	g_autoptr(GBytes) key = cm_vault_vectors_dup_octets(vectors, "OrganisationKey");
	g_autoptr(CmVaultRecord) record = NULL;

	return cm_vault_people_check_succession(g_bytes_get_data(organisation, NULL),
						g_bytes_get_data(key, NULL), octets, &record);
}

static CmVaultClass
answer_directory(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) key = cm_vault_vectors_dup_octets(vectors, "OrganisationKey");
	g_autoptr(GPtrArray) successions = dup_list(vectors, "Successions");
	g_autoptr(GPtrArray) before = dup_list(vectors, "Before");
	g_autoptr(GPtrArray) earlier = dup_list(
	    vectors, has(vectors, "SuccessionsBefore") ? "SuccessionsBefore" : "Successions");
	g_autoptr(CmVaultPeople) people = NULL;
	CmVaultClass found =
	    cm_vault_people_new(octets, g_bytes_get_data(key, NULL), successions, &people);

	for (guint i = 0; found == CM_VAULT_CLASS_OK && i < before->len; i++) {
		g_autoptr(CmVaultPeople) known = NULL;

		g_assert_cmpint(cm_vault_people_new(g_ptr_array_index(before, i),
						    g_bytes_get_data(key, NULL), earlier, &known),
				==, CM_VAULT_CLASS_OK);
		found = cm_vault_people_follow(people, known);
	}
	return found;
}

static CmVaultClass
answer_keyring(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) organisation = cm_vault_vectors_dup_octets(vectors, "Organisation");
	g_autoptr(GBytes) secret = cm_vault_vectors_dup_octets(vectors, "Secret");
	CmVaultRecord *bundle = NULL;
	CmVaultClass found = cm_vault_keyring_open(octets, g_bytes_get_data(organisation, NULL),
						   g_bytes_get_data(secret, NULL),
						   g_bytes_get_size(secret), &bundle);

	return give_record(found, bundle, out_plain);
}

static CmVaultClass
answer_code(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	guint row = 0;
	CmVaultSecret *code =
	    cm_vault_code_read(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets), &row);

	return give_secret(code != NULL ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_MALFORMED, code,
			   out_plain);
}

static CmVaultClass
answer_case(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	gboolean finish = has(vectors, "Finish");
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (g_bytes_get_size(octets) > 0 || !finish)
		found = add_record(vectors, octets);
	if (found == CM_VAULT_CLASS_OK && finish)
		found = cm_vault_case_finish(vectors->held);
	return found;
}

static CmVaultClass
answer_envelope(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) reader = cm_vault_vectors_dup_octets(vectors, "Reader");
	g_autoptr(GBytes) secret = cm_vault_vectors_dup_octets(vectors, "BoxSecret");
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultSecret *key = NULL;
	CmVaultClass found = cm_vault_case_add(vectors->held, octets, &record);

	/* what it was changed into may be something else that a case has */
	if (found == CM_VAULT_CLASS_OK &&
	    cm_vault_record_get_kind(record) != CM_VAULT_KIND_ENVELOPE)
		return CM_VAULT_CLASS_KIND;
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_case_open_envelope(record, g_bytes_get_data(reader, NULL),
						    (guint32)get_number(vectors, "Generation"),
						    g_bytes_get_data(secret, NULL), &key);
	return give_secret(found, key, out_plain);
}

static CmVaultClass
answer_body(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) key = cm_vault_vectors_dup_octets(vectors, "Key");
	CmVaultRecord *content = NULL;
	CmVaultClass found =
	    cm_vault_text_open_body(octets, vectors->first, (guint32)get_number(vectors, "Epoch"),
				    g_bytes_get_data(key, NULL), &content);

	return give_record(found, content, out_plain);
}

static CmVaultClass
answer_opened(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	CmVaultRecord *content = NULL;
	CmVaultClass found = cm_vault_text_open_opened(octets, vectors->first, &content);

	return give_record(found, content, out_plain);
}

static CmVaultClass
answer_draft(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	CmVaultRecord *content = NULL;
	CmVaultClass found = cm_vault_text_open_draft(octets, vectors->first, &content);

	return give_record(found, content, out_plain);
}

static CmVaultClass
answer_memory(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	CmVaultRecord *remembered = NULL;
	CmVaultClass found = cm_vault_text_open_memory(octets, vectors->first, &remembered);

	return give_record(found, remembered, out_plain);
}

static CmVaultClass
answer_minutes(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) reader = cm_vault_vectors_dup_octets(vectors, "Reader");
	g_autoptr(GBytes) secret = cm_vault_vectors_dup_octets(vectors, "BoxSecret");
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultRecord *content = NULL;
	CmVaultClass found =
	    cm_vault_people_check(vectors->people, CM_VAULT_KIND_MINUTES, octets, &record);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_minutes_open(record, g_bytes_get_data(reader, NULL),
					      (guint32)get_number(vectors, "Generation"),
					      g_bytes_get_data(secret, NULL), &content);
	return give_record(found, content, out_plain);
}

/* octets that are at hand, as where an export comes from */
typedef struct {
	const guint8 *octets;
	gsize length;
	gsize next;
} Held;

static gsize
get_held(gpointer data, guint8 *out_octets, gsize length)
{
	Held *held = data;
	gsize count = MIN(length, held->length - held->next);

	if (count > 0)
		memcpy(out_octets, held->octets + held->next, count);
	held->next += count;
	return count;
}

static void
rewind_held(gpointer data)
{
	((Held *)data)->next = 0;
}

static void
gather_text(gpointer data, const CmVaultRecord *of, const CmVaultRecord *content)
{
	GBytes *octets = cm_vault_record_get_octets(content);

	g_byte_array_append(data, g_bytes_get_data(octets, NULL), (guint)g_bytes_get_size(octets));
}

static CmVaultClass
answer_export(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) secret = cm_vault_vectors_dup_octets(vectors, "BoxSecret");
	g_autofree gchar *fingerprint =
	    g_key_file_get_string(vectors->file, vectors->name, "Fingerprint", NULL);
	g_autoptr(GByteArray) texts = g_byte_array_new();
	Held held = {g_bytes_get_data(octets, NULL), g_bytes_get_size(octets), 0};
	const CmVaultExportSource source = {get_held, rewind_held, &held};
	const CmVaultExportSink sink = {.text = gather_text, .data = texts};
	g_autoptr(CmVaultRecord) head = NULL;
	g_autoptr(CmVaultSecret) key = NULL;
	CmVaultClass found = cm_vault_export_reader_get_head(&source, &head);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_export_open_box(head, g_bytes_get_data(secret, NULL), &key);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_export_reader_run(&source, cm_vault_secret_peek(key), fingerprint,
						   &sink);
	if (found == CM_VAULT_CLASS_OK)
		*out_plain = g_byte_array_free_to_bytes(g_steal_pointer(&texts));
	return found;
}

static CmVaultClass
answer_half(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) reader = cm_vault_vectors_dup_octets(vectors, "Reader");
	g_autoptr(GBytes) secret = cm_vault_vectors_dup_octets(vectors, "BoxSecret");
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultSecret *half = NULL;
	CmVaultClass found =
	    cm_vault_people_check(vectors->people, CM_VAULT_KIND_DEPOSIT, octets, &record);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_escrow_open_half(record, g_bytes_get_data(reader, NULL),
						  (guint32)get_number(vectors, "Generation"),
						  g_bytes_get_data(secret, NULL), &half);
	return give_secret(found, half, out_plain);
}

static CmVaultClass
answer_release(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) reader = cm_vault_vectors_dup_octets(vectors, "Reader");
	g_autoptr(GBytes) secret = cm_vault_vectors_dup_octets(vectors, "BoxSecret");
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultSecret *half = NULL;
	CmVaultClass found =
	    cm_vault_people_check(vectors->people, CM_VAULT_KIND_RELEASE, octets, &record);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_escrow_open_release(record, g_bytes_get_data(reader, NULL),
						     (guint32)get_number(vectors, "Generation"),
						     g_bytes_get_data(secret, NULL), &half);
	return give_secret(found, half, out_plain);
}

static CmVaultClass
answer_combine(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autofree gchar *text = dup_text(vectors, vectors->name, "Custodians");
	g_auto(GStrv) custodians = g_strsplit(text, ";", -1);
	g_autoptr(GPtrArray) halves = dup_list(vectors, "Halves");
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultSecret *secret = NULL;
	CmVaultClass found =
	    cm_vault_people_check(vectors->people, CM_VAULT_KIND_DEPOSIT, octets, &record);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_escrow_combine(
		    record, (guint)g_ascii_strtoull(custodians[0], NULL, 10),
		    g_bytes_get_data(g_ptr_array_index(halves, 0), NULL),
		    (guint)g_ascii_strtoull(custodians[1], NULL, 10),
		    g_bytes_get_data(g_ptr_array_index(halves, 1), NULL), &secret);
	return give_secret(found, secret, out_plain);
}

/* one chunk at `octets`; how much of it there was */
static CmVaultClass
pull_chunk(CmVaultStream *stream,
	   const guint8 *octets,
	   gsize length,
	   GByteArray *plain,
	   gsize *out_taken,
	   gboolean *out_final)
{
	g_autofree guint8 *chunk = g_malloc(CM_VAULT_STREAM_CHUNK_BYTES);
	gsize size = 0;
	CmVaultClass found = CM_VAULT_CLASS_TRUNCATED;

	if (length < CM_VAULT_STREAM_PLACE_BYTES)
		return found;
	found = cm_vault_stream_read_place(stream, octets, &size);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	*out_taken = CM_VAULT_STREAM_PLACE_BYTES + size + CM_VAULT_STREAM_TAG_BYTES;
	if (length < *out_taken)
		return CM_VAULT_CLASS_TRUNCATED;
	found = cm_vault_stream_pull(stream, octets, octets + CM_VAULT_STREAM_PLACE_BYTES, size,
				     chunk, out_final);
	if (found == CM_VAULT_CLASS_OK)
		g_byte_array_append(plain, chunk, (guint)size);
	return found;
}

static CmVaultClass
answer_stream(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) key = cm_vault_vectors_dup_octets(vectors, "Key");
	g_autoptr(GByteArray) plain = g_byte_array_new();
	g_autoptr(GBytes) head = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultStream) stream = NULL;
	CmVaultKind kind = CM_VAULT_KIND_LAST;
	gsize length = 0;
	gsize at = 0;
	gboolean final = FALSE;
	guint8 digest[CM_VAULT_HASH_BYTES];
	CmVaultPart part = {0};
	const guint8 *data = g_bytes_get_data(octets, &length);
	CmVaultClass found = cm_vault_record_frame(
	    data, length, CM_VAULT_RECORD_OF(CM_VAULT_KIND_ATTACHMENT), &kind, &at);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	head = g_bytes_new_from_bytes(octets, 0, at);
	found = cm_vault_record_read(kind, head, &record);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	stream = cm_vault_stream_new_reader(g_bytes_get_data(key, NULL), record);
	g_assert_nonnull(stream);
	while (found == CM_VAULT_CLASS_OK && !final) {
		gsize taken = 0;

		found = pull_chunk(stream, data + at, length - at, plain, &taken, &final);
		at += taken;
	}
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (at != length)
		return CM_VAULT_CLASS_MALFORMED;
	part.data = plain->data;
	part.length = plain->len;
	cm_vault_hash("stream", &part, 1, digest);
	*out_plain = g_bytes_new(digest, sizeof digest);
	return CM_VAULT_CLASS_OK;
}

/* octets in memory, read as they were of a file */
typedef struct {
	const guint8 *data;
	gsize length;
	GByteArray *plain;
} Memory;

static gboolean
read_memory(guint8 *octets, gsize length, gsize *out_length, gpointer user_data)
{
	Memory *memory = user_data;
	gsize count = MIN(length, memory->length);

	if (count == 0) {
		*out_length = 0;
		return TRUE;
	}
	memcpy(octets, memory->data, count);
	memory->data += count;
	memory->length -= count;
	*out_length = count;
	return TRUE;
}

static gboolean
write_memory(const guint8 *octets, gsize length, gpointer user_data)
{
	g_byte_array_append(((Memory *)user_data)->plain, octets, (guint)length);
	return TRUE;
}

static CmVaultClass
answer_attachment(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) organisation = cm_vault_vectors_dup_octets(vectors, "Organisation");
	g_autoptr(GBytes) case_id = cm_vault_vectors_dup_octets(vectors, "Case");
	g_autoptr(GBytes) attachment = cm_vault_vectors_dup_octets(vectors, "Attachment");
	g_autoptr(GBytes) key = cm_vault_vectors_dup_octets(vectors, "Key");
	g_autoptr(GBytes) signed_digest = cm_vault_vectors_dup_octets(vectors, "Digest");
	g_autoptr(GByteArray) plain = g_byte_array_new();
	const CmVaultAttachment which = {.organisation = g_bytes_get_data(organisation, NULL),
					 .case_id = g_bytes_get_data(case_id, NULL),
					 .attachment = g_bytes_get_data(attachment, NULL)};
	const CmVaultNoteAttachment named = {.attachment = which.attachment,
					     .size = (guint64)get_number(vectors, "NoteSize"),
					     .digest = g_bytes_get_data(signed_digest, NULL)};
	const CmVaultAttachmentQuestion question = {
	    .which = &which,
	    .key = g_bytes_get_data(key, NULL),
	    .size = (guint64)get_number(vectors, "Size"),
	    .named = g_bytes_get_size(signed_digest) > 0 ? &named : NULL};
	Memory memory = {.plain = plain};
	const CmVaultAttachmentIo io = {read_memory, write_memory, &memory};
	CmVaultAttachmentMeasure measure = {0};
	CmVaultClass found = CM_VAULT_CLASS_LAST;
	guint8 digest[CM_VAULT_HASH_BYTES];
	CmVaultPart part = {0};

	memory.data = g_bytes_get_data(octets, &memory.length);
	g_assert_true(cm_vault_attachment_open(&question, &io, &measure, &found));
	if (found != CM_VAULT_CLASS_OK)
		return found;
	g_assert_cmpuint(measure.plain, ==, plain->len);
	g_assert_cmpuint(measure.stream, ==, g_bytes_get_size(octets));
	part.data = plain->data;
	part.length = plain->len;
	cm_vault_hash("stream", &part, 1, digest);
	*out_plain = g_bytes_new(digest, sizeof digest);
	return found;
}

static CmVaultClass
answer_fingerprint(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	gsize length = 0;
	const guint8 *keys = g_bytes_get_data(octets, &length);
	gchar *text = cm_vault_hash_dup_fingerprint(
	    keys, length > CM_VAULT_KEY_BYTES ? keys + CM_VAULT_KEY_BYTES : NULL);

	*out_plain = g_bytes_new_take(text, strlen(text));
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
answer_subject(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autoptr(GBytes) key = cm_vault_vectors_dup_octets(vectors, "Key");
	g_autoptr(GBytes) organisation = cm_vault_vectors_dup_octets(vectors, "Organisation");
	g_autoptr(GBytes) id = cm_vault_vectors_dup_octets(vectors, "Case");
	g_autofree gchar *reference =
	    g_strndup(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
	guint8 subject[CM_VAULT_HASH_BYTES];

	cm_vault_text_identify_subject(g_bytes_get_data(key, NULL),
				       g_bytes_get_data(organisation, NULL),
				       g_bytes_get_data(id, NULL), reference, subject);
	*out_plain = g_bytes_new(subject, sizeof subject);
	return CM_VAULT_CLASS_OK;
}

typedef CmVaultClass (*Answer)(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain);

static const struct {
	const gchar *operation;
	Answer answer;
} answers[] = {
    {"read", answer_read},
    {"signed", answer_signed},
    {"enrolment", answer_enrolment},
    {"succession", answer_succession},
    {"directory", answer_directory},
    {"keyring", answer_keyring},
    {"code", answer_code},
    {"case", answer_case},
    {"envelope", answer_envelope},
    {"body", answer_body},
    {"opened", answer_opened},
    {"draft", answer_draft},
    {"memory", answer_memory},
    {"minutes", answer_minutes},
    {"half", answer_half},
    {"release", answer_release},
    {"combine", answer_combine},
    {"stream", answer_stream},
    {"attachment", answer_attachment},
    {"export", answer_export},
    {"fingerprint", answer_fingerprint},
    {"subject", answer_subject},
};

CmVaultClass
cm_vault_vectors_answer(CmVaultVectors *vectors, GBytes *octets, GBytes **out_plain)
{
	g_autofree gchar *operation = dup_text(vectors, vectors->name, "Operation");

	*out_plain = NULL;
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
		if (g_str_equal(answers[i].operation, operation))
			return answers[i].answer(vectors, octets, out_plain);
	g_assert_not_reached();
}
