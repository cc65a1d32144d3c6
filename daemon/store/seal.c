// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/seal.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define VERSION 1
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KEY_CONTEXT "comodal1"
#define PLACE_MAX 256

G_STATIC_ASSERT(CM_SEAL_OVERHEAD == 1 + NONCE_BYTES + TAG_BYTES);
G_STATIC_ASSERT(CM_SERVICE_KEY_BYTES == crypto_kdf_KEYBYTES);
G_STATIC_ASSERT(sizeof(KEY_CONTEXT) - 1 == crypto_kdf_CONTEXTBYTES);

/* numbers of the subkeys: never given to another use */
enum { SUBKEY_IDENTITY = 1, SUBKEY_HASH = 2, SUBKEY_PURPOSE = 32 };

typedef struct {
	guint8 identity[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	guint8 hash[CM_SEAL_HASH_LAST][crypto_generichash_KEYBYTES];
	guint8 purpose[CM_SEAL_KEY_LAST][CM_SEAL_KEY_BYTES];
} Subkeys;

struct _CmSeal {
	Subkeys *keys; /* guarded */
	guint8 database_id[CM_SEAL_DATABASE_ID_BYTES];
};

/* a key for something else than sealing, of this database only */
static void
derive_purpose(const guint8 *master, const guint8 *database_id, guint purpose, guint8 *out_key)
{
	guint8 parent[crypto_generichash_KEYBYTES];

	crypto_kdf_derive_from_key(parent, sizeof parent, SUBKEY_PURPOSE + purpose, KEY_CONTEXT,
				   master);
	crypto_generichash(out_key, CM_SEAL_KEY_BYTES, database_id, CM_SEAL_DATABASE_ID_BYTES,
			   parent, sizeof parent);
	sodium_memzero(parent, sizeof parent);
}

CmSeal *
cm_seal_new(const CmServiceKey *key, const guint8 *database_id, GError **error)
{
	const guint8 *master = cm_service_key_get_bytes(key);
	Subkeys *keys = sodium_malloc(sizeof(Subkeys));
	CmSeal *seal = NULL;

	/* sodium_malloc() says nothing when it can't lock */
	if (keys == NULL || sodium_mlock(keys, sizeof(Subkeys)) != 0) {
		cm_error_set(error, CM_ERROR_KEY,
			     N_("Memory for keys can't be locked: raise the limit of locked "
				"memory (LimitMEMLOCK=)."),
			     NULL);
		sodium_free(keys);
		return NULL;
	}
	crypto_kdf_derive_from_key(keys->identity, sizeof keys->identity, SUBKEY_IDENTITY,
				   KEY_CONTEXT, master);
	for (guint i = 0; i < CM_SEAL_HASH_LAST; i++)
		crypto_kdf_derive_from_key(keys->hash[i], sizeof keys->hash[i], SUBKEY_HASH + i,
					   KEY_CONTEXT, master);
	for (guint i = 0; i < CM_SEAL_KEY_LAST; i++)
		derive_purpose(master, database_id, i, keys->purpose[i]);
	sodium_mprotect_readonly(keys);
	seal = g_new0(CmSeal, 1);
	seal->keys = keys;
	memcpy(seal->database_id, database_id, sizeof seal->database_id);
	return seal;
}

void
cm_seal_free(CmSeal *seal)
{
	/* wipes and unlocks */
	sodium_free(seal->keys);
	g_free(seal);
}

/* what the tag also covers: "comodal-seal/1", table, column (each with its NUL), row, database */
static gsize
seal_write_place(const CmSeal *seal, const CmSealPlace *place, guint8 buffer[PLACE_MAX])
{
	const gchar *texts[] = {"comodal-seal/1", place->table, place->column};
	guint64 row = GUINT64_TO_LE((guint64)place->row);
	gsize length = 0;

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		gsize size = strlen(texts[i]) + 1;

		g_return_val_if_fail(
		    length + size + sizeof row + sizeof seal->database_id <= PLACE_MAX, 0);
		memcpy(buffer + length, texts[i], size);
		length += size;
	}
	memcpy(buffer + length, &row, sizeof row);
	length += sizeof row;
	memcpy(buffer + length, seal->database_id, sizeof seal->database_id);
	return length + sizeof seal->database_id;
}

