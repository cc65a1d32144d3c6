// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-record.h"

#include <sodium.h>
#include <string.h>

#define MAGIC "cmvault"
#define MAGIC_BYTES 7
#define VERSION 1
#define SIGN_PREFIX "comodal-vault/1/signature"
#define FIELDS_MAX 32

G_STATIC_ASSERT(CM_VAULT_SIGNATURE_BYTES == crypto_sign_BYTES);
G_STATIC_ASSERT(CM_VAULT_KIND_LAST < 64);

struct _CmVaultRecord {
	gint references;
	CmVaultKind kind;
	GBytes *octets;
	gpointer fields;
	GPtrArray *lists;
	gsize offsets[FIELDS_MAX];
	guint8 hash[CM_VAULT_HASH_BYTES];
};

static guint32
read_number(const guint8 *octets)
{
	guint32 little = 0;

	memcpy(&little, octets, sizeof little);
	return GUINT32_FROM_LE(little);
}

CmVaultClass
cm_vault_record_frame(const guint8 *octets,
		      gsize length,
		      guint64 kinds,
		      CmVaultKind *out_kind,
		      gsize *out_length)
{
	CmVaultKind kind = CM_VAULT_KIND_LAST;
	gsize whole = 0;

	if (length > 0 && memcmp(octets, MAGIC, MIN(length, MAGIC_BYTES)) != 0)
		return CM_VAULT_CLASS_MALFORMED;
	if (length < CM_VAULT_RECORD_HEAD_BYTES)
		return CM_VAULT_CLASS_TRUNCATED;
	if (octets[MAGIC_BYTES] != VERSION)
		return CM_VAULT_CLASS_VERSION;
	kind = cm_vault_fields_find_kind(read_number(octets + 8));
	if (kind == CM_VAULT_KIND_LAST || (kinds & CM_VAULT_RECORD_OF(kind)) == 0)
		return CM_VAULT_CLASS_KIND;
	whole = CM_VAULT_RECORD_HEAD_BYTES + (gsize)read_number(octets + 12);
	if (whole > cm_vault_fields_get_layout(kind)->limit)
		return CM_VAULT_CLASS_LIMIT;
	if (length < whole)
		return CM_VAULT_CLASS_TRUNCATED;
	*out_kind = kind;
	*out_length = whole;
	return CM_VAULT_CLASS_OK;
}

static CmVaultRecord *
record_new(CmVaultKind kind, GBytes *octets)
{
	CmVaultRecord *record = g_new0(CmVaultRecord, 1);

	record->references = 1;
	record->kind = kind;
	record->octets = g_bytes_ref(octets);
	record->fields = g_malloc0(cm_vault_fields_get_layout(kind)->size);
	record->lists = g_ptr_array_new_with_free_func(g_free);
	return record;
}

CmVaultClass
cm_vault_record_read(CmVaultKind kind, GBytes *octets, CmVaultRecord **out_record)
{
	const CmVaultLayout *layout = cm_vault_fields_get_layout(kind);
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultPart whole = {0};
	CmVaultKind found = kind;
	CmVaultClass answer = CM_VAULT_CLASS_OK;
	gsize length = 0;

	whole.data = g_bytes_get_data(octets, &whole.length);
	answer = cm_vault_record_frame(whole.data, whole.length, CM_VAULT_RECORD_OF(kind), &found,
				       &length);
	if (answer != CM_VAULT_CLASS_OK)
		return answer;
	if (length != whole.length)
		return CM_VAULT_CLASS_MALFORMED;
	g_return_val_if_fail(layout->n_fields <= FIELDS_MAX, CM_VAULT_CLASS_MALFORMED);
	record = record_new(kind, octets);
	answer = cm_vault_layout_read(
	    layout, (const guint8 *)whole.data + CM_VAULT_RECORD_HEAD_BYTES,
	    length - CM_VAULT_RECORD_HEAD_BYTES, record->fields, record->offsets, record->lists);
	if (answer != CM_VAULT_CLASS_OK)
		return answer;
	cm_vault_hash("record", &whole, 1, record->hash);
	*out_record = g_steal_pointer(&record);
	return CM_VAULT_CLASS_OK;
}

CmVaultRecord *
cm_vault_record_ref(CmVaultRecord *record)
{
	g_atomic_int_inc(&record->references);
	return record;
}

void
cm_vault_record_unref(gpointer data)
{
	CmVaultRecord *record = data;

	if (record == NULL || !g_atomic_int_dec_and_test(&record->references))
		return;
	g_bytes_unref(record->octets);
	g_ptr_array_unref(record->lists);
	g_free(record->fields);
	g_free(record);
}

CmVaultKind
cm_vault_record_get_kind(const CmVaultRecord *record)
{
	return record->kind;
}

gconstpointer
cm_vault_record_get_fields(const CmVaultRecord *record, CmVaultKind kind)
{
	g_return_val_if_fail(record->kind == kind, NULL);
	return record->fields;
}

gconstpointer
cm_vault_record_find_fields(const CmVaultRecord *record, CmVaultKind kind)
{
	return cm_vault_record_get_kind(record) == kind ? cm_vault_record_get_fields(record, kind)
							: NULL;
}

