// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-keyring.h"

#include "daemon/vault/vault-box.h"
#include "daemon/vault/vault-passphrase.h"

#include <sodium.h>
#include <string.h>

#define SALT_BYTES 16
#define SEALED_BYTES 188
#define STRETCHED_BYTES 64
#define PATIENCE (1 * G_USEC_PER_SEC)

G_STATIC_ASSERT(SALT_BYTES == crypto_pwhash_argon2id_SALTBYTES);

CmVaultRecord *
cm_vault_keyring_generate(const guint8 *organisation,
			  const guint8 *person,
			  guint32 generation,
			  guint64 now)
{
	g_autoptr(CmVaultSecret) keys = cm_vault_secret_new_random(3 * (gsize)CM_VAULT_KEY_BYTES);
	g_autoptr(CmVaultSecret) octets = NULL;
	g_autoptr(GBytes) bytes = NULL;
	CmVaultRecord *record = NULL;
	CmVaultBundle bundle = {.organisation = organisation,
				.person = person,
				.generation = generation,
				.made_at = now};

	if (keys == NULL)
		return NULL;
	bundle.sign_seed = cm_vault_secret_peek(keys);
	bundle.box_secret = cm_vault_secret_peek(keys) + CM_VAULT_KEY_BYTES;
	bundle.local_key = cm_vault_secret_peek(keys) + 2 * (gsize)CM_VAULT_KEY_BYTES;
	octets = cm_vault_record_write_secret(CM_VAULT_KIND_BUNDLE, &bundle);
	if (octets == NULL)
		return NULL;
	bytes = cm_vault_secret_free_to_bytes(g_steal_pointer(&octets));
	if (cm_vault_record_read(CM_VAULT_KIND_BUNDLE, bytes, &record) != CM_VAULT_CLASS_OK)
		return NULL;
	return record;
}

static CmVaultClass
check_parameters(const CmVaultKeyring *keyring)
{
	gboolean good = FALSE;

	if (keyring->slot == CM_VAULT_SLOT_PASSPHRASE)
		good = keyring->operations >= CM_VAULT_KEYRING_OPERATIONS_MIN &&
		       keyring->operations <= CM_VAULT_KEYRING_OPERATIONS_MAX &&
		       keyring->memory >= CM_VAULT_KEYRING_MEMORY_MIN &&
		       keyring->memory <= CM_VAULT_KEYRING_MEMORY_MAX;
	else
		good = keyring->operations == 0 && keyring->memory == 0;
	return good ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_PARAMETERS;
}

