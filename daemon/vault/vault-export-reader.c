// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-export-reader.h"

#include "daemon/vault/vault-case.h"
#include "daemon/vault/vault-stream.h"
#include "daemon/vault/vault-text.h"

#include <string.h>

#define LOCKED_BYTES (CM_VAULT_STREAM_CHUNK_BYTES + CM_VAULT_STREAM_TAG_BYTES)
#define HEAD_KINDS CM_VAULT_RECORD_OF(CM_VAULT_KIND_EXPORT)

/* the order in which records stand; kinds that follow each other in any order have one number */
static const guint8 ranks[CM_VAULT_KIND_LAST] = {
    [CM_VAULT_KIND_MANIFEST] = 1, [CM_VAULT_KIND_SUCCESSION] = 2, [CM_VAULT_KIND_DIRECTORY] = 3,
    [CM_VAULT_KIND_DEPOSIT] = 4,  [CM_VAULT_KIND_REQUEST] = 5,    [CM_VAULT_KIND_REFUSAL] = 6,
    [CM_VAULT_KIND_RELEASE] = 7,  [CM_VAULT_KIND_EPOCH] = 8,      [CM_VAULT_KIND_ENVELOPE] = 9,
    [CM_VAULT_KIND_NOTE] = 10,    [CM_VAULT_KIND_MINUTES] = 11,   [CM_VAULT_KIND_OPENED] = 12,
    [CM_VAULT_KIND_HEAD] = 13,
};

typedef struct {
	const CmVaultExportSource *source;
	const CmVaultExportSink *sink; /* NULL: only the stream is looked at */
	const gchar *fingerprint;
	CmVaultRecord *head;
	CmVaultRecord *manifest;
	guint next; /* of the manifest's records */
	guint8 rank;
	GPtrArray *successions; /* of GBytes */
	CmVaultPeople *people;
	gboolean begun;        /* head and manifest hold */
	GPtrArray *of_persons; /* GBytes: deposits, requests, refusals, releases */
	GHashTable *cases;     /* id → CmVaultCase */
	GHashTable *texts_of;  /* hash → CmVaultRecord: notes and minutes */
	/* the record that is being put together */
	guint8 start[CM_VAULT_RECORD_HEAD_BYTES];
	CmVaultSecret *record;
	gsize length; /* of it that is there */
} Reader;

static void
unref_bytes(gpointer bytes)
{
	g_bytes_unref(bytes);
}

static void
free_case(gpointer checked)
{
	cm_vault_case_free(checked);
}

static void
reader_clear(Reader *reader)
{
	cm_vault_record_unref(reader->head);
	cm_vault_record_unref(reader->manifest);
	cm_vault_people_unref(reader->people);
	cm_vault_secret_free(reader->record);
	g_clear_pointer(&reader->successions, g_ptr_array_unref);
	g_clear_pointer(&reader->of_persons, g_ptr_array_unref);
	g_clear_pointer(&reader->cases, g_hash_table_unref);
	g_clear_pointer(&reader->texts_of, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reader, reader_clear)

/* ---- one record after another */

static const CmVaultManifest *
get_manifest(const Reader *reader)
{
	return cm_vault_record_get_fields(reader->manifest, CM_VAULT_KIND_MANIFEST);
}

/* whether it is the manifest's next */
static CmVaultClass
check_listed(Reader *reader, GBytes *octets)
{
	const CmVaultList *list = &get_manifest(reader)->records;
	const CmVaultManifestRecord *items = list->items;
	const CmVaultPart part = {g_bytes_get_data(octets, NULL), g_bytes_get_size(octets)};
	guint8 hash[CM_VAULT_HASH_BYTES];

	cm_vault_hash("record", &part, 1, hash);
	if (reader->next < list->count && cm_vault_hash_is_same(items[reader->next].record, hash)) {
		reader->next++;
		return CM_VAULT_CLASS_OK;
	}
	for (guint i = 0; i < list->count; i++)
		if (cm_vault_hash_is_same(items[i].record, hash))
			/* later than its place: those between were left out, or stand elsewhere */
			return CM_VAULT_CLASS_REORDERED;
	return CM_VAULT_CLASS_REPLACED;
}

static CmVaultClass
check_organisation(const Reader *reader, const CmVaultDirectory *directory, const guint8 **out_key)
{
	const guint8 *key = directory->org_key;
	g_autoptr(CmVaultRecord) first = NULL;
	g_autofree gchar *fingerprint = NULL;

	if (reader->successions->len > 0) {
		CmVaultClass found = cm_vault_record_read(
		    CM_VAULT_KIND_SUCCESSION, g_ptr_array_index(reader->successions, 0), &first);

		if (found != CM_VAULT_CLASS_OK)
			return found;
		/* as long as the octets, which stay */
		key = ((const CmVaultSuccession *)cm_vault_record_get_fields(
			   first, CM_VAULT_KIND_SUCCESSION))
			  ->old_key;
	}
	fingerprint = cm_vault_hash_dup_fingerprint(key, NULL);
	if (!cm_vault_hash_match_fingerprint(fingerprint, reader->fingerprint))
		return CM_VAULT_CLASS_ORGANISATION;
	*out_key = key;
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
take_directory(Reader *reader, GBytes *octets)
{
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultPeople) people = NULL;
	const guint8 *key = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_DIRECTORY, octets, &record);

	if (found == CM_VAULT_CLASS_OK)
		found = check_organisation(
		    reader, cm_vault_record_get_fields(record, CM_VAULT_KIND_DIRECTORY), &key);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_people_new(octets, key, reader->successions, &people);
	if (found == CM_VAULT_CLASS_OK && reader->people != NULL)
		found = cm_vault_people_follow(people, reader->people);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	cm_vault_people_unref(reader->people);
	reader->people = g_steal_pointer(&people);
	return CM_VAULT_CLASS_OK;
}

