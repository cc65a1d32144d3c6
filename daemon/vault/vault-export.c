// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-export.h"

#include "daemon/vault/vault-box.h"
#include "daemon/vault/vault-keyring.h"
#include "daemon/vault/vault-stream.h"

#include <sodium.h>
#include <string.h>

#define CHUNK_BYTES                                                                                \
	(CM_VAULT_STREAM_PLACE_BYTES + CM_VAULT_STREAM_CHUNK_BYTES + CM_VAULT_STREAM_TAG_BYTES)
#define SALT_BYTES 16
#define LOCKED_PASSPHRASE_BYTES (CM_VAULT_KEY_BYTES + CM_VAULT_BOX_TAG_BYTES)
#define GROUP_LENGTH 4

struct _CmVaultExportWriter {
	const CmVaultExportOrder *order;
	CmVaultExportPut put;
	gpointer data;
	CmVaultStream *stream;
	CmVaultSecret *plain; /* of the chunk that is being filled */
	gsize filled;
	guint8 *locked;
	GByteArray *hashes;
	guint next; /* of the manifest's records */
	guint8 id[CM_VAULT_ID_BYTES];
};

CmVaultSecret *
cm_vault_export_make_passphrase(void)
{
	static const gchar letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	CmVaultSecret *passphrase = cm_vault_secret_new_random(CM_VAULT_EXPORT_PASSPHRASE_LENGTH);

	for (guint i = 0; passphrase != NULL && i < CM_VAULT_EXPORT_PASSPHRASE_LENGTH; i++) {
		guint8 *octet = cm_vault_secret_get(passphrase) + i;

		*octet =
		    (guint8)(i % (GROUP_LENGTH + 1) == GROUP_LENGTH ? '-' : letters[*octet & 31]);
	}
	return passphrase;
}

gchar *
cm_vault_export_dup_beside_name(const guint8 *attachment)
{
	gchar id[CM_VAULT_ID_BYTES * 2 + 1];

	return g_strconcat(sodium_bin2hex(id, sizeof id, attachment, CM_VAULT_ID_BYTES),
			   ".comodal-attachment", NULL);
}

/* ---- the stream's key */

static void
bind_passphrase(const CmVaultExport *head, guint8 octets[CM_VAULT_HASH_BYTES + CM_VAULT_ID_BYTES])
{
	memcpy(octets, head->organisation, CM_VAULT_HASH_BYTES);
	memcpy(octets + CM_VAULT_HASH_BYTES, head->export, CM_VAULT_ID_BYTES);
}

static void
bind_box(const CmVaultRecord *head, guint8 out_binding[CM_VAULT_HASH_BYTES])
{
	CmVaultPart part = {0};

	part.data =
	    cm_vault_record_get_before(head, G_STRUCT_OFFSET(CmVaultExport, locked), &part.length);
	cm_vault_hash("binding", &part, 1, out_binding);
}

static CmVaultClass
check_parameters(const CmVaultExport *head)
{
	gboolean good = head->operations == 0 && head->memory == 0;

	if (head->lock == CM_VAULT_LOCK_PASSPHRASE)
		good = head->operations >= CM_VAULT_KEYRING_OPERATIONS_MIN &&
		       head->operations <= CM_VAULT_KEYRING_OPERATIONS_MAX &&
		       head->memory >= CM_VAULT_KEYRING_MEMORY_MIN &&
		       head->memory <= CM_VAULT_KEYRING_MEMORY_MAX;
	return good ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_PARAMETERS;
}