void
cm_seal_close(const CmSeal *seal,
	      const CmSealPlace *place,
	      gconstpointer plain,
	      gsize length,
	      gsize block,
	      GByteArray *out_sealed)
{
	gsize padded = (length / block + 1) * block;
	gsize start = out_sealed->len;
	guint8 bound[PLACE_MAX];
	gsize bound_length = seal_write_place(seal, place, bound);
	guint8 *nonce = NULL;
	guint8 *text = NULL;

	g_return_if_fail(length <= CM_SEAL_VALUE_MAX && block > 0 && block <= CM_SEAL_VALUE_MAX);
	g_byte_array_set_size(out_sealed, (guint)(start + CM_SEAL_OVERHEAD + padded));
	out_sealed->data[start] = VERSION;
	nonce = out_sealed->data + start + 1;
	text = nonce + NONCE_BYTES;
	randombytes_buf(nonce, NONCE_BYTES);
	/* encrypted where it stands: no second copy of the plain text */
	memcpy(text, plain, length);
	sodium_pad(NULL, text, length, block, padded);
	crypto_aead_xchacha20poly1305_ietf_encrypt(text, NULL, text, padded, bound, bound_length,
						   NULL, nonce, seal->keys->identity);
}

gboolean
cm_seal_open(const CmSeal *seal,
	     const CmSealPlace *place,
	     gconstpointer sealed,
	     gsize length,
	     gsize block,
	     GByteArray *out_plain,
	     GError **error)
{
	const guint8 *octets = sealed;
	guint8 bound[PLACE_MAX];
	gsize bound_length = seal_write_place(seal, place, bound);
	unsigned long long opened = 0;
	gsize unpadded = 0;
	gboolean good = length > CM_SEAL_OVERHEAD && length <= G_MAXUINT32 && octets[0] == VERSION;

	if (good) {
		g_byte_array_set_size(out_plain, (guint)(length - CM_SEAL_OVERHEAD));
		good = crypto_aead_xchacha20poly1305_ietf_decrypt(
			   out_plain->data, &opened, NULL, octets + 1 + NONCE_BYTES,
			   length - 1 - NONCE_BYTES, bound, bound_length, octets + 1,
			   seal->keys->identity) == 0 &&
		       sodium_unpad(&unpadded, out_plain->data, opened, block) == 0;
	}
	if (!good) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("A sealed value of the database does not open: it was altered, or "
				"moved from another row ({0}.{1})."),
			     place->table, place->column, NULL);
		return FALSE;
	}
	g_byte_array_set_size(out_plain, (guint)unpadded);
	return TRUE;
}

void
cm_seal_hash(const CmSeal *seal,
	     CmSealHash purpose,
	     const gchar *kind,
	     gconstpointer data,
	     gsize length,
	     guint8 out_hash[CM_SEAL_HASH_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, seal->keys->hash[purpose], sizeof seal->keys->hash[purpose],
				CM_SEAL_HASH_BYTES);
	crypto_generichash_update(&state, seal->database_id, sizeof seal->database_id);
	crypto_generichash_update(&state, (const guint8 *)kind, strlen(kind) + 1);
	crypto_generichash_update(&state, data, length);
	crypto_generichash_final(&state, out_hash, CM_SEAL_HASH_BYTES);
}

const guint8 *
cm_seal_get_key(const CmSeal *seal, CmSealKey key)
{
	g_return_val_if_fail(key < CM_SEAL_KEY_LAST, NULL);
	return seal->keys->purpose[key];
}
