// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-audit.h"

#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define KEY_CONTEXT "comodal1"
#define DETAIL_BLOCK 64
#define LABEL_ENTRY "comodal-audit/1"
#define LABEL_HEAD "comodal-audit-head/1"
#define ACTION_PATTERN "abcdefghijklmnopqrstuvwxyz0123456789-."

/* numbers of the subkeys: never given to another use (seal.c has 1 to 4) */
enum { SUBKEY_CHAIN = 16, SUBKEY_SIGN = 17 };

G_STATIC_ASSERT(CM_AUDIT_HASH_BYTES == crypto_generichash_BYTES);
G_STATIC_ASSERT(CM_AUDIT_SIGNATURE_BYTES == crypto_sign_BYTES);
G_STATIC_ASSERT(CM_AUDIT_PUBLIC_KEY_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT(sizeof(KEY_CONTEXT) - 1 == crypto_kdf_CONTEXTBYTES);

typedef struct {
	guint8 chain[crypto_generichash_KEYBYTES];
	guint8 secret[crypto_sign_SECRETKEYBYTES];
} Keys;

struct _CmAudit {
	Keys *keys; /* guarded */
	guint8 public_key[CM_AUDIT_PUBLIC_KEY_BYTES];
	guint8 database_id[CM_SEAL_DATABASE_ID_BYTES];
};

CmAudit *
cm_audit_new(const CmServiceKey *key, const guint8 *database_id, GError **error)
{
	const guint8 *master = cm_service_key_get_bytes(key);
	guint8 seed[crypto_sign_SEEDBYTES];
	Keys *keys = sodium_malloc(sizeof(Keys));
	CmAudit *audit = NULL;

	/* sodium_malloc() says nothing when it can't lock */
	if (keys == NULL || sodium_mlock(keys, sizeof(Keys)) != 0) {
		cm_error_set(error, CM_ERROR_KEY,
			     N_("Memory for keys can't be locked: raise the limit of locked "
				"memory (LimitMEMLOCK=)."),
			     NULL);
		sodium_free(keys);
		return NULL;
	}
	audit = g_new0(CmAudit, 1);
	audit->keys = keys;
	memcpy(audit->database_id, database_id, sizeof audit->database_id);
	crypto_kdf_derive_from_key(keys->chain, sizeof keys->chain, SUBKEY_CHAIN, KEY_CONTEXT,
				   master);
	crypto_kdf_derive_from_key(seed, sizeof seed, SUBKEY_SIGN, KEY_CONTEXT, master);
	crypto_sign_seed_keypair(audit->public_key, keys->secret, seed);
	sodium_memzero(seed, sizeof seed);
	sodium_mprotect_readonly(keys);
	return audit;
}

void
cm_audit_free(CmAudit *audit)
{
	/* wipes and unlocks */
	sodium_free(audit->keys);
	g_free(audit);
}

/* ---- the canonical encoding: integers as 8 octets, little endian; texts and blobs with their length before them */

typedef struct {
	gint64 sequence;
	gint64 at;
	gint64 uid; /* CM_AUDIT_DAEMON: null */
	const gchar *action;
	gint64 subject;
	gint64 version_before;
	gint64 version_after;
	gconstpointer detail; /* as it stands in the database */
	gsize detail_length;
} Row;

static void
hash_integer(crypto_generichash_state *state, gint64 value)
{
	guint64 octets = GUINT64_TO_LE((guint64)value);

	crypto_generichash_update(state, (const guint8 *)&octets, sizeof octets);
}

static void
hash_octets(crypto_generichash_state *state, gconstpointer data, gsize length)
{
	hash_integer(state, (gint64)length);
	crypto_generichash_update(state, data, length);
}

static void
row_hash(const CmAudit *audit,
	 const Row *row,
	 const guint8 previous[CM_AUDIT_HASH_BYTES],
	 guint8 out_hash[CM_AUDIT_HASH_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, audit->keys->chain, sizeof audit->keys->chain,
				CM_AUDIT_HASH_BYTES);
	crypto_generichash_update(&state, (const guint8 *)LABEL_ENTRY, sizeof LABEL_ENTRY);
	crypto_generichash_update(&state, audit->database_id, sizeof audit->database_id);
	crypto_generichash_update(&state, previous, CM_AUDIT_HASH_BYTES);
	hash_integer(&state, row->sequence);
	hash_integer(&state, row->at);
	hash_integer(&state, row->uid);
	hash_octets(&state, row->action, strlen(row->action));
	hash_integer(&state, row->subject);
	hash_integer(&state, row->version_before);
	hash_integer(&state, row->version_after);
	hash_octets(&state, row->detail, row->detail_length);
	crypto_generichash_final(&state, out_hash, CM_AUDIT_HASH_BYTES);
}

/* ---- heads */

static void
head_sign(const CmAudit *audit,
	  gint64 sequence,
	  gint64 signed_at,
	  const guint8 hash[CM_AUDIT_HASH_BYTES],
	  guint8 out_signature[CM_AUDIT_SIGNATURE_BYTES])
{
	guint64 numbers[2] = {GUINT64_TO_LE((guint64)sequence), GUINT64_TO_LE((guint64)signed_at)};
	crypto_sign_state state;

	crypto_sign_init(&state);
	crypto_sign_update(&state, (const guint8 *)LABEL_HEAD, sizeof LABEL_HEAD);
	crypto_sign_update(&state, audit->database_id, sizeof audit->database_id);
	crypto_sign_update(&state, (const guint8 *)numbers, sizeof numbers);
	crypto_sign_update(&state, hash, CM_AUDIT_HASH_BYTES);
	crypto_sign_final_create(&state, out_signature, NULL, audit->keys->secret);
}

static gboolean
head_write(CmStore *store,
	   gint64 sequence,
	   gint64 signed_at,
	   const guint8 hash[CM_AUDIT_HASH_BYTES],
	   GError **error)
{
	guint8 signature[CM_AUDIT_SIGNATURE_BYTES];
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO audit_head (sequence, signed_at, signature) VALUES (?1, ?2, ?3)", error);

	if (statement == NULL)
		return FALSE;
	head_sign(store->audit, sequence, signed_at, hash, signature);
	sqlite3_bind_int64(statement, 1, sequence);
	sqlite3_bind_int64(statement, 2, signed_at);
	sqlite3_bind_blob(statement, 3, signature, sizeof signature, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

/* ---- appending */

/* The last entry's number and hash; 0 and zeros when there is none. */
static gboolean
last_read(CmStore *store,
	  gint64 *out_sequence,
	  guint8 out_hash[CM_AUDIT_HASH_BYTES],
	  GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_sequence = 0;
	memset(out_hash, 0, CM_AUDIT_HASH_BYTES);
	if (!row)
		return TRUE;
	*out_sequence = sqlite3_column_int64(statement, 0);
	/* the column's CHECK allows no other length; a connection may be told to ignore it */
	if (sqlite3_column_bytes(statement, 1) == CM_AUDIT_HASH_BYTES)
		memcpy(out_hash, sqlite3_column_blob(statement, 1), CM_AUDIT_HASH_BYTES);
	return TRUE;
}

static gboolean
row_write(CmStore *store,
	  const Row *row,
	  const guint8 previous[CM_AUDIT_HASH_BYTES],
	  const guint8 hash[CM_AUDIT_HASH_BYTES],
	  GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO audit (sequence, at, uid, action, subject, version_before, version_after, "
	    "detail, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row->sequence);
	sqlite3_bind_int64(statement, 2, row->at);
	if (row->uid != CM_AUDIT_DAEMON)
		sqlite3_bind_int64(statement, 3, row->uid);
	sqlite3_bind_text(statement, 4, row->action, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, row->subject);
	sqlite3_bind_int64(statement, 6, row->version_before);
	sqlite3_bind_int64(statement, 7, row->version_after);
	sqlite3_bind_blob(statement, 8, row->detail, (gint)row->detail_length, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 9, previous, CM_AUDIT_HASH_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 10, hash, CM_AUDIT_HASH_BYTES, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_audit_append(CmStore *store, const CmAuditEntry *entry, GError **error)
{
	guint8 previous[CM_AUDIT_HASH_BYTES];
	guint8 hash[CM_AUDIT_HASH_BYTES];
	g_autoptr(GByteArray) sealed = g_byte_array_new();
	CmSealPlace place = {"audit", "detail", 0};
	const gchar *detail = entry->detail != NULL ? entry->detail : "";
	Row row = {0};

	/* nocheck:error-unset: bugs of the caller's */
	g_return_val_if_fail(!sqlite3_get_autocommit(cm_database_get_handle(store->database)),
			     FALSE);
	/* nocheck:error-unset: the same */
	g_return_val_if_fail(strspn(entry->action, ACTION_PATTERN) == strlen(entry->action), FALSE);
	if (strlen(detail) > CM_AUDIT_DETAIL_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("What is to be written in the audit log is longer than {0} "
				"octets: make the change in smaller parts."),
			     G_STRINGIFY(CM_AUDIT_DETAIL_MAX), NULL);
		return FALSE;
	}
	if (!last_read(store, &row.sequence, previous, error))
		return FALSE;
	row.sequence++;
	place.row = row.sequence;
	cm_seal_close(store->seal, &place, detail, strlen(detail), DETAIL_BLOCK, sealed);
	row.at = entry->at != 0 ? entry->at : g_get_real_time() / G_USEC_PER_SEC;
	row.uid = entry->uid;
	row.action = entry->action;
	row.subject = entry->subject;
	row.version_before = entry->version_before;
	row.version_after = entry->version_after;
	row.detail = sealed->data;
	row.detail_length = sealed->len;
	row_hash(store->audit, &row, previous, hash);
	if (!row_write(store, &row, previous, hash, error))
		return FALSE;
	return row.sequence % CM_AUDIT_HEAD_EVERY != 0 ||
	       head_write(store, row.sequence, row.at, hash, error);
}
