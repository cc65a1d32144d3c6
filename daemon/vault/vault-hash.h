// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* H, H64, M and sub of docs/vault-format.md. */

#define CM_VAULT_HASH_BYTES 32
#define CM_VAULT_KEY_BYTES 32
#define CM_VAULT_ID_BYTES 16

typedef struct {
	gconstpointer data;
	gsize length;
} CmVaultPart;

/* How many octets of numbers can stand in the parts of one hash. */
#define CM_VAULT_HASH_NUMBER_BYTES 4

/* `number` as it is laid out: four octets, little endian. */
void
cm_vault_hash_write_number(guint32 number, guint8 out_octets[CM_VAULT_HASH_NUMBER_BYTES]);

/* H(name, the parts one after the other). */
void
cm_vault_hash(const gchar *name,
	      const CmVaultPart *parts,
	      guint n_parts,
	      guint8 out_hash[CM_VAULT_HASH_BYTES]);

/* The same of octets that come one part after another: begin, add, end. */
typedef struct _CmVaultHashing CmVaultHashing;

/* Returns: (transfer full) */
CmVaultHashing *
cm_vault_hash_begin(const gchar *name);
void
cm_vault_hash_add(CmVaultHashing *hashing, gconstpointer data, gsize length);

/* What it comes to so far; more may be added. */
void
cm_vault_hash_peek(const CmVaultHashing *hashing, guint8 out_hash[CM_VAULT_HASH_BYTES]);

/* What it comes to; takes it. */
void
cm_vault_hash_end(CmVaultHashing *hashing, guint8 out_hash[CM_VAULT_HASH_BYTES]);

/* Not any more; NULL is none. */
void
cm_vault_hash_abandon(CmVaultHashing *hashing);

/* The same in 64 octets. */
void
cm_vault_hash_long(const gchar *name,
		   const CmVaultPart *parts,
		   guint n_parts,
		   guint8 out_hash[2 * CM_VAULT_HASH_BYTES]);

/* M(key, name, parts). */
void
cm_vault_hash_keyed(const guint8 key[CM_VAULT_KEY_BYTES],
		    const gchar *name,
		    const CmVaultPart *parts,
		    guint n_parts,
		    guint8 out_hash[CM_VAULT_HASH_BYTES]);

/* Numbers of subkeys; never given to another use. */
typedef enum {
	CM_VAULT_SUBKEY_BODY = 1,
	CM_VAULT_SUBKEY_SUBJECT = 2,
	CM_VAULT_SUBKEY_MINUTES = 3,
	CM_VAULT_SUBKEY_DRAFT = 16,
	CM_VAULT_SUBKEY_MEMORY = 17
} CmVaultSubkey;

/* sub(key, n). The caller wipes it. */
void
cm_vault_hash_derive(const guint8 key[CM_VAULT_KEY_BYTES],
		     CmVaultSubkey number,
		     guint8 out_key[CM_VAULT_KEY_BYTES]);

#define CM_VAULT_FINGERPRINT_LENGTH 49 /* ten groups of four, and blanks */

/* The fingerprint of one key (`box_key` NULL: an organisation's) or of a person's two. Returns: (transfer full) */
gchar *
cm_vault_hash_dup_fingerprint(const guint8 *sign_key, const guint8 *box_key);

/* Whether `typed` is that fingerprint, whatever its case, blanks and hyphens. */
gboolean
cm_vault_hash_match_fingerprint(const gchar *fingerprint, const gchar *typed);

/* For a GHashTable whose keys are hashes or ids of the vault: octets that nobody can choose. */
guint
cm_vault_hash_fold(gconstpointer octets);
gboolean
cm_vault_hash_is_same(gconstpointer a, gconstpointer b);
gboolean
cm_vault_hash_is_same_id(gconstpointer a, gconstpointer b);
