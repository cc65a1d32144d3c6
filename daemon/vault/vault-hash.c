// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-hash.h"

#include <sodium.h>
#include <string.h>

#define PREFIX "comodal-vault/1/"
#define KDF_CONTEXT "cmvault1"
#define FINGERPRINT_BYTES 20

G_STATIC_ASSERT(sizeof(KDF_CONTEXT) - 1 == crypto_kdf_CONTEXTBYTES);
G_STATIC_ASSERT(CM_VAULT_KEY_BYTES == crypto_kdf_KEYBYTES);

void
cm_vault_hash_write_number(guint32 number, guint8 out_octets[CM_VAULT_HASH_NUMBER_BYTES])
{
	guint32 little = GUINT32_TO_LE(number);

	memcpy(out_octets, &little, sizeof little);
}

struct _CmVaultHashing {
	crypto_generichash_state state;
};

/* with its NUL */
static void
begin(crypto_generichash_state *state, const guint8 *key, const gchar *name, gsize length)
{
	crypto_generichash_init(state, key, key != NULL ? CM_VAULT_KEY_BYTES : 0, length);
	crypto_generichash_update(state, (const guint8 *)PREFIX, sizeof(PREFIX) - 1);
	crypto_generichash_update(state, (const guint8 *)name, strlen(name) + 1);
}

static void
hash_parts(const guint8 *key,
	   const gchar *name,
	   const CmVaultPart *parts,
	   guint n_parts,
	   guint8 *out_hash,
	   gsize length)
{
	crypto_generichash_state state;

	begin(&state, key, name, length);
	for (guint i = 0; i < n_parts; i++)
		if (parts[i].length > 0)
			crypto_generichash_update(&state, parts[i].data, parts[i].length);
	crypto_generichash_final(&state, out_hash, length);
	sodium_memzero(&state, sizeof state);
}

CmVaultHashing *
cm_vault_hash_begin(const gchar *name)
{
	/* its alignment is more than g_new() gives */
	CmVaultHashing *hashing =
	    g_aligned_alloc0(1, sizeof *hashing, G_ALIGNOF(crypto_generichash_state));

	begin(&hashing->state, NULL, name, CM_VAULT_HASH_BYTES);
	return hashing;
}

void
cm_vault_hash_add(CmVaultHashing *hashing, gconstpointer data, gsize length)
{
	if (length > 0)
		crypto_generichash_update(&hashing->state, data, length);
}

void
cm_vault_hash_peek(const CmVaultHashing *hashing, guint8 out_hash[CM_VAULT_HASH_BYTES])
{
	crypto_generichash_state state = hashing->state;

	crypto_generichash_final(&state, out_hash, CM_VAULT_HASH_BYTES);
}

void
cm_vault_hash_end(CmVaultHashing *hashing, guint8 out_hash[CM_VAULT_HASH_BYTES])
{
	cm_vault_hash_peek(hashing, out_hash);
	cm_vault_hash_abandon(hashing);
}

void
cm_vault_hash_abandon(CmVaultHashing *hashing)
{
	g_aligned_free(hashing);
}

void
cm_vault_hash(const gchar *name,
	      const CmVaultPart *parts,
	      guint n_parts,
	      guint8 out_hash[CM_VAULT_HASH_BYTES])
{
	hash_parts(NULL, name, parts, n_parts, out_hash, CM_VAULT_HASH_BYTES);
}

void
cm_vault_hash_long(const gchar *name,
		   const CmVaultPart *parts,
		   guint n_parts,
		   guint8 out_hash[2 * CM_VAULT_HASH_BYTES])
{
	hash_parts(NULL, name, parts, n_parts, out_hash, 2 * (gsize)CM_VAULT_HASH_BYTES);
}

void
cm_vault_hash_keyed(const guint8 key[CM_VAULT_KEY_BYTES],
		    const gchar *name,
		    const CmVaultPart *parts,
		    guint n_parts,
		    guint8 out_hash[CM_VAULT_HASH_BYTES])
{
	hash_parts(key, name, parts, n_parts, out_hash, CM_VAULT_HASH_BYTES);
}

void
cm_vault_hash_derive(const guint8 key[CM_VAULT_KEY_BYTES],
		     CmVaultSubkey number,
		     guint8 out_key[CM_VAULT_KEY_BYTES])
{
	crypto_kdf_derive_from_key(out_key, CM_VAULT_KEY_BYTES, (guint64)number, KDF_CONTEXT, key);
}

gchar *
cm_vault_hash_dup_fingerprint(const guint8 *sign_key, const guint8 *box_key)
{
	const CmVaultPart parts[] = {{sign_key, CM_VAULT_KEY_BYTES}, {box_key, CM_VAULT_KEY_BYTES}};
	guint8 hash[CM_VAULT_HASH_BYTES];
	g_autoptr(GString) text = g_string_new(NULL);

	cm_vault_hash("fingerprint", parts, box_key != NULL ? 2 : 1, hash);
	for (guint i = 0; i < FINGERPRINT_BYTES; i++)
		g_string_append_printf(text, "%s%02x", i > 0 && i % 2 == 0 ? " " : "", hash[i]);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

gboolean
cm_vault_hash_match_fingerprint(const gchar *fingerprint, const gchar *typed)
{
	const gchar *expected = fingerprint;

	for (const gchar *p = typed; *p != '\0'; p++) {
		if (*p == ' ' || *p == '-')
			continue;
		if (*expected == ' ')
			expected++;
		if (*expected == '\0' || g_ascii_tolower(*p) != *expected)
			return FALSE;
		expected++;
	}
	return *expected == '\0';
}

guint
cm_vault_hash_fold(gconstpointer octets)
{
	guint value = 0;

	memcpy(&value, octets, sizeof value);
	return value;
}

gboolean
cm_vault_hash_is_same(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, CM_VAULT_HASH_BYTES) == 0;
}

gboolean
cm_vault_hash_is_same_id(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, CM_VAULT_ID_BYTES) == 0;
}