/* head and manifest, once the directory is there: of one export, by one person, whose signatures hold */
static CmVaultClass
begin(Reader *reader)
{
	const CmVaultExport *head = cm_vault_record_get_fields(reader->head, CM_VAULT_KIND_EXPORT);
	const CmVaultManifest *manifest = get_manifest(reader);
	g_autoptr(CmVaultRecord) signed_head = NULL;
	g_autoptr(CmVaultRecord) signed_manifest = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (reader->people == NULL)
		return CM_VAULT_CLASS_MISSING;
	found = cm_vault_people_check(reader->people, CM_VAULT_KIND_EXPORT,
				      cm_vault_record_get_octets(reader->head), &signed_head);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_people_check(reader->people, CM_VAULT_KIND_MANIFEST,
					      cm_vault_record_get_octets(reader->manifest),
					      &signed_manifest);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (!cm_vault_hash_is_same_id(head->export, manifest->export) ||
	    !cm_vault_hash_is_same_id(head->exporter, manifest->exporter) ||
	    head->exporter_generation != manifest->exporter_generation)
		return CM_VAULT_CLASS_REPLACED;
	reader->begun = TRUE;
	if (reader->sink->begin != NULL)
		reader->sink->begin(reader->sink->data, reader->people, head, manifest);
	return CM_VAULT_CLASS_OK;
}

/* what keys that were stolen since had signed is the exporter's word: the manifest names it, and was checked */
static gboolean
is_vouched(const Reader *reader, CmVaultClass found)
{
	return found == CM_VAULT_CLASS_REVOKED && reader->sink->vouched != NULL;
}

static CmVaultClass
check_signed(Reader *reader, CmVaultKind kind, GBytes *octets, CmVaultRecord **out_record)
{
	CmVaultClass found = cm_vault_people_check(reader->people, kind, octets, out_record);

	if (!is_vouched(reader, found))
		return found;
	found = cm_vault_people_check_kept(reader->people, kind, octets, out_record);
	if (found == CM_VAULT_CLASS_OK)
		reader->sink->vouched(reader->sink->data, *out_record);
	return found;
}

static CmVaultClass
take_of_person(Reader *reader, CmVaultKind kind, GBytes *octets)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found = check_signed(reader, kind, octets, &record);

	if (found == CM_VAULT_CLASS_OK)
		g_ptr_array_add(reader->of_persons, g_bytes_ref(octets));
	return found;
}

static const guint8 *
get_case_id(const CmVaultRecord *record)
{
	CmVaultKind kind = cm_vault_record_get_kind(record);
	gconstpointer fields = cm_vault_record_get_fields(record, kind);

	if (kind == CM_VAULT_KIND_EPOCH)
		return ((const CmVaultEpoch *)fields)->case_id;
	if (kind == CM_VAULT_KIND_ENVELOPE)
		return ((const CmVaultEnvelope *)fields)->case_id;
	if (kind == CM_VAULT_KIND_NOTE)
		return ((const CmVaultNote *)fields)->case_id;
	return ((const CmVaultHead *)fields)->case_id;
}