CmVaultClass
cm_vault_export_open_passphrase(const CmVaultRecord *head,
				const guint8 *passphrase,
				gsize length,
				CmVaultSecret **out_key)
{
	const CmVaultExport *fields = cm_vault_record_get_fields(head, CM_VAULT_KIND_EXPORT);
	const CmVaultPart locked = {fields->locked.data, fields->locked.length};
	guint8 octets[CM_VAULT_HASH_BYTES + CM_VAULT_ID_BYTES];
	const CmVaultPart bound = {octets, sizeof octets};
	g_autoptr(CmVaultSecret) halves = NULL;
	CmVaultClass found = check_parameters(fields);

	if (found == CM_VAULT_CLASS_OK && fields->lock != CM_VAULT_LOCK_PASSPHRASE)
		found = CM_VAULT_CLASS_WRONG_KEY;
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_keyring_stretch(passphrase, length, fields->salt,
						 fields->operations, fields->memory, &halves);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (sodium_memcmp(cm_vault_secret_peek(halves) + CM_VAULT_KEY_BYTES, fields->check,
			  CM_VAULT_HASH_BYTES) != 0)
		return CM_VAULT_CLASS_WRONG_KEY;
	bind_passphrase(fields, octets);
	return cm_vault_box_unlock(cm_vault_secret_peek(halves), fields->nonce, &bound, &locked,
				   out_key);
}

CmVaultClass
cm_vault_export_open_box(const CmVaultRecord *head,
			 const guint8 *box_secret,
			 CmVaultSecret **out_key)
{
	const CmVaultExport *fields = cm_vault_record_get_fields(head, CM_VAULT_KIND_EXPORT);
	guint8 public_key[CM_VAULT_KEY_BYTES];
	guint8 binding[CM_VAULT_HASH_BYTES];
	CmVaultClass found = check_parameters(fields);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	cm_vault_box_get_public(box_secret, public_key);
	if (fields->lock != CM_VAULT_LOCK_PUBLIC_KEY ||
	    memcmp(public_key, fields->recipient_key, sizeof public_key) != 0)
		return CM_VAULT_CLASS_WRONG_KEY;
	bind_box(head, binding);
	return cm_vault_box_open(box_secret, fields->locked.data, binding, out_key);
}

/* ---- writing */

void
cm_vault_export_free(CmVaultExportWriter *writer)
{
	if (writer == NULL)
		return;
	cm_vault_stream_free(writer->stream);
	cm_vault_secret_free(writer->plain);
	g_free(writer->locked);
	g_byte_array_unref(writer->hashes);
	g_free(writer);
}

static CmVaultClass
lock_for_passphrase(const CmVaultExportOrder *order,
		    CmVaultExport *head,
		    const CmVaultSecret *key,
		    guint8 *check,
		    guint8 *locked)
{
	const CmVaultPart plain = {cm_vault_secret_peek(key), CM_VAULT_KEY_BYTES};
	guint8 octets[CM_VAULT_HASH_BYTES + CM_VAULT_ID_BYTES];
	const CmVaultPart bound = {octets, sizeof octets};
	g_autoptr(CmVaultSecret) halves = NULL;
	CmVaultClass found = cm_vault_keyring_stretch(
	    cm_vault_secret_peek(order->passphrase), cm_vault_secret_get_length(order->passphrase),
	    head->salt, order->operations, order->memory, &halves);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	memcpy(check, cm_vault_secret_peek(halves) + CM_VAULT_KEY_BYTES, CM_VAULT_HASH_BYTES);
	bind_passphrase(head, octets);
	cm_vault_box_lock(cm_vault_secret_peek(halves), head->nonce, &bound, &plain, locked);
	head->lock = CM_VAULT_LOCK_PASSPHRASE;
	head->operations = order->operations;
	head->memory = order->memory;
	head->check = check;
	head->locked = (CmVaultBytes){locked, LOCKED_PASSPHRASE_BYTES};
	return CM_VAULT_CLASS_OK;
}

