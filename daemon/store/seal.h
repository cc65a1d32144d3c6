// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/service-key.h"

/* How what names a person rests in the database: sealed with XChaCha20-Poly1305 under a key derived
 * from the service key, bound to its table, column, row and database, so that a value moved
 * elsewhere does not open; padded, so that its length tells little. Keyed hashes (BLAKE2b) serve
 * equality: without the key nobody can try out names or codes against them.
 *
 * A sealed value: a version octet (1), a nonce (24), the ciphertext of the padded text with its tag
 * (16). */

#define CM_SEAL_HASH_BYTES 16
#define CM_SEAL_DATABASE_ID_BYTES 16
#define CM_SEAL_OVERHEAD (1 + 24 + 16)
#define CM_SEAL_VALUE_MAX 4194304 /* octets of plain text: a vault's directory */

typedef struct _CmSeal CmSeal;

/* `database_id`: CM_SEAL_DATABASE_ID_BYTES octets. Fails when memory can't be locked
 * (CM_ERROR_KEY). Returns: (transfer full) */
CmSeal *
cm_seal_new(const CmServiceKey *key,
	    const guint8 *database_id,
	    GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_seal_free(CmSeal *seal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmSeal, cm_seal_free)

/* Where a value stands. */
typedef struct {
	const gchar *table;
	const gchar *column;
	gint64 row;
} CmSealPlace;

/* Append the sealed form of `length` octets, padded to a multiple of `block`, to `out_sealed`. */
void
cm_seal_close(const CmSeal *seal,
	      const CmSealPlace *place,
	      gconstpointer plain,
	      gsize length,
	      gsize block,
	      GByteArray *out_sealed);

/* Open one: `out_plain` is emptied and filled, and wiped by the caller. CM_ERROR_STORE when it was
 * altered, cut, moved from another place or sealed under another key. */
gboolean
cm_seal_open(const CmSeal *seal,
	     const CmSealPlace *place,
	     gconstpointer sealed,
	     gsize length,
	     gsize block,
	     GByteArray *out_plain,
	     GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	CM_SEAL_HASH_ID,      /* an id from outside */
	CM_SEAL_HASH_CONTENT, /* a row */
	CM_SEAL_HASH_CHECK,   /* tells whether this is the key the database was made with */
	CM_SEAL_HASH_LAST
} CmSealHash;

/* The keyed hash of `length` octets, for one purpose and one kind of thing ("student"): the same
 * octets have another hash in another purpose, kind or database. */
void
cm_seal_hash(const CmSeal *seal,
	     CmSealHash purpose,
	     const gchar *kind,
	     gconstpointer data,
	     gsize length,
	     guint8 out_hash[CM_SEAL_HASH_BYTES]);

#define CM_SEAL_KEY_BYTES 32

typedef enum {
	CM_SEAL_KEY_LINK,  /* daemon/visio/link.h */
	CM_SEAL_KEY_REPLY, /* daemon/visio/reply-token.h */
	CM_SEAL_KEY_CODE,  /* hashes of spoken codes: daemon/store/store-entry.h */
	CM_SEAL_KEY_LAST
} CmSealKey;

/* A key of CM_SEAL_KEY_BYTES octets for something else than sealing: each its own, derived from the service key and the database.
 * (transfer none): the seal's guarded memory */
const guint8 *
cm_seal_get_key(const CmSeal *seal, CmSealKey key);