/* the case of that id, with what is about its responsibles' escrow keys; a new one when it is the first of its records */
static CmVaultClass
need_case(Reader *reader, const guint8 *id, CmVaultCase **out_case)
{
	g_autoptr(CmVaultCase) checked = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	*out_case = g_hash_table_lookup(reader->cases, id);
	if (*out_case != NULL)
		return CM_VAULT_CLASS_OK;
	checked = cm_vault_case_new(reader->people, id);
	for (guint i = 0; found == CM_VAULT_CLASS_OK && i < reader->of_persons->len; i++) {
		GBytes *octets = g_ptr_array_index(reader->of_persons, i);

		found = cm_vault_case_add(checked, octets, NULL);
		if (is_vouched(reader, found))
			found = cm_vault_case_add_kept(checked, octets, NULL);
	}
	if (found != CM_VAULT_CLASS_OK)
		return found;
	*out_case = checked;
	g_hash_table_insert(reader->cases, g_memdup2(id, CM_VAULT_ID_BYTES),
			    g_steal_pointer(&checked));
	return CM_VAULT_CLASS_OK;
}

static void
keep_text_of(Reader *reader, CmVaultRecord *record)
{
	/* the key is in the record: when the same one comes again, both are of the newer */
	g_hash_table_replace(reader->texts_of, (gpointer)cm_vault_record_get_hash(record),
			     cm_vault_record_ref(record));
	if (reader->sink->record != NULL)
		reader->sink->record(reader->sink->data, record);
}

static CmVaultClass
take_of_case(Reader *reader, CmVaultKind kind, GBytes *octets)
{
	g_autoptr(CmVaultRecord) form = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultCase *checked = NULL;
	gboolean vouched = FALSE;
	CmVaultClass found = cm_vault_record_read(kind, octets, &form);

	if (found == CM_VAULT_CLASS_OK)
		found = need_case(reader, get_case_id(form), &checked);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_case_add(checked, octets, &record);
	vouched = is_vouched(reader, found);
	if (vouched)
		found = cm_vault_case_add_kept(checked, octets, &record);
	if (found == CM_VAULT_CLASS_OK && kind == CM_VAULT_KIND_NOTE)
		keep_text_of(reader, record);
	if (found == CM_VAULT_CLASS_OK && vouched)
		reader->sink->vouched(reader->sink->data, record);
	return found;
}

static CmVaultClass
take_minutes(Reader *reader, GBytes *octets)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found = check_signed(reader, CM_VAULT_KIND_MINUTES, octets, &record);

	if (found == CM_VAULT_CLASS_OK)
		keep_text_of(reader, record);
	return found;
}

static CmVaultClass
take_text(Reader *reader, GBytes *octets)
{
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	const CmVaultRecord *of = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_OPENED, octets, &record);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	of = g_hash_table_lookup(
	    reader->texts_of,
	    ((const CmVaultOpened *)cm_vault_record_get_fields(record, CM_VAULT_KIND_OPENED))
		->record);
	if (of == NULL)
		return CM_VAULT_CLASS_REPLACED;
	found = cm_vault_text_open_opened(octets, of, &content);
	if (found == CM_VAULT_CLASS_OK && reader->sink->text != NULL)
		reader->sink->text(reader->sink->data, of, content);
	return found;
}

static CmVaultClass
take_listed(Reader *reader, CmVaultKind kind, GBytes *octets)
{
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (kind == CM_VAULT_KIND_SUCCESSION) {
		g_ptr_array_add(reader->successions, g_bytes_ref(octets));
		return CM_VAULT_CLASS_OK;
	}
	if (kind == CM_VAULT_KIND_DIRECTORY)
		return take_directory(reader, octets);
	if (!reader->begun)
		found = begin(reader);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (ranks[kind] <= ranks[CM_VAULT_KIND_RELEASE])
		return take_of_person(reader, kind, octets);
	if (kind == CM_VAULT_KIND_MINUTES)
		return take_minutes(reader, octets);
	return kind == CM_VAULT_KIND_OPENED ? take_text(reader, octets)
					    : take_of_case(reader, kind, octets);
}

static CmVaultClass
take(Reader *reader, CmVaultKind kind, GBytes *octets)
{
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (reader->manifest == NULL)
		return kind == CM_VAULT_KIND_MANIFEST
			   ? cm_vault_record_read(kind, octets, &reader->manifest)
			   : CM_VAULT_CLASS_MISSING;
	found = check_listed(reader, octets);
	if (found == CM_VAULT_CLASS_OK && ranks[kind] < reader->rank)
		found = CM_VAULT_CLASS_REORDERED;
	if (found != CM_VAULT_CLASS_OK)
		return found;
	reader->rank = ranks[kind];
	return take_listed(reader, kind, octets);
}