static CmVaultClass
stretch_passphrase(const CmVaultKeyring *keyring,
		   const guint8 *secret,
		   gsize length,
		   CmVaultSecret *stretched)
{
	g_autoptr(CmVaultSecret) composed = cm_vault_passphrase_compose(secret, length);

	if (composed == NULL)
		return CM_VAULT_CLASS_MALFORMED;
	if (crypto_pwhash(cm_vault_secret_get(stretched), STRETCHED_BYTES,
			  (const gchar *)cm_vault_secret_peek(composed),
			  cm_vault_secret_get_length(composed), keyring->salt, keyring->operations,
			  (gsize)keyring->memory * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return CM_VAULT_CLASS_MEMORY;
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_keyring_stretch(const guint8 *passphrase,
			 gsize length,
			 const guint8 *salt,
			 guint32 operations,
			 guint32 memory,
			 CmVaultSecret **out_halves)
{
	const CmVaultKeyring keyring = {.slot = CM_VAULT_SLOT_PASSPHRASE,
					.operations = operations,
					.memory = memory,
					.salt = salt};
	g_autoptr(CmVaultSecret) halves = NULL;
	CmVaultClass found = check_parameters(&keyring);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	halves = cm_vault_secret_new(STRETCHED_BYTES);
	found = halves != NULL ? stretch_passphrase(&keyring, passphrase, length, halves)
			       : CM_VAULT_CLASS_MEMORY;
	if (found == CM_VAULT_CLASS_OK)
		*out_halves = g_steal_pointer(&halves);
	return found;
}

static CmVaultClass
stretch(const CmVaultKeyring *keyring, const guint8 *secret, gsize length, CmVaultSecret *stretched)
{
	guint8 generation[CM_VAULT_HASH_NUMBER_BYTES];
	const CmVaultPart parts[] = {{keyring->organisation, CM_VAULT_HASH_BYTES},
				     {keyring->person, CM_VAULT_ID_BYTES},
				     {generation, sizeof generation},
				     {keyring->salt, SALT_BYTES},
				     {secret, length}};

	if (keyring->slot == CM_VAULT_SLOT_PASSPHRASE)
		return stretch_passphrase(keyring, secret, length, stretched);
	if (length != CM_VAULT_KEYRING_CODE_BYTES)
		return CM_VAULT_CLASS_WRONG_KEY;
	cm_vault_hash_write_number(keyring->generation, generation);
	cm_vault_hash_long("recovery", parts, G_N_ELEMENTS(parts), cm_vault_secret_get(stretched));
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_keyring_seal(const CmVaultKeyring *keyring,
		      const CmVaultRecord *bundle,
		      const guint8 *secret,
		      gsize length,
		      GBytes **out_keyring)
{
	const CmVaultBundle *of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmVaultSecret) stretched = cm_vault_secret_new(STRETCHED_BYTES);
	CmVaultKeyring fields = *keyring;
	guint8 salt[SALT_BYTES];
	guint8 nonce[CM_VAULT_BOX_NONCE_BYTES];
	CmVaultClass found = check_parameters(keyring);
	CmVaultPart plain = {0};

	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (stretched == NULL)
		return CM_VAULT_CLASS_MEMORY;
	randombytes_buf(salt, sizeof salt);
	randombytes_buf(nonce, sizeof nonce);
	fields.organisation = of->organisation;
	fields.person = of->person;
	fields.generation = of->generation;
	fields.salt = salt;
	fields.nonce = nonce;
	found = stretch(&fields, secret, length, stretched);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	fields.check = cm_vault_secret_peek(stretched) + CM_VAULT_KEY_BYTES;
	plain.data = g_bytes_get_data(cm_vault_record_get_octets(bundle), &plain.length);
	g_return_val_if_fail(plain.length + CM_VAULT_BOX_TAG_BYTES == SEALED_BYTES,
			     CM_VAULT_CLASS_MALFORMED);
	fields.sealed = NULL;
	*out_keyring = cm_vault_box_lock_record(CM_VAULT_KIND_KEYRING, &fields,
						cm_vault_secret_peek(stretched), nonce, &plain);
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
unlock(const CmVaultRecord *record, const guint8 *key, CmVaultRecord **out_bundle)
{
	const CmVaultKeyring *keyring = cm_vault_record_get_fields(record, CM_VAULT_KIND_KEYRING);
	g_autoptr(CmVaultRecord) bundle = NULL;
	g_autoptr(CmVaultSecret) plain = NULL;
	g_autoptr(GBytes) bytes = NULL;
	const CmVaultPart locked = {keyring->sealed, SEALED_BYTES};
	const CmVaultBundle *of = NULL;
	CmVaultPart bound = {0};
	CmVaultClass found = CM_VAULT_CLASS_OK;

	bound.data = cm_vault_record_get_before(record, G_STRUCT_OFFSET(CmVaultKeyring, sealed),
						&bound.length);
	found = cm_vault_box_unlock(key, keyring->nonce, &bound, &locked, &plain);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	bytes = cm_vault_secret_free_to_bytes(g_steal_pointer(&plain));
	found = cm_vault_record_read(CM_VAULT_KIND_BUNDLE, bytes, &bundle);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	if (memcmp(of->organisation, keyring->organisation, CM_VAULT_HASH_BYTES) != 0 ||
	    memcmp(of->person, keyring->person, CM_VAULT_ID_BYTES) != 0 ||
	    of->generation != keyring->generation)
		return CM_VAULT_CLASS_REPLACED;
	*out_bundle = g_steal_pointer(&bundle);
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_keyring_open(GBytes *octets,
		      const guint8 *organisation,
		      const guint8 *secret,
		      gsize length,
		      CmVaultRecord **out_bundle)
{
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultSecret) stretched = NULL;
	const CmVaultKeyring *keyring = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_KEYRING, octets, &record);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	keyring = cm_vault_record_get_fields(record, CM_VAULT_KIND_KEYRING);
	found = check_parameters(keyring);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (memcmp(keyring->organisation, organisation, CM_VAULT_HASH_BYTES) != 0)
		return CM_VAULT_CLASS_ORGANISATION;
	stretched = cm_vault_secret_new(STRETCHED_BYTES);
	if (stretched == NULL)
		return CM_VAULT_CLASS_MEMORY;
	found = stretch(keyring, secret, length, stretched);
	/* what can't be a passphrase is not this one */
	if (found == CM_VAULT_CLASS_MALFORMED)
		return CM_VAULT_CLASS_WRONG_KEY;
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (sodium_memcmp(cm_vault_secret_peek(stretched) + CM_VAULT_KEY_BYTES, keyring->check,
			  CM_VAULT_HASH_BYTES) != 0)
		return CM_VAULT_CLASS_WRONG_KEY;
	return unlock(record, cm_vault_secret_peek(stretched), out_bundle);
}

CmVaultClass
cm_vault_keyring_get_public(const CmVaultRecord *bundle,
			    guint8 out_sign_key[CM_VAULT_KEY_BYTES],
			    guint8 out_box_key[CM_VAULT_KEY_BYTES])
{
	const CmVaultBundle *of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmVaultSecret) sign_secret = cm_vault_secret_new(crypto_sign_SECRETKEYBYTES);

	if (sign_secret == NULL)
		return CM_VAULT_CLASS_MEMORY;
	crypto_sign_seed_keypair(out_sign_key, cm_vault_secret_get(sign_secret), of->sign_seed);
	cm_vault_box_get_public(of->box_secret, out_box_key);
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_keyring_match(const CmVaultRecord *bundle, const CmVaultDirectoryEntry *entry)
{
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];
	CmVaultClass found = cm_vault_keyring_get_public(bundle, sign_key, box_key);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (memcmp(sign_key, entry->sign_key, sizeof sign_key) != 0 ||
	    memcmp(box_key, entry->box_key, sizeof box_key) != 0)
		return CM_VAULT_CLASS_COMMITMENT;
	return CM_VAULT_CLASS_OK;
}

/* G_MAXINT64 when it can't be done at all */
static gint64
try_parameters(guint32 operations, guint32 memory)
{
	static const guint8 salt[SALT_BYTES] = {0};
	guint8 stretched[STRETCHED_BYTES];
	gint64 start = g_get_monotonic_time();

	if (crypto_pwhash(stretched, sizeof stretched, "", 0, salt, operations,
			  (gsize)memory * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return G_MAXINT64;
	return g_get_monotonic_time() - start;
}

void
cm_vault_keyring_choose_parameters(guint64 memory_bytes,
				   guint32 *out_operations,
				   guint32 *out_memory)
{
	guint64 most = CLAMP(memory_bytes / 4 / 1024, CM_VAULT_KEYRING_MEMORY_MIN,
			     CM_VAULT_KEYRING_MEMORY_MAX);
	guint32 operations = CM_VAULT_KEYRING_OPERATIONS_MIN;
	guint32 memory = CM_VAULT_KEYRING_MEMORY_MIN;
	gint64 taken = try_parameters(operations, memory);

	/* time goes with memory and with operations: never try what is known to be too long */
	while ((guint64)memory * 2 <= most && taken < PATIENCE / 2) {
		gint64 more = try_parameters(operations, memory * 2);

		if (more >= PATIENCE)
			break;
		memory *= 2;
		taken = more;
	}
	while (operations < CM_VAULT_KEYRING_OPERATIONS_MAX &&
	       taken / operations * (operations + 1) < PATIENCE) {
		operations++;
		taken = taken / (operations - 1) * operations;
	}
	*out_operations = operations;
	*out_memory = memory;
}