/* what the key is bound to stands in the head before it: so that is written first, without it */
static CmVaultClass
lock_for_key(const CmVaultExportOrder *order,
	     CmVaultExport *head,
	     const CmVaultSecret *key,
	     guint8 *locked)
{
	guint8 binding[CM_VAULT_HASH_BYTES];
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) blank = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	head->lock = CM_VAULT_LOCK_PUBLIC_KEY;
	head->recipient_key = order->recipient_key;
	head->locked = (CmVaultBytes){locked, CM_VAULT_BOX_SEALED_BYTES};
	octets = cm_vault_record_write(CM_VAULT_KIND_EXPORT, head);
	found = cm_vault_record_read(CM_VAULT_KIND_EXPORT, octets, &blank);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	bind_box(blank, binding);
	return cm_vault_box_seal(order->recipient_key, cm_vault_secret_peek(key), binding, locked)
		   ? CM_VAULT_CLASS_OK
		   : CM_VAULT_CLASS_MEMORY;
}

static CmVaultClass
write_head(CmVaultExportWriter *writer)
{
	const CmVaultExportOrder *order = writer->order;
	const CmVaultBundle *own = cm_vault_record_get_fields(order->bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmVaultSecret) key = cm_vault_secret_new_random(CM_VAULT_KEY_BYTES);
	guint8 stream[CM_VAULT_STREAM_HEADER_BYTES];
	guint8 salt[SALT_BYTES];
	guint8 nonce[CM_VAULT_BOX_NONCE_BYTES];
	guint8 check[CM_VAULT_HASH_BYTES];
	guint8 locked[CM_VAULT_BOX_SEALED_BYTES] = {0};
	CmVaultExport head = {.organisation = own->organisation,
			      .export = writer->id,
			      .exporter = own->person,
			      .exporter_generation = own->generation,
			      .purpose = order->purpose,
			      .salt = salt,
			      .nonce = nonce,
			      .stream = stream,
			      .directory = cm_vault_people_get_directory(order->people)->sequence,
			      .made_at = order->now};
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (key != NULL)
		writer->stream = cm_vault_stream_new_writer(cm_vault_secret_peek(key), stream);
	if (writer->stream == NULL)
		return CM_VAULT_CLASS_MEMORY;
	randombytes_buf(salt, sizeof salt);
	randombytes_buf(nonce, sizeof nonce);
	found = order->passphrase != NULL ? lock_for_passphrase(order, &head, key, check, locked)
					  : lock_for_key(order, &head, key, locked);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	octets = cm_vault_record_sign(CM_VAULT_KIND_EXPORT, &head, &own->sign_seed, 1);
	found = octets != NULL ? cm_vault_record_read(CM_VAULT_KIND_EXPORT, octets, &record)
			       : CM_VAULT_CLASS_MEMORY;
	if (found != CM_VAULT_CLASS_OK)
		return found;
	cm_vault_stream_set_head(writer->stream, record);
	return writer->put(writer->data, g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
}

static CmVaultClass
flush(CmVaultExportWriter *writer, gboolean final)
{
	CmVaultClass found =
	    cm_vault_stream_push(writer->stream, cm_vault_secret_peek(writer->plain),
				 writer->filled, final, writer->locked);
	gsize length = CM_VAULT_STREAM_PLACE_BYTES + writer->filled + CM_VAULT_STREAM_TAG_BYTES;

	writer->filled = 0;
	return found == CM_VAULT_CLASS_OK ? writer->put(writer->data, writer->locked, length)
					  : found;
}

/* a full chunk waits until more comes: it may be the last one */
static CmVaultClass
fill(CmVaultExportWriter *writer, const guint8 *octets, gsize length)
{
	CmVaultClass found = CM_VAULT_CLASS_OK;

	while (found == CM_VAULT_CLASS_OK && length > 0) {
		gsize count = 0;

		if (writer->filled == CM_VAULT_STREAM_CHUNK_BYTES)
			found = flush(writer, FALSE);
		count = MIN(length, CM_VAULT_STREAM_CHUNK_BYTES - writer->filled);
		memcpy(cm_vault_secret_get(writer->plain) + writer->filled, octets, count);
		writer->filled += count;
		octets += count;
		length -= count;
	}
	return found;
}

static CmVaultClass
write_manifest(CmVaultExportWriter *writer)
{
	const CmVaultExportOrder *order = writer->order;
	const CmVaultBundle *own = cm_vault_record_get_fields(order->bundle, CM_VAULT_KIND_BUNDLE);
	guint count = writer->hashes->len / CM_VAULT_HASH_BYTES;
	g_autofree CmVaultManifestRecord *records = g_new0(CmVaultManifestRecord, count + 1);
	const CmVaultManifest manifest = {
	    .organisation = own->organisation,
	    .export = writer->id,
	    .exporter = own->person,
	    .exporter_generation = own->generation,
	    .directory = cm_vault_people_get_directory(order->people)->sequence,
	    .made_at = order->now,
	    .basis = order->basis,
	    .asked_on = order->asked_on,
	    .records = {records, count}};
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	for (guint i = 0; i < count; i++)
		records[i].record = writer->hashes->data + i * (gsize)CM_VAULT_HASH_BYTES;
	octets = cm_vault_record_sign(CM_VAULT_KIND_MANIFEST, &manifest, &own->sign_seed, 1);
	if (octets == NULL)
		return CM_VAULT_CLASS_MEMORY;
	found = cm_vault_record_read(CM_VAULT_KIND_MANIFEST, octets, &record);
	return found == CM_VAULT_CLASS_OK
		   ? fill(writer, g_bytes_get_data(octets, NULL), g_bytes_get_size(octets))
		   : found;
}

CmVaultClass
cm_vault_export_begin(const CmVaultExportOrder *order,
		      const GByteArray *hashes,
		      CmVaultExportPut put,
		      gpointer data,
		      CmVaultExportWriter **out_writer)
{
	g_autoptr(CmVaultExportWriter) writer = g_new0(CmVaultExportWriter, 1);
	CmVaultClass found = CM_VAULT_CLASS_OK;

	writer->order = order;
	writer->put = put;
	writer->data = data;
	writer->hashes = g_byte_array_new();
	g_byte_array_append(writer->hashes, hashes->data, hashes->len);
	if (hashes->len / CM_VAULT_HASH_BYTES > CM_VAULT_EXPORT_RECORDS_MAX)
		return CM_VAULT_CLASS_LIMIT;
	writer->locked = g_malloc(CHUNK_BYTES);
	writer->plain = cm_vault_secret_new(CM_VAULT_STREAM_CHUNK_BYTES);
	if (writer->plain == NULL)
		return CM_VAULT_CLASS_MEMORY;
	randombytes_buf(writer->id, sizeof writer->id);
	found = write_head(writer);
	if (found == CM_VAULT_CLASS_OK)
		found = write_manifest(writer);
	if (found == CM_VAULT_CLASS_OK)
		*out_writer = g_steal_pointer(&writer);
	return found;
}

CmVaultClass
cm_vault_export_add(CmVaultExportWriter *writer, GBytes *record)
{
	gsize length = 0;
	const guint8 *octets = g_bytes_get_data(record, &length);
	const CmVaultPart part = {octets, length};
	guint8 hash[CM_VAULT_HASH_BYTES];

	cm_vault_hash("record", &part, 1, hash);
	if ((writer->next + 1) * CM_VAULT_HASH_BYTES > writer->hashes->len ||
	    memcmp(hash, writer->hashes->data + writer->next * (gsize)CM_VAULT_HASH_BYTES,
		   sizeof hash) != 0)
		return CM_VAULT_CLASS_REPLACED;
	writer->next++;
	return fill(writer, octets, length);
}

CmVaultClass
cm_vault_export_end(CmVaultExportWriter *writer)
{
	return writer->next * CM_VAULT_HASH_BYTES == writer->hashes->len ? flush(writer, TRUE)
									 : CM_VAULT_CLASS_MISSING;
}