/* ---- records out of chunks */

static guint64
get_kinds(void)
{
	guint64 kinds = 0;

	for (guint kind = 0; kind < CM_VAULT_KIND_LAST; kind++)
		if (ranks[kind] > 0)
			kinds |= CM_VAULT_RECORD_OF(kind);
	return kinds;
}

static gsize
get_length(const guint8 *start)
{
	guint32 length = 0;

	memcpy(&length, start + CM_VAULT_RECORD_HEAD_BYTES - sizeof length, sizeof length);
	return CM_VAULT_RECORD_HEAD_BYTES + (gsize)GUINT32_FROM_LE(length);
}

/* its first octets are there: room for all of it, in guarded memory whatever it is */
static CmVaultClass
start_record(Reader *reader)
{
	CmVaultKind kind = CM_VAULT_KIND_LAST;
	gsize length = 0;
	CmVaultClass found = cm_vault_record_frame(reader->start, CM_VAULT_RECORD_HEAD_BYTES,
						   get_kinds(), &kind, &length);

	if (found != CM_VAULT_CLASS_OK && found != CM_VAULT_CLASS_TRUNCATED)
		return found;
	reader->record = cm_vault_secret_new(get_length(reader->start));
	if (reader->record == NULL)
		return CM_VAULT_CLASS_MEMORY;
	memcpy(cm_vault_secret_get(reader->record), reader->start, CM_VAULT_RECORD_HEAD_BYTES);
	return CM_VAULT_CLASS_OK;
}

/* only texts stay in guarded memory: what is kept of the others is no secret, and may be much */
static GBytes *
take_octets(Reader *reader, CmVaultKind kind)
{
	g_autoptr(CmVaultSecret) record = g_steal_pointer(&reader->record);

	if (kind == CM_VAULT_KIND_OPENED)
		return cm_vault_secret_free_to_bytes(g_steal_pointer(&record));
	return g_bytes_new(cm_vault_secret_peek(record), cm_vault_secret_get_length(record));
}

static CmVaultClass
finish_record(Reader *reader)
{
	CmVaultKind kind = CM_VAULT_KIND_LAST;
	g_autoptr(GBytes) octets = NULL;
	gsize length = 0;
	CmVaultClass found = cm_vault_record_frame(cm_vault_secret_peek(reader->record),
						   reader->length, get_kinds(), &kind, &length);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	reader->length = 0;
	octets = take_octets(reader, kind);
	return take(reader, kind, octets);
}

/* how many octets are missing until the next thing can be done */
static gsize
count_missing(const Reader *reader)
{
	return (reader->record == NULL ? CM_VAULT_RECORD_HEAD_BYTES
				       : cm_vault_secret_get_length(reader->record)) -
	       reader->length;
}

static CmVaultClass
feed(Reader *reader, const guint8 *plain, gsize length)
{
	CmVaultClass found = CM_VAULT_CLASS_OK;

	while (found == CM_VAULT_CLASS_OK && length > 0) {
		gsize count = MIN(length, count_missing(reader));
		guint8 *into =
		    reader->record == NULL ? reader->start : cm_vault_secret_get(reader->record);

		memcpy(into + reader->length, plain, count);
		reader->length += count;
		plain += count;
		length -= count;
		if (count_missing(reader) > 0)
			continue;
		if (reader->record == NULL)
			found = start_record(reader);
		/* a record may be no longer than its head */
		if (found == CM_VAULT_CLASS_OK && reader->record != NULL &&
		    count_missing(reader) == 0)
			found = finish_record(reader);
	}
	return found;
}

/* ---- chunks */

static CmVaultClass
pull_chunk(Reader *reader,
	   CmVaultStream *stream,
	   guint8 *locked,
	   CmVaultSecret *plain,
	   gboolean *out_final)
{
	const CmVaultExportSource *source = reader->source;
	guint8 place[CM_VAULT_STREAM_PLACE_BYTES];
	gsize length = 0;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (source->get(source->data, place, sizeof place) < sizeof place)
		return CM_VAULT_CLASS_TRUNCATED;
	found = cm_vault_stream_read_place(stream, place, &length);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (source->get(source->data, locked, length + CM_VAULT_STREAM_TAG_BYTES) <
	    length + CM_VAULT_STREAM_TAG_BYTES)
		return CM_VAULT_CLASS_TRUNCATED;
	found = cm_vault_stream_pull(stream, place, locked, length, cm_vault_secret_get(plain),
				     out_final);
	if (found == CM_VAULT_CLASS_OK && *out_final && source->get(source->data, place, 1) > 0)
		found = CM_VAULT_CLASS_MALFORMED;
	if (found == CM_VAULT_CLASS_OK && reader->sink != NULL)
		found = feed(reader, cm_vault_secret_peek(plain), length);
	return found;
}

