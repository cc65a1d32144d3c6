// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-box.h"

#include <sodium.h>
#include <string.h>

#define PLAIN_BYTES (CM_VAULT_KEY_BYTES + CM_VAULT_HASH_BYTES)

G_STATIC_ASSERT(CM_VAULT_BOX_SEALED_BYTES == PLAIN_BYTES + crypto_box_SEALBYTES);
G_STATIC_ASSERT(CM_VAULT_BOX_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
G_STATIC_ASSERT(CM_VAULT_BOX_TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES);
G_STATIC_ASSERT(CM_VAULT_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

void
cm_vault_box_get_public(const guint8 *box_secret, guint8 out_public[CM_VAULT_KEY_BYTES])
{
	crypto_scalarmult_base(out_public, box_secret);
}

gboolean
cm_vault_box_seal(const guint8 *public_key,
		  const guint8 *key,
		  const guint8 *binding,
		  guint8 out_sealed[CM_VAULT_BOX_SEALED_BYTES])
{
	g_autoptr(CmVaultSecret) plain = cm_vault_secret_new(PLAIN_BYTES);

	if (plain == NULL)
		return FALSE;
	memcpy(cm_vault_secret_get(plain), key, CM_VAULT_KEY_BYTES);
	memcpy(cm_vault_secret_get(plain) + CM_VAULT_KEY_BYTES, binding, CM_VAULT_HASH_BYTES);
	return crypto_box_seal(out_sealed, cm_vault_secret_peek(plain), PLAIN_BYTES, public_key) ==
	       0;
}

CmVaultClass
cm_vault_box_open(const guint8 *box_secret,
		  const guint8 *sealed,
		  const guint8 *binding,
		  CmVaultSecret **out_key)
{
	g_autoptr(CmVaultSecret) plain = cm_vault_secret_new(PLAIN_BYTES);
	guint8 public_key[CM_VAULT_KEY_BYTES];

	if (plain == NULL)
		return CM_VAULT_CLASS_MEMORY;
	cm_vault_box_get_public(box_secret, public_key);
	if (crypto_box_seal_open(cm_vault_secret_get(plain), sealed, CM_VAULT_BOX_SEALED_BYTES,
				 public_key, box_secret) != 0)
		return CM_VAULT_CLASS_WRONG_KEY;
	if (memcmp(cm_vault_secret_peek(plain) + CM_VAULT_KEY_BYTES, binding,
		   CM_VAULT_HASH_BYTES) != 0)
		return CM_VAULT_CLASS_REPLACED;
	cm_vault_secret_truncate(plain, CM_VAULT_KEY_BYTES);
	*out_key = g_steal_pointer(&plain);
	return CM_VAULT_CLASS_OK;
}

void
cm_vault_box_lock(const guint8 *key,
		  const guint8 *nonce,
		  const CmVaultPart *bound,
		  const CmVaultPart *plain,
		  guint8 *out_locked)
{
	crypto_aead_xchacha20poly1305_ietf_encrypt(out_locked, NULL, plain->data, plain->length,
						   bound->data, bound->length, NULL, nonce, key);
}

CmVaultClass
cm_vault_box_unlock(const guint8 *key,
		    const guint8 *nonce,
		    const CmVaultPart *bound,
		    const CmVaultPart *locked,
		    CmVaultSecret **out_plain)
{
	g_autoptr(CmVaultSecret) plain = NULL;

	if (locked->length < CM_VAULT_BOX_TAG_BYTES)
		return CM_VAULT_CLASS_ALTERED;
	plain = cm_vault_secret_new(locked->length - CM_VAULT_BOX_TAG_BYTES);
	if (plain == NULL)
		return CM_VAULT_CLASS_MEMORY;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(cm_vault_secret_get(plain), NULL, NULL,
						       locked->data, locked->length, bound->data,
						       bound->length, nonce, key) != 0)
		return CM_VAULT_CLASS_ALTERED;
	*out_plain = g_steal_pointer(&plain);
	return CM_VAULT_CLASS_OK;
}

GBytes *
cm_vault_box_lock_record(CmVaultKind kind,
			 gconstpointer fields,
			 const guint8 *key,
			 const guint8 *nonce,
			 const CmVaultPart *plain)
{
	g_autoptr(GBytes) blank = cm_vault_record_write(kind, fields);
	const CmVaultLayout *layout = cm_vault_fields_get_layout(kind);
	gsize locked = plain->length + CM_VAULT_BOX_TAG_BYTES;
	gsize counted =
	    layout->fields[layout->n_fields - 1].form == CM_VAULT_FORM_BYTES ? sizeof(guint32) : 0;
	gsize length = 0;
	g_autofree guint8 *octets = NULL;
	CmVaultPart bound = {0};

	octets = g_bytes_unref_to_data(g_steal_pointer(&blank), &length);
	bound.data = octets;
	bound.length = length - locked - counted;
	cm_vault_box_lock(key, nonce, &bound, plain, octets + length - locked);
	return g_bytes_new_take(g_steal_pointer(&octets), length);
}

void
cm_vault_box_bind(CmVaultKind kind, gconstpointer fields, guint8 out_binding[CM_VAULT_HASH_BYTES])
{
	g_autoptr(GBytes) octets = cm_vault_record_write(kind, fields);
	CmVaultPart bound = {0};

	bound.data = g_bytes_get_data(octets, &bound.length);
	bound.length -= CM_VAULT_BOX_SEALED_BYTES + CM_VAULT_SIGNATURE_BYTES;
	cm_vault_hash("binding", &bound, 1, out_binding);
}