GBytes *
cm_vault_record_get_octets(const CmVaultRecord *record)
{
	return record->octets;
}

const guint8 *
cm_vault_record_get_hash(const CmVaultRecord *record)
{
	return record->hash;
}

const guint8 *
cm_vault_record_get_before(const CmVaultRecord *record, gsize offset, gsize *out_length)
{
	const CmVaultLayout *layout = cm_vault_fields_get_layout(record->kind);

	for (guint i = 0; i < layout->n_fields; i++)
		if (layout->fields[i].offset == offset)
			*out_length = CM_VAULT_RECORD_HEAD_BYTES + record->offsets[i];
	return g_bytes_get_data(record->octets, NULL);
}

static gsize
measure(CmVaultKind kind, gconstpointer fields)
{
	return CM_VAULT_RECORD_HEAD_BYTES +
	       cm_vault_layout_measure(cm_vault_fields_get_layout(kind), fields);
}

static void
write_record(CmVaultKind kind, gconstpointer fields, guint8 *octets, gsize length)
{
	const CmVaultLayout *layout = cm_vault_fields_get_layout(kind);
	guint32 type = GUINT32_TO_LE(layout->type);
	guint32 body = GUINT32_TO_LE((guint32)(length - CM_VAULT_RECORD_HEAD_BYTES));

	memcpy(octets, MAGIC, MAGIC_BYTES);
	octets[MAGIC_BYTES] = VERSION;
	memcpy(octets + 8, &type, sizeof type);
	memcpy(octets + 12, &body, sizeof body);
	cm_vault_layout_write(layout, fields, octets + CM_VAULT_RECORD_HEAD_BYTES);
}

GBytes *
cm_vault_record_write(CmVaultKind kind, gconstpointer fields)
{
	gsize length = measure(kind, fields);
	guint8 *octets = g_malloc(length);

	write_record(kind, fields, octets, length);
	return g_bytes_new_take(octets, length);
}

CmVaultSecret *
cm_vault_record_write_secret(CmVaultKind kind, gconstpointer fields)
{
	gsize length = measure(kind, fields);
	CmVaultSecret *secret = cm_vault_secret_new(length);

	if (secret != NULL)
		write_record(kind, fields, cm_vault_secret_get(secret), length);
	return secret;
}

/* what is signed: the prefix with its NUL, the slot, the octets before the first signature */
static guint8 *
dup_signed(const guint8 *octets, gsize length, guint slot, gsize *out_length)
{
	gsize prefix = sizeof(SIGN_PREFIX);
	guint8 *message = g_malloc(prefix + 1 + length);

	memcpy(message, SIGN_PREFIX, prefix);
	message[prefix] = (guint8)slot;
	memcpy(message + prefix + 1, octets, length);
	*out_length = prefix + 1 + length;
	return message;
}

GBytes *
cm_vault_record_sign(CmVaultKind kind,
		     gconstpointer fields,
		     const guint8 *const *seeds,
		     guint n_seeds)
{
	g_autoptr(CmVaultSecret) secret = cm_vault_secret_new(crypto_sign_SECRETKEYBYTES);
	gsize length = measure(kind, fields);
	gsize covered = length - (gsize)n_seeds * CM_VAULT_SIGNATURE_BYTES;
	g_autofree guint8 *octets = g_malloc(length);
	guint8 public[crypto_sign_PUBLICKEYBYTES];

	g_return_val_if_fail(cm_vault_fields_get_layout(kind)->signatures == n_seeds, NULL);
	if (secret == NULL)
		return NULL;
	write_record(kind, fields, octets, length);
	for (guint i = 0; i < n_seeds; i++) {
		gsize signed_length = 0;
		g_autofree guint8 *message = dup_signed(octets, covered, i + 1, &signed_length);

		crypto_sign_seed_keypair(public, cm_vault_secret_get(secret), seeds[i]);
		crypto_sign_detached(octets + covered + (gsize)i * CM_VAULT_SIGNATURE_BYTES, NULL,
				     message, signed_length, cm_vault_secret_peek(secret));
	}
	return g_bytes_new_take(g_steal_pointer(&octets), length);
}

CmVaultClass
cm_vault_record_verify(const CmVaultRecord *record, guint slot, const guint8 *sign_key)
{
	guint signatures = cm_vault_fields_get_layout(record->kind)->signatures;
	gsize length = 0;
	const guint8 *octets = g_bytes_get_data(record->octets, &length);
	gsize covered = length - (gsize)signatures * CM_VAULT_SIGNATURE_BYTES;
	gsize signed_length = 0;
	g_autofree guint8 *message = NULL;

	g_return_val_if_fail(slot >= 1 && slot <= signatures, CM_VAULT_CLASS_SIGNATURE);
	message = dup_signed(octets, covered, slot, &signed_length);
	if (crypto_sign_verify_detached(octets + covered +
					    (gsize)(slot - 1) * CM_VAULT_SIGNATURE_BYTES,
					message, signed_length, sign_key) != 0)
		return CM_VAULT_CLASS_SIGNATURE;
	return CM_VAULT_CLASS_OK;
}