CmVaultClass
cm_vault_export_reader_get_head(const CmVaultExportSource *source, CmVaultRecord **out_head)
{
	gsize limit = cm_vault_fields_get_layout(CM_VAULT_KIND_EXPORT)->limit;
	g_autofree guint8 *octets = g_malloc0(limit);
	g_autoptr(GBytes) bytes = NULL;
	CmVaultKind kind = CM_VAULT_KIND_LAST;
	gsize length = 0;
	gsize count = 0;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	source->rewind(source->data);
	count = source->get(source->data, octets, CM_VAULT_RECORD_HEAD_BYTES);
	found = cm_vault_record_frame(octets, count, HEAD_KINDS, &kind, &length);
	if (found == CM_VAULT_CLASS_TRUNCATED && count == CM_VAULT_RECORD_HEAD_BYTES) {
		count += source->get(source->data, octets + count, get_length(octets) - count);
		found = cm_vault_record_frame(octets, count, HEAD_KINDS, &kind, &length);
	}
	if (found != CM_VAULT_CLASS_OK)
		return found;
	bytes = g_bytes_new(octets, length);
	return cm_vault_record_read(CM_VAULT_KIND_EXPORT, bytes, out_head);
}

static CmVaultClass
read_stream(Reader *reader, const guint8 *key)
{
	g_autofree guint8 *locked = g_malloc(LOCKED_BYTES);
	g_autoptr(CmVaultSecret) plain = cm_vault_secret_new(CM_VAULT_STREAM_CHUNK_BYTES);
	g_autoptr(CmVaultStream) stream = NULL;
	g_autoptr(CmVaultRecord) head = NULL;
	gboolean final = FALSE;
	CmVaultClass found = cm_vault_export_reader_get_head(reader->source, &head);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	/* what was seen the first time is what is read now */
	if (reader->head != NULL && !g_bytes_equal(cm_vault_record_get_octets(head),
						   cm_vault_record_get_octets(reader->head)))
		return CM_VAULT_CLASS_REPLACED;
	if (reader->head == NULL)
		reader->head = cm_vault_record_ref(head);
	stream = cm_vault_stream_new_reader(key, head);
	if (plain == NULL || stream == NULL)
		return CM_VAULT_CLASS_MEMORY;
	while (found == CM_VAULT_CLASS_OK && !final)
		found = pull_chunk(reader, stream, locked, plain, &final);
	return found;
}

static CmVaultClass
finish(Reader *reader)
{
	GHashTableIter iter;
	gpointer checked = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (reader->length > 0)
		return CM_VAULT_CLASS_TRUNCATED;
	if (reader->manifest == NULL || reader->next < get_manifest(reader)->records.count)
		return CM_VAULT_CLASS_MISSING;
	if (!reader->begun)
		found = begin(reader);
	g_hash_table_iter_init(&iter, reader->cases);
	while (found == CM_VAULT_CLASS_OK && g_hash_table_iter_next(&iter, NULL, &checked))
		found = cm_vault_case_finish(checked);
	return found;
}

CmVaultClass
cm_vault_export_reader_run(const CmVaultExportSource *source,
			   const guint8 *key,
			   const gchar *fingerprint,
			   const CmVaultExportSink *sink)
{
	static const CmVaultExportSink nobody = {0};
	g_auto(Reader) reader = {.source = source, .fingerprint = fingerprint};
	CmVaultClass found = read_stream(&reader, key);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	reader.sink = sink != NULL ? sink : &nobody;
	reader.successions = g_ptr_array_new_with_free_func(unref_bytes);
	reader.of_persons = g_ptr_array_new_with_free_func(unref_bytes);
	reader.cases =
	    g_hash_table_new_full(cm_vault_hash_fold, cm_vault_hash_is_same_id, g_free, free_case);
	reader.texts_of = g_hash_table_new_full(cm_vault_hash_fold, cm_vault_hash_is_same, NULL,
						cm_vault_record_unref);
	found = read_stream(&reader, key);
	return found == CM_VAULT_CLASS_OK ? finish(&reader) : found;
}
